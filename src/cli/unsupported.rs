//! Subcommands and options of Socket Runtime that this version knows but cannot do.
//!
//! They are hidden from the help and answered by an error, so that a script that
//! relies on one of them stops instead of going wrong.

use super::CliError;

/// Any arguments at all.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct AnyArgs {
    /// Ignored
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    pub arguments: Vec<String>,
}

/// Options of `build` that need tools which this version does not have.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct PackagingArgs {
    /// Package the app for distribution
    #[arg(short, long, hide = true)]
    pub package: bool,
    /// Name the format of the package
    #[arg(short = 'f', long, hide = true, value_name = "FORMAT")]
    pub package_format: Option<String>,
    /// Sign the app
    #[arg(short, long, hide = true)]
    pub codesign: bool,
    /// Have the app notarized
    #[arg(short, long, hide = true)]
    pub notarize: bool,
    /// Build again whenever a file changes
    #[arg(short, long, hide = true)]
    pub watch: bool,
}

impl PackagingArgs {
    /// Refuses the first option that was given.
    ///
    /// # Errors
    /// Fails if any option was given.
    pub fn refuse(&self) -> Result<(), CliError> {
        let options = [
            (self.package, "--package"),
            (self.package_format.is_some(), "--package-format"),
            (self.codesign, "--codesign"),
            (self.notarize, "--notarize"),
            (self.watch, "--watch"),
        ];
        match options.iter().find(|(is_given, _)| *is_given) {
            Some((_, option)) => Err(CliError::unsupported(option)),
            None => Ok(()),
        }
    }
}

/// Refuses `runtime list-devices`.
///
/// # Errors
/// Always.
pub fn list_devices() -> Result<(), CliError> {
    Err(CliError::unsupported("`list-devices`"))
}

/// Refuses `runtime install-app`.
///
/// # Errors
/// Always.
pub fn install_app() -> Result<(), CliError> {
    Err(CliError::unsupported("`install-app`")
        .hint("the folder that `runtime print-build-dir` names runs from wherever you copy it"))
}

/// Refuses `runtime setup`.
///
/// # Errors
/// Always.
pub fn setup() -> Result<(), CliError> {
    Err(CliError::unsupported("`setup`")
        .hint("building an app needs no tools; running one needs WebKitGTK 4.1"))
}
