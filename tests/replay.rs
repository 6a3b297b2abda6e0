//! Recordings are run again to the same state, and what is wrong with one is said.

#[path = "relay_peer_cli/client.rs"]
#[allow(dead_code, reason = "each test file uses a part")]
mod client;
#[path = "replay/crowd.rs"]
mod crowd;
#[path = "replay/forgery.rs"]
mod forgery;
#[path = "replay/own.rs"]
mod own;
#[path = "relay_peer_cli/process.rs"]
#[allow(dead_code, reason = "each test file uses a part")]
mod process;

use std::{fs, ops::Range, os::unix::fs::PermissionsExt as _};

use rustix::process::Signal;
use serde_json::Value;
use socket_runtime::actors::{
    kit::{Effect, Frame, Reading},
    replay::Replay,
};

use self::process::Place;

/// Ten thousand recorded messages of a crowd replay to the state that was recorded.
#[track_caller]
fn check_seeds(seeds: Range<u64>) {
    let folder = tempfile::tempdir().unwrap();
    for seed in seeds {
        let file = folder.path().join(format!("{seed}.rec"));
        let summary = crowd::record(&file, seed, 10_000);
        assert_eq!((summary.lost, summary.error), (0, None), "seed {seed}");
        let mut replay = Replay::open(&file, None).unwrap();
        let mut advance = || {
            let played = replay.advance();
            played.unwrap_or_else(|error| panic!("seed {seed}: {error}"))
        };
        while advance().is_some() {}
        let count = replay.messages_count();
        assert!(count >= 10_000, "seed {seed}: {count} messages");
        let recorded = replay.recorded_hash();
        assert_eq!(recorded, Some(replay.state_hash()), "seed {seed}");
        fs::remove_file(&file).unwrap();
    }
}

/// A place with a short recording of a crowd, `crowd.rec`.
fn with_crowd() -> Place {
    let place = Place::new();
    crowd::record(&place.path("crowd.rec"), 1, 600);
    place
}

/// What `runtime` with these words complains of, in a place; it must fail.
#[track_caller]
fn complaint(place: &Place, words: &str) -> String {
    let output = place.run(words, b"");
    assert_eq!(output.status.code(), Some(1), "{words}");
    String::from_utf8(output.stderr).unwrap()
}

#[track_caller]
fn json_of(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

#[test]
fn ten_thousand_messages_replay_to_the_same_state_with_seeds_0_to_9() {
    check_seeds(0..10);
}

#[test]
fn ten_thousand_messages_replay_to_the_same_state_with_seeds_10_to_19() {
    check_seeds(10..20);
}

#[test]
fn what_two_live_peers_said_to_each_other_replays_to_the_same_state() {
    let place = Place::new();
    let indexed = place.peer("--indexed --name indexed --record indexed.rec");
    let words = format!(
        "--bootstrap {}@127.0.0.1:{} --cluster cats --join secret --name one",
        indexed.id, indexed.port
    );
    let one = place.peer(&format!("{words} --state one.state --record one.rec"));
    let one = one.ready(1);
    for length in [10, 3_000, 20_000] {
        let message = "x".repeat(length);
        let publish = "publish --cluster cats --key secret --peer one";
        place.ok(publish, message.as_bytes());
    }
    one.signal(Signal::INT);
    one.ends();
    indexed.signal(Signal::INT);
    indexed.ends();
    for name in ["indexed", "one"] {
        let file = place.path(&format!("{name}.rec"));
        let mode = fs::metadata(&file).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "only its owner reads a recording");
        let replayed = json_of(&place.ok(&format!("replay {name}.rec --json"), b""));
        assert_eq!(replayed["state"], replayed["recorded"], "{replayed:#}");
        assert_eq!(replayed["is_closed"], true);
        let messages = replayed["messages"].as_u64().unwrap();
        assert!(messages > 20, "{messages} messages");
        let actors = replayed["actors"].as_array().unwrap();
        let of = |kind: &str| actors.iter().find(|actor| actor["kind"] == kind).unwrap();
        for kind in ["relay", "packet_cache", "rebroadcast"] {
            assert_eq!(of(kind)["state"], of(kind)["recorded"], "{kind}");
        }
        assert!(
            of("udp")["stopped"].is_string(),
            "sockets cannot be run again"
        );
    }
    let words = place.ok("replay one.rec", b"");
    assert!(words.contains(", as recorded"), "{words}");
}

#[test]
fn a_recording_of_a_peer_that_was_killed_runs_to_its_last_message() {
    let place = Place::new();
    let indexed = place.peer("--indexed --name indexed --record indexed.rec");
    let words = format!("--bootstrap {}@127.0.0.1:{}", indexed.id, indexed.port);
    let other = place.peer(&words).ready(1);
    indexed.kill();
    let output = place.run("replay indexed.rec --json", b"");
    let errors = String::from_utf8(output.stderr).unwrap();
    if !output.status.success() {
        // The disk may have got half of the last frame.
        assert!(errors.contains("cut off within frame"), "{errors}");
        return drop(other);
    }
    let replayed = json_of(&String::from_utf8(output.stdout).unwrap());
    assert_eq!(replayed["is_closed"], false);
    assert!(
        errors.contains("the process ended before its recording"),
        "{errors}"
    );
    drop(other);
}

#[test]
fn what_is_wrong_with_a_file_is_said_with_the_place() {
    let place = with_crowd();
    let sound = fs::read(place.path("crowd.rec")).unwrap();
    let write = |bytes: &[u8]| fs::write(place.path("bad.rec"), bytes).unwrap();

    write(b"{\"not\": \"a recording\"}");
    let said = complaint(&place, "replay bad.rec");
    assert!(said.contains("'bad.rec' is no recording"), "{said}");

    write(&sound[..sound.len() - 5]);
    let said = complaint(&place, "replay bad.rec");
    assert!(said.contains("is cut off within frame"), "{said}");
    assert!(said.contains("which begins at byte"), "{said}");
    place.ok("replay bad.rec --until 100", b"");

    let (frame, offset) = forgery::frame_at(&sound, sound.len() / 2);
    let mut tampered = sound.clone();
    tampered[offset + 40] ^= 1;
    write(&tampered);
    let said = complaint(&place, "replay bad.rec");
    let expected = format!("frame {frame} of the recording, at byte {offset}, is damaged");
    assert!(said.contains(&expected), "{said}");
    assert!(said.contains("--until"), "{said}");

    let without: Vec<u8> = forgery::without(&sound, frame);
    write(&without);
    let said = complaint(&place, "replay bad.rec");
    assert!(said.contains(&expected), "a frame that is missing: {said}");

    let said = complaint(&place, "replay crowd.rec --actor relay");
    assert!(
        said.contains("no actor of the recording is called 'relay'"),
        "{said}"
    );
    assert!(said.contains("relay:1"), "{said}");
    let said = complaint(&place, "replay crowd.rec --actor udp:1");
    assert!(said.contains("'udp:1' cannot be run again"), "{said}");
}

#[test]
fn a_replay_that_goes_another_way_says_where_and_how() {
    let place = with_crowd();
    let sound = fs::read(place.path("crowd.rec")).unwrap();
    let forged = forgery::change(&sound, |frame| {
        if let Frame::Birth(birth) = frame
            && birth.name == "relay:1"
        {
            for reading in &mut birth.readings {
                if let Reading::Seed(seed) = reading {
                    seed[0] ^= 1;
                }
            }
        }
    });
    fs::write(place.path("forged.rec"), forged).unwrap();
    let said = complaint(&place, "replay forged.rec");
    assert!(said.contains("the replay differs at step"), "{said}");
    assert!(said.contains("when 'relay:1' handled"), "{said}");
    assert!(said.contains("in the recording"), "{said}");
    place.ok("replay forged.rec --actor relay:2", b"");
    // Step by step, too: what comes after that is not played, and the end is a failure.
    let output = place.run("replay forged.rec --step", b"g 100000\nn\nn\nq\n");
    assert!(!output.status.success());
    assert_eq!(String::from_utf8_lossy(&output.stdout), "");
}

/// A replay of a crowd in which `forge` changed what an actor is said to have done in the step
/// after the 300th; it must stop there.
#[track_caller]
fn check_forged_effects(forge: impl Fn(&mut Vec<Effect>) -> bool) {
    let place = with_crowd();
    let sound = fs::read(place.path("crowd.rec")).unwrap();
    let mut step = None;
    let forged = forgery::change(&sound, |frame| {
        if let Frame::Done(done) = frame
            && done.number > 300
            && step.is_none()
            && forge(&mut done.effects)
        {
            step = Some(done.number);
        }
    });
    fs::write(place.path("forged.rec"), forged).unwrap();
    let step = step.expect("somebody did something");
    let said = complaint(&place, "replay forged.rec");
    let expected = format!("the replay differs at step {step}, when '");
    assert!(said.contains(&expected), "step {step}: {said}");
    place.ok(&format!("replay forged.rec --until {}", step - 1), b"");
}

#[test]
fn a_replay_stops_at_a_message_that_was_not_sent_as_the_recording_says() {
    check_forged_effects(|effects| {
        let mut hashes = effects.iter_mut().filter_map(|effect| match effect {
            Effect::Sent { hash, .. } => hash.as_mut(),
            Effect::Answered { .. } => None,
        });
        hashes.next().map(|hash| *hash ^= 1).is_some()
    });
}

#[test]
fn a_replay_stops_where_an_actor_does_more_or_less_than_the_recording_says() {
    check_forged_effects(|effects| effects.pop().is_some());
    check_forged_effects(|effects| {
        let last = effects.last().cloned();
        effects.extend(last);
        !effects.is_empty()
    });
}

#[test]
fn a_recording_with_a_gap_runs_as_far_as_that_and_says_so() {
    let place = with_crowd();
    let sound = fs::read(place.path("crowd.rec")).unwrap();
    let with_gap = forgery::rewrite(&sound, |frame| match frame {
        Frame::Taken(taken) => taken.number != 200,
        _ => true,
    });
    fs::write(place.path("gap.rec"), with_gap).unwrap();
    let output = place.run("replay gap.rec --json", b"");
    assert!(output.status.success());
    let errors = String::from_utf8(output.stderr).unwrap();
    assert!(errors.contains("step 200 is missing"), "{errors}");
    let replayed = json_of(&String::from_utf8(output.stdout).unwrap());
    assert_eq!(
        (&replayed["gap"], &replayed["position"]),
        (&200.into(), &199.into())
    );
    let output = place.run("replay gap.rec --step", b"g 100000\nn\nq\n");
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("before step 200, which is missing"), "{said}");
}

#[test]
fn one_can_go_step_by_step_forwards_and_back_to_the_same_states() {
    let place = with_crowd();
    let state_after = |number: u64| {
        let words = format!("replay crowd.rec --until {number} --json");
        json_of(&place.ok(&words, b""))["states"].clone()
    };
    let said = place.ok(
        "replay crowd.rec --step --json",
        b"g 300\np\nb\np\nn\np\ng 20\np\nwhat?\nq\nn\n",
    );
    let lines: Vec<Value> = said.lines().map(json_of).collect();
    let [
        at_300,
        states_300,
        at_299,
        states_299,
        again,
        states_again,
        at_20,
        states_20,
    ] = &lines[..]
    else {
        panic!("{said}");
    };
    assert_eq!(
        (&at_300["number"], &at_299["number"]),
        (&300.into(), &299.into())
    );
    assert_eq!((again, &at_20["number"]), (at_300, &20.into()));
    assert_eq!(*states_300, state_after(300));
    assert_eq!(*states_299, state_after(299));
    assert_eq!(states_again, states_300);
    assert_eq!(*states_20, state_after(20));
    let words = place.ok("replay crowd.rec --step --actor relay:2", b"n\nn\nb\n");
    let actors = words
        .lines()
        .map(|line| line.contains("relay:2"))
        .collect::<Vec<_>>();
    assert_eq!(actors, [true; 3], "{words}");
    let said = place.ok("replay crowd.rec --step --json", b"g 1000000\nq\n");
    let last = json_of(&said);
    assert_eq!(last["message"], "ended");
    assert!(last["at_us"].as_u64() >= at_300["at_us"].as_u64(), "{last}");
}

#[test]
fn the_message_that_was_in_hand_when_a_recording_ended_is_named_and_run_if_wanted() {
    let place = with_crowd();
    let sound = fs::read(place.path("crowd.rec")).unwrap();
    let mut last = None;
    // As if the process had died while a relay handled this.
    let died = forgery::rewrite(&sound, |frame| match frame {
        Frame::Taken(taken) if taken.number == 400 => {
            last = Some((taken.actor, taken.message.clone()));
            true
        }
        Frame::Taken(taken) => taken.number < 400,
        Frame::Done(done) => done.number < 400,
        Frame::Birth(birth) => birth.number < 400,
        Frame::Ended(_) | Frame::Closed(_) => false,
        _ => true,
    });
    fs::write(place.path("died.rec"), died).unwrap();
    let (_, message) = last.unwrap();
    let output = place.run("replay died.rec", b"");
    let errors = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{errors}");
    assert!(
        errors.contains(&format!("handles {message} (step 400)")),
        "{errors}"
    );
    assert!(
        !String::from_utf8(output.stdout)
            .unwrap()
            .contains("as recorded")
    );
    place.ok("replay died.rec --through", b"");
}
