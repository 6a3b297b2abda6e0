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
//! With one answerer the mapping stays unknown. After four seconds it is taken to be
//! independent of the destination, and the firewall to be no softer than `ADDR_RESTRICTED`:
//! who believes it tries to reach us directly and falls back to a proxy after two seconds, while
//! a harder claim would cost every such peer a thousand datagrams. The answer is provisional.

mod evidence;
mod run;

use std::time::Duration;

use rand::rngs::StdRng;

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
        Some(Action::Step(-1.0, "entering reflection"))
    }

    /// Whether a second answerer would tell more.
    pub(super) fn is_provisional(&self) -> bool {
        self.is_provisional
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
        rng: &mut StdRng,
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
            self.is_provisional = verdict.is_provisional;
            actions.push(Action::Found {
                address: verdict.address,
                nat: verdict.nat,
            });
            self.run = None;
        }
    }
}

/// How long a NAT may remember that the probe socket has sent to somebody.
const PROBE_MEMORY: Duration = Duration::from_secs(180);
/// Peers that the probe socket is remembered to have sent to.
pub(super) const PROBED_MAX: usize = 32;
