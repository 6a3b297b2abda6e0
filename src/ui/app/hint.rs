//! Tells whoever started a debug build in a terminal which key opens the panel.

use std::io::IsTerminal as _;

use super::AppOptions;
use crate::{
    actors::{kit::Addr, terminal::Terminal},
    messages::terminal::{Print, Stream},
};

/// Prints the hint once, unless no person would see it, or no window.
pub(super) fn print(options: &AppOptions, terminal: &Addr<Terminal>, has_panel: bool) {
    let is_seen = std::io::stderr().is_terminal() && !options.is_headless();
    if !has_panel || !is_seen {
        return;
    }
    let print = Print {
        stream: Stream::Err,
        text: HINT.to_owned(),
    };
    // A terminal that takes no text yet does not exist.
    let _ = terminal.tell(print);
}

const HINT: &str = "Ctrl+Shift+A in a window shows the app's actors\n";
