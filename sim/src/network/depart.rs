//! The first half of a datagram's way: from a socket out into the world.

use rand::RngCore as _;

use super::{Dropped, Flight, NONE, Network, NodeId, Owner, Site, flight::FlightState};
use crate::{
    address::{self, Address},
    loss::Way,
    nat::NatClass,
};

/// The longest payload of a datagram over IPv4 (RFC 768 and RFC 791: 65,535 less both headers).
pub const DATAGRAM_BYTES_MAX: u16 = 65_507;

impl Network {
    /// Sends a datagram of a node, from one of its open ports, and emits it once for each copy.
    ///
    /// # Errors
    /// Says why nothing was emitted. Real senders are not told of most of the reasons.
    pub fn depart(
        &mut self,
        now_us: u64,
        node: NodeId,
        local_port: u16,
        to: Address,
        byte_count: u32,
        emit: &mut impl FnMut(Flight),
    ) -> Result<(), Dropped> {
        self.counts.offered_count += 1;
        let sent = self.send(now_us, node, local_port, to, byte_count, emit);
        if let Err(reason) = sent {
            self.counts.count_dropped(reason);
        }
        sent
    }

    fn send(
        &mut self,
        now_us: u64,
        node: NodeId,
        local_port: u16,
        to: Address,
        byte_count: u32,
        emit: &mut impl FnMut(Flight),
    ) -> Result<(), Dropped> {
        let bytes = self.check_sender(node, local_port, byte_count)?;
        let site = self.nodes[node.0 as usize].site;
        let private = Address::new(self.private_ip(node), local_port);
        let local_us = now_us + u64::from(self.latency.lan_us());
        let local = |from| Flight::new(local_us, node, from, to, bytes, FlightState::Local);
        if to.is_home() {
            self.check_home(site, to)?;
            emit(local(private));
            return Ok(());
        }
        let outer = self.through_box(now_us, site, private, to)?;
        if to.ip == outer.ip {
            self.check_hairpin(site)?;
            emit(local(outer));
            return Ok(());
        }
        let left_us = self.through_access(now_us, site, bytes)?;
        let from = self.through_carrier(now_us, site, outer, to)?;
        let target = self.target(now_us, to).ok_or(Dropped::NoRoute)?;
        let flight = Flight::new(left_us, node, from, to, bytes, FlightState::Underway);
        self.launch(flight, now_us, site, target, emit);
        Ok(())
    }

    /// Whether a node can send so much from this port.
    fn check_sender(&self, node: NodeId, port: u16, byte_count: u32) -> Result<u16, Dropped> {
        let bytes = u16::try_from(byte_count).map_err(|_| Dropped::TooLong)?;
        if bytes > DATAGRAM_BYTES_MAX {
            return Err(Dropped::TooLong);
        }
        let sender = &self.nodes[node.0 as usize];
        if !sender.is_online {
            return Err(Dropped::Offline);
        }
        if !sender.ports.contains(port) {
            return Err(Dropped::Unbound);
        }
        Ok(bytes)
    }

    /// Whether a site has a network of its own that an address lies in.
    fn check_home(&self, site: u32, to: Address) -> Result<(), Dropped> {
        let is_public = self.sites[site as usize].nat.traits.class == NatClass::Public;
        match address::home_member(to.ip, site) {
            Some(_) if !is_public => Ok(()),
            _ => Err(Dropped::NoRoute),
        }
    }

    /// Lets a datagram through the box of its site; where it comes from then.
    fn through_box(
        &mut self,
        now_us: u64,
        site: u32,
        private: Address,
        to: Address,
    ) -> Result<Address, Dropped> {
        let outer_ip = self.outer_ip(site);
        let nat = &mut self.sites[site as usize].nat;
        match nat.traits.class {
            NatClass::Public => Ok(private),
            NatClass::UdpBlocked => Err(Dropped::UdpBlocked),
            _ => {
                let port = nat.outbound(now_us, private, to, self.salt ^ u64::from(site));
                let port = port.map_err(|_| Dropped::PortsExhausted)?;
                Ok(Address::new(outer_ip, port))
            }
        }
    }

    fn check_hairpin(&self, site: u32) -> Result<(), Dropped> {
        let traits = &self.sites[site as usize].nat.traits;
        // A host that sends to itself needs no box for that.
        if traits.has_hairpin || traits.class == NatClass::Public {
            return Ok(());
        }
        Err(Dropped::NoHairpin)
    }

    /// Lets a datagram out of its site; when its last bit has left.
    fn through_access(&mut self, now_us: u64, site: u32, bytes: u16) -> Result<u64, Dropped> {
        if !self.cuts.is_empty() && self.cuts.is_dark(now_us, self.spot(site)) {
            return Err(Dropped::Outage);
        }
        let site = &mut self.sites[site as usize];
        let carried = self
            .links
            .carry_us(site.access, &mut site.link, Way::Up, bytes, now_us);
        let carried_us = carried.map_err(|_| Dropped::QueueFull)?;
        let (access, chains) = (site.access, &mut site.chains);
        if self.loss.is_lost(access, chains, Way::Up, &mut site.stream) {
            return Err(Dropped::Lost);
        }
        Ok(now_us + carried_us)
    }

    /// Lets a datagram through the carrier of its site, if it has one; where it comes from then.
    fn through_carrier(
        &mut self,
        now_us: u64,
        site: u32,
        outer: Address,
        to: Address,
    ) -> Result<Address, Dropped> {
        let number = self.sites[site as usize].carrier;
        if number == NONE {
            return Ok(outer);
        }
        let ip = address::public_ip(self.sites.len() as u32 + number);
        let nat = &mut self.carriers[number as usize].nat;
        let port = nat.outbound(now_us, outer, to, self.salt ^ u64::from(ip));
        let port = port.map_err(|_| Dropped::PortsExhausted)?;
        if to.ip == ip && !nat.traits.has_hairpin {
            return Err(Dropped::NoHairpin);
        }
        Ok(Address::new(ip, port))
    }

    /// The site that a datagram to an address travels to.
    fn target(&self, now_us: u64, to: Address) -> Option<u32> {
        match self.owner(to.ip)? {
            Owner::Site(site) => Some(site),
            Owner::Carrier(number) => {
                let carrier = &self.carriers[number as usize];
                // What is mapped to nobody is dropped at the carrier, which stands near its customers.
                let customer = carrier.nat.mapped(now_us, to.port);
                let customer = customer.map_or(0, |inner| address::carrier_customer(inner.ip));
                carrier.sites.get(customer as usize).copied()
            }
        }
    }

    /// Sends a datagram on its way, once or twice.
    fn launch(
        &mut self,
        mut flight: Flight,
        now_us: u64,
        from: u32,
        to: u32,
        emit: &mut impl FnMut(Flight),
    ) {
        let Site { access, place, .. } = self.sites[to as usize];
        let Site {
            stream,
            place: own_place,
            ..
        } = &mut self.sites[from as usize];
        let random = stream.next_u32();
        flight.at_us += u64::from(self.latency.one_way_us(now_us, own_place, &place, random));
        flight.at_us += self.loss.held_back_us(stream);
        flight.at_us += self.links.service_us(access, Way::Down, flight.bytes);
        emit(flight);
        if let Some(later_us) = self.loss.copy_us(stream) {
            self.counts.copied_count += 1;
            flight.at_us += later_us;
            emit(flight);
        }
    }
}
