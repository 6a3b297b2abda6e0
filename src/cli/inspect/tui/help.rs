//! The list of keys, over everything else.

use ratatui::{
    Frame,
    layout::{Constraint, Flex, Layout},
    text::Line,
    widgets::{Block, Clear, Paragraph},
};

use super::theme::Theme;

/// Paints the list.
pub(super) fn draw(frame: &mut Frame<'_>, has_control: bool, theme: &Theme) {
    let mut lines: Vec<_> = LOOK.iter().map(|line| Line::raw(*line)).collect();
    let style = if has_control {
        theme.bold()
    } else {
        theme.dim()
    };
    let title = match has_control {
        true => "",
        false => " The app was not started with --control: these do nothing",
    };
    lines.push(Line::styled(title, theme.warn()));
    lines.extend(CONTROL.iter().map(|line| Line::styled(*line, style)));
    let height = u16::try_from(lines.len() + 2).unwrap_or(u16::MAX);
    let [area] = Layout::horizontal([Constraint::Length(WIDTH)])
        .flex(Flex::Center)
        .areas(frame.area());
    let [area] = Layout::vertical([Constraint::Length(height)])
        .flex(Flex::Center)
        .areas(area);
    frame.render_widget(Clear, area);
    let block = Block::bordered().title(" Keys ");
    frame.render_widget(Paragraph::new(lines).block(block), area);
}

const WIDTH: u16 = 66;

const LOOK: [&str; 11] = [
    " ↑ ↓ PgUp PgDn Home End   choose an actor",
    " ⇥ ← → 1…6                panel: mailbox, recorder, latencies, …",
    " J K                      scroll the panel",
    " Enter                    panel on the whole screen, and back",
    " s S                      sort by the next figure; turn it round",
    " t                        tree by supervision, or a plain list",
    " /                        show only what has this text",
    " d                        State: count differences from now",
    " Space                    refresh now",
    " Esc q                    back; leave",
    " ?                        this list",
];

const CONTROL: [&str; 7] = [
    " p r                      hold the actor; let it go on",
    " n N                      let it handle 1 message; 10 messages",
    " b B                      break on a message; clear breakpoints",
    " i                        inject a message",
    " e                        edit its state",
    " R                        make it anew",
    " X                        stop it for good",
];
