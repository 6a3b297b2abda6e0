//! A snapshot as an app's inspector sends it. Fields that are missing are empty, so that
//! versions may differ.

use std::collections::BTreeMap;

use serde::Deserialize;

/// All actors of an app at one time.
#[derive(Clone, Debug, Default, Deserialize)]
pub(super) struct Snapshot {
    /// The app.
    pub(super) app: AppInfo,
    /// Its actors.
    pub(super) actors: Vec<ActorInfo>,
}

/// Which app it is.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct AppInfo {
    /// Its name.
    pub(super) name: String,
    /// Its process.
    pub(super) pid: u32,
    /// How long it has been running.
    pub(super) uptime_ms: u64,
    /// Its version.
    pub(super) version: String,
}

/// One actor.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct ActorInfo {
    /// Its name, unique in the app.
    pub(super) name: String,
    /// What it is.
    pub(super) kind: String,
    /// Messages in its mailbox.
    pub(super) depth: u64,
    /// Age of the oldest of them.
    pub(super) oldest_ms: u64,
    /// Messages that were sent to it.
    pub(super) sent: u64,
    /// Messages that it has handled.
    pub(super) handled: u64,
    /// The message that it handles now.
    pub(super) current: Option<String>,
    /// For how long it has been handling it.
    pub(super) current_ms: Option<u64>,
    /// How often it was restarted.
    pub(super) restarts: u64,
    /// Messages that were lost, by reason.
    pub(super) losses: BTreeMap<String, u64>,
    /// `running`, `crashed` or `stopped`.
    pub(super) state: String,
    /// All messages that were lost.
    pub(super) lost: u64,
}

/// `text` without anything that a terminal would act on.
pub(super) fn printable(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() { '·' } else { c })
        .collect()
}
