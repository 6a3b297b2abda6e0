//! One run of one scenario with one seed.

use std::sync::Arc;

use sim::{
    NatClass, Network, NodeId, Trace,
    metrics::{Finished, RecorderConfig, RunEnd},
};

use super::{
    air::{Air, Capture, Captured, Watched},
    ledger::{self, Ledger},
    nodes::Nodes,
    scenario::Scenario,
    script::{Cue, Script, Stage, seconds},
};
use crate::{
    actors::kit::{Host, VirtualHost},
    messages::relay::DatagramsArrived,
    relay::Time,
};

/// One run.
pub struct Simulation {
    host: VirtualHost,
    air: Air,
    ledger: Ledger,
    nodes: Nodes,
    script: Script,
    scenario: Arc<Scenario>,
}

/// What is wanted of a run besides its record.
#[derive(Clone, Debug, Default)]
pub struct Wishes {
    /// Whose datagrams are written down.
    pub watched: Option<Watched>,
    /// How many packets are traced on their way.
    pub traced_count: u32,
    /// When nodes come and go, if a file says so.
    pub trace: Option<Arc<Trace>>,
}

/// How far a run is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Progress {
    /// Virtual time.
    pub virtual_s: f64,
    /// Messages that actors have handled.
    pub events: u64,
    /// What the recorder has so far.
    pub recorded: sim::metrics::Progress,
}

/// What is left of a run.
#[derive(Debug)]
pub struct Outcome {
    /// Its record, and the ways of traced packets.
    pub finished: Finished,
    /// The datagrams of those who were watched.
    pub captured: Vec<Captured>,
}

impl Simulation {
    /// A run at its beginning. The scenario must be valid.
    #[must_use]
    pub fn new(scenario: &Scenario, seed: u64, wishes: &Wishes) -> Self {
        let scenario = Arc::new(scenario.clone());
        let host = VirtualHost::new(seed);
        let node_count = scenario.node_count();
        let config = recorder_config(&scenario, seed, wishes);
        let ledger = Ledger::new(config, scenario.load.life());
        let mut network = Network::with_classes(&scenario.network, seed, node_count, |node| {
            (node.0 < scenario.indexed).then_some(NatClass::Public)
        });
        for node in 0..node_count {
            network.set_online(NodeId(node), false);
        }
        let air = Air::new(network, ledger.clone(), host.schedule().clone());
        air.lock().capture = wishes.watched.map(Capture::of);
        let nodes = Nodes::new(host.host(), &air, &ledger, &scenario, seed);
        let script = Script::new(
            &scenario,
            seed,
            &nodes,
            wishes.trace.as_deref(),
            host.schedule(),
        );
        Self {
            host,
            air,
            ledger,
            nodes,
            script,
            scenario,
        }
    }

    /// Runs until a virtual time; false if the scenario is over.
    pub fn run_until(&mut self, virtual_s: f64) -> bool {
        let end = seconds(self.scenario.end_s());
        let until = seconds(virtual_s).min(end);
        while let Some(number) = self.host.next_event(until) {
            let now = self.host.now();
            match Cue::of(number) {
                Cue::Land(number) => self.land(now, number),
                cue => {
                    let mut stage = Stage {
                        now,
                        scenario: &self.scenario,
                        nodes: &mut self.nodes,
                        air: &self.air,
                        ledger: &self.ledger,
                    };
                    self.script.act(cue, &mut stage);
                }
            }
        }
        until < end
    }

    fn land(&mut self, now: Time, number: u32) {
        if let Some(landed) = self.air.land(now, number) {
            let arrived = DatagramsArrived {
                wire: landed.wire,
                datagrams: vec![(landed.from, landed.payload)],
            };
            self.nodes.receive(landed.node, arrived);
        }
    }

    /// How far it is.
    #[must_use]
    pub fn progress(&self) -> Progress {
        Progress {
            virtual_s: self.host.now().as_micros() as f64 / 1e6,
            events: self.host.handled_count(),
            recorded: self.ledger.lock().recorder.progress(),
        }
    }

    /// Where its actors run, for the inspector.
    pub(super) fn host(&self) -> &Host {
        self.host.host()
    }

    /// Ends it, wherever it is.
    #[must_use]
    pub fn finish(self, end: RunEnd) -> Outcome {
        let now_us = self.host.now().as_micros();
        let end = RunEnd {
            events: self.host.handled_count(),
            is_fast: end.is_fast || !self.scenario.relay.is_signed,
            is_partial: self.host.now() < seconds(self.scenario.end_s()),
            ..end
        };
        let capture = self.air.lock().capture.take();
        Outcome {
            finished: self.ledger.take_recorder().finish(now_us, end),
            captured: capture.map(|capture| capture.datagrams).unwrap_or_default(),
        }
    }
}

fn recorder_config(scenario: &Scenario, seed: u64, wishes: &Wishes) -> RecorderConfig {
    let usual = RecorderConfig::new(seed, scenario.node_count(), ledger::names());
    let settle_us = seconds(scenario.settle_s).as_micros();
    RecorderConfig {
        trace_packet_count: wishes.traced_count,
        // Whoever has so long to arrive is judged, also in a short run.
        young_us: usual.young_us.min(settle_us),
        ..usual
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::actors::simulation::Scenario;

    #[test]
    fn a_network_falls_silent_after_it_has_met_and_after_a_message() {
        let mut scenario = Scenario {
            peers: 96,
            duration_s: 60.0 * f64::from(MINUTES),
            ..Scenario::default()
        };
        scenario.relay.is_signed = false;
        // One message, when measuring begins.
        scenario.load.messages_per_s = 0.000_1;
        let mut run = Simulation::new(&scenario, 3, &Wishes::default());
        let mut before = 0;
        // Those that a proxy carries for fade in the third minute and would be forgotten in the sixth.
        let minutes = (1..=MINUTES).map(|minute| {
            run.run_until(60.0 * f64::from(minute));
            let events = run.progress().events;
            (events - std::mem::replace(&mut before, events)) / u64::from(scenario.peers)
        });
        let minutes: Vec<u64> = minutes.collect();
        // Six for each of some fifteen links, a few comparisons, and now and then a join.
        let late: u64 = minutes[4..].iter().sum::<u64>() / u64::from(MINUTES - 4);
        assert!(late < 150, "messages a peer and minute: {minutes:?}");
    }

    #[test]
    fn a_message_that_had_the_time_to_arrive_is_judged_however_short_the_run() {
        let young_us = |settle_s| {
            let scenario = Scenario {
                settle_s,
                ..Scenario::default()
            };
            recorder_config(&scenario, 1, &Wishes::default()).young_us
        };
        assert_eq!(
            [0.5, 4.0, 30.0].map(young_us),
            [500_000, 4_000_000, 10_000_000]
        );
    }

    const MINUTES: u32 = 10;
}
