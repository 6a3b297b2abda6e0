//! What happens to the peers from outside: they come, go and publish when the scenario says.
//!
//! A script puts cues into the host's schedule and carries each out when it is due.

use std::time::Duration;

use bytes::Bytes;
use sim::{
    Churn, ChurnKind, NodeId, Spell, Trace,
    metrics::Return,
    streams::{self, Stream},
};

use super::{
    air::Air,
    ledger::Ledger,
    nodes::{Nodes, Role, topic},
    offline::Offline,
    scenario::{AttackConfig, Publisher, Scenario},
    watcher::{PublishFrom, What},
};
use crate::{
    actors::kit::Schedule,
    relay::{Time, keys::SharedKey, peer::Publication},
};

/// What is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cue {
    /// The datagram with this number arrives.
    Land(u32),
    /// The time of a node online or offline is over.
    Turn(u32),
    /// Somebody publishes.
    Publish,
    /// This node publishes too much.
    Flood(u32),
    /// What is looked at now and then.
    Tick,
    /// Caches are looked into.
    Census,
    /// The network falls apart.
    Part,
    /// It is whole again.
    Heal,
    /// The sender of this group writes to those who are away.
    Write(u32),
    /// This node goes, until it is told to come.
    Leave(u32),
    /// This node is back, with what it had.
    Return(u32),
}

/// The plan of a run.
pub(super) struct Script {
    schedule: Schedule,
    comings: Vec<Comings>,
    load: Stream,
    published_count: u64,
    /// Who publishes, if it is always the same.
    publisher: Option<u32>,
    /// Who writes to somebody who is away.
    offline: Option<Offline>,
    /// Between two looks into caches.
    census_period: Duration,
}

/// When one node comes and goes.
enum Comings {
    /// It comes at its time and stays.
    Once,
    Drawn(Box<Churn>),
    Told(std::vec::IntoIter<Spell>),
}

/// What a script acts on.
pub(super) struct Stage<'a> {
    pub(super) now: Time,
    pub(super) scenario: &'a Scenario,
    pub(super) nodes: &'a mut Nodes,
    pub(super) air: &'a Air,
    pub(super) ledger: &'a Ledger,
}

impl Script {
    pub(super) fn new(
        scenario: &Scenario,
        seed: u64,
        nodes: &Nodes,
        trace: Option<&Trace>,
        schedule: &Schedule,
    ) -> Self {
        let all = 0..nodes.count();
        let publisher = match scenario.load.publisher {
            Publisher::Anyone => None,
            Publisher::One => all
                .clone()
                .find(|node| nodes.role(*node) == Role::Subscriber),
        };
        let offline = Offline::cast(scenario, nodes);
        let is_cast = |node| offline.as_ref().is_some_and(|offline| offline.has(node));
        let comings = all.map(|node| {
            let role = nodes.role(node);
            let is_steady = !matches!(role, Role::Subscriber | Role::Bystander);
            match (scenario.churn.kind, trace) {
                (ChurnKind::None, _) => Comings::Once,
                _ if is_steady || publisher == Some(node) || is_cast(node) => Comings::Once,
                (ChurnKind::Trace, Some(trace)) => {
                    Comings::Told(trace.spells(node).collect::<Vec<_>>().into_iter())
                }
                _ => Comings::Drawn(Box::new(Churn::new(&scenario.churn, seed, node.into()))),
            }
        });
        let census_period = Duration::from_secs_f64((scenario.end_s() / CENSUS_COUNT).max(1.0));
        let script = Self {
            schedule: schedule.clone(),
            comings: comings.collect(),
            offline,
            load: streams::numbered(seed, "load", 0),
            published_count: 0,
            publisher,
            census_period,
        };
        script.set_out(scenario, seed, nodes);
        script
    }

    /// Puts the first cues into the schedule.
    fn set_out(&self, scenario: &Scenario, seed: u64, nodes: &Nodes) {
        for node in 0..nodes.count() {
            let mut stream = streams::numbered(seed, "starts", node.into());
            let after_s = match (nodes.role(node), &self.comings[node as usize]) {
                // Who was told when to come is not late.
                (Role::Indexed, _) | (_, Comings::Told(_)) => 0.0,
                _ => scenario.join_s * stream.unit(),
            };
            self.cue(seconds(after_s), Cue::Turn(node));
        }
        self.cue(Time::ZERO + TICK, Cue::Tick);
        self.cue(Time::ZERO + self.census_period, Cue::Census);
        if scenario.load.messages_per_s > 0.0 {
            self.cue(seconds(scenario.warm_up_s), Cue::Publish);
        }
        for node in (0..nodes.count()).filter(|node| nodes.role(*node) == Role::Flooder) {
            self.cue(seconds(scenario.warm_up_s), Cue::Flood(node));
        }
        if let Some(offline) = &self.offline {
            for (at, group) in offline.writings(scenario) {
                self.cue(at, Cue::Write(group));
            }
            for (at, node) in offline.departures(scenario) {
                self.cue(at, Cue::Leave(node));
            }
            for (at, node) in offline.returns(scenario) {
                self.cue(at, Cue::Return(node));
            }
        }
        for partition in &scenario.network.partitions {
            self.cue(seconds(partition.from_s), Cue::Part);
            self.cue(seconds(partition.to_s), Cue::Heal);
        }
    }

    /// Carries out what is due.
    pub(super) fn act(&mut self, cue: Cue, stage: &mut Stage<'_>) {
        match cue {
            Cue::Land(_) => {}
            Cue::Turn(node) => self.turn(node, stage),
            Cue::Publish => self.publish(stage),
            Cue::Write(group) => self.write(group, stage),
            Cue::Leave(node) => self.leave(node, stage),
            Cue::Return(node) => stage.nodes.start(stage.now, node, Return::Warm),
            Cue::Flood(node) => self.flood(node, stage),
            Cue::Tick => {
                let mut book = stage.ledger.lock();
                book.give_up_links(stage.now);
                book.expire_old(stage.now);
                drop(book);
                self.cue(stage.now + TICK, cue);
            }
            Cue::Census => {
                stage.nodes.look_into_caches();
                self.cue(stage.now + self.census_period, cue);
            }
            Cue::Part => stage
                .ledger
                .lock()
                .recorder
                .partition_began(stage.now.as_micros()),
            Cue::Heal => stage
                .ledger
                .lock()
                .recorder
                .partition_ended(stage.now.as_micros()),
        }
    }

    fn turn(&mut self, node: u32, stage: &mut Stage<'_>) {
        let spell = match &mut self.comings[node as usize] {
            Comings::Once => Some(Spell {
                is_online: true,
                is_cold: false,
                length_us: Spell::FOR_EVER,
            }),
            Comings::Drawn(churn) => churn.next(),
            Comings::Told(spells) => spells.next(),
        };
        let Some(spell) = spell else {
            return stage.nodes.stop(stage.now, node);
        };
        // Whoever follows somebody who is online is somebody else.
        stage.nodes.stop(stage.now, node);
        if spell.is_online {
            let with = if spell.is_cold {
                Return::Cold
            } else {
                Return::Warm
            };
            stage.nodes.start(stage.now, node, with);
        }
        if spell.length_us != Spell::FOR_EVER {
            let end = stage.now + Duration::from_micros(spell.length_us);
            self.cue(end, Cue::Turn(node));
        }
    }

    fn publish(&mut self, stage: &mut Stage<'_>) {
        let scenario = stage.scenario;
        let (load, end_s) = (&scenario.load, scenario.end_s() - scenario.settle_s);
        let gap_s = -(1.0 - self.load.unit()).ln() / load.messages_per_s;
        let next = stage.now + Duration::from_secs_f64(gap_s.min(end_s + 1.0));
        if next <= seconds(end_s) {
            self.cue(next, Cue::Publish);
        }
        let Some(node) = self.choose_publisher(stage.nodes) else {
            return;
        };
        let message = self.message(load.message_bytes);
        let publication = publication(topic(), message, load.ttl_s);
        if self.published_count <= FLOORS_COUNT {
            note_floors(node, stage);
        }
        publish_from(stage, node, What::measured(publication));
    }

    /// The sender of a group writes to those who are away.
    fn write(&mut self, group: u32, stage: &mut Stage<'_>) {
        let load = &stage.scenario.load;
        let message = self.message(load.message_bytes);
        let Some(group) = self
            .offline
            .as_ref()
            .and_then(|offline| offline.group(group))
        else {
            return;
        };
        let back_after_us = group.back_after.as_micros() as u64;
        let awaited = group.recipients.iter().map(|node| (*node, back_after_us));
        let what = What {
            publication: publication(topic(), message, load.ttl_s),
            is_measured: true,
            awaited: awaited.collect(),
        };
        publish_from(stage, group.sender, what);
    }

    /// A node goes; a sender for good, and what it has with it.
    fn leave(&self, node: u32, stage: &mut Stage<'_>) {
        stage.nodes.stop(stage.now, node);
        let offline = self.offline.as_ref();
        if offline.is_some_and(|offline| offline.is_sender(node)) {
            stage.ledger.lock().forgot(stage.now, node);
        }
    }

    /// A subscriber that is online.
    fn choose_publisher(&mut self, nodes: &Nodes) -> Option<u32> {
        if self.publisher.is_some() {
            return self.publisher;
        }
        let online = nodes.online();
        let count = u32::try_from(online.len())
            .ok()
            .filter(|count| *count > 0)?;
        for _ in 0..TRIES_MAX {
            let node = online[self.load.below(count) as usize];
            if nodes.role(node) == Role::Subscriber {
                return Some(node);
            }
        }
        None
    }

    fn flood(&mut self, node: u32, stage: &mut Stage<'_>) {
        let Some(AttackConfig::Flood {
            messages_per_s,
            message_bytes,
            ..
        }) = stage.scenario.attack
        else {
            return;
        };
        if messages_per_s > 0.0 {
            let gap = Duration::from_secs_f64(1.0 / messages_per_s);
            self.cue(stage.now + gap, Cue::Flood(node));
        }
        let message = self.message(message_bytes);
        let shared_key = SharedKey::from_seed(b"elsewhere");
        let what = What {
            publication: publication(shared_key, message, 0.0),
            is_measured: false,
            awaited: Vec::new(),
        };
        publish_from(stage, node, what);
    }

    /// Text that was not published before.
    fn message(&mut self, bytes: u32) -> Bytes {
        self.published_count += 1;
        let mut message = self.published_count.to_le_bytes().to_vec();
        message.resize(bytes.max(1) as usize, b'.');
        message.into()
    }

    fn cue(&self, at: Time, cue: Cue) {
        let source = match cue {
            Cue::Turn(node) | Cue::Flood(node) | Cue::Leave(node) | Cue::Return(node) => {
                u64::from(node)
            }
            _ => 0,
        };
        self.schedule.at(at, SCRIPT_SOURCE | source, cue.number());
    }
}

fn publish_from(stage: &Stage<'_>, node: u32, what: What) {
    if let Some(relay) = stage.nodes.relay(node) {
        // A watcher that has no room for this counts the loss.
        let _ = stage.nodes.watcher().tell(PublishFrom {
            node,
            relay: relay.recipient(),
            what,
        });
    }
}

/// Notes how long the way from a node to each subscriber is at least.
fn note_floors(from: u32, stage: &Stage<'_>) {
    let (sky, mut book) = (stage.air.lock(), stage.ledger.lock());
    let online = stage.nodes.online().iter();
    let others =
        online.filter(|node| **node != from && stage.nodes.role(**node) == Role::Subscriber);
    let floors_us = others
        .take(FLOORS_EACH_MAX)
        .map(|node| sky.network.floor_us(NodeId(from), NodeId(*node)).into());
    book.recorder.floors(floors_us.collect());
}

fn publication(shared_key: SharedKey, message: Bytes, ttl_s: f64) -> Publication {
    Publication {
        ttl_ms: (ttl_s * 1e3) as u32,
        ..Publication::new(shared_key, message)
    }
}

impl Cue {
    /// The number that stands for it in the host's schedule.
    fn number(self) -> u64 {
        let (kind, value) = match self {
            Self::Land(number) => (0, number),
            Self::Turn(node) => (1, node),
            Self::Publish => (2, 0),
            Self::Flood(node) => (3, node),
            Self::Tick => (4, 0),
            Self::Census => (5, 0),
            Self::Part => (6, 0),
            Self::Heal => (7, 0),
            Self::Write(group) => (8, group),
            Self::Leave(node) => (9, node),
            Self::Return(node) => (10, node),
        };
        kind << 32 | u64::from(value)
    }

    /// What a number stands for.
    pub(super) fn of(number: u64) -> Self {
        let value = number as u32;
        match number >> 32 {
            0 => Self::Land(value),
            1 => Self::Turn(value),
            2 => Self::Publish,
            3 => Self::Flood(value),
            4 => Self::Tick,
            5 => Self::Census,
            6 => Self::Part,
            8 => Self::Write(value),
            9 => Self::Leave(value),
            10 => Self::Return(value),
            _ => Self::Heal,
        }
    }
}

/// The time so many seconds after the start.
pub(super) fn seconds(seconds: f64) -> Time {
    Time::ZERO + Duration::from_secs_f64(seconds)
}

/// Sources of the script are numbered above those of actors and nodes.
const SCRIPT_SOURCE: u64 = 1 << 40;
/// How often links and packets are looked at.
const TICK: Duration = Duration::from_secs(5);
/// How often caches are looked into in a run, at most once a second.
const CENSUS_COUNT: f64 = 60.0;
/// Messages whose shortest ways are noted, and how many ways of each.
const FLOORS_COUNT: u64 = 200;
const FLOORS_EACH_MAX: usize = 1_000;
/// How often somebody is drawn who may publish.
const TRIES_MAX: u32 = 1_000;
