//! No run delivers anything to a peer that NATs, partitions and absences would not let it reach.
//!
//! An oracle that shares no code with the simulator reads every datagram that was sent and
//! received, and the ways of all messages, and knows who was online when, who is behind what, and
//! who was cut off. What it is given besides, forged, shows that it can object.

#[path = "sim_reach/oracle.rs"]
mod oracle;

use std::sync::Arc;

use proptest::prelude::*;
use sim::{
    ChurnKind, ClassShares, PartitionConfig, Region, Trace,
    metrics::{RunEnd, TraceRow},
};
use socket_runtime::{
    actors::simulation::{Captured, Outcome, Scenario, Simulation, Watched, Wishes},
    relay::{Address, Time},
};

use self::oracle::Oracle;

/// What is drawn for one run.
#[derive(Clone, Debug)]
struct Plan {
    seed: u64,
    /// Of PUBLIC, UNRESTRICTED, ADDR_RESTRICTED, PORT_RESTRICTED and ENDPOINT_RESTRICTED.
    weights: [u8; 5],
    timeout_s: u32,
    is_behind_carriers: bool,
    loss: f64,
    /// Seconds online and then away, over and over, for each peer that is no indexed one.
    sessions_s: Vec<(u8, u8)>,
    /// A partition between Europe and the rest.
    cut_s: Option<(u8, u8)>,
}

fn plans() -> impl Strategy<Value = Plan> {
    let network = (
        any::<[u8; 5]>(),
        prop_oneof![Just(4_u32), Just(12), Just(30)],
        any::<bool>(),
        0.0..0.1,
    );
    let sessions = prop::collection::vec((4_u8..40, 1_u8..15), 4..9);
    let cut = prop::option::of((5_u8..15, 2_u8..15));
    (any::<u64>(), network, sessions, cut).prop_map(|(seed, network, sessions_s, cut_s)| {
        let (weights, timeout_s, is_behind_carriers, loss) = network;
        Plan {
            seed,
            weights,
            timeout_s,
            is_behind_carriers,
            loss,
            sessions_s,
            cut_s,
        }
    })
}

impl Plan {
    fn scenario(&self) -> Scenario {
        let mut scenario = Scenario {
            peers: INDEXED + self.sessions_s.len() as u32,
            indexed: INDEXED,
            subscribed_share: 1.0,
            join_s: 0.0,
            warm_up_s: 5.0,
            duration_s: END_S - 5.0,
            settle_s: 1.0,
            ..Scenario::default()
        };
        scenario.relay.is_signed = false;
        // More often than the defaults, since boxes forget sooner.
        scenario.relay.keepalive_s = 5.0;
        scenario.load.messages_per_s = 1.0;
        scenario.churn.kind = ChurnKind::Trace;
        scenario.churn.trace_file = Some("drawn".to_owned());
        let nat = &mut scenario.network.nat;
        let sum = self.weights.iter().map(|weight| f64::from(*weight) + 1.0);
        let sum: f64 = sum.sum();
        let [public, unrestricted, addr, port, endpoint] =
            self.weights.map(|weight| (f64::from(weight) + 1.0) / sum);
        nat.classes = Some(ClassShares {
            public,
            unrestricted,
            addr_restricted: addr,
            port_restricted: port,
            endpoint_restricted: endpoint,
            udp_blocked: 0.0,
        });
        nat.mapping_timeout_s = vec![self.timeout_s];
        nat.home_share = 0.0;
        nat.carrier_share = if self.is_behind_carriers { 0.5 } else { 0.0 };
        scenario.network.loss.iid_share = self.loss;
        if let Some((from_s, length_s)) = self.cut_s {
            scenario.network.partitions.push(PartitionConfig {
                from_s: from_s.into(),
                to_s: f64::from(from_s) + f64::from(length_s),
                regions: vec![Region::Europe],
                share: 0.0,
                against: Vec::new(),
            });
        }
        scenario.validate().expect("every plan is a scenario");
        scenario
    }

    /// When each node is online, in microseconds; the indexed ones always are.
    fn sessions(&self) -> Vec<Vec<(u64, u64)>> {
        let end_us = (END_S * 1e6) as u64;
        let always = (0..INDEXED).map(|_| vec![(0, end_us + 1)]);
        let others = self.sessions_s.iter().map(|(online_s, away_s)| {
            let (online_us, away_us) = (u64::from(*online_s) * SECOND, u64::from(*away_s) * SECOND);
            let begins = (0..).map(|turn| turn * (online_us + away_us));
            let begins = begins.take_while(|begin_us| *begin_us < end_us);
            begins
                .map(|begin_us| (begin_us, begin_us + online_us))
                .collect()
        });
        always.chain(others).collect()
    }

    fn run(&self) -> Outcome {
        let scenario = self.scenario();
        let mut lines = String::new();
        for (node, sessions) in self.sessions().iter().enumerate() {
            for (from_us, to_us) in sessions {
                lines += &format!("{node},{},{}\n", *from_us as f64 / 1e6, *to_us as f64 / 1e6);
            }
        }
        let wishes = Wishes {
            watched: Some(Watched::All),
            traced_count: 1_000,
            trace: Some(Arc::new(Trace::parse(&lines).expect("the lines are right"))),
        };
        let mut simulation = Simulation::new(&scenario, self.seed, &wishes);
        simulation.run_until(END_S);
        simulation.finish(RunEnd::default())
    }

    fn oracle(&self, outcome: &Outcome) -> Oracle {
        let record = &outcome.finished.record;
        let nodes = &record.map.nodes;
        let class = |node: usize| record.names.classes[usize::from(nodes[node].class)].clone();
        let region = |node: usize| {
            record.names.regions[usize::from(nodes[node].region)]
                .name
                .clone()
        };
        let all = 0..nodes.len();
        Oracle {
            classes: all.clone().map(class).collect(),
            is_cut_off: all.map(|node| region(node) == "EU").collect(),
            cut_us: self.cut_s.map(|(from_s, length_s)| {
                let from_us = u64::from(from_s) * SECOND;
                (from_us, from_us + u64::from(length_s) * SECOND)
            }),
            sessions: self.sessions(),
            timeout_us: u64::from(self.timeout_s) * SECOND,
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(8))]
    #[test]
    fn nothing_reaches_whom_nats_and_absences_keep_it_from(plan in plans()) {
        let outcome = plan.run();
        let received = outcome.captured.iter().filter(|one| one.receiver.is_some());
        prop_assert!(received.count() > 100, "hardly anything happened");
        let judged = plan.oracle(&outcome).judge(&outcome.captured, &outcome.finished.trace);
        prop_assert_eq!(judged, Ok(()));
    }
}

#[test]
fn the_oracle_objects_to_what_cannot_be() {
    let plan = Plan {
        seed: 1,
        weights: [0, 50, 50, 50, 50],
        timeout_s: 12,
        is_behind_carriers: false,
        loss: 0.01,
        sessions_s: vec![(10, 10); 8],
        cut_s: Some((12, 10)),
    };
    let outcome = plan.run();
    let oracle = plan.oracle(&outcome);
    let judge = |forge: &dyn Fn(&mut Vec<Captured>, &mut Vec<TraceRow>)| {
        let (mut datagrams, mut trace) = (outcome.captured.clone(), outcome.finished.trace.clone());
        forge(&mut datagrams, &mut trace);
        datagrams.sort_by_key(|one| one.at);
        oracle.judge(&datagrams, &trace).err().unwrap_or_default()
    };
    assert_eq!(judge(&|_, _| ()), "");
    let some = outcome.captured.iter().rev();
    let some: Vec<&Captured> = some.filter(|one| one.receiver.is_some()).collect();
    let is_open = |node: u32| ["PUBLIC", "UNRESTRICTED"].contains(&&*oracle.classes[node as usize]);
    let behind = |one: &&&Captured| !is_open(one.receiver.unwrap());
    let guarded = *some.iter().find(behind).expect("most are behind NATs");
    let said = judge(&|datagrams, _| {
        let from = Address::new([9, 9, 9, 9].into(), 9);
        datagrams.push(Captured {
            from,
            ..guarded.clone()
        });
    });
    assert!(said.contains("let nobody in from there"), "{said}");
    let said = judge(&|datagrams, _| {
        let at = Time::from_micros(15 * SECOND);
        let receiver = Some(INDEXED);
        datagrams.push(Captured {
            at,
            receiver,
            ..guarded.clone()
        });
    });
    assert!(said.contains("is away"), "{said}");
    let said = judge(&|datagrams, _| {
        let payload = vec![1, 2, 3].into();
        datagrams.push(Captured {
            payload,
            ..guarded.clone()
        });
    });
    assert!(said.contains("was never sent"), "{said}");
    let said = judge(&|_, trace| {
        let row = trace.iter_mut().find(|row| row.node != row.from).unwrap();
        row.at_us = 1;
    });
    assert!(said.contains("out of nowhere"), "{said}");
}

const INDEXED: u32 = 2;
const END_S: f64 = 40.0;
const SECOND: u64 = 1_000_000;
