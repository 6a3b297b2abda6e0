//! Draws who lives where, behind what.

use std::collections::BTreeMap;

use rand::RngCore as _;

use super::{Carrier, Counts, NONE, Network, NetworkConfig, Node, NodeId, PortSet, Site};
use crate::{
    access::AccessClass,
    config::pick,
    latency::{Latency, Region},
    link::{LinkState, Links},
    loss::{ChainStates, Loss},
    nat::{NatBox, NatClass, PortAllocation, Traits},
    partition::Cuts,
    streams,
};

/// Lays out a network; each entity draws from a stream of its own.
pub(super) fn lay_out(
    config: &NetworkConfig,
    seed: u64,
    node_count: u32,
    class_of: impl Fn(NodeId) -> Option<NatClass>,
) -> Network {
    let mut layout = Layout {
        config,
        seed,
        class_shares: config.nat.shares().list(),
        access_shares: config.access.list(),
        nodes: Vec::with_capacity(node_count as usize),
        sites: Vec::with_capacity(node_count as usize),
        carriers: Vec::new(),
        latency: Latency::new(&config.latency, seed),
        open_home: None,
        open_carriers: BTreeMap::new(),
    };
    for number in 0..node_count {
        layout.add_node(number, class_of(NodeId(number)));
    }
    layout.sites.shrink_to_fit();
    Network {
        nodes: layout.nodes,
        sites: layout.sites,
        carriers: layout.carriers,
        latency: layout.latency,
        loss: Loss::new(&config.loss),
        links: Links::new(&config.link),
        cuts: Cuts::new(&config.partitions, &config.outages, seed),
        counts: Counts::default(),
        salt: streams::numbered(seed, "ports", 0).next_u64(),
    }
}

struct Layout<'a> {
    config: &'a NetworkConfig,
    seed: u64,
    class_shares: [f64; NatClass::COUNT],
    access_shares: [f64; AccessClass::COUNT],
    nodes: Vec<Node>,
    sites: Vec<Site>,
    carriers: Vec<Carrier>,
    latency: Latency,
    /// The shared home that still has room, with its last node.
    open_home: Option<(u32, u32)>,
    /// The carriers that still take customers, by region and class of these.
    open_carriers: BTreeMap<(Region, NatClass), u32>,
}

impl Layout<'_> {
    fn add_node(&mut self, number: u32, class: Option<NatClass>) {
        let mut stream = streams::numbered(self.seed, "home", u64::from(number));
        let is_sharing = class.is_none() && stream.is_drawn(self.config.nat.home_share);
        let neighbour = self.open_home.filter(|_| is_sharing);
        let (site, member) = match neighbour {
            Some((site, last)) => {
                self.nodes[last as usize].next = number;
                (site, self.nodes[last as usize].member + 1)
            }
            None => (self.add_site(number, class), 0),
        };
        self.nodes.push(Node {
            site,
            member,
            is_online: true,
            next: NONE,
            ports: PortSet::default(),
        });
        if is_sharing {
            // A host with a public address has nothing to share.
            let is_full = u32::from(member) + 1 >= self.config.nat.home_nodes;
            let is_home = self.sites[site as usize].nat.traits.class != NatClass::Public;
            self.open_home = (is_home && !is_full).then_some((site, number));
        }
    }

    fn add_site(&mut self, first_node: u32, class: Option<NatClass>) -> u32 {
        let number = self.sites.len() as u32;
        let place = self.latency.place(self.seed, number);
        let mut stream = streams::numbered(self.seed, "site", u64::from(number));
        let drawn = NatClass::ALL[pick(&self.class_shares, stream.unit())];
        let access = AccessClass::ALL[pick(&self.access_shares, stream.unit())];
        let nat = NatBox::draw(&self.config.nat, class.unwrap_or(drawn), &mut stream);
        let class_or_drawn = nat.traits.class;
        let has_carrier = stream.is_drawn(self.config.nat.carrier_share)
            && class.is_none()
            && class_or_drawn.is_mapping();
        let (carrier, customer) = if has_carrier {
            self.find_carrier(place.region, class_or_drawn, number)
        } else {
            (NONE, 0)
        };
        self.sites.push(Site {
            stream: streams::numbered(self.seed, "way", u64::from(number)),
            link: LinkState::default(),
            nat,
            carrier,
            customer,
            first_node,
            // Hosts stand where cables are.
            access: if class_or_drawn == NatClass::Public {
                AccessClass::Fixed
            } else {
                access
            },
            chains: ChainStates::default(),
            place,
        });
        number
    }

    /// A carrier with room for one more site, and the number of the site there.
    ///
    /// Its box is of the class of its customers' boxes, so that two of them are no harder than one.
    fn find_carrier(&mut self, region: Region, class: NatClass, site: u32) -> (u32, u32) {
        let open = self.open_carriers.get(&(region, class)).copied();
        let number = open.unwrap_or_else(|| self.add_carrier(region, class));
        let carrier = &mut self.carriers[number as usize];
        let customer = carrier.sites.len() as u32;
        carrier.sites.push(site);
        if customer + 1 >= self.config.nat.carrier_customers {
            self.open_carriers.remove(&(region, class));
        }
        (number, customer)
    }

    fn add_carrier(&mut self, region: Region, class: NatClass) -> u32 {
        let number = self.carriers.len() as u32;
        let config = &self.config.nat;
        let mut stream = streams::numbered(self.seed, "carrier", u64::from(number));
        let traits = NatBox::draw(config, class, &mut stream).traits;
        self.carriers.push(Carrier {
            nat: NatBox::new(Traits {
                // Boxes of many customers give each a block if they may.
                allocation: if config.port_allocation.contains(&PortAllocation::Block) {
                    PortAllocation::Block
                } else {
                    traits.allocation
                },
                entry_count_max: config.carrier_entries as u16,
                ..traits
            }),
            sites: Vec::new(),
        });
        self.open_carriers.insert((region, class), number);
        number
    }
}
