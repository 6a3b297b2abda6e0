//! What went through the sockets, counted by the actor and by the tasks that receive.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use crate::messages::udp::SocketCounters;

/// The counters of one peer's sockets; cheap to clone.
#[derive(Clone, Default)]
pub(super) struct Counters(Arc<Counts>);

#[derive(Default)]
struct Counts {
    sent: AtomicU64,
    sent_bytes: AtomicU64,
    received: AtomicU64,
    received_bytes: AtomicU64,
    lost: AtomicU64,
    unread: AtomicU64,
    send_calls: AtomicU64,
    receive_calls: AtomicU64,
}

impl Counters {
    /// One call has sent `count` datagrams.
    pub(super) fn count_sent(&self, count: usize, bytes: usize) {
        add(&self.0.send_calls, 1);
        add(&self.0.sent, count);
        add(&self.0.sent_bytes, bytes);
    }

    /// One call has received `count` datagrams.
    pub(super) fn count_received(&self, count: usize, bytes: usize) {
        add(&self.0.receive_calls, 1);
        add(&self.0.received, count);
        add(&self.0.received_bytes, bytes);
    }

    /// Datagrams were given up before they left.
    pub(super) fn count_lost(&self, count: usize) {
        add(&self.0.lost, count);
    }

    /// Datagrams came that the relay did not take.
    pub(super) fn count_unread(&self, count: usize) {
        add(&self.0.unread, count);
    }

    pub(super) fn read(&self) -> SocketCounters {
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        SocketCounters {
            sent: read(&self.0.sent),
            sent_bytes: read(&self.0.sent_bytes),
            received: read(&self.0.received),
            received_bytes: read(&self.0.received_bytes),
            lost: read(&self.0.lost),
            unread: read(&self.0.unread),
            send_calls: read(&self.0.send_calls),
            receive_calls: read(&self.0.receive_calls),
        }
    }
}

fn add(counter: &AtomicU64, count: usize) {
    counter.fetch_add(count as u64, Ordering::Relaxed);
}
