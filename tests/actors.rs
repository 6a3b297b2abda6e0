//! Single actors with stand-ins around them: what is neither lost, nor done twice, nor
//! waited for in vain when something goes wrong.

use std::{
    num::NonZeroUsize,
    path::PathBuf,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use socket_runtime::{
    actors::{
        kit::{
            Actor, Addr, AskError, Context, Handler, Lane, LiveHost, Port, Recipient, Reply, Spec,
            VirtualHost,
        },
        process::{BackendCommand, Outlets as BackendOutlets, Process},
        supervisor::{Children, EXIT_CODE_GAVE_UP, Outlets, Supervisor},
        windows::{Directory, PageEnds, Windows},
    },
    messages::{
        Message,
        files::CloseHandlesOf,
        host::{
            HostAnswer, HostOrder, WindowChange, WindowError, WindowFact, WindowOptions,
            WindowState,
        },
        network::DetachPeersOf,
        process::{BackendEnd, BackendExited, KillBackend, OpenBackend, WriteBackend},
        router::{CallError, CallReply, RouteCall},
        supervisor::ActorPanicked,
        terminal::Print,
        windows::{
            ClientError, ListWindows, OpenWindow, PageEvent, RaiseEvent, TOP_CLIENT, TakeEvents,
        },
    },
    relay::Time,
};

const SECOND: Duration = Duration::from_secs(1);

/// Stands in for whatever the actor under test talks to.
#[derive(Clone, Default)]
struct Outside {
    /// Every order to the host.
    orders: Arc<Mutex<Vec<HostOrder>>>,
    refuses_windows: bool,
}

impl Actor for Outside {
    const KIND: &'static str = "outside";
}
impl Handler<HostOrder> for Outside {
    fn handle(
        &mut self,
        order: HostOrder,
        reply: Reply<Result<HostAnswer, WindowError>>,
        _: &mut Context<Self>,
    ) {
        self.orders.lock().unwrap().push(order);
        reply.send(if self.refuses_windows {
            let url = "https://elsewhere.example/".to_owned();
            Err(WindowError::ForbiddenUrl { url })
        } else {
            Ok(HostAnswer::Window(WindowState::default()))
        });
    }
}
impl Handler<DetachPeersOf> for Outside {
    fn handle(&mut self, _: DetachPeersOf, reply: Reply<()>, _: &mut Context<Self>) {
        reply.send(());
    }
}

impl Handler<CloseHandlesOf> for Outside {
    fn handle(&mut self, _: CloseHandlesOf, reply: Reply<()>, _: &mut Context<Self>) {
        reply.send(());
    }
}
impl Handler<Print> for Outside {
    fn handle(&mut self, _: Print, reply: Reply<()>, _: &mut Context<Self>) {
        reply.send(());
    }
}
impl Handler<ActorPanicked> for Outside {
    fn handle(&mut self, _: ActorPanicked, _: Reply<()>, _: &mut Context<Self>) {}
}
impl Handler<RaiseEvent> for Outside {
    fn handle(
        &mut self,
        _: RaiseEvent,
        reply: Reply<Result<(), WindowError>>,
        _: &mut Context<Self>,
    ) {
        reply.send(Ok(()));
    }
}
impl Handler<RouteCall> for Outside {
    fn handle(
        &mut self,
        _: RouteCall,
        reply: Reply<Result<CallReply, CallError>>,
        _: &mut Context<Self>,
    ) {
        reply.send(Ok(CallReply::default()));
    }
}

/// Asks somebody and passes the answer on, or panics.
struct Asker(Recipient<Question>);

struct Question;
struct Relayed;
struct Explode;

impl Message for Question {
    type Reply = ();
}
impl Message for Relayed {
    type Reply = ();
}
impl Message for Explode {
    type Reply = ();
}
impl Actor for Asker {
    const KIND: &'static str = "asker";
}
impl Handler<Relayed> for Asker {
    fn handle(&mut self, _: Relayed, reply: Reply<()>, ctx: &mut Context<Self>) {
        ctx.ask(&self.0.clone(), Question, 600 * SECOND, |_, outcome, _| {
            reply.finish(outcome);
        });
    }
}
impl Handler<Explode> for Asker {
    fn handle(&mut self, _: Explode, _: Reply<()>, _: &mut Context<Self>) {
        panic!("planted");
    }
}

/// Never answers, and never lets go of a question.
#[derive(Default)]
struct Silent(Vec<Reply<()>>);

impl Actor for Silent {
    const KIND: &'static str = "silent";
}
impl Handler<Question> for Silent {
    fn handle(&mut self, _: Question, reply: Reply<()>, _: &mut Context<Self>) {
        self.0.push(reply);
    }
}

/// Notes the outcome of what it asks.
struct Witness<M: Message> {
    to: Recipient<M>,
    outcome: Outcome<M>,
}

/// What became of an ask, if anything has.
type Outcome<M> = Arc<Mutex<Option<Result<<M as Message>::Reply, AskError>>>>;

struct AskNow<M>(M);

impl<M: Message> Message for AskNow<M> {
    type Reply = ();
}
impl<M: Message> Actor for Witness<M> {
    const KIND: &'static str = "witness";
}
impl<M: Message> Handler<AskNow<M>> for Witness<M> {
    fn handle(&mut self, message: AskNow<M>, _: Reply<()>, ctx: &mut Context<Self>) {
        ctx.ask(
            &self.to.clone(),
            message.0,
            60 * SECOND,
            |witness, outcome, _| {
                *witness.outcome.lock().unwrap() = Some(outcome);
            },
        );
    }
}

/// Asks within a simulation; the outcome is there once time has passed.
fn ask<M: Message>(world: &VirtualHost, to: Recipient<M>, message: M) -> Outcome<M> {
    let outcome = Outcome::<M>::default();
    let for_witness = outcome.clone();
    let witness = world
        .host()
        .start(Spec::new("witness", Lane::Core), move || Witness {
            to: to.clone(),
            outcome: for_witness.clone(),
        });
    witness.tell(AskNow(message)).unwrap();
    outcome
}

fn at(seconds: u64) -> Time {
    Time::ZERO + Duration::from_secs(seconds)
}

fn start_windows(world: &VirtualHost, outside: &Outside) -> Addr<Windows> {
    let stand_in = outside.clone();
    let outside = world
        .host()
        .start(Spec::new("outside", Lane::Core), move || stand_in.clone());
    let directory = Directory::default();
    let spec = Spec::new("windows", Lane::Core).capacity(NonZeroUsize::MIN);
    world.host().start(spec, move || {
        Windows::new(
            outside.recipient(),
            PageEnds {
                files: outside.recipient(),
                network: outside.recipient(),
            },
            outside.recipient(),
            (outside.recipient(), Children::default()),
            directory.clone(),
        )
    })
}

fn open_window() -> OpenWindow {
    OpenWindow {
        index: Some(0),
        options: WindowOptions::default(),
    }
}

fn is_exit(order: &HostOrder) -> bool {
    matches!(order, HostOrder::Exit(_))
}

#[test]
fn a_first_window_that_cannot_open_does_not_end_the_app_as_if_all_were_well() {
    let mut world = VirtualHost::new(1);
    let outside = Outside {
        refuses_windows: true,
        ..Outside::default()
    };
    let windows = start_windows(&world, &outside);
    let opened = ask(&world, windows.recipient(), open_window());
    world.run_until(at(1));
    assert!(matches!(
        *opened.lock().unwrap(),
        Some(Ok(Err(WindowError::ForbiddenUrl { .. })))
    ));
    assert!(!outside.orders.lock().unwrap().iter().any(is_exit));
}

#[test]
fn the_app_ends_with_its_last_window_however_much_is_asked_of_the_windows() {
    let mut world = VirtualHost::new(1);
    let outside = Outside::default();
    let windows = start_windows(&world, &outside);
    windows.tell(open_window()).unwrap();
    world.run_until(at(1));
    // The mailbox holds one message, and here it is.
    let list = ListWindows {
        indices: Vec::new(),
    };
    windows.tell(list.clone()).unwrap();
    assert!(windows.tell(list).is_err());
    let closed = WindowFact {
        window: 0,
        change: WindowChange::Closed,
    };
    windows.tell(closed).unwrap();
    world.run_until(at(2));
    assert_eq!(
        outside.orders.lock().unwrap().last(),
        Some(&HostOrder::Exit(0))
    );
}

fn poll() -> TakeEvents {
    TakeEvents {
        window: 0,
        client: TOP_CLIENT.to_owned(),
    }
}

fn event() -> RaiseEvent {
    let event = PageEvent {
        name: "tick".to_owned(),
        data: 1.into(),
        ..PageEvent::default()
    };
    RaiseEvent {
        window: Some(0),
        event,
    }
}

fn count(outcome: &Outcome<TakeEvents>) -> Option<usize> {
    let outcome = outcome.lock().unwrap();
    let answered: &Result<Result<Vec<PageEvent>, ClientError>, AskError> = outcome.as_ref()?;
    Some(answered.as_ref().unwrap().as_ref().unwrap().len())
}

#[test]
fn a_poll_that_was_answered_does_not_cut_the_next_one_short() {
    let mut world = VirtualHost::new(1);
    let windows = start_windows(&world, &Outside::default());
    windows.tell(open_window()).unwrap();
    world.run_until(at(1));
    let first = ask(&world, windows.recipient(), poll());
    world.run_until(at(2));
    windows.tell(event()).unwrap();
    world.run_until(at(11));
    assert_eq!(count(&first), Some(1));
    let second = ask(&world, windows.recipient(), poll());
    world.run_until(at(35));
    assert_eq!(count(&second), None);
    world.run_until(at(37));
    assert_eq!(count(&second), Some(0));
}

#[test]
fn a_restart_fails_what_the_actor_was_still_asking_for() {
    let mut world = VirtualHost::new(1);
    let silent = world
        .host()
        .start(Spec::new("silent", Lane::Core), Silent::default);
    let to = silent.recipient();
    let asker = world
        .host()
        .start(Spec::new("asker", Lane::Core), move || Asker(to.clone()));
    let outcome = ask(&world, asker.recipient(), Relayed);
    world.run_until(at(1));
    asker.tell(Explode).unwrap();
    world.run_until(at(2));
    assert_eq!(*outcome.lock().unwrap(), Some(Err(AskError::Unanswered)));
}

/// A terminal whose first text makes its sender panic.
fn start_faulty_terminal(host: &socket_runtime::actors::kit::Host) -> (Addr<Outside>, Port) {
    let is_first = AtomicBool::new(true);
    let hook = move || assert!(!is_first.swap(false, Ordering::Relaxed), "planted");
    Port::open(
        host,
        Spec::new("terminal", Lane::Core),
        hook,
        Outside::default,
    )
}

fn start_supervisor(
    world: &VirtualHost,
    children: &Children,
    outlets: Outlets,
) -> Addr<Supervisor> {
    let children = children.clone();
    world
        .host()
        .start(Spec::new("supervisor", Lane::Core), move || {
            Supervisor::new(children.clone(), outlets.clone())
        })
}

#[test]
fn a_supervisor_that_crashes_itself_leaves_nobody_down() {
    let mut world = VirtualHost::new(1);
    let (children, outlets) = (Children::default(), Outlets::default());
    let supervisor = start_supervisor(&world, &children, outlets.clone());
    let silent = world
        .host()
        .start(Spec::new("silent", Lane::Core), Silent::default);
    let to = silent.recipient();
    let spec = Spec::new("asker", Lane::Core).supervisor(supervisor.recipient());
    let asker = world.host().start(spec, move || Asker(to.clone()));
    children.add(asker.controls(), false);
    let (terminal, _port) = start_faulty_terminal(world.host());
    let host = world
        .host()
        .start(Spec::new("host", Lane::Core), Outside::default);
    outlets.connect(terminal.recipient(), host.recipient());
    asker.tell(Explode).unwrap();
    world.run_until(at(1));
    let reports = world.host().registry().reports(at(1));
    let states: Vec<_> = reports
        .iter()
        .filter(|report| ["asker", "supervisor"].contains(&report.name.as_str()))
        .map(|report| (report.name.as_str(), report.state.as_str(), report.restarts))
        .collect();
    assert_eq!(
        states,
        [("asker", "running", 1), ("supervisor", "running", 1)]
    );
}

#[test]
fn the_app_ends_when_the_windows_actor_itself_is_given_up() {
    let mut world = VirtualHost::new(1);
    let (children, outlets, outside) =
        (Children::default(), Outlets::default(), Outside::default());
    let supervisor = start_supervisor(&world, &children, outlets.clone());
    let windows = start_windows(&world, &outside);
    children.add(windows.controls(), true);
    let stand_in = outside.clone();
    let host = world
        .host()
        .start(Spec::new("host", Lane::Core), move || stand_in.clone());
    outlets.connect(host.recipient(), host.recipient());
    for _ in 0..6 {
        let text = String::new();
        let (actor, message) = ("windows".to_owned(), "OpenWindow".to_owned());
        let panicked = ActorPanicked {
            actor,
            message,
            text,
        };
        supervisor.tell(panicked).unwrap();
    }
    world.run_until(at(1));
    let orders = outside.orders.lock().unwrap();
    assert_eq!(*orders, [HostOrder::Exit(EXIT_CODE_GAVE_UP.into())]);
}

/// A back end on a live host, run by the shell.
fn with_backend(script: &str, test: impl AsyncFnOnce(Addr<Process>)) {
    let live = LiveHost::start().unwrap();
    let outside = live
        .host()
        .start(Spec::new("outside", Lane::Core), Outside::default);
    let command = Arc::new(BackendCommand {
        cmd: format!("sh -c '{script}'"),
        arguments: Vec::new(),
        folder: PathBuf::from("/"),
    });
    let outlets = BackendOutlets {
        router: outside.recipient(),
        windows: outside.recipient(),
        terminal: outside.recipient(),
    };
    let spawner = live.spawner();
    let process = live
        .host()
        .start(Spec::new("process", Lane::Process), move || {
            Process::new(command.clone(), outlets.clone(), spawner.clone())
        });
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(test(process));
    live.stop();
}

#[test]
fn the_end_of_an_earlier_back_end_is_not_taken_for_the_end_of_this_one() {
    with_backend("cat", async |process| {
        let open = OpenBackend { is_forced: false };
        process.ask(open, 20 * SECOND).await.unwrap().unwrap();
        let end = BackendEnd::Code(0);
        // What the first back end of a former life of the actor might have been called.
        process.tell(BackendExited { run: 1, end }).unwrap();
        let line = "hello".to_owned();
        let written = process.ask(WriteBackend { line }, 20 * SECOND).await;
        assert_eq!(written, Ok(Ok(())));
    });
}

#[test]
fn a_back_end_that_is_replaced_while_it_is_asked_to_end_has_ended() {
    with_backend("trap : TERM; while :; do sleep 1; done", async |process| {
        let open = OpenBackend { is_forced: true };
        process.ask(open, 20 * SECOND).await.unwrap().unwrap();
        let killed = process.ask(KillBackend, 20 * SECOND);
        process.ask(open, 20 * SECOND).await.unwrap().unwrap();
        assert_eq!(killed.await, Ok(Ok(())));
        process
            .ask(KillBackend, 20 * SECOND)
            .await
            .unwrap()
            .unwrap();
    });
}
