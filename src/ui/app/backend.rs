//! The host's way to the actors: calls and files of pages become messages.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
    time::Duration,
};

use serde_json::Value;

use super::{actors::Actors, host_actor::HostDesk};
use crate::{
    actors::{
        inspector::Inspector,
        kit::{Addr, Clock, Lane, LiveHost, Spawner, with_cause},
        resources::Resources,
        router::{self, DEADLINE_MAX, Router},
        windows::Windows,
    },
    messages::{
        cause::CauseId,
        host::{WindowChange, WindowFact},
        inspector::Look,
        resources::{OpenResource, Resource, ResourceError},
        router::{CallError, CallReply, RouteCall},
    },
    relay::Time,
    ui::{Answer, Backend, Orders},
};

/// Passes on what pages ask for. Each wait for an answer is a task on the core lane.
pub(super) struct ActorBackend {
    spawner: Spawner,
    router: Addr<Router>,
    resources: Addr<Resources>,
    windows: Addr<Windows>,
    inspector: Option<Addr<Inspector>>,
    desk: HostDesk,
    activity: Arc<Activity>,
}

/// What pages are doing: enough to tell when a page has come to rest.
pub(super) struct Activity {
    clock: Arc<dyn Clock>,
    in_flight: AtomicUsize,
    last: AtomicU64,
    is_shown: AtomicUsize,
}

impl ActorBackend {
    pub(super) fn new(live: &LiveHost, actors: &Actors, desk: HostDesk) -> Self {
        let clock = live.host().clock().clone();
        Self {
            spawner: live.spawner(),
            router: actors.router.clone(),
            resources: actors.resources.clone(),
            windows: actors.windows.clone(),
            inspector: actors.inspector.clone(),
            desk,
            activity: Arc::new(Activity {
                clock,
                in_flight: AtomicUsize::new(0),
                last: AtomicU64::new(live.host().clock().now().as_micros()),
                is_shown: AtomicUsize::new(0),
            }),
        }
    }

    pub(super) fn activity(&self) -> Arc<Activity> {
        self.activity.clone()
    }
}

impl Backend for ActorBackend {
    fn call(&self, cause: CauseId, call: RouteCall, answer: Answer<CallReply, CallError>) {
        let command = call.command.clone();
        // A poll for events lasts until there are some; it says nothing about rest.
        let busy = (!command.eq_ignore_ascii_case("event.next")).then(|| Busy::new(&self.activity));
        let asked = with_cause(cause, || {
            self.router.ask(call, DEADLINE_MAX + ROUTER_TIME_MAX)
        });
        self.spawner.spawn(Lane::Core, async move {
            let outcome = asked.await;
            answer(outcome.unwrap_or_else(|error| Err(router::unrouted(&command, &error))));
            drop(busy);
        });
    }

    fn look(&self, look: Look, answer: Answer<Value, CallError>) {
        // Without an inspector there is no panel, and an answer dropped is an error.
        let Some(inspector) = &self.inspector else {
            return;
        };
        let asked = inspector.ask(look, LOOK_TIME_MAX);
        self.spawner.spawn(Lane::Inspector, async move {
            let outcome = asked.await;
            let outcome = outcome.map(|seen| seen.map_err(CallError::from));
            answer(outcome.unwrap_or_else(|error| Err(router::unrouted("look", &error))));
        });
    }

    fn open_resource(&self, request: OpenResource, answer: Answer<Resource, ResourceError>) {
        let path = request.path.clone();
        let busy = Busy::new(&self.activity);
        let asked = self.resources.ask(request, RESOURCE_TIME_MAX);
        self.spawner.spawn(Lane::Core, async move {
            let outcome = asked.await;
            answer(outcome.unwrap_or_else(|error| {
                Err(ResourceError::Unreadable {
                    path,
                    reason: error.to_string(),
                })
            }));
            drop(busy);
        });
    }

    fn notify(&self, fact: WindowFact) {
        match fact.change {
            WindowChange::Shown => self.activity.note_shown(),
            WindowChange::PageLoaded(_) => self.activity.touch(),
            _ => {}
        }
        // A control message is refused only by an actor that has stopped, when the app ends.
        let _ = self.windows.tell(fact);
    }

    fn take_orders(&self) -> Orders {
        self.desk.take()
    }
}

impl Activity {
    /// Whether a window is shown and no page has called for `quiet`.
    pub(super) fn is_at_rest(&self, quiet: Duration) -> bool {
        let last = Time::from_micros(self.last.load(Ordering::Relaxed));
        self.is_shown.load(Ordering::Relaxed) > 0
            && self.in_flight.load(Ordering::Relaxed) == 0
            && self.clock.now().since(last) >= quiet
    }

    /// Whether no page has called, and nothing has been under way, for `limit`.
    pub(super) fn is_silent(&self, limit: Duration) -> bool {
        let last = Time::from_micros(self.last.load(Ordering::Relaxed));
        self.in_flight.load(Ordering::Relaxed) == 0 && self.clock.now().since(last) >= limit
    }

    fn touch(&self) {
        self.last
            .store(self.clock.now().as_micros(), Ordering::Relaxed);
    }

    fn note_shown(&self) {
        self.is_shown.fetch_add(1, Ordering::Relaxed);
        self.touch();
    }
}

/// Marks one call in flight for as long as it lives.
struct Busy(Arc<Activity>);

impl Busy {
    fn new(activity: &Arc<Activity>) -> Self {
        activity.in_flight.fetch_add(1, Ordering::Relaxed);
        Self(activity.clone())
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        self.0.in_flight.fetch_sub(1, Ordering::Relaxed);
        self.0.touch();
    }
}

/// What the router may need beyond the deadline of the call itself.
const ROUTER_TIME_MAX: Duration = Duration::from_secs(5);
/// How long a look may take: an actor that is stuck tells nothing of its state.
const LOOK_TIME_MAX: Duration = Duration::from_secs(5);
/// How long opening an app file may take.
const RESOURCE_TIME_MAX: Duration = Duration::from_secs(30);
