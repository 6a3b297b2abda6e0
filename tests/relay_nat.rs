//! Peers behind real NATs of the kernel: each finds out what it is behind, and each of the
//! sixteen pairs meets the way that the strategy table of the protocol says.

mod relay_support;

use relay_support::{Lab, Machine, Nat, Peer, Setup};

/// A public segment with three indexed peers, and two peers behind NATs that want to meet.
struct Meeting {
    _lab: Lab,
    indexed: Vec<Peer>,
    first: Peer,
    second: Peer,
}

impl Meeting {
    /// Starts everybody; the first is ready before the second is there.
    #[track_caller]
    fn start(first: Nat, second: Nat) -> Option<Self> {
        let lab = Lab::start()?;
        let mut indexed: Vec<Peer> = Vec::new();
        for number in 1..=3 {
            let setup = Setup::new(&format!("indexed {number}")).indexed();
            let next = setup.on(&lab.public()).knows(&indexed).ours();
            indexed.push(next);
        }
        let start = |name: &str, machine: Machine| {
            let setup = Setup::new(name).keepalive(10).on(&machine);
            let peer = setup.knows(&indexed).joins(ROOM).ours();
            peer.ready();
            peer
        };
        let first = start("first", lab.behind(first));
        let second = start("second", lab.behind(second));
        Some(Self {
            first,
            second,
            indexed,
            _lab: lab,
        })
    }

    /// How the two reach each other, once they do.
    #[track_caller]
    fn links(&self) -> [String; 2] {
        [(&self.first, &self.second), (&self.second, &self.first)].map(|(from, to)| {
            let met = from.event("connection", |line| line["peer"] == to.id());
            met["via"].as_str().unwrap().to_owned()
        })
    }

    /// Sends a text each way, to the other alone and to all.
    #[track_caller]
    fn talk(&self) {
        for (from, to) in [(&self.first, &self.second), (&self.second, &self.first)] {
            let text = format!("{} writes", from.name());
            from.stream(to, ROOM, &text);
            to.hears("stream", &text);
            let text = format!("{} publishes", from.name());
            from.publish(ROOM, &text);
            to.hears("packet", &text);
        }
        let all = self.indexed.iter().chain([&self.first, &self.second]);
        all.for_each(Peer::check_is_sound);
    }
}

/// What the two of a pair may say of their link: the first's word and the second's.
fn expected(first: Nat, second: Nat) -> (&'static [&'static str], &'static [&'static str]) {
    match (first, second) {
        (Nat::Endpoint, Nat::Endpoint) => (&["proxy"], &["proxy"]),
        // The hard side holds the socket that got through; the other side may not see that.
        (Nat::Endpoint, Nat::Port) => (&["punched"], &["punched", "direct"]),
        (Nat::Port, Nat::Endpoint) => (&["punched", "direct"], &["punched"]),
        _ => (&["direct"], &["direct"]),
    }
}

/// Probing at random gets through 98.35 times in 100; a second failure in a row is a fault.
const TRIES_MAX: usize = 2;

#[track_caller]
fn check(first: Nat, second: Nat) {
    for attempt in 1..=TRIES_MAX {
        let Some(meeting) = Meeting::start(first, second) else {
            return;
        };
        assert_eq!(meeting.first.ready()["nat"], first.name());
        assert_eq!(meeting.second.ready()["nat"], second.name());
        let [of_first, of_second] = meeting.links();
        let (by_first, by_second) = expected(first, second);
        let is_expected = by_first.contains(&&*of_first) && by_second.contains(&&*of_second);
        meeting.talk();
        if is_expected {
            return;
        }
        let is_chance = by_first.contains(&"punched") && attempt < TRIES_MAX;
        assert!(
            is_chance,
            "{first:?} to {second:?}: {of_first}, {of_second}\n{}\n{}",
            meeting.first.story(),
            meeting.second.story()
        );
    }
}

macro_rules! pairs {
    ($($name:ident: $first:ident, $second:ident;)*) => {
        $(#[test]
        fn $name() {
            check(Nat::$first, Nat::$second);
        })*
    };
}

pairs! {
    an_open_peer_meets_an_open_one: Unrestricted, Unrestricted;
    an_open_peer_meets_one_behind_an_address_filter: Unrestricted, Address;
    an_open_peer_meets_one_behind_a_port_filter: Unrestricted, Port;
    an_open_peer_meets_one_behind_a_hard_nat: Unrestricted, Endpoint;
    a_peer_behind_an_address_filter_meets_an_open_one: Address, Unrestricted;
    a_peer_behind_an_address_filter_meets_its_like: Address, Address;
    a_peer_behind_an_address_filter_meets_one_behind_a_port_filter: Address, Port;
    a_peer_behind_an_address_filter_meets_one_behind_a_hard_nat: Address, Endpoint;
    a_peer_behind_a_port_filter_meets_an_open_one: Port, Unrestricted;
    a_peer_behind_a_port_filter_meets_one_behind_an_address_filter: Port, Address;
    a_peer_behind_a_port_filter_meets_its_like: Port, Port;
    a_peer_behind_a_port_filter_pierces_a_hard_nat: Port, Endpoint;
    a_peer_behind_a_hard_nat_meets_an_open_one: Endpoint, Unrestricted;
    a_peer_behind_a_hard_nat_meets_one_behind_an_address_filter: Endpoint, Address;
    a_peer_behind_a_hard_nat_pierces_a_port_filter: Endpoint, Port;
    two_peers_behind_hard_nats_meet_through_a_proxy: Endpoint, Endpoint;
}

/// What the two share a key by.
const ROOM: &str = "room";
