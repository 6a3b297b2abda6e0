//! A folder that is filled beside its final place and then swapped in.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use crate::cli::{
    error::{CliError, Explain},
    process_exists,
};

/// A folder under construction; dropped before [`Staging::publish`], it disappears.
#[derive(Debug)]
pub(crate) struct Staging {
    path: PathBuf,
    target: PathBuf,
}

impl Staging {
    /// Creates an empty folder beside `target`, and `target`'s parents.
    pub(crate) fn beside(target: &Path) -> Result<Self, CliError> {
        let name = target
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let parent = target.parent().unwrap_or(Path::new("."));
        fs::create_dir_all(parent)
            .explain(|| format!("create the folder '{}'", parent.display()))?;
        let prefix = format!(".{name}.new-");
        sweep(parent, &prefix);
        let path = parent.join(format!("{prefix}{}", std::process::id()));
        // A build of a process that had the same id.
        let _ = fs::remove_dir_all(&path);
        fs::create_dir(&path).explain(|| format!("create the folder '{}'", path.display()))?;
        Ok(Self {
            path,
            target: target.to_owned(),
        })
    }

    /// Where to put the content.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Puts the folder into its place; whatever was there goes.
    pub(crate) fn publish(self) -> Result<(), CliError> {
        let what = || format!("put the build into '{}'", self.target.display());
        match fs::rename(&self.path, &self.target) {
            Ok(()) => Ok(()),
            // Only an empty folder is replaced by rename: swap the two, and let
            // `drop` delete the old one.
            Err(_) if self.target.symlink_metadata().is_ok() => {
                swap(&self.path, &self.target).explain(what)
            }
            Err(error) => Err(error).explain(what),
        }
    }
}

impl Drop for Staging {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.path);
    }
}

/// Exchanges two folders, at once where the file system can.
fn swap(new: &Path, old: &Path) -> io::Result<()> {
    #[cfg(target_os = "linux")]
    {
        use rustix::fs::{CWD, RenameFlags, renameat_with};
        if renameat_with(CWD, new, CWD, old, RenameFlags::EXCHANGE).is_ok() {
            return Ok(());
        }
    }
    let aside = new.with_extension("old");
    fs::rename(old, &aside)?;
    if let Err(error) = fs::rename(new, old) {
        fs::rename(&aside, old)?;
        return Err(error);
    }
    fs::rename(&aside, new)
}

/// Deletes what builds that were killed have left.
fn sweep(parent: &Path, prefix: &str) {
    let Ok(entries) = fs::read_dir(parent) else {
        return;
    };
    for entry in entries.flatten() {
        let name = entry.file_name();
        let id = name.to_str().and_then(|name| name.strip_prefix(prefix));
        if id
            .and_then(|id| id.parse().ok())
            .is_some_and(|id: u32| !process_exists(id))
        {
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn publishing_replaces_the_whole_folder() {
        let dir = tempfile::tempdir().unwrap();
        let target = dir.path().join("build/app");
        for content in ["one", "two"] {
            let staging = Staging::beside(&target).unwrap();
            fs::write(staging.path().join(content), content).unwrap();
            staging.publish().unwrap();
        }
        assert!(target.join("two").exists());
        assert!(!target.join("one").exists());
        assert_eq!(fs::read_dir(dir.path().join("build")).unwrap().count(), 1);
    }

    #[test]
    fn an_abandoned_build_leaves_the_old_one_whole() {
        let dir = tempfile::tempdir().unwrap();
        let target = dir.path().join("app");
        fs::create_dir(&target).unwrap();
        fs::write(target.join("old"), "").unwrap();
        drop(Staging::beside(&target).unwrap());
        assert!(target.join("old").exists());
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1);
    }

    #[test]
    fn leftovers_of_dead_builds_are_swept() {
        let dir = tempfile::tempdir().unwrap();
        // No process has an id this large.
        fs::create_dir(dir.path().join(".app.new-4194305000")).unwrap();
        fs::create_dir(dir.path().join(".app.new-2147483646")).unwrap();
        drop(Staging::beside(&dir.path().join("app")).unwrap());
        assert!(!dir.path().join(".app.new-2147483646").exists());
    }
}
