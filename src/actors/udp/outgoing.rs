//! What waits to leave through one socket.
//!
//! Invariant: at most [`QUEUED_MAX`] datagrams wait, in the order in which they came.

use std::{collections::VecDeque, io, sync::Arc};

use super::{counters::Counters, socket::Socket};
use crate::relay::peer::Transmit;

/// A socket and its queue.
pub(super) struct Outgoing {
    pub(super) socket: Arc<Socket>,
    queue: VecDeque<Transmit>,
    /// The kernel takes no more; somebody waits until it does.
    is_blocked: bool,
}

/// How far a queue was emptied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Flushed {
    /// To its end, or somebody waits already.
    Done,
    /// The kernel takes no more, as is new: somebody has to wait.
    Blocked,
}

impl Outgoing {
    pub(super) fn new(socket: Arc<Socket>) -> Self {
        Self {
            socket,
            queue: VecDeque::new(),
            is_blocked: false,
        }
    }

    /// How many datagrams wait.
    pub(super) fn len(&self) -> usize {
        self.queue.len()
    }

    /// Queues datagrams; those beyond the bound are lost.
    pub(super) fn push_all(
        &mut self,
        mut datagrams: impl Iterator<Item = Transmit>,
        counters: &Counters,
    ) {
        let room = QUEUED_MAX.saturating_sub(self.queue.len());
        self.queue.extend(datagrams.by_ref().take(room));
        counters.count_lost(datagrams.count());
    }

    /// The kernel takes more again.
    pub(super) fn unblock(&mut self) {
        self.is_blocked = false;
    }

    /// Sends as much as the kernel takes.
    pub(super) fn flush(&mut self, scratch: &mut Vec<u8>, counters: &Counters) -> Flushed {
        while !self.is_blocked && !self.queue.is_empty() {
            let limit = self.socket.state.max_gso_segments();
            let count = run_length(self.queue.iter(), limit);
            match self.send(count, scratch) {
                Ok(bytes) => counters.count_sent(count, bytes),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    self.is_blocked = true;
                    return Flushed::Blocked;
                }
                // A system without segmentation says so at the first try, and one call
                // each works from then on.
                Err(_) if count > 1 && self.socket.state.max_gso_segments() == 1 => continue,
                Err(_) => counters.count_lost(count),
            }
            self.queue.drain(..count);
        }
        if self.queue.is_empty() && self.queue.capacity() > IDLE_CAPACITY {
            self.queue.shrink_to(IDLE_CAPACITY);
        }
        Flushed::Done
    }

    /// Sends the first `count` datagrams in one call; gives their bytes.
    fn send(&self, count: usize, scratch: &mut Vec<u8>) -> io::Result<usize> {
        let io = &self.socket.io;
        let first = self.queue.front().ok_or(io::ErrorKind::NotFound)?;
        if count == 1 {
            return io.try_send_to(&first.payload, first.to.into());
        }
        scratch.clear();
        for datagram in self.queue.iter().take(count) {
            scratch.extend_from_slice(&datagram.payload);
        }
        let transmit = quinn_udp::Transmit {
            destination: first.to.into(),
            ecn: None,
            contents: scratch,
            segment_size: Some(first.payload.len()),
            src_ip: None,
        };
        let state = &self.socket.state;
        io.try_io(tokio::io::Interest::WRITABLE, || {
            state.try_send(io.into(), &transmit)
        })?;
        Ok(scratch.len())
    }
}

/// How many of the first datagrams can leave in one call: they go to one peer, all are as
/// long as the first, and only the last may be shorter.
fn run_length<'a>(mut datagrams: impl Iterator<Item = &'a Transmit>, limit: usize) -> usize {
    let Some(first) = datagrams.next() else {
        return 0;
    };
    let length = first.payload.len();
    let (mut count, mut bytes) = (1, length);
    for datagram in datagrams {
        bytes += datagram.payload.len();
        let fits = count < limit && bytes <= CALL_BYTES_MAX;
        if !fits || datagram.to != first.to || datagram.payload.len() > length || length == 0 {
            break;
        }
        count += 1;
        if datagram.payload.len() < length {
            break;
        }
    }
    count
}

/// Datagrams that wait for one socket; beyond that the newest are lost.
pub const QUEUED_MAX: usize = 8192;
/// Places that an empty queue keeps.
const IDLE_CAPACITY: usize = 64;
/// Bytes of one call that are sure to fit an IP packet before it is cut into segments.
const CALL_BYTES_MAX: usize = 65_000;

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;
    use crate::relay::peer::Wire;

    #[track_caller]
    fn check(datagrams: &[(u16, usize)], limit: usize, expected: usize) {
        let datagrams = datagrams.iter().map(|(port, length)| Transmit {
            wire: Wire::Main,
            to: crate::relay::Address::new([127, 0, 0, 1].into(), *port),
            payload: Bytes::from(vec![0; *length]),
        });
        let datagrams: Vec<_> = datagrams.collect();
        assert_eq!(run_length(datagrams.iter(), limit), expected);
    }

    #[test]
    fn datagrams_of_one_length_to_one_peer_leave_together() {
        check(&[], 64, 0);
        check(&[(1, 9)], 64, 1);
        check(&[(1, 9), (1, 9), (1, 9)], 64, 3);
        check(&[(1, 9), (2, 9)], 64, 1);
        check(&[(1, 9), (1, 10)], 64, 1);
    }

    #[test]
    fn a_shorter_one_ends_a_call() {
        check(&[(1, 9), (1, 9), (1, 5), (1, 9)], 64, 3);
        check(&[(1, 0), (1, 0)], 64, 1);
    }

    #[test]
    fn a_call_carries_no_more_than_the_kernel_takes() {
        check(&[(1, 9); 5], 3, 3);
        check(&[(1, 1400); 64], 64, 46);
        check(&[(1, 9); 5], 1, 1);
    }
}
