//! What a peer can be told to do with messages, and why it may not do it.

use std::{
    collections::{BTreeMap, HashMap},
    time::Duration,
};

use rand::RngCore as _;
use serde::{Deserialize, Deserializer, Serialize};

use super::{Arrival, Interest, Output, Peer, Publication, TableReport, Ticket, recent::Secret};
use crate::relay::{
    Now, PacketId, PeerId, SubclusterId, Time,
    keys::{SEAL_BYTES, seal},
    packet::{HOPS_MAX, IdCheck, Packet, PacketType, VERSION, verify_id},
    split::{self, MESSAGE_BYTES_MAX, SplitError},
};

impl Peer {
    /// Publishes a message; [`Output::Done`] gives the ids of its packets, head first, once
    /// they are kept.
    ///
    /// # Errors
    /// If there is no cluster, the message is too long, or too much is under way.
    pub fn publish(
        &mut self,
        now: Now,
        ticket: Ticket,
        publication: Publication,
    ) -> Result<(), CommandError> {
        self.rest = None;
        let kind = PacketType::PUBLISH;
        let packets = self.seal_and_split(now, kind, &publication)?;
        let ids: Vec<PacketId> = packets.iter().filter_map(Packet::id).collect();
        self.gossip
            .batches
            .open(now.time, ticket, &ids, Count::All)?;
        for packet in packets {
            if let Some(id) = packet.id() {
                self.gossip.own.insert(id, ());
            }
            let envelope = self.gossip.gate.envelope(&packet);
            self.gossip.gate.is_new_envelope(envelope);
            self.gossip.gate.is_new_id(kind, &packet.packet_id);
            self.outbox.push(Output::Keep(Arrival {
                packet,
                from: None,
                interest: Interest::Own,
                is_durable: true,
            }));
        }
        Ok(())
    }

    /// Puts packets on the network that are sealed already; [`Output::Done`] gives the ids of
    /// those that were new. Fragments must follow their head in order.
    ///
    /// # Errors
    /// If one of them is not valid, in which case none is taken; or if too much is under way.
    pub fn inject(
        &mut self,
        now: Now,
        ticket: Ticket,
        packets: Vec<Packet>,
    ) -> Result<(), CommandError> {
        self.rest = None;
        let mut before = None;
        for packet in &packets {
            check_injected(packet, before)?;
            before = packet.id();
        }
        let ids: Vec<PacketId> = packets.iter().filter_map(Packet::id).collect();
        let is_waiting = self
            .gossip
            .batches
            .open(now.time, ticket, &ids, Count::New)?;
        for packet in packets {
            self.outbox.push(Output::Keep(Arrival {
                interest: self.interest(&packet),
                packet,
                from: None,
                is_durable: true,
            }));
        }
        if !is_waiting {
            self.done(ticket, Vec::new());
        }
        Ok(())
    }

    /// Compares caches with one peer now.
    ///
    /// # Errors
    /// If the peer is not connected, or only through another.
    pub fn sync(&mut self, _now: Now, peer: PeerId) -> Result<(), CommandError> {
        self.rest = None;
        let route = self.proved_route(&peer);
        route.ok_or(CommandError::NotConnected { peer })?;
        let summary = None;
        self.outbox.push(Output::Reconcile { peer, summary });
        Ok(())
    }

    /// The packets of a sealed message; what the caller gave stays as it is, so that it can be
    /// sent to several (weakness 12.13).
    pub(super) fn seal_and_split(
        &mut self,
        now: Now,
        kind: PacketType,
        publication: &Publication,
    ) -> Result<Vec<Packet>, CommandError> {
        let cluster = publication.cluster.or(self.config.cluster);
        let cluster = cluster.ok_or(CommandError::NoCluster)?;
        let length = publication.message.len();
        let length_max = MESSAGE_BYTES_MAX - SEAL_BYTES;
        if length > length_max {
            return Err(CommandError::TooLong { length, length_max });
        }
        let key = self.gossip.last_pair.of(publication.shared_key);
        let mut whole = Packet::new(kind, seal(&publication.message, key, &mut self.rng));
        whole.cluster_id = cluster.0;
        whole.subcluster_id = key.subcluster().field();
        if publication.ttl_ms != 0 {
            whole.ttl_ms = publication.ttl_ms;
        }
        if let Some((id, clock)) = publication.previous {
            whole.previous_id = id.field();
            whole.clock = split::clock_after(clock, None);
        }
        if let Some(id) = publication.next {
            whole.next_id = id.field();
        }
        (whole.usr1, whole.usr2) = (publication.usr1, publication.usr2);
        (whole.usr3, whole.usr4) = (publication.usr3, publication.usr4);
        whole.signature = publication.signature;
        let number = self.rng.next_u64();
        let meta = publication.meta.as_ref();
        Ok(split::split_uniquely(&whole, meta, now.unix_ms, number)?)
    }

    /// A packet of a command could not be kept or written down: the command has failed.
    pub(super) fn fail(&mut self, id: PacketId, error: CommandError) {
        if let Some(ticket) = self.gossip.batches.give_up(id) {
            self.outbox.push(Output::Failed { ticket, error });
        }
    }

    /// A packet counts as kept, new or not; the last one of a command ends it.
    pub(super) fn settle(&mut self, id: PacketId, is_new: bool) {
        if let Some((ticket, ids)) = self.gossip.batches.settle(id, is_new) {
            self.done(ticket, ids);
        }
    }
}

fn check_injected(packet: &Packet, before: Option<PacketId>) -> Result<(), CommandError> {
    let reason = if packet.kind != PacketType::PUBLISH || packet.version != VERSION {
        NOT_A_PUBLISH
    } else if packet.hops >= HOPS_MAX {
        TOO_MANY_HOPS
    } else if verify_id(packet, before) != IdCheck::Valid {
        WRONG_ID
    } else {
        return Ok(());
    };
    let id = packet.id().unwrap_or(PacketId([0; 32]));
    Err(CommandError::InvalidPacket { id, reason })
}

/// Packets that commands wait for until they are kept.
#[derive(Clone, Debug)]
pub(super) struct Batches {
    of: HashMap<PacketId, u64, Secret>,
    open: BTreeMap<u64, Batch>,
    opened_count: u64,
}

/// The packets of one command.
#[derive(Clone, Debug)]
struct Batch {
    ticket: Ticket,
    at: Time,
    ids: Vec<PacketId>,
    waiting_count: usize,
    count: Count,
}

/// Which packets a command is told of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Count {
    /// All that it made.
    All,
    /// Those that were new.
    New,
}

impl Batches {
    pub(super) fn new(secret: Secret) -> Self {
        Self {
            of: HashMap::with_hasher(secret),
            open: BTreeMap::new(),
            opened_count: 0,
        }
    }

    /// How full the tables are; each command waits for a packet at least.
    pub(super) fn tables(&self) -> [TableReport; 2] {
        let report = TableReport::new;
        [
            report("publishes", self.of.len(), WAITING_COUNT_MAX),
            report("commands", self.open.len(), WAITING_COUNT_MAX),
        ]
    }

    /// Waits for these packets; one that another command waits for is not waited for twice.
    /// Says whether there is any to wait for.
    fn open(
        &mut self,
        now: Time,
        ticket: Ticket,
        ids: &[PacketId],
        count: Count,
    ) -> Result<bool, CommandError> {
        self.forget_old(now);
        if self.of.len() + ids.len() > WAITING_COUNT_MAX {
            return Err(CommandError::Busy {
                what: "packets",
                count_max: WAITING_COUNT_MAX,
            });
        }
        let number = self.opened_count;
        let mut batch = Batch {
            ticket,
            at: now,
            ids: if count == Count::All {
                ids.to_vec()
            } else {
                Vec::new()
            },
            waiting_count: 0,
            count,
        };
        for id in ids {
            if !self.of.contains_key(id) {
                self.of.insert(*id, number);
                batch.waiting_count += 1;
            }
        }
        let is_waiting = batch.waiting_count > 0;
        if is_waiting {
            self.opened_count += 1;
            self.open.insert(number, batch);
        }
        Ok(is_waiting)
    }

    /// Notes that a packet is kept; gives back what is to be said if it was the last one.
    fn settle(&mut self, id: PacketId, is_new: bool) -> Option<(Ticket, Vec<PacketId>)> {
        let number = self.of.remove(&id)?;
        let batch = self.open.get_mut(&number)?;
        batch.waiting_count -= 1;
        if is_new && batch.count == Count::New {
            batch.ids.push(id);
        }
        if batch.waiting_count > 0 {
            return None;
        }
        let batch = self.open.remove(&number)?;
        Some((batch.ticket, batch.ids))
    }

    /// Waits no longer for the packets of the command that made this one.
    fn give_up(&mut self, id: PacketId) -> Option<Ticket> {
        let number = self.of.remove(&id)?;
        self.of.retain(|_, of| *of != number);
        self.open.remove(&number).map(|batch| batch.ticket)
    }

    /// Forgets what was never kept: a cache that was started again knows nothing of it.
    fn forget_old(&mut self, now: Time) {
        while let Some(oldest) = self.open.first_entry()
            && now.since(oldest.get().at) >= WAITING_AGE_MAX
        {
            let number = *oldest.key();
            oldest.remove();
            self.of.retain(|_, of| *of != number);
        }
    }
}

/// Why a peer did not do what it was told to.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[non_exhaustive]
pub enum CommandError {
    /// The message is too long.
    #[error("a message of {length} bytes exceeds {length_max}")]
    TooLong {
        /// Its length.
        length: usize,
        /// The limit.
        length_max: usize,
    },
    /// What goes into the head of a long message is no object, or too long.
    #[error("cannot split the message: {reason}")]
    Meta {
        /// What is wrong with it.
        reason: SplitError,
    },
    /// There is no cluster to speak to.
    #[error("the peer has no cluster, and none was given")]
    NoCluster,
    /// The peer is not known.
    #[error("peer {peer} is not connected")]
    NotConnected {
        /// Who.
        peer: PeerId,
    },
    /// Nothing with that id is known.
    #[error("nothing is known of {id}")]
    NotFound {
        /// The id.
        id: PacketId,
    },
    /// Nothing with that subcluster is known.
    #[error("not part of subcluster {subcluster}")]
    NotJoined {
        /// The subcluster.
        subcluster: SubclusterId,
    },
    /// Too much is under way.
    #[error("too many {what} at once; the limit is {count_max}")]
    Busy {
        /// Of what.
        #[serde(deserialize_with = "known_word")]
        what: Word,
        /// The limit.
        count_max: usize,
    },
    /// The cache has no room for all of a message.
    #[error("the cache has no room for the message")]
    NoRoom,
    /// The packet could not be written to the state file; said by whoever keeps it.
    #[error("cannot write the state file: {reason}")]
    State {
        /// What went wrong.
        reason: String,
    },
    /// A packet that was to be put on the network is not valid.
    #[error("packet {id} is not valid: {reason}")]
    InvalidPacket {
        /// Which.
        id: PacketId,
        /// What is wrong with it.
        #[serde(deserialize_with = "known_word")]
        reason: Word,
    },
}

/// Text in an error. Serde takes no plain reference for something that lives as long.
type Word = &'static str;

/// The word that was written down, or a general one for what is none of ours.
fn known_word<'de, D: Deserializer<'de>>(from: D) -> Result<Word, D::Error> {
    let text = String::deserialize(from)?;
    let known = WORDS.iter().find(|word| **word == text);
    Ok(known.copied().unwrap_or("something"))
}

const NOT_A_PUBLISH: Word = "it is no publish of this version";
const TOO_MANY_HOPS: Word = "it has no hop left";
const WRONG_ID: Word = "its id is not the hash of what it carries";
/// Every word that stands in an error.
const WORDS: [&str; 6] = [
    "commands",
    "packets",
    "subclusters",
    NOT_A_PUBLISH,
    WRONG_ID,
    TOO_MANY_HOPS,
];

impl From<SplitError> for CommandError {
    fn from(error: SplitError) -> Self {
        match error {
            SplitError::TooLong { size } => Self::TooLong {
                length: size,
                length_max: MESSAGE_BYTES_MAX,
            },
            reason => Self::Meta { reason },
        }
    }
}

/// Packets that commands may wait for at once: 32 of the longest messages.
const WAITING_COUNT_MAX: usize = 32_768;
/// How long a command waits for its packets.
const WAITING_AGE_MAX: Duration = Duration::from_secs(60);

#[cfg(test)]
mod tests {
    use super::{super::neighbourhood::*, *};

    /// Which commands are done, with how many packets.
    fn done(town: &mut Neighbourhood) -> Vec<(Ticket, usize)> {
        town.drain();
        let outputs = std::mem::take(&mut town.outputs).into_iter();
        let done = outputs.filter_map(|output| match output {
            Output::Done { ticket, ids } => Some((ticket, ids.len())),
            _ => None,
        });
        done.collect()
    }

    #[test]
    fn a_command_that_waits_for_nothing_is_done_at_once_and_takes_no_room() {
        let mut town = Neighbourhood::new(2);
        let packets = Neighbourhood::new(0)
            .peer
            .seal_and_split(town.now, PacketType::PUBLISH, &publication(10))
            .unwrap();
        let mut inject = |ticket, packets| town.peer.inject(town.now, Ticket(ticket), packets);
        inject(1, Vec::new()).unwrap();
        inject(2, packets.clone()).unwrap();
        inject(3, packets).unwrap();
        assert_eq!(done(&mut town), [(Ticket(1), 0), (Ticket(3), 0)]);
        assert_eq!(town.peer.gossip.batches.open.len(), 1, "the second waits");
    }
}
