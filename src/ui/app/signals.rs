//! Ends the app in good order when the system asks it to.
//!
//! Without this, a signal would leave the back end behind, and the inspector's socket.

use tokio::signal::unix::{SignalKind, signal};

use super::actors::Actors;
use crate::{
    actors::kit::{Lane, LiveHost},
    messages::windows::ExitApp,
};

/// Ends the app at the first signal, with 128 and the signal's number as shells have it;
/// at the second one, at once.
pub(super) fn exit_on_signals(live: &LiveHost, actors: &Actors) {
    let kinds = [
        SignalKind::interrupt(),
        SignalKind::terminate(),
        SignalKind::hangup(),
    ];
    for kind in kinds {
        let windows = actors.windows.clone();
        live.spawn(Lane::Inspector, async move {
            // Where the system refuses to tell, the signal ends the process as ever.
            let Ok(mut signals) = signal(kind) else {
                return;
            };
            let code = SIGNAL_CODE_BASE + kind.as_raw_value();
            signals.recv().await;
            // Refused only when the app is ending already.
            let _ = windows.tell(ExitApp { code });
            signals.recv().await;
            std::process::exit(code);
        });
    }
}

/// What shells add to the number of the signal that ended a program.
const SIGNAL_CODE_BASE: i32 = 128;
