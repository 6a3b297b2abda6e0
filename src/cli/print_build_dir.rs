//! `runtime print-build-dir`: says where builds go.

use std::path::PathBuf;

use super::{CliError, Console, TargetArgs, project::Project};

/// Print the folder that a build goes to
#[derive(Clone, Debug, Default, clap::Args)]
pub struct PrintBuildDirArgs {
    /// Folder of the app: the one with socket.ini
    #[arg(value_name = "DIR", default_value = ".")]
    pub dir: PathBuf,
    /// Which build is meant.
    #[command(flatten)]
    pub target: TargetArgs,
    /// Print the folder of all builds
    #[arg(long)]
    pub root: bool,
}

/// Prints the folder, whether it exists or not.
///
/// # Errors
/// Fails if the configuration is wrong or the platform is not supported.
pub fn print_build_dir(
    console: &mut Console<'_>,
    args: &PrintBuildDirArgs,
) -> Result<(), CliError> {
    let project = Project::load(console, &args.dir)?;
    let folder = if args.root {
        project.output()
    } else {
        project.build_folder(&args.target.filled_from(&project.preset)?)?
    };
    writeln!(console.out(), "{}", folder.display())?;
    Ok(())
}
