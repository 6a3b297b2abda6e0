//! Pause, step, break, inject, replace, renew, kill: what holds an actor loses and reorders
//! nothing, and its timers stand still meanwhile.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
        mpsc,
    },
    thread,
    time::Duration,
};

use rand::{Rng as _, SeedableRng as _, rngs::StdRng};
use serde_json::json;
use socket_runtime::{
    actors::kit::{Actor, Context, Handler, InjectError, Lane, Reply, Spec, VirtualHost},
    messages::inspector::{Break, Comparison, EntryKind, Field},
    relay::Time,
};

use crate::kit_support::Notes;
use crate::support::{
    Explode, Note, NoteLater, SECOND, Secret, Urgent, VIEWER, assert_closed, controls, live,
    registry, report, scribe, until, until_state,
};

#[test]
fn a_paused_actor_handles_nothing_until_it_is_let_go() {
    live(async |live| {
        let host = live.host();
        let (addr, notes) = scribe(host, "s", 16);
        let controls = controls(host, "s");
        assert!(controls.pause(VIEWER));
        until_state(host, "s", "paused").await;
        for number in 1..=3 {
            addr.tell(Note(number)).unwrap();
        }
        let state = tokio::sync::oneshot::channel();
        controls.state(Reply::new(move |outcome| {
            let _ = state.0.send(outcome);
        }));
        assert_eq!(
            state.1.await,
            Ok(Ok(Some(json!([])))),
            "it can be looked at"
        );
        assert_eq!(report(host, "s").depth, 3);
        controls.resume(VIEWER);
        assert_eq!(addr.ask(Note(4), 5 * SECOND).await, Ok(4));
        assert_eq!(*notes.lock().unwrap(), [1, 2, 3, 4]);
        assert_eq!(report(host, "s").state, "running");
    });
}

#[test]
fn a_step_handles_so_many_messages_and_no_more() {
    let mut host = VirtualHost::new(0);
    let (addr, notes) = scribe(host.host(), "s", 16);
    let controls = controls(host.host(), "s");
    controls.pause(VIEWER);
    (1..=5).for_each(|number| addr.tell(Note(number)).unwrap());
    let mut run = |millis| host.run_until(Time::ZERO + Duration::from_millis(millis));
    run(1);
    assert_eq!(*notes.lock().unwrap(), [0_u32; 0]);
    controls.step(2, VIEWER);
    run(2);
    assert_eq!(*notes.lock().unwrap(), [1, 2]);
    controls.step(1, VIEWER);
    run(3);
    assert_eq!(*notes.lock().unwrap(), [1, 2, 3]);
    controls.resume(VIEWER);
    run(4);
    assert_eq!(*notes.lock().unwrap(), [1, 2, 3, 4, 5]);
    assert_closed(&report(host.host(), "s"));
}

#[test]
fn a_breakpoint_holds_the_actor_before_the_message_that_fits() {
    let mut host = VirtualHost::new(0);
    let (addr, notes) = scribe(host.host(), "s", 16);
    let controls = controls(host.host(), "s");
    let field = Field {
        pointer: "/number".into(),
        comparison: Comparison::Equals(json!(3)),
    };
    let on = Break {
        field: Some(field),
        ..Break::on("Note")
    };
    controls.break_on(on, VIEWER);
    addr.tell(Secret).unwrap();
    (1..=5).for_each(|number| addr.tell(Note(number)).unwrap());
    let mut run = |millis| host.run_until(Time::ZERO + Duration::from_millis(millis));
    run(1);
    assert_eq!(*notes.lock().unwrap(), [1, 2]);
    let now = Time::from_micros(2000);
    assert_eq!(
        controls.peek(1, now).messages[0].payload,
        Some(json!({"number": 3}))
    );
    // What overtakes it does not use up its pass.
    addr.tell(Urgent(99)).unwrap();
    controls.step(1, VIEWER);
    run(2);
    assert_eq!(*notes.lock().unwrap(), [1, 2, 99]);
    controls.resume(VIEWER);
    run(3);
    assert_eq!(*notes.lock().unwrap(), [1, 2, 99, 3, 4, 5]);
    assert_closed(&report(host.host(), "s"));
}

#[test]
fn a_held_actor_says_on_what_it_broke_and_by_depth_it_breaks_too() {
    live(async |live| {
        let host = live.host();
        let (addr, _) = scribe(host, "s", 16);
        let controls = controls(host, "s");
        controls.break_on(Break::on("Explode"), VIEWER);
        addr.tell(Explode).unwrap();
        until_state(host, "s", "broke on Explode").await;
        assert_eq!(report(host, "s").restarts, 0);
        controls.clear_breaks(VIEWER);
        controls.break_on(
            Break {
                depth: Some(3),
                ..Break::default()
            },
            VIEWER,
        );
        (1..=3).for_each(|number| addr.tell(Note(number)).unwrap());
        controls.resume(VIEWER);
        until_state(host, "s", "broke on Note").await;
        assert_eq!(report(host, "s").depth, 3);
        controls.kill(VIEWER);
        until_state(host, "s", "stopped").await;
        assert_closed(&report(host, "s"));
    });
}

#[test]
fn the_timers_of_a_held_actor_stand_still() {
    let mut host = VirtualHost::new(0);
    let (addr, notes) = scribe(host.host(), "s", 16);
    let controls = controls(host.host(), "s");
    let mut run = |seconds| host.run_until(Time::ZERO + seconds * SECOND);
    addr.tell(NoteLater(1, 10 * SECOND)).unwrap();
    run(4);
    controls.pause(VIEWER);
    run(100);
    assert_eq!(*notes.lock().unwrap(), [0_u32; 0]);
    controls.resume(VIEWER);
    run(105);
    assert_eq!(
        *notes.lock().unwrap(),
        [0_u32; 0],
        "six seconds were left of the timer"
    );
    run(107);
    assert_eq!(*notes.lock().unwrap(), [1]);
}

#[test]
fn a_message_is_injected_by_type_and_state_is_replaced() {
    let mut host = VirtualHost::new(0);
    let (addr, notes) = scribe(host.host(), "s", 1);
    let controls = controls(host.host(), "s");
    assert_eq!(controls.injectables(), ["Note"]);
    assert_eq!(controls.inject("Note", json!(5), VIEWER), Ok(()));
    let refused = controls.inject("Note", json!(6), VIEWER);
    assert!(
        matches!(refused, Err(InjectError::Refused(_))),
        "{refused:?}"
    );
    let unknown = controls.inject("Hold", json!(5), VIEWER);
    assert!(matches!(unknown, Err(InjectError::Unknown { .. })));
    let malformed = controls.inject("Note", json!("five"), VIEWER);
    assert!(matches!(malformed, Err(InjectError::Malformed { .. })));
    host.run_until(Time::ZERO + SECOND);
    assert_eq!(*notes.lock().unwrap(), [5]);
    controls.replace_state(json!([8, 9]), VIEWER, Reply::unawaited());
    addr.tell(Note(10)).unwrap();
    host.run_until(Time::ZERO + 2 * SECOND);
    assert_eq!(*notes.lock().unwrap(), [8, 9, 10]);
    let entries = registry(host.host()).recorder("s").unwrap();
    let marks = entries
        .iter()
        .filter(|entry| entry.kind == EntryKind::Intervention);
    let marks: Vec<_> = marks
        .map(|entry| (entry.message.as_str(), entry.viewer))
        .collect();
    let by = Some(VIEWER.0);
    assert_eq!(marks, [("inject", by), ("inject", by), ("replace", by)]);
}

#[test]
fn an_actor_made_anew_keeps_its_queue() {
    let mut host = VirtualHost::new(0);
    let (addr, notes) = scribe(host.host(), "s", 16);
    let controls = controls(host.host(), "s");
    controls.pause(VIEWER);
    (1..=3).for_each(|number| addr.tell(Note(number)).unwrap());
    controls.renew(VIEWER);
    host.run_until(Time::ZERO + SECOND);
    assert_eq!(report(host.host(), "s").state, "paused");
    controls.resume(VIEWER);
    host.run_until(Time::ZERO + 2 * SECOND);
    assert_eq!(*notes.lock().unwrap(), [1, 2, 3]);
    assert_eq!(report(host.host(), "s").restarts, 1);
}

/// Holds itself while it handles the message with this number.
struct Shy(u32, Notes);
impl Actor for Shy {
    const KIND: &'static str = "shy";
}
impl Handler<Note> for Shy {
    fn handle(&mut self, note: Note, _: Reply<u32>, ctx: &mut Context<Self>) {
        self.1.lock().unwrap().push(note.0);
        if note.0 == self.0 {
            ctx.addr().controls().pause(VIEWER);
        }
    }
}

#[test]
fn an_order_is_obeyed_before_the_next_message_however_many_wait() {
    let mut host = VirtualHost::new(0);
    let notes = Notes::default();
    let shared = notes.clone();
    let spec = Spec::new("s", Lane::Core);
    let addr = host.host().start(spec, move || Shy(500, shared.clone()));
    (1..=1_000).for_each(|number| addr.tell(Note(number)).unwrap());
    host.run_until(Time::ZERO + SECOND);
    assert_eq!(*notes.lock().unwrap(), (1..=500).collect::<Vec<_>>());
    assert_eq!(report(host.host(), "s").depth, 500);
}

/// Senders go on while somebody pauses, steps, breaks, looks and lets go at random.
#[test]
fn a_thousand_random_holds_lose_and_reorder_nothing() {
    const CYCLES: u32 = 1_000;
    live(async |live| {
        let host = live.host();
        let (addr, notes) = scribe(host, "s", 4096);
        let controls = controls(host, "s");
        let mut random = StdRng::seed_from_u64(5);
        let mut sent = 0;
        for cycle in 0..CYCLES {
            for _ in 0..random.random_range(0..8) {
                sent += 1;
                addr.tell(Note(sent)).unwrap();
            }
            match random.random_range(0..7) {
                0 => controls.pause(VIEWER),
                1 => controls.step(random.random_range(0..4), VIEWER),
                2 => controls.break_on(Break::on("Note"), VIEWER),
                3 => controls.clear_breaks(VIEWER),
                4 => {
                    registry(host).set_level("s", socket_runtime::messages::inspector::Level::Full)
                }
                _ => controls.resume(VIEWER),
            };
            if cycle % 16 == 0 {
                controls.clear_breaks(VIEWER);
                controls.resume(VIEWER);
                until(|| report(host, "s").depth == 0).await;
            } else if random.random() {
                tokio::task::yield_now().await;
            }
        }
        controls.clear_breaks(VIEWER);
        controls.resume(VIEWER);
        until(|| notes.lock().unwrap().len() == sent as usize).await;
        assert_eq!(*notes.lock().unwrap(), (1..=sent).collect::<Vec<_>>());
        until(|| report(host, "s").current.is_none()).await;
        assert_closed(&report(host, "s"));
    });
}

/// A thread that does nothing but say when it was asked to: what any exchange between threads takes
/// on this machine now.
struct Echo {
    asked: mpsc::Sender<()>,
    answers: Arc<AtomicU64>,
}

impl Echo {
    fn start() -> Self {
        let (asked, questions) = mpsc::channel();
        let answers = Arc::<AtomicU64>::default();
        let count = answers.clone();
        thread::spawn(move || {
            while questions.recv().is_ok() {
                count.fetch_add(1, Ordering::Relaxed);
            }
        });
        Self { asked, answers }
    }

    async fn answer(&self) {
        let before = self.answers.load(Ordering::Relaxed);
        self.asked.send(()).unwrap();
        until(|| self.answers.load(Ordering::Relaxed) > before).await;
    }
}

/// The same again, but each order is waited for and timed.
#[test]
fn a_thousand_orders_take_effect_at_the_next_message() {
    live(async |live| {
        let (echo, mut echoed) = (Echo::start(), Vec::new());
        let host = live.host();
        let (addr, notes) = scribe(host, "s", 4096);
        let controls = controls(host, "s");
        let mut random = StdRng::seed_from_u64(6);
        let (mut sent, mut taken) = (0, Vec::new());
        for _ in 0..1_000 {
            controls.pause(VIEWER);
            until_state(host, "s", "paused").await;
            let depth = random.random_range(2..8);
            (0..depth).for_each(|number| addr.tell(Note(sent + number)).unwrap());
            sent += depth;
            let handled = report(host, "s").handled;
            let began = host.clock().now();
            match random.random_range(0..3) {
                0 => {
                    let count = u64::from(random.random_range(1..depth));
                    controls.step(count, VIEWER);
                    until(|| report(host, "s").handled == handled + count).await;
                    until_state(host, "s", "paused").await;
                }
                1 => {
                    controls.break_on(Break::on("Note"), VIEWER);
                    controls.resume(VIEWER);
                    until_state(host, "s", "broke on Note").await;
                    assert_eq!(report(host, "s").handled, handled);
                }
                _ => {
                    controls.resume(VIEWER);
                    controls.pause(VIEWER);
                    until_state(host, "s", "paused").await;
                }
            }
            let ended = host.clock().now();
            taken.push(ended.since(began));
            echo.answer().await;
            echoed.push(host.clock().now().since(ended));
            controls.clear_breaks(VIEWER);
            controls.resume(VIEWER);
            until(|| report(host, "s").depth == 0).await;
        }
        until(|| notes.lock().unwrap().len() == sent as usize).await;
        assert_eq!(*notes.lock().unwrap(), (0..sent).collect::<Vec<_>>());
        until(|| report(host, "s").current.is_none()).await;
        assert_closed(&report(host, "s"));
        taken.sort();
        echoed.sort();
        println!(
            "median {:?}, 99 % {:?}, all {:?}; of an echo {:?}, {:?}, {:?}",
            taken[499], taken[989], taken[999], echoed[499], echoed[989], echoed[999]
        );
        // An order and what it leads to are up to three exchanges, and a busy machine may take a
        // core away for longer than anything here takes.
        let goal = Duration::from_millis(10);
        assert!(taken[499] <= goal, "{taken:?}");
        assert!(
            taken[989] <= goal.max(3 * echoed[989]),
            "{taken:?} {echoed:?}"
        );
    });
}
