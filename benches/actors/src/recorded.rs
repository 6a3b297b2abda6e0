//! What a recording costs a message: the same two actors on a host that records and on one
//! that does not, in turns.
//!
//! Each message is written down with what came of it; the figure has the time in it of the thread
//! that writes the file.

use std::sync::mpsc;

use socket_runtime::{
    actors::kit::{
        Actor, Addr, Context, Handler, Lane, LiveHost, Outlets, Readable, Recordable,
        RecordedActor, Recording, Reply, Spec,
    },
    messages::{Message, inspector::Level, record},
};

use crate::measure::{Done, measure, median_and_least};

/// Prints what it costs, and how long the file is.
pub(crate) fn print(messages: u64, rounds: usize) {
    let plain = LiveHost::start().expect("threads can be started");
    let recorded = LiveHost::start().expect("threads can be started");
    let name = format!("actors-bench-{}.rec", std::process::id());
    let path = std::env::temp_dir().join(name);
    let recording = Recording::create(&path, "a bench", 0).expect("a file can be made");
    recorded.host().registry().record(recording.clone());
    let mut taken: [Vec<f64>; 2] = Default::default();
    for _ in 0..rounds {
        for (live, taken) in [&plain, &recorded].into_iter().zip(&mut taken) {
            taken.push(measure(messages, |messages| play(live, messages)));
        }
    }
    plain.stop();
    recorded.stop();
    let summary = recording.finish();
    // Nobody needs it any more; a file that stays behind in this folder is swept.
    let _ = std::fs::remove_file(&path);
    let count = messages * rounds as u64;
    let [plain, recorded] = taken.map(|taken| median_and_least(taken).0);
    println!(
        "recording, ping-pong: {recorded:.0} ns a message, {plain:.0} without; {} bytes; \
         {} frames lost",
        summary.bytes / count,
        summary.lost + summary.too_long,
    );
}

/// Has two actors send a number back and forth.
fn play(live: &LiveHost, messages: u64) {
    live.host().registry().set_level_of_all(Level::Counts);
    let reserve = |name| live.host().reserve(Spec::new(name, Lane::Core));
    let (one, two) = (reserve("one"), reserve("two"));
    let (done, finished) = mpsc::channel();
    let addrs = [one.addr().clone(), two.addr().clone()];
    for (reserved, other) in [one, two].into_iter().zip(addrs.iter().rev()) {
        let (other, done) = (other.clone(), done.clone());
        reserved.start(move || Player {
            other: other.clone(),
            done: done.clone(),
        });
    }
    addrs[0].tell(Ball(messages)).expect("it has room");
    let _ = finished.recv();
    for addr in &addrs {
        addr.controls().stop();
    }
}

/// Sends back what it is sent, less one.
struct Player {
    other: Addr<Player>,
    done: Done,
}

struct Ball(u64);

impl Message for Ball {
    type Reply = ();

    fn encoded(&self) -> Option<Vec<u8>> {
        Some(record::encode(&self.0))
    }
}

impl Actor for Player {
    const KIND: &'static str = "player";

    fn recorded(&self) -> Option<&dyn RecordedActor> {
        Some(self)
    }
}

impl Handler<Ball> for Player {
    fn handle(&mut self, Ball(left): Ball, _: Reply<()>, _: &mut Context<Self>) {
        if left > 0 {
            self.other.tell(Ball(left - 1)).expect("it has room");
        } else {
            let _ = self.done.send(());
        }
    }
}

impl Recordable for Player {
    type Setup = ();

    fn setup(&self) -> Option<()> {
        Some(())
    }

    fn revive((): (), outlets: &Outlets) -> Box<dyn FnMut() -> Self> {
        let other = outlets.addr();
        Box::new(move || Self {
            other: other.clone(),
            done: mpsc::channel().0,
        })
    }

    fn state_hash(&self) -> u64 {
        0
    }

    fn readables() -> Vec<Readable<Self>> {
        Vec::new()
    }
}
