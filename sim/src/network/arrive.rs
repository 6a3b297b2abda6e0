//! The second half of a datagram's way: from the world to a socket.

use super::{Arrival, Arrived, Dropped, Flight, Network, NodeId, Owner, flight::FlightState};
use crate::{
    address::{self, Address},
    loss::Way,
    nat::{NatBox, NatClass},
};

impl Network {
    /// Says what becomes of a flight that is due.
    pub fn arrive(&mut self, now_us: u64, flight: &Flight) -> Arrived {
        match self.receive(now_us, flight) {
            Ok(Arrived::Delivered(arrival)) => {
                self.counts.delivered_count += 1;
                Arrived::Delivered(arrival)
            }
            Ok(other) => other,
            Err(reason) => {
                self.counts.count_dropped(reason);
                Arrived::Dropped(reason)
            }
        }
    }

    fn receive(&mut self, now_us: u64, flight: &Flight) -> Result<Arrived, Dropped> {
        let (site, to) = if flight.state == FlightState::Local {
            (self.nodes[flight.source as usize].site, flight.to())
        } else {
            self.find_site(now_us, flight)?
        };
        if !self.cuts.is_empty() {
            self.check_cuts(now_us, flight, site)?;
        }
        if flight.state == FlightState::Underway {
            let waits_us = self.through_last_link(now_us, site, flight.bytes)?;
            if waits_us > 0 {
                let mut later = *flight;
                later.at_us = now_us + waits_us;
                later.state = FlightState::Carried;
                return Ok(Arrived::Later(later));
            }
        }
        let nat = &mut self.sites[site as usize].nat;
        let inner = match nat.traits.class {
            _ if to.is_home() => to,
            NatClass::Public => to,
            NatClass::UdpBlocked => return Err(Dropped::UdpBlocked),
            _ => let_in(nat, now_us, to.port, flight.from())?,
        };
        self.deliver(site, inner, flight)
    }

    /// The site that a datagram comes to, and the address of its box there.
    fn find_site(&mut self, now_us: u64, flight: &Flight) -> Result<(u32, Address), Dropped> {
        let to = flight.to();
        match self.owner(to.ip).ok_or(Dropped::NoRoute)? {
            Owner::Site(site) => Ok((site, to)),
            Owner::Carrier(number) => {
                let carrier = &mut self.carriers[number as usize];
                let inner = let_in(&mut carrier.nat, now_us, to.port, flight.from())?;
                let customer = address::carrier_customer(inner.ip) as usize;
                let site = carrier.sites.get(customer).ok_or(Dropped::NoRoute)?;
                Ok((*site, inner))
            }
        }
    }

    fn check_cuts(&self, now_us: u64, flight: &Flight, site: u32) -> Result<(), Dropped> {
        if flight.state == FlightState::Local {
            return Ok(());
        }
        let source = self.nodes[flight.source as usize].site;
        let [source, site] = [source, site].map(|site| self.spot(site));
        if self.cuts.is_dark(now_us, source) || self.cuts.is_dark(now_us, site) {
            return Err(Dropped::Outage);
        }
        if self.cuts.is_cut(now_us, source, site) {
            return Err(Dropped::Partitioned);
        }
        Ok(())
    }

    /// How long a datagram whose last bit could be there now has to wait for those before it.
    fn through_last_link(&mut self, now_us: u64, site: u32, bytes: u16) -> Result<u64, Dropped> {
        let site = &mut self.sites[site as usize];
        let (access, chains) = (site.access, &mut site.chains);
        if self
            .loss
            .is_lost(access, chains, Way::Down, &mut site.stream)
        {
            return Err(Dropped::Lost);
        }
        let service_us = self.links.service_us(access, Way::Down, bytes);
        let began_us = now_us.saturating_sub(service_us);
        let carried = self
            .links
            .carry_us(access, &mut site.link, Way::Down, bytes, began_us);
        let carried_us = carried.map_err(|_| Dropped::QueueFull)?;
        Ok(carried_us.saturating_sub(service_us))
    }

    fn deliver(&self, site: u32, inner: Address, flight: &Flight) -> Result<Arrived, Dropped> {
        let node = self.resident(site, inner.ip).ok_or(Dropped::NoRoute)?;
        let resident = &self.nodes[node as usize];
        if !resident.is_online {
            return Err(Dropped::Offline);
        }
        if !resident.ports.contains(inner.port) {
            return Err(Dropped::Unbound);
        }
        Ok(Arrived::Delivered(Arrival {
            node: NodeId(node),
            local_port: inner.port,
            from: flight.from(),
        }))
    }
}

/// Lets a datagram into a box, or says why not.
fn let_in(nat: &mut NatBox, now_us: u64, port: u16, from: Address) -> Result<Address, Dropped> {
    if let Some(inner) = nat.inbound(now_us, port, from) {
        return Ok(inner);
    }
    Err(match nat.mapped(now_us, port) {
        Some(_) => Dropped::Filtered,
        None => Dropped::NoMapping,
    })
}
