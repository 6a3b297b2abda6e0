//! Repaints the table until the user or the app has had enough.

use std::{
    io::{self, Write},
    time::{Duration, Instant},
};

use crossterm::{
    cursor,
    event::{self, Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers},
    execute, queue,
    terminal::{self, ClearType},
};

use super::{
    ask, printable,
    socket::App,
    table::{self, HEADER_LINES, Layout, Rates},
};
use crate::{
    cli::{CliError, console::colours_are_welcome, error::Explain, process_exists},
    messages::inspector::Snapshot,
};

/// What is on the screen.
struct Screen<'a> {
    out: &'a mut dyn Write,
    snapshot: Snapshot,
    rates: Rates,
    /// First row that is shown.
    top: usize,
    /// Whether the last request went unanswered.
    is_silent: bool,
}

/// What a key press asks for.
enum Wish {
    Leave,
    Scroll(isize),
    Repaint,
    Nothing,
}

/// The terminal in full-screen mode; as it was when this is dropped, even by a panic.
struct FullScreen;

/// Shows `app` until q is pressed or it ends.
pub(super) fn watch(out: &mut dyn Write, app: App, interval: Duration) -> Result<(), CliError> {
    let name = app.snapshot.app.name.clone();
    let full_screen = FullScreen::enter().explain(|| "take over the terminal")?;
    let mut screen = Screen {
        out,
        snapshot: app.snapshot,
        rates: Rates::default(),
        top: 0,
        is_silent: false,
    };
    let mut is_running = true;
    while is_running {
        screen.paint()?;
        if !screen.wait(interval)? {
            break;
        }
        match ask(&app.socket) {
            Ok((snapshot, _)) => screen.replace(snapshot),
            Err(_) => {
                screen.is_silent = true;
                is_running = process_exists(app.pid);
            }
        }
    }
    drop(full_screen);
    if !is_running {
        writeln!(screen.out, "{} ({}) has ended", printable(&name), app.pid)?;
    }
    Ok(())
}

impl Screen<'_> {
    fn replace(&mut self, snapshot: Snapshot) {
        self.rates = Rates::between(&self.snapshot, &snapshot);
        self.snapshot = snapshot;
        self.is_silent = false;
    }

    /// Acts on keys until the next snapshot is due; false if the user wants to leave.
    #[expect(clippy::disallowed_methods, reason = "the user waits in real time")]
    fn wait(&mut self, interval: Duration) -> Result<bool, CliError> {
        let due = Instant::now() + interval;
        loop {
            let left = due.saturating_duration_since(Instant::now());
            if !event::poll(left).explain(|| "read the keyboard")? {
                return Ok(true);
            }
            match wish(&event::read().explain(|| "read the keyboard")?) {
                Wish::Leave => return Ok(false),
                Wish::Scroll(rows) => {
                    self.top = self.top.saturating_add_signed(rows);
                    self.paint()?;
                }
                Wish::Repaint => self.paint()?,
                Wish::Nothing => {}
            }
        }
    }

    fn paint(&mut self) -> io::Result<()> {
        let size = terminal::size()
            .ok()
            .filter(|(columns, rows)| *columns > 0 && *rows > 0);
        let (columns, rows) = size.unwrap_or((80, 24));
        let layout = Layout {
            columns: usize::from(columns),
            has_colours: colours_are_welcome(),
        };
        let lines = table::lines(&self.snapshot, &self.rates, layout);
        // The footer takes one line.
        let room = usize::from(rows).saturating_sub(HEADER_LINES + 1);
        let (header, actors) = lines.split_at(HEADER_LINES);
        self.top = self.top.min(actors.len().saturating_sub(room));
        let shown = actors.iter().skip(self.top).take(room);
        let hidden = actors.len().saturating_sub(room);
        let mut frame = Vec::new();
        queue!(
            frame,
            terminal::BeginSynchronizedUpdate,
            cursor::MoveTo(0, 0)
        )?;
        for line in header.iter().chain(shown) {
            queue!(frame, terminal::Clear(ClearType::CurrentLine))?;
            write!(frame, "{line}\r\n")?;
        }
        queue!(
            frame,
            terminal::Clear(ClearType::FromCursorDown),
            cursor::MoveTo(0, rows.saturating_sub(1))
        )?;
        write!(frame, "{}", self.footer(hidden, layout))?;
        queue!(frame, terminal::EndSynchronizedUpdate)?;
        self.out.write_all(&frame)?;
        self.out.flush()
    }

    fn footer(&self, hidden: usize, layout: Layout) -> String {
        if self.is_silent {
            return layout.alert(" the app does not answer");
        }
        let more = if hidden > 0 {
            format!(" · {hidden} more: ↑ ↓")
        } else {
            String::new()
        };
        layout.dim(&format!(" q quit{more}"))
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

fn wish(event: &Event) -> Wish {
    match event {
        Event::Resize(..) => Wish::Repaint,
        Event::Key(key) if key.kind != KeyEventKind::Release => wish_of_key(key),
        _ => Wish::Nothing,
    }
}

fn wish_of_key(key: &KeyEvent) -> Wish {
    match key.code {
        KeyCode::Char('c') if key.modifiers.contains(KeyModifiers::CONTROL) => Wish::Leave,
        KeyCode::Char('q') | KeyCode::Esc => Wish::Leave,
        KeyCode::Up | KeyCode::Char('k') => Wish::Scroll(-1),
        KeyCode::Down | KeyCode::Char('j') => Wish::Scroll(1),
        KeyCode::PageUp => Wish::Scroll(-10),
        KeyCode::PageDown => Wish::Scroll(10),
        _ => Wish::Nothing,
    }
}
