//! The network actor: what windows hold of peers, and what their pages hear.

use std::{
    path::PathBuf,
    sync::mpsc::{self, Receiver, Sender},
    time::Duration,
};

use bytes::Bytes;
use serde_json::{Value, json};
use socket_runtime::{
    actors::{
        kit::{Actor, Addr, Context, Handler, Lane, LiveHost, Reply, Spec},
        network::{Holdings, Network, NetworkOptions, PEERS_MAX, PeerDefaults},
        supervisor::{Children, Outlets, Supervisor},
        terminal::Terminal,
    },
    messages::{
        Message,
        host::WindowError,
        network::{
            AskPeer, AttachPeer, AttachmentId, DetachPeersOf, Dispatch, NetworkError, PeerAttached,
            PeerOrder, PeerWish,
        },
        windows::RaiseEvent,
    },
    relay::{
        Address, ClusterId, PeerId,
        keys::{KeyPair, SharedKey},
        packet::{Field, Signature},
        peer::Bootstrap,
    },
};

const KEY: SharedKey = SharedKey([7; 32]);
const LOOPBACK: Address = Address::new(std::net::Ipv4Addr::LOCALHOST, 0);
const PATIENCE: Duration = Duration::from_secs(30);

#[test]
fn a_message_is_opened_and_reaches_the_window_that_joined() {
    let host = LiveHost::start().unwrap();
    let (one, other) = (App::start(&host, None), App::start(&host, None));
    let hub = one.attach(0, indexed()).unwrap();
    let leaf = other.attach(3, knowing(&hub.report)).unwrap();
    assert!(hub.is_new && leaf.is_new);
    let joined = one.ask(0, hub.attachment, join()).unwrap();
    assert_eq!(joined["cluster"], json!("54455354"));
    other.ask(3, leaf.attachment, join()).unwrap();
    other.until(3, "connection");
    let order = send(b"hello", Some(KeyPair::from_text("publisher")));
    let sent = one.ask(0, hub.attachment, order).unwrap();
    let line = other.until(3, "packet");
    assert_eq!(
        (&line["text"], &line["verified"]),
        (&json!("hello"), &json!("full"))
    );
    assert_eq!(line["id"], sent["ids"][0]);
    assert_eq!(line["local"], leaf.report["peer"]);
    assert!(line["sealed"].is_string());
    let walked = other.ask(3, leaf.attachment, walk(&line["id"])).unwrap();
    assert_eq!(walked["packet"]["text"], json!("hello"));
    host.stop();
}

#[test]
fn windows_share_a_peer_and_hear_each_other() {
    let host = LiveHost::start().unwrap();
    let app = App::start(&host, None);
    let first = app.attach(0, indexed()).unwrap();
    let second = app.attach(1, PeerWish::default()).unwrap();
    assert!(first.is_new && !second.is_new);
    assert_eq!(first.report["peer"], second.report["peer"]);
    for (window, held) in [(0, &first), (1, &second)] {
        app.ask(window, held.attachment, join()).unwrap();
    }
    app.ask(0, first.attachment, send(b"to my other window", None))
        .unwrap();
    let line = app.until(1, "packet");
    assert_eq!(
        (&line["own"], &line["text"]),
        (&json!(true), &json!("to my other window"))
    );
    host.stop();
}

#[test]
fn a_hold_on_a_peer_answers_to_its_window_and_ends_with_its_page() {
    let host = LiveHost::start().unwrap();
    let app = App::start(&host, None);
    let first = app.attach(0, indexed()).unwrap();
    let second = app.attach(1, PeerWish::default()).unwrap();
    let describe = |window, held: &PeerAttached| {
        app.ask(window, held.attachment, PeerOrder::Describe)
            .map(|report| report["peer"].clone())
    };
    assert_eq!(describe(1, &first), Err(NetworkError::NoPeer));
    app.ask(0, first.attachment, join()).unwrap();
    app.network.tell(DetachPeersOf { window: 0 }).unwrap();
    assert_eq!(describe(0, &first), Err(NetworkError::NoPeer));
    assert_eq!(describe(1, &second), Ok(first.report["peer"].clone()));
    let report = app.ask(1, second.attachment, PeerOrder::Describe).unwrap();
    assert_eq!(report["subclusters"], json!([]));
    app.ask(1, second.attachment, PeerOrder::ShutDown).unwrap();
    app.until(1, "stopped");
    assert_eq!(describe(1, &second), Err(NetworkError::NoPeer));
    host.stop();
}

#[test]
fn an_app_has_a_bounded_number_of_peers() {
    let host = LiveHost::start().unwrap();
    let app = App::start(&host, None);
    let wish = |number: u8| PeerWish {
        peer_id: Some(PeerId([number; 32])),
        ..indexed()
    };
    for number in 0..PEERS_MAX {
        let attached = app.attach(0, wish(number as u8)).unwrap();
        assert_eq!(attached.report["peer"], json!(PeerId([number as u8; 32])));
    }
    let count_max = PEERS_MAX;
    let refused = app.attach(0, wish(99)).unwrap_err();
    assert_eq!(refused, NetworkError::TooManyPeers { count_max });
    assert!(!app.attach(5, wish(3)).unwrap().is_new);
    host.stop();
}

#[test]
fn a_peer_that_could_not_be_opened_leaves_nothing_behind() {
    let host = LiveHost::start().unwrap();
    let app = App::start(&host, None);
    let taken = std::net::UdpSocket::bind(LOOPBACK).unwrap();
    let std::net::SocketAddr::V4(address) = taken.local_addr().unwrap() else {
        panic!("IPv4 was asked for");
    };
    let wish = PeerWish {
        main: Some(address),
        ..indexed()
    };
    let refused = app.attach(0, wish.clone()).unwrap_err();
    assert!(
        refused.to_string().contains(&address.to_string()),
        "{refused}"
    );
    drop(taken);
    let attached = app.attach(0, wish).unwrap();
    assert_eq!(attached.report["local"]["port"], json!(address.port()));
    host.stop();
}

#[test]
fn an_identity_is_kept_where_there_is_a_folder() {
    let folder = tempfile::tempdir().unwrap();
    let open = || {
        let host = LiveHost::start().unwrap();
        let app = App::start(&host, Some(folder.path().join("peers")));
        let attached = app.attach(0, indexed()).unwrap();
        app.ask(0, attached.attachment, PeerOrder::ShutDown)
            .unwrap();
        host.stop();
        attached.report["peer"].clone()
    };
    let first = open();
    assert_eq!(open(), first);
}

/// One app's network actor, and what its windows are told.
struct App {
    network: Addr<Network>,
    raised: Receiver<RaiseEvent>,
}

impl App {
    fn start(host: &LiveHost, folder: Option<PathBuf>) -> Self {
        let (sender, raised) = mpsc::channel();
        let spec = |name: &str| Spec::new(name, Lane::Core);
        let windows = host
            .host()
            .start(spec("windows"), move || Windows(sender.clone()));
        let children = Children::default();
        let team = children.clone();
        let supervisor = host.host().start(spec("supervisor"), move || {
            Supervisor::new(team.clone(), Outlets::default())
        });
        let terminal = host.host().start(spec("terminal"), || Terminal);
        let options = NetworkOptions {
            spawner: host.spawner(),
            team: (supervisor.recipient(), children),
            windows: windows.recipient(),
            terminal: terminal.recipient(),
            defaults: PeerDefaults {
                cache_bytes: 1_000_000,
                keepalive: Duration::from_secs(30),
                has_state: folder.is_some(),
                folder,
                ..PeerDefaults::default()
            },
            holdings: Holdings::default(),
        };
        let network = host
            .host()
            .start(spec("network"), move || Network::new(options.clone()));
        Self { network, raised }
    }

    #[track_caller]
    fn attach(&self, window: u32, wish: PeerWish) -> Result<PeerAttached, NetworkError> {
        self.ask_network(AttachPeer { window, wish })
    }

    #[track_caller]
    fn ask(
        &self,
        window: u32,
        attachment: AttachmentId,
        order: PeerOrder,
    ) -> Result<Value, NetworkError> {
        self.ask_network(AskPeer {
            window,
            attachment,
            order,
        })
    }

    #[track_caller]
    fn ask_network<M: Message>(&self, message: M) -> M::Reply
    where
        Network: Handler<M>,
    {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        runtime
            .block_on(self.network.ask(message, PATIENCE))
            .unwrap()
    }

    /// Waits until a window is told of an event of this name.
    #[track_caller]
    fn until(&self, window: u32, name: &str) -> Value {
        loop {
            let raised = self.raised.recv_timeout(PATIENCE).unwrap();
            assert_eq!(raised.event.name, "relay");
            let is_wanted = raised.event.data["event"] == json!(name);
            if is_wanted {
                assert_eq!(raised.window, Some(window));
                return raised.event.data;
            }
        }
    }
}

/// Stands in for the windows.
struct Windows(Sender<RaiseEvent>);

impl Actor for Windows {
    const KIND: &'static str = "windows";
}

impl Handler<RaiseEvent> for Windows {
    fn handle(
        &mut self,
        raise: RaiseEvent,
        reply: Reply<Result<(), WindowError>>,
        _: &mut Context<Self>,
    ) {
        // A test that is over listens no more.
        let _ = self.0.send(raise);
        reply.send(Ok(()));
    }
}

fn indexed() -> PeerWish {
    PeerWish {
        is_indexed: true,
        main: Some(LOOPBACK),
        cluster: Some(ClusterId(Field::new(b"TEST").unwrap())),
        ..PeerWish::default()
    }
}

/// An ordinary peer that knows the one that this report is of.
fn knowing(report: &Value) -> PeerWish {
    let port = report["local"]["port"].as_u64().unwrap();
    let bootstrap = Bootstrap {
        address: Address::new(*LOOPBACK.ip(), u16::try_from(port).unwrap()),
        peer_id: None,
        is_indexed: true,
    };
    PeerWish {
        is_indexed: false,
        bootstraps: Some(vec![bootstrap]),
        ..indexed()
    }
}

fn join() -> PeerOrder {
    PeerOrder::Join {
        cluster: None,
        shared_key: KEY,
    }
}

fn walk(id: &Value) -> PeerOrder {
    PeerOrder::Walk(id.as_str().unwrap().parse().unwrap())
}

fn send(message: &[u8], signing: Option<KeyPair>) -> PeerOrder {
    PeerOrder::Send(Box::new(Dispatch {
        to: None,
        cluster: None,
        shared_key: KEY,
        message: Bytes::copy_from_slice(message),
        usr: [Field::UNSET; 4],
        signature: Signature::UNSET,
        signing,
        ttl_ms: 0,
        previous: None,
        previous_clock: None,
        next: None,
        meta: None,
    }))
}
