//! How the control actor publishes for its clients.

use sha2::{Digest as _, Sha256};

use super::{
    ASK_DEADLINE, Control,
    obey::{Answer, ids, pass_on},
    refuse::not_found,
    request::message,
    socket::unanswered,
};
use crate::{
    actors::kit::Context,
    messages::{
        control::{ControlError, PublishRequest},
        packet_cache::ReadPacket,
        relay::{PublishMessage, StreamMessage},
    },
    relay::{
        PacketId,
        keys::{self, Claim},
        packet::{Field, Signature},
        peer::Publication,
    },
};

impl Control {
    /// Publishes a message, after the one that it follows was looked up.
    pub(super) fn publish(
        &mut self,
        publish: PublishRequest,
        reply: Answer,
        ctx: &mut Context<Self>,
    ) {
        let Some(after) = publish.after else {
            return self.publish_after(publish, None, reply, ctx);
        };
        let read = &self.setup.outlets.read;
        ctx.ask(
            read,
            ReadPacket { id: after },
            ASK_DEADLINE,
            move |control, found, ctx| match found {
                Ok(Some(found)) => {
                    let clock = found.packets.first().map_or(0, |packet| packet.clock);
                    control.publish_after(publish, Some((after, clock)), reply, ctx);
                }
                Ok(None) => reply.send(Err(not_found(after))),
                Err(error) => reply.send(Err(unanswered(&error))),
            },
        );
    }

    fn publish_after(
        &mut self,
        publish: PublishRequest,
        previous: Option<(PacketId, u32)>,
        reply: Answer,
        ctx: &mut Context<Self>,
    ) {
        let to = publish.to;
        let publication = match self.publication(publish, previous) {
            Ok(publication) => publication,
            Err(error) => return reply.send(Err(error)),
        };
        let outlets = self.setup.outlets.clone();
        match to {
            None => pass_on(
                &outlets.publish,
                PublishMessage { publication },
                ids,
                reply,
                ctx,
            ),
            Some(to) => {
                let stream = StreamMessage { to, publication };
                pass_on(&outlets.stream, stream, ids, reply, ctx);
            }
        }
    }

    /// The message as the relay takes it, signed by the peer's own key.
    fn publication(
        &self,
        publish: PublishRequest,
        previous: Option<(PacketId, u32)>,
    ) -> Result<Publication, ControlError> {
        let (cluster, shared_key) = self.place(publish.cluster.as_ref(), &publish.key)?;
        let message = message(publish.text, publish.base64)?;
        let (identity, usr1) = (&self.setup.identity, event_name(publish.event.as_deref()));
        let [usr3, usr4] = match publish.to {
            // There, both fields say who speaks to whom.
            Some(_) => [Field::UNSET; 2],
            None => {
                let claim = Claim {
                    cluster: &cluster,
                    subcluster: &shared_key.key_pair().subcluster(),
                    usr1: &usr1,
                    plaintext: &message,
                };
                keys::sign_publish(identity, &claim)
            }
        };
        let signature = keys::legacy_sign(identity, &message);
        Ok(Publication {
            cluster: Some(cluster),
            shared_key,
            usr1,
            usr2: Field::from(*identity.public()),
            usr3,
            usr4,
            signature: Signature::new(&signature).unwrap_or(Signature::UNSET),
            ttl_ms: publish.ttl_ms.unwrap_or(0),
            previous,
            next: None,
            meta: publish.meta,
            message,
        })
    }
}

/// What stands in a packet for the name of an event.
pub(super) fn event_name(name: Option<&str>) -> Field {
    name.map_or(Field::UNSET, |name| {
        Field::from(<[u8; 32]>::from(Sha256::digest(name)))
    })
}
