//! What the command line accepts, as clap sees it.

use clap::{
    ArgAction, CommandFactory, Parser, Subcommand,
    builder::styling::{AnsiColor, Styles},
};

use super::{
    AnyArgs, BuildArgs, CompletionsArgs, ConfigArgs, EnvArgs, InfoArgs, InitArgs, InspectArgs,
    ManArgs, PeerArgs, PrintBuildDirArgs, PublishArgs, ReplayArgs, RunArgs, SimArgs, SubscribeArgs,
};

const STYLES: Styles = Styles::styled()
    .header(AnsiColor::Green.on_default().bold())
    .usage(AnsiColor::Green.on_default().bold())
    .literal(AnsiColor::Cyan.on_default().bold())
    .placeholder(AnsiColor::Cyan.on_default());

/// Make and run apps of HTML, CSS and JavaScript
#[derive(Clone, Debug, Parser)]
#[command(
    name = "runtime",
    version,
    disable_version_flag = true,
    styles = STYLES,
    max_term_width = 100,
    after_help = "An app starts with `runtime init my-app` and `runtime run my-app`."
)]
pub struct Cli {
    /// Print the version
    #[arg(short = 'v', long, action = ArgAction::Version)]
    version: Option<bool>,
    /// Print the folder of this executable
    #[arg(long)]
    pub prefix: bool,
    /// What to do.
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// The subcommands.
#[expect(
    missing_docs,
    reason = "clap shows the documentation of each variant's arguments"
)]
#[derive(Clone, Debug, Subcommand)]
#[non_exhaustive]
pub enum Command {
    Init(InitArgs),
    Build(BuildArgs),
    Run(RunArgs),
    Inspect(Box<InspectArgs>),
    Replay(ReplayArgs),
    Peer(PeerArgs),
    Publish(PublishArgs),
    Subscribe(SubscribeArgs),
    Sim(Box<SimArgs>),
    Info(InfoArgs),
    Config(ConfigArgs),
    PrintBuildDir(PrintBuildDirArgs),
    Env(EnvArgs),
    Completions(CompletionsArgs),
    Man(ManArgs),
    /// List phones and tablets
    #[command(hide = true, disable_help_flag = true)]
    ListDevices(AnyArgs),
    /// Install an app on a device
    #[command(hide = true, disable_help_flag = true)]
    InstallApp(AnyArgs),
    /// Install tools that builds need
    #[command(hide = true, disable_help_flag = true)]
    Setup(AnyArgs),
}

/// The help that is shown when nothing was asked for.
pub(crate) fn help() -> String {
    Cli::command().render_help().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn definitions_agree_with_each_other() {
        Cli::command().debug_assert();
    }

    #[test]
    fn spellings_of_socket_runtime_are_accepted() {
        let lines = [
            "build -r -o",
            "build --platform=ios -p -f deb -c -n -w .",
            "build --test=test/index.js --headless --prod -D -E HOME --env=USER -q dir",
            "build dir -H -P -V --port=3000 --host=localhost -t",
            "run --headless --platform=android --prod --test -V",
            "list-devices --platform=ios --udid --only",
            "install-app --device=1 --platform=ios --target=/ -D",
            "setup --platform=android -q -y",
            "init -C -n app dir",
            "print-build-dir --platform=ios --prod --root dir",
            "env",
            "env dir",
            "--prefix",
        ];
        for line in lines {
            let parsed = Cli::try_parse_from(std::iter::once("runtime").chain(line.split(' ')));
            assert!(parsed.is_ok(), "{line}: {}", parsed.unwrap_err());
        }
    }
}
