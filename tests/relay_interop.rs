//! Peers of ours and reference peers in one network on loopback: each kind finds its address
//! through the other, joins, publishes, streams, asks and answers, and fills late comers.

mod relay_support;

use relay_support::{Kind, Peer, Setup, eventually, long_text};
use serde_json::json;

/// Two indexed peers of a kind, which know each other.
fn indexed(kind: Kind, name: &str) -> [Peer; 2] {
    let first = Setup::new(&format!("{name} 1")).indexed().start(kind);
    let second = Setup::new(&format!("{name} 2")).indexed();
    let second = second.knows([&first]).start(kind);
    [first, second]
}

#[track_caller]
fn check_reflection(of: Kind, through: Kind) {
    let known = indexed(through, "indexed");
    let peer = Setup::new("ordinary").knows(&known).start(of);
    let ready = peer.ready();
    assert_eq!(ready["nat"], "UNRESTRICTED", "{}", peer.story());
    assert_eq!(ready["address"], "127.0.0.1");
    assert_eq!(ready["port"], peer.port());
    for peer in known.iter().chain([&peer]) {
        peer.check_is_sound();
    }
}

#[test]
fn our_peer_reflects_through_theirs() {
    check_reflection(Kind::Ours, Kind::Theirs);
}

#[test]
fn their_peer_reflects_through_ours() {
    check_reflection(Kind::Theirs, Kind::Ours);
}

/// Three of ours and six of theirs: one and two of them indexed, all others in one room.
struct Mixed {
    indexed: Vec<Peer>,
    ours: Vec<Peer>,
    theirs: Vec<Peer>,
}

impl Mixed {
    #[track_caller]
    fn start() -> Self {
        let mut indexed = vec![setup("our index").indexed().ours()];
        for name in ["their index 1", "their index 2"] {
            let next = setup(name).indexed().knows(&indexed).theirs();
            indexed.push(next);
        }
        let member = |name: String| setup(&name).knows(&indexed).joins(ROOM);
        let ours = ["1", "2"].map(|number| member(format!("ours {number}")).ours());
        let theirs = ["1", "2", "3", "4"].map(|number| member(format!("theirs {number}")).theirs());
        let mixed = Self {
            ours: ours.into(),
            theirs: theirs.into(),
            indexed,
        };
        mixed.members().for_each(|peer| drop(peer.ready()));
        mixed
    }

    fn members(&self) -> impl Iterator<Item = &Peer> {
        self.ours.iter().chain(&self.theirs)
    }

    /// Waits until everybody has met somebody of each kind.
    #[track_caller]
    fn meet(&self) {
        for peer in self.members() {
            for kind in [&self.ours, &self.theirs] {
                let others: Vec<_> = kind
                    .iter()
                    .map(Peer::id)
                    .filter(|id| *id != peer.id())
                    .collect();
                peer.event("join", |join| others.iter().any(|id| join["peer"] == *id));
            }
        }
    }

    #[track_caller]
    fn check_is_sound(&self) {
        self.members()
            .chain(&self.indexed)
            .for_each(Peer::check_is_sound);
    }
}

fn setup(name: &str) -> Setup {
    Setup::new(name).keepalive(3)
}

/// One of a kind sends a text to all: ours put long ones together, theirs keep every part.
#[track_caller]
fn check_publish(mixed: &Mixed, from: &Peer, text: &str) {
    let ids = from.publish(ROOM, text);
    assert_eq!(ids.len(), packet_count(text), "{}", from.story());
    let others = |peer: &&Peer| peer.id() != from.id();
    for peer in mixed.ours.iter().filter(others) {
        let packet = peer.hears("packet", text);
        assert_eq!(packet["id"], *ids[0]);
    }
    for peer in mixed.theirs.iter().filter(others) {
        eventually(&format!("{} keeps every packet", peer.name()), || {
            let kept = peer.kept();
            ids.iter().all(|id| kept.contains(id)).then_some(())
        });
        // The reference reads long messages, too, whichever part of them comes last.
        peer.hears("packet", text);
    }
}

/// Sealing adds 160 bytes; more than one packet takes a head besides.
fn packet_count(text: &str) -> usize {
    match (text.len() + 160).div_ceil(1024) {
        1 => 1,
        count => count + 1,
    }
}

#[test]
fn three_of_ours_and_six_of_theirs_hear_each_other() {
    let mixed = Mixed::start();
    mixed.meet();
    for from in [&mixed.ours[0], &mixed.theirs[0]] {
        for length in [100, 3000] {
            check_publish(&mixed, from, &long_text(from.name(), length));
        }
    }
    mixed.check_is_sound();
}

#[test]
fn both_kinds_stream_to_each_other() {
    let mixed = Mixed::start();
    let (ours, theirs) = (&mixed.ours[0], &mixed.theirs[0]);
    for (from, to) in [(ours, theirs), (theirs, ours)] {
        for peer in [from, to] {
            let other = if peer.id() == from.id() { to } else { from };
            eventually("each knows the other", || peer.via(other.id()));
        }
        for length in [100, 3000] {
            let text = long_text(&format!("{} streams", from.name()), length);
            from.stream(to, ROOM, &text);
            let heard = to.hears("stream", &text);
            assert_eq!(heard["from"], from.id(), "{heard}");
        }
    }
    mixed.check_is_sound();
}

#[test]
fn a_late_comer_of_each_kind_is_filled_by_the_other() {
    for kind in [Kind::Ours, Kind::Theirs] {
        check_late_comer(kind);
    }
}

/// Everything is published before the late comer starts, by peers of the other kind alone.
#[track_caller]
fn check_late_comer(kind: Kind) {
    let other = if kind == Kind::Ours {
        Kind::Theirs
    } else {
        Kind::Ours
    };
    let known = indexed(other, "indexed");
    let member = |name: &str| setup(name).knows(&known).joins(ROOM);
    let early = member("early").start(other);
    for peer in &known {
        early.event("connection", |line| line["peer"] == peer.id());
    }
    let texts = [100, 3000].map(|length| long_text("before", length));
    let mut ids = Vec::new();
    for text in &texts {
        ids.extend(early.publish(ROOM, text));
    }
    for peer in &known {
        eventually("the indexed peers have them", || {
            (peer.packet_count() >= ids.len()).then_some(())
        });
    }
    let late = member("late").start(kind);
    let friend = late.event("connection", |_| true);
    // The reference compares caches only when told to; ours does by itself.
    if kind == Kind::Theirs {
        late.ask(json!({ "do": "sync", "peer": friend["peer"] }));
    }
    eventually("the late comer has all", || {
        (late.packet_count() >= ids.len()).then_some(())
    });
    for text in &texts {
        late.hears("packet", text);
    }
    for peer in known.iter().chain([&early, &late]) {
        peer.check_is_sound();
    }
}

#[test]
fn both_kinds_ask_and_answer_each_other() {
    // No third peer, since the reference lets intermediates keep answers for themselves.
    let known = indexed(Kind::Theirs, "indexed");
    let member = |name: &str| setup(name).knows(&known).joins(ROOM);
    let (ours, theirs) = (member("ours").ours(), member("theirs").theirs());
    theirs.ask(json!({ "do": "answering", "is_on": true }));
    for (from, to) in [(&ours, &theirs), (&theirs, &ours)] {
        from.event("connection", |line| line["peer"] == to.id());
        let question = json!({ "wants": format!("the news of {}", to.name()) });
        let request = json!({ "do": "query", "question": question, "wanted": null, "first": null });
        from.ask(request);
        let asked = to.event("query", |line| line["question"] == question);
        let text = format!("answer to {}", from.name());
        to.ask(json!({ "do": "answer", "query": asked["id"], "text": text }));
        from.hears("answer", &text);
    }
    [&ours, &theirs]
        .iter()
        .for_each(|peer| peer.check_is_sound());
}

#[test]
fn a_packet_that_is_asked_for_comes_from_either_kind() {
    let known = indexed(Kind::Theirs, "indexed");
    let member = |name: &str| setup(name).knows(&known).joins(ROOM);
    let (ours, theirs) = (member("ours").ours(), member("theirs").theirs());
    for (from, to) in [(&ours, &theirs), (&theirs, &ours)] {
        from.event("connection", |line| line["peer"] == to.id());
        let text = format!("kept by {}", to.name());
        let id = to.publish(ROOM, &text).remove(0);
        from.hears("packet", &text);
        let question = json!({ "packetId": id });
        let request = json!({ "do": "query", "question": question, "wanted": id, "first": null });
        // The reference takes no packet again that it has sent on less than a keepalive ago.
        eventually("the packet comes as an answer", || {
            from.ask(request.clone());
            let answers = from.events("answer");
            answers
                .iter()
                .any(|answer| answer["packet"] == id)
                .then_some(())
        });
    }
    [&ours, &theirs]
        .iter()
        .for_each(|peer| peer.check_is_sound());
}

/// What the members of these tests share a key by.
const ROOM: &str = "room";
