//! Stands in for the sockets of a simulated peer.

use super::air::{Air, MAIN_PORT, Network, PROBE_PORT};
use crate::{
    actors::kit::{Actor, Context, Handler, Reply},
    messages::udp::{BindSockets, HoldPunchSockets, SendDatagrams, SocketsBound, UdpError},
};

/// The sockets of one simulated peer.
pub struct SimUdp {
    pub(super) node: u32,
    pub(super) air: Air,
}

impl Actor for SimUdp {
    const KIND: &'static str = "udp";
}

impl Handler<BindSockets> for SimUdp {
    fn handle(
        &mut self,
        _: BindSockets,
        reply: Reply<Result<SocketsBound, UdpError>>,
        _: &mut Context<Self>,
    ) {
        reply.send(Ok(SocketsBound {
            main: Network::address(self.node, MAIN_PORT),
            probe: Network::address(self.node, PROBE_PORT),
        }));
    }
}

impl Handler<SendDatagrams> for SimUdp {
    fn handle(&mut self, send: SendDatagrams, _: Reply<()>, ctx: &mut Context<Self>) {
        self.air.send(ctx.now(), self.node, send.datagrams);
    }
}

impl Handler<HoldPunchSockets> for SimUdp {
    fn handle(&mut self, _: HoldPunchSockets, reply: Reply<()>, _: &mut Context<Self>) {
        reply.send(());
    }
}
