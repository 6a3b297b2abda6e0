//! `runtime peer` and the subcommands that speak to it, as real processes on loopback.

#[path = "relay_peer_cli/client.rs"]
mod client;
#[path = "relay_peer_cli/process.rs"]
mod process;

use std::collections::BTreeMap;

use rustix::process::Signal;
use serde_json::{Value, json};

use self::{
    client::Client,
    process::{Peer, Place},
};

const CATS: &str = "--cluster cats --key secret";

/// An indexed peer and two ordinary ones that take part in the same subcluster.
fn three(place: &Place) -> [Peer; 3] {
    let (indexed, bootstrap) = place.indexed();
    let words = format!("{bootstrap} --cluster cats --join secret");
    let one = place.peer(&format!("{words} --name one"));
    let two = place.peer(&format!("{words} --name two"));
    [indexed, one.ready(1), two.ready(1)]
}

#[test]
fn a_message_is_published_and_printed_whatever_its_length() {
    let place = Place::new();
    let [_indexed, _one, mut two] = three(&place);
    for length in [100, 3000] {
        let message = "x".repeat(length);
        let id = place.ok(&format!("publish {CATS} --peer one"), message.as_bytes());
        let packet = two.wait("packet", |packet| packet["id"] == id.trim());
        assert_eq!(packet["text"], message);
        assert_eq!(packet["verified"], "full");
    }
    let binary = [0xff, 0, 1, 2];
    std::fs::write(place.path("binary"), binary).unwrap();
    let id = place.ok(&format!("publish {CATS} --file binary --peer one"), b"");
    let packet = two.wait("packet", |packet| packet["id"] == id.trim());
    assert_eq!(
        (&packet["text"], &packet["base64"]),
        (&json!(null), &json!("/wABAg=="))
    );
    let printed = place.ok(
        &format!("subscribe {CATS} --since-cache --count 3 --peer two"),
        b"",
    );
    let (short, long) = ("x".repeat(100), "x".repeat(3000));
    assert_eq!(printed, format!("{short}\n{long}\n/wABAg==\n"));
    let raw = format!("subscribe {CATS} --since-cache --raw --count 3 --peer two");
    assert!(place.run(&raw, b"").stdout.ends_with(&binary));
}

#[test]
fn a_trace_of_two_peers_follows_a_packet_from_one_to_the_other() {
    let place = Place::new();
    let [_indexed, _one, mut two] = three(&place);
    let words = "inspect peer-one peer-two --trace out.json --for 4s";
    let tracing = place.command(words).spawn().unwrap();
    let mut tracing = KillOnDrop(tracing);
    // The recorders of a build for users run only while somebody traces.
    let recorded = |name: &str| {
        let text = place.ok(&format!("inspect {name} --json"), b"");
        let snapshot: Value = serde_json::from_str(&text).unwrap();
        let actors = snapshot["actors"].as_array().unwrap().clone();
        actors.iter().all(|actor| actor["level"] == "full")
    };
    while !(recorded("peer-one") && recorded("peer-two")) {}
    let id = place.ok(&format!("publish {CATS} --peer one"), b"hello");
    two.wait("packet", |packet| packet["id"] == id.trim());
    assert!(tracing.0.wait().unwrap().success());
    let text = std::fs::read(place.path("out.json")).unwrap();
    let trace: Value = serde_json::from_slice(&text).unwrap();
    let events = trace["traceEvents"].as_array().unwrap();
    let ends = |phase: &str| {
        let ends = events.iter().filter(|event| event["ph"] == phase);
        ends.map(|end| (end["id"].as_u64().unwrap(), end["pid"].as_u64().unwrap()))
            .collect::<BTreeMap<_, _>>()
    };
    let (begun, ended) = (ends("s"), ends("f"));
    let crossing = begun.iter().filter(|(id, pid)| ended[id] != **pid);
    assert!(crossing.count() > 0, "no arrow from process to process");
}

#[test]
fn the_actors_of_a_peer_tell_where_they_stand_and_take_harmless_messages() {
    let place = Place::new();
    let _peer = place.peer("--indexed --control --name one");
    for (actor, field, message) in [
        ("relay:one", "neighbours", Some("ReflectAgain")),
        ("packet_cache:one", "packets", Some("RepeatChanges")),
        ("rebroadcast:one", "tables", Some("ScheduleDue")),
        ("udp:one", "sockets", None),
    ] {
        let words = format!("inspect peer-one --actor {actor}");
        let state: Value =
            serde_json::from_str(&place.ok(&format!("{words} --state"), b"")).unwrap();
        assert!(state.get(field).is_some(), "{actor}: {state}");
        let Some(message) = message else {
            continue;
        };
        place.ok(&format!("{words} --inject {message}"), b"");
        let detail = place.ok(&format!("{words} --json"), b"");
        let detail: Value = serde_json::from_str(&detail).unwrap();
        let mut noted = detail["recorder"].as_array().unwrap().iter();
        assert!(noted.any(|entry| entry["message"] == "inject"), "{detail}");
    }
}

/// A process that does not outlive its test.
struct KillOnDrop(std::process::Child);

impl Drop for KillOnDrop {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn a_bootstrap_that_nobody_knows_or_that_is_silent_is_said_and_the_others_are_used() {
    let place = Place::new();
    let indexed = place.peer("--indexed --name indexed");
    let silent = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
    let silent = silent.local_addr().unwrap().port();
    let mut one = place.peer(&format!(
        "--name one --bootstrap nobody.invalid:9777 --bootstrap 127.0.0.1:{silent} \
         --bootstrap {}@localhost:{} --bootstrap {}@127.0.0.1:{}",
        indexed.id,
        indexed.port,
        "ab".repeat(32),
        indexed.port + 1,
    ));
    let unresolved = one.wait("unresolved", |_| true);
    let expected = (&json!("nobody.invalid"), &json!(9777));
    assert_eq!((&unresolved["host"], &unresolved["port"]), expected);
    let connection = one.wait("connection", |_| true);
    assert_eq!(connection["peer"], indexed.id);
    one.wait("ready", |_| true);
    let unanswered = one.wait("unanswered", |event| event["port"] == silent);
    assert!(
        unanswered["hint"]
            .as_str()
            .unwrap()
            .contains("does a peer run there")
    );
}

#[test]
fn who_ends_is_gone_for_its_neighbours_at_once() {
    let place = Place::new();
    let (_indexed, bootstrap) = place.indexed();
    // By heartbeats alone, it would take half an hour.
    let words = format!("{bootstrap} --cluster cats --join secret --keepalive 10m");
    let mut one = place.slow_peer(&format!("{words} --name one"));
    let mut two = place.slow_peer(&format!("{words} --name two"));
    let (id, other) = (one.id.clone(), two.id.clone());
    let are_met = |event: &Value, id: &str| {
        event["peer"] == *id && event["via"] == "direct" && event["key"].is_string()
    };
    two.wait("connection", |event| are_met(event, &id));
    one.wait("connection", |event| are_met(event, &other));
    one.signal(Signal::TERM);
    one.ends();
    two.wait("disconnection", |event| event["peer"] == id);
}

#[test]
fn events_are_told_apart_by_name() {
    let place = Place::new();
    let peer = place.peer("--indexed --cluster cats --name one");
    for (event, text) in [("meow", "hungry"), ("purr", "content")] {
        place.ok(&format!("publish --key secret --event {event} {text}"), b"");
    }
    let listed = "subscribe --key secret --since-cache --event purr --count 1";
    assert_eq!(place.ok(listed, b""), "content\n");
    drop(peer);
}

#[test]
fn a_stream_reaches_one_peer_and_a_question_is_answered() {
    let place = Place::new();
    let [_indexed, one, mut two] = three(&place);
    let mut first = Client::of(&one);
    let report = first.ok(json!({ "do": "info" }));
    assert_eq!(report["peer"], one.id);
    place.ok(
        &format!("publish {CATS} --peer two --to {} psst", one.id),
        b"",
    );
    let mut one = one;
    let stream = one.wait("stream", |_| true);
    assert_eq!(
        (&stream["from"], &stream["text"]),
        (&json!(two.id), &json!("psst"))
    );
    let asked = first.ok(json!({ "do": "query", "question": { "what": "time" } }));
    let question = two.wait("query", |_| true);
    assert_eq!(question["id"], asked["query"]);
    assert_eq!(question["question"]["what"], "time");
    let answer = json!({ "do": "answer", "query": question["id"], "text": "late" });
    Client::of(&two).ok(answer);
    let answer = one.wait("answer", |_| true);
    assert_eq!(
        (&answer["id"], &answer["text"]),
        (&asked["query"], &json!("late"))
    );
}

#[test]
fn whoever_is_not_connected_cannot_be_sent_to() {
    let place = Place::new();
    let _peer = place.peer("--indexed --cluster cats");
    let nobody = "ab".repeat(32);
    let output = place.run(&format!("publish {CATS} --to {nobody} psst"), b"");
    let errors = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(
        errors.contains(&format!("peer {nobody} is not connected")),
        "{errors}"
    );
    assert!(errors.contains("`runtime info` lists"), "{errors}");
}

#[test]
fn info_shows_what_the_peer_is_and_knows() {
    let place = Place::new();
    let [indexed, one, _two] = three(&place);
    let text = place.ok("info --peer one", b"");
    assert!(
        text.contains(&one.id) && text.contains(&indexed.id[..12]),
        "{text}"
    );
    assert!(text.contains("of cluster cats"), "{text}");
    let json = place.ok("info --peer one --json", b"");
    let report: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(report["local"]["port"], one.port);
    assert!(
        report["counters"]["sent"]["ping"].as_u64() > Some(0),
        "{json}"
    );
    assert!(report["sockets"]["sent"].as_u64() > Some(0), "{json}");
    let inspected = place.ok("inspect peer-one --json", b"");
    assert!(inspected.contains("\"control\""), "{inspected}");
}

#[test]
fn identity_and_packets_survive_a_restart() {
    let place = Place::new();
    let words = "--indexed --cluster cats --state peer.state --name one";
    let peer = place.peer(words);
    let id = peer.id.clone();
    place.ok(&format!("publish {CATS} kept"), b"");
    peer.signal(Signal::TERM);
    let last = peer.ends();
    assert_eq!(last.last(), Some(&json!({ "event": "stopped" })));
    let peer = place.peer(words);
    assert_eq!(peer.id, id);
    assert_eq!(
        place.ok(&format!("subscribe {CATS} --since-cache --count 1"), b""),
        "kept\n"
    );
}

#[test]
fn an_acknowledged_message_survives_kill_9() {
    let place = Place::new();
    let words = "--indexed --cluster cats --state peer.state --name one";
    let peer = place.peer(words);
    let long = "y".repeat(3000);
    for text in ["short", long.as_str()] {
        place.ok(&format!("publish {CATS}"), text.as_bytes());
    }
    peer.kill();
    let _peer = place.peer(words);
    let kept = place.ok(&format!("subscribe {CATS} --since-cache --count 2"), b"");
    assert_eq!(kept, format!("short\n{long}\n"));
}

#[test]
fn a_state_file_and_a_name_belong_to_one_peer() {
    let place = Place::new();
    let _peer = place.peer("--indexed --state peer.state --name one");
    check_refused(&place, "--name two --state peer.state", "peer.state");
    check_refused(
        &place,
        "--name one",
        "a peer called 'one' is running already",
    );
}

#[test]
fn a_port_that_is_taken_is_named() {
    let place = Place::new();
    let peer = place.peer("--indexed --name one");
    let words = format!("--name two --address 127.0.0.1 --port {}", peer.port);
    check_refused(&place, &words, &format!("127.0.0.1:{}", peer.port));
}

#[track_caller]
fn check_refused(place: &Place, words: &str, part: &str) {
    let output = place.run(&format!("peer {words}"), b"");
    let errors = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{errors}");
    assert!(errors.contains(part), "{errors}");
}

#[test]
fn messages_come_after_those_that_they_follow() {
    let place = Place::new();
    let peer = place.peer("--indexed --cluster cats --name one");
    let first = place.ok(&format!("publish {CATS} first"), b"");
    let second = format!("publish {CATS} --after {} second", first.trim());
    let second = place.ok(&second, b"");
    let mut client = Client::of(&peer);
    let walked = client.ok(json!({ "do": "walk", "packet": first.trim() }));
    assert_eq!(walked["next"], json!([second.trim()]));
    let walked = client.ok(json!({ "do": "walk", "packet": second.trim() }));
    assert_eq!(walked["previous"], first.trim());
    let words = format!("subscribe {CATS} --since-cache --causal --count 2");
    assert_eq!(place.ok(&words, b""), "first\nsecond\n");
    let missing = format!("publish {CATS} --after {} x", "cd".repeat(32));
    let output = place.run(&missing, b"");
    assert!(
        String::from_utf8(output.stderr)
            .unwrap()
            .contains("nothing is known of cdcd")
    );
}

#[test]
fn what_is_wrong_with_a_request_is_said_and_the_connection_goes_on() {
    let place = Place::new();
    let peer = place.peer("--indexed --name one");
    let mut client = Client::of(&peer);
    client.send("nonsense");
    assert_eq!(client.line()["error"]["kind"], "InvalidRequest");
    for (request, kind) in [
        (json!({ "do": "dance" }), "InvalidRequest"),
        (json!({ "do": "info", "how": 1 }), "InvalidRequest"),
        (
            json!({ "do": "publish", "key": { "seed": "s" }, "text": "x" }),
            "NoCluster",
        ),
        (
            json!({ "do": "publish", "key": { "hex": "s" }, "cluster": "c" }),
            "InvalidRequest",
        ),
        (
            json!({ "do": "walk", "packet": "ab".repeat(32) }),
            "NotFound",
        ),
        (
            json!({ "do": "sync", "peer": "ab".repeat(32) }),
            "NotConnected",
        ),
    ] {
        let answer = client.ask(request.clone());
        assert_eq!(answer["error"]["kind"], kind, "{request}: {answer}");
    }
    assert_eq!(
        client.ok(json!({ "do": "list", "count_max": 5 }))["packets"],
        json!([])
    );
}

#[test]
fn a_client_can_end_the_peer_and_all_are_told() {
    let place = Place::new();
    let peer = place.peer("--indexed --name one");
    let (mut watcher, mut client) = (Client::of(&peer), Client::of(&peer));
    watcher.ok(json!({ "do": "watch" }));
    client.ok(json!({ "do": "stop" }));
    assert_eq!(watcher.line(), json!({ "event": "stopped" }));
    assert!(watcher.is_at_end());
    assert_eq!(peer.ends().last(), Some(&json!({ "event": "stopped" })));
    let errors = place.run("info", b"").stderr;
    assert!(
        String::from_utf8(errors)
            .unwrap()
            .contains("no peer is running")
    );
}

#[test]
fn the_longest_message_gets_through_and_a_longer_one_is_refused() {
    let place = Place::new();
    let _peer = place.peer("--indexed --cluster cats --name one");
    let longest = "z".repeat(1_048_416);
    place.ok(&format!("publish {CATS}"), longest.as_bytes());
    let kept = place.ok(&format!("subscribe {CATS} --since-cache --count 1"), b"");
    assert_eq!(kept.trim_end(), longest);
    let longer = "z".repeat(1_048_417);
    let output = place.run(&format!("publish {CATS}"), longer.as_bytes());
    let errors = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(errors.contains("more than 1,048,416 bytes"), "{errors}");
}

#[test]
fn a_reader_that_sleeps_stalls_nobody() {
    let place = Place::new();
    let [_indexed, _one, mut two] = three(&place);
    let mut sleeper = Client::of(&two);
    sleeper.ok(json!({ "do": "watch" }));
    let long = "s".repeat(200_000);
    let ids: Vec<_> = (0..5)
        .map(|number| {
            let message = format!("{number}{long}");
            place.ok(&format!("publish {CATS} --peer one"), message.as_bytes())
        })
        .collect();
    for id in ids {
        two.wait("packet", |packet| packet["id"] == id.trim());
    }
}

#[test]
fn whoever_stops_reading_ends_the_peer_quietly() {
    let place = Place::new();
    let mut command = place.command("peer --indexed --address 127.0.0.1 --name one");
    let mut child = command
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    // The first line breaks the pipe, if not a later one.
    let output = child.wait_with_output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    assert_eq!(output.status.code(), Some(141));
    assert!(!place.path("runtime/peer-one.sock").exists());
}

#[test]
fn a_peer_that_has_nobody_to_begin_with_says_so() {
    let place = Place::new();
    for (words, is_warned) in [
        ("", true),
        ("--indexed", false),
        ("--state peer.state", false),
    ] {
        let mut command = place.command(&format!("peer --address 127.0.0.1 --name one {words}"));
        let mut child = command
            .stdout(std::process::Stdio::piped())
            .stderr(std::process::Stdio::piped())
            .spawn()
            .unwrap();
        let mut said = String::new();
        let mut out = std::io::BufReader::new(child.stdout.take().unwrap());
        std::io::BufRead::read_line(&mut out, &mut said).unwrap();
        let pid = rustix::process::Pid::from_child(&child);
        rustix::process::kill_process(pid, Signal::TERM).unwrap();
        let output = child.wait_with_output().unwrap();
        let errors = String::from_utf8(output.stderr).unwrap();
        let hint = "this peer has nobody to begin with: name an indexed peer with --bootstrap";
        assert_eq!(errors.contains(hint), is_warned, "{words}: {errors}");
    }
}
