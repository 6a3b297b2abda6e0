//! What is between the peers: datagrams on their way through the simulated network.

use std::{
    net::Ipv4Addr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use bytes::Bytes;
use sim::{Arrived, Flight, Network, NodeId};

use super::ledger::Ledger;
use crate::{
    actors::kit::Schedule,
    relay::{
        Address, Time,
        peer::{Transmit, Wire},
    },
};

/// The network and what is on its way; shared by the edges of all peers.
#[derive(Clone)]
pub(super) struct Air(Arc<Mutex<Sky>>);

pub(super) struct Sky {
    pub(super) network: Network,
    ledger: Ledger,
    /// By the number that the schedule gives back.
    airborne: Vec<Option<Airborne>>,
    free: Vec<u32>,
    schedule: Schedule,
    /// Whose datagrams are written down, where, and all of them.
    pub(super) capture: Option<Capture>,
}

struct Airborne {
    flight: Flight,
    source: u32,
    payload: Bytes,
}

/// A datagram at its destination.
pub(super) struct Landed {
    pub(super) node: u32,
    pub(super) wire: Wire,
    pub(super) from: Address,
    pub(super) payload: Bytes,
}

/// The datagrams of one node, or of all.
pub(super) struct Capture {
    pub(super) whom: Watched,
    pub(super) datagrams: Vec<Captured>,
}

/// Whose datagrams are written down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Watched {
    /// Those that one node sends or receives.
    One(u32),
    /// Those of all nodes.
    All,
}

/// A datagram that a node sent or received.
#[derive(Clone, Debug)]
pub struct Captured {
    /// When.
    pub at: Time,
    /// Who sent it.
    pub sender: u32,
    /// Who received it; none if this is its sending.
    pub receiver: Option<u32>,
    /// Where it came from, as whoever sends or receives it sees it.
    pub from: Address,
    /// Where it went.
    pub to: Address,
    /// What it was.
    pub payload: Bytes,
}

impl Capture {
    /// Nothing yet.
    pub(super) fn of(whom: Watched) -> Self {
        Self {
            whom,
            datagrams: Vec::new(),
        }
    }
}

impl Air {
    pub(super) fn new(network: Network, ledger: Ledger, schedule: Schedule) -> Self {
        Self(Arc::new(Mutex::new(Sky {
            network,
            ledger,
            airborne: Vec::new(),
            free: Vec::new(),
            schedule,
            capture: None,
        })))
    }

    /// Sends datagrams of a node.
    pub(super) fn send(&self, now: Time, node: u32, datagrams: Vec<Transmit>) {
        let mut sky = self.lock();
        for datagram in datagrams {
            sky.send(now, node, datagram);
        }
    }

    /// Lets a datagram arrive, if anybody gets it.
    pub(super) fn land(&self, now: Time, number: u32) -> Option<Landed> {
        self.lock().land(now, number)
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, Sky> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Sky {
    fn send(&mut self, now: Time, node: u32, datagram: Transmit) {
        let Transmit { wire, to, payload } = datagram;
        self.ledger.lock().sent(now, node, &payload);
        if self.is_captured(node) {
            let from = self.local(node, wire);
            self.capture(Captured {
                at: now,
                sender: node,
                receiver: None,
                from,
                to,
                payload: payload.clone(),
            });
        }
        let (airborne, free, schedule) = (&mut self.airborne, &mut self.free, &self.schedule);
        let bytes = payload.len() as u32;
        // Mostly it flies once and nobody has to share it.
        let (mut payload, mut last) = (Some(payload), None);
        let mut emit = |flight: Flight| {
            let number = free.pop().unwrap_or_else(|| {
                airborne.push(None);
                airborne.len() as u32 - 1
            });
            if let Some(Airborne {
                payload: shared, ..
            }) = last
                .replace(number)
                .and_then(|last: u32| airborne[last as usize].as_ref())
            {
                payload = Some(shared.clone());
            }
            airborne[number as usize] = Some(Airborne {
                flight,
                source: node,
                payload: payload.take().unwrap_or_default(),
            });
            let at = Time::from_micros(flight.at_us);
            schedule.at(at, u64::from(node), u64::from(number));
        };
        let to = sim::Address::new((*to.ip()).into(), to.port());
        let port = port_of(wire);
        let sent = self
            .network
            .depart(now.as_micros(), NodeId(node), port, to, bytes, &mut emit);
        if let Err(reason) = sent {
            self.ledger.lock().dropped(now, reason);
        }
    }

    fn land(&mut self, now: Time, number: u32) -> Option<Landed> {
        let slot = self.airborne.get_mut(number as usize)?;
        let airborne = slot.take()?;
        match self.network.arrive(now.as_micros(), &airborne.flight) {
            Arrived::Delivered(arrival) => {
                self.free.push(number);
                let node = arrival.node.0;
                let (wire, from) = (wire_of(arrival.local_port)?, address(arrival.from));
                let payload = airborne.payload;
                let mut book = self.ledger.lock();
                book.received(now, airborne.source, node, &payload);
                drop(book);
                if self.is_captured(node) {
                    let to = self.local(node, wire);
                    self.capture(Captured {
                        at: now,
                        sender: airborne.source,
                        receiver: Some(node),
                        from,
                        to,
                        payload: payload.clone(),
                    });
                }
                Some(Landed {
                    node,
                    wire,
                    from,
                    payload,
                })
            }
            Arrived::Later(flight) => {
                *slot = Some(Airborne { flight, ..airborne });
                let at = Time::from_micros(flight.at_us);
                let source = u64::from(slot.as_ref()?.source);
                self.schedule.at(at, source, u64::from(number));
                None
            }
            Arrived::Dropped(reason) => {
                self.free.push(number);
                self.ledger.lock().dropped(now, reason);
                None
            }
        }
    }

    /// Where one of a node's sockets is bound.
    pub(super) fn local(&self, node: u32, wire: Wire) -> Address {
        let ip = self.network.private_ip(NodeId(node));
        Address::new(Ipv4Addr::from(ip), port_of(wire))
    }

    /// Where the world reaches a node that no box hides.
    pub(super) fn public(&self, node: u32) -> Address {
        let ip = self.network.public_ip(NodeId(node));
        Address::new(Ipv4Addr::from(ip), MAIN_PORT)
    }

    fn is_captured(&self, node: u32) -> bool {
        let whom = self.capture.as_ref().map(|capture| capture.whom);
        whom.is_some_and(|whom| whom == Watched::All || whom == Watched::One(node))
    }

    /// Writes a datagram down.
    fn capture(&mut self, captured: Captured) {
        if let Some(capture) = &mut self.capture
            && capture.datagrams.len() < CAPTURED_MAX
        {
            capture.datagrams.push(captured);
        }
    }
}

fn address(address: sim::Address) -> Address {
    Address::new(Ipv4Addr::from(address.ip), address.port)
}

/// The port of a socket on its own machine; the same for every peer.
pub(super) fn port_of(wire: Wire) -> u16 {
    match wire {
        Wire::Main => MAIN_PORT,
        Wire::Probe => PROBE_PORT,
        Wire::Punch(number) => PUNCH_PORT_MIN.saturating_add(number),
    }
}

fn wire_of(port: u16) -> Option<Wire> {
    match port {
        MAIN_PORT => Some(Wire::Main),
        PROBE_PORT => Some(Wire::Probe),
        _ => port.checked_sub(PUNCH_PORT_MIN).map(Wire::Punch),
    }
}

const MAIN_PORT: u16 = 9777;
const PROBE_PORT: u16 = 9778;
/// Sockets for hole punching are numbered from here.
const PUNCH_PORT_MIN: u16 = 20_000;
/// Datagrams that are written down.
pub(super) const CAPTURED_MAX: usize = 1 << 20;
