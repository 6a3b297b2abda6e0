//! What a packet cache really takes of the machine's memory stays within its budget.
//!
//! Its own test binary, since it counts every allocation of the process.

use std::{
    alloc::{GlobalAlloc, Layout, System},
    sync::atomic::{AtomicUsize, Ordering},
};

use socket_runtime::relay::{
    Address, Now, PeerId, Time,
    cache::{Cache, CacheConfig},
    packet::{Field, Packet, PacketType, message_id},
    peer::{Arrival, Interest},
    summary::Summary,
};

/// Counts the bytes that are allocated now, with what an allocator adds to each piece.
struct Counting;

static LIVE_BYTES: AtomicUsize = AtomicUsize::new(0);

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fn footprint(layout: Layout) -> usize {
    (layout.size() + 8).next_multiple_of(16).max(32)
}

// SAFETY: every call is passed on to the system's allocator unchanged.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        LIVE_BYTES.fetch_add(footprint(layout), Ordering::Relaxed);
        // SAFETY: the caller keeps the promises of this same method.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        LIVE_BYTES.fetch_sub(footprint(layout), Ordering::Relaxed);
        // SAFETY: the caller keeps the promises of this same method.
        unsafe { System.dealloc(pointer, layout) }
    }
}

fn arrival(number: usize, length: usize, is_linked: bool) -> Arrival {
    let mut packet = Packet::new(PacketType::PUBLISH, format!("{number:0length$}"));
    packet.packet_id = message_id(&packet.message).field();
    packet.subcluster_id = Field::from([(number % 251) as u8; 32]);
    if is_linked {
        packet.previous_id = message_id(&number.to_be_bytes()).field();
    }
    Arrival {
        packet,
        from: Some(Address::new([10, 0, (number % 200) as u8, 1].into(), 9777)),
        interest: [Interest::Foreign, Interest::Subscribed][number % 2],
        is_durable: false,
    }
}

/// Has the cache remember what it hashed: it is compared with a cache of other packets, bucket by
/// bucket.
fn summarise_all(cache: &mut Cache) {
    let digits = || 0..16_u8;
    let pairs = digits().flat_map(|one| digits().map(move |other| vec![one, other]));
    let prefixes = [vec![]]
        .into_iter()
        .chain(digits().map(|digit| vec![digit]));
    for prefix in prefixes.chain(pairs) {
        let theirs = Summary::of_buckets(prefix, [Some([1; 20]); 16]);
        cache.reconcile(Now::default(), PeerId([0; 32]), Some(&theirs), 0);
    }
}

/// Fills a cache several times over and compares what it says with what it takes.
#[track_caller]
fn check(length: usize, is_linked: bool) {
    let bytes_max = 3_000_000;
    let before = LIVE_BYTES.load(Ordering::Relaxed);
    let mut cache = Cache::new(CacheConfig { bytes_max });
    let rounds = 3 * bytes_max / (length + 400);
    for number in 0..rounds {
        let now = Now {
            time: Time::from_micros(number as u64),
            unix_ms: 0,
        };
        cache.keep(now, arrival(number, length, is_linked));
        cache.take_changes();
    }
    summarise_all(&mut cache);
    let taken = LIVE_BYTES.load(Ordering::Relaxed) - before;
    let digest = cache.digest(Now::default());
    assert!(digest.bytes <= bytes_max);
    assert!(digest.bytes > bytes_max * 9 / 10, "it is full: {digest:?}");
    assert!(taken <= bytes_max, "{length}: {taken} for {digest:?}");
    assert!(
        taken > bytes_max / 2,
        "{length}: the budget is not wasted: {taken}"
    );
}

/// One test, so that no other allocates meanwhile.
#[test]
fn a_full_cache_takes_no_more_memory_than_its_budget() {
    let before = LIVE_BYTES.load(Ordering::Relaxed);
    let idle: Vec<Cache> = (0..1000)
        .map(|_| Cache::new(CacheConfig::default()))
        .collect();
    let each = (LIVE_BYTES.load(Ordering::Relaxed) - before) / idle.len();
    assert!(each <= 1024, "an empty cache takes {each} bytes");
    drop(idle);
    for length in [8, 100, 400, 1000] {
        check(length, false);
        check(length, true);
    }
}
