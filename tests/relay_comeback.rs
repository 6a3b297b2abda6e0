//! Peers that crash, come back and ask for what they missed, as real processes on loopback.

#[allow(dead_code, reason = "this file uses a part")]
#[path = "relay_peer_cli/client.rs"]
mod client;
#[allow(dead_code, reason = "this file uses a part")]
#[path = "relay_peer_cli/process.rs"]
mod process;

use rustix::process::Signal;
use serde_json::json;

use self::{client::Client, process::Place};

const CATS: &str = "--cluster cats --key secret";

#[test]
fn a_causal_subscription_asks_the_network_for_a_message_that_its_peer_gave_up() {
    let place = Place::new();
    let words = "--indexed --cluster cats --join secret --name keeper";
    let keeper = place.peer(words);
    let words = format!(
        "--bootstrap 127.0.0.1:{} --cluster cats --join secret --cache 16kB --name small",
        keeper.port
    );
    let mut small = place.peer(&words).ready(1);
    let tell = format!("publish {CATS} --peer keeper");
    let first = place.ok(&format!("{tell} --event story first"), b"");
    small.wait("packet", |packet| packet["id"] == first.trim());
    // Enough to drive it out of the small cache, which will not take it again so soon.
    let filling = "f".repeat(700);
    for number in 0..30 {
        let id = place.ok(
            &format!("{tell} --event filling"),
            format!("{number}{filling}").as_bytes(),
        );
        small.wait("packet", |packet| packet["id"] == id.trim());
    }
    let mut asker = Client::of(&small);
    let walk = json!({ "do": "walk", "packet": first.trim() });
    assert_eq!(asker.ask(walk)["error"]["kind"], "NotFound");
    let subscribe = json!({
        "do": "subscribe", "key": { "seed": "secret" }, "event": "story", "causal": true,
    });
    asker.ok(subscribe);
    let follows = format!("{tell} --event story --after {} second", first.trim());
    let second = place.ok(&follows, b"");
    let told = [asker.line(), asker.line()];
    assert_eq!(told.map(|line| line["text"].clone()), ["first", "second"]);
    // It came as an answer to a question, and in no other way.
    let answer = small.wait("answer", |_| true);
    assert_eq!(
        (&answer["packet"], &answer["text"]),
        (&json!(first.trim()), &json!("first"))
    );
    small.wait("packet", |packet| packet["id"] == second.trim());
}

#[test]
fn a_peer_finds_its_neighbours_again_without_a_bootstrap_even_if_it_was_killed() {
    let place = Place::new();
    let (_indexed, bootstrap) = place.indexed();
    let words = "--cluster cats --join secret --state peer.state --name one";
    let one = place.peer(&format!("{bootstrap} {words}"));
    let (id, one) = (one.id.clone(), one.ready(1));
    // At its end it writes down whom it knows, however short its life was.
    one.signal(Signal::TERM);
    one.ends();
    for text in ["missed", "missed again"] {
        let tell = format!("publish {CATS} --peer indexed");
        place.ok(&tell, text.as_bytes());
        let mut one = place.peer(words);
        assert_eq!(one.id, id);
        let connection = one.wait("connection", |_| true);
        assert_eq!(connection["indexed"], true);
        one.wait("packet", |packet| packet["text"] == text);
        one.kill();
    }
}

#[cfg(feature = "faults")]
mod faults {
    use std::{
        io::{BufRead as _, BufReader, Read as _},
        os::unix::net::UnixStream,
        process::Stdio,
    };

    use super::*;

    #[test]
    fn a_relay_that_crashes_comes_back_as_itself_and_messages_pass_again() {
        let place = Place::new();
        let (mut indexed, bootstrap) = place.indexed();
        let words = format!("{bootstrap} --cluster cats --join secret --name one");
        let mut one = place.peer(&words).ready(1);
        let mut listener = Client::of(&one);
        listener.ok(json!({ "do": "subscribe", "key": { "seed": "secret" } }));
        let mut client = Client::of(&one);
        let before = client.ok(json!({ "do": "info" }));
        indexed.wait("connection", |_| true);
        client.ok(json!({ "do": "crash" }));
        // Those who take it for connected learn that it is not, and then that it is again.
        let lost = one.wait("disconnection", |_| true);
        assert_eq!(lost["peer"], indexed.id);
        one.wait("connection", |_| true);
        let after = client.ok(json!({ "do": "info" }));
        for same in ["peer", "local", "subclusters"] {
            assert_eq!(after[same], before[same], "{same}");
        }
        place.ok(&format!("publish {CATS} --peer indexed hello"), b"");
        assert_eq!(listener.line()["text"], "hello");
        let back = place.ok("publish --key secret --peer one back", b"");
        let mut reader = Client::of(&indexed);
        let subscribe = json!({
            "do": "subscribe", "key": { "seed": "secret" }, "cluster": "cats", "since_cache": true,
        });
        reader.ok(subscribe);
        while reader.line()["id"] != back.trim() {}
        let actors = place.ok("inspect peer-one --json", b"");
        let report: serde_json::Value = serde_json::from_str(&actors).unwrap();
        let actors = report["actors"].as_array().unwrap();
        let relay = actors
            .iter()
            .find(|actor| actor["kind"] == "relay")
            .unwrap();
        assert_eq!(relay["restarts"], 1);
    }

    #[test]
    fn a_peer_whose_relay_keeps_crashing_says_so_and_exits_with_70() {
        let place = Place::new();
        let mut command =
            place.command("peer --json --indexed --address 127.0.0.1 --cluster cats --name one");
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let mut said = String::new();
        // A peer that listens has its control socket.
        out.read_line(&mut said).unwrap();
        let control = place.path("runtime/peer-one.sock");
        let mut client = Client::on(UnixStream::connect(&control).unwrap());
        // One more than the supervisor puts up with; they wait in the queue of the next relay.
        for _ in 0..6 {
            client.ok(json!({ "do": "crash" }));
        }
        out.read_to_string(&mut said).unwrap();
        let output = child.wait_with_output().unwrap();
        let errors = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(70), "{errors}");
        let text = "error: the peer cannot go on: actor 'relay:one' keeps crashing";
        assert!(errors.contains(text), "{errors}");
        let last: serde_json::Value = serde_json::from_str(said.lines().last().unwrap()).unwrap();
        assert_eq!(last, json!({ "event": "failed", "actor": "relay:one" }));
        assert!(!control.exists());
    }
}
