//! Limits how much everybody may send: token buckets, filled as time goes by.
//!
//! Who has not proved that it receives at its address shares one bucket with its host, one
//! with its /24 prefix and one with all strangers. Who has proved it has a bucket of its own,
//! and one with its prefix. No packet is exempt, whatever subcluster it names, and a bucket
//! knows no calendar, so there is no edge of a minute to abuse (weakness 12.12).
//! Invariant: every table is bounded, and a bucket costs the same at any rate.

use std::time::Duration;

use super::{
    TableReport,
    recent::{Recent, Secret},
};
use crate::relay::{
    Address, Time,
    packet::{PACKET_BYTES_MAX, PacketType},
};

/// The buckets of everybody.
#[derive(Clone, Debug)]
pub(super) struct Limits {
    hosts: Recent<[u8; 4], Pair>,
    links: Recent<Address, Pair>,
    prefixes: Recent<([u8; 3], Trust), Pair>,
    strangers: Pair,
    told: Recent<[u8; 4], Time>,
    tellings: Bucket,
}

/// How far a sender is trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Trust {
    /// Nothing is known of it.
    Stranger,
    /// It receives what is sent to its address.
    Proved,
    /// It has proved that too, and that it holds the key of its id.
    Bound,
}

/// Whether a datagram passes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It does.
    Pass,
    /// It does not; and whether that is worth telling.
    Drop {
        /// Whether it was not told within [`TELL_AGAIN`] of this host.
        is_news: bool,
    },
}

/// The two classes of packets: what carries messages, and what keeps the network together.
#[derive(Clone, Copy, Debug)]
enum Class {
    Data,
    Control,
}

impl Limits {
    /// Buckets that are all full.
    #[must_use]
    pub(super) fn new(secret: Secret) -> Self {
        Self {
            hosts: Recent::new(secret, HOST_COUNT_MAX),
            links: Recent::new(secret, LINK_COUNT_MAX),
            prefixes: Recent::new(secret, PREFIX_COUNT_MAX),
            strangers: Pair::default(),
            told: Recent::new(secret, TOLD_COUNT_MAX),
            tellings: Bucket::default(),
        }
    }

    /// Pays for a datagram of so many bytes; says whether there was enough in every bucket.
    pub(super) fn pay(
        &mut self,
        now: Time,
        from: Address,
        kind: PacketType,
        bytes: usize,
        trust: Trust,
    ) -> Verdict {
        let class = match kind {
            PacketType::PUBLISH | PacketType::STREAM => Class::Data,
            _ => Class::Control,
        };
        // A datagram longer than any packet costs as much as the packets it could hold.
        let price = 1 + (bytes / (PACKET_BYTES_MAX + 1)) as u64;
        let is_paid = match trust {
            Trust::Stranger => self.pay_as_stranger(now, from, class, price),
            Trust::Proved | Trust::Bound => self.pay_as_link(now, from, class, price, trust),
        };
        if is_paid {
            return Verdict::Pass;
        }
        let is_news = self.is_news(now, from);
        Verdict::Drop { is_news }
    }

    /// How full the tables are.
    pub(super) fn tables(&self) -> [TableReport; 4] {
        let report = TableReport::new;
        [
            report("limited hosts", self.hosts.len(), HOST_COUNT_MAX),
            report("limited links", self.links.len(), LINK_COUNT_MAX),
            report("limited prefixes", self.prefixes.len(), PREFIX_COUNT_MAX),
            report("told limits", self.told.len(), TOLD_COUNT_MAX),
        ]
    }

    /// Whether it is worth telling that a host is limited: not if it was told of lately, nor if
    /// so many are that they are likely to be forged.
    fn is_news(&mut self, now: Time, from: Address) -> bool {
        let host = from.ip().octets();
        let told = self.told.get(&host);
        let is_news = told.is_none_or(|told| now.since(*told) >= TELL_AGAIN)
            && self.tellings.pay(now, TELLINGS, 1);
        if is_news {
            self.told.insert(host, now);
        }
        is_news
    }

    fn pay_as_stranger(&mut self, now: Time, from: Address, class: Class, price: u64) -> bool {
        let [a, b, c, _] = from.ip().octets();
        let rate = STRANGER.of(class);
        let is_full = |pair: &Pair| pair.is_full(now, STRANGER);
        let host = self
            .hosts
            .get_or_insert_pruned(from.ip().octets(), Pair::default, is_full);
        if !host.of(class).pay(now, rate, price) {
            return false;
        }
        let key = ([a, b, c], Trust::Stranger);
        let prefix = self
            .prefixes
            .get_or_insert_pruned(key, Pair::default, is_full);
        let is_paid = prefix.of(class).pay(now, rate.times(PREFIX_FACTOR), price);
        is_paid
            && self
                .strangers
                .of(class)
                .pay(now, rate.times(STRANGERS_FACTOR), price)
    }

    fn pay_as_link(
        &mut self,
        now: Time,
        from: Address,
        class: Class,
        price: u64,
        trust: Trust,
    ) -> bool {
        let rates = if trust == Trust::Bound { BOUND } else { PROVED };
        let rate = rates.of(class);
        let is_full = |pair: &Pair| pair.is_full(now, STRANGER);
        let link = self
            .links
            .get_or_insert_pruned(from, Pair::default, is_full);
        if !link.of(class).pay(now, rate, price) {
            return false;
        }
        let [a, b, c, _] = from.ip().octets();
        let key = ([a, b, c], trust);
        let prefix = self
            .prefixes
            .get_or_insert_pruned(key, Pair::default, is_full);
        prefix.of(class).pay(now, rate.times(PREFIX_FACTOR), price)
    }
}

/// Two buckets: one for each class.
#[derive(Clone, Copy, Debug, Default)]
struct Pair {
    data: Bucket,
    control: Bucket,
}

impl Pair {
    fn of(&mut self, class: Class) -> &mut Bucket {
        match class {
            Class::Data => &mut self.data,
            Class::Control => &mut self.control,
        }
    }

    /// Whether both have been full for as long as anything was taken out at these rates or
    /// higher ones: then they say nothing that new ones would not.
    fn is_full(&self, now: Time, rates: Rates) -> bool {
        let is_full = |bucket: &Bucket, rate| bucket.missing_at(now, rate) == 0;
        is_full(&self.data, rates.data) && is_full(&self.control, rates.control)
    }
}

/// What was taken out and has not flowed back yet, in millionths of a packet.
#[derive(Clone, Copy, Debug, Default)]
struct Bucket {
    missing: u64,
    at: Time,
}

impl Bucket {
    fn pay(&mut self, now: Time, rate: Rate, price: u64) -> bool {
        let missing = self.missing_at(now, rate);
        self.at = self.at.max(now);
        let wanted = missing + price * MILLION;
        let is_paid = wanted <= rate.burst * MILLION;
        self.missing = if is_paid { wanted } else { missing };
        is_paid
    }

    fn missing_at(&self, now: Time, rate: Rate) -> u64 {
        let elapsed = u64::try_from(now.since(self.at).as_micros()).unwrap_or(u64::MAX);
        let back = elapsed.saturating_mul(rate.per_second);
        self.missing.saturating_sub(back)
    }
}

/// How quickly a bucket fills, and how much it holds: packets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Rate {
    /// Packets a second in the long run.
    pub(super) per_second: u64,
    /// Packets at once.
    pub(super) burst: u64,
}

impl Rate {
    const fn new(per_second: u64, burst: u64) -> Self {
        Self { per_second, burst }
    }

    const fn times(self, factor: u64) -> Self {
        Self::new(self.per_second * factor, self.burst * factor)
    }
}

/// The rates of both classes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Rates {
    /// Publishes and streams.
    pub(super) data: Rate,
    /// Everything else.
    pub(super) control: Rate,
}

impl Rates {
    const fn of(self, class: Class) -> Rate {
        match class {
            Class::Data => self.data,
            Class::Control => self.control,
        }
    }
}

/// What a host that has proved nothing may send: about twice what the reference lets through
/// (512 and 4,096 packets a minute), since several of its peers may share an address.
pub(super) const STRANGER: Rates = Rates {
    data: Rate::new(16, 512),
    control: Rate::new(128, 2_048),
};
/// What a peer that has proved its address may send. A peer of the reference puts at most
/// 780 datagrams a second on the wire.
pub(super) const PROVED: Rates = Rates {
    data: Rate::new(1_024, 8_192),
    control: Rate::new(512, 4_096),
};
/// What a peer may send that has proved its key as well, which only peers of ours do. The
/// number is beyond what one core handles; it bounds the work that one link can queue up.
pub(super) const BOUND: Rates = Rates {
    data: Rate::new(262_144, 262_144),
    control: Rate::new(2_048, 8_192),
};
/// A prefix may send as much as this many of its members.
pub(super) const PREFIX_FACTOR: u64 = 4;
/// All strangers may send as much as this many hosts.
pub(super) const STRANGERS_FACTOR: u64 = 64;
/// How many limited hosts are told of.
const TELLINGS: Rate = Rate::new(1, 64);
/// A host that is limited is told of once in this time.
pub(super) const TELL_AGAIN: Duration = Duration::from_secs(60);
/// Hosts of strangers that are remembered.
const HOST_COUNT_MAX: usize = 4_096;
/// Addresses of peers that are remembered.
const LINK_COUNT_MAX: usize = 1_024;
/// Prefixes that are remembered.
const PREFIX_COUNT_MAX: usize = 2_048;
/// Limited hosts that are remembered.
const TOLD_COUNT_MAX: usize = 256;
const MILLION: u64 = 1_000_000;

#[cfg(test)]
mod tests {
    use rand::{SeedableRng, rngs::StdRng};

    use super::*;

    fn limits() -> Limits {
        Limits::new(Secret::new(&mut StdRng::seed_from_u64(1)))
    }

    fn address(host: u32, port: u16) -> Address {
        Address::new(host.into(), port)
    }

    fn at(ms: u64) -> Time {
        Time::from_micros(ms * 1000)
    }

    /// How many of `count` packets pass at one time.
    fn passed(limits: &mut Limits, now: Time, from: Address, trust: Trust, count: u64) -> u64 {
        let pass =
            |_: &u64| limits.pay(now, from, PacketType::PUBLISH, 100, trust) == Verdict::Pass;
        (0..count).filter(pass).count() as u64
    }

    #[test]
    fn a_burst_passes_and_then_only_what_flows_back() {
        let mut limits = limits();
        let from = address(1, 1);
        let burst = STRANGER.data.burst;
        assert_eq!(
            passed(&mut limits, at(0), from, Trust::Stranger, 2_000),
            burst
        );
        assert_eq!(
            passed(&mut limits, at(1_000), from, Trust::Stranger, 2_000),
            16
        );
        assert_eq!(
            passed(&mut limits, at(500), from, Trust::Stranger, 2_000),
            0
        );
        assert_eq!(
            passed(&mut limits, at(3_600_000), from, Trust::Stranger, 2_000),
            burst
        );
    }

    #[test]
    fn the_edge_of_a_minute_gives_nothing_away() {
        let mut limits = limits();
        let from = address(1, 1);
        let before = passed(&mut limits, at(59_999), from, Trust::Stranger, 2_000);
        let after = passed(&mut limits, at(60_001), from, Trust::Stranger, 2_000);
        assert_eq!((before, after), (STRANGER.data.burst, 0));
    }

    #[test]
    fn ports_of_one_stranger_share_a_bucket_and_hosts_of_a_prefix_another() {
        let mut limits = limits();
        let ports = (1..100).map(|port| {
            passed(
                &mut limits,
                at(0),
                address(0x0a00_0001, port),
                Trust::Stranger,
                100,
            )
        });
        assert_eq!(ports.sum::<u64>(), STRANGER.data.burst);
        let hosts = (2..200).map(|host| {
            passed(
                &mut limits,
                at(0),
                address(0x0a00_0000 + host, 1),
                Trust::Stranger,
                512,
            )
        });
        assert_eq!(
            hosts.sum::<u64>(),
            STRANGER.data.burst * (PREFIX_FACTOR - 1)
        );
    }

    #[test]
    fn a_bound_neighbour_may_send_a_hundred_thousand_a_second_for_as_long_as_it_likes() {
        let mut limits = limits();
        for ms in 0..5_000 {
            let count = passed(&mut limits, at(ms), address(1, 1), Trust::Bound, 100);
            assert_eq!(count, 100, "in millisecond {ms}");
        }
    }

    #[test]
    fn long_datagrams_cost_more() {
        let mut limits = limits();
        let long = 60_000;
        let pay = |_: &u64| {
            let verdict = limits.pay(
                at(0),
                address(1, 1),
                PacketType::PING,
                long,
                Trust::Stranger,
            );
            verdict == Verdict::Pass
        };
        assert!((0..5_000).filter(pay).count() < 50);
    }

    #[test]
    fn a_limited_host_is_told_of_once_a_minute() {
        let mut limits = limits();
        let from = address(1, 1);
        passed(
            &mut limits,
            at(0),
            from,
            Trust::Stranger,
            STRANGER.data.burst,
        );
        let mut tell =
            |ms| limits.pay(at(ms), from, PacketType::STREAM, 3_000_000, Trust::Stranger);
        assert_eq!(tell(1), Verdict::Drop { is_news: true });
        assert_eq!(tell(2), Verdict::Drop { is_news: false });
        assert_eq!(tell(60_001), Verdict::Drop { is_news: true });
    }

    #[test]
    fn any_number_of_addresses_stays_within_the_bound() {
        let mut limits = limits();
        for host in 0..20_000 {
            let _ = passed(
                &mut limits,
                at(0),
                address(host * 97, 1),
                Trust::Stranger,
                1,
            );
            let _ = passed(&mut limits, at(0), address(host * 89, 1), Trust::Proved, 1);
        }
        for table in limits.tables() {
            assert!(table.count <= table.count_max, "{table:?}");
        }
    }
}
