//! Stand-in until the real one is merged.
#![allow(missing_docs, unused)]
use crate::actors::kit::*;
use crate::messages::rebroadcast::*;
pub struct Rebroadcast;
impl Actor for Rebroadcast {
    const KIND: &'static str = "rebroadcast";
}
impl Handler<PeerContacted> for Rebroadcast {
    fn handle(&mut self, m: PeerContacted, _: Reply<()>, _: &mut Context<Self>) {}
}
impl Handler<DifferenceSeen> for Rebroadcast {
    fn handle(&mut self, m: DifferenceSeen, _: Reply<()>, _: &mut Context<Self>) {}
}
impl Handler<PacketHeld> for Rebroadcast {
    fn handle(&mut self, m: PacketHeld, _: Reply<()>, _: &mut Context<Self>) {}
}
