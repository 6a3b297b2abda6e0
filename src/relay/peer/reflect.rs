//! Finds out what NAT we are behind (spec section 7), whatever is lost on the way.
//!
//! Two stages, in the words of the reference. First somebody is asked from the probe socket
//! what port others see it at. Then two peers are asked from the main socket, each to answer
//! to both: the *first* has been sent to from the probe socket, the *second* has not, so what
//! reaches the probe socket from them tells what the firewall lets in; whether both saw the
//! main socket at the same port tells the mapping.
//!
//! Each question has an id of its own; an answer counts only from the address that was asked.
//! What is lost is asked again with a fresh id. What was seen stays true; what was *not* seen
//! on the probe socket counts only if the same question was answered to the main one, and
//! only after two of these, or five where datagrams are seen to be lost.
//!
//! With one answerer the mapping stays unknown. After four seconds, or one if there is nobody
//! else to ask, it is taken to be
//! independent of the destination, and the firewall to be no softer than `ADDR_RESTRICTED`:
//! who believes it tries to reach us directly and falls back to a proxy after two seconds, while
//! a harder claim would cost every such peer a thousand datagrams. The answer is provisional:
//! it is tried again when another answerer turns up, or else after one, two, four, then each
//! eight keepalives.

mod evidence;
mod run;

use std::time::Duration;

use rand::Rng;

use self::run::Run;
use super::Wire;
use crate::relay::{Address, Time, nat::NatType, packet::Token};

/// The finding of a NAT type.
#[derive(Clone, Debug, Default)]
pub(super) struct Reflection {
    run: Option<Box<Run>>,
    /// Whom the probe socket has sent to, and when: their firewall test would prove nothing.
    probed: Vec<(Address, Time)>,
    /// Whether the last answer came from one peer only.
    is_provisional: bool,
    /// What was found with two answerers last.
    settled: Option<(Address, NatType)>,
    /// Whether the owner is to be told how far it is: not if it was neither asked for nor is
    /// needed.
    pub(super) is_told: bool,
    retry: Retry,
}

/// When a provisional answer is to be improved.
#[derive(Clone, Debug, Default)]
struct Retry {
    due: Time,
    tries: u32,
    /// Whether somebody turned up who was not asked.
    has_new: bool,
}

/// What is to be done to find it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Action {
    /// Ping somebody.
    Ask(Question),
    /// Tell the owner how far it is.
    Step(f32, &'static str),
    /// It is found.
    Found {
        /// Our address as others see it.
        address: Address,
        nat: NatType,
    },
}

/// A ping that asks for our address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Question {
    pub(super) wire: Wire,
    pub(super) to: Address,
    pub(super) id: Token,
    pub(super) probe_port: Option<u16>,
}

/// An answer to one.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reply {
    pub(super) wire: Wire,
    pub(super) from: Address,
    pub(super) id: Token,
    /// Where the question seemed to come from.
    pub(super) observed: Option<Address>,
}

impl Reflection {
    /// Begins anew, unless it is under way; there is nothing to do until somebody can be asked.
    pub(super) fn start(&mut self, now: Time) -> Option<Action> {
        if self.run.is_some() {
            return None;
        }
        self.run = Some(Box::new(Run::new(now)));
        self.retry.has_new = false;
        Some(Action::Step(-1.0, "entering reflection"))
    }

    /// Whether it is time to look for a second answerer.
    pub(super) fn is_improvable(&self, now: Time) -> bool {
        self.is_provisional && self.run.is_none() && (self.retry.has_new || now >= self.retry.due)
    }

    /// Somebody can be asked, perhaps the first.
    pub(super) fn hurry(&mut self, now: Time) {
        if let Some(run) = &mut self.run {
            run.hurry(now);
        }
    }

    /// Somebody turned up who may be an answerer.
    pub(super) fn appeared(&mut self) {
        self.retry.has_new = true;
    }

    /// A finding is over; if its answer is provisional, the next one is to come.
    pub(super) fn wait_for_better(&mut self, now: Time, keepalive: Duration) {
        let retry = &mut self.retry;
        if self.is_provisional {
            retry.due = now + keepalive * (1 << retry.tries.min(RETRY_DOUBLINGS));
            retry.tries += 1;
        } else {
            retry.tries = 0;
        }
    }

    /// How many peers the probe socket is remembered to have sent to.
    pub(super) fn probed_count(&self) -> usize {
        self.probed.len()
    }

    /// When [`handle_timeout`](Self::handle_timeout) has something to do.
    pub(super) fn due(&self) -> Time {
        self.run.as_ref().map_or(Time::NEVER, |run| run.due)
    }

    /// Takes an answer; `None` if nobody asked.
    pub(super) fn handle_reply(&mut self, now: Time, reply: Reply) -> Vec<Action> {
        let Some(run) = &mut self.run else {
            return Vec::new();
        };
        let mut actions = run.handle_reply(now, reply);
        self.finish(&mut actions);
        actions
    }

    /// Goes on if an answer did not come in time. `candidates` can be asked.
    pub(super) fn handle_timeout(
        &mut self,
        now: Time,
        candidates: &[Address],
        rng: &mut impl Rng,
    ) -> Vec<Action> {
        self.probed.retain(|(_, at)| now.since(*at) <= PROBE_MEMORY);
        let Some(run) = &mut self.run else {
            return Vec::new();
        };
        if now < run.due {
            return Vec::new();
        }
        let mut actions = run.handle_timeout(now, candidates, &self.probed, rng);
        for action in &actions {
            if let Action::Ask(question) = action
                && question.wire == Wire::Probe
            {
                self.probed.retain(|(address, _)| *address != question.to);
                self.probed.push((question.to, now));
            }
        }
        if self.probed.len() > PROBED_MAX {
            self.probed.remove(0);
        }
        self.finish(&mut actions);
        actions
    }

    fn finish(&mut self, actions: &mut Vec<Action>) {
        let Some(run) = &self.run else { return };
        if let Some(verdict) = run.verdict() {
            let address = verdict.address;
            let settled = self.settled.filter(|(place, _)| *place == address);
            // One answerer alone does not unsettle what two have said of the same place.
            let nat = match settled {
                Some((_, nat)) if verdict.is_provisional => nat,
                _ => verdict.nat,
            };
            self.is_provisional = verdict.is_provisional && settled.is_none();
            if !verdict.is_provisional {
                self.settled = Some((address, nat));
            }
            actions.push(Action::Found { address, nat });
            self.run = None;
        }
    }
}

/// How often the wait for a second answerer doubles.
const RETRY_DOUBLINGS: u32 = 3;
/// How long a NAT may remember that the probe socket has sent to somebody.
const PROBE_MEMORY: Duration = Duration::from_secs(180);
/// Peers that the probe socket is remembered to have sent to.
pub(super) const PROBED_MAX: usize = 32;
