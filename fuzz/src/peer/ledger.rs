//! Counts what a node sends to whom, and knows what it may.
//!
//! A model of the promise in the relay's `proof`, simpler than what keeps it: before a host has
//! sent back a token it gets no more than came from it and what finding a NAT type takes; and
//! pings that others asked for on its behalf are few.

use core::net::Ipv4Addr;
use std::{collections::BTreeMap, time::Duration};

use bytes::Bytes;

use super::crafted;
use crate::relay::{
    Time,
    packet::{Packet, PacketType, Ping, Pong, Token},
    peer::{Transmit, Wire},
};

/// What went to and came from every host.
#[derive(Clone, Debug, Default)]
pub(super) struct Ledger {
    hosts: BTreeMap<Ipv4Addr, Host>,
    datagram_count: u64,
    /// Pings that nobody has paid for.
    unpaid_ping_count: u64,
    /// Bytes and pings that were to pierce a NAT.
    piercing_count: u64,
    /// Whether nothing is refused any more, since accounts may have been given up for others.
    is_closed: bool,
}

/// What went to and came from one host.
#[derive(Clone, Debug, Default)]
struct Host {
    earned: usize,
    spent: usize,
    allowed_at: Option<Time>,
    is_proved: bool,
}

impl Ledger {
    /// A datagram comes from a host.
    pub(super) fn earn(&mut self, now: Time, from: Ipv4Addr, bytes: &Bytes) {
        self.datagram_count += 1;
        if self.is_closed {
            return;
        }
        let host = self.hosts.entry(from).or_default();
        host.earned += bytes.len();
        if host.is_proved {
            return;
        }
        let Ok(packet) = Packet::decode(bytes) else {
            return;
        };
        if let Ok(ping) = Ping::parse(&packet.message)
            && packet.kind == PacketType::PING
        {
            host.allow(now, ping.reflection_id.is_some());
        }
    }

    /// A host sends a token back; from then on it may get anything.
    pub(super) fn prove(&mut self, host: Ipv4Addr) {
        self.hosts.entry(host).or_default().is_proved = true;
    }

    /// Nothing more is refused.
    pub(super) fn close(&mut self) {
        self.is_closed = true;
    }

    /// The node sends a datagram, which it has to be allowed to.
    pub(super) fn spend(&mut self, sent: &Transmit) {
        if self.is_closed || crafted::is_bootstrap(sent.to) {
            return;
        }
        let host = self.hosts.entry(*sent.to.ip()).or_default();
        if host.is_proved {
            return;
        }
        if sent.payload.len() == 1 || matches!(sent.wire, Wire::Punch(_)) {
            self.piercing_count += 1;
        } else if is_ping(sent) {
            self.unpaid_ping_count += u64::from(host.spent + sent.payload.len() > host.earned);
        } else {
            host.spent += sent.payload.len();
            assert!(host.spent <= host.earned, "{} gets {host:?}", sent.to);
        }
    }

    /// Looks at what was sent on the word of others.
    pub(super) fn check(&self, passed: Duration) {
        let seconds = passed.as_secs() + 1;
        let unasked_max = UNASKED_BURST + UNASKED_PER_SECOND * seconds;
        let pings_max = PINGS_EACH * unasked_max.min(CALLS_EACH * self.datagram_count);
        let piercings_max = PIERCING_EACH * (PIERCINGS_BURST + PIERCINGS_PER_SECOND * seconds);
        assert!(self.unpaid_ping_count <= pings_max, "{pings_max}: {self:?}");
        assert!(
            self.piercing_count <= piercings_max,
            "{piercings_max}: {self:?}"
        );
    }
}

impl Host {
    /// What the pongs to a ping take beyond it.
    fn allow(&mut self, now: Time, is_reflection: bool) {
        let is_first = self
            .allowed_at
            .is_none_or(|at| now.since(at) > ACCOUNT_LIFE);
        if is_first {
            self.allowed_at = Some(now);
            self.earned += ALLOWANCE_BYTES;
        } else if is_reflection {
            self.earned += RENEWAL_BYTES;
        }
    }
}

/// The ping in a datagram, or in a pong that carries one, as its sender would have it answered.
pub(super) fn ping_of(bytes: &Bytes) -> Option<Ping> {
    let packet = Packet::decode(bytes).ok()?;
    if packet.kind == PacketType::PING {
        return Ping::parse(&packet.message).ok();
    }
    let token: [u8; 6] = packet.usr3.as_slice().try_into().ok()?;
    let pong = (packet.kind == PacketType::PONG).then(|| Pong::parse(&packet.message).ok())??;
    let mut ping = Ping::new(pong.responder_peer_id);
    ping.ping_id = Some(Token::from_random(token));
    ping.is_connection = true;
    Some(ping)
}

/// Whether a datagram is a ping.
fn is_ping(sent: &Transmit) -> bool {
    Packet::decode(&sent.payload).is_ok_and(|packet| packet.kind == PacketType::PING)
}

/// What an address gets at first, and for each reflection; a host has many addresses, of
/// which one is given anything here until it is done.
const ALLOWANCE_BYTES: usize = 1_024;
const RENEWAL_BYTES: usize = 512;
/// How long an account is kept that nobody uses.
const ACCOUNT_LIFE: Duration = Duration::from_secs(60);
/// Pings to one address, how often it is tried again, and how many are pinged on the word of
/// others.
const PINGS_EACH: u64 = 4;
const CALLS_EACH: u64 = 1 + 4;
const UNASKED_PER_SECOND: u64 = 32;
const UNASKED_BURST: u64 = 256;
/// Pings or ports for one piercing, those that answer what comes back, and how many there are.
const PIERCING_EACH: u64 = 1_024 + 64;
const PIERCINGS_PER_SECOND: u64 = 1;
const PIERCINGS_BURST: u64 = 8;
