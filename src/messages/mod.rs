//! What actors say to each other: plain structs, one file per receiver.
//!
//! A request is named by an imperative ([`router::RouteCall`]), a fact by a past
//! participle. **Invariant:** a message holds no address, no lock and no behaviour.

#[macro_use]
pub mod record;

pub mod cause;
pub mod control;
pub mod files;
pub mod host;
pub mod inspector;
pub mod network;
pub mod packet_cache;
pub mod process;
pub mod rebroadcast;
pub mod relay;
pub mod resources;
pub mod router;
pub mod supervisor;
pub mod system;
pub mod terminal;
pub mod udp;
pub mod windows;

/// Something that can be put into a mailbox.
pub trait Message: Send + 'static {
    /// What the receiver answers; `()` if there is nothing to say.
    type Reply: Send + 'static;
    /// What happens when the mailbox is full.
    const CLASS: Class = Class::Request;

    /// What an inspector may show of it. Nothing, unless the type says otherwise: most
    /// messages carry what is not for everybody's eyes, or is too long to look at.
    fn reveal(&self) -> Option<serde_json::Value> {
        None
    }

    /// How a recording keeps it ([`record`]); nothing, unless the type says otherwise.
    fn encoded(&self) -> Option<Vec<u8>> {
        None
    }

    /// How a recording keeps an answer to it.
    fn encoded_reply(_reply: &Self::Reply) -> Option<Vec<u8>> {
        None
    }

    /// Makes the answer again that [`encoded_reply`](Self::encoded_reply) wrote down.
    ///
    /// # Errors
    /// What is wrong with it, or that such answers are not kept.
    fn decoded_reply(_bytes: &[u8]) -> Result<Self::Reply, String> {
        Err("answers to such messages are not recorded".to_owned())
    }
}

/// What a full mailbox does with one more message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// Refuse it: the sender learns of it and still holds the message.
    Request,
    /// Lose the newcomer, and count it.
    DropNewest,
    /// Lose the oldest of the same type, and count it.
    DropOldest,
    /// Replace the queued message of the same type, full or not.
    Coalesce,
    /// Never lose it: it has a lane of its own and goes first.
    Control,
}
