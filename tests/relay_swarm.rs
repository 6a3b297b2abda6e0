//! Thirty-two peers of ours on loopback: joining is cheap, and everybody hears everything.

mod relay_support;

use std::time::{Duration, Instant};

use relay_support::{Peer, Setup, now, pause};

/// The swarm with the time at which each of its peers was started.
struct Swarm {
    indexed: Vec<(Instant, Peer)>,
    /// Members of the subcluster in which something is published.
    subscribers: Vec<(Instant, Peer)>,
    /// Members of another subcluster of the same cluster, and of another cluster.
    others: Vec<(Instant, Peer)>,
}

impl Swarm {
    #[track_caller]
    fn start() -> Self {
        let mut indexed: Vec<(Instant, Peer)> = Vec::new();
        for number in 0..INDEXED_COUNT {
            let setup = Setup::new(&format!("indexed {number}")).indexed();
            let known = indexed.iter().map(|(_, peer)| peer);
            let next = setup.knows(known);
            indexed.push((now(), next.ours()));
        }
        let known = || indexed.iter().map(|(_, peer)| peer);
        let start = |name: String, cluster: &str, room: &str| {
            let setup = Setup::new(&name).cluster(cluster).joins(room);
            (now(), setup.knows(known()).ours())
        };
        let (mut subscribers, mut others) = (Vec::new(), Vec::new());
        for number in 0..MEMBER_COUNT {
            match number % 4 {
                0 => others.push(start(format!("hall {number}"), "CLUSTER", "hall")),
                1 => others.push(start(format!("stranger {number}"), "ELSEWHERE", ROOM)),
                _ => subscribers.push(start(format!("member {number}"), "CLUSTER", ROOM)),
            }
        }
        Self {
            indexed,
            subscribers,
            others,
        }
    }

    fn all(&self) -> impl Iterator<Item = &(Instant, Peer)> {
        self.indexed
            .iter()
            .chain(&self.subscribers)
            .chain(&self.others)
    }
}

/// Everything but what a user has said.
#[track_caller]
fn control_count(peer: &Peer) -> u64 {
    let is_control = |name: &str| name != "publish" && name != "stream";
    let sent = peer.sent();
    let counts = sent.iter().filter(|(name, _)| is_control(name));
    counts.map(|(_, count)| count).sum()
}

#[test]
fn a_swarm_of_thirty_two_joins_cheaply_and_hears_every_packet() {
    let swarm = Swarm::start();
    swarm
        .subscribers
        .iter()
        .for_each(|(_, peer)| drop(peer.ready()));
    println!("{}", check_joining(&swarm));
    check_publishing(&swarm);
    swarm.all().for_each(|(_, peer)| peer.check_is_sound());
}

/// Each peer is asked when it is thirty seconds old; says what was counted.
#[track_caller]
fn check_joining(swarm: &Swarm) -> String {
    let mut peers: Vec<_> = swarm.all().collect();
    peers.sort_by_key(|(start, _)| *start);
    let mut counts = Vec::new();
    for (start, peer) in peers {
        pause(OBSERVED.saturating_sub(now() - *start));
        counts.push((control_count(peer), peer.name().to_owned()));
    }
    counts.sort();
    let total: u64 = counts.iter().map(|(count, _)| count).sum();
    let average = total / u64::try_from(counts.len()).unwrap();
    let said = format!("control datagrams in the first 30 s: {average} a peer; {counts:?}");
    assert!(average <= CONTROL_COUNT_MAX, "{said}");
    said
}

/// A hundred packets from ten publishers, as fast as they can.
#[track_caller]
fn check_publishing(swarm: &Swarm) {
    let publishers: Vec<&Peer> = swarm
        .subscribers
        .iter()
        .map(|(_, peer)| peer)
        .take(10)
        .collect();
    let mut texts = Vec::new();
    for number in 0..PACKET_COUNT {
        let publisher = publishers[number % publishers.len()];
        let text = format!("packet {number} of {}", publisher.name());
        publisher.publish(ROOM, &text);
        texts.push((publisher.id(), text));
    }
    for (_, peer) in &swarm.subscribers {
        for (publisher, text) in &texts {
            if *publisher != peer.id() {
                peer.hears("packet", text);
            }
        }
        let heard = peer.events("packet");
        let own = texts
            .iter()
            .filter(|(publisher, _)| *publisher == peer.id());
        assert_eq!(
            heard.len(),
            PACKET_COUNT - own.count(),
            "each once: {}",
            peer.name()
        );
    }
}

/// What the members share a key by.
const ROOM: &str = "room";
const INDEXED_COUNT: usize = 3;
const MEMBER_COUNT: usize = 29;
const PACKET_COUNT: usize = 100;
/// What joining may cost a peer on average; the reference sends over 7,000.
const CONTROL_COUNT_MAX: u64 = 60;
/// For how long what a peer sends is counted as joining.
const OBSERVED: Duration = Duration::from_secs(30);
