//! The nodes that conversations start with: fresh, among neighbours, and full.
//!
//! Each is made once and then copied, so that a conversation costs no more than its steps.

use std::{cell::OnceCell, time::Duration};

use super::{
    crafted::{BOOTSTRAP_COUNT, Choice, Target, address, id, key, publication},
    ledger::Ledger,
    talk::{CACHE_BYTES, Talk},
};
use crate::{
    relay::{
        ClusterId, Now, Time,
        cache::CacheConfig,
        keys::{LinkSigning, SharedKey},
        packet::Field,
        peer::{Bootstrap, Peer, PeerConfig, Ticket},
    },
    relay_node::Node,
};

thread_local! {
    static TALKS: [OnceCell<Talk>; KIND_COUNT] = const { [const { OnceCell::new() }; KIND_COUNT] };
}

/// What kind of node it is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Kind {
    is_indexed: bool,
    /// Whom it has met.
    company: Company,
}

/// Whom a node has met.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Company {
    Nobody,
    Few,
    Crowd,
}

/// A conversation that starts with a node of this kind, and how much may happen in it.
pub(super) fn talk(kind: Kind, effort: u32) -> Talk {
    let place = 2 * kind.company as usize + usize::from(kind.is_indexed);
    let mut talk = TALKS.with(|talks| talks[place].get_or_init(|| make(kind)).clone());
    talk.wakes_left = EFFORT_MIN + effort;
    talk.says_left = EFFORT_MIN + effort;
    talk
}

fn make(kind: Kind) -> Talk {
    let is_hard = kind.company == Company::Crowd;
    let mut talk = fresh(kind.is_indexed, is_hard);
    if kind.company != Company::Nobody {
        settle(&mut talk);
    }
    if kind.company == Company::Crowd {
        crowd(&mut talk);
    }
    talk.forget();
    talk
}

/// A node that has just been opened.
fn fresh(is_indexed: bool, is_hard: bool) -> Talk {
    let now = Now {
        time: Time::from_micros(1),
        unix_ms: 1_700_000_000_000,
    };
    let node = node(is_indexed, now);
    let target = Target {
        peer: node.peer.peer_id(),
        subcluster: key().key_pair().subcluster(),
    };
    let mut talk = Talk {
        node,
        now,
        ledger: Ledger::default(),
        target,
        is_hard,
        wakes_left: u32::MAX,
        says_left: u32::MAX,
    };
    command(&mut talk, |peer, now| {
        peer.open(now);
        let _ = peer.join(now, None, key());
    });
    talk
}

/// The owner of the node wants something.
fn command<T>(talk: &mut Talk, command: impl FnOnce(&mut Peer, Now) -> T) {
    talk.input(|node, now| drop(node.command(now, |peer| command(peer, now))));
}

/// The node finds out what it is behind and meets a few.
fn settle(talk: &mut Talk) {
    for _ in 0..100 {
        talk.answer_all();
        talk.pass(Duration::from_millis(100));
    }
    for who in 3..12 {
        meet(talk, who);
    }
}

/// Somebody makes a link.
fn meet(talk: &mut Talk, who: u16) {
    talk.say(Choice {
        kind: PING,
        who,
        of: 0,
        a: 1,
        b: 0,
    });
    talk.answer_all();
}

/// Fills what can be filled.
fn crowd(talk: &mut Talk) {
    talk.ledger.close();
    for number in 0..=255 {
        let filler = SharedKey([number; 32]);
        command(talk, |peer, now| peer.join(now, None, filler));
    }
    for who in 12..1_100 {
        meet(talk, who % 300 + 3);
        say(talk, PUBLISH, who % 250, who, 4);
        say(talk, SYNC, who % 250, who, 3);
        say(talk, QUERY, who % 250, who, 0);
        say(talk, QUERY, (who + 1) % 250, who + 2_000, 0);
        say(talk, JOIN, who % 250, who, 6 << 5);
        say(talk, STREAM, who % 200, who, 3);
        talk.pass(Duration::from_millis(7));
    }
    for number in 0..1_100 {
        let question = serde_json::json!({ "n": number });
        let first = id(number % 100);
        command(talk, |peer, now| {
            peer.query(now, question, None, Some(first))
        });
    }
    for who in 1_100..2_200 {
        say(talk, PING, who, who, 1);
        say(talk, JOIN, who, who, 0);
        talk.forget();
    }
    for who in 3..250 {
        say(talk, INTRO, who, who + 3_000, 0);
        talk.forget();
    }
    let publication = publication(3_000);
    command(talk, |peer, now| peer.publish(now, Ticket(1), publication));
}

fn say(talk: &mut Talk, kind: u8, who: u16, of: u16, a: u8) {
    let b = (of % 251) as u8;
    talk.say(Choice {
        kind,
        who,
        of,
        a,
        b,
    });
}

fn node(is_indexed: bool, now: Now) -> Node {
    let bootstraps = (0..BOOTSTRAP_COUNT).map(|number| Bootstrap {
        address: address(number),
        peer_id: None,
        is_indexed: true,
    });
    let config = PeerConfig {
        signing: LinkSigning::Ed25519,
        peer_id: None,
        identity_seed: [1; 32],
        is_indexed,
        cluster: Field::new(b"TEST").ok().map(ClusterId),
        bootstraps: bootstraps.collect(),
        keepalive: Duration::from_secs(30),
        address: is_indexed.then(|| address(200)),
    };
    let cache = CacheConfig {
        bytes_max: CACHE_BYTES,
    };
    Node::new(config, cache, [2; 32], now)
}

const PING: u8 = 0;
const INTRO: u8 = 1;
const JOIN: u8 = 2;
const PUBLISH: u8 = 3;
const STREAM: u8 = 4;
const SYNC: u8 = 5;
const QUERY: u8 = 6;
/// Nodes that are alone or among a few.
pub(super) const FEW: [Kind; 4] = [
    kind(true, Company::Nobody),
    kind(false, Company::Nobody),
    kind(true, Company::Few),
    kind(false, Company::Few),
];
/// Nodes whose tables are full.
pub(super) const CROWD: [Kind; 2] = [kind(true, Company::Crowd), kind(false, Company::Crowd)];
const KIND_COUNT: usize = FEW.len() + CROWD.len();
/// Times that a node is woken in the shortest conversation, and packets that are made up.
const EFFORT_MIN: u32 = 4;

const fn kind(is_indexed: bool, company: Company) -> Kind {
    Kind {
        is_indexed,
        company,
    }
}
