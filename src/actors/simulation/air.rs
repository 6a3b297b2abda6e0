//! What is between the peers: datagrams on their way through the simulated network.

use std::{
    net::Ipv4Addr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use bytes::Bytes;

use crate::{
    actors::kit::Schedule,
    relay::{Address, Time, peer::Wire},
};

#[derive(Clone, Copy)]
pub struct Flight {
    to: Address,
    from: Address,
    pub at_us: u64,
}

pub struct Network {
    latency_us: u64,
}
impl Network {
    pub fn address(node: u32, port: u16) -> Address {
        Address::new(Ipv4Addr::from(0x0a00_0000 + node), port)
    }
    fn depart(
        &mut self,
        now: u64,
        node: u32,
        port: u16,
        to: Address,
        _bytes: u32,
        emit: &mut impl FnMut(Flight),
    ) {
        let jitter = (u64::from(node) * 7919 + u64::from(u32::from(*to.ip())) * 104_729) % 60_000;
        emit(Flight {
            to,
            from: Self::address(node, port),
            at_us: now + self.latency_us + jitter,
        });
    }
    fn arrive(&mut self, _now: u64, flight: &Flight) -> Option<(u32, u16, Address)> {
        let node = u32::from(*flight.to.ip()).checked_sub(0x0a00_0000)?;
        Some((node, flight.to.port(), flight.from))
    }
}

/// The network and what is on its way; shared by all sockets of a swarm.
#[derive(Clone)]
pub(super) struct Air(Arc<Mutex<Inner>>);

struct Inner {
    network: Network,
    airborne: Vec<Option<Airborne>>,
    free: Vec<u32>,
    schedule: Schedule,
    sent_count: u64,
}

struct Airborne {
    flight: Flight,
    payload: Bytes,
}

/// A datagram at its destination.
pub(super) struct Landed {
    pub(super) node: u32,
    pub(super) wire: Wire,
    pub(super) from: Address,
    pub(super) payload: Bytes,
}

impl Air {
    pub(super) fn new(schedule: Schedule) -> Self {
        Self(Arc::new(Mutex::new(Inner {
            network: Network { latency_us: 20_000 },
            airborne: Vec::new(),
            free: Vec::new(),
            schedule,
            sent_count: 0,
        })))
    }

    pub(super) fn sent_count(&self) -> u64 {
        self.lock().sent_count
    }

    /// Sends a datagram from one of a node's sockets.
    pub(super) fn send(&self, now: Time, node: u32, datagrams: Vec<crate::relay::peer::Transmit>) {
        let inner = &mut *self.lock();
        for datagram in datagrams {
            let (airborne, free, schedule) =
                (&mut inner.airborne, &mut inner.free, &inner.schedule);
            inner.sent_count += 1;
            let mut emit = |flight: Flight| {
                let one = Airborne {
                    flight,
                    payload: datagram.payload.clone(),
                };
                let slot = match free.pop() {
                    Some(slot) => {
                        airborne[slot as usize] = Some(one);
                        slot
                    }
                    None => {
                        airborne.push(Some(one));
                        (airborne.len() - 1) as u32
                    }
                };
                schedule.at(
                    Time::from_micros(flight.at_us),
                    u64::from(node),
                    u64::from(slot),
                );
            };
            inner.network.depart(
                now.as_micros(),
                node,
                port(datagram.wire),
                datagram.to,
                datagram.payload.len() as u32,
                &mut emit,
            );
        }
    }

    /// Lets a datagram arrive.
    pub(super) fn land(&self, now: Time, slot: u32) -> Option<Landed> {
        let inner = &mut *self.lock();
        let airborne = inner.airborne[slot as usize].take()?;
        inner.free.push(slot);
        let (node, port, from) = inner.network.arrive(now.as_micros(), &airborne.flight)?;
        Some(Landed {
            node,
            wire: wire(port)?,
            from,
            payload: airborne.payload,
        })
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn port(wire: Wire) -> u16 {
    match wire {
        Wire::Main => MAIN_PORT,
        Wire::Probe => PROBE_PORT,
        Wire::Punch(number) => PUNCH_PORT_MIN + number,
    }
}

fn wire(port: u16) -> Option<Wire> {
    match port {
        MAIN_PORT => Some(Wire::Main),
        PROBE_PORT => Some(Wire::Probe),
        _ => port.checked_sub(PUNCH_PORT_MIN).map(Wire::Punch),
    }
}

/// The main port of every peer on its own machine.
pub(super) const MAIN_PORT: u16 = 9777;
/// The probe port.
pub(super) const PROBE_PORT: u16 = 9778;
const PUNCH_PORT_MIN: u16 = 20_000;
