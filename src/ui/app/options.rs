//! One packaged app: what its process is started with.
//!
//! [`AppOptions`] is filled in by `cli::packaged` and handed to [`super::run`].

use std::path::PathBuf;

use crate::config::Config;

/// Everything that the process of one app knows when it starts.
#[derive(Clone, Debug)]
pub struct AppOptions {
    /// Folder of the executable, `app.json` and `socket.ini`.
    pub root: PathBuf,
    /// Folder of the app's own files.
    pub resources: PathBuf,
    /// The resolved configuration.
    pub config: Config,
    /// What `app.json` says.
    pub manifest: AppManifest,
    /// The switches of this start, on top of those that were built in.
    pub switches: AppSwitches,
    /// Every argument that is not one of the switches: for the page and the back end.
    pub argv: Vec<String>,
}

impl AppOptions {
    /// Whether the app shows its windows on a private display.
    #[must_use]
    pub fn is_headless(&self) -> bool {
        self.switches.headless || self.config.build.headless
    }
}

/// The content of `app.json`, which marks a folder as a packaged app.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct AppManifest {
    /// Version of this format; see [`AppManifest::FORMAT`].
    pub format: u32,
    /// Version of the runtime that built the app.
    pub runtime: String,
    /// File name of the executable beside the manifest.
    pub executable: String,
    /// Whether developer tools are available.
    pub debug: bool,
    /// Name of the app.
    pub name: String,
    /// Version of the app.
    pub version: String,
    /// Project folder that a development build came from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub built_from: Option<PathBuf>,
    /// Switches that were given to `runtime build` and hold at every start.
    #[serde(default, skip_serializing_if = "AppSwitches::is_empty")]
    pub switches: AppSwitches,
}

impl AppManifest {
    /// The newest format that this version reads and the one that it writes.
    pub const FORMAT: u32 = 1;
    /// Name of the file.
    pub const FILE_NAME: &'static str = "app.json";
}

/// What the user asked of one start of an app.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct AppSwitches {
    /// Whether no window is ever shown.
    #[serde(skip_serializing_if = "is_false")]
    pub headless: bool,
    /// Page script to run as a test, relative to the resources; empty for the app's own page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub test: Option<String>,
    /// Port of a development server to load the page from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub port: Option<u16>,
    /// Host of a development server to load the page from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub host: Option<String>,
    /// Where to save a picture of the first frame; the app then ends.
    #[serde(skip)]
    pub screenshot: Option<PathBuf>,
    /// Whether WebDriver may drive the app.
    #[serde(skip)]
    pub automation: bool,
    /// Whether lines on standard input are messages to the page.
    #[serde(skip)]
    pub stdin: bool,
    /// Whether `runtime inspect` may change actors, not only look at them.
    #[serde(skip)]
    pub control: bool,
    /// Where to record what actors take in, for `runtime replay`.
    #[serde(skip)]
    pub record: Option<PathBuf>,
    /// Whether `runtime run` started the app and ends with it.
    #[serde(skip)]
    pub from_runtime: bool,
}

impl AppSwitches {
    /// Whether no switch is set.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// These switches where they are set, `base` where they are not.
    #[must_use]
    pub fn or(self, base: Self) -> Self {
        Self {
            headless: self.headless || base.headless,
            test: self.test.or(base.test),
            port: self.port.or(base.port),
            host: self.host.or(base.host),
            screenshot: self.screenshot.or(base.screenshot),
            automation: self.automation || base.automation,
            stdin: self.stdin || base.stdin,
            control: self.control || base.control,
            record: self.record.or(base.record),
            from_runtime: self.from_runtime || base.from_runtime,
        }
    }
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "the signature that serde calls"
)]
fn is_false(flag: &bool) -> bool {
    !flag
}
