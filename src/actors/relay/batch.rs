//! What the handling of one message brings about, gathered for those whom it concerns.

use std::mem;

use super::RelayOptions;
use crate::{
    actors::kit::with_cause,
    messages::{
        cause::CauseId, packet_cache::KeepPackets, relay::PeerReported, udp::SendDatagrams,
    },
    relay::{
        PacketId,
        peer::{Arrival, Event, Transmit},
    },
};

/// Datagrams and packets on their way out of the actor.
#[derive(Default)]
pub(super) struct Batch {
    pub(super) datagrams: Vec<Transmit>,
    pub(super) arrivals: Vec<Arrival>,
    /// Told one by one, but all at once: the owner, on another thread, is woken for many.
    pub(super) reports: Vec<PeerReported>,
}

impl Batch {
    /// Adds a datagram; mostly it is the only one.
    pub(super) fn transmit(&mut self, datagram: Transmit) {
        if self.datagrams.capacity() == 0 {
            self.datagrams.reserve_exact(1);
        }
        self.datagrams.push(datagram);
    }

    /// Whether it is time to hand on what there is before the message is dealt with.
    pub(super) fn is_full(&self) -> bool {
        self.datagrams.len() >= BATCH_MAX
            || self.arrivals.len() >= BATCH_MAX
            || self.reports.len() >= BATCH_MAX
    }

    /// Hands everything on. What an actor does not take it counts; a packet that was not
    /// kept comes again when caches are compared.
    pub(super) fn flush(&mut self, options: &RelayOptions) {
        let outlets = &options.outlets;
        if !self.arrivals.is_empty() {
            let arrivals = mem::take(&mut self.arrivals);
            let _ = outlets.keep.tell(KeepPackets { arrivals });
        }
        if !self.datagrams.is_empty() {
            let datagrams = mem::take(&mut self.datagrams);
            let _ = outlets.send.tell(SendDatagrams { datagrams });
        }
        // Not drained: room for reports is large, and most peers of a large network rest.
        for report in mem::take(&mut self.reports) {
            match packet_cause(&report.event) {
                Some(cause) => with_cause(cause, || drop(outlets.owner.tell(report))),
                None => drop(outlets.owner.tell(report)),
            }
        }
    }
}

/// What a packet's arrival goes back to: the same on every peer that the packet reaches.
pub(super) fn packet_cause(event: &Event) -> Option<CauseId> {
    match event {
        Event::Packet { packet, .. } | Event::Stream { packet, .. } => packet.id().map(cause_of),
        _ => None,
    }
}

/// The cause of everything that a packet brings about: the first half of its id.
pub(super) fn cause_of(id: PacketId) -> CauseId {
    let bytes = id.0.first_chunk().copied();
    bytes.map_or(CauseId::NONE, CauseId::from_bytes)
}

/// Datagrams, packets or events of one batch: few enough to stay in the processor's cache on
/// their way from one actor to the next.
const BATCH_MAX: usize = 128;
