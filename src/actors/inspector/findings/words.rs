//! Says a finding as a sentence.

use crate::messages::inspector::{Finding, FindingKind};

/// The finding as a person would tell it.
pub(super) fn sentence(finding: &Finding) -> String {
    let actor = &finding.actor;
    let message = finding.message.as_deref().unwrap_or("its work");
    let time = seconds(finding.for_ms);
    let mut text = match finding.kind {
        FindingKind::StuckHandler => format!("{actor} has been handling {message} for {time}"),
        FindingKind::StuckJob => {
            format!("a job of {actor} for {message} has been running for {time}")
        }
        FindingKind::Starvation => starvation(finding, &time),
        FindingKind::WaitCycle => {
            let first = finding.cycle.first().cloned();
            let names: Vec<_> = finding.cycle.iter().cloned().chain(first).collect();
            format!(
                "each waits for the next for {time}: {}; {actor} asks {message}",
                names.join(" → ")
            )
        }
        FindingKind::CrashLoop => match &finding.message {
            Some(message) => format!("{actor} keeps crashing for {time}, last on {message}"),
            None => format!("{actor} keeps crashing for {time}"),
        },
        FindingKind::FullMailbox => {
            return with_waiting(
                format!(
                    "the mailbox of {actor} is full and refused {} in the last seconds",
                    messages(finding.queued)
                ),
                finding,
            );
        }
        FindingKind::SlowConsumer => {
            format!("{actor} handles its messages slower than they come, for {time}")
        }
    };
    if finding.queued > 0 && finding.kind != FindingKind::Starvation {
        let verb = if finding.queued == 1 { "waits" } else { "wait" };
        text.push_str(&format!("; {} {verb}", messages(finding.queued)));
    }
    with_waiting(text, finding)
}

fn starvation(finding: &Finding, time: &str) -> String {
    let holder = finding.holder.as_deref().unwrap_or("somebody");
    let work = finding.message.as_ref();
    let with = work.map_or_else(String::new, |message| format!(" with {message}"));
    format!(
        "{} of {} waited {time} although it is idle: {holder} holds its thread{with}",
        messages(finding.queued),
        finding.actor
    )
}

fn with_waiting(mut text: String, finding: &Finding) -> String {
    match finding.waiting.as_slice() {
        _ if finding.kind == FindingKind::WaitCycle => {}
        [] => {}
        [one] => text.push_str(&format!("; {one} waits for its answer")),
        [more @ .., last] => {
            let more = more.join(", ");
            text.push_str(&format!("; {more} and {last} wait for its answers"));
        }
    }
    text
}

fn messages(count: u64) -> String {
    match count {
        1 => "1 message".to_owned(),
        count => format!("{count} messages"),
    }
}

fn seconds(millis: f64) -> String {
    format!("{:.1} s", millis / 1e3)
}
