//! `--screenshot`: saves a picture of the first window once its page has come to rest.

use std::{path::PathBuf, sync::Arc, time::Duration};

use super::{actors::Actors, backend::Activity};
use crate::{
    actors::kit::{Addr, Lane, LiveHost},
    actors::windows::Windows,
    messages::{
        host::WindowAction,
        terminal::{Print, Stream},
        windows::{ActOnWindow, ExitApp},
    },
};

/// Waits until the page is shown and has not called for [`QUIET`], or for [`PATIENCE`];
/// then saves the picture, prints its path and ends the app.
pub(super) fn take_when_quiet(
    live: &LiveHost,
    actors: &Actors,
    activity: Arc<Activity>,
    path: PathBuf,
) {
    let (windows, terminal) = (actors.windows.clone(), actors.terminal.clone());
    live.spawn(Lane::Inspector, async move {
        let rest = async {
            while !activity.is_at_rest(QUIET) {
                tokio::time::sleep(LOOK_EVERY).await;
            }
        };
        // A page that never rests is taken as it is.
        let _ = tokio::time::timeout(PATIENCE, rest).await;
        let (stream, text, code) = match take(&windows, path).await {
            Ok(path) => (Stream::Out, format!("{}\n", path.display()), 0),
            Err(error) => (Stream::Err, format!("error: no screenshot: {error}\n"), 1),
        };
        // Refused only when the app is ending already.
        let _ = terminal.tell(Print { stream, text });
        let _ = windows.tell(ExitApp { code });
    });
}

async fn take(windows: &Addr<Windows>, path: PathBuf) -> Result<PathBuf, String> {
    let act = ActOnWindow {
        window: 0,
        action: WindowAction::Screenshot(path.clone()),
    };
    match windows.ask(act, PATIENCE).await {
        Ok(Ok(_)) => Ok(path),
        Ok(Err(error)) => Err(error.to_string()),
        Err(error) => Err(error.to_string()),
    }
}

const QUIET: Duration = Duration::from_millis(500);
const PATIENCE: Duration = Duration::from_secs(20);
const LOOK_EVERY: Duration = Duration::from_millis(50);
