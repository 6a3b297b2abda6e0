//! Stands where a real peer has its sockets, and sees what its cache gets.
//!
//! Started and stopped with its peer. What it is given to send goes into the air; what arrives
//! comes to the relay from there. It notes what changes in the cache and passes that on.

use sim::NodeId;

use super::{
    air::{Air, port_of},
    ledger::Ledger,
};
use crate::{
    actors::kit::{Actor, Context, Handler, Recipient, Reply},
    messages::{
        rebroadcast::CacheChanged,
        udp::{BindSockets, HoldPunchSockets, SendDatagrams, SocketsBound, UdpError},
    },
    relay::{
        packet::{PacketType, PacketView},
        peer::{Transmit, Wire},
    },
};

/// The sockets of one simulated peer.
pub(super) struct Edge {
    options: EdgeOptions,
    /// Numbers of the sockets that are open for hole punching.
    punching: Vec<u16>,
}

/// What an edge is started with.
#[derive(Clone)]
pub(super) struct EdgeOptions {
    pub(super) node: u32,
    pub(super) air: Air,
    pub(super) ledger: Ledger,
    /// Whether messages and comparisons of caches never leave.
    pub(super) is_silent: bool,
    /// Who has to know what changes in the cache.
    pub(super) scheduler: Recipient<CacheChanged>,
}

impl Edge {
    pub(super) fn new(options: EdgeOptions) -> Self {
        Self {
            options,
            punching: Vec::new(),
        }
    }

    /// Opens or closes a port.
    fn set_open(&self, wire: Wire, is_open: bool) {
        let (node, port) = (NodeId(self.options.node), port_of(wire));
        let network = &mut self.options.air.lock().network;
        if is_open {
            network.bind(node, port);
        } else {
            network.unbind(node, port);
        }
    }
}

impl Actor for Edge {
    const KIND: &'static str = "udp";
}

impl Handler<BindSockets> for Edge {
    fn handle(
        &mut self,
        _: BindSockets,
        reply: Reply<Result<SocketsBound, UdpError>>,
        _: &mut Context<Self>,
    ) {
        self.set_open(Wire::Main, true);
        self.set_open(Wire::Probe, true);
        let (node, sky) = (self.options.node, self.options.air.lock());
        reply.send(Ok(SocketsBound {
            main: sky.local(node, Wire::Main),
            probe: sky.local(node, Wire::Probe),
        }));
    }
}

impl Handler<SendDatagrams> for Edge {
    fn handle(&mut self, mut send: SendDatagrams, _: Reply<()>, ctx: &mut Context<Self>) {
        if self.options.is_silent {
            send.datagrams.retain(is_let_through);
        }
        let (now, node) = (ctx.now(), self.options.node);
        self.options.air.send(now, node, send.datagrams);
    }
}

/// What even a peer sends that swallows all messages.
fn is_let_through(datagram: &Transmit) -> bool {
    let kind = PacketView::decode(&datagram.payload).map(|view| view.kind);
    !matches!(
        kind,
        Ok(PacketType::PUBLISH | PacketType::SYNC | PacketType::QUERY)
    )
}

impl Handler<HoldPunchSockets> for Edge {
    fn handle(&mut self, hold: HoldPunchSockets, reply: Reply<()>, _: &mut Context<Self>) {
        let free = (0..=u16::MAX).filter(|number| !hold.kept.contains(number));
        let mut wanted: Vec<u16> = free.take(usize::from(hold.count)).collect();
        let kept = self
            .punching
            .iter()
            .filter(|number| hold.kept.contains(number));
        wanted.extend(kept);
        for number in self
            .punching
            .iter()
            .filter(|number| !wanted.contains(number))
        {
            self.set_open(Wire::Punch(*number), false);
        }
        for number in wanted
            .iter()
            .filter(|number| !self.punching.contains(number))
        {
            self.set_open(Wire::Punch(*number), true);
        }
        self.punching = wanted;
        reply.send(());
    }
}

impl Handler<CacheChanged> for Edge {
    fn handle(&mut self, changed: CacheChanged, _: Reply<()>, ctx: &mut Context<Self>) {
        let (now, node) = (ctx.now(), self.options.node);
        self.options
            .ledger
            .lock()
            .changed(now, node, &changed.changes);
        // A scheduler that has stopped misses nothing.
        let _ = self.options.scheduler.tell(changed);
    }
}
