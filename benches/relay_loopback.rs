//! What two peers in two processes pass to each other over loopback, in packets a second.
//!
//! `cargo bench --bench relay_loopback [-- SECONDS]`. The bench starts itself a second time as
//! the receiver, an indexed peer that takes part in the subcluster. Two figures: packets of a
//! kilobyte that are sealed already, from `InjectPackets` here to `Event::Packet` there; and
//! whole publishes, with sealing here. The rate counts what arrived within SECONDS of the first
//! arrival: the sender does not wait for the receiver, so what the receiver's socket could not
//! hold comes later, when caches are compared, and some of it never. What the processor spent
//! on each packet, on either side and by all threads, tells what a busier machine hides.

#![allow(clippy::disallowed_methods, reason = "a bench reads the clock")]
#![allow(clippy::print_stdout, reason = "a bench prints its figures")]
#![allow(missing_docs)]

#[allow(dead_code, unreachable_pub)]
#[path = "../tests/relay_actors/pair.rs"]
mod pair;

use std::{
    env,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
    sync::mpsc::RecvTimeoutError,
    time::{Duration, Instant},
};

use futures_util::{StreamExt as _, stream::FuturesUnordered};
use pair::Side;
use socket_runtime::{
    actors::kit::LiveHost,
    messages::{
        relay::{DescribePeer, InjectPackets, JoinSubcluster, PublishMessage},
        udp::DescribeSockets,
    },
    relay::{
        keys::SharedKey,
        packet::Packet,
        peer::{Event, Publication},
    },
};

const KEY: SharedKey = SharedKey([5; 32]);

fn main() {
    let mut arguments = env::args().skip(1).filter(|argument| argument != "--bench");
    let first = arguments.next();
    if first.as_deref() == Some(RECEIVER) {
        return receive(seconds(arguments.next()));
    }
    let duration = seconds(first);
    measure("sealed already", duration, |side, until| {
        let packets = pair::sealed_packets(KEY, SEALED_COUNT);
        timed(|| inject(side, packets, until))
    });
    measure("whole publishes", duration, |side, until| {
        timed(|| publish(side, until))
    });
}

/// What the processor spent on something, besides what comes of it.
fn timed<T>(task: impl FnOnce() -> T) -> (T, Duration) {
    let before = processor_time();
    let outcome = task();
    (outcome, processor_time() - before)
}

/// What the processor has spent on this process.
fn processor_time() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    Duration::try_from(time).expect("it counts from zero")
}

/// Microseconds of the processor for each packet.
fn of_each(spent: Duration, count: u64) -> String {
    format!(
        "{:.1} µs of processor time",
        spent.as_secs_f64() * 1e6 / count.max(1) as f64
    )
}

fn seconds(argument: Option<String>) -> Duration {
    let seconds = argument.and_then(|text| text.parse().ok());
    Duration::from_secs(seconds.unwrap_or(3))
}

/// Opens a sender and a receiver, has `send` send, and says what came of it.
fn measure(name: &str, duration: Duration, send: impl FnOnce(&Side, Duration) -> (u64, Duration)) {
    let mut receiver = Receiver::start(duration);
    let host = LiveHost::start().expect("threads");
    let side = Side::open(&host, "one", false, &[receiver.address]);
    side.until(|event| matches!(event, Event::Ready { .. }).then_some(()));
    side.until(|event| matches!(event, Event::Connected(_)).then_some(()));
    let (count, spent) = send(&side, duration);
    let outcome = receiver.finish();
    println!("{name}: {count} sent; {outcome}");
    println!("  sender {} each", of_each(spent, count));
    let sockets = pair::block_on(side.addrs.udp.ask(DescribeSockets, Duration::from_secs(9)));
    println!("  sender {sockets:?}");
    host.stop();
}

/// Puts packets on the network, a few batches ahead.
fn inject(side: &Side, packets: Vec<Packet>, duration: Duration) -> u64 {
    let started = Instant::now();
    let mut batches = packets.chunks(INJECT_BATCH);
    pair::block_on(async {
        let mut under_way = FuturesUnordered::new();
        let mut count = 0;
        loop {
            while under_way.len() < BATCHES_AHEAD && started.elapsed() < duration {
                let Some(batch) = batches.next() else { break };
                let packets = batch.to_vec();
                let inject = InjectPackets { packets };
                under_way.push(side.addrs.relay.ask(inject, Duration::from_secs(9)));
            }
            match under_way.next().await {
                Some(Ok(Ok(new))) => count += new as u64,
                Some(failed) => println!("  {failed:?}"),
                None => return count,
            }
        }
    })
}

fn publish(side: &Side, duration: Duration) -> u64 {
    let started = Instant::now();
    pair::block_on(async {
        let mut under_way = FuturesUnordered::new();
        let mut count = 0_u64;
        let mut published = 0;
        loop {
            while under_way.len() < PUBLISHES_AHEAD && started.elapsed() < duration {
                let mut message = vec![b'x'; 856];
                message.extend_from_slice(&count.to_be_bytes());
                let publication = Publication::new(KEY, message);
                let publish = PublishMessage { publication };
                under_way.push(side.addrs.relay.ask(publish, Duration::from_secs(9)));
                count += 1;
            }
            match under_way.next().await {
                Some(Ok(Ok(_))) => published += 1,
                Some(failed) => println!("  {failed:?}"),
                None => return published,
            }
        }
    })
}

/// The other process.
struct Receiver {
    child: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
    address: socket_runtime::relay::Address,
}

impl Receiver {
    fn start(duration: Duration) -> Self {
        let mut child = Command::new(env::current_exe().expect("a path"))
            .arg(RECEIVER)
            .arg(duration.as_secs().to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("it starts");
        let input = child.stdin.take();
        let mut output = BufReader::new(child.stdout.take().expect("piped"));
        let mut line = String::new();
        output.read_line(&mut line).expect("a line");
        let address = line.trim().parse().expect("an address");
        Self {
            child,
            input,
            output,
            address,
        }
    }

    /// Says that no more will come; gives what the receiver says.
    fn finish(&mut self) -> String {
        drop(self.input.take());
        let mut text = String::new();
        self.output.read_to_string(&mut text).expect("text");
        self.child.wait().expect("it ends");
        text.trim().to_owned()
    }
}

/// Counts what arrives until standard input is closed and nothing has come for a while.
fn receive(duration: Duration) {
    let host = LiveHost::start().expect("threads");
    let side = Side::open(&host, "other", true, &[]);
    let (cluster, shared_key) = (None, KEY);
    side.ask(JoinSubcluster {
        cluster,
        shared_key,
    })
    .expect("joined");
    println!("{}", side.main);
    std::io::stdout().flush().expect("written");
    let (closed, is_closed) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let mut input = String::new();
        let _ = std::io::stdin().read_to_string(&mut input);
        let _ = closed.send(());
    });
    let (mut count, mut in_time, mut first, mut is_over) = (0_u64, 0_u64, None, false);
    let before = processor_time();
    loop {
        match side.next(QUIET) {
            Ok(Event::Packet { .. }) => {
                count += 1;
                let first = first.get_or_insert_with(Instant::now);
                in_time += u64::from(first.elapsed() < duration);
            }
            Ok(_) => {}
            Err(RecvTimeoutError::Timeout) if is_over => break,
            Err(_) => is_over = is_closed.try_recv().is_ok(),
        }
    }
    let rate = in_time / duration.as_secs().max(1);
    let spent = of_each(processor_time() - before, count);
    println!("{rate} packets/s; {count} arrived in all, {spent} each");
    let counters = side.ask(DescribePeer).counters;
    println!("  receiver {counters:?}");
    let sockets = pair::block_on(side.addrs.udp.ask(DescribeSockets, Duration::from_secs(9)));
    println!("  receiver {sockets:?}");
    host.stop();
}

/// Makes this executable the receiver.
const RECEIVER: &str = "receiver";
/// Packets that are made before the clock runs.
const SEALED_COUNT: u32 = 600_000;
const INJECT_BATCH: usize = 512;
const BATCHES_AHEAD: usize = 4;
const PUBLISHES_AHEAD: usize = 64;
/// How long nothing comes before it is over.
const QUIET: Duration = Duration::from_millis(500);
