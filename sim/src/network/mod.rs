//! The network: what becomes of a datagram between the socket it leaves and the one it is for.
//!
//! Make a [`Network`], [bind](Network::bind) ports, and hand every datagram to
//! [`Network::depart`]; it emits [`Flight`]s, which the driver puts into its event queue with the
//! payload. When a flight is due, [`Network::arrive`] says who gets it. NATs, links, partitions
//! and whether somebody is there are judged then, not when it left. The time that is handed in
//! never runs back.
//! Invariant: *offered + copied = delivered + dropped + in flight*, see [`Counts`].

mod arrive;
mod config;
mod counts;
mod depart;
mod flight;
mod layout;
mod ports;

use crate::{
    access::AccessClass,
    address,
    latency::{self, Latency, Region},
    link::{LinkState, Links},
    loss::{ChainStates, Loss},
    nat::{NatBox, NatClass},
    partition::{Cuts, Spot},
    streams::Stream,
};

pub use config::NetworkConfig;
pub use counts::{Counts, Dropped};
pub use depart::DATAGRAM_BYTES_MAX;
pub use flight::{Arrival, Arrived, Flight};

use ports::PortSet;

/// The number of a node, from 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId(pub u32);

/// The simulated network.
#[derive(Clone, Debug)]
pub struct Network {
    nodes: Vec<Node>,
    sites: Vec<Site>,
    carriers: Vec<Carrier>,
    latency: Latency,
    loss: Loss,
    links: Links,
    cuts: Cuts,
    counts: Counts,
    /// What ports are drawn from, together with the number of the box.
    salt: u64,
}

/// One node.
#[derive(Clone, Debug)]
struct Node {
    site: u32,
    /// Its number at the site.
    member: u8,
    is_online: bool,
    /// The next node of the site.
    next: u32,
    ports: PortSet,
}

/// Where one or more nodes live: a home with its box, or a host with a public address.
#[derive(Clone, Debug)]
struct Site {
    /// For all that happens to its datagrams on the way.
    stream: Stream,
    link: LinkState,
    nat: NatBox,
    /// The carrier that its box stands behind, or [`NONE`].
    carrier: u32,
    /// Its number among the carrier's customers.
    customer: u32,
    first_node: u32,
    access: AccessClass,
    chains: ChainStates,
    place: latency::Place,
}

/// A second box, in front of the boxes of some sites.
#[derive(Clone, Debug)]
struct Carrier {
    nat: NatBox,
    /// Its customers.
    sites: Vec<u32>,
}

/// No carrier, or no further node.
const NONE: u32 = u32::MAX;

impl Network {
    /// A network of so many nodes, all of them online and without an open port.
    ///
    /// The configuration must be [valid](NetworkConfig::validate).
    ///
    /// # Panics
    /// If there are more than [`NODE_COUNT_MAX`](crate::NODE_COUNT_MAX) nodes.
    #[must_use]
    pub fn new(config: &NetworkConfig, seed: u64, node_count: u32) -> Self {
        Self::with_classes(config, seed, node_count, |_| None)
    }

    /// The same with a class of NAT for some of the nodes; each of these is a site of its own.
    ///
    /// What the others draw does not change, as long as the nodes that are given a class are the first.
    ///
    /// # Panics
    /// If there are more than [`NODE_COUNT_MAX`](crate::NODE_COUNT_MAX) nodes.
    #[must_use]
    pub fn with_classes(
        config: &NetworkConfig,
        seed: u64,
        node_count: u32,
        class_of: impl Fn(NodeId) -> Option<NatClass>,
    ) -> Self {
        assert!(node_count <= address::NODE_COUNT_MAX, "{node_count} nodes");
        layout::lay_out(config, seed, node_count, class_of)
    }

    /// Opens a port of a node; what arrives at any other is dropped.
    pub fn bind(&mut self, node: NodeId, port: u16) {
        self.nodes[node.0 as usize].ports.insert(port);
    }

    /// Closes a port of a node.
    pub fn unbind(&mut self, node: NodeId, port: u16) {
        self.nodes[node.0 as usize].ports.remove(port);
    }

    /// Closes all ports of a node.
    pub fn close_ports(&mut self, node: NodeId) {
        self.nodes[node.0 as usize].ports = PortSet::default();
    }

    /// Lets a node come or go; one that goes leaves no port open. Its box forgets it in its own time.
    pub fn set_online(&mut self, node: NodeId, is_online: bool) {
        self.nodes[node.0 as usize].is_online = is_online;
        if !is_online {
            self.close_ports(node);
        }
    }

    /// Whether a node is online.
    #[must_use]
    pub fn is_online(&self, node: NodeId) -> bool {
        self.nodes[node.0 as usize].is_online
    }

    /// How many nodes there are.
    #[must_use]
    pub fn node_count(&self) -> u32 {
        self.nodes.len() as u32
    }

    /// The address that the world sees a node at; which port is up to its box.
    #[must_use]
    pub fn public_ip(&self, node: NodeId) -> u32 {
        let site = self.nodes[node.0 as usize].site;
        match self.sites[site as usize].carrier {
            NONE => address::public_ip(site),
            carrier => address::public_ip(self.sites.len() as u32 + carrier),
        }
    }

    /// The address that a node has itself.
    #[must_use]
    pub fn private_ip(&self, node: NodeId) -> u32 {
        let node = &self.nodes[node.0 as usize];
        match self.sites[node.site as usize].nat.traits.class {
            NatClass::Public => address::public_ip(node.site),
            _ => address::home_ip(node.site, u32::from(node.member)),
        }
    }

    /// What kind of NAT a node is behind.
    #[must_use]
    pub fn nat_class(&self, node: NodeId) -> NatClass {
        self.site_of(node).nat.traits.class
    }

    /// Whether a node is behind two boxes.
    #[must_use]
    pub fn is_behind_carrier(&self, node: NodeId) -> bool {
        self.site_of(node).carrier != NONE
    }

    /// By what a node is connected.
    #[must_use]
    pub fn access_class(&self, node: NodeId) -> AccessClass {
        self.site_of(node).access
    }

    /// Where a node is.
    #[must_use]
    pub fn region(&self, node: NodeId) -> Region {
        self.site_of(node).place.region
    }

    /// Whether two nodes live behind the same box.
    #[must_use]
    pub fn is_same_home(&self, a: NodeId, b: NodeId) -> bool {
        self.nodes[a.0 as usize].site == self.nodes[b.0 as usize].site
    }

    /// The least time that a datagram takes from one node to another, in microseconds, by physics alone.
    #[must_use]
    pub fn floor_us(&self, from: NodeId, to: NodeId) -> u32 {
        let [from, to] = [from, to].map(|node| self.nodes[node.0 as usize].site);
        if from == to {
            self.latency.lan_us()
        } else {
            let [from, to] = [from, to].map(|site| &self.sites[site as usize].place);
            self.latency.floor_us(from, to)
        }
    }

    /// What became of all datagrams so far.
    #[must_use]
    pub fn counts(&self) -> &Counts {
        &self.counts
    }

    fn site_of(&self, node: NodeId) -> &Site {
        &self.sites[self.nodes[node.0 as usize].site as usize]
    }

    /// The node of a site that has an address behind its box.
    fn resident(&self, site: u32, ip: u32) -> Option<u32> {
        let member = match self.sites[site as usize].nat.traits.class {
            NatClass::Public => 0,
            _ => address::home_member(ip, site)?,
        };
        let mut node = self.sites[site as usize].first_node;
        for _ in 0..member {
            node = self.nodes.get(node as usize)?.next;
        }
        (node != NONE).then_some(node)
    }

    fn spot(&self, site: u32) -> Spot {
        Spot {
            site,
            region: self.sites[site as usize].place.region,
        }
    }

    /// The address of a site's box towards the world or its carrier.
    fn outer_ip(&self, site: u32) -> u32 {
        let carrier = self.sites[site as usize].carrier;
        if carrier == NONE {
            address::public_ip(site)
        } else {
            address::carrier_ip(self.sites[site as usize].customer)
        }
    }

    /// Who has a public address: a site, or a carrier.
    fn owner(&self, ip: u32) -> Option<Owner> {
        let site_count = self.sites.len() as u32;
        let owner = address::public_owner(ip, site_count + self.carriers.len() as u32)?;
        if owner >= site_count {
            return Some(Owner::Carrier(owner - site_count));
        }
        let is_public = self.sites[owner as usize].carrier == NONE;
        is_public.then_some(Owner::Site(owner))
    }
}

/// Who has a public address.
enum Owner {
    Site(u32),
    Carrier(u32),
}
