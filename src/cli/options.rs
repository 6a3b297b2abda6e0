//! Options that several subcommands share, and what they mean for an app.

use std::{fmt, path::PathBuf};

use super::CliError;
use crate::ui::app::AppSwitches;

/// Which build is meant.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct TargetArgs {
    /// Leave developer tools out, as for a release
    #[arg(short = 'P', long)]
    pub prod: bool,
    /// Name the platform to build for (default: this one)
    #[arg(long, value_name = "NAME")]
    pub platform: Option<String>,
}

/// How an app is built and started.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct AppArgs {
    /// Which build is meant.
    #[command(flatten)]
    pub target: TargetArgs,
    /// Keep developer tools, even with --prod
    #[arg(short = 'D', long)]
    pub debug: bool,
    /// Show no window; needs no display
    #[arg(short = 'H', long)]
    pub headless: bool,
    /// Run the app's tests, or this one file of its resources, and exit
    #[arg(short, long, value_name = "FILE", num_args = 0..=1, require_equals = true,
          default_missing_value = "")]
    pub test: Option<String>,
    /// Load the page from a development server on this port
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    pub port: Option<u16>,
    /// Load the page from a development server on this host
    #[arg(long, value_name = "NAME")]
    pub host: Option<String>,
    /// Let the app see this environment variable, or set it
    #[arg(short = 'E', long = "env", value_name = "KEY[=VALUE]")]
    pub env: Vec<String>,
    /// Say nothing but warnings and errors
    #[arg(short, long)]
    pub quiet: bool,
    /// Say more about each step
    #[arg(short = 'V', long, conflicts_with = "quiet")]
    pub verbose: bool,
}

/// An operating system that apps are built for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Platform {
    /// Linux.
    Linux,
    /// macOS.
    Mac,
    /// Windows.
    Windows,
}

impl AppArgs {
    /// What a start of the app is told.
    #[must_use]
    pub fn switches(&self) -> AppSwitches {
        AppSwitches {
            headless: self.headless,
            test: self.test.clone(),
            port: self.port,
            host: self.host.clone(),
            ..AppSwitches::default()
        }
    }

    /// Whether the build has developer tools.
    #[must_use]
    pub fn is_debug(&self) -> bool {
        !self.target.prod || self.debug
    }
}

impl TargetArgs {
    /// The platform to build for.
    ///
    /// # Errors
    /// Fails if it is unknown, or is not the one that this process runs on.
    pub fn platform(&self) -> Result<Platform, CliError> {
        let host = Platform::host();
        let Some(name) = self.platform.as_deref() else {
            return Ok(host);
        };
        match name {
            name if name == host.name() => Ok(host),
            "android" | "android-emulator" | "ios" | "ios-simulator" | "linux" | "mac" | "win" => {
                Err(
                    CliError::unsupported(format!("--platform={name} on {host}"))
                        .hint(format!("leave --platform out to build for {host}")),
                )
            }
            _ => Err(CliError::usage(format!("no platform is called '{name}'"))
                .hint(format!("leave --platform out to build for {host}"))),
        }
    }

    /// Name of the folder, below the output folder, that holds such builds.
    ///
    /// # Errors
    /// Fails like [`TargetArgs::platform`].
    pub fn folder(&self) -> Result<PathBuf, CliError> {
        let platform = self.platform()?;
        let suffix = if self.prod { "" } else { "-dev" };
        Ok(PathBuf::from(format!("{platform}{suffix}")))
    }
}

impl Platform {
    /// The one that this process runs on.
    #[must_use]
    pub const fn host() -> Self {
        if cfg!(target_os = "macos") {
            Self::Mac
        } else if cfg!(windows) {
            Self::Windows
        } else {
            Self::Linux
        }
    }

    /// The name that folders and options use.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Linux => "linux",
            Self::Mac => "mac",
            Self::Windows => "win",
        }
    }
}

impl fmt::Display for Platform {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(platform: Option<&str>, expected: Result<&str, &str>) {
        let target = TargetArgs {
            prod: false,
            platform: platform.map(str::to_owned),
        };
        let found = target.folder().map_err(|error| error.to_string());
        match (found, expected) {
            (Ok(folder), Ok(expected)) => assert_eq!(folder, PathBuf::from(expected)),
            (Err(message), Err(part)) => assert!(message.contains(part), "{message}"),
            (found, expected) => panic!("{found:?} instead of {expected:?}"),
        }
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn only_the_host_platform_is_built_for() {
        check(None, Ok("linux-dev"));
        check(Some("linux"), Ok("linux-dev"));
        check(
            Some("ios"),
            Err("--platform=ios on linux is not supported yet"),
        );
        check(Some("amiga"), Err("no platform is called 'amiga'"));
    }
}
