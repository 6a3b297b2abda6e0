//! The actor that knows every window of the app.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use serde_json::{Value, json};

use super::{
    Window,
    for_window::ForWindow,
    window::{HOST_DEADLINE, window_state},
};
use crate::{
    actors::{
        kit::{
            Actor, Addr, Context, Handler, Lane, Recipient, RecordedActor, Refusal as Refused,
            Reply, Spec,
        },
        supervisor::Children,
    },
    messages::{
        Message,
        files::{ChangeKind, CloseHandlesOf, FileChanged},
        host::{
            DriveWindow, HostAnswer, HostOrder, Refusal, WindowAction, WindowChange, WindowError,
            WindowFact, WindowState,
        },
        network::DetachPeersOf,
        supervisor::ActorPanicked,
        terminal::{Print, Stream},
        windows::{
            ActOnWindow, ClientError, CloseClient, DescribeScreen, ExitApp, ListWindows,
            OpenClient, OpenWindow, PageEvent, RaiseEvent, TakeEvents,
        },
    },
};

/// Opens windows and finds the actor of each.
pub struct Windows {
    host: Recipient<HostOrder>,
    pages: PageEnds,
    terminal: Recipient<Print>,
    supervisor: Recipient<ActorPanicked>,
    children: Children,
    pub(super) open: Directory,
}

/// Who lets go of what a page had when it ends.
#[derive(Clone)]
pub struct PageEnds {
    /// Its open files and watches.
    pub files: Recipient<CloseHandlesOf>,
    /// Its part in peers of the network.
    pub network: Recipient<DetachPeersOf>,
}

/// The open windows; outlives a restart of the actor.
#[derive(Clone, Default)]
pub struct Directory(Arc<Mutex<BTreeMap<u32, Addr<Window>>>>);

impl Windows {
    /// An actor for the windows of `host`, which says when a page ends.
    #[must_use]
    pub fn new(
        host: Recipient<HostOrder>,
        pages: PageEnds,
        terminal: Recipient<Print>,
        (supervisor, children): (Recipient<ActorPanicked>, Children),
        open: Directory,
    ) -> Self {
        Self {
            host,
            pages,
            terminal,
            supervisor,
            children,
            open,
        }
    }

    /// Tells the developer what a page was refused; the page itself learns nothing.
    fn report(&self, refusal: &Refusal) {
        let text = match refusal {
            Refusal::Navigation(url) => format!("may not show '{url}'"),
            Refusal::NewWindow(url) => format!("may not open a window with '{url}'"),
            Refusal::Download(url) => format!("may not download '{url}'"),
            Refusal::Module(name) => format!("imports '{name}', and there is no such module"),
        };
        self.print(format!("runtime: the page {text}\n"));
    }

    /// Tells the developer why a page starts over, or is gone.
    fn report_crash(&self, window: u32, is_reloading: bool) {
        let outcome = if is_reloading {
            "loading the page again"
        } else {
            "it keeps ending, so the page is not loaded again"
        };
        self.print(format!(
            "runtime: the web process of window {window} ended unexpectedly; {outcome}\n"
        ));
    }

    fn print(&self, text: String) {
        // A terminal that takes no more text counts the loss.
        let _ = self.terminal.tell(Print {
            stream: Stream::Err,
            text,
        });
    }

    /// Hands a message to a window's actor, and its answer to whoever asked.
    fn forward<M, T>(
        &self,
        window: u32,
        message: M,
        deadline: Duration,
        reply: Reply<Result<T, M::Error>>,
        ctx: &mut Context<Self>,
    ) where
        M: ForWindow + Message<Reply = Result<T, <M as ForWindow>::Error>>,
        T: Send + 'static,
        Window: Handler<M>,
    {
        let Some(addr) = self.open.lock().get(&window).cloned() else {
            return reply.send(Err(M::no_window(window)));
        };
        ctx.ask(
            &addr.recipient(),
            message,
            deadline,
            move |_, outcome, _| match outcome {
                Ok(outcome) => reply.send(outcome),
                Err(error) => reply.fail(error),
            },
        );
    }

    fn start(&self, index: u32, ctx: &Context<Self>) -> Addr<Window> {
        let host = self.host.clone();
        let spec = Spec::new(name_of(index), Lane::Core).supervisor(self.supervisor.clone());
        let addr = ctx
            .host()
            .start(spec, move || Window::new(index, host.clone()));
        self.children.add(addr.controls(), false);
        self.open.lock().insert(index, addr.clone());
        addr
    }

    /// Lets go of everything that a window had.
    fn forget(&self, index: u32) {
        if let Some(addr) = self.open.lock().remove(&index) {
            addr.controls().stop();
        }
        self.children.remove(&name_of(index));
        self.release(index);
    }

    /// A window has closed; the app ends with its last one.
    fn end(&self, index: u32) {
        self.forget(index);
        if self.open.lock().is_empty()
            && let Err(error) = self.exit(0)
        {
            self.print(format!("runtime: the app cannot end: {error}\n"));
        }
    }

    /// Orders the host to end the app. The order has no deadline: however long the main
    /// thread is busy, it comes to it.
    fn exit(&self, code: i32) -> Result<(), WindowError> {
        match self.host.tell(HostOrder::Exit(code)) {
            Ok(()) => Ok(()),
            // The host is gone already, and the app with it.
            Err(error) if error.refusal == Refused::Stopped => Ok(()),
            Err(error) => Err(WindowError::Failed {
                action: "ending the app",
                reason: error.refusal.to_string(),
            }),
        }
    }

    /// Lets go of what the window's page had.
    fn release(&self, window: u32) {
        // Refused only when the actor is gone, and what the page had with it.
        let _ = self.pages.files.tell(CloseHandlesOf { owner: window });
        let _ = self.pages.network.tell(DetachPeersOf { window });
    }
}

impl Actor for Windows {
    const KIND: &'static str = "windows";

    /// The indices of the open windows.
    fn state(&self) -> Option<Value> {
        Some(json!({ "open": self.open.indices() }))
    }

    fn recorded(&self) -> Option<&dyn RecordedActor> {
        Some(self)
    }
}

impl Handler<OpenWindow> for Windows {
    fn handle(
        &mut self,
        open: OpenWindow,
        reply: Reply<Result<WindowState, WindowError>>,
        ctx: &mut Context<Self>,
    ) {
        let index = {
            let open_windows = self.open.lock();
            let lowest_free = || (0..).find(|index| !open_windows.contains_key(index));
            let index = open.index.or_else(lowest_free).unwrap_or(0);
            if open_windows.contains_key(&index) {
                return reply.send(Err(WindowError::Exists { window: index }));
            }
            if open_windows.len() >= WINDOWS_MAX {
                let reason = format!("there are {WINDOWS_MAX} already");
                return reply.send(Err(WindowError::Failed {
                    action: "opening a window",
                    reason,
                }));
            }
            index
        };
        let addr = self.start(index, ctx);
        let act = ActOnWindow {
            window: index,
            action: WindowAction::Open(Box::new(open.options)),
        };
        ctx.ask(
            &addr.recipient(),
            act,
            HOST_DEADLINE,
            move |windows, outcome, _| match outcome {
                Ok(Ok(state)) => reply.send(Ok(state)),
                Ok(Err(error)) => {
                    windows.forget(index);
                    reply.send(Err(error));
                }
                Err(error) => {
                    windows.forget(index);
                    reply.fail(error);
                }
            },
        );
    }
}

impl Handler<ActOnWindow> for Windows {
    fn handle(
        &mut self,
        act: ActOnWindow,
        reply: Reply<Result<WindowState, WindowError>>,
        ctx: &mut Context<Self>,
    ) {
        self.forward(act.window, act, HOST_DEADLINE, reply, ctx);
    }
}

impl Handler<TakeEvents> for Windows {
    fn handle(
        &mut self,
        take: TakeEvents,
        reply: Reply<Result<Vec<PageEvent>, ClientError>>,
        ctx: &mut Context<Self>,
    ) {
        self.forward(take.window, take, HOST_DEADLINE, reply, ctx);
    }
}

impl Handler<OpenClient> for Windows {
    fn handle(
        &mut self,
        open: OpenClient,
        reply: Reply<Result<String, ClientError>>,
        ctx: &mut Context<Self>,
    ) {
        self.forward(open.window, open, HOST_DEADLINE, reply, ctx);
    }
}

impl Handler<CloseClient> for Windows {
    fn handle(
        &mut self,
        close: CloseClient,
        reply: Reply<Result<(), ClientError>>,
        ctx: &mut Context<Self>,
    ) {
        self.forward(close.window, close, HOST_DEADLINE, reply, ctx);
    }
}

impl Handler<RaiseEvent> for Windows {
    fn handle(
        &mut self,
        raise: RaiseEvent,
        reply: Reply<Result<(), WindowError>>,
        ctx: &mut Context<Self>,
    ) {
        if let Some(window) = raise.window {
            return self.forward(window, raise, HOST_DEADLINE, reply, ctx);
        }
        for addr in self.open.lock().values() {
            // A window whose mailbox is full counts the loss itself.
            let _ = addr.tell(raise.clone());
        }
        reply.send(Ok(()));
    }
}

impl Handler<FileChanged> for Windows {
    fn handle(&mut self, changed: FileChanged, _reply: Reply<()>, ctx: &mut Context<Self>) {
        let FileChanged {
            owner,
            watch,
            kind,
            path,
            filename,
        } = changed;
        let kind = match kind {
            ChangeKind::Rename => "rename",
            ChangeKind::Change => "change",
        };
        let data = json!({
            "id": format!("{:032x}", watch.0), "type": kind, "path": path, "filename": filename,
        });
        let event = PageEvent {
            name: "fs.watch".into(),
            data,
            ..PageEvent::default()
        };
        let raise = RaiseEvent {
            window: Some(owner),
            event,
        };
        // A window that has closed meanwhile needs no news of its files.
        self.handle(raise, Reply::unawaited(), ctx);
    }
}

impl Handler<ListWindows> for Windows {
    /// Asks one window after the other, so that the list is in order.
    fn handle(
        &mut self,
        list: ListWindows,
        reply: Reply<Result<Vec<WindowState>, WindowError>>,
        ctx: &mut Context<Self>,
    ) {
        let mut indices = self.open.indices();
        if !list.indices.is_empty() {
            indices.retain(|index| list.indices.contains(index));
        }
        indices.reverse();
        self.describe_rest(indices, Vec::new(), reply, ctx);
    }
}

impl Windows {
    fn describe_rest(
        &self,
        mut rest: Vec<u32>,
        mut states: Vec<WindowState>,
        reply: Reply<Result<Vec<WindowState>, WindowError>>,
        ctx: &mut Context<Self>,
    ) {
        let Some(window) = rest.pop() else {
            return reply.send(Ok(states));
        };
        let drive = DriveWindow {
            window,
            action: WindowAction::Describe,
        };
        let order = HostOrder::Window(drive);
        ctx.ask(
            &self.host,
            order,
            HOST_DEADLINE,
            move |windows, outcome, ctx| {
                // A window that has closed since is left out.
                states.extend(window_state(outcome));
                windows.describe_rest(rest, states, reply, ctx);
            },
        );
    }
}

impl Handler<DescribeScreen> for Windows {
    fn handle(
        &mut self,
        _: DescribeScreen,
        reply: Reply<Result<HostAnswer, WindowError>>,
        ctx: &mut Context<Self>,
    ) {
        ctx.ask(
            &self.host,
            HostOrder::DescribeScreen,
            HOST_DEADLINE,
            move |_, outcome, _| match outcome {
                Ok(outcome) => reply.send(outcome),
                Err(error) => reply.fail(error),
            },
        );
    }
}

impl Handler<ExitApp> for Windows {
    fn handle(
        &mut self,
        exit: ExitApp,
        reply: Reply<Result<(), WindowError>>,
        _ctx: &mut Context<Self>,
    ) {
        reply.send(self.exit(exit.code));
    }
}

impl Handler<WindowFact> for Windows {
    fn handle(&mut self, fact: WindowFact, _reply: Reply<()>, _ctx: &mut Context<Self>) {
        let window = fact.window;
        match &fact.change {
            WindowChange::Closed => return self.end(window),
            WindowChange::PageStarted(_) => self.release(window),
            WindowChange::WebProcessCrashed(is_reloading) => {
                self.release(window);
                self.report_crash(window, *is_reloading);
            }
            WindowChange::LoadFailed { url, reason } => {
                self.print(format!("runtime: '{url}' did not load: {reason}\n"));
            }
            WindowChange::Refused(refusal) => self.report(refusal),
            _ => {}
        }
        if let Some(addr) = self.open.lock().get(&window) {
            // Control messages are refused only by an actor that has stopped.
            let _ = addr.tell(fact);
        }
    }
}

impl Directory {
    /// The indices of the open windows.
    pub(super) fn indices(&self) -> Vec<u32> {
        self.lock().keys().copied().collect()
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<u32, Addr<Window>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn name_of(index: u32) -> String {
    format!("window:{index}")
}

/// Windows that one app may have open.
pub const WINDOWS_MAX: usize = 64;
