//! How a box chooses the port that the world sees.

use serde::{Deserialize, Serialize};

use super::PortsExhausted;
use crate::{address::Address, streams};

/// How a box chooses public ports.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PortAllocation {
    /// The inner port if it is free, or else the next free one.
    Preserving,
    /// One after the other.
    Sequential,
    /// Any free one.
    Random,
    /// One after the other within a block of 256 that belongs to the inner address.
    Block,
}

/// Boxes leave the ports below alone, as RFC 4787 (section 4.2.2) has it.
const PORT_MIN: u16 = 1_024;
/// How many ports a box has.
const PORT_COUNT: u32 = 65_536 - PORT_MIN as u32;
const BLOCK_PORTS: u32 = 256;
const BLOCK_COUNT: u32 = PORT_COUNT / BLOCK_PORTS;
/// A crowded box stops drawing after so many ports that were taken, and takes the next free one.
const DRAWS_MAX: u32 = 32;

/// Where a box stands in the ports it gives out.
#[derive(Clone, Debug, Default)]
pub(super) struct Ports {
    /// How many were drawn.
    drawn_count: u32,
    /// The next of the sequence, from 0.
    next: Option<u16>,
}

impl Ports {
    /// Chooses a port for an inner address; `salt` tells what one box draws from another's draws.
    pub(super) fn choose(
        &mut self,
        allocation: PortAllocation,
        inner: Address,
        salt: u64,
        is_taken: impl Fn(u16) -> bool,
    ) -> Result<u16, PortsExhausted> {
        match allocation {
            PortAllocation::Preserving => {
                first_free(u32::from(inner.port.max(PORT_MIN) - PORT_MIN), is_taken)
            }
            PortAllocation::Sequential => {
                let next = self.next.map_or_else(|| self.draw(salt), u32::from);
                let port = first_free(next, is_taken)?;
                self.next = Some(((u32::from(port - PORT_MIN) + 1) % PORT_COUNT) as u16);
                Ok(port)
            }
            PortAllocation::Random => {
                for _ in 0..DRAWS_MAX {
                    let port = at(self.draw(salt));
                    if !is_taken(port) {
                        return Ok(port);
                    }
                }
                first_free(self.draw(salt), is_taken)
            }
            PortAllocation::Block => {
                let hash = streams::mix(salt ^ streams::mix(u64::from(inner.ip)));
                let block = (hash % u64::from(BLOCK_COUNT)) as u32;
                first_free(block * BLOCK_PORTS, is_taken)
            }
        }
    }

    /// Draws the number of a port.
    fn draw(&mut self, salt: u64) -> u32 {
        self.drawn_count += 1;
        let random = streams::mix(salt ^ streams::mix(u64::from(self.drawn_count)));
        (((random >> 32) * u64::from(PORT_COUNT)) >> 32) as u32
    }
}

/// The first port that is free, from one on and around.
fn first_free(from: u32, is_taken: impl Fn(u16) -> bool) -> Result<u16, PortsExhausted> {
    let ports = (0..PORT_COUNT).map(|step| at((from + step) % PORT_COUNT));
    let mut free = ports.filter(|port| !is_taken(*port));
    free.next().ok_or(PortsExhausted)
}

fn at(number: u32) -> u16 {
    PORT_MIN + number as u16
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[track_caller]
    fn choose(allocation: PortAllocation, count: usize, inner: (u32, u16)) -> Vec<u16> {
        let mut ports = Ports::default();
        let (mut taken, inner) = (BTreeSet::new(), Address::new(inner.0, inner.1));
        let chosen = (0..count).map(|_| {
            let port = ports.choose(allocation, inner, 1, |port| taken.contains(&port));
            let port = port.unwrap();
            assert!(taken.insert(port), "{port} was taken");
            port
        });
        chosen.collect()
    }

    #[test]
    fn a_preserving_box_keeps_the_port_while_it_is_free() {
        assert_eq!(
            choose(PortAllocation::Preserving, 2, (1, 9_777)),
            [9_777, 9_778]
        );
        assert_eq!(choose(PortAllocation::Preserving, 1, (1, 80)), [1_024]);
        assert_eq!(
            choose(PortAllocation::Preserving, 2, (1, 65_535)),
            [65_535, 1_024]
        );
    }

    #[test]
    fn sequences_and_blocks_go_up_by_one() {
        for allocation in [PortAllocation::Sequential, PortAllocation::Block] {
            let ports = choose(allocation, 5, (7, 1));
            assert!(
                ports.windows(2).all(|two| two[1] == two[0] + 1),
                "{ports:?}"
            );
        }
        let blocks: BTreeSet<_> = (0..20)
            .map(|inner| choose(PortAllocation::Block, 1, (inner, 1))[0] / 256)
            .collect();
        assert!(blocks.len() > 15);
    }

    #[test]
    fn random_ports_are_spread_evenly() {
        let ports = choose(PortAllocation::Random, 2_000, (1, 1));
        let low = ports.iter().filter(|port| **port < 1_024 + 32_256).count();
        assert!((930..1_070).contains(&low), "{low}");
    }

    #[test]
    fn a_box_says_when_no_port_is_left() {
        let mut ports = Ports::default();
        let (inner, left) = (Address::new(1, 1), |port| port != 5_000);
        assert_eq!(
            ports.choose(PortAllocation::Random, inner, 1, left),
            Ok(5_000)
        );
        let chosen = ports.choose(PortAllocation::Random, inner, 1, |_| true);
        assert_eq!(chosen, Err(PortsExhausted));
    }
}
