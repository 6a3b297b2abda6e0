//! Runs a peer with all its actors, for as long as `runtime peer` does.
//!
//! [`start`] comes back when the sockets are bound; [`Running::next_line`] gives what is
//! said, line by line; [`Running::stop`] ends everything in good order. SIGINT, SIGTERM and
//! SIGHUP do the same from outside, and a second one ends the process at once.

use std::{
    cell::Cell,
    io,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use serde_json::json;

use super::{
    ControlSetup, Desk, Feed, Outlets, PeerSetup, identity, line, request,
    socket::{ControlSocket, SocketError},
    team::Team,
};
use crate::{
    actors::{
        kit::{AskError, LiveHost, Recording, Summary, recording},
        packet_cache::{State, StateError},
        relay::{PeerOptions, neighbours},
    },
    messages::{
        control::{ControlError, ObeyRequest, Place, Request},
        relay::OpenPeer,
        udp::{BindSockets, SocketsBound, UdpError},
    },
    relay::{
        ClusterId,
        cache::CacheConfig,
        keys::KeyPair,
        peer::{Bootstrap, ContactName, PeerConfig},
    },
};

/// A peer that runs.
pub struct Running {
    live: LiveHost,
    team: Team,
    desk: Desk,
    recording: Option<Recording>,
    /// The reader of this process, on the desk.
    client: u64,
    feed: Feed,
    /// Comes before everything in the feed.
    first: Cell<Option<Arc<str>>>,
    /// Lets this thread wait for the others.
    waiting: tokio::runtime::Runtime,
}

/// Why a peer does not run.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// There is no control socket.
    #[error(transparent)]
    Socket(#[from] SocketError),
    /// There is no UDP socket.
    #[error(transparent)]
    Udp(#[from] UdpError),
    /// The state file cannot be used.
    #[error(transparent)]
    State(#[from] StateError),
    /// A cluster or key is none.
    #[error(transparent)]
    Invalid(#[from] ControlError),
    /// The system refuses threads.
    #[error("cannot start the actors: {0}")]
    Host(#[from] io::Error),
    /// There is no file for the recording.
    #[error("cannot record to '{}': {error}", path.display())]
    Record {
        /// The file.
        path: PathBuf,
        /// What the system said.
        error: io::Error,
    },
    /// An actor does not answer.
    #[error("the peer does not start: {0}")]
    Silent(#[from] AskError),
}

/// How a peer has ended.
#[derive(Clone, Debug)]
pub struct Ended {
    /// The actor that kept crashing, if that was the end.
    pub lost: Option<String>,
    /// What was recorded, if that was wanted.
    pub recorded: Option<Summary>,
}

/// Where it is written down what actors did last before a crash: beside the state file, or
/// where the user's programs keep such things.
fn crash_folder(setup: &PeerSetup) -> Option<PathBuf> {
    let state = setup.state.as_deref().and_then(Path::parent);
    match state {
        Some(folder) => Some(Path::new(".").join(folder)),
        None => Some(dirs::data_dir()?.join("runtime").join("crashes")),
    }
}

/// Has everything recorded that starts on a host from now on.
fn record(path: &Path, live: &LiveHost) -> Result<Recording, StartError> {
    let made = Recording::create(path, recording::MADE_BY, live.host().clock().unix_ms());
    let recording = made.map_err(|error| StartError::Record {
        path: path.to_owned(),
        error,
    })?;
    live.host().registry().record(recording.clone());
    Ok(recording)
}

/// Starts a peer and waits until it listens and takes part.
///
/// # Errors
/// If its name, state file, address or port cannot be had.
pub fn start(setup: &PeerSetup) -> Result<Running, StartError> {
    let socket = ControlSocket::bind(&setup.name)?;
    let control_path = socket.path().to_owned();
    let state = setup.state.as_deref().map(State::open).transpose()?;
    let seed = identity::seed(setup.seed.as_deref(), state.as_ref())?;
    let cluster = setup.cluster.as_ref().map(request::cluster).transpose()?;
    let waiting = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()?;
    let live = LiveHost::start()?;
    if let Some(folder) = crash_folder(setup) {
        let clock = live.host().clock().clone();
        live.host().registry().write_crashes_to(folder, clock);
    }
    let recording = setup.record.as_deref().map(|path| record(path, &live));
    let recording = recording.transpose()?;
    let (desk, feed) = (Desk::default(), Feed::default());
    let client = desk.add_client(feed.clone(), true);
    let remembered = state.as_ref().map(neighbours::load).transpose()?;
    let (bootstraps, names) = ContactName::sort(&setup.bootstraps);
    let control = control_setup(setup, &desk, (seed, cluster), state.clone());
    let options = PeerOptions {
        name: setup.name.clone(),
        config: config(setup, bootstraps, seed, cluster),
        names,
        remembered: remembered.unwrap_or_default(),
        cache: CacheConfig {
            bytes_max: setup.cache_bytes_max,
        },
        state,
        keepsake: None,
    };
    let mut running = Running {
        team: Team::start(&live, options, control, socket, setup.access),
        live,
        desk,
        recording,
        client,
        feed,
        first: Cell::default(),
        waiting,
    };
    running.open(setup, &KeyPair::from_seed(seed), &control_path)?;
    Ok(running)
}

impl Running {
    /// Waits for the next line; none once the peer has ended.
    #[must_use]
    pub fn next_line(&self) -> Option<Arc<str>> {
        let first = self.first.take();
        first.or_else(|| self.waiting.block_on(self.feed.next()))
    }

    /// Ends the peer, if nobody has, and waits until everything is written.
    #[must_use]
    pub fn stop(self) -> Ended {
        self.desk.remove_client(self.client);
        self.waiting.block_on(self.team.end());
        drop(self.team);
        self.live.stop();
        Ended {
            lost: self.desk.lost(),
            recorded: self.recording.map(|recording| recording.finish()),
        }
    }

    /// Binds the sockets, joins what is to be joined and serves clients.
    fn open(&mut self, setup: &PeerSetup, own: &KeyPair, control: &Path) -> Result<(), StartError> {
        let bind = BindSockets {
            main: setup.main,
            probe: setup.probe,
        };
        let asked = self.team.relay.ask(OpenPeer { bind }, OPEN_DEADLINE);
        let bound = self.waiting.block_on(asked)??;
        self.first.set(Some(listening(own, &bound, control)));
        for key in &setup.joins {
            let place = Place {
                cluster: setup.cluster.clone(),
                key: key.clone(),
            };
            let join = ObeyRequest {
                client: self.client,
                request: Request::Join(place),
            };
            let asked = self.team.control.ask(join, OPEN_DEADLINE);
            self.waiting.block_on(asked)??;
        }
        self.team.serve();
        Ok(())
    }
}

/// The first line.
fn listening(own: &KeyPair, bound: &SocketsBound, control: &Path) -> Arc<str> {
    line(json!({
        "event": "listening", "peer": own.peer_id().to_string(),
        "address": bound.main.ip().to_string(), "port": bound.main.port(),
        "probe_port": bound.probe.port(), "control": control.display().to_string(),
    }))
}

fn config(
    setup: &PeerSetup,
    bootstraps: Vec<Bootstrap>,
    seed: [u8; 32],
    cluster: Option<ClusterId>,
) -> PeerConfig {
    PeerConfig {
        signing: Default::default(),
        peer_id: None,
        identity_seed: seed,
        is_indexed: setup.is_indexed,
        cluster,
        bootstraps,
        keepalive: setup.keepalive,
        address: setup.public,
    }
}

fn control_setup(
    setup: &PeerSetup,
    desk: &Desk,
    (seed, cluster): ([u8; 32], Option<ClusterId>),
    state: Option<State>,
) -> impl FnOnce(Outlets) -> ControlSetup {
    let (desk, cache_bytes_max) = (desk.clone(), setup.cache_bytes_max);
    let identity = KeyPair::from_seed(seed);
    move |outlets| ControlSetup {
        peer_id: identity.peer_id(),
        desk,
        outlets,
        identity,
        cluster,
        cache_bytes_max,
        state,
    }
}

const OPEN_DEADLINE: Duration = Duration::from_secs(10);
