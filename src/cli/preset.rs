//! Fills in what the command line leaves out from the `[build]` section of `.sscrc`.

use super::{
    CliError,
    options::{AppArgs, TargetArgs},
};
use crate::config::CliOptions;

impl AppArgs {
    /// The same, with what `.sscrc` says of options that were not given.
    ///
    /// # Errors
    /// Fails if a value is none that the option takes.
    pub(crate) fn filled_from(&self, preset: &CliOptions) -> Result<Self, CliError> {
        let port = match (self.port, text(preset, "port")) {
            (None, Some(value)) => Some(number(value)?),
            (given, _) => given,
        };
        let env = text(preset, "env").unwrap_or_default();
        let env = env.split([',', ' ']).filter(|entry| !entry.is_empty());
        Ok(Self {
            target: self.target.filled_from(preset)?,
            debug: self.debug || flag(preset, "debug")?,
            headless: self.headless || flag(preset, "headless")?,
            test: self.test.clone().or_else(|| test_file(preset)),
            port,
            host: (self.host.clone()).or_else(|| text(preset, "host").map(str::to_owned)),
            // The last value of a variable stands: the command line's.
            env: env.map(str::to_owned).chain(self.env.clone()).collect(),
            quiet: self.quiet || (!self.verbose && flag(preset, "quiet")?),
            verbose: self.verbose || (!self.quiet && flag(preset, "verbose")?),
        })
    }
}

impl TargetArgs {
    /// The same, with what `.sscrc` says of options that were not given.
    ///
    /// # Errors
    /// Fails if a value is none that the option takes.
    pub(crate) fn filled_from(&self, preset: &CliOptions) -> Result<Self, CliError> {
        let platform = || text(preset, "platform").map(str::to_owned);
        let filled = Self {
            prod: self.prod || flag(preset, "prod")?,
            platform: self.platform.clone().or_else(platform),
        };
        match filled.platform() {
            Err(error) if self.platform.is_none() => {
                Err(error.hint("it comes from .sscrc; --platform on the command line goes first"))
            }
            _ => Ok(filled),
        }
    }
}

/// The options that `.sscrc` asks for and this version does not have.
pub(crate) fn unsupported(preset: &CliOptions) -> impl Iterator<Item = &'static str> {
    let is_wanted = |name: &&str| {
        let value = preset.build.get(*name);
        value.is_some_and(|value| value != "false")
    };
    let names = ["codesign", "notarize", "package", "package-format", "watch"];
    names.into_iter().filter(is_wanted)
}

/// Whether a switch is on.
pub(crate) fn flag(preset: &CliOptions, name: &str) -> Result<bool, CliError> {
    match preset.build.get(name).map(String::as_str) {
        None | Some("false") => Ok(false),
        Some("true" | "") => Ok(true),
        Some(value) => Err(wrong(name, value, "true or false")),
    }
}

fn text<'a>(preset: &'a CliOptions, name: &str) -> Option<&'a str> {
    let value = preset.build.get(name)?;
    (!value.is_empty()).then_some(value.as_str())
}

fn test_file(preset: &CliOptions) -> Option<String> {
    match preset.build.get("test")?.as_str() {
        "false" => None,
        "true" => Some(String::new()),
        file => Some(file.to_owned()),
    }
}

fn number(value: &str) -> Result<u16, CliError> {
    match value.parse() {
        Ok(port) if port > 0 => Ok(port),
        _ => Err(wrong("port", value, "a number from 1 to 65535")),
    }
}

fn wrong(name: &str, value: &str, expected: &str) -> CliError {
    CliError::usage(format!(
        "'{value}' does not fit [build] {name} in .sscrc: expected {expected}"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(preset: &[(&str, &str)], given: AppArgs, expected: Result<AppArgs, &str>) {
        let mut options = CliOptions::default();
        for (name, value) in preset {
            options.build.insert((*name).into(), (*value).into());
        }
        let found = given.filled_from(&options).map_err(|e| e.to_string());
        let expected = expected.map_err(str::to_owned);
        assert_eq!(format!("{found:?}"), format!("{expected:?}"));
    }

    #[test]
    fn options_that_were_not_given_come_from_sscrc() {
        let preset = [
            ("prod", "true"),
            ("headless", "true"),
            ("port", "3000"),
            ("env", "A, B=1"),
            ("test", "true"),
        ];
        let expected = AppArgs {
            target: TargetArgs {
                prod: true,
                platform: None,
            },
            headless: true,
            port: Some(3000),
            env: vec!["A".into(), "B=1".into()],
            test: Some(String::new()),
            ..AppArgs::default()
        };
        check(&preset, AppArgs::default(), Ok(expected));
    }

    #[test]
    fn the_command_line_goes_first() {
        let given = AppArgs {
            port: Some(1),
            quiet: true,
            ..AppArgs::default()
        };
        check(
            &[("port", "2"), ("verbose", "true"), ("test", "false")],
            given.clone(),
            Ok(given),
        );
    }

    #[test]
    fn wrong_values_are_refused() {
        let message = "'often' does not fit [build] headless in .sscrc: expected true or false";
        check(&[("headless", "often")], AppArgs::default(), Err(message));
        let message = "'0' does not fit [build] port in .sscrc: expected a number from 1 to 65535";
        check(&[("port", "0")], AppArgs::default(), Err(message));
    }
}
