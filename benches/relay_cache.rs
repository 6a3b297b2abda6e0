//! What the packet cache of a relay peer costs when it is full.
//!
//! `cargo bench --bench relay_cache`. The cache holds 16 MB of publishes of a kilobyte, or
//! ten thousand small ones where ids alone matter. What is counted is the thread's time on a core.

mod core_time;

use std::hint::black_box;

use core_time::CoreTime;
use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use socket_runtime::relay::{
    Address, Now, PeerId,
    cache::{Cache, CacheConfig},
    packet::{Field, Packet, PacketType, message_id},
    peer::{Arrival, Interest},
};

fn arrival(number: u64, length: usize) -> Arrival {
    let mut packet = Packet::new(PacketType::PUBLISH, format!("{number:0length$}"));
    packet.packet_id = message_id(&packet.message).field();
    packet.cluster_id = Field::from([1; 32]);
    packet.subcluster_id = Field::from([(number % 50) as u8; 32]);
    Arrival {
        packet,
        from: Some(Address::new([10, 0, (number % 40) as u8, 1].into(), 9777)),
        interest: Interest::Foreign,
        is_durable: false,
    }
}

fn cache_of(numbers: impl IntoIterator<Item = u64>, length: usize) -> Cache {
    let mut cache = Cache::new(CacheConfig::default());
    for number in numbers {
        cache.keep(Now::default(), arrival(number, length));
        cache.take_changes();
    }
    cache
}

fn insert(criterion: &mut Criterion<CoreTime>) {
    let mut cache = cache_of(0..13_000, 1000);
    let mut number = 13_000;
    criterion.bench_function("insert into a full cache", |bencher| {
        bencher.iter_batched(
            || {
                number += 1;
                arrival(number, 1000)
            },
            |arrival| {
                cache.keep(Now::default(), arrival);
                cache.take_changes()
            },
            BatchSize::SmallInput,
        );
    });
}

fn digest(criterion: &mut Criterion<CoreTime>) {
    let mut cache = cache_of(0..13_000, 1000);
    criterion.bench_function("digest of a full cache, for a ping", |bencher| {
        bencher.iter(|| black_box(&mut cache).digest(Now::default()));
    });
}

fn summary(criterion: &mut Criterion<CoreTime>) {
    let mut cache = cache_of(0..10_000, 20);
    let mut number = 10_000;
    let peer = PeerId([0; 32]);
    criterion.bench_function("root summary of 10,000 after one change", |bencher| {
        bencher.iter_batched(
            || {
                number += 1;
                arrival(number, 20)
            },
            |arrival| {
                cache.keep(Now::default(), arrival);
                cache.take_changes();
                cache.reconcile(Now::default(), peer, None, 0)
            },
            BatchSize::SmallInput,
        );
    });
}

fn reconcile(criterion: &mut Criterion<CoreTime>) {
    let mut ours = cache_of(0..10_000, 20);
    let mut theirs = cache_of(0..10_001, 20);
    let peer = PeerId([0; 32]);
    criterion.bench_function("reconcile with 1 difference among 10,000", |bencher| {
        bencher.iter(|| {
            let (begin, _) = ours.reconcile(Now::default(), peer, None, 0);
            let (mut summaries, mut is_theirs) = (begin.summaries, true);
            loop {
                let side = if is_theirs { &mut theirs } else { &mut ours };
                let (answer, wanted) = side.reconcile(Now::default(), peer, summaries.first(), 0);
                if !wanted.is_empty() || answer.summaries.is_empty() {
                    break wanted.len();
                }
                summaries = answer.summaries;
                is_theirs = !is_theirs;
            }
        });
    });
}

criterion_group! {
    name = benches;
    config = Criterion::default().with_measurement(CoreTime);
    targets = insert, digest, summary, reconcile
}
criterion_main!(benches);
