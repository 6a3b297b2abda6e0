//! The UDP actor on real sockets of this machine.

use std::{
    sync::mpsc::{self, Receiver, Sender},
    time::Duration,
};

use bytes::Bytes;
use socket_runtime::{
    actors::{
        kit::{Actor, Addr, Context, Handler, Lane, LiveHost, Reply, Spec},
        udp::{OpenSockets, Udp, UdpOptions},
    },
    messages::{
        Message,
        relay::DatagramsArrived,
        udp::{
            BindSockets, DescribeSockets, HoldPunchSockets, SendDatagrams, SocketCounters,
            SocketsBound, UdpError,
        },
    },
    relay::{
        Address,
        peer::{Transmit, Wire},
    },
};

#[test]
fn a_datagram_arrives_with_where_it_came_from() {
    let host = LiveHost::start().unwrap();
    let (one, other) = (Peer::open(&host), Peer::open(&host));
    one.send(&[(Wire::Main, other.main(), b"to main")]);
    assert_eq!(other.next(), (Wire::Main, one.main(), b"to main".to_vec()));
    one.send(&[(Wire::Probe, other.bound.probe, b"")]);
    let expected = (Wire::Probe, one.bound.probe, Vec::new());
    assert_eq!(other.next(), expected);
    host.stop();
}

#[test]
fn a_burst_arrives_whole_and_in_order_with_few_calls() {
    let host = LiveHost::start().unwrap();
    let (one, other) = (Peer::open(&host), Peer::open(&host));
    let payloads: Vec<[u8; 1024]> = (0..200_u8).map(|number| [number; 1024]).collect();
    let datagrams = payloads.iter();
    let datagrams: Vec<_> = datagrams
        .map(|payload| (Wire::Main, other.main(), &payload[..]))
        .collect();
    one.send(&datagrams);
    for payload in &payloads {
        assert_eq!(other.next().2, payload);
    }
    let (sent, received) = (one.counters(), other.counters());
    assert_eq!((sent.sent, sent.sent_bytes), (200, 200 * 1024));
    assert_eq!(
        (received.received, received.received_bytes),
        (200, 200 * 1024)
    );
    assert!(sent.send_calls < 200, "{sent:?}");
    host.stop();
}

#[test]
fn datagrams_for_nobody_and_without_a_socket_harm_no_other() {
    let host = LiveHost::start().unwrap();
    let (one, other) = (Peer::open(&host), Peer::open(&host));
    let nobody = Address::new([127, 0, 0, 1].into(), 1);
    let nowhere = Address::new([255, 255, 255, 255].into(), 1);
    for _ in 0..3 {
        let to = other.main();
        one.send(&[
            (Wire::Main, nobody, b"x"),
            (Wire::Main, nowhere, b"x"),
            (Wire::Punch(3), to, b"x"),
            (Wire::Main, to, b"through"),
        ]);
        assert_eq!(other.next().2, b"through");
    }
    assert_eq!(one.counters().lost, 6);
    host.stop();
}

#[test]
fn a_restarted_actor_goes_on_with_the_same_sockets() {
    let host = LiveHost::start().unwrap();
    let (one, other) = (Peer::open(&host), Peer::open(&host));
    let again = one.restarted(&host);
    assert_eq!(again.bound, one.bound);
    other.send(&[(Wire::Main, again.main(), b"still here")]);
    assert_eq!(one.next().2, b"still here");
    again.send(&[(Wire::Main, other.main(), b"and back")]);
    assert_eq!(other.next().1, one.main());
    host.stop();
}

#[test]
fn a_port_in_use_is_named_and_leaves_nothing_open() {
    let host = LiveHost::start().unwrap();
    let one = Peer::open(&host);
    let other = Peer::start(&host, OpenSockets::default());
    let taken = BindSockets {
        main: LOOPBACK,
        probe: one.main(),
    };
    let error = ask(&other.0, taken).unwrap_err();
    let UdpError::Bind { address, .. } = &error else {
        panic!("{error}");
    };
    assert_eq!(*address, one.main());
    assert!(error.to_string().contains(&one.main().to_string()));
    host.stop();
}

#[test]
fn a_stopped_actor_gives_its_ports_back() {
    let host = LiveHost::start().unwrap();
    let (one, other) = (Peer::open(&host), Peer::open(&host));
    one.udp.controls().stop();
    // The task that receives lets go of its socket when its lane next comes to it.
    let is_free = (0..1000).any(|_| {
        other.counters();
        std::net::UdpSocket::bind(one.main()).is_ok()
    });
    assert!(is_free);
    host.stop();
}

#[test]
fn punch_sockets_have_numbers_and_the_kept_ones_stay() {
    let host = LiveHost::start().unwrap();
    let (one, other) = (Peer::open(&host), Peer::open(&host));
    one.hold(3, &[]);
    let places: Vec<Address> = (0..3)
        .map(|number| {
            one.send(&[(Wire::Punch(number), other.main(), b"punch")]);
            other.next().1
        })
        .collect();
    other.send(&[(Wire::Main, places[1], b"hit")]);
    assert_eq!(one.next(), (Wire::Punch(1), other.main(), b"hit".to_vec()));
    one.hold(0, &[1]);
    let to = other.main();
    one.send(&[
        (Wire::Punch(0), to, b"gone"),
        (Wire::Punch(1), to, b"kept"),
        (Wire::Punch(2), to, b"gone"),
    ]);
    assert_eq!(other.next(), (Wire::Main, places[1], b"kept".to_vec()));
    one.hold(2, &[1]);
    one.send(&[(Wire::Punch(2), to, b"new")]);
    assert_eq!(other.next().2, b"new");
    assert_eq!(one.counters().lost, 2);
    host.stop();
}

/// One UDP actor and what arrived at it.
struct Peer {
    udp: Addr<Udp>,
    bound: SocketsBound,
    sockets: OpenSockets,
    arrived: Receiver<Arrived>,
}

type Arrived = (Wire, Address, Vec<u8>);

impl Peer {
    fn open(host: &LiveHost) -> Self {
        Self::open_with(host, OpenSockets::default())
    }

    fn open_with(host: &LiveHost, sockets: OpenSockets) -> Self {
        let (udp, arrived) = Self::start(host, sockets.clone());
        let bind = BindSockets {
            main: LOOPBACK,
            probe: LOOPBACK,
        };
        let bound = ask(&udp, bind).unwrap();
        Self {
            udp,
            bound,
            sockets,
            arrived,
        }
    }

    fn start(host: &LiveHost, sockets: OpenSockets) -> (Addr<Udp>, Receiver<Arrived>) {
        let (sender, arrived) = mpsc::channel();
        let spec = |name: &str| Spec::new(name, Lane::Network);
        let sink = host
            .host()
            .start(spec("sink"), move || Sink(sender.clone()));
        let options = UdpOptions {
            relay: sink.recipient(),
            spawner: host.spawner(),
            sockets,
        };
        let udp = host
            .host()
            .start(spec("udp"), move || Udp::new(options.clone()));
        (udp, arrived)
    }

    /// The same as the supervisor would make it after a crash.
    fn restarted(&self, host: &LiveHost) -> Self {
        Self::open_with(host, self.sockets.clone())
    }

    fn main(&self) -> Address {
        self.bound.main
    }

    fn send(&self, datagrams: &[(Wire, Address, &[u8])]) {
        let datagrams = datagrams.iter().map(|(wire, to, payload)| Transmit {
            wire: *wire,
            to: *to,
            payload: Bytes::copy_from_slice(payload),
        });
        let datagrams = datagrams.collect();
        self.udp.tell(SendDatagrams { datagrams }).unwrap();
    }

    fn hold(&self, count: u16, kept: &[u16]) {
        let kept = kept.to_vec();
        ask(&self.udp, HoldPunchSockets { count, kept });
    }

    #[track_caller]
    fn next(&self) -> Arrived {
        self.arrived.recv_timeout(PATIENCE).unwrap()
    }

    fn counters(&self) -> SocketCounters {
        ask(&self.udp, DescribeSockets)
    }
}

/// Stands in for the relay.
struct Sink(Sender<Arrived>);

impl Actor for Sink {
    const KIND: &'static str = "sink";
}

impl Handler<DatagramsArrived> for Sink {
    fn handle(&mut self, message: DatagramsArrived, reply: Reply<()>, _: &mut Context<Self>) {
        for (from, bytes) in message.datagrams {
            // A test that is over listens no more.
            let _ = self.0.send((message.wire, from, bytes.to_vec()));
        }
        reply.send(());
    }
}

#[track_caller]
fn ask<M: Message>(udp: &Addr<Udp>, message: M) -> M::Reply
where
    Udp: Handler<M>,
{
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(udp.ask(message, PATIENCE)).unwrap()
}

const LOOPBACK: Address = Address::new(std::net::Ipv4Addr::LOCALHOST, 0);
const PATIENCE: Duration = Duration::from_secs(10);
