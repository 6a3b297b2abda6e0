//! The task that receives from one socket.

use std::{
    cell::RefCell,
    io::{self, IoSliceMut},
    sync::Arc,
    time::Duration,
};

use bytes::Bytes;
use futures_util::future::{AbortHandle, FutureExt as _, abortable};
use quinn_udp::RecvMeta;
use tokio::io::Interest;

use super::{counters::Counters, socket::Socket};
use crate::{
    actors::kit::Recipient,
    messages::relay::DatagramsArrived,
    relay::{Address, peer::Wire},
};

/// The task, and the handle that ends it.
pub(super) fn task(
    wire: Wire,
    socket: Arc<Socket>,
    relay: Recipient<DatagramsArrived>,
    counters: Counters,
) -> (impl Future<Output = ()> + Send, AbortHandle) {
    let (task, handle) = abortable(receive(wire, socket, relay, counters));
    (task.map(drop), handle)
}

/// Hands what arrives to the relay, batch by batch, each when the one before was dealt with.
async fn receive(
    wire: Wire,
    socket: Arc<Socket>,
    relay: Recipient<DatagramsArrived>,
    counters: Counters,
) {
    loop {
        if socket.io.readable().await.is_err() {
            return;
        }
        // An error is of one datagram that was sent before, or it is nothing to read after all.
        let mut datagrams = take(&socket, &counters).unwrap_or_default();
        if datagrams.is_empty() {
            tokio::task::yield_now().await;
        }
        while !datagrams.is_empty() {
            let rest = datagrams.split_off(datagrams.len().min(BATCH_MAX));
            let count = datagrams.len();
            let arrived = DatagramsArrived { wire, datagrams };
            if relay.ask(arrived, HANDLE_TIME_MAX).await.is_err() {
                counters.count_unread(count);
            }
            datagrams = rest;
        }
    }
}

/// Receives what there is, up to [`SLOTS`] slots full.
fn take(socket: &Socket, counters: &Counters) -> io::Result<Vec<(Address, Bytes)>> {
    SLOTS_OF_LANE.with_borrow_mut(|memory| {
        memory.resize(SLOTS * SLOT_BYTES, 0);
        let mut slots = memory.chunks_exact_mut(SLOT_BYTES).map(IoSliceMut::new);
        let mut slots: [_; SLOTS] =
            std::array::from_fn(|_| slots.next().unwrap_or_else(|| IoSliceMut::new(&mut [])));
        let mut metas = [RecvMeta::default(); SLOTS];
        let count = socket.io.try_io(Interest::READABLE, || {
            let socket_ref = (&socket.io).into();
            socket.state.recv(socket_ref, &mut slots, &mut metas)
        })?;
        let mut datagrams = Vec::new();
        for (slot, meta) in slots.iter().zip(&metas).take(count) {
            split(slot, meta, &mut datagrams);
        }
        let bytes = datagrams.iter().map(|(_, bytes)| bytes.len()).sum();
        counters.count_received(datagrams.len(), bytes);
        Ok(datagrams)
    })
}

/// Takes a slot apart: datagrams of one length that came together lie in it side by side.
fn split(slot: &[u8], meta: &RecvMeta, datagrams: &mut Vec<(Address, Bytes)>) {
    let std::net::SocketAddr::V4(from) = meta.addr else {
        return;
    };
    // The slot is needed again; a copy is as large as what came and no larger.
    let mut rest = Bytes::copy_from_slice(&slot[..meta.len.min(slot.len())]);
    let stride = meta.stride.max(1);
    loop {
        let datagram = rest.split_to(stride.min(rest.len()));
        datagrams.push((from, datagram));
        if rest.is_empty() {
            return;
        }
    }
}

thread_local! {
    /// Where the kernel writes; used only within one call, so all sockets of a lane share it.
    static SLOTS_OF_LANE: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// Slots of one call. Each may hold up to 64 datagrams, and a batch must not keep its lane
/// from everything else for long.
const SLOTS: usize = 8;
/// Datagrams that the relay is handed at once: few enough to stay in the processor's cache on
/// their way from one actor to the next.
const BATCH_MAX: usize = 128;
/// What the kernel may put into one slot: as much as an IP packet holds.
const SLOT_BYTES: usize = 1 << 16;
/// How long the relay may take for a batch; it is a restart of the relay if it takes longer.
const HANDLE_TIME_MAX: Duration = Duration::from_secs(5);

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(length: usize, stride: usize, expected: &[usize]) {
        let slot = [7; 100];
        let mut meta = RecvMeta::default();
        meta.addr = "127.0.0.1:5".parse().unwrap();
        (meta.len, meta.stride) = (length, stride);
        let mut datagrams = Vec::new();
        split(&slot, &meta, &mut datagrams);
        let lengths: Vec<_> = datagrams.iter().map(|(_, bytes)| bytes.len()).collect();
        assert_eq!(lengths, expected);
    }

    #[test]
    fn datagrams_that_came_together_are_taken_apart() {
        check(100, 100, &[100]);
        check(90, 30, &[30, 30, 30]);
        check(70, 30, &[30, 30, 10]);
    }

    #[test]
    fn an_empty_datagram_is_one() {
        check(0, 0, &[0]);
    }
}
