//! The viewer in a terminal.
//!
//! - This file owns the terminal and the loop: refresh, draw, wait for a key.
//! - `model` is what is on the screen, `rows` the order of actors; both know no terminal.
//! - `keys` turns keys into changes of the model and into wishes, `prompt` takes text in.
//! - `link` carries wishes to the app and news back.
//! - `draw` paints the model, with `actors`, `panels` and `help`; `theme` has the colours.

mod actors;
mod draw;
mod help;
mod keys;
mod link;
mod model;
mod panels;
mod prompt;
mod rows;
mod theme;

use std::{
    io::{self, Write},
    time::{Duration, Instant},
};

use crossterm::{
    cursor,
    event::{self, Event, KeyEventKind},
    execute, terminal,
};
use ratatui::{Terminal, backend::CrosstermBackend};

use self::{keys::Wish, link::Link, model::Model, theme::Theme};
use super::{printable, socket::App};
use crate::cli::{CliError, Console, console::colours_are_welcome, error::Explain, process_exists};

/// The terminal in full-screen mode; as it was when this is dropped, even by a panic.
struct FullScreen;

/// Shows `app` until q is pressed or it ends.
pub(super) fn run(
    console: &mut Console<'_>,
    app: App,
    interval: Duration,
    top: Option<usize>,
) -> Result<(), CliError> {
    let (name, pid) = (printable(&app.snapshot.app.name), app.pid);
    let link = Link::open(&app.socket, top)?;
    let mut model = Model::new(app.snapshot, link.has_control());
    let full_screen = FullScreen::enter().explain(|| "take over the terminal")?;
    let is_running = show(console.out(), &mut model, link, (pid, interval));
    drop(full_screen);
    if !is_running? {
        writeln!(console.out(), "{name} ({pid}) has ended")?;
    }
    Ok(())
}

/// Shows the app; false once it has ended.
fn show(
    out: &mut dyn Write,
    model: &mut Model,
    mut link: Link,
    (pid, interval): (u32, Duration),
) -> Result<bool, CliError> {
    let theme = Theme::new(colours_are_welcome());
    let mut terminal = Terminal::new(CrosstermBackend::new(out))?;
    loop {
        link.refresh(model);
        if model.is_silent && !process_exists(pid) {
            return Ok(false);
        }
        if !wait(&mut terminal, model, &mut link, (&theme, interval))? {
            return Ok(true);
        }
    }
}

/// Acts on keys until the next refresh is due; false if the user wants to leave.
#[expect(clippy::disallowed_methods, reason = "the user waits in real time")]
fn wait(
    terminal: &mut Terminal<CrosstermBackend<&mut dyn Write>>,
    model: &mut Model,
    link: &mut Link,
    (theme, interval): (&Theme, Duration),
) -> Result<bool, CliError> {
    let due = Instant::now() + interval;
    loop {
        terminal.draw(|frame| draw::draw(frame, model, theme))?;
        let left = due.saturating_duration_since(Instant::now());
        if !event::poll(left).explain(|| "read the keyboard")? {
            return Ok(true);
        }
        let Event::Key(key) = event::read().explain(|| "read the keyboard")? else {
            continue;
        };
        if key.kind == KeyEventKind::Release {
            continue;
        }
        match keys::press(model, key) {
            Wish::Nothing => {}
            Wish::Leave => return Ok(false),
            Wish::Refresh => return Ok(true),
            Wish::Order(action) => {
                link.order(model, action);
                return Ok(true);
            }
        }
    }
}

impl FullScreen {
    fn enter() -> io::Result<Self> {
        terminal::enable_raw_mode()?;
        let this = Self;
        execute!(
            io::stdout(),
            terminal::EnterAlternateScreen,
            terminal::DisableLineWrap,
            cursor::Hide
        )?;
        Ok(this)
    }
}

impl Drop for FullScreen {
    fn drop(&mut self) {
        // Nothing can be done about a terminal that has gone.
        let _ = execute!(
            io::stdout(),
            cursor::Show,
            terminal::EnableLineWrap,
            terminal::LeaveAlternateScreen
        );
        let _ = terminal::disable_raw_mode();
    }
}

#[cfg(test)]
mod tests;
