//! The colours; without them, bold and reversed text has to do.

use ratatui::style::{Color, Modifier, Style};

/// How things look.
#[derive(Clone, Copy, Debug)]
pub(super) struct Theme {
    has_colours: bool,
}

impl Theme {
    pub(super) fn new(has_colours: bool) -> Self {
        Self { has_colours }
    }

    fn coloured(self, colour: Color) -> Style {
        match self.has_colours {
            true => Style::new().fg(colour),
            false => Style::new(),
        }
    }

    /// What stands back.
    pub(super) fn dim(self) -> Style {
        Style::new().add_modifier(Modifier::DIM)
    }

    /// What stands out.
    pub(super) fn bold(self) -> Style {
        Style::new().add_modifier(Modifier::BOLD)
    }

    /// All is well.
    pub(super) fn good(self) -> Style {
        self.coloured(Color::Green)
    }

    /// Worth a look.
    pub(super) fn warn(self) -> Style {
        self.coloured(Color::Yellow)
    }

    /// Something is wrong.
    pub(super) fn bad(self) -> Style {
        self.coloured(Color::Red).add_modifier(Modifier::BOLD)
    }

    /// Names of things.
    pub(super) fn accent(self) -> Style {
        self.coloured(Color::Cyan)
    }

    /// The chosen row, whose own colours stay.
    pub(super) fn chosen_row(self) -> Style {
        match self.has_colours {
            true => Style::new()
                .bg(Color::Indexed(CHOSEN))
                .remove_modifier(Modifier::DIM),
            false => self.chosen(),
        }
    }

    /// What is chosen.
    pub(super) fn chosen(self) -> Style {
        Style::new()
            .add_modifier(Modifier::REVERSED)
            .remove_modifier(Modifier::DIM)
    }
}

/// A dark grey of the 256 colours, on which every other colour can be read.
const CHOSEN: u8 = 238;
