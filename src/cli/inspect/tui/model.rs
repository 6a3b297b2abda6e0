//! What is on the screen, and what the last snapshots say.

use std::collections::{BTreeMap, VecDeque};

use serde_json::Value;

use super::{
    prompt::Prompt,
    rows::{Order, Row, rows},
};
use crate::{
    cli::inspect::table::Rates,
    messages::inspector::{ActorDetail, ActorReport, Break, DeadLetter, Snapshot},
};

/// Everything that is drawn.
#[derive(Debug, Default)]
pub(super) struct Model {
    pub(super) snapshot: Snapshot,
    /// Messages handled per second, by actor; empty before the second snapshot.
    pub(super) rates: BTreeMap<String, f64>,
    /// The last figures of each actor.
    pub(super) histories: BTreeMap<String, History>,
    pub(super) order: Order,
    /// The rows that `order` makes of the snapshot.
    pub(super) rows: Vec<Row>,
    /// The actor that is looked at.
    pub(super) selected: Option<String>,
    /// What the lower half shows of it.
    pub(super) panel: Panel,
    /// Lines by which that is scrolled.
    pub(super) scroll: u16,
    /// Whether it takes the whole screen.
    pub(super) is_zoomed: bool,
    pub(super) detail: Option<ActorDetail>,
    pub(super) state: Option<StateView>,
    pub(super) dead_letters: Vec<DeadLetter>,
    /// Breakpoints that were set here, by actor.
    pub(super) breaks: BTreeMap<String, Vec<Break>>,
    /// Whether the session may change anything.
    pub(super) has_control: bool,
    /// What came of the last order.
    pub(super) note: Option<Note>,
    pub(super) prompt: Option<Prompt>,
    pub(super) has_help: bool,
    /// Whether the last request went unanswered.
    pub(super) is_silent: bool,
}

/// The last figures of one actor, the newest at the end.
#[derive(Clone, Debug, Default)]
pub(super) struct History {
    pub(super) rates: VecDeque<u64>,
    pub(super) depths: VecDeque<u64>,
}

/// What is shown of the selected actor.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Panel {
    #[default]
    Mailbox,
    Recorder,
    Latencies,
    Asks,
    State,
    DeadLetters,
}

/// The state of the selected actor, or why there is none.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum StateView {
    Told {
        now: Value,
        /// The one that differences are counted from.
        before: Value,
    },
    None(String),
}

/// A line about the last order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Note {
    pub(super) text: String,
    pub(super) is_bad: bool,
}

impl Panel {
    pub(super) const ALL: [Self; 6] = [
        Self::Mailbox,
        Self::Recorder,
        Self::Latencies,
        Self::Asks,
        Self::State,
        Self::DeadLetters,
    ];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Mailbox => "Mailbox",
            Self::Recorder => "Recorder",
            Self::Latencies => "Latencies",
            Self::Asks => "Asks",
            Self::State => "State",
            Self::DeadLetters => "Dead letters",
        }
    }
}

impl Model {
    pub(super) fn new(snapshot: Snapshot, has_control: bool) -> Self {
        let mut model = Self {
            has_control,
            ..Self::default()
        };
        model.show(snapshot);
        model
    }

    /// Takes another snapshot in.
    pub(super) fn show(&mut self, snapshot: Snapshot) {
        if !self.snapshot.actors.is_empty() {
            let rates = Rates::between(&self.snapshot, &snapshot);
            // Two pictures of one moment say nothing new.
            if !rates.0.is_empty() {
                self.rates = rates.0;
            }
        }
        for actor in &snapshot.actors {
            let history = self.histories.entry(actor.name.clone()).or_default();
            let rate = self.rates.get(&actor.name).copied().unwrap_or(0.0);
            push(&mut history.rates, rate.round() as u64);
            push(&mut history.depths, actor.depth);
        }
        self.histories
            .retain(|name, _| snapshot.actors.iter().any(|actor| actor.name == *name));
        self.snapshot = snapshot;
        self.is_silent = false;
        self.arrange();
    }

    /// Works the rows out anew; the selection stays on its actor.
    pub(super) fn arrange(&mut self) {
        self.rows = rows(&self.snapshot.actors, &self.rates, &self.order);
        if self.place().is_none() {
            let first = self.rows.first();
            let name = first.map(|row| self.snapshot.actors[row.index].name.clone());
            self.choose(name);
        }
    }

    /// Which row is selected.
    pub(super) fn place(&self) -> Option<usize> {
        let selected = self.selected.as_ref()?;
        let is_it = |row: &Row| self.snapshot.actors[row.index].name == *selected;
        self.rows.iter().position(is_it)
    }

    /// Moves the selection by so many rows.
    pub(super) fn step(&mut self, rows: isize) {
        let last = self.rows.len().saturating_sub(1);
        let place = self.place().unwrap_or(0);
        let place = place.saturating_add_signed(rows).min(last);
        let row = self.rows.get(place);
        let name = row.map(|row| self.snapshot.actors[row.index].name.clone());
        self.choose(name);
    }

    /// The selected actor.
    pub(super) fn actor(&self) -> Option<&ActorReport> {
        let selected = self.selected.as_ref()?;
        let mut actors = self.snapshot.actors.iter();
        actors.find(|actor| actor.name == *selected)
    }

    /// Shows another panel, from its top.
    pub(super) fn open(&mut self, panel: Panel) {
        self.panel = panel;
        self.scroll = 0;
    }

    /// Tells how an order went.
    pub(super) fn tell(&mut self, text: impl Into<String>, is_bad: bool) {
        let text = text.into();
        self.note = Some(Note { text, is_bad });
    }

    fn choose(&mut self, name: Option<String>) {
        if self.selected != name {
            self.selected = name;
            self.detail = None;
            self.state = None;
            self.scroll = 0;
        }
    }
}

fn push(figures: &mut VecDeque<u64>, figure: u64) {
    figures.push_back(figure);
    if figures.len() > HISTORY_MAX {
        figures.pop_front();
    }
}

/// Figures of an actor that are kept: as many as a wide terminal could show.
const HISTORY_MAX: usize = 120;
