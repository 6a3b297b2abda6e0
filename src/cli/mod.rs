//! The command line: one file per subcommand, `XArgs` and `fn x` in each.
//!
//! [`main`] is the whole process. Beside an `app.json` that names this executable it is
//! that app ([`packaged`]); anywhere else it is the `runtime` command.
//!
//! **Invariant:** no subcommand but [`peer`] and [`sim`] starts an actor, [`peer`] by a single
//! call; a running app, peer or simulation is reached through its socket only.

mod arguments;
mod build;
mod bundle;
mod completions;
mod config;
mod console;
mod control;
mod env;
mod error;
mod format;
mod info;
mod init;
mod inspect;
mod man;
mod options;
mod packaged;
mod peer;
mod preset;
mod print_build_dir;
mod project;
mod publish;
mod replay;
mod run;
mod sim;
mod subscribe;
mod unsupported;
mod values;

use std::{io, process::ExitCode};

use clap::Parser;

pub use self::{
    arguments::{Cli, Command},
    build::{BuildArgs, build},
    completions::{CompletionsArgs, completions},
    config::{ConfigArgs, config},
    console::Console,
    control::PeerArg,
    env::{EnvArgs, env},
    error::{CliError, ErrorKind},
    info::{InfoArgs, info},
    init::{InitArgs, init},
    inspect::{InspectArgs, VerbArgs, inspect},
    man::{ManArgs, man},
    options::{AppArgs, Platform, TargetArgs},
    packaged::packaged,
    peer::{PeerArgs, peer},
    print_build_dir::{PrintBuildDirArgs, print_build_dir},
    publish::{PublishArgs, publish},
    replay::{ReplayArgs, replay},
    run::{RunArgs, run},
    sim::{
        ChurnArg, Replay, ResultArgs, SeedRange, Shard, SimArgs, SimCommand, SimMergeArgs,
        SimRunArgs, sim,
    },
    subscribe::{SubscribeArgs, subscribe},
    unsupported::{AnyArgs, PackagingArgs, install_app, list_devices, setup},
};

/// Does what this process was started for, and returns its exit code.
#[must_use]
pub fn main() -> ExitCode {
    match packaged() {
        Some(Ok(code)) => std::process::exit(code),
        Some(Err(error)) => finish(
            &mut Console::standard(&mut io::stdout(), &mut io::stderr()),
            Err(error),
        ),
        None => command_line(),
    }
}

/// Runs one parsed command line and returns its exit code.
///
/// # Errors
/// Those of the subcommand.
pub fn dispatch(console: &mut Console<'_>, cli: &Cli) -> Result<u8, CliError> {
    if cli.prefix {
        env::prefix(console)?;
        return Ok(0);
    }
    let Some(command) = &cli.command else {
        write!(console.out(), "{}", arguments::help())?;
        return Ok(0);
    };
    let done = match command {
        Command::Init(args) => init(console, args),
        Command::Build(args) => return build(console, args),
        Command::Run(args) => return run(console, args),
        Command::PrintBuildDir(args) => print_build_dir(console, args),
        Command::Sim(args) => return sim(console, args),
        Command::Inspect(args) => inspect(console, args),
        Command::Replay(args) => replay(console, args),
        Command::Peer(args) => peer(console, args),
        Command::Publish(args) => publish(console, args),
        Command::Subscribe(args) => subscribe(console, args),
        Command::Info(args) => info(console, args),
        Command::Config(args) => config(console, args),
        Command::Env(args) => env(console, args),
        Command::Completions(args) => completions(console, args),
        Command::Man(args) => man(console, args),
        Command::ListDevices(_) => list_devices(),
        Command::InstallApp(_) => install_app(),
        Command::Setup(_) => setup(),
    };
    done.map(|()| 0)
}

fn command_line() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            // Nobody is left to tell if this fails.
            let _ = error.print();
            return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2));
        }
    };
    let (mut out, mut err) = (io::stdout(), io::stderr());
    let mut console = Console::standard(&mut out, &mut err);
    let result = dispatch(&mut console, &cli)
        .and_then(|code| console.flush().map(|()| code).map_err(CliError::from));
    finish(&mut console, result)
}

fn finish(console: &mut Console<'_>, result: Result<u8, CliError>) -> ExitCode {
    match result {
        Ok(code) => ExitCode::from(code),
        Err(error) => {
            if error.kind() != ErrorKind::Silent {
                // Nobody is left to tell if this fails.
                let _ = console.error(&error);
            }
            ExitCode::from(error.exit_code())
        }
    }
}

/// Whether a process with this id is alive.
pub(crate) fn process_exists(id: u32) -> bool {
    let pid = i32::try_from(id)
        .ok()
        .and_then(rustix::process::Pid::from_raw);
    // A process of another user exists too, but may not be signalled.
    pid.is_some_and(|pid| rustix::process::test_kill_process(pid) != Err(rustix::io::Errno::SRCH))
}
