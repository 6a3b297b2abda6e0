//! How many events a second the queue takes and gives, beside a binary heap that does the same.

use std::{cmp::Reverse, collections::BinaryHeap, hint::black_box};

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use rand::RngCore as _;
use sim::{EventQueue, streams};

/// What an event carries: as much as a datagram in flight.
type Payload = [u64; 4];

/// What the wheel took the place of.
#[derive(Default)]
struct Heap {
    heap: BinaryHeap<Reverse<(u64, u64, u64, Payload)>>,
    pushed_count: u64,
}

/// What both can do.
trait Queue: Default {
    fn push(&mut self, time: u64, source: u64, payload: Payload);
    fn pop(&mut self) -> Option<(u64, u64)>;
}

impl Queue for Heap {
    fn push(&mut self, time: u64, source: u64, payload: Payload) {
        let sequence = self.pushed_count;
        self.pushed_count += 1;
        self.heap.push(Reverse((time, source, sequence, payload)));
    }

    fn pop(&mut self) -> Option<(u64, u64)> {
        let Reverse((time, source, _, payload)) = self.heap.pop()?;
        black_box(payload);
        Some((time, source))
    }
}

impl Queue for EventQueue<Payload> {
    fn push(&mut self, time: u64, source: u64, payload: Payload) {
        EventQueue::push(self, time, source, payload);
    }

    fn pop(&mut self) -> Option<(u64, u64)> {
        let event = EventQueue::pop(self)?;
        black_box(event.payload);
        Some((event.time, event.source))
    }
}

/// Keeps so many events pending, each followed by one up to a span later: a round is one event.
fn hold<Q: Queue>(criterion: &mut Criterion, name: &str, pending: u64, span_us: u64) {
    let mut random = streams::numbered(1, "bench", pending);
    let mut queue = Q::default();
    for source in 0..pending {
        queue.push(random.next_u64() % span_us, source, [source; 4]);
    }
    let mut group = criterion.benchmark_group(format!("hold/{pending}/{}ms", span_us / 1_000));
    group.throughput(Throughput::Elements(1)).sample_size(20);
    group.bench_function(name, |bencher| {
        bencher.iter(|| {
            if let Some((time, source)) = queue.pop() {
                let later = time + random.next_u64() % span_us;
                queue.push(later, source, [time; 4]);
            }
        });
    });
    group.finish();
}

fn queues(criterion: &mut Criterion) {
    // Datagrams in flight, and timers of keepalives.
    for span_us in [300_000, 30_000_000] {
        for pending in [1_024, 1_000_000] {
            hold::<EventQueue<Payload>>(criterion, "wheel", pending, span_us);
            hold::<Heap>(criterion, "heap", pending, span_us);
        }
    }
}

criterion_group!(benches, queues);
criterion_main!(benches);
