//! One thing at a time, for scripts: shows one actor, or does something to it.

use std::time::Duration;

use serde_json::{Value, json};

use super::{
    args::{InspectArgs, VerbArgs},
    breakpoint, by,
    client::Client,
    millis, printable,
    socket::App,
};
use crate::{
    cli::{CliError, Console, format},
    messages::inspector::{
        Action, ActorDetail, DeadLetter, EntryKind, QueueReport, RecorderEntry, Request,
    },
};

/// Shows `actor`, or does to it what `args` say.
pub(super) fn verbs(
    console: &mut Console<'_>,
    app: &App,
    actor: &str,
    args: &InspectArgs,
) -> Result<(), CliError> {
    let action = action(&args.verb);
    let mut client = Client::open(&app.socket, "script", action.is_some())?;
    if let Some((verb, what, action)) = action {
        client.order(actor, action)?;
        let what = format!("{}{what}", printable(actor));
        return Ok(console.progress(verb, &what)?);
    }
    if args.verb.state {
        return print_json(console, &state(&mut client, actor)?);
    }
    if args.verb.diff {
        return diff(console, &mut client, actor, args.time);
    }
    let detail = detail(&mut client, actor)?;
    if args.json {
        return print_json(console, &json!(detail));
    }
    print_detail(console, &detail)
}

/// What changes the actor: how that is said, and what it is.
fn action(verb: &VerbArgs) -> Option<(&'static str, String, Action)> {
    let plain = [
        (verb.pause, "Paused", Action::Pause),
        (verb.resume, "Resumed", Action::Resume),
        (verb.clear, "Cleared", Action::ClearBreaks),
        (verb.restart, "Restarted", Action::Restart),
        (verb.kill, "Killed", Action::Kill),
    ];
    if let Some((_, said, action)) = plain.into_iter().find(|(is_wanted, ..)| *is_wanted) {
        return Some((said, String::new(), action));
    }
    if let Some(count) = verb.step {
        return Some(("Stepped", format!(" by {count}"), Action::Step(count)));
    }
    if let Some(on) = &verb.break_on {
        let what = format!(" on {}", breakpoint::words(on));
        return Some(("Breaks", what, Action::Break(on.clone())));
    }
    if let Some(state) = &verb.replace {
        return Some((
            "Replaced",
            "'s state".to_owned(),
            Action::Replace(state.clone()),
        ));
    }
    let (message, payload) = verb.inject.clone()?;
    let what = format!(": {message}");
    Some(("Injected", what, Action::Inject { message, payload }))
}

fn print_json(console: &mut Console<'_>, value: &Value) -> Result<(), CliError> {
    writeln!(console.out(), "{value:#}")?;
    Ok(())
}

fn state(client: &mut Client, actor: &str) -> Result<Value, CliError> {
    let request = Request::State {
        actor: actor.to_owned(),
    };
    let mut answer: Value = client.ask(&request)?;
    Ok(answer["state"].take())
}

/// Prints a line for each field that is another after the given time.
#[expect(clippy::disallowed_methods, reason = "the user waits in real time")]
fn diff(
    console: &mut Console<'_>,
    client: &mut Client,
    actor: &str,
    time: Duration,
) -> Result<(), CliError> {
    let before = state(client, actor)?;
    std::thread::sleep(time);
    let after = state(client, actor)?;
    for (pointer, old, new) in differences(&before, &after) {
        writeln!(console.out(), "{pointer}: {old} → {new}")?;
    }
    Ok(())
}

/// Every field that differs: where it is, what it was and what it is.
pub(super) fn differences(before: &Value, after: &Value) -> Vec<(String, String, String)> {
    let mut found = Vec::new();
    differ("", Some(before), Some(after), &mut found);
    found
}

fn differ(
    pointer: &str,
    before: Option<&Value>,
    after: Option<&Value>,
    found: &mut Vec<(String, String, String)>,
) {
    if before == after {
        return;
    }
    match (before, after) {
        (Some(Value::Object(old)), Some(Value::Object(new))) => {
            let added = new.keys().filter(|key| !old.contains_key(*key));
            for key in old.keys().chain(added) {
                let pointer = format!("{pointer}/{}", key.replace('~', "~0").replace('/', "~1"));
                differ(&pointer, old.get(key), new.get(key), found);
            }
        }
        (Some(Value::Array(old)), Some(Value::Array(new))) => {
            for index in 0..old.len().max(new.len()) {
                let pointer = format!("{pointer}/{index}");
                differ(&pointer, old.get(index), new.get(index), found);
            }
        }
        _ => {
            let text = |value: Option<&Value>| {
                value.map_or_else(
                    || "nothing".to_owned(),
                    |value| printable(&value.to_string()),
                )
            };
            let pointer = if pointer.is_empty() { "/" } else { pointer };
            found.push((printable(pointer), text(before), text(after)));
        }
    }
}

fn detail(client: &mut Client, actor: &str) -> Result<ActorDetail, CliError> {
    let named = || Some(actor.to_owned());
    client.ask::<Value>(&Request::Lease { actor: named() })?;
    let request = Request::Actor {
        actor: actor.to_owned(),
        peek: true,
    };
    Ok(client.ask(&request)?)
}

fn print_detail(console: &mut Console<'_>, detail: &ActorDetail) -> Result<(), CliError> {
    let actor = &detail.actor;
    let now = match &actor.current {
        Some(message) => {
            let age = format::age(millis(actor.current_ms));
            format!("handling {} for {age}", printable(message))
        }
        None => printable(&actor.state),
    };
    let out = console.out();
    writeln!(
        out,
        "{} ({}) {now}",
        printable(&actor.name),
        printable(&actor.kind)
    )?;
    writeln!(
        out,
        "sent {} = handled {} + lost {} + queued {}; restarts {}",
        format::count(actor.sent),
        format::count(actor.handled),
        format::count(actor.lost),
        format::count(actor.depth),
        actor.restarts
    )?;
    if let Some(panic) = &actor.last_panic {
        writeln!(out, "last panic: {}", printable(panic))?;
    }
    print_queue(console, detail.queue.as_ref())?;
    for ask in &detail.asks {
        let (message, to) = (printable(&ask.message), printable(&ask.to));
        let age = format::age(millis(ask.waiting_ms));
        writeln!(console.out(), "asks {to}: {message}, for {age}")?;
    }
    for latency in &detail.latencies {
        writeln!(
            console.out(),
            "latency {}: {} messages, waited {} µs (p99 {}), took {} µs (p99 {})",
            printable(&latency.message),
            format::count(latency.count),
            latency.wait.p50_us,
            latency.wait.p99_us,
            latency.service.p50_us,
            latency.service.p99_us
        )?;
    }
    let skipped = detail.recorder.len().saturating_sub(RECORDS_SHOWN_MAX);
    for entry in &detail.recorder[skipped..] {
        writeln!(console.out(), "{}", record(entry))?;
    }
    Ok(())
}

fn print_queue(console: &mut Console<'_>, queue: Option<&QueueReport>) -> Result<(), CliError> {
    for queued in queue.iter().flat_map(|queue| &queue.messages) {
        let payload = queued.payload.as_ref().map(|value| format!(" {value}"));
        writeln!(
            console.out(),
            "queued {} for {}{}{}",
            printable(&queued.message),
            format::age(millis(queued.age_ms)),
            from(queued.sender.as_deref()),
            printable(&payload.unwrap_or_default())
        )?;
    }
    Ok(())
}

/// One line of a flight recorder.
fn record(entry: &RecorderEntry) -> String {
    let at = entry.began_us as f64 / 1e6;
    let message = printable(&entry.message);
    match entry.kind {
        EntryKind::Intervention => {
            format!("{at:.6} s {message}{}", by(entry.viewer))
        }
        kind => {
            let took = entry.ended_us.saturating_sub(entry.began_us);
            let waited = entry.began_us.saturating_sub(entry.sent_us);
            let from = from(entry.sender.as_deref());
            let kind = format!("{kind:?}").to_lowercase();
            format!("{at:.6} s {kind} {message}{from}, waited {waited} µs, took {took} µs")
        }
    }
}

fn from(sender: Option<&str>) -> String {
    sender.map_or_else(String::new, |sender| format!(" from {}", printable(sender)))
}

/// Prints the messages that nobody handled.
pub(super) fn dead_letters(
    console: &mut Console<'_>,
    app: &App,
    is_json: bool,
) -> Result<(), CliError> {
    let mut client = Client::open(&app.socket, "script", false)?;
    let mut answer: Value = client.ask(&Request::DeadLetters {})?;
    if is_json {
        return print_json(console, &answer);
    }
    let letters: Vec<DeadLetter> =
        serde_json::from_value(answer["dead_letters"].take()).unwrap_or_default();
    for letter in letters {
        writeln!(
            console.out(),
            "{:.6} s {} of {}{}: {}",
            letter.at_us as f64 / 1e6,
            printable(&letter.message),
            printable(&letter.actor),
            from(letter.sender.as_deref()),
            printable(&letter.reason)
        )?;
    }
    Ok(())
}

/// Lines of a flight recorder that are printed.
const RECORDS_SHOWN_MAX: usize = 20;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn differences_name_the_field_and_both_values() {
        let before = json!({ "a": 1, "b": { "c/d": [1, 2] }, "gone": true });
        let after = json!({ "a": 1, "b": { "c/d": [1, 3, 4] }, "new": null });
        let found = differences(&before, &after);
        let found: Vec<_> = found
            .iter()
            .map(|(pointer, old, new)| format!("{pointer}: {old} → {new}"))
            .collect();
        assert_eq!(
            found,
            [
                "/b/c~1d/1: 2 → 3",
                "/b/c~1d/2: nothing → 4",
                "/gone: true → nothing",
                "/new: nothing → null"
            ]
        );
        assert_eq!(differences(&after, &after), []);
    }
}
