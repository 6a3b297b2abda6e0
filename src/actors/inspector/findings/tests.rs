//! Tables of pictures, and what is to be found in them.

use super::*;
use crate::messages::{cause::CauseId, inspector::AskReport};

fn idle(name: &str) -> ActorReport {
    ActorReport {
        name: name.to_owned(),
        lane: "core".to_owned(),
        state: "running".to_owned(),
        handled: 10,
        ..ActorReport::default()
    }
}

fn ask(to: &str, waiting_ms: f64) -> AskReport {
    AskReport {
        to: to.to_owned(),
        message: format!("Ask{to}"),
        waiting_ms,
        ..AskReport::default()
    }
}

/// Shows one picture a second; what the last shows must be found.
#[track_caller]
fn check(pictures: &[Vec<ActorReport>], expected: &[&str]) {
    let mut watch = Watch::default();
    let mut found = Vec::new();
    for (second, picture) in pictures.iter().enumerate() {
        let now = Time::ZERO + Duration::from_secs(second as u64);
        found = watch.observe(now, picture);
    }
    let found: Vec<_> = found.iter().map(|finding| finding.text.as_str()).collect();
    assert_eq!(found, expected);
}

#[test]
fn a_healthy_app_has_no_findings() {
    let mut busy = idle("files");
    busy.current = Some("ReadFile".to_owned());
    busy.current_ms = 900.0;
    busy.depth = 3;
    busy.oldest_ms = 900.0;
    let asking = ActorReport {
        asks: vec![ask("files", 5000.0)],
        ..idle("router")
    };
    check(&[vec![busy, asking, idle("windows")]], &[]);
}

#[test]
fn a_handler_that_does_not_return_is_named_with_who_waits() {
    let stuck = ActorReport {
        current: Some("ReadFile".to_owned()),
        current_ms: 4200.0,
        depth: 12,
        ..idle("files")
    };
    let asking = ActorReport {
        asks: vec![ask("files", 4100.0), ask("files", 10.0)],
        ..idle("router")
    };
    let text = "files has been handling ReadFile for 4.2 s; 12 messages wait; \
                router waits for its answer";
    check(&[vec![stuck, asking]], &[text]);
}

#[test]
fn a_job_that_does_not_end_is_named() {
    let stuck = ActorReport {
        jobs: 2,
        job: Some("ReadFile".to_owned()),
        job_ms: 3500.0,
        ..idle("files")
    };
    check(
        &[vec![stuck]],
        &["a job of files for ReadFile has been running for 3.5 s"],
    );
}

#[test]
fn whoever_holds_the_thread_of_a_starved_actor_is_named() {
    let starved = ActorReport {
        depth: 2,
        oldest_ms: 1500.0,
        ..idle("windows")
    };
    let holder = ActorReport {
        current: Some("RouteCall".to_owned()),
        current_ms: 900.0,
        handled: 11,
        ..idle("router")
    };
    let elsewhere = ActorReport {
        lane: "files".to_owned(),
        current: Some("ReadFile".to_owned()),
        current_ms: 950.0,
        ..idle("files")
    };
    let text = "2 messages of windows waited 1.5 s although it is idle: \
                router holds its thread with RouteCall";
    let first = vec![elsewhere.clone(), idle("router"), idle("windows")];
    let last = vec![elsewhere, holder, starved];
    check(&[first, last], &[text]);
}

#[test]
fn an_actor_that_floods_its_lane_is_a_holder_too() {
    let starved = |oldest_ms| ActorReport {
        depth: 1,
        oldest_ms,
        ..idle("windows")
    };
    let flooding = |handled| ActorReport {
        handled,
        ..idle("router")
    };
    let text = "1 message of windows waited 2.0 s although it is idle: router holds its thread";
    check(
        &[
            vec![flooding(10), starved(1000.0)],
            vec![flooding(90_000), starved(2000.0)],
        ],
        &[text],
    );
}

#[test]
fn a_paused_actor_is_not_starved() {
    let paused = ActorReport {
        state: "paused".to_owned(),
        depth: 2,
        oldest_ms: 9000.0,
        ..idle("windows")
    };
    let picture = vec![idle("router"), paused];
    check(&[picture.clone(), picture], &[]);
}

#[test]
fn actors_that_wait_for_each_other_are_a_cycle() {
    let waits = |name: &str, to: &str, ms| ActorReport {
        asks: vec![ask("system", ms), ask(to, ms)],
        ..idle(name)
    };
    let picture = vec![
        waits("files", "windows", 3000.0),
        waits("router", "files", 4000.0),
        idle("system"),
        waits("windows", "router", 2000.0),
        waits("terminal", "router", 9000.0),
    ];
    let text = "each waits for the next for 2.0 s: \
                router → files → windows → router; router asks Askfiles";
    check(&[picture], &[text]);
}

#[test]
fn a_circle_of_several_causes_is_a_cycle_only_if_it_lasts() {
    let waits = |name: &str, to: &str, number, ms| ActorReport {
        asks: vec![AskReport {
            cause: CauseId::from_halves(0, number),
            ..ask(to, ms)
        }],
        ..idle(name)
    };
    let picture = |other, ms| vec![waits("a", "b", 1, ms), waits("b", "a", other, ms)];
    let found =
        |seconds: &str| format!("each waits for the next for {seconds} s: b → a → b; b asks Aska");
    check(&[picture(1, 3000.0)], &[&found("3.0")]);
    check(&[picture(2, 3000.0)], &[]);
    check(&[picture(2, 4500.0)], &[&found("4.5")]);
}

#[test]
fn answers_that_are_awaited_in_a_circle_for_a_moment_are_no_cycle() {
    let waits = |name: &str, to: &str, ms| ActorReport {
        asks: vec![ask(to, ms)],
        ..idle(name)
    };
    check(
        &[vec![waits("a", "b", 5000.0), waits("b", "a", 100.0)]],
        &[],
    );
    check(
        &[vec![waits("a", "b", 5000.0), waits("b", "c", 5000.0)]],
        &[],
    );
}

#[test]
fn an_actor_may_wait_for_itself() {
    let waits = ActorReport {
        asks: vec![ask("a", 2500.0)],
        ..idle("a")
    };
    check(
        &[vec![waits]],
        &["each waits for the next for 2.5 s: a → a; a asks Aska"],
    );
}

#[test]
fn three_restarts_within_seconds_are_a_crash_loop() {
    let crashed = |restarts| ActorReport {
        restarts,
        last_panic: Some("ReadFile: index out of bounds".to_owned()),
        ..idle("files")
    };
    let pictures = [0, 1, 3].map(|restarts| vec![crashed(restarts)]);
    check(
        &pictures,
        &["files keeps crashing for 1.0 s, last on ReadFile"],
    );
    check(&[vec![crashed(7)], vec![crashed(8)]], &[]);
}

#[test]
fn an_actor_that_was_given_up_stays_a_finding() {
    let down = ActorReport {
        state: "stopped".to_owned(),
        last_panic: Some("ReadFile: index out of bounds".to_owned()),
        ..idle("files")
    };
    let pictures = vec![vec![down]; 3];
    check(
        &pictures,
        &["files keeps crashing for 2.0 s, last on ReadFile"],
    );
}

#[test]
fn messages_that_a_full_mailbox_refused_are_counted_for_some_seconds() {
    let refused = |count| ActorReport {
        losses: [("full".to_owned(), count)].into(),
        ..idle("files")
    };
    let text = "the mailbox of files is full and refused 30 messages in the last seconds";
    let pictures = [5, 15, 15, 35].map(|count| vec![refused(count)]);
    check(&pictures, &[text]);
    let pictures = [5, 15, 15, 15, 15, 15, 15, 15].map(|count| vec![refused(count)]);
    check(&pictures, &[]);
}

#[test]
fn a_queue_that_grows_while_its_actor_works_is_too_slow() {
    let slow = |second: u64| ActorReport {
        depth: 100 * second,
        oldest_ms: 200.0 * second as f64,
        handled: 10 + second,
        ..idle("files")
    };
    let pictures: Vec<_> = (0..5).map(|second| vec![slow(second)]).collect();
    check(&pictures[..4], &[]);
    let text = "files handles its messages slower than they come, for 3.0 s; 400 messages wait";
    check(&pictures, &[text]);
}
