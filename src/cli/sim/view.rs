//! Lets `runtime inspect` look into the run that began last.

use crate::{
    actors::{
        inspector::{Access, socket::InspectorSocket},
        kit::{Addr, Lane, LiveHost, Spec},
        simulation::{LookAt, SimulationInspector},
    },
    messages::inspector::AppReport,
};

/// The socket and who answers there; nothing if the system has no place for it.
pub(super) struct View(Option<Open>);

struct Open {
    inspector: Addr<SimulationInspector>,
    live: Option<LiveHost>,
    socket: Option<InspectorSocket>,
}

impl View {
    /// Opens the socket, for those who may do no more than `access` says. A simulation goes
    /// on without one.
    pub(super) fn open(scenario: &str, access: Access) -> Self {
        Self(Self::try_open(scenario, access))
    }

    fn try_open(scenario: &str, access: Access) -> Option<Open> {
        let live = LiveHost::start().ok()?;
        let app = AppReport {
            name: format!("{NAME_PREFIX}{scenario}"),
            pid: std::process::id(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            uptime_ms: 0,
        };
        let spec = Spec::new("inspector", Lane::Inspector);
        let inspector = live
            .host()
            .start(spec, move || SimulationInspector::new(app.clone()));
        let socket = InspectorSocket::serve(&live.spawner(), &inspector, access).ok();
        Some(Open {
            inspector,
            live: Some(live),
            socket,
        })
    }

    /// Shows this run from now on.
    pub(super) fn look_at(&mut self, look: LookAt) {
        if let Some(open) = &self.0 {
            // An inspector that has no room shows an older run.
            let _ = open.inspector.tell(look);
        }
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        drop(self.socket.take());
        if let Some(live) = self.live.take() {
            live.stop();
        }
    }
}

/// By this `runtime inspect --sim` knows simulations.
pub(in crate::cli) const NAME_PREFIX: &str = "sim-";
