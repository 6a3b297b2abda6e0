//! Messages to the UDP actor, which holds the sockets of one relay peer.

use serde::{Deserialize, Serialize};

use super::{Class, Message};
use crate::relay::{
    Address,
    peer::{Transmit, Wire},
};

/// Binds the main and the probe socket; replies with the ports they got.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BindSockets {
    /// Address and port of the main socket; port 0 lets the system choose.
    pub main: Address,
    /// The same for the probe socket.
    pub probe: Address,
}

impl Message for BindSockets {
    type Reply = Result<SocketsBound, UdpError>;

    recorded!(reply);
}

/// Where the sockets are bound.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SocketsBound {
    /// The main socket.
    pub main: Address,
    /// The probe socket.
    pub probe: Address,
}

/// Sends datagrams, in order for each socket. What the kernel takes no more waits, up to
/// a bound; beyond it the newest are lost and counted, as on any network.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SendDatagrams {
    /// The datagrams.
    pub datagrams: Vec<Transmit>,
}

impl Message for SendDatagrams {
    type Reply = ();
    const CLASS: Class = Class::DropNewest;

    recorded!();
}

/// Opens or closes sockets for hole punching until there are `count` besides those kept:
/// they have the `count` lowest numbers that are not among the kept ones.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HoldPunchSockets {
    /// How many sockets to hold.
    pub count: u16,
    /// Numbers of those that carry a link and stay in any case.
    pub kept: Vec<u16>,
}

impl Message for HoldPunchSockets {
    type Reply = ();
    const CLASS: Class = Class::Control;

    recorded!();
}

/// The kernel takes datagrams again (a task of the actor's own).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SocketWritable {
    /// Through which socket.
    pub wire: Wire,
}

impl Message for SocketWritable {
    type Reply = ();
    const CLASS: Class = Class::Control;
}

/// Reads the counters of the sockets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DescribeSockets;

impl Message for DescribeSockets {
    type Reply = SocketCounters;
}

/// What went through the sockets so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct SocketCounters {
    /// Datagrams handed to the kernel.
    pub sent: u64,
    /// Their bytes.
    pub sent_bytes: u64,
    /// Datagrams that came.
    pub received: u64,
    /// Their bytes.
    pub received_bytes: u64,
    /// Datagrams given up because the queue was full or the kernel refused them.
    pub lost: u64,
    /// Datagrams that came and were not looked at, since the relay did not get to it.
    pub unread: u64,
    /// System calls that sent.
    pub send_calls: u64,
    /// System calls that received.
    pub receive_calls: u64,
}

/// Why there is no socket.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[non_exhaustive]
pub enum UdpError {
    /// The system refused the address or port.
    #[error("cannot bind UDP {address}: {reason}")]
    Bind {
        /// What was to be bound.
        address: Address,
        /// What the system said.
        reason: String,
    },
}
