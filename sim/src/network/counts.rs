//! What became of datagrams, by number and by reason.

/// Why a datagram was dropped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Dropped {
    /// The sender or the receiver is not there.
    Offline,
    /// The port is not open.
    Unbound,
    /// It is longer than a datagram can be.
    TooLong,
    /// Nobody can have this address.
    NoRoute,
    /// A box lets no UDP through.
    UdpBlocked,
    /// No port of a box is left.
    PortsExhausted,
    /// A box does not pass on what its own send to its public address.
    NoHairpin,
    /// No mapping of a box has this port.
    NoMapping,
    /// A box does not let this sender in.
    Filtered,
    /// The queue of a link has no room.
    QueueFull,
    /// It was lost on the way.
    Lost,
    /// Sender and receiver are cut off from each other.
    Partitioned,
    /// The sender's or the receiver's site is dark.
    Outage,
}

impl Dropped {
    /// How many reasons there are.
    pub const COUNT: usize = 13;

    /// All reasons, in the order of their numbers.
    pub const ALL: [Self; Self::COUNT] = [
        Self::Offline,
        Self::Unbound,
        Self::TooLong,
        Self::NoRoute,
        Self::UdpBlocked,
        Self::PortsExhausted,
        Self::NoHairpin,
        Self::NoMapping,
        Self::Filtered,
        Self::QueueFull,
        Self::Lost,
        Self::Partitioned,
        Self::Outage,
    ];

    /// The name that reports use.
    #[must_use]
    pub const fn name(self) -> &'static str {
        [
            "offline",
            "unbound",
            "too_long",
            "no_route",
            "udp_blocked",
            "ports_exhausted",
            "no_hairpin",
            "no_mapping",
            "filtered",
            "queue_full",
            "lost",
            "partitioned",
            "outage",
        ][self as usize]
    }
}

/// What became of datagrams: *offered + copied = delivered + dropped + in flight*.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Datagrams that nodes sent.
    pub offered_count: u64,
    /// Second copies that the network made.
    pub copied_count: u64,
    /// Datagrams and copies that reached a port.
    pub delivered_count: u64,
    /// Dropped ones, by the number of their reason.
    pub dropped_counts: [u64; Dropped::COUNT],
}

impl Counts {
    /// How many were dropped for a reason.
    #[must_use]
    pub const fn dropped(&self, reason: Dropped) -> u64 {
        self.dropped_counts[reason as usize]
    }

    /// How many were dropped for any reason.
    #[must_use]
    pub fn dropped_count(&self) -> u64 {
        self.dropped_counts.iter().sum()
    }

    pub(super) fn count_dropped(&mut self, reason: Dropped) {
        self.dropped_counts[reason as usize] += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasons_are_listed_in_the_order_of_their_numbers() {
        for (index, reason) in Dropped::ALL.into_iter().enumerate() {
            assert_eq!(reason as usize, index);
        }
        assert_eq!(Dropped::Outage.name(), "outage");
    }
}
