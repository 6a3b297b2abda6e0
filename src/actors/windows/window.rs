//! One window: passes orders to the host and keeps the events that wait for its pages.
//!
//! Started by [`super::Windows`] when the window opens and stopped when it has closed.
//! After a restart its pages get an error from their poll and open a new queue.

use std::time::Duration;

use rand::Rng as _;
use serde_json::{Value, json};

use super::events::EventQueues;
use crate::{
    actors::kit::{
        Actor, AskError, Context, Handler, Recipient, RecordedActor, Reply, TimerId, current_cause,
    },
    messages::{
        host::{
            DriveWindow, HostAnswer, HostOrder, WindowChange, WindowError, WindowFact, WindowState,
        },
        windows::{
            ActOnWindow, ClientError, CloseClient, OpenClient, POLL_SECONDS_MAX, PageEvent,
            PollDue, RaiseEvent, TOP_CLIENT, TakeEvents,
        },
    },
};

/// The actor of one window.
pub struct Window {
    pub(super) index: u32,
    host: Recipient<HostOrder>,
    pub(super) events: EventQueues<Poll>,
}

/// An unanswered poll, and the timer that ends it.
#[derive(Debug)]
pub(super) struct Poll {
    reply: Reply<Result<Vec<PageEvent>, ClientError>>,
    timer: Option<TimerId>,
}

impl Poll {
    fn send(self, events: Vec<PageEvent>, ctx: &mut Context<Window>) {
        // A timer that stayed would cut a later poll of the same client short.
        if let Some(timer) = self.timer {
            ctx.cancel(timer);
        }
        self.reply.send(Ok(events));
    }
}

impl Window {
    /// The actor of the window with this index.
    #[must_use]
    pub fn new(index: u32, host: Recipient<HostOrder>) -> Self {
        let mut events = EventQueues::new();
        events.open(TOP_CLIENT.to_owned());
        Self {
            index,
            host,
            events,
        }
    }

    fn raise(&mut self, event: PageEvent, ctx: &mut Context<Self>) {
        let cause = current_cause();
        for (poll, events) in self.events.raise(&PageEvent { cause, ..event }) {
            poll.send(events, ctx);
        }
    }

    fn unknown(&self, client: String) -> ClientError {
        ClientError::Unknown {
            window: self.index,
            client,
        }
    }
}

impl Actor for Window {
    const KIND: &'static str = "window";

    fn recorded(&self) -> Option<&dyn RecordedActor> {
        Some(self)
    }
}

impl Handler<ActOnWindow> for Window {
    fn handle(
        &mut self,
        act: ActOnWindow,
        reply: Reply<Result<WindowState, WindowError>>,
        ctx: &mut Context<Self>,
    ) {
        let order = HostOrder::Window(DriveWindow {
            window: self.index,
            action: act.action,
        });
        ctx.ask(&self.host, order, HOST_DEADLINE, move |_, outcome, _| {
            reply.send(window_state(outcome));
        });
    }
}

impl Handler<RaiseEvent> for Window {
    fn handle(
        &mut self,
        raise: RaiseEvent,
        reply: Reply<Result<(), WindowError>>,
        ctx: &mut Context<Self>,
    ) {
        self.raise(raise.event, ctx);
        reply.send(Ok(()));
    }
}

impl Handler<TakeEvents> for Window {
    fn handle(
        &mut self,
        take: TakeEvents,
        reply: Reply<Result<Vec<PageEvent>, ClientError>>,
        ctx: &mut Context<Self>,
    ) {
        let due = PollDue {
            client: take.client.clone(),
        };
        // Without a timer, the asker's own deadline ends the poll.
        let timer = ctx.after(Duration::from_secs(POLL_SECONDS_MAX), due).ok();
        match self.events.poll(&take.client, Poll { reply, timer }) {
            Err(Poll { reply, timer }) => {
                timer.map(|timer| ctx.cancel(timer));
                reply.send(Err(self.unknown(take.client)));
            }
            Ok(Some((poll, events))) => poll.send(events, ctx),
            Ok(None) => {}
        }
    }
}

impl Handler<PollDue> for Window {
    fn handle(&mut self, due: PollDue, _reply: Reply<()>, ctx: &mut Context<Self>) {
        if let Some(poll) = self.events.give_up(&due.client) {
            poll.send(Vec::new(), ctx);
        }
    }
}

impl Handler<OpenClient> for Window {
    fn handle(
        &mut self,
        _open: OpenClient,
        reply: Reply<Result<String, ClientError>>,
        ctx: &mut Context<Self>,
    ) {
        let client = format!("{:032x}", ctx.random().random::<u128>());
        reply.send(if self.events.open(client.clone()) {
            Ok(client)
        } else {
            Err(ClientError::TooMany { window: self.index })
        });
    }
}

impl Handler<CloseClient> for Window {
    fn handle(
        &mut self,
        close: CloseClient,
        reply: Reply<Result<(), ClientError>>,
        ctx: &mut Context<Self>,
    ) {
        match self.events.close(&close.client) {
            None => reply.send(Err(self.unknown(close.client))),
            Some(poll) => {
                if let Some(poll) = poll {
                    poll.send(Vec::new(), ctx);
                }
                reply.send(Ok(()));
            }
        }
    }
}

impl Handler<WindowFact> for Window {
    fn handle(&mut self, fact: WindowFact, _reply: Reply<()>, ctx: &mut Context<Self>) {
        let (name, data) = match fact.change {
            WindowChange::Closed => return ctx.stop(),
            WindowChange::PageStarted(_) | WindowChange::WebProcessCrashed(_) => {
                let polls = self.events.clear(TOP_CLIENT);
                return polls
                    .into_iter()
                    .for_each(|poll| poll.send(Vec::new(), ctx));
            }
            WindowChange::Shown => ("window.show", Value::Null),
            WindowChange::Focused => ("window.focus", Value::Null),
            WindowChange::Blurred => ("window.blur", Value::Null),
            WindowChange::Resized(width, height) => {
                ("window.resize", json!({ "width": width, "height": height }))
            }
            WindowChange::Moved(x, y) => ("window.move", json!({ "x": x, "y": y })),
            _ => return,
        };
        let name = name.to_owned();
        let event = PageEvent {
            name,
            data,
            ..PageEvent::default()
        };
        self.raise(event, ctx);
    }
}

/// The state of a window, from what became of an order to the host.
pub(super) fn window_state(
    outcome: Result<Result<HostAnswer, WindowError>, AskError>,
) -> Result<WindowState, WindowError> {
    match outcome {
        Ok(Ok(HostAnswer::Window(state))) => Ok(state),
        Ok(Ok(_)) => Ok(WindowState::default()),
        Ok(Err(error)) => Err(error),
        Err(error) => Err(WindowError::Failed {
            action: "driving the window",
            reason: error.to_string(),
        }),
    }
}

/// How long the host may take for one order.
pub(super) const HOST_DEADLINE: Duration = Duration::from_secs(30);
