//! What a peer is told when it starts, in words that fit both kinds.

use std::{path::PathBuf, process::Command};

use serde_json::json;

use super::{
    clock::Clock,
    lab::Machine,
    peer::{Kind, Peer},
    reference,
};

/// A peer that has not started yet.
#[derive(Clone, Debug)]
pub(crate) struct Setup {
    name: String,
    is_indexed: bool,
    address: String,
    port: u16,
    probe_port: u16,
    bootstraps: Vec<Known>,
    cluster: String,
    joins: Vec<String>,
    keepalive_seconds: u64,
    state: Option<PathBuf>,
    machine: Option<Machine>,
    environment: Vec<(&'static str, PathBuf)>,
}

/// A peer that another one starts with.
#[derive(Clone, Debug)]
struct Known {
    peer: String,
    address: String,
    port: u16,
}

impl Setup {
    /// An ordinary peer on loopback; its id comes from its name.
    pub(crate) fn new(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            is_indexed: false,
            address: "127.0.0.1".to_owned(),
            port: 0,
            probe_port: 0,
            bootstraps: Vec::new(),
            cluster: CLUSTER.to_owned(),
            joins: Vec::new(),
            keepalive_seconds: 30,
            state: None,
            machine: None,
            environment: Vec::new(),
        }
    }

    /// Makes it an indexed peer.
    pub(crate) fn indexed(mut self) -> Self {
        self.is_indexed = true;
        self
    }

    /// Binds this address instead of 127.0.0.1.
    pub(crate) fn at(mut self, address: &str) -> Self {
        self.address = address.to_owned();
        self
    }

    /// Binds these ports instead of any.
    pub(crate) fn ports(mut self, main: u16, probe: u16) -> Self {
        (self.port, self.probe_port) = (main, probe);
        self
    }

    /// Starts out with these peers.
    pub(crate) fn knows<'a>(mut self, peers: impl IntoIterator<Item = &'a Peer>) -> Self {
        for peer in peers {
            self = self.knows_at(peer, peer.address(), peer.port());
        }
        self
    }

    /// Starts out with a peer at another address than it has bound.
    pub(crate) fn knows_at(mut self, peer: &Peer, address: &str, port: u16) -> Self {
        self.bootstraps.push(Known {
            peer: peer.id().to_owned(),
            address: address.to_owned(),
            port,
        });
        self
    }

    /// Belongs to this cluster.
    pub(crate) fn cluster(mut self, cluster: &str) -> Self {
        self.cluster = cluster.to_owned();
        self
    }

    /// Joins the subcluster of this seed as soon as it can.
    pub(crate) fn joins(mut self, seed: &str) -> Self {
        self.joins.push(seed.to_owned());
        self
    }

    /// Gives a sign of life this often.
    pub(crate) fn keepalive(mut self, seconds: u64) -> Self {
        self.keepalive_seconds = seconds;
        self
    }

    /// Keeps its state in a file; ours only.
    pub(crate) fn state(mut self, file: PathBuf) -> Self {
        self.state = Some(file);
        self
    }

    /// Runs on a machine of a lab.
    pub(crate) fn on(mut self, machine: &Machine) -> Self {
        self.address = machine.address().to_owned();
        self.machine = Some(machine.clone());
        self
    }

    /// Goes by this wall clock; ours only.
    pub(crate) fn clock(mut self, clock: &Clock) -> Self {
        self.environment.extend(clock.environment());
        self
    }

    /// Starts it as one of ours.
    #[track_caller]
    pub(crate) fn ours(&self) -> Peer {
        self.start(Kind::Ours)
    }

    /// Starts it as a reference peer.
    #[track_caller]
    pub(crate) fn theirs(&self) -> Peer {
        self.start(Kind::Theirs)
    }

    /// Starts it as a peer of that kind.
    #[track_caller]
    pub(crate) fn start(&self, kind: Kind) -> Peer {
        let command = match kind {
            Kind::Ours => self.our_command(),
            Kind::Theirs => self.their_command(),
        };
        Peer::start(kind, &self.name, &self.cluster, command)
    }

    fn command(&self, program: &str) -> Command {
        match &self.machine {
            Some(machine) => machine.command(program),
            None => Command::new(program),
        }
    }

    fn our_command(&self) -> Command {
        let mut command = self.command(env!("CARGO_BIN_EXE_runtime"));
        command.envs(self.environment.iter().cloned());
        let name = self.name.replace(' ', "-");
        command.args(["peer", "--json", "--name", &name, "--seed", &self.name]);
        command.args(["--address", &self.address, "--cluster", &self.cluster]);
        command.args(["--keepalive", &self.keepalive_seconds.to_string()]);
        for (flag, port) in [("--port", self.port), ("--probe-port", self.probe_port)] {
            if port != 0 {
                command.args([flag, &port.to_string()]);
            }
        }
        if self.is_indexed {
            command.arg("--indexed");
        }
        for known in &self.bootstraps {
            let Known {
                peer,
                address,
                port,
            } = known;
            command.args(["--bootstrap", &format!("{peer}@{address}:{port}")]);
        }
        for seed in &self.joins {
            command.args(["--join", seed]);
        }
        if let Some(state) = &self.state {
            command.arg("--state").arg(state);
        }
        command
    }

    fn their_command(&self) -> Command {
        assert!(self.state.is_none(), "the reference keeps no state file");
        let known = |known: &Known| json!({ "peer": known.peer, "address": known.address, "port": known.port });
        let options = json!({
            "name": self.name,
            "indexed": self.is_indexed,
            "address": self.address,
            "port": self.port,
            "probePort": self.probe_port,
            "bootstraps": self.bootstraps.iter().map(known).collect::<Vec<_>>(),
            "cluster": self.cluster,
            "join": self.joins,
            "keepalive": self.keepalive_seconds * 1000,
        });
        let mut command = self.command("node");
        command
            .arg(reference::script())
            .arg(reference::module())
            .arg(options.to_string());
        command
    }
}

/// The cluster of most tests.
const CLUSTER: &str = "TEST";
