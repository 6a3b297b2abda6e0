//! One line of text that the user types.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

/// A line that is being typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Prompt {
    pub(super) purpose: Purpose,
    pub(super) text: String,
}

/// What a line is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    Filter,
    Break,
    Inject,
    Replace,
    /// Whether to make the actor anew: `y`, or anything else for no.
    Restart,
    Kill,
}

/// What came of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Typed {
    More,
    Done,
    Cancelled,
}

impl Prompt {
    pub(super) fn new(purpose: Purpose, text: impl Into<String>) -> Self {
        let text = text.into();
        Self { purpose, text }
    }

    /// What stands before the line.
    pub(super) fn label(&self) -> &'static str {
        match self.purpose {
            Purpose::Filter => "Filter: ",
            Purpose::Break => "Break on (TYPE [where /field = value]): ",
            Purpose::Inject => "Inject (TYPE JSON): ",
            Purpose::Replace => "New state (JSON): ",
            Purpose::Restart => "Make it anew? (y/n) ",
            Purpose::Kill => "Stop it for good? (y/n) ",
        }
    }

    pub(super) fn press(&mut self, key: KeyEvent) -> Typed {
        let has_control = key.modifiers.contains(KeyModifiers::CONTROL);
        let is_question = matches!(self.purpose, Purpose::Restart | Purpose::Kill);
        match key.code {
            KeyCode::Esc => return Typed::Cancelled,
            KeyCode::Char('c') if has_control => return Typed::Cancelled,
            KeyCode::Char('u') if has_control => self.text.clear(),
            KeyCode::Enter => return Typed::Done,
            KeyCode::Backspace => {
                self.text.pop();
            }
            KeyCode::Char(c) if is_question => {
                self.text = c.to_string();
                return Typed::Done;
            }
            KeyCode::Char(c) if !has_control => self.text.push(c),
            _ => {}
        }
        Typed::More
    }
}
