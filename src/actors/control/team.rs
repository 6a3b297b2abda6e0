//! The actors of `runtime peer`: those of the peer, and those that look after them.

use std::{num::NonZeroUsize, sync::Arc, time::Duration};

use tokio::signal::unix::{SignalKind, signal};

use super::{
    Control, ControlSetup, Desk, Outlets,
    socket::{self, ControlSocket},
};
use crate::{
    actors::{
        inspector::{Access, Inspector, socket::InspectorSocket},
        kit::{Actor, Addr, Host, Lane, LiveHost, Recipient, Reserved, Spawner, Spec},
        relay::{PeerAddrs, PeerOptions, start_peer},
        supervisor::{self, Children, Supervisor},
        terminal::Terminal,
    },
    messages::{
        control::EndPeer,
        inspector::AppReport,
        relay::OpenPeer,
        supervisor::ActorPanicked,
        terminal::{Print, Stream},
    },
};

/// The actors, and what goes away with them.
pub(super) struct Team {
    pub(super) relay: Recipient<OpenPeer>,
    pub(super) control: Addr<Control>,
    desk: Desk,
    spawner: Spawner,
    socket: ControlSocket,
    /// Absent where nobody may look in.
    _inspector: Option<InspectorSocket>,
}

impl Team {
    /// Starts them all; the peer is silent until it is opened, its socket until it is served.
    pub(super) fn start(
        live: &LiveHost,
        options: PeerOptions,
        setup: impl FnOnce(Outlets) -> ControlSetup,
        socket: ControlSocket,
        access: Access,
    ) -> Self {
        let (nursery, outlets) = Nursery::open(live.host());
        let terminal = nursery.start("terminal", Lane::Terminal, || Terminal);
        let control = nursery.reserve::<Control>("control", Lane::Core);
        let name = options.name.clone();
        let above = (nursery.supervisor.clone(), nursery.children.clone());
        let owner = control.addr().recipient();
        let peer = start_peer(live.host(), &live.spawner(), options, owner, above);
        for controls in peer
            .controls()
            .into_iter()
            .chain([control.addr().controls()])
        {
            nursery.children.add(controls, true);
        }
        let setup = setup(Outlets::of(&peer, nursery.children.clone()));
        let desk = setup.desk.clone();
        let of_loss = desk.clone();
        outlets.connect_terminal(terminal.recipient(), move |actor| of_loss.lose(actor));
        let control = control.start(move || Control::new(setup.clone()));
        let _inspector = start_inspector(&nursery, live, (&name, access), &terminal.recipient());
        Self {
            relay: peer.relay.recipient(),
            control,
            desk,
            spawner: live.spawner(),
            socket,
            _inspector,
        }
    }

    /// Lets clients and signals in.
    pub(super) fn serve(&mut self) {
        let outlets = socket::Outlets {
            control: self.control.recipient(),
            gone: self.control.recipient(),
        };
        self.socket.serve(&self.spawner, self.desk.clone(), outlets);
        for kind in [
            SignalKind::interrupt(),
            SignalKind::terminate(),
            SignalKind::hangup(),
        ] {
            end_on_signal(&self.spawner, kind, self.control.recipient());
        }
    }

    /// Ends the peer, unless that was done, and lets its readers read what was said last.
    pub(super) async fn end(&self) {
        // Refused only when it has stopped, and then there is nothing to wait for.
        let _ = self.control.ask(EndPeer, END_TIME_MAX).await;
        let _ = tokio::time::timeout(READERS_TIME_MAX, self.desk.emptied()).await;
    }
}

/// Puts actors under one supervisor.
struct Nursery {
    host: Host,
    supervisor: Recipient<ActorPanicked>,
    children: Children,
}

impl Nursery {
    fn open(host: &Host) -> (Self, supervisor::Outlets) {
        let (children, outlets) = (Children::default(), supervisor::Outlets::default());
        let (own_children, own_outlets) = (children.clone(), outlets.clone());
        let supervisor = host.start(Spec::new("supervisor", Lane::Core), move || {
            Supervisor::new(own_children.clone(), own_outlets.clone())
        });
        let nursery = Self {
            host: host.clone(),
            supervisor: supervisor.recipient(),
            children,
        };
        (nursery, outlets)
    }

    fn reserve<A: Actor>(&self, name: &str, lane: Lane) -> Reserved<A> {
        let spec = Spec::new(name, lane).capacity(MAILBOX_CAPACITY);
        let reserved = self.host.reserve(spec.supervisor(self.supervisor.clone()));
        self.children.add(reserved.addr().controls(), false);
        reserved
    }

    fn start<A: Actor>(
        &self,
        name: &str,
        lane: Lane,
        factory: impl FnMut() -> A + Send + 'static,
    ) -> Addr<A> {
        self.reserve(name, lane).start(factory)
    }
}

impl Outlets {
    /// The actors of a peer.
    fn of(peer: &PeerAddrs, children: Children) -> Self {
        let (relay, cache, udp) = (&peer.relay, &peer.cache, &peer.udp);
        let all = peer.clone();
        Self {
            join: relay.recipient(),
            leave: relay.recipient(),
            publish: relay.recipient(),
            stream: relay.recipient(),
            query: relay.recipient(),
            answer: relay.recipient(),
            sync: relay.recipient(),
            reflect: relay.recipient(),
            close: relay.recipient(),
            describe: relay.recipient(),
            read: cache.recipient(),
            list: cache.recipient(),
            sockets: udp.recipient(),
            #[cfg(feature = "faults")]
            crash: relay.recipient(),
            end: Arc::new(move || all.stop(&children)),
        }
    }
}

/// Lets `runtime inspect` look in.
fn start_inspector(
    nursery: &Nursery,
    live: &LiveHost,
    (name, access): (&str, Access),
    terminal: &Recipient<Print>,
) -> Option<InspectorSocket> {
    let app = AppReport {
        name: format!("peer-{name}"),
        pid: std::process::id(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        uptime_ms: 0,
    };
    let registry = live.host().registry().clone();
    let inspector = nursery.start("inspector", Lane::Inspector, move || {
        Inspector::new(registry.clone(), app.clone())
    });
    match InspectorSocket::serve(&live.spawner(), &inspector, access) {
        Ok(socket) => Some(socket),
        Err(error) => {
            let text = format!("warning: this peer cannot be inspected: {error}\n");
            let stream = Stream::Err;
            // A terminal that takes no text yet does not exist.
            let _ = terminal.tell(Print { stream, text });
            None
        }
    }
}

/// Ends the peer at the first signal; at the second one, the process at once.
fn end_on_signal(spawner: &Spawner, kind: SignalKind, control: Recipient<EndPeer>) {
    spawner.spawn(Lane::Inspector, async move {
        // Where the system refuses to tell, the signal ends the process as ever.
        let Ok(mut signals) = signal(kind) else {
            return;
        };
        signals.recv().await;
        let ended = async {
            // Whether or not it ends in time, it had its time.
            let _ = control.ask(EndPeer, END_TIME_MAX).await;
            tokio::time::sleep(OUTPUT_TIME_MAX).await;
        };
        let code = tokio::select! {
            // By now the process is gone, unless nobody reads what it prints.
            () = ended => 0,
            _ = signals.recv() => SIGNAL_CODE_BASE + kind.as_raw_value(),
        };
        std::process::exit(code);
    });
}

/// Events that may wait for being opened.
const MAILBOX_CAPACITY: NonZeroUsize = NonZeroUsize::new(16_384).expect("it is not zero");
/// How long the end may take, the last write to disk included.
const END_TIME_MAX: Duration = Duration::from_secs(25);
/// How long readers may take to read what was said last.
const READERS_TIME_MAX: Duration = Duration::from_secs(1);
/// The same for whoever reads what the process prints.
const OUTPUT_TIME_MAX: Duration = Duration::from_secs(3);
/// What shells add to the number of the signal that ended a program.
const SIGNAL_CODE_BASE: i32 = 128;
