//! `runtime replay --step`: a step at a time, by commands on lines.
//!
//! To go back a step is to play all but the last one anew.

use std::io::{self, BufRead};

use super::{ReplayArgs, explain, hex, pretty, warn};
use crate::{
    actors::replay::{Played, Replay, ReplayError},
    cli::{CliError, Console},
};

/// Obeys commands until there are no more.
pub(super) fn step(
    console: &mut Console<'_>,
    input: &mut dyn BufRead,
    replay: &mut Replay,
    args: &ReplayArgs,
) -> Result<(), CliError> {
    warn(console, replay, None)?;
    if let Some(until) = args.until {
        let moved = replay.go_to(until);
        show_moved(console, replay, args, moved)?;
    }
    let mut line = String::new();
    loop {
        if console.is_terminal() {
            write!(console.out(), "> ")?;
            console.flush()?;
        }
        line.clear();
        let read = input.read_line(&mut line);
        let read = read.map_err(|error| CliError::failure(format!("cannot read: {error}")))?;
        if read == 0 || matches!(line.trim(), "q" | "quit") {
            let differs = replay.differs().cloned();
            return differs.map_or(Ok(()), |divergence| Err(explain(&divergence.into())));
        }
        obey(console, replay, args, line.trim())?;
        console.flush()?;
    }
}

fn obey(
    console: &mut Console<'_>,
    replay: &mut Replay,
    args: &ReplayArgs,
    line: &str,
) -> io::Result<()> {
    let mut words = line.split_whitespace();
    let (command, number) = (words.next().unwrap_or("n"), words.next());
    let moved = match (command, number.map(str::parse::<u64>)) {
        ("n" | "next", None) => replay.advance(),
        ("b" | "back", None) => match replay.previous() {
            Some(previous) => replay.go_to(previous),
            None => {
                replay.rewind();
                return say(console, "at the beginning");
            }
        },
        ("g" | "goto", Some(Ok(number))) => replay.go_to(number),
        ("p" | "print", None) => {
            let states = replay.states();
            let text = match args.json {
                true => states.to_string(),
                false => pretty(&states),
            };
            return writeln!(console.out(), "{text}");
        }
        _ => return say(console, HELP),
    };
    show_moved(console, replay, args, moved)
}

/// Says where the replay is now; what went wrong is said, too, and one can still go back.
fn show_moved(
    console: &mut Console<'_>,
    replay: &Replay,
    args: &ReplayArgs,
    moved: Result<Option<Played>, ReplayError>,
) -> io::Result<()> {
    match moved {
        Ok(Some(played)) if args.json => {
            let line = serde_json::to_string(&played).unwrap_or_default();
            writeln!(console.out(), "{line}")
        }
        Ok(Some(played)) => writeln!(console.out(), "{}", line_of(&played)),
        Ok(None) if replay.upcoming().is_some() => say(console, "already there"),
        Ok(None) => {
            let state = hex(replay.state_hash());
            let place = match replay.file().gap() {
                Some(gap) => format!("before step {gap}, which is missing"),
                None => "at the end".to_owned(),
            };
            say(console, &format!("{place}, in state {state}"))
        }
        Err(error) => console.error(&explain(&error)),
    }
}

fn line_of(played: &Played) -> String {
    let seconds = played.at_us as f64 / 1e6;
    let sender = played.sender.as_ref();
    let sender = sender.map_or(String::new(), |sender| format!(" from {sender}"));
    let payload = played.payload.as_ref().map(ToString::to_string);
    let mut payload = payload.map_or(String::new(), |payload| format!("  {payload}"));
    if payload.chars().count() > PAYLOAD_CHARS_MAX {
        payload = payload.chars().take(PAYLOAD_CHARS_MAX).collect();
        payload.push('…');
    }
    let end = match (&played.panic, played.is_unfinished) {
        (Some(panic), _) => format!("  panicked: {panic}"),
        (None, true) => "  was in hand when the recording ended".to_owned(),
        (None, false) => String::new(),
    };
    let (number, actor, message) = (played.number, &played.actor, &played.message);
    format!("{number:>8}  {seconds:>11.6} s  {actor}  {message}{sender}{payload}{end}")
}

/// Says something that is no result.
fn say(console: &mut Console<'_>, text: &str) -> io::Result<()> {
    console.note(text)
}

const HELP: &str = "n(ext), b(ack), g(oto) N, p(rint states), q(uit)";
/// Characters of a message that are shown.
const PAYLOAD_CHARS_MAX: usize = 160;
