//! What each key does.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::{
    model::{Model, Panel, StateView},
    prompt::{Prompt, Purpose, Typed},
};
use crate::{
    cli::inspect::{args, breakpoint},
    messages::inspector::Action,
};

/// What a key asks of the loop.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Wish {
    Nothing,
    Leave,
    /// Look again now.
    Refresh,
    /// Do this to the selected actor.
    Order(Action),
}

/// Acts on one key.
pub(super) fn press(model: &mut Model, key: KeyEvent) -> Wish {
    if let Some(mut prompt) = model.prompt.take() {
        return type_into(model, &mut prompt, key);
    }
    if model.has_help {
        model.has_help = false;
        return Wish::Nothing;
    }
    model.note = None;
    if key.code == KeyCode::Char('c') && key.modifiers.contains(KeyModifiers::CONTROL) {
        return Wish::Leave;
    }
    match key.code {
        KeyCode::Char('q') => Wish::Leave,
        KeyCode::Esc => escape(model),
        KeyCode::Char('?') | KeyCode::F(1) => {
            model.has_help = true;
            Wish::Nothing
        }
        KeyCode::Char(key) if CONTROL_KEYS.contains(key) => control(model, key),
        code => navigate(model, code),
    }
}

/// Leaves what is open, the last first.
fn escape(model: &mut Model) -> Wish {
    if model.is_zoomed {
        model.is_zoomed = false;
    } else if !model.order.filter.is_empty() {
        model.order.filter.clear();
        model.arrange();
    } else {
        return Wish::Leave;
    }
    Wish::Nothing
}

fn navigate(model: &mut Model, code: KeyCode) -> Wish {
    let selected = model.selected.clone();
    match code {
        KeyCode::Up | KeyCode::Char('k') => model.step(-1),
        KeyCode::Down | KeyCode::Char('j') => model.step(1),
        KeyCode::PageUp => model.step(-10),
        KeyCode::PageDown => model.step(10),
        KeyCode::Home => model.step(isize::MIN / 2),
        KeyCode::End => model.step(isize::MAX / 2),
        KeyCode::Char('K') => model.scroll = model.scroll.saturating_sub(1),
        KeyCode::Char('J') => model.scroll = model.scroll.saturating_add(1),
        KeyCode::Tab | KeyCode::Right => return turn(model, 1),
        KeyCode::BackTab | KeyCode::Left => return turn(model, Panel::ALL.len() - 1),
        KeyCode::Char(digit @ '1'..='6') => {
            let place = digit as usize - '1' as usize;
            model.open(Panel::ALL[place]);
            return Wish::Refresh;
        }
        KeyCode::Enter | KeyCode::Char('z') => model.is_zoomed = !model.is_zoomed,
        KeyCode::Char('s') => model.order.sort = model.order.sort.next(),
        KeyCode::Char('S') => model.order.is_reversed = !model.order.is_reversed,
        KeyCode::Char('t') => model.order.is_flat = !model.order.is_flat,
        KeyCode::Char('d') => mark_state(model),
        KeyCode::Char('/') => {
            model.prompt = Some(Prompt::new(Purpose::Filter, model.order.filter.clone()));
        }
        KeyCode::Char(' ') => return Wish::Refresh,
        _ => {}
    }
    model.arrange();
    match model.selected == selected {
        true => Wish::Nothing,
        false => Wish::Refresh,
    }
}

fn turn(model: &mut Model, by: usize) -> Wish {
    let place = Panel::ALL.iter().position(|panel| *panel == model.panel);
    let place = (place.unwrap_or(0) + by) % Panel::ALL.len();
    model.open(Panel::ALL[place]);
    Wish::Refresh
}

/// Counts differences of the state from here on.
fn mark_state(model: &mut Model) {
    if let Some(StateView::Told { now, before }) = &mut model.state {
        *before = now.clone();
        model.tell("differences count from now", false);
    }
}

/// A key that changes the selected actor, or begins to.
fn control(model: &mut Model, key: char) -> Wish {
    if !model.has_control {
        model.tell(READ_ONLY, true);
        return Wish::Nothing;
    }
    let action = match key {
        'p' => Action::Pause,
        'r' => Action::Resume,
        'n' => Action::Step(1),
        'N' => Action::Step(10),
        'B' => Action::ClearBreaks,
        'b' => return ask(model, Purpose::Break, likely_message(model)),
        'i' => return ask(model, Purpose::Inject, likely_injectable(model)),
        'e' => return ask(model, Purpose::Replace, known_state(model)),
        'R' => return ask(model, Purpose::Restart, String::new()),
        _ => return ask(model, Purpose::Kill, String::new()),
    };
    Wish::Order(action)
}

fn ask(model: &mut Model, purpose: Purpose, text: String) -> Wish {
    model.prompt = Some(Prompt::new(purpose, text));
    Wish::Nothing
}

/// The type that a breakpoint is most likely meant for: what comes next, or came last.
fn likely_message(model: &Model) -> String {
    let detail = model.detail.as_ref();
    let next = detail
        .and_then(|detail| detail.queue.as_ref()?.messages.first())
        .map(|queued| queued.message.clone());
    let last = || {
        let entry = detail?.recorder.last()?;
        Some(entry.message.clone())
    };
    next.or_else(last).unwrap_or_default()
}

fn likely_injectable(model: &Model) -> String {
    let detail = model.detail.as_ref();
    let first = detail.and_then(|detail| detail.injectables.first());
    first.map_or_else(String::new, |first| format!("{first} "))
}

fn known_state(model: &Model) -> String {
    match &model.state {
        Some(StateView::Told { now, .. }) => now.to_string(),
        _ => String::new(),
    }
}

fn type_into(model: &mut Model, prompt: &mut Prompt, key: KeyEvent) -> Wish {
    let typed = prompt.press(key);
    if prompt.purpose == Purpose::Filter {
        // The list follows while it is typed.
        model.order.filter = match typed {
            Typed::Cancelled => String::new(),
            _ => prompt.text.clone(),
        };
        model.arrange();
    }
    match typed {
        Typed::More => model.prompt = Some(prompt.clone()),
        Typed::Done => return carry_out(model, prompt),
        Typed::Cancelled => {}
    }
    Wish::Nothing
}

/// Makes an order of what was typed.
fn carry_out(model: &mut Model, prompt: &Prompt) -> Wish {
    let is_yes = matches!(prompt.text.as_str(), "y" | "Y");
    let action = match prompt.purpose {
        Purpose::Filter => return Wish::Refresh,
        Purpose::Break => breakpoint::parse(&prompt.text).map(Action::Break),
        Purpose::Inject => args::message(&prompt.text)
            .map(|(message, payload)| Action::Inject { message, payload }),
        Purpose::Replace => serde_json::from_str(&prompt.text)
            .map(Action::Replace)
            .map_err(|error| format!("it is no JSON: {error}")),
        Purpose::Restart if is_yes => Ok(Action::Restart),
        Purpose::Kill if is_yes => Ok(Action::Kill),
        Purpose::Restart | Purpose::Kill => return Wish::Nothing,
    };
    match action {
        Ok(action) => Wish::Order(action),
        Err(text) => {
            model.tell(text, true);
            model.prompt = Some(prompt.clone());
            Wish::Nothing
        }
    }
}

/// Keys that change actors.
const CONTROL_KEYS: &str = "prnNbBieRX";
/// What whoever presses them is told who may not.
const READ_ONLY: &str = "read-only: the app was not started with --control";
