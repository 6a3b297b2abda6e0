//! One finding of a NAT type, from the first question to the verdict.

use std::time::Duration;

use rand::{Rng, seq::SliceRandom};

use super::{
    Action, Question, Reply, Wire,
    evidence::{Evidence, Verdict},
};
use crate::relay::{Address, Time, packet::Token};

/// State of one finding.
#[derive(Clone, Debug)]
pub(super) struct Run {
    pub(super) due: Time,
    started_at: Time,
    stage: Stage,
    /// Whom to ask from the probe socket, in turn.
    order: Vec<Address>,
    /// What was asked in this round; answers to earlier rounds still show what gets through.
    questions: Vec<Asked>,
    evidence: Evidence,
    /// Rounds of this stage.
    rounds: u32,
    /// Rounds in a row that nobody answered.
    silent: u32,
    /// How often all began anew, since nobody answered.
    restarts: u32,
    /// Whether the second peer was not sent to from the probe socket, or shares the first
    /// one's address, in which case nothing better can be had.
    is_second_fresh: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    /// Looks for the external port of the probe socket.
    Probing,
    /// Asks two peers to answer to both sockets.
    Mapping,
}

/// A question that is out.
#[derive(Clone, Copy, Debug)]
struct Asked {
    id: Token,
    to: Address,
    role: Role,
    round: u32,
    is_answered: bool,
}

/// What a question is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    Probe,
    First,
    Second,
}

impl Run {
    pub(super) fn new(now: Time) -> Self {
        Self {
            due: now,
            started_at: now,
            stage: Stage::Probing,
            order: Vec::new(),
            questions: Vec::new(),
            evidence: Evidence::default(),
            rounds: 0,
            silent: 0,
            restarts: 0,
            is_second_fresh: false,
        }
    }

    pub(super) fn handle_reply(&mut self, now: Time, reply: Reply) -> Vec<Action> {
        let Some(asked) = self
            .questions
            .iter()
            .find(|asked| asked.id == reply.id)
            .copied()
        else {
            return Vec::new();
        };
        match (asked.role, reply.wire) {
            (Role::Probe, Wire::Probe) if reply.from == asked.to => self.probed(now, reply),
            (Role::First | Role::Second, Wire::Main) if reply.from == asked.to => {
                self.seen(now, asked, reply)
            }
            (Role::First, Wire::Probe) if reply.from.ip() == asked.to.ip() => {
                self.evidence.is_known_ip = true;
                Vec::new()
            }
            (Role::Second, Wire::Probe) if reply.from.ip() == asked.to.ip() => {
                self.evidence.is_known_ip = true;
                self.evidence.is_any |= self.is_second_fresh;
                Vec::new()
            }
            _ => Vec::new(),
        }
    }

    pub(super) fn handle_timeout(
        &mut self,
        now: Time,
        candidates: &[Address],
        probed: &[(Address, Time)],
        rng: &mut impl Rng,
    ) -> Vec<Action> {
        if candidates.is_empty() {
            self.due = now + CANDIDATE_WAIT * (1 << self.silent.min(6));
            self.silent += 1;
            return Vec::new();
        }
        match self.stage {
            Stage::Probing => self.probe(now, candidates, probed, rng),
            Stage::Mapping => {
                self.judge_round(now, candidates);
                if self.verdict().is_some() {
                    return Vec::new();
                }
                self.map(now, candidates, probed, rng)
            }
        }
    }

    /// Waits no longer for somebody to ask.
    pub(super) fn hurry(&mut self, now: Time) {
        if self.order.is_empty() {
            self.due = self.due.min(now);
        }
    }

    /// The NAT type, as soon as no further question could change it.
    pub(super) fn verdict(&self) -> Option<Verdict> {
        let is_mapping = self.stage == Stage::Mapping;
        is_mapping.then(|| self.evidence.verdict()).flatten()
    }

    /// The probe socket's port is known: on to the second stage.
    fn probed(&mut self, now: Time, reply: Reply) -> Vec<Action> {
        let Some(observed) = reply.observed.filter(|_| self.stage == Stage::Probing) else {
            return Vec::new();
        };
        self.evidence.probe_port = Some(observed.port());
        self.evidence.first = Some(reply.from);
        self.enter_mapping(now);
        vec![Action::Step(
            1.5,
            "got the external port of the probe socket",
        )]
    }

    /// Somebody saw the main socket.
    fn seen(&mut self, now: Time, asked: Asked, reply: Reply) -> Vec<Action> {
        let Some(observed) = reply.observed else {
            return Vec::new();
        };
        for question in &mut self.questions {
            question.is_answered |= question.id == asked.id;
        }
        self.silent = 0;
        let main = &mut self.evidence.main;
        main.retain(|(responder, _)| *responder != reply.from);
        main.push((reply.from, observed));
        if main.len() > MAIN_MAX {
            main.remove(0);
        }
        let mut round = self.questions.iter().filter(|own| own.round == self.rounds);
        if round.all(|own| own.is_answered) {
            let is_first = self.evidence.any_misses + self.evidence.known_ip_misses == 0;
            let wait = if is_first {
                PROBE_WAIT
            } else {
                PROBE_WAIT_AGAIN
            };
            self.due = now + wait;
        }
        vec![Action::Step(2.5, "received a reflection")]
    }

    /// Asks somebody from the probe socket: the one before again, then the next, and the last
    /// only if all others are silent, since the second stage needs one that was not asked.
    fn probe(
        &mut self,
        now: Time,
        candidates: &[Address],
        probed: &[(Address, Time)],
        rng: &mut impl Rng,
    ) -> Vec<Action> {
        if self.rounds >= PROBE_ROUNDS_MAX {
            self.evidence.first = None;
            self.enter_mapping(now);
            return vec![Action::Step(
                2.0,
                "found no external port of the probe socket",
            )];
        }
        self.evidence.is_lossy |= self.rounds > 0;
        self.set_order(candidates, probed, rng);
        let others = self.order.len() - 1;
        let reserve_rounds = if others > 1 {
            RESERVE_ROUNDS
        } else {
            RESERVE_ROUNDS_OF_TWO
        };
        let is_reserved = others > 0 && self.rounds < reserve_rounds;
        let choice_count = if is_reserved { others } else { others + 1 };
        let to = self.order[(self.rounds as usize / 2) % choice_count];
        self.rounds += 1;
        self.due = now
            + if self.rounds < 3 {
                PROBE_WAIT
            } else {
                ROUND_WAIT
            };
        let question = self.ask(rng, Wire::Probe, to, Role::Probe);
        if self.rounds == 1 {
            return vec![
                Action::Step(0.5, "found peers to ask"),
                Action::Step(1.0, "discovering the external port"),
                question,
            ];
        }
        vec![question]
    }

    /// Those that the probe socket has sent to before come first; the order stays while the
    /// candidates do.
    fn set_order(
        &mut self,
        candidates: &[Address],
        probed: &[(Address, Time)],
        rng: &mut impl Rng,
    ) {
        self.order.retain(|known| candidates.contains(known));
        let mut new: Vec<Address> = candidates.to_vec();
        new.retain(|address| !self.order.contains(address));
        new.shuffle(rng);
        if self.rounds == 0 {
            new.sort_by_key(|address| !probed.iter().any(|(own, _)| own == address));
        }
        self.order.append(&mut new);
    }

    fn enter_mapping(&mut self, now: Time) {
        self.stage = Stage::Mapping;
        self.questions.clear();
        self.rounds = 0;
        self.silent = 0;
        self.due = now;
    }

    /// Counts what the round that is over did not show.
    fn judge_round(&mut self, now: Time, candidates: &[Address]) {
        let round = self.questions.iter().filter(|own| own.round == self.rounds);
        let (mut answered, mut lost) = (0, 0);
        for asked in round.filter(|own| own.role != Role::Probe) {
            if !asked.is_answered {
                lost += 1;
                continue;
            }
            answered += 1;
            match asked.role {
                Role::First => self.evidence.known_ip_misses += 1,
                _ => self.evidence.any_misses += 1,
            }
        }
        self.evidence.is_lossy |= lost > 0;
        if answered > 0 {
            self.silent = 0;
        } else if lost > 0 {
            self.silent += 1;
        }
        let is_late = now >= self.solo_at(candidates);
        self.evidence.is_solo = is_late && self.evidence.main.len() == 1;
    }

    /// Asks the two peers whatever is still open; from the start if nobody answers at all.
    fn map(
        &mut self,
        now: Time,
        candidates: &[Address],
        probed: &[(Address, Time)],
        rng: &mut impl Rng,
    ) -> Vec<Action> {
        let is_seen = !self.evidence.main.is_empty();
        let silent_max = if is_seen {
            SILENT_ROUNDS_SEEN_MAX
        } else {
            SILENT_ROUNDS_MAX
        };
        if self.silent >= silent_max || self.rounds >= MAP_ROUNDS_MAX {
            let wait = RESTART_WAIT * (1 << self.restarts.min(4));
            *self = Self {
                started_at: self.started_at,
                restarts: self.restarts + 1,
                ..Self::new(now + wait)
            };
            return Vec::new();
        }
        self.rounds += 1;
        let first = self.first(candidates, rng);
        let second = self.second(first, candidates, probed, rng);
        let mut actions = Vec::new();
        if self.rounds == 1 {
            actions.push(Action::Step(2.0, "discovering the NAT type"));
        }
        for (to, role) in [(first, Role::First), (second, Role::Second)] {
            if let Some(to) = to
                && self.evidence.wants(role, to)
            {
                actions.push(self.ask(rng, Wire::Main, to, role));
            }
        }
        let wait = if is_seen {
            ROUND_WAIT_AGAIN
        } else {
            ROUND_WAIT * (1 << self.silent.min(2))
        };
        // Without a question the round only waits for a second peer to turn up.
        let is_empty = self.questions.iter().all(|own| own.round != self.rounds);
        let solo_at = self.solo_at(candidates);
        self.due = match now + wait {
            due if is_empty && now < solo_at => due.min(solo_at),
            due => due,
        };
        actions
    }

    /// When one answerer has to do: sooner if there is nobody else.
    fn solo_at(&self, candidates: &[Address]) -> Time {
        let is_only = candidates.len() < 2;
        self.started_at + if is_only { ONLY_WAIT } else { SOLO_WAIT }
    }

    /// Who told the probe port, or anybody while that is unknown.
    fn first(&mut self, candidates: &[Address], rng: &mut impl Rng) -> Option<Address> {
        let is_stale = self.silent > 0 && self.evidence.probe_port.is_none();
        if self.evidence.first.is_none() || is_stale {
            self.evidence.first = candidates
                .get(rng.random_range(0..candidates.len()))
                .copied();
        }
        self.evidence.first
    }

    /// Somebody else, if possible elsewhere and not sent to from the probe socket; another one
    /// after a round without an answer.
    fn second(
        &mut self,
        first: Option<Address>,
        candidates: &[Address],
        probed: &[(Address, Time)],
        rng: &mut impl Rng,
    ) -> Option<Address> {
        let is_silent = |address: Address| {
            let of_it = self.questions.iter().filter(|own| own.to == address);
            of_it.filter(|own| own.role == Role::Second).count() >= SECOND_TRIES
                && !self.evidence.has_seen(address)
        };
        let current = self.evidence.second;
        if current.is_some_and(|current| !is_silent(current) && candidates.contains(&current)) {
            return current;
        }
        let mut others: Vec<Address> = candidates.to_vec();
        others.retain(|address| Some(*address) != first);
        others.shuffle(rng);
        let is_probed = |address: &Address| probed.iter().any(|(own, _)| own == address);
        others.sort_by_key(|address| {
            let is_same = first.is_some_and(|first| first.ip() == address.ip());
            (is_probed(address), is_same, is_silent(*address))
        });
        let second = others.first().copied();
        if let Some(second) = second {
            let is_same = first.is_some_and(|first| first.ip() == second.ip());
            self.is_second_fresh = is_same || !is_probed(&second);
        }
        if second != current {
            self.evidence.any_misses = 0;
        }
        self.evidence.second = second;
        second
    }

    fn ask(&mut self, rng: &mut impl Rng, wire: Wire, to: Address, role: Role) -> Action {
        let id = Token::from_random(rng.random());
        if self.questions.len() >= QUESTIONS_MAX {
            self.questions.remove(0);
        }
        self.questions.push(Asked {
            id,
            to,
            role,
            round: self.rounds,
            is_answered: false,
        });
        Action::Ask(Question {
            wire,
            to,
            id,
            probe_port: self.evidence.probe_port.filter(|_| wire == Wire::Main),
        })
    }
}

/// How long to wait for what goes to the probe socket after both peers answered, and for the
/// first two answers to it at all (reference: 512 ms).
const PROBE_WAIT: Duration = Duration::from_millis(512);
/// The same when a question is asked again: how long the two answers are apart is known.
const PROBE_WAIT_AGAIN: Duration = Duration::from_millis(192);
/// How long to wait for an answer.
const ROUND_WAIT: Duration = Duration::from_millis(1_024);
/// The same once somebody has answered.
const ROUND_WAIT_AGAIN: Duration = Duration::from_millis(640);
/// Questions to the second peer without any answer before another one takes its place.
const SECOND_TRIES: usize = 2;
/// How long to wait for somebody to ask, doubled six times.
const CANDIDATE_WAIT: Duration = Duration::from_millis(256);
/// After that long one answerer has to do.
pub(super) const SOLO_WAIT: Duration = Duration::from_secs(4);
/// The same if there is nobody else to ask.
const ONLY_WAIT: Duration = Duration::from_secs(1);
/// Questions from the probe socket before even the last candidate is asked from there; fewer
/// if there are but two, since one that is dead would hold up the other.
const RESERVE_ROUNDS: u32 = 8;
const RESERVE_ROUNDS_OF_TWO: u32 = 4;
/// Questions from the probe socket before it is taken to be cut off.
const PROBE_ROUNDS_MAX: u32 = 10;
/// Rounds without any answer before all begins anew.
const SILENT_ROUNDS_MAX: u32 = 4;
/// The same after there was one.
const SILENT_ROUNDS_SEEN_MAX: u32 = 12;
/// Rounds of the second stage before all begins anew.
const MAP_ROUNDS_MAX: u32 = 32;
/// How long to wait before that, doubled four times.
const RESTART_WAIT: Duration = Duration::from_secs(1);
/// Questions that are remembered.
const QUESTIONS_MAX: usize = 32;
/// Answerers whose view of us is remembered.
const MAIN_MAX: usize = 4;

#[cfg(test)]
mod tests {
    use rand::{SeedableRng, rngs::StdRng};

    use super::*;

    fn address(number: u8) -> Address {
        Address::new([1, 0, 0, number].into(), 9_777)
    }

    #[test]
    fn an_answer_with_the_right_id_from_elsewhere_shows_nothing() {
        let mut rng = StdRng::seed_from_u64(1);
        let (mut run, candidates) = (Run::new(Time::ZERO), [address(1), address(2)]);
        let ask = |run: &mut Run, rng: &mut StdRng| {
            let actions = run.handle_timeout(run.due, &candidates, &[], rng);
            let questions = actions.into_iter().filter_map(|action| match action {
                Action::Ask(question) => Some(question),
                _ => None,
            });
            questions.collect::<Vec<_>>()
        };
        let reply = |question: &Question, from| Reply {
            wire: question.wire,
            from,
            id: question.id,
            observed: Some(address(9)),
        };
        let probe = ask(&mut run, &mut rng)[0];
        run.handle_reply(run.due, reply(&probe, address(66)));
        assert_eq!(run.stage, Stage::Probing);
        run.handle_reply(run.due, reply(&probe, probe.to));
        assert_eq!(run.stage, Stage::Mapping);
        for question in ask(&mut run, &mut rng) {
            run.handle_reply(run.due, reply(&question, address(66)));
            assert!(run.evidence.main.is_empty());
            run.handle_reply(run.due, reply(&question, question.to));
            assert!(run.evidence.has_seen(question.to));
            run.evidence.main.clear();
        }
    }
}
