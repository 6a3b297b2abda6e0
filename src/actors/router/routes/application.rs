//! `application.*`, `platform.*` and the small calls that belong to no subsystem.

use serde_json::{Value, json};

use super::Route;
use crate::{
    actors::router::{Args, Desk},
    messages::{
        host::{HostAnswer, WindowState},
        router::{CallError, CallReply},
        system::OpenExternal,
        windows::{DescribeScreen, ExitApp, ListWindows},
    },
};

pub(super) const ROUTES: &[Route] = &[
    Route::new("application.exit", exit),
    Route::new("application.getWindows", list_windows),
    Route::new("application.getScreenSize", screen),
    Route::new("application.setSystemMenu", refuse),
    Route::new("application.setSystemMenuItemEnabled", refuse),
    Route::new("application.setTrayMenu", refuse),
    Route::new("config", config),
    Route::new("test.finish", finish_test),
    Route::new("ping", |args, desk| {
        let value = args.value("value").cloned().unwrap_or(Value::Null);
        desk.answer(Ok(CallReply::from(json!({ "value": value }))));
    }),
    Route::new("permissions.query", query_permission),
    Route::new("platform.openExternal", open_external),
    Route::new("platform.primordials", primordials),
    Route::new("internal.setcwd", refuse),
];

fn exit(args: Args, desk: Desk<'_>) {
    let code = match args.value("value") {
        None => Ok(0),
        Some(_) => args.integer("value", i64::from(i32::MIN)..=i64::from(i32::MAX)),
    };
    exit_with(code, desk);
}

/// A test run ends with the app: code 0 if every test passed.
fn finish_test(args: Args, desk: Desk<'_>) {
    let failed = args.integer("failed", 0..=i64::MAX);
    exit_with(failed.map(|failed| i64::from(failed > 0)), desk);
}

fn exit_with(code: Result<i64, CallError>, desk: Desk<'_>) {
    let message = code.map(|code| ExitApp {
        code: i32::try_from(code).unwrap_or(1),
    });
    let windows = desk.services.windows.recipient();
    desk.ask(windows, message, |()| CallReply::default());
}

fn list_windows(args: Args, desk: Desk<'_>) {
    let message = window_indices(&args).map(|indices| ListWindows { indices });
    let windows = desk.services.windows.recipient();
    desk.ask(windows, message, |states: Vec<WindowState>| {
        CallReply::from(json!(states))
    });
}

fn window_indices(args: &Args) -> Result<Vec<u32>, CallError> {
    let list = match args.value("indices").or_else(|| args.value("value")) {
        None => return Ok(Vec::new()),
        Some(Value::Array(list)) => list,
        Some(_) => return Err(args.invalid("indices", "must be an array of window indices")),
    };
    let index = |value: &Value| value.as_u64().and_then(|index| u32::try_from(index).ok());
    let indices = list.iter().map(index).collect::<Option<Vec<_>>>();
    indices.ok_or_else(|| args.invalid("indices", "has an entry that is no window index"))
}

fn screen(_args: Args, desk: Desk<'_>) {
    let windows = desk.services.windows.recipient();
    desk.ask(
        windows,
        Ok(DescribeScreen),
        |answer: HostAnswer| match answer {
            HostAnswer::Screen {
                width,
                height,
                scale,
            } => CallReply::from(json!({ "width": width, "height": height, "scale": scale })),
            _ => CallReply::default(),
        },
    );
}

fn config(args: Args, desk: Desk<'_>) {
    let outcome = args.string("key").map(|key| {
        let value = desk.app().config.get(&key.replace('.', "_")).cloned();
        CallReply::from(json!(value))
    });
    desk.answer(outcome);
}

fn query_permission(args: Args, desk: Desk<'_>) {
    let outcome = args.string("name").map(|name| {
        let key = name.replace('-', "_");
        let is_refused = desk.app().refused.contains(&key);
        CallReply::from(json!({ "state": if is_refused { "denied" } else { "granted" } }))
    });
    desk.answer(outcome);
}

/// Only schemes that open a program of the user's own choice; `file:` and the like could
/// start anything (CVE-2025-31477).
fn open_external(args: Args, desk: Desk<'_>) {
    let url = args.string("url").or_else(|_| args.string("value"));
    let message = url.and_then(|url| {
        let scheme = url
            .split_once(':')
            .map(|(scheme, _)| scheme.to_ascii_lowercase());
        match scheme.as_deref() {
            Some("http" | "https" | "mailto") if !url.contains(char::is_control) => {
                Ok(OpenExternal { url })
            }
            _ => Err(args.invalid("url", "must be an http, https or mailto URL")),
        }
    });
    let system = desk.services.system.recipient();
    desk.ask(system, message, |()| CallReply::default());
}

fn primordials(_args: Args, desk: Desk<'_>) {
    let app = desk.app();
    let data = json!({
        "arch": app.arch, "platform": app.platform, "host-operating-system": app.os,
        "cwd": app.resources, "version": { "short": app.version, "full": app.version, "hash": "" },
    });
    desk.answer(Ok(CallReply::from(data)));
}

fn refuse(args: Args, desk: Desk<'_>) {
    desk.answer(Err(args.not_supported()));
}
