//! `--test`: a run that fails if its file is missing, or if its page stops showing signs of life.
//!
//! The tests themselves run in the page, which ends the app by the call `test.finish`.

use std::{path::PathBuf, sync::Arc, time::Duration};

use super::{AppOptions, actors::Actors, backend::Activity};
use crate::{
    actors::kit::{Lane, LiveHost},
    messages::{
        terminal::{Print, Stream},
        windows::ExitApp,
    },
};

/// Why a test run cannot start.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub(super) enum TestError {
    /// `--test=file` names a file that the app does not have.
    #[error("the app has no file '{file}' to test: looked for {}", path.display())]
    NoSuchFile {
        /// As it was given.
        file: String,
        /// Where it would be.
        path: PathBuf,
    },
    /// The limit is not a number of seconds.
    #[error("{TIMEOUT_VARIABLE} is '{value}' and should be a number of seconds above 0")]
    WrongTimeout {
        /// As it was given.
        value: String,
    },
}

/// Checks that what is to be tested is there; returns how long its page may be silent.
pub(super) fn check(options: &AppOptions) -> Result<Option<Duration>, TestError> {
    let Some(file) = &options.switches.test else {
        return Ok(None);
    };
    let path = options.resources.join(file.trim_start_matches('/'));
    let is_ours = options.switches.port.is_none();
    if is_ours && !file.is_empty() && !path.is_file() {
        let file = file.clone();
        return Err(TestError::NoSuchFile { file, path });
    }
    let Ok(value) = std::env::var(TIMEOUT_VARIABLE) else {
        return Ok(Some(SILENCE_MAX));
    };
    match value.parse::<u64>() {
        Ok(seconds) if seconds > 0 => Ok(Some(Duration::from_secs(seconds))),
        _ => Err(TestError::WrongTimeout { value }),
    }
}

/// Ends the app as failed once its pages have been silent for `limit`.
pub(super) fn fail_when_silent(
    live: &LiveHost,
    actors: &Actors,
    activity: Arc<Activity>,
    limit: Duration,
) {
    let (windows, terminal) = (actors.windows.clone(), actors.terminal.clone());
    live.spawn(Lane::Inspector, async move {
        while !activity.is_silent(limit) {
            tokio::time::sleep(LOOK_EVERY).await;
        }
        let seconds = limit.as_secs();
        let text = format!(
            "Bail out! the page has been silent for {seconds} s; \
             {TIMEOUT_VARIABLE}=<seconds> sets this limit\n"
        );
        let stream = Stream::Out;
        // Refused only when the app is ending already.
        let _ = terminal.tell(Print { stream, text });
        let _ = windows.tell(ExitApp {
            code: EXIT_CODE_FAILED,
        });
    });
}

/// Environment variable that sets how long a test run may be silent, in seconds.
const TIMEOUT_VARIABLE: &str = "RUNTIME_TEST_TIMEOUT";
const SILENCE_MAX: Duration = Duration::from_secs(60);
const LOOK_EVERY: Duration = Duration::from_millis(250);
/// Exit code of a run in which a test failed, or that could not start.
pub(super) const EXIT_CODE_FAILED: i32 = 1;
