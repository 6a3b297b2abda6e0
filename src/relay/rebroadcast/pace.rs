//! How quickly packets go out again.

use std::{collections::BTreeMap, time::Duration};

use crate::relay::{PacketId, PeerId, Time};

/// A bucket of sends that fills up steadily.
#[derive(Clone, Debug, Default)]
pub(super) struct Pace {
    /// When the bucket is full again.
    full_at: Time,
}

impl Pace {
    /// Takes one send out of the bucket; false if it is empty.
    pub(super) fn take(&mut self, now: Time) -> bool {
        let full_at = self.full_at.max(now) + SEND_INTERVAL;
        let is_allowed = full_at <= now + SEND_INTERVAL * SEND_BURST;
        if is_allowed {
            self.full_at = full_at;
        }
        is_allowed
    }

    /// When the bucket will hold enough sends for it to be worth waking up.
    pub(super) fn ready_at(&self, now: Time) -> Time {
        let left = self.full_at.since(now);
        now + left.saturating_sub(SEND_INTERVAL * (SEND_BURST - WAKE_COUNT))
    }
}

/// Who was sent what, in two generations: when the younger one is full, it becomes the older.
#[derive(Clone, Debug, Default)]
pub(super) struct Sent {
    young: BTreeMap<u64, Sending>,
    old: BTreeMap<u64, Sending>,
}

#[derive(Clone, Copy, Debug)]
struct Sending {
    at: Time,
    count: u32,
}

impl Sent {
    /// Notes that a peer is sent a packet; false if it was sent it a moment ago. A few copies may be
    /// lost, but then the pause grows each time: somebody who never keeps what he gets does not get
    /// it for ever.
    pub(super) fn note(&mut self, now: Time, peer: PeerId, id: PacketId) -> bool {
        let key = key(peer, id);
        let last = self.young.get(&key).or_else(|| self.old.get(&key)).copied();
        let pause = |last: Sending| {
            let doublings = last.count.saturating_sub(RESENDS_AT_ONCE);
            RESEND_PAUSE * (1 << doublings.min(RESEND_DOUBLINGS_MAX))
        };
        if last.is_some_and(|last| now.since(last.at) < pause(last)) {
            return false;
        }
        if self.young.len() >= SENT_MAX {
            self.old = std::mem::take(&mut self.young);
        }
        let count = last.map_or(0, |last| last.count + 1);
        self.young.insert(key, Sending { at: now, count });
        true
    }

    /// How many sends are remembered.
    pub(super) fn len(&self) -> usize {
        self.young.len() + self.old.len()
    }
}

/// Both ids are hashes, so eight bytes of each are enough to avoid a needless send.
fn key(peer: PeerId, id: PacketId) -> u64 {
    let first = |bytes: [u8; 32]| {
        let [a, b, c, d, e, f, g, h, ..] = bytes;
        u64::from_be_bytes([a, b, c, d, e, f, g, h])
    };
    first(peer.0).rotate_left(17) ^ first(id.0)
}

/// Packets that go out again in a second, for whatever reason.
pub const SEND_RATE: u32 = 4_000;
/// Packets that go out again at once.
pub const SEND_BURST: u32 = 128;
const SEND_INTERVAL: Duration = Duration::from_micros(1_000_000 / SEND_RATE as u64);
/// How many sends are worth waking up for.
const WAKE_COUNT: u32 = 32;
/// How soon a peer is sent a packet again that it still lacks.
const RESEND_PAUSE: Duration = Duration::from_millis(300);
/// How often it is, before the pause doubles.
const RESENDS_AT_ONCE: u32 = 2;
/// How often that pause doubles: up to ten minutes.
const RESEND_DOUBLINGS_MAX: u32 = 11;
/// Sends that are remembered in each generation.
pub(super) const SENT_MAX: usize = 8_192;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn after_a_burst_sends_come_at_the_rate() {
        let (mut pace, mut now) = (Pace::default(), Time::ZERO);
        let mut count = 0;
        while now < Time::from_micros(2_000_000) {
            while pace.take(now) {
                count += 1;
            }
            let ready_at = pace.ready_at(now);
            assert!(ready_at > now);
            now = ready_at;
        }
        let expected = SEND_BURST + 2 * SEND_RATE;
        assert!(
            (expected - WAKE_COUNT..=expected).contains(&count),
            "{count}"
        );
    }

    #[test]
    fn the_pause_before_a_peer_is_sent_a_packet_again_grows() {
        let (peer, id) = (PeerId([1; 32]), PacketId([2; 32]));
        let mut sent = Sent::default();
        let hour =
            (0..36_000).filter(|tenth| sent.note(Time::from_micros(tenth * 100_000), peer, id));
        let times: Vec<u64> = hour.collect();
        assert_eq!(times[..6], [0, 3, 6, 9, 15, 27]);
        assert!(times.len() < 20, "{times:?}");
        assert!(
            sent.note(Time::ZERO, PeerId([3; 32]), id),
            "others are not concerned"
        );
    }

    #[test]
    fn what_is_remembered_is_bounded() {
        let mut sent = Sent::default();
        for n in 0..40_000_u32 {
            let mut id = [0; 32];
            id[..4].copy_from_slice(&n.to_le_bytes());
            sent.note(Time::ZERO, PeerId([1; 32]), PacketId(id));
        }
        assert!(sent.young.len() <= SENT_MAX && sent.old.len() <= SENT_MAX);
    }
}
