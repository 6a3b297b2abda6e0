//! `process.*` and the streams: the back end and what is printed.

use serde_json::{Value, json};

use super::Route;
use crate::{
    actors::{
        process::event_line,
        router::{Args, Desk},
    },
    messages::{
        process::{BackendState, KillBackend, OpenBackend, WriteBackend},
        router::{CallError, CallReply},
        terminal::{Print, Stream},
    },
};

pub(super) const ROUTES: &[Route] = &[
    Route::new("process.open", open),
    Route::new("process.write", write),
    Route::new("process.kill", kill),
    Route::new("log", log),
    Route::new("stdout", |args, desk| print(&args, desk, Stream::Out)),
    Route::new("stderr", |args, desk| print(&args, desk, Stream::Err)),
];

fn open(args: Args, desk: Desk<'_>) {
    let message = args
        .flag("force")
        .map(|is_forced| OpenBackend { is_forced });
    let process = desk.services.process.recipient();
    desk.ask(process, message, |state: BackendState| {
        CallReply::from(json!(state))
    });
}

fn write(args: Args, desk: Desk<'_>) {
    let message = args.string("event").map(|event| {
        let value = args.value("value").cloned().unwrap_or(Value::Null);
        WriteBackend {
            line: event_line(&event, &value),
        }
    });
    let process = desk.services.process.recipient();
    desk.ask(process, message, |()| CallReply::default());
}

fn kill(_args: Args, desk: Desk<'_>) {
    let process = desk.services.process.recipient();
    desk.ask(process, Ok(KillBackend), |()| CallReply::default());
}

fn log(args: Args, desk: Desk<'_>) {
    let prints = log_lines(&args);
    desk.print(prints);
}

/// The lines of a page's console: `warn`, `error` and their kin go to standard error.
fn log_lines(args: &Args) -> Result<Vec<Print>, CallError> {
    let lines = match args.value("lines") {
        Some(Value::Array(lines)) => lines,
        _ => return Err(args.invalid("lines", "must be an array of {level, text}")),
    };
    let mut prints: Vec<Print> = Vec::new();
    for line in lines {
        let text = line.get("text").and_then(Value::as_str);
        let text = text.ok_or_else(|| args.invalid("lines", "has a line without a text"))?;
        let level = line.get("level").and_then(Value::as_str).unwrap_or("log");
        let is_error = matches!(level, "warn" | "error" | "trace" | "assert");
        let stream = if is_error { Stream::Err } else { Stream::Out };
        match prints.last_mut().filter(|print| print.stream == stream) {
            Some(print) => print.text.push_str(&format!("{text}\n")),
            None => prints.push(Print {
                stream,
                text: format!("{text}\n"),
            }),
        }
    }
    Ok(prints)
}

fn print(args: &Args, desk: Desk<'_>, stream: Stream) {
    let text = match args.value("value") {
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
        None => String::new(),
    };
    desk.print(Ok(vec![Print { stream, text }]));
}
