//! Links of limited rate with a queue in front: what does not fit is dropped.
//!
//! A link knows only when it will be free: what waits is what it still needs time for.

use serde::{Deserialize, Serialize};

use crate::{
    access::{AccessClass, ByAccess},
    config::{ConfigError, in_range},
    loss::Way,
};

/// How much the accesses of sites carry.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LinkConfig {
    /// Whether links have a rate at all.
    pub is_limited: bool,
    /// Rates and queues by class of access (assumptions).
    pub rates: ByAccess<LinkRates>,
}

/// The rates of one access.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LinkRates {
    /// From the site, in bits per second.
    pub up_bits_per_s: u64,
    /// To the site, in bits per second.
    pub down_bits_per_s: u64,
    /// Room of the queue of either direction, in bytes; the last to come is dropped.
    pub queue_bytes: u32,
}

impl LinkConfig {
    /// Checks every value.
    ///
    /// # Errors
    /// Names the first key whose value is not allowed.
    pub fn validate(&self) -> Result<(), ConfigError> {
        for (name, rates) in self.rates.list() {
            let checked = rates.validate();
            checked.map_err(|error| error.within(name).within("rates"))?;
        }
        Ok(())
    }
}

impl LinkRates {
    fn validate(&self) -> Result<(), ConfigError> {
        let rates = 1_000..=1_000_000_000_000;
        in_range("up_bits_per_s", self.up_bits_per_s, rates.clone())?;
        in_range("down_bits_per_s", self.down_bits_per_s, rates)?;
        in_range("queue_bytes", self.queue_bytes, 1_500..=1 << 30)
    }
}

impl Default for LinkConfig {
    fn default() -> Self {
        let rates = |up_megabits: u64, down_megabits: u64, queue_kib: u32| LinkRates {
            up_bits_per_s: up_megabits * 1_000_000,
            down_bits_per_s: down_megabits * 1_000_000,
            queue_bytes: queue_kib << 10,
        };
        Self {
            is_limited: true,
            rates: ByAccess {
                fixed: rates(40, 200, 256),
                wifi: rates(20, 50, 256),
                cellular: rates(10, 30, 512),
                congested: rates(1, 4, 128),
            },
        }
    }
}

/// The links of all classes.
#[derive(Clone, Debug)]
pub(crate) struct Links {
    is_limited: bool,
    rates: [[Rate; 2]; AccessClass::COUNT],
}

/// One direction.
#[derive(Clone, Copy, Debug)]
struct Rate {
    /// Picoseconds, so that the fastest links are not rounded away.
    ps_per_byte: u64,
    queue_ns: u64,
}

/// When each direction of a site's access will be free, in nanoseconds.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct LinkState {
    up_ns: u64,
    down_ns: u64,
}

/// The queue has no room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct QueueFull;

impl Links {
    pub(crate) fn new(config: &LinkConfig) -> Self {
        let rate = |bits_per_s: u64, queue_bytes: u32| {
            let ps_per_byte = 8_000_000_000_000 / bits_per_s;
            Rate {
                ps_per_byte,
                queue_ns: (u128::from(ps_per_byte) * u128::from(queue_bytes) / 1_000) as u64,
            }
        };
        let rates = config.rates.list().map(|(_, rates)| {
            [
                rate(rates.up_bits_per_s, rates.queue_bytes),
                rate(rates.down_bits_per_s, rates.queue_bytes),
            ]
        });
        Self {
            is_limited: config.is_limited,
            rates,
        }
    }

    /// How long a datagram takes from the first bit to the last, in microseconds.
    #[inline]
    pub(crate) fn service_us(&self, access: AccessClass, way: Way, bytes: u16) -> u64 {
        if self.is_limited {
            self.service_ns(access, way, bytes).div_ceil(1_000)
        } else {
            0
        }
    }

    /// Takes a datagram whose first bit is there now; how long until its last bit is through.
    #[inline]
    pub(crate) fn carry_us(
        &self,
        access: AccessClass,
        state: &mut LinkState,
        way: Way,
        bytes: u16,
        now_us: u64,
    ) -> Result<u64, QueueFull> {
        if !self.is_limited {
            return Ok(0);
        }
        let now_ns = now_us * 1_000;
        let free_ns = match way {
            Way::Up => &mut state.up_ns,
            Way::Down => &mut state.down_ns,
        };
        let service_ns = self.service_ns(access, way, bytes);
        let waiting_ns = free_ns.saturating_sub(now_ns);
        if waiting_ns > 0 && waiting_ns + service_ns > self.rate(access, way).queue_ns {
            return Err(QueueFull);
        }
        *free_ns = now_ns + waiting_ns + service_ns;
        Ok((waiting_ns + service_ns).div_ceil(1_000))
    }

    fn service_ns(&self, access: AccessClass, way: Way, bytes: u16) -> u64 {
        self.rate(access, way).ps_per_byte * u64::from(bytes) / 1_000
    }

    fn rate(&self, access: AccessClass, way: Way) -> &Rate {
        &self.rates[access as usize][way as usize - 1]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{distribution::exponential, streams::numbered};

    fn links(bits_per_s: u64, queue_bytes: u32) -> Links {
        let mut config = LinkConfig::default();
        config.rates.fixed = LinkRates {
            up_bits_per_s: bits_per_s,
            down_bits_per_s: bits_per_s,
            queue_bytes,
        };
        Links::new(&config)
    }

    #[test]
    fn datagrams_wait_for_those_before_them() {
        let (links, mut state) = (links(8_000_000, 3_000), LinkState::default());
        let mut carry = |now| links.carry_us(AccessClass::Fixed, &mut state, Way::Up, 1_000, now);
        assert_eq!(carry(0), Ok(1_000));
        assert_eq!(carry(400), Ok(1_600));
        assert_eq!(carry(400), Ok(2_600));
        assert_eq!(carry(400), Err(QueueFull));
        assert_eq!(carry(50_000), Ok(1_000));
    }

    #[test]
    fn a_queue_of_random_arrivals_waits_as_theory_says() {
        // M/M/1: Poisson arrivals, exponential sizes; the mean wait is ρ/(1−ρ) services.
        let (links, mut state) = (links(8_000_000, 1 << 30), LinkState::default());
        let mut stream = numbered(3, "arrivals", 0);
        let (mut now, mut waited, count) = (0.0, 0.0, 400_000);
        let (load, mean_bytes) = (0.6, 2_000.0);
        for _ in 0..count {
            now += exponential(&mut stream, mean_bytes / load);
            let bytes = exponential(&mut stream, mean_bytes).round().min(65_000.0) as u16;
            let (now_us, access) = (now as u64, AccessClass::Fixed);
            let through = links.carry_us(access, &mut state, Way::Down, bytes, now_us);
            waited += (through.unwrap() - links.service_us(access, Way::Down, bytes)) as f64;
        }
        let (mean_us, expected_us) = (waited / f64::from(count), mean_bytes * load / (1.0 - load));
        assert!(
            (mean_us / expected_us - 1.0).abs() < 0.02,
            "{mean_us} is not {expected_us}"
        );
    }
}
