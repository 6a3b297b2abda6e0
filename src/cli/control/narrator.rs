//! The events of a peer in words: one short line each, and none for what only machines
//! care about.

use std::collections::BTreeSet;

use serde_json::Value;

use super::words::{endpoint, nat, printable, short, text};
use crate::cli::format;

/// Turns events into lines, and remembers what a person would want to know besides.
#[derive(Debug, Default)]
pub(in crate::cli) struct Narrator {
    connected: BTreeSet<String>,
    messages_count: u64,
    is_ready: bool,
}

/// A line in words: a verb, and what it is about.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::cli) struct Sentence {
    pub(in crate::cli) verb: &'static str,
    pub(in crate::cli) what: String,
}

impl Narrator {
    /// What to say of an event, if anything.
    pub(in crate::cli) fn tell(&mut self, event: &Value) -> Option<Sentence> {
        let (verb, what) = match event["event"].as_str()? {
            "listening" => ("Listening", listening(event)),
            "ready" => ("Ready", self.ready(event)),
            "connection" => ("Connected", self.connection(event)?),
            "disconnection" => ("Lost", self.disconnection(event)?),
            "join" => ("Joined", joined(event)),
            "packet" => ("Message", self.message(event)),
            "stream" => {
                let from = short(text(event, "from"));
                let message = self.message(event);
                ("Stream", format!("{message}, from peer {from}"))
            }
            "query" => ("Question", question(event)),
            "answer" => ("Answer", content(event)),
            "sync" => return synced(event),
            "limited" => (
                "Limited",
                format!("{} sends more than it may", endpoint(event)),
            ),
            "lost" => (
                "Skipped",
                several(event["count"].as_u64().unwrap_or(0), "event"),
            ),
            "gap" => ("Missing", short(text(event, "missing")).to_owned()),
            "failed" => ("Failed", format!("actor {}", text(event, "actor"))),
            "stopped" => ("Stopped", self.summary()),
            _ => return None,
        };
        Some(Sentence { verb, what })
    }

    /// What somebody should look after, if the event is about that.
    pub(in crate::cli) fn warning(event: &Value) -> Option<String> {
        let hint = text(event, "hint");
        match event["event"].as_str()? {
            "unanswered" => Some(format!(
                "no answer from bootstrap peer {}: {hint}",
                endpoint(event)
            )),
            "unresolved" => Some(format!(
                "no IPv4 address is known for bootstrap peer {}:{}: {hint} It is looked up again in {} s",
                printable(text(event, "host")),
                event["port"],
                event["retry"],
            )),
            _ => None,
        }
    }

    fn ready(&mut self, event: &Value) -> String {
        let is_again = std::mem::replace(&mut self.is_ready, true);
        let place = match event["address"].as_str() {
            Some(_) => format!("at {}", endpoint(event)),
            None => "at the address that it listens on".to_owned(),
        };
        let again = if is_again { "now " } else { "" };
        format!("{again}{place}, {}", nat(text(event, "nat")))
    }

    fn connection(&mut self, event: &Value) -> Option<String> {
        let peer = text(event, "peer");
        if !self.connected.insert(peer.to_owned()) {
            return None;
        }
        let count = several(self.connected.len() as u64, "peer");
        Some(format!("{}; {count}", neighbour(event)))
    }

    fn disconnection(&mut self, event: &Value) -> Option<String> {
        let peer = text(event, "peer");
        if !self.connected.remove(peer) {
            return None;
        }
        let left = self.connected.len();
        Some(format!(
            "peer {} at {}; {left} left",
            short(peer),
            endpoint(event)
        ))
    }

    fn message(&mut self, event: &Value) -> String {
        self.messages_count += 1;
        let count = format::count(self.messages_count);
        format!(
            "#{count} in {}: {}",
            short(text(event, "subcluster")),
            content(event)
        )
    }

    fn summary(&self) -> String {
        let (messages, peers) = (self.messages_count, self.connected.len() as u64);
        let (messages, peers) = (several(messages, "message"), several(peers, "peer"));
        format!("after {messages}, with {peers} connected")
    }
}

/// `1 peer`, `2 peers`.
fn several(count: u64, what: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{} {what}{plural}", format::count(count))
}

fn listening(event: &Value) -> String {
    let (peer, probe) = (short(text(event, "peer")), &event["probe_port"]);
    format!("on {}, probe port {probe}, as peer {peer}", endpoint(event))
}

/// A neighbour with its kind and the way to it.
fn neighbour(event: &Value) -> String {
    let (peer, at) = (short(text(event, "peer")), endpoint(event));
    let is_indexed = event["indexed"].as_bool().unwrap_or(false);
    let kind = if is_indexed { "indexed peer" } else { "peer" };
    let way = match (text(event, "via"), event["proxy"].as_str()) {
        ("punched", _) => ", through its NAT".to_owned(),
        (_, Some(proxy)) => format!(", by way of {}", short(proxy)),
        _ => String::new(),
    };
    format!("to {kind} {peer} at {at}{way}")
}

fn joined(event: &Value) -> String {
    let (peer, subcluster) = (text(event, "peer"), text(event, "subcluster"));
    format!("peer {} takes part in {}", short(peer), short(subcluster))
}

fn question(event: &Value) -> String {
    format!(
        "from {}: {}",
        endpoint(event),
        cut(&event["question"].to_string())
    )
}

fn synced(event: &Value) -> Option<Sentence> {
    let (peer, packets) = (short(text(event, "peer")), event["packets"].as_u64()?);
    (packets > 0).then(|| Sentence {
        verb: "Synced",
        what: format!(
            "with peer {peer}, which gets {}",
            several(packets, "packet")
        ),
    })
}

/// The beginning of a message, or how long it is.
fn content(event: &Value) -> String {
    match (event["text"].as_str(), event["size"].as_u64()) {
        (Some(text), _) => cut(text),
        (None, Some(size)) => format!("{} of data", format::bytes(size)),
        (None, None) => "data".to_owned(),
    }
}

/// The first line, as far as there is room for it.
fn cut(text: &str) -> String {
    let line = text.lines().next().unwrap_or_default();
    let shown: String = line.chars().take(TEXT_CHARS_MAX).collect();
    let is_cut = shown.len() < text.len();
    format!("{}{}", printable(&shown), if is_cut { "…" } else { "" })
}

const TEXT_CHARS_MAX: usize = 60;

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[track_caller]
    fn check(narrator: &mut Narrator, event: Value, expected: Option<&str>) {
        let told = narrator.tell(&event);
        let told = told.map(|told| format!("{} {}", told.verb, told.what));
        assert_eq!(told.as_deref(), expected);
    }

    fn neighbour_event(name: &str, via: &str, proxy: Option<String>) -> Value {
        json!({
            "event": name, "peer": "ab".repeat(32), "address": "192.0.2.7", "port": 5,
            "nat": "UNRESTRICTED", "indexed": true, "via": via, "proxy": proxy, "key": null,
        })
    }

    #[test]
    fn a_day_in_the_life_of_a_peer() {
        let mut told = Narrator::default();
        let listening = json!({
            "event": "listening", "peer": "cd".repeat(32), "address": "0.0.0.0", "port": 9777,
            "probe_port": 9778, "control": "/run/x.sock",
        });
        let expected = "Listening on 0.0.0.0:9777, probe port 9778, as peer cdcdcdcdcdcd";
        check(&mut told, listening, Some(expected));
        let connecting = json!({ "event": "connecting", "step": 0.5, "status": "…" });
        check(&mut told, connecting, None);
        let ready = json!({
            "event": "ready", "address": "198.51.100.1", "port": 7, "nat": "PORT_RESTRICTED",
        });
        let expected = "Ready at 198.51.100.1:7, port-restricted NAT";
        check(&mut told, ready, Some(expected));
        let expected = "Connected to indexed peer abababababab at 192.0.2.7:5; 1 peer";
        let connection = neighbour_event("connection", "direct", None);
        check(&mut told, connection.clone(), Some(expected));
        check(&mut told, connection, None);
        let packet = json!({
            "event": "packet", "subcluster": "ef".repeat(32), "text": "hello\nworld", "size": 171,
        });
        check(
            &mut told,
            packet,
            Some("Message #1 in efefefefefef: hello…"),
        );
        let disconnection = neighbour_event("disconnection", "direct", None);
        let expected = "Lost peer abababababab at 192.0.2.7:5; 0 left";
        check(&mut told, disconnection, Some(expected));
        let expected = "Stopped after 1 message, with 0 peers connected";
        check(&mut told, json!({ "event": "stopped" }), Some(expected));
    }

    #[test]
    fn the_way_to_a_peer_is_said_where_it_is_not_straight() {
        let mut told = Narrator::default();
        let event = neighbour_event("connection", "proxy", Some("01".repeat(32)));
        let expected =
            "Connected to indexed peer abababababab at 192.0.2.7:5, by way of 010101010101; 1 peer";
        check(&mut told, event, Some(expected));
    }

    #[test]
    fn messages_cannot_move_the_cursor() {
        let event = json!({ "event": "packet", "text": "\u{1b}[2Jx", "size": 5 });
        let told = Narrator::default().tell(&event).unwrap();
        assert!(told.what.ends_with("·[2Jx"), "{}", told.what);
    }
}
