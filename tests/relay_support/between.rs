//! A network on loopback that loses, repeats, delays and reorders what goes through it.
//!
//! Each peer binds an address of its own that nobody else is told. For all others it lives at
//! another one, held by this forwarder, which passes everything on as a full-cone NAT does: so
//! what a peer is seen as and what it can be reached by agree, and nobody notices the detour.
//! The seed decides the fate of the n-th datagram; when it comes is the machine's business.

use std::{
    collections::{BTreeMap, BTreeSet},
    net::{Ipv4Addr, SocketAddr, SocketAddrV4, UdpSocket},
    ops::Range,
    rc::Rc,
    sync::{Arc, Mutex, mpsc},
    thread::{self, JoinHandle},
    time::Duration,
};

use rand::{Rng as _, SeedableRng as _, rngs::StdRng};
use tokio::{net::UdpSocket as Socket, runtime, sync::oneshot, task, time};

/// The forwarder; it ends with this value.
pub(crate) struct Between {
    network: u8,
    rules: Arc<Mutex<Rules>>,
    end: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
    _lock: UdpSocket,
}

/// What happens to datagrams on their way.
#[derive(Clone, Debug)]
pub(crate) struct Weather {
    /// The share that is lost.
    pub(crate) loss: f64,
    /// The share that comes twice.
    pub(crate) twice: f64,
    /// How long each is under way, in milliseconds; a wide range reorders.
    pub(crate) delay_ms: Range<u64>,
}

/// Decides whether a datagram passes: from whom, to whom, and its bytes.
type Gate = Box<dyn FnMut(u8, u8, &[u8]) -> bool + Send>;

struct Rules {
    random: StdRng,
    weather: Weather,
    moved: BTreeSet<u8>,
    gate: Gate,
    lost: u64,
    passed: u64,
}

/// The sockets that peers are seen as, by address and port.
type Faces = BTreeMap<SocketAddrV4, Rc<Socket>>;

impl Between {
    /// Starts a network for peers numbered from 1.
    pub(crate) fn start(seed: u64, peer_count: u8, weather: Weather) -> Self {
        let (network, lock) = claim();
        let rules = Arc::new(Mutex::new(Rules {
            random: StdRng::seed_from_u64(seed),
            weather,
            moved: BTreeSet::new(),
            gate: Box::new(|_, _, _| true),
            lost: 0,
            passed: 0,
        }));
        let (end, ended) = oneshot::channel();
        let (started, is_started) = mpsc::channel();
        let copy = Arc::clone(&rules);
        let thread = thread::spawn(move || {
            let runtime = runtime::Builder::new_current_thread().enable_all().build();
            let work = async move {
                let faces = open(network, peer_count);
                started.send(()).unwrap();
                forward(network, Rc::new(faces), &copy, ended).await;
            };
            task::LocalSet::new().block_on(&runtime.unwrap(), work);
        });
        is_started
            .recv()
            .expect("the sockets of the network are free");
        Self {
            network,
            rules,
            end: Some(end),
            thread: Some(thread),
            _lock: lock,
        }
    }

    /// The address that a peer binds, with [`MAIN_PORT`] and [`PROBE_PORT`].
    pub(crate) fn home(&self, peer: u8) -> String {
        Ipv4Addr::new(127, self.network, HOME, peer).to_string()
    }

    /// The address that the others know it by.
    pub(crate) fn face(&self, peer: u8) -> String {
        let face = self.rules.lock().unwrap().face(peer);
        Ipv4Addr::new(127, self.network, face, peer).to_string()
    }

    /// Changes the weather.
    pub(crate) fn set_weather(&self, weather: Weather) {
        self.rules.lock().unwrap().weather = weather;
    }

    /// Lets only those datagrams pass that the gate lets pass.
    pub(crate) fn set_gate(&self, gate: impl FnMut(u8, u8, &[u8]) -> bool + Send + 'static) {
        self.rules.lock().unwrap().gate = Box::new(gate);
    }

    /// Gives a peer another address, as a provider does overnight; the old one goes dead.
    pub(crate) fn move_away(&self, peer: u8) {
        self.rules.lock().unwrap().moved.insert(peer);
    }

    /// How many datagrams have passed and how many were lost.
    pub(crate) fn counts(&self) -> (u64, u64) {
        let rules = self.rules.lock().unwrap();
        (rules.passed, rules.lost)
    }
}

impl Drop for Between {
    fn drop(&mut self) {
        drop(self.end.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

impl Weather {
    /// Nothing happens to anything.
    pub(crate) fn fair() -> Self {
        Self {
            loss: 0.0,
            twice: 0.0,
            delay_ms: 0..1,
        }
    }

    /// A bad line: one in twenty lost, one in twenty twice, and no order.
    pub(crate) fn foul() -> Self {
        Self {
            loss: 0.05,
            twice: 0.05,
            delay_ms: 5..60,
        }
    }
}

impl Rules {
    fn face(&self, peer: u8) -> u8 {
        if self.moved.contains(&peer) {
            NEW_FACE
        } else {
            FACE
        }
    }

    /// When the copies of a datagram arrive, if any do.
    fn fate(&mut self, from: u8, to: u8, bytes: &[u8]) -> Vec<Duration> {
        let is_lost = self.random.random_bool(self.weather.loss);
        let copy_count = 1 + usize::from(self.random.random_bool(self.weather.twice));
        let delays = self.weather.delay_ms.clone();
        if is_lost || !(self.gate)(from, to, bytes) {
            self.lost += 1;
            return Vec::new();
        }
        self.passed += 1;
        let random = &mut self.random;
        let mut delay = || Duration::from_millis(random.random_range(delays.clone()));
        (0..copy_count).map(|_| delay()).collect()
    }
}

/// Finds a network that no other test on this machine uses, and holds it.
fn claim() -> (u8, UdpSocket) {
    let claimed = (16..250).find_map(|network| {
        let lock = UdpSocket::bind((Ipv4Addr::new(127, network, LOCK, 1), MAIN_PORT));
        Some((network, lock.ok()?))
    });
    claimed.expect("one of the networks of loopback is free")
}

/// Binds every address and port that peers are or will be seen as.
fn open(network: u8, peer_count: u8) -> Faces {
    let mut faces = Faces::new();
    for peer in 1..=peer_count {
        for role in [FACE, NEW_FACE] {
            for port in [MAIN_PORT, PROBE_PORT] {
                let address = SocketAddrV4::new(Ipv4Addr::new(127, network, role, peer), port);
                let socket = UdpSocket::bind(address).unwrap();
                socket.set_nonblocking(true).unwrap();
                faces.insert(address, Rc::new(Socket::from_std(socket).unwrap()));
            }
        }
    }
    faces
}

async fn forward(
    network: u8,
    faces: Rc<Faces>,
    rules: &Arc<Mutex<Rules>>,
    ended: oneshot::Receiver<()>,
) {
    for (face, socket) in faces.iter() {
        let way = Way {
            network,
            face: *face,
            faces: Rc::clone(&faces),
            rules: Arc::clone(rules),
        };
        task::spawn_local(way.follow(Rc::clone(socket)));
    }
    let _ = ended.await;
}

/// What comes to one of the addresses that a peer is seen as.
struct Way {
    network: u8,
    face: SocketAddrV4,
    faces: Rc<Faces>,
    rules: Arc<Mutex<Rules>>,
}

impl Way {
    async fn follow(self, socket: Rc<Socket>) {
        let mut buffer = vec![0; 65_536];
        loop {
            // An earlier datagram that could not be delivered is no reason to stop.
            let Ok((length, SocketAddr::V4(from))) = socket.recv_from(&mut buffer).await else {
                continue;
            };
            self.pass(from, &buffer[..length]);
        }
    }

    fn pass(&self, from: SocketAddrV4, bytes: &[u8]) {
        let [_, network, role, sender] = from.ip().octets();
        let [_, _, face, receiver] = self.face.ip().octets();
        let mut rules = self.rules.lock().unwrap();
        if (network, role) != (self.network, HOME) || face != rules.face(receiver) {
            return;
        }
        let seen_as = Ipv4Addr::new(127, network, rules.face(sender), sender);
        let Some(through) = self.faces.get(&SocketAddrV4::new(seen_as, from.port())) else {
            return;
        };
        let home = Ipv4Addr::new(127, network, HOME, receiver);
        let to = SocketAddrV4::new(home, self.face.port());
        for delay in rules.fate(sender, receiver, bytes) {
            let (through, bytes) = (Rc::clone(through), bytes.to_vec());
            task::spawn_local(async move {
                time::sleep(delay).await;
                let _ = through.send_to(&bytes, to).await;
            });
        }
    }
}

/// Every peer's main port; addresses tell peers apart.
pub(crate) const MAIN_PORT: u16 = 4000;
/// Every peer's probe port.
pub(crate) const PROBE_PORT: u16 = 4001;
/// Third number of an address: who holds the network.
const LOCK: u8 = 0;
/// What a peer binds.
const HOME: u8 = 1;
/// What it is seen as.
const FACE: u8 = 2;
/// What it is seen as after it has moved.
const NEW_FACE: u8 = 3;
