//! Stand-in until the real one is merged.
#![allow(missing_docs, unused)]
use crate::actors::kit::*;
use crate::messages::{packet_cache::*, relay::*};
use crate::relay::cache::*;
pub struct PacketCache {
    cache: Cache,
    relay: Recipient<PacketsKept>,
    found: Recipient<PacketFound>,
}
pub struct State;
impl State {
    pub fn open(_: &std::path::Path) -> Result<Self, std::io::Error> {
        Ok(Self)
    }
    pub fn get(&self, _: &str) -> Result<Option<Vec<u8>>, std::io::Error> {
        Ok(None)
    }
    pub fn put(&self, _: &str, _: &[u8]) -> Result<(), std::io::Error> {
        Ok(())
    }
}
impl PacketCache {
    pub fn new(
        config: CacheConfig,
        relay: Recipient<PacketsKept>,
        found: Recipient<PacketFound>,
    ) -> Self {
        Self {
            cache: Cache::new(config),
            relay,
            found,
        }
    }
}
impl Actor for PacketCache {
    const KIND: &'static str = "packet_cache";
}
impl Handler<KeepPackets> for PacketCache {
    fn handle(&mut self, m: KeepPackets, _: Reply<()>, ctx: &mut Context<Self>) {
        let now = ctx.now_with_date();
        let kept = m
            .arrivals
            .into_iter()
            .flat_map(|a| self.cache.keep(now, a))
            .collect();
        let _ = self.cache.take_changes();
        let _ = self.relay.tell(PacketsKept { kept });
    }
}
impl Handler<FindPacket> for PacketCache {
    fn handle(&mut self, m: FindPacket, _: Reply<()>, _: &mut Context<Self>) {}
}
impl Handler<ReconcileCache> for PacketCache {
    fn handle(&mut self, m: ReconcileCache, _: Reply<()>, _: &mut Context<Self>) {}
}
impl Handler<ClassifySubcluster> for PacketCache {
    fn handle(&mut self, m: ClassifySubcluster, _: Reply<()>, _: &mut Context<Self>) {}
}
impl Handler<ReadPacket> for PacketCache {
    fn handle(&mut self, m: ReadPacket, r: Reply<Option<PacketInOrder>>, _: &mut Context<Self>) {
        r.send(self.cache.links(m.id).map(|l| PacketInOrder {
            packets: l.packets,
            previous: l.previous,
            next: l.next,
        }));
    }
}
impl Handler<ListPackets> for PacketCache {
    fn handle(
        &mut self,
        m: ListPackets,
        r: Reply<Vec<crate::relay::packet::Packet>>,
        _: &mut Context<Self>,
    ) {
        r.send(self.cache.list(m.subcluster, m.count_max));
    }
}
