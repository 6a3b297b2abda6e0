//! A network with its event queue, and what was delivered: what every test here drives.

#![allow(
    dead_code,
    reason = "each test that includes this module uses a part of it"
)]

use sim::{
    Address, Arrival, Arrived, ClassShares, Counts, Dropped, EventQueue, Flight, LatencyConfig,
    LatencyKind, LossConfig, LossKind, NatClass, NatConfig, Network, NetworkConfig, NodeId,
    PortAllocation,
};

/// One datagram that was delivered, and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Delivery {
    pub(crate) at_us: u64,
    pub(crate) tag: u64,
    pub(crate) arrival: Arrival,
}

/// A network and what is on its way in it.
pub(crate) struct World {
    pub(crate) network: Network,
    pub(crate) queue: EventQueue<(Flight, u64)>,
    pub(crate) now_us: u64,
    pub(crate) delivered: Vec<Delivery>,
    pub(crate) dropped: Vec<(u64, Dropped)>,
}

impl World {
    pub(crate) fn new(network: Network) -> Self {
        Self {
            network,
            queue: EventQueue::new(),
            now_us: 0,
            delivered: Vec::new(),
            dropped: Vec::new(),
        }
    }

    /// A network without chance, of nodes of these classes.
    pub(crate) fn of(classes: &[NatClass], change: impl FnOnce(&mut NetworkConfig)) -> Self {
        let mut config = plain();
        change(&mut config);
        config.validate().unwrap();
        let class_of = |node: NodeId| classes.get(node.0 as usize).copied();
        Self::new(Network::with_classes(
            &config,
            1,
            classes.len() as u32,
            class_of,
        ))
    }

    /// Sends now; what the world sees it come from.
    pub(crate) fn send(&mut self, node: u32, port: u16, to: Address) -> Result<Address, Dropped> {
        self.send_tagged(node, port, to, 0)
    }

    pub(crate) fn send_tagged(
        &mut self,
        node: u32,
        port: u16,
        to: Address,
        tag: u64,
    ) -> Result<Address, Dropped> {
        let mut from = None;
        let queue = &mut self.queue;
        let mut emit = |flight: Flight| {
            from = Some(flight.from());
            queue.push(flight.at_us, u64::from(node), (flight, tag));
        };
        self.network
            .depart(self.now_us, NodeId(node), port, to, 100, &mut emit)?;
        Ok(from.unwrap())
    }

    /// Opens a port and sends from it.
    pub(crate) fn open(&mut self, node: u32, port: u16, to: Address) -> Address {
        self.network.bind(NodeId(node), port);
        self.send(node, port, to).unwrap()
    }

    /// Lets so much time pass; what was delivered in it.
    pub(crate) fn run_ms(&mut self, ms: u64) -> Vec<Delivery> {
        let end_us = self.now_us + ms * 1_000;
        let seen = self.delivered.len();
        while let Some(event) = self.queue.pop_until(end_us) {
            self.now_us = event.time;
            let (flight, tag) = event.payload;
            match self.network.arrive(self.now_us, &flight) {
                Arrived::Delivered(arrival) => self.delivered.push(Delivery {
                    at_us: self.now_us,
                    tag,
                    arrival,
                }),
                Arrived::Later(later) => {
                    self.queue.push(later.at_us, event.source, (later, tag));
                }
                Arrived::Dropped(reason) => self.dropped.push((tag, reason)),
            }
        }
        self.now_us = end_us;
        self.delivered[seen..].to_vec()
    }

    /// Sends, and says whether somebody got it.
    pub(crate) fn reaches(&mut self, node: u32, port: u16, to: Address) -> Result<u32, Dropped> {
        self.reaches_within(node, port, to, 1_000)
    }

    pub(crate) fn reaches_within(
        &mut self,
        node: u32,
        port: u16,
        to: Address,
        ms: u64,
    ) -> Result<u32, Dropped> {
        let dropped = self.dropped.len();
        self.send(node, port, to)?;
        match self.run_ms(ms).as_slice() {
            [] => Err(self.dropped[dropped].1),
            [delivery] => Ok(delivery.arrival.node.0),
            many => panic!("{} arrived", many.len()),
        }
    }

    /// The address of a port of a node that needs no box.
    pub(crate) fn at(&self, node: u32, port: u16) -> Address {
        Address::new(self.network.public_ip(NodeId(node)), port)
    }

    /// What goes in comes out.
    #[track_caller]
    pub(crate) fn check_counts(&self) {
        let Counts {
            offered_count,
            copied_count,
            delivered_count,
            ..
        } = *self.network.counts();
        let dropped_count = self.network.counts().dropped_count();
        let in_flight = self.queue.len() as u64;
        assert_eq!(
            offered_count + copied_count,
            delivered_count + dropped_count + in_flight
        );
        assert_eq!(delivered_count, self.delivered.len() as u64);
    }
}

/// Constant latency, no loss, no limits, one kind of box and no sharing.
pub(crate) fn plain() -> NetworkConfig {
    NetworkConfig {
        latency: LatencyConfig {
            kind: LatencyKind::Constant,
            one_way_ms: 10.0,
            ..LatencyConfig::default()
        },
        loss: LossConfig {
            kind: LossKind::None,
            ..LossConfig::default()
        },
        link: sim::LinkConfig {
            is_limited: false,
            ..sim::LinkConfig::default()
        },
        nat: NatConfig {
            classes: Some(ClassShares {
                public: 1.0,
                ..ClassShares::default()
            }),
            mapping_timeout_s: vec![60],
            port_allocation: vec![PortAllocation::Random],
            table_entries_min: 1_024,
            table_entries_max: 1_024,
            hairpin_share: 0.0,
            carrier_share: 0.0,
            home_share: 0.0,
            ..NatConfig::default()
        },
        ..NetworkConfig::default()
    }
}

/// Only boxes of one class.
pub(crate) fn only(class: NatClass) -> ClassShares {
    let mut shares = ClassShares::default();
    *match class {
        NatClass::Public => &mut shares.public,
        NatClass::Unrestricted => &mut shares.unrestricted,
        NatClass::AddrRestricted => &mut shares.addr_restricted,
        NatClass::PortRestricted => &mut shares.port_restricted,
        NatClass::EndpointRestricted => &mut shares.endpoint_restricted,
        NatClass::UdpBlocked => &mut shares.udp_blocked,
    } = 1.0;
    shares
}
