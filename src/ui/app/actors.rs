//! Starts the actors of an app, each on its lane and under the supervisor.

use std::{num::NonZeroUsize, sync::Arc};

use super::{
    AppOptions, facts,
    host_actor::{self, HostActor, HostDesk},
};
use crate::{
    actors::{
        files::{Files, FilesOptions},
        inspector::{Access, Inspector, socket::InspectorSocket},
        kit::{Actor, Addr, Host, Lane, LiveHost, Recipient, Reserved, Spec},
        network::{Holdings, Network, NetworkOptions},
        process::{self, Process},
        resources::Resources,
        router::{Router, Services},
        supervisor::{self, Children, Supervisor},
        system::System,
        terminal::Terminal,
        windows::{Directory, PageEnds, Windows},
    },
    messages::{
        inspector::AppReport,
        supervisor::ActorPanicked,
        terminal::{Print, Stream},
    },
    ui::HostProxy,
};

/// The actors that the rest of the app speaks to.
pub(super) struct Actors {
    pub(super) router: Addr<Router>,
    pub(super) resources: Addr<Resources>,
    pub(super) windows: Addr<Windows>,
    pub(super) process: Addr<Process>,
    pub(super) network: Addr<Network>,
    pub(super) terminal: Addr<Terminal>,
    /// Absent where nobody may look in.
    pub(super) inspector: Option<Addr<Inspector>>,
    /// Gone with its file when the app ends.
    _socket: Option<InspectorSocket>,
}

impl Actors {
    /// Starts them all.
    ///
    /// The desk is the event loop's end of the host's actor.
    pub(super) fn start(
        live: &LiveHost,
        options: &Arc<AppOptions>,
        proxy: HostProxy,
    ) -> (Self, HostDesk) {
        let team = Team::new(live.host());
        let terminal = team.start("terminal", Lane::Terminal, || Terminal);
        let root = options.resources.clone();
        let index = options
            .config
            .webview
            .default_index
            .clone()
            .unwrap_or_default();
        let resources = team.start("resources", Lane::Resources, move || {
            Resources::new(root.clone(), &index)
        });
        let windows = team.reserve("windows", Lane::Core);
        let process = team.reserve("process", Lane::Process);
        let files = team.reserve("files", Lane::Files);
        let network = team.reserve("network", Lane::Core);
        let access = facts::inspector_access(options);
        let inspector = access.map(|_| team.reserve::<Inspector>("inspector", Lane::Inspector));
        let system_options = facts::system_options(options);
        let services = Services {
            files: files.addr().clone(),
            process: process.addr().clone(),
            network: network.addr().clone(),
            inspector: inspector.as_ref().map(|it| it.addr().recipient()),
            system: team.start("system", Lane::Core, move || {
                System::new(system_options.clone())
            }),
            terminal: terminal.recipient(),
            windows: windows.addr().clone(),
        };
        let app = Arc::new(facts::app_facts(options));
        let router = team.start("router", Lane::Core, move || {
            Router::new(services.clone(), app.clone())
        });
        let outlets = process::Outlets {
            router: router.recipient(),
            windows: windows.addr().recipient(),
            terminal: terminal.recipient(),
        };
        let files_options = FilesOptions {
            resources: options.resources.clone(),
            handles_max: facts::handles_max(options),
            changes: windows.addr().recipient(),
        };
        let files = files.start(move || Files::new(files_options.clone()));
        let (host, desk) = team.open_host(proxy);
        team.outlets.connect(terminal.recipient(), host.recipient());
        let pages = PageEnds {
            files: files.recipient(),
            network: network.addr().recipient(),
        };
        let windows = team.start_windows(windows, &host, pages, &terminal);
        let network = start_network(network, live, options, &team, &windows, &terminal);
        let process = start_process(process, live, options, outlets);
        let inspector = inspector.map(|reserved| start_inspector(reserved, &team, options));
        let _socket = inspector
            .as_ref()
            .zip(access)
            .and_then(|(inspector, access)| open_socket(live, inspector, access, &terminal));
        let actors = Self {
            router,
            resources,
            windows,
            process,
            network,
            terminal,
            inspector,
            _socket,
        };
        (actors, desk)
    }
}

/// Starts actors under one supervisor.
struct Team {
    host: Host,
    supervisor: Recipient<ActorPanicked>,
    children: Children,
    outlets: supervisor::Outlets,
}

impl Team {
    fn new(host: &Host) -> Self {
        let (children, outlets) = (Children::default(), supervisor::Outlets::default());
        let (own_children, own_outlets) = (children.clone(), outlets.clone());
        let supervisor = host.start(Spec::new("supervisor", Lane::Core), move || {
            Supervisor::new(own_children.clone(), own_outlets.clone())
        });
        Self {
            host: host.clone(),
            supervisor: supervisor.recipient(),
            children,
            outlets,
        }
    }

    fn spec(&self, name: &str, lane: Lane) -> Spec {
        let spec = Spec::new(name, lane).capacity(MAILBOX_CAPACITY);
        spec.supervisor(self.supervisor.clone())
    }

    /// Puts an actor under the supervisor.
    fn adopt<A: Actor>(&self, addr: &Addr<A>) {
        let controls = addr.controls();
        let is_essential = ESSENTIAL.contains(&controls.name());
        self.children.add(controls, is_essential);
    }

    /// Gives an actor its address and its place under the supervisor.
    fn reserve<A: Actor>(&self, name: &str, lane: Lane) -> Reserved<A> {
        let reserved = self.host.reserve(self.spec(name, lane));
        self.adopt(reserved.addr());
        reserved
    }

    /// Opens the host's actor, whose turns the event loop of this thread runs.
    fn open_host(&self, proxy: HostProxy) -> (Addr<HostActor>, HostDesk) {
        let (addr, desk) = host_actor::open(&self.host, self.spec("host", Lane::Core), proxy);
        self.adopt(&addr);
        (addr, desk)
    }

    fn start<A: Actor>(
        &self,
        name: &str,
        lane: Lane,
        factory: impl FnMut() -> A + Send + 'static,
    ) -> Addr<A> {
        self.reserve(name, lane).start(factory)
    }

    fn start_windows(
        &self,
        windows: Reserved<Windows>,
        host: &Addr<HostActor>,
        pages: PageEnds,
        terminal: &Addr<Terminal>,
    ) -> Addr<Windows> {
        let host = host.recipient();
        let (terminal, directory) = (terminal.recipient(), Directory::default());
        let (supervisor, children) = (self.supervisor.clone(), self.children.clone());
        windows.start(move || {
            let above = (supervisor.clone(), children.clone());
            Windows::new(
                host.clone(),
                pages.clone(),
                terminal.clone(),
                above,
                directory.clone(),
            )
        })
    }
}

fn start_process(
    process: Reserved<Process>,
    live: &LiveHost,
    options: &AppOptions,
    outlets: process::Outlets,
) -> Addr<Process> {
    let command = Arc::new(facts::backend_command(options));
    let spawner = live.spawner();
    process.start(move || Process::new(command.clone(), outlets.clone(), spawner.clone()))
}

fn start_network(
    network: Reserved<Network>,
    live: &LiveHost,
    options: &AppOptions,
    team: &Team,
    windows: &Addr<Windows>,
    terminal: &Addr<Terminal>,
) -> Addr<Network> {
    let options = NetworkOptions {
        spawner: live.spawner(),
        team: (team.supervisor.clone(), team.children.clone()),
        windows: windows.recipient(),
        defaults: facts::peer_defaults(options),
        terminal: terminal.recipient(),
        holdings: Holdings::default(),
    };
    network.start(move || Network::new(options.clone()))
}

/// Development builds can be looked into; others only if `socket.ini` says so.
fn start_inspector(
    reserved: Reserved<Inspector>,
    team: &Team,
    options: &AppOptions,
) -> Addr<Inspector> {
    let app = AppReport {
        name: options.manifest.name.clone(),
        pid: std::process::id(),
        version: options.manifest.version.clone(),
        uptime_ms: 0,
    };
    let registry = team.host.registry().clone();
    reserved.start(move || Inspector::new(registry.clone(), app.clone()))
}

/// Lets `runtime inspect` in.
fn open_socket(
    live: &LiveHost,
    inspector: &Addr<Inspector>,
    access: Access,
    terminal: &Addr<Terminal>,
) -> Option<InspectorSocket> {
    match InspectorSocket::serve(&live.spawner(), inspector, access) {
        Ok(socket) => Some(socket),
        Err(error) => {
            let text = format!("warning: this app cannot be inspected: {error}\n");
            // A terminal that takes no text yet does not exist.
            let _ = terminal.tell(Print {
                stream: Stream::Err,
                text,
            });
            None
        }
    }
}

/// Actors without which the app cannot go on.
const ESSENTIAL: [&str; 4] = ["router", "windows", "host", "resources"];
/// Calls that may wait for one actor: a page may have a thousand in flight, and more than one page.
const MAILBOX_CAPACITY: NonZeroUsize = NonZeroUsize::new(16_384).expect("it is not zero");
