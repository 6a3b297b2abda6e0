//! Opens peers for pages: decides who they are, starts their actors, binds their sockets.

use std::{path::PathBuf, time::Duration};

use rand::Rng as _;
use serde_json::{Value, json};

use super::{Network, Waiting, ask, holdings::OpenPeer, orders::describe};
use crate::{
    actors::{
        kit::Context,
        packet_cache::State,
        relay::{PeerAddrs, PeerOptions, neighbours, start_peer},
    },
    messages::{
        network::{AttachmentId, NetworkError, PeerAttached, PeerWish},
        relay as relay_messages,
        udp::BindSockets,
    },
    relay::{
        Address, PeerId,
        cache::CacheConfig,
        keys::KeyPair,
        peer::{Bootstrap, ContactName, PeerConfig},
    },
};

/// What `[peer]` of `socket.ini` says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PeerDefaults {
    /// Whom a peer asks first.
    pub bootstraps: Vec<Bootstrap>,
    /// The same by name, to be looked up.
    pub names: Vec<ContactName>,
    /// Port of its main socket; 0 for any.
    pub port: u16,
    /// Port of its probe socket; 0 for any.
    pub probe_port: u16,
    /// Bytes of packets that it keeps.
    pub cache_bytes: usize,
    /// How often it gives a sign of life.
    pub keepalive: Duration,
    /// Whether it keeps identity and packets on disk.
    pub has_state: bool,
    /// Where it keeps them; nowhere if absent.
    pub folder: Option<PathBuf>,
}

impl PeerDefaults {
    pub(super) fn json(&self) -> Value {
        let bootstraps = self.bootstraps.iter().map(|bootstrap| {
            let (address, port) = (bootstrap.address.ip().to_string(), bootstrap.address.port());
            let (peer_id, indexed) = (bootstrap.peer_id, bootstrap.is_indexed);
            json!({ "address": address, "port": port, "peerId": peer_id, "indexed": indexed })
        });
        json!({
            "bootstraps": bootstraps.collect::<Vec<_>>(), "port": self.port,
            "probePort": self.probe_port, "cacheBytes": self.cache_bytes,
            "keepalive": u64::try_from(self.keepalive.as_millis()).unwrap_or(u64::MAX),
            "state": self.has_state && self.folder.is_some(),
        })
    }
}

/// What a job has found out about a peer that is to be opened.
struct Identity {
    seed: [u8; 32],
    state: Option<State>,
    remembered: Vec<Bootstrap>,
}

impl Network {
    /// Attaches a window to the peer that it wishes for, which is opened if it is not yet.
    pub(super) fn attach(&mut self, wish: PeerWish, waiting: Waiting, ctx: &mut Context<Self>) {
        let open = {
            let held = self.options.holdings.lock();
            let wanted = wish.peer_id.or(held.shared);
            wanted.filter(|peer| held.peer(peer).is_some())
        };
        if let Some(peer) = open {
            return self.attach_to(peer, false, waiting, ctx);
        }
        if let Some(others) = self.opening.get_mut(&wish.peer_id) {
            return others.push(waiting);
        }
        let count = self.options.holdings.lock().peers_count() + self.opening.len();
        if count >= super::PEERS_MAX {
            let count_max = super::PEERS_MAX;
            let error = NetworkError::TooManyPeers { count_max };
            return waiting.reply.send(Err(error));
        }
        self.opening.insert(wish.peer_id, vec![waiting]);
        let (path, random) = (self.state_path(&wish), ctx.random().random());
        let given = wish.seed;
        ctx.offload(
            move || identity(path, given, random),
            move |network, found, ctx| {
                let found = found.map_err(|error| error.to_string());
                match found.and_then(|found| found) {
                    Ok(identity) => network.start(wish, identity, ctx),
                    Err(reason) => {
                        let error = NetworkError::State { reason };
                        network.opened(wish.peer_id, Err(error), ctx);
                    }
                }
            },
        );
    }

    /// Where a peer keeps what it must not forget, if it does.
    fn state_path(&self, wish: &PeerWish) -> Option<PathBuf> {
        let defaults = &self.options.defaults;
        let has_state = wish.has_state.unwrap_or(defaults.has_state);
        let folder = defaults.folder.as_ref().filter(|_| has_state)?;
        let name = match wish.peer_id {
            Some(peer) => peer.to_string(),
            None => "shared".to_owned(),
        };
        Some(folder.join(format!("{name}.redb")))
    }

    fn start(&mut self, wish: PeerWish, identity: Identity, ctx: &mut Context<Self>) {
        let defaults = &self.options.defaults;
        let any = Address::new([0, 0, 0, 0].into(), defaults.port);
        let main = wish.main.unwrap_or(any);
        let probe_port = wish.probe_port.unwrap_or(defaults.probe_port);
        let bind = BindSockets {
            main,
            probe: Address::new(*main.ip(), probe_port),
        };
        let own_id = KeyPair::from_seed(identity.seed).peer_id();
        let peer = wish.peer_id.unwrap_or(own_id);
        let cache_bytes = wish.cache_bytes.unwrap_or(defaults.cache_bytes);
        let keepalive = wish.keepalive_ms.map(Duration::from_millis);
        let bootstraps = wish.bootstraps.clone();
        let config = PeerConfig {
            signing: Default::default(),
            peer_id: wish.peer_id,
            identity_seed: identity.seed,
            is_indexed: wish.is_indexed,
            cluster: wish.cluster,
            bootstraps: bootstraps.unwrap_or_else(|| defaults.bootstraps.clone()),
            keepalive: keepalive.unwrap_or(defaults.keepalive),
            address: wish.public,
        };
        // A page that names its own bootstraps means these alone.
        let names = wish.bootstraps.is_none().then(|| defaults.names.clone());
        let state = identity.state.clone();
        let options = PeerOptions {
            name: peer.to_string().chars().take(NAME_DIGITS).collect(),
            config,
            names: names.unwrap_or_default(),
            remembered: identity.remembered,
            cache: CacheConfig {
                bytes_max: cache_bytes,
            },
            state: identity.state,
            keepsake: None,
        };
        let (host, owner) = (ctx.host().clone(), ctx.addr().recipient());
        let team = self.options.team.clone();
        let addrs = start_peer(&host, &self.options.spawner, options, owner, team);
        let open = OpenPeer::new(addrs.clone(), wish.cluster, cache_bytes, state);
        // Before it opens, since it tells what happens from then on.
        self.options.holdings.lock().add_peer(peer, open);
        let relay = addrs.relay.recipient();
        ask(
            &relay,
            relay_messages::OpenPeer { bind },
            ctx,
            move |network, bound, ctx| {
                let outcome = match bound {
                    Ok(_) => Ok(peer),
                    Err(error) => {
                        network.give_up(&peer, &addrs);
                        Err(error)
                    }
                };
                network.opened(wish.peer_id, outcome, ctx);
            },
        );
    }

    fn give_up(&self, peer: &PeerId, addrs: &PeerAddrs) {
        self.options.holdings.lock().remove_peer(peer);
        addrs.stop(&self.options.team.1);
    }

    /// A peer is open, or cannot be: all who waited for it learn of it.
    fn opened(
        &mut self,
        wished: Option<PeerId>,
        outcome: Result<PeerId, NetworkError>,
        ctx: &mut Context<Self>,
    ) {
        let waiting = self.opening.remove(&wished).unwrap_or_default();
        if let (None, Ok(peer)) = (wished, &outcome) {
            self.options.holdings.lock().shared = Some(*peer);
        }
        for (index, waiting) in waiting.into_iter().enumerate() {
            match &outcome {
                Ok(peer) => self.attach_to(*peer, index == 0, waiting, ctx),
                Err(error) => waiting.reply.send(Err(error.clone())),
            }
        }
    }

    fn attach_to(&self, peer: PeerId, is_new: bool, waiting: Waiting, ctx: &mut Context<Self>) {
        let attachment = AttachmentId(ctx.random().random());
        let addrs = {
            let mut held = self.options.holdings.lock();
            let addrs = held.peer(&peer).map(|open| open.addrs.clone());
            let addrs = addrs.ok_or(NetworkError::NoPeer);
            addrs.and_then(|addrs| {
                held.attach(attachment, waiting.window, peer)?;
                Ok(addrs)
            })
        };
        let addrs = match addrs {
            Ok(addrs) => addrs,
            Err(error) => return waiting.reply.send(Err(error)),
        };
        describe(peer, &addrs, ctx, move |network, report, _| {
            if report.is_err() {
                network.detach(attachment);
            }
            waiting.reply.send(report.map(|report| PeerAttached {
                attachment,
                is_new,
                report,
            }));
        });
    }
}

/// The seed of a peer's key: what was given, what was kept, or what chance says.
fn identity(
    path: Option<PathBuf>,
    given: Option<[u8; 32]>,
    random: [u8; 32],
) -> Result<Identity, String> {
    let Some(path) = path else {
        let seed = given.unwrap_or(random);
        return Ok(Identity {
            seed,
            state: None,
            remembered: Vec::new(),
        });
    };
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)
            .map_err(|error| format!("cannot make the folder '{}': {error}", folder.display()))?;
    }
    let state = State::open(&path).map_err(|error| error.to_string())?;
    let kept = state.get(SEED_KEY).map_err(|error| error.to_string())?;
    let kept = kept.and_then(|seed| <[u8; 32]>::try_from(&seed[..]).ok());
    let seed = given.or(kept).unwrap_or(random);
    if kept != Some(seed) {
        let put = state.put(SEED_KEY, &seed);
        put.map_err(|error| error.to_string())?;
    }
    let remembered = neighbours::load(&state).map_err(|error| error.to_string())?;
    Ok(Identity {
        seed,
        state: Some(state),
        remembered,
    })
}

/// Under which name the seed is kept.
const SEED_KEY: &str = "identity";
/// Digits of a peer's id in the names of its actors.
const NAME_DIGITS: usize = 8;
