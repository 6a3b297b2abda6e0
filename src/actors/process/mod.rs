//! Runs the app's back end: a program in any language, spoken to in lines over its
//! standard streams.
//!
//! Started by the app and restarted by the supervisor; a restart ends the back end, and
//! the page may open it again. A line of the back end becomes a call to the router, like
//! a page's, and its answer goes back as `ipc://resolve?seq=…` if the line had a `seq`.
//! What a page sends to the back end is written to its standard input.

#[cfg(target_os = "linux")]
mod bond;
mod child;
mod line;

#[cfg(target_os = "linux")]
pub(crate) use self::bond::end_with_this_thread;

use std::{path::PathBuf, sync::Arc, time::Duration};

use rand::Rng as _;
use serde_json::{Map, Value, json};

use self::{child::Running, line::Line};
use super::kit::{Actor, AskError, Context, Handler, Recipient, Reply, Spawner};
use crate::messages::{
    process::{
        BackendEnd, BackendError, BackendExited, BackendPrinted, BackendState, KillBackend,
        OpenBackend, WriteBackend,
    },
    router::{CallError, CallReply, Caller, Frame, RouteCall},
    terminal::{Print, Stream},
    windows::{PageEvent, RaiseEvent},
};

/// The back end of one app.
pub struct Process {
    command: Arc<BackendCommand>,
    outlets: Outlets,
    spawner: Spawner,
    running: Option<Running>,
    closing: Vec<Reply<Result<(), BackendError>>>,
}

/// What to start, from `socket.ini` and the command line.
#[derive(Clone, Debug, Default)]
pub struct BackendCommand {
    /// The value of `[linux] cmd` or its siblings; empty if there is none.
    pub cmd: String,
    /// More arguments.
    pub arguments: Vec<String>,
    /// Where it runs: the app's resources.
    pub folder: PathBuf,
}

/// Whom the back end's lines reach.
#[derive(Clone)]
pub struct Outlets {
    /// Takes its calls.
    pub router: Recipient<RouteCall>,
    /// Takes its events.
    pub windows: Recipient<RaiseEvent>,
    /// Takes its plain output.
    pub terminal: Recipient<Print>,
}

impl Process {
    /// A back end that is not started yet.
    #[must_use]
    pub fn new(command: Arc<BackendCommand>, outlets: Outlets, spawner: Spawner) -> Self {
        Self {
            command,
            outlets,
            spawner,
            running: None,
            closing: Vec::new(),
        }
    }

    fn start(&mut self, ctx: &mut Context<Self>) -> Result<BackendState, BackendError> {
        let argv = self.argv()?;
        // Not counted: after a restart of this actor, the end of a back end of its last
        // life would pass for the end of this one.
        let run = ctx.random().random();
        let (folder, addr) = (&self.command.folder, ctx.addr().clone());
        let started = Running::start(run, &argv, folder, addr, &self.spawner);
        let running = started.map_err(|error| BackendError::NotStarted {
            cmd: argv.join(" "),
            reason: error.to_string(),
        })?;
        let pid = running.pid;
        self.running = Some(running);
        let path = folder.display().to_string();
        let (cmd, argv) = (argv[0].clone(), argv[1..].to_vec());
        Ok(BackendState {
            cmd,
            argv,
            path,
            pid,
        })
    }

    fn argv(&self) -> Result<Vec<String>, BackendError> {
        let platform = PLATFORM;
        let mut argv =
            shell_words::split(&self.command.cmd).map_err(|error| BackendError::BadCommand {
                platform,
                reason: error.to_string(),
            })?;
        if argv.is_empty() {
            return Err(BackendError::NotConfigured { platform });
        }
        argv.extend(self.command.arguments.iter().cloned());
        Ok(argv)
    }

    /// Does what a message line says.
    fn obey(&mut self, run: u64, line: Line, ctx: &mut Context<Self>) {
        let value = line.get("value").unwrap_or_default().to_owned();
        match line.command.as_str() {
            "stdout" => self.print(Stream::Out, value),
            "stderr" => self.print(Stream::Err, value),
            "send" => {
                let window = line.get("index").and_then(|index| index.parse().ok());
                let name = line.get("event").unwrap_or_default().to_owned();
                self.raise(window, &name, parse_value(&value));
            }
            _ => self.call(run, &line, ctx),
        }
    }

    /// Passes a line on as a call, and its answer back if it is wanted.
    fn call(&mut self, run: u64, line: &Line, ctx: &mut Context<Self>) {
        let mut params = Map::new();
        for (key, value) in &line.params {
            params.insert(key.clone(), Value::String(value.clone()));
        }
        let window = line
            .get("index")
            .and_then(|index| index.parse().ok())
            .unwrap_or(0);
        let command = full_name(&line.command).to_owned();
        let caller = Caller {
            window,
            frame: Frame::Backend,
            origin: "backend".to_owned(),
        };
        let call = RouteCall {
            caller,
            command,
            params: Value::Object(params),
            body: Vec::new(),
        };
        let (seq, name) = (line.get("seq").map(str::to_owned), line.command.clone());
        ctx.ask(
            &self.outlets.router,
            call,
            CALL_DEADLINE,
            move |process, outcome, _| {
                process.resolve(run, seq.as_deref(), &name, outcome);
            },
        );
    }

    fn resolve(
        &self,
        run: u64,
        seq: Option<&str>,
        command: &str,
        outcome: Result<Result<CallReply, CallError>, AskError>,
    ) {
        let (state, value) = match outcome {
            Ok(Ok(reply)) => ("0", reply.data.to_string()),
            Ok(Err(error)) => ("1", json!(error).to_string()),
            Err(error) => ("1", json!({ "message": error.to_string() }).to_string()),
        };
        let running = self.running.as_ref();
        match (seq, running.filter(|running| running.run == run)) {
            (Some(seq), Some(running)) => {
                let answer = Line::new("resolve").with("seq", seq).with("state", state);
                // A back end that does not read its answers misses them.
                let _ = running.write(answer.with("value", &value).format());
            }
            (None, _) if state == "1" => {
                let text = format!("runtime: the back end's '{command}' failed: {value}\n");
                self.print(Stream::Err, text);
            }
            _ => {}
        }
    }

    fn raise(&self, window: Option<u32>, name: &str, data: Value) {
        let event = PageEvent {
            name: name.to_owned(),
            data,
            ..PageEvent::default()
        };
        if self
            .outlets
            .windows
            .tell(RaiseEvent { window, event })
            .is_err()
        {
            self.print(
                Stream::Err,
                format!("runtime: event '{name}' of the back end was lost\n"),
            );
        }
    }

    /// The back end whose end was asked for is gone.
    fn answer_closing(&mut self) {
        for reply in self.closing.drain(..) {
            reply.send(Ok(()));
        }
    }

    /// Prints a line of the back end, and has it write the next one when that is done: it
    /// cannot write faster than the terminal takes it.
    fn print_line(&self, stream: Stream, line: &str, reply: Reply<()>, ctx: &mut Context<Self>) {
        let text = format!("{line}\n");
        ctx.ask(
            &self.outlets.terminal,
            Print { stream, text },
            PRINT_TIME_MAX,
            |_, _, _| reply.send(()),
        );
    }

    fn print(&self, stream: Stream, text: String) {
        // A terminal that takes no more text counts the loss.
        let _ = self.outlets.terminal.tell(Print { stream, text });
    }
}

impl Actor for Process {
    const KIND: &'static str = "process";

    /// Whether the back end runs, as which process; never its command line.
    fn state(&self) -> Option<Value> {
        let pid = self.running.as_ref().map(|running| running.pid);
        Some(json!({ "pid": pid, "closing": self.closing.len() }))
    }
}

impl Handler<OpenBackend> for Process {
    fn handle(
        &mut self,
        open: OpenBackend,
        reply: Reply<Result<BackendState, BackendError>>,
        ctx: &mut Context<Self>,
    ) {
        if let Some(running) = self.running.as_ref().filter(|_| !open.is_forced) {
            let (pid, path) = (running.pid, self.command.folder.display().to_string());
            return reply.send(self.argv().map(|argv| BackendState {
                cmd: argv[0].clone(),
                argv: argv[1..].to_vec(),
                path,
                pid,
            }));
        }
        self.running = None;
        self.answer_closing();
        reply.send(self.start(ctx));
    }
}

impl Handler<WriteBackend> for Process {
    fn handle(
        &mut self,
        write: WriteBackend,
        reply: Reply<Result<(), BackendError>>,
        _ctx: &mut Context<Self>,
    ) {
        reply.send(match &self.running {
            Some(running) => running.write(write.line),
            None => Err(BackendError::NotRunning),
        });
    }
}

impl Handler<KillBackend> for Process {
    fn handle(
        &mut self,
        _: KillBackend,
        reply: Reply<Result<(), BackendError>>,
        ctx: &mut Context<Self>,
    ) {
        let Some(running) = &self.running else {
            return reply.send(Ok(()));
        };
        running.terminate();
        self.closing.push(reply);
        let due = KillDue { run: running.run };
        if ctx.after(TERMINATE_TIME_MAX, due).is_err() {
            running.kill();
        }
    }
}

/// A back end was asked to end and has had its time (a timer of the actor's own).
struct KillDue {
    run: u64,
}

impl crate::messages::Message for KillDue {
    type Reply = ();
    const CLASS: crate::messages::Class = crate::messages::Class::Control;
}

impl Handler<KillDue> for Process {
    fn handle(&mut self, due: KillDue, _reply: Reply<()>, _ctx: &mut Context<Self>) {
        if let Some(running) = self
            .running
            .as_ref()
            .filter(|running| running.run == due.run)
        {
            running.kill();
        }
    }
}

impl Handler<BackendPrinted> for Process {
    fn handle(&mut self, printed: BackendPrinted, reply: Reply<()>, ctx: &mut Context<Self>) {
        match Line::parse(&printed.line) {
            _ if printed.is_error => {
                self.print_line(Stream::Err, &printed.line, reply, ctx);
                self.raise(None, "process-error", Value::String(printed.line));
            }
            Some(line) => {
                self.obey(printed.run, line, ctx);
                reply.send(());
            }
            None => self.print_line(Stream::Out, &printed.line, reply, ctx),
        }
    }
}

impl Handler<BackendExited> for Process {
    fn handle(&mut self, exited: BackendExited, _reply: Reply<()>, _ctx: &mut Context<Self>) {
        let Some(running) = self.running.take_if(|running| running.run == exited.run) else {
            return;
        };
        running.forget();
        self.answer_closing();
        let detail = match exited.end {
            BackendEnd::Code(code) => Value::from(code),
            BackendEnd::Signal(signal) => Value::from(signal_name(signal)),
        };
        self.raise(None, "backend-exit", detail);
    }
}

/// The line that carries an event of a page to the back end.
#[must_use]
pub fn event_line(event: &str, value: &Value) -> String {
    let value = value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned);
    Line::new("send")
        .with("event", event)
        .with("value", &value)
        .format()
}

/// Short names that back ends use, and the commands that they stand for.
fn full_name(command: &str) -> &str {
    const SHORT: [(&str, &str); 8] = [
        ("setTitle", "window.setTitle"),
        ("setSize", "window.setSize"),
        ("navigate", "window.navigate"),
        ("show", "window.show"),
        ("hide", "window.hide"),
        ("exit", "application.exit"),
        ("process.exit", "application.exit"),
        ("heartbeat", "ping"),
    ];
    let found = SHORT
        .iter()
        .find(|(short, _)| short.eq_ignore_ascii_case(command));
    found.map_or(command, |(_, full)| full)
}

fn parse_value(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|_| Value::String(text.to_owned()))
}

fn signal_name(signal: i32) -> String {
    let names = [
        (1, "SIGHUP"),
        (2, "SIGINT"),
        (3, "SIGQUIT"),
        (6, "SIGABRT"),
        (9, "SIGKILL"),
        (11, "SIGSEGV"),
        (13, "SIGPIPE"),
        (15, "SIGTERM"),
    ];
    let found = names.iter().find(|(number, _)| *number == signal);
    found.map_or_else(
        || format!("signal {signal}"),
        |(_, name)| (*name).to_owned(),
    )
}

/// The section of `socket.ini` that names the back end here.
pub const PLATFORM: &str = if cfg!(target_os = "macos") {
    "mac"
} else if cfg!(windows) {
    "win"
} else {
    "linux"
};
/// How long a back end may take to end when asked.
const TERMINATE_TIME_MAX: Duration = Duration::from_secs(2);
/// How long a call of a back end may take.
const CALL_DEADLINE: Duration = Duration::from_secs(32);
/// How long a line may wait for the terminal, which its user may have stopped.
const PRINT_TIME_MAX: Duration = Duration::from_secs(3600);
