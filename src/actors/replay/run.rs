//! One replay: which actors there are, and how far they have come.

use std::{collections::BTreeMap, path::Path};

use serde::Serialize;
use serde_json::Value;

use super::{
    played::{ENDED, Played, STARTED},
    player_of,
};
use crate::actors::kit::{
    Birth, Divergence, Done, Frame, Player, RecordingError, RecordingFile, Step, Taken, hash,
};

/// A recording that is run again.
pub struct Replay {
    file: RecordingFile,
    /// Whom alone it runs.
    only: Option<String>,
    actors: BTreeMap<u32, Running>,
    /// The next step, by its place among all.
    next: usize,
    messages_count: u64,
    /// Whether messages are run that were in hand when the recording ended.
    is_through: bool,
    /// Where it went another way: from there on, nothing it says would be true.
    differs: Option<Divergence>,
}

/// One actor of it.
struct Running {
    name: String,
    kind: String,
    player: Option<Box<dyn Player>>,
    /// Why it is not run, or no longer.
    stopped: Option<String>,
    /// The step at which it stopped being recorded.
    stopped_at: Option<u64>,
    messages_count: u64,
    /// A hash of its last state in the recording.
    recorded: Option<u64>,
}

/// How far one actor has come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Replayed {
    /// Its name.
    pub name: String,
    /// What it is.
    pub kind: String,
    /// Why it is not run, or not further.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stopped: Option<String>,
    /// Messages that it has handled.
    pub messages: u64,
    /// A hash of its state, in hexadecimal digits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
    /// The same as it was recorded at its end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recorded: Option<String>,
}

/// Why a recording is not run, or not further.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReplayError {
    /// The file cannot be read.
    #[error(transparent)]
    File(#[from] RecordingError),
    /// Something went another way.
    #[error(transparent)]
    Differs(#[from] Divergence),
    /// Nobody has this name.
    #[error("no actor of the recording is called '{name}'")]
    NoActor {
        /// The name.
        name: String,
        /// The names that there are.
        known: Vec<String>,
    },
    /// It is one that cannot be run again.
    #[error("'{name}' cannot be run again: {reason}")]
    NotReplayable {
        /// Its name.
        name: String,
        /// Why not.
        reason: String,
    },
}

impl Replay {
    /// Opens a recording, at its beginning; of all actors, or of one alone.
    ///
    /// # Errors
    /// If the file is no recording, or there is no such actor that can be run again.
    pub fn open(path: &Path, only: Option<&str>) -> Result<Self, ReplayError> {
        let file = RecordingFile::open(path)?;
        if let Some(name) = only {
            let births: Vec<&Birth> = file.actors().values().collect();
            let found = births.iter().find(|birth| birth.name == name);
            let found = found.ok_or_else(|| ReplayError::NoActor {
                name: name.to_owned(),
                known: births.iter().map(|birth| birth.name.clone()).collect(),
            })?;
            player_of(found).map_err(|reason| ReplayError::NotReplayable {
                name: name.to_owned(),
                reason,
            })?;
        }
        let mut replay = Self {
            file,
            only: only.map(str::to_owned),
            actors: BTreeMap::new(),
            next: 0,
            messages_count: 0,
            is_through: false,
            differs: None,
        };
        replay.rewind();
        Ok(replay)
    }

    /// Has messages run, too, that were in hand when the recording ended: their actor may do
    /// what it did then, and hang or abort.
    #[must_use]
    pub fn through(mut self, is_through: bool) -> Self {
        self.is_through = is_through;
        self
    }

    /// The file.
    #[must_use]
    pub fn file(&self) -> &RecordingFile {
        &self.file
    }

    /// Goes back to the beginning.
    pub fn rewind(&mut self) {
        let births = self.file.actors().iter();
        self.actors = births
            .map(|(number, birth)| (*number, Running::new(birth)))
            .collect();
        (self.next, self.messages_count) = (0, 0);
        self.differs = None;
    }

    /// Plays the next step; nothing at the end, or where the recording lacks one.
    ///
    /// # Errors
    /// If an actor does something else than it did before.
    pub fn advance(&mut self) -> Result<Option<Played>, ReplayError> {
        self.advance_within(u64::MAX)
    }

    /// The same, if its number is at most `last`.
    fn advance_within(&mut self, last: u64) -> Result<Option<Played>, ReplayError> {
        if let Some(divergence) = &self.differs {
            return Err(divergence.clone().into());
        }
        while let Some(step) = self.file.steps().get(self.next).copied() {
            let is_gap = self.file.gap().is_some_and(|gap| step.number >= gap);
            if is_gap || step.number > last {
                return Ok(None);
            }
            self.next += 1;
            let played = self.play(&step);
            if let Err(ReplayError::Differs(divergence)) = &played {
                self.differs = Some(divergence.clone());
            }
            if let Some(played) = played? {
                return Ok(Some(played));
            }
        }
        Ok(None)
    }

    /// Plays on, or anew, until step `number` was the last; gives the last that was played.
    ///
    /// # Errors
    /// If an actor does something else than it did before.
    pub fn go_to(&mut self, number: u64) -> Result<Option<Played>, ReplayError> {
        if self.position().is_some_and(|last| last > number) {
            self.rewind();
        }
        let mut last = None;
        while self.upcoming().is_some_and(|next| next <= number) {
            match self.advance_within(number)? {
                Some(played) => last = Some(played),
                None => break,
            }
        }
        Ok(last)
    }

    /// The number of the last step that was played.
    #[must_use]
    pub fn position(&self) -> Option<u64> {
        let last = self.next.checked_sub(1)?;
        self.file.steps().get(last).map(|step| step.number)
    }

    /// The number of the next step that [`advance`](Self::advance) plays.
    #[must_use]
    pub fn upcoming(&self) -> Option<u64> {
        let steps = self.file.steps().get(self.next..).unwrap_or_default();
        let next = steps.iter().find(|step| self.is_run(step))?;
        let is_there = self.file.gap().is_none_or(|gap| next.number < gap);
        is_there.then_some(next.number)
    }

    /// The number of the step before the last one that was played.
    #[must_use]
    pub fn previous(&self) -> Option<u64> {
        let played = self.file.steps().get(..self.next).unwrap_or_default();
        let mut run = played.iter().rev().filter(|step| self.is_run(step));
        run.nth(1).map(|step| step.number)
    }

    /// Messages that were handled so far.
    #[must_use]
    pub fn messages_count(&self) -> u64 {
        self.messages_count
    }

    /// How far each actor has come.
    #[must_use]
    pub fn actors(&self) -> Vec<Replayed> {
        let shown = self
            .actors
            .values()
            .filter(|running| self.is_shown(running));
        let hex = |hash: u64| format!("{hash:016x}");
        shown
            .map(|running| Replayed {
                name: running.name.clone(),
                kind: running.kind.clone(),
                stopped: running.stopped.clone(),
                messages: running.messages_count,
                state: running.state_hash().map(hex),
                recorded: running.recorded.map(hex),
            })
            .collect()
    }

    /// What the actors show of their states, by name.
    #[must_use]
    pub fn states(&self) -> Value {
        let shown = self
            .actors
            .values()
            .filter(|running| self.is_shown(running));
        let states = shown.filter_map(|running| {
            let state = running.player.as_ref()?.state();
            Some((running.name.clone(), state.unwrap_or(Value::Null)))
        });
        Value::Object(states.collect())
    }

    /// A hash of the states of all actors that are run.
    #[must_use]
    pub fn state_hash(&self) -> u64 {
        let shown = self
            .actors
            .iter()
            .filter(|(_, running)| self.is_shown(running));
        combine(shown.filter_map(|(number, running)| Some((*number, running.state_hash()?))))
    }

    /// The same hash of the states in which they were recorded; nothing before the end, or if
    /// the recording does not have them all.
    #[must_use]
    pub fn recorded_hash(&self) -> Option<u64> {
        let shown = self
            .actors
            .iter()
            .filter(|(_, running)| self.is_shown(running) && running.player.is_some());
        let recorded = shown.map(|(number, running)| Some((*number, running.recorded?)));
        recorded
            .collect::<Option<Vec<_>>>()
            .map(|all| combine(all.into_iter()))
    }

    fn is_shown(&self, running: &Running) -> bool {
        let only = self.only.as_ref();
        only.is_none_or(|only| *only == running.name)
    }

    fn is_run(&self, step: &Step) -> bool {
        let running = self.actors.get(&step.actor);
        running.is_some_and(|running| {
            let is_stopped = running.stopped_at.is_some_and(|at| step.number > at);
            self.is_shown(running) && running.player.is_some() && !is_stopped
        })
    }

    /// Where it went another way than the recording.
    #[must_use]
    pub fn differs(&self) -> Option<&Divergence> {
        self.differs.as_ref()
    }

    fn play(&mut self, step: &Step) -> Result<Option<Played>, ReplayError> {
        if !self.is_run(step) {
            return Ok(None);
        }
        let (frame, done) = self.file.read(step)?;
        let sender = match &frame {
            Frame::Taken(taken) => self.name_of(taken.sender),
            _ => None,
        };
        let is_through = self.is_through;
        let Some(running) = self.actors.get_mut(&step.actor) else {
            return Ok(None);
        };
        let outcome = done.as_ref();
        if let (Frame::Taken(taken), None, true) = (&frame, outcome, is_through) {
            running.play_unfinished(taken)?;
        }
        let Some(played) = running.play(step.number, frame, outcome, sender)? else {
            return Ok(None);
        };
        let is_message = step.is_message && !played.is_unfinished;
        self.messages_count += u64::from(is_message);
        running.messages_count += u64::from(is_message);
        Ok(Some(played))
    }

    fn name_of(&self, number: u32) -> Option<String> {
        let known = self.actors.get(&number).map(|running| running.name.clone());
        (number != 0).then(|| known.unwrap_or_else(|| format!("#{number}")))
    }
}

impl Running {
    fn new(birth: &Birth) -> Self {
        let player = player_of(birth);
        let stopped = player.as_ref().err().cloned();
        Self {
            name: birth.name.clone(),
            kind: birth.kind.clone(),
            player: player.ok(),
            stopped,
            stopped_at: None,
            messages_count: 0,
            recorded: None,
        }
    }

    fn state_hash(&self) -> Option<u64> {
        let player = self.player.as_ref()?;
        // One that is down has no state, and that is a state, too.
        Some(player.state_hash().unwrap_or_default())
    }

    fn play_unfinished(&mut self, taken: &Taken) -> Result<(), Divergence> {
        let Some(player) = &mut self.player else {
            return Ok(());
        };
        let played = player.play(taken, None);
        played.map_err(|difference| Divergence {
            number: taken.number,
            actor: self.name.clone(),
            message: taken.message.clone(),
            difference,
        })
    }

    fn play(
        &mut self,
        number: u64,
        frame: Frame,
        done: Option<&Done>,
        sender: Option<String>,
    ) -> Result<Option<Played>, Divergence> {
        let (name, player) = (&self.name, &mut self.player);
        let Some(player) = player.as_mut().filter(|_| self.stopped.is_none()) else {
            return Ok(None);
        };
        let differs = |message: &str, difference: String| Divergence {
            number,
            actor: name.clone(),
            message: message.to_owned(),
            difference,
        };
        match frame {
            Frame::Birth(birth) => {
                let begun = player.begin(&birth);
                begun.map_err(|difference| differs(STARTED, difference))?;
                Ok(Some(Played::of_birth(&birth)))
            }
            Frame::Taken(taken) => {
                if done.is_some() {
                    let played = player.play(&taken, done);
                    played.map_err(|difference| differs(&taken.message, difference))?;
                }
                Ok(Some(Played::of_message(&taken, done, name, sender)))
            }
            Frame::Ended(ended) => {
                self.recorded = Some(ended.state);
                let found = player.state_hash().unwrap_or_default();
                if found != ended.state {
                    let recorded = ended.state;
                    let difference = format!(
                        "its last state is {found:016x}; in the recording: {recorded:016x}"
                    );
                    return Err(differs(ENDED, difference));
                }
                Ok(Some(Played {
                    at_us: ended.at_us,
                    ..Played::plain(number, name, ENDED)
                }))
            }
            Frame::Unreplayable(last) => {
                (self.stopped, self.stopped_at) = (Some(last.reason), Some(last.number));
                Ok(None)
            }
            _ => Ok(None),
        }
    }
}

fn combine(states: impl Iterator<Item = (u32, u64)>) -> u64 {
    let mut bytes = Vec::new();
    for (number, state) in states {
        bytes.extend_from_slice(&number.to_le_bytes());
        bytes.extend_from_slice(&state.to_le_bytes());
    }
    hash(&bytes)
}
