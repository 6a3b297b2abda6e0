//! Copies the files of a project into its resources folder.
//!
//! Invariant: nothing that lies outside the project is reached through a symbolic link,
//! and neither the build's own output nor private files ([`PRIVATE`]) are copied.

use std::{
    fs,
    path::{Path, PathBuf},
};

use crate::cli::error::{CliError, Explain};

/// Files and folders that stay at home: version control, and settings of one machine.
const PRIVATE: [&str; 4] = [".git", ".sscrc", ".ssrc", ".DS_Store"];

/// Deepest nesting of folders that is followed.
const DEPTH_MAX: usize = 128;

/// Copies trees, and counts what it copies.
#[derive(Debug)]
pub(crate) struct Copier<'a> {
    /// Folders within which a symbolic link may point; canonical.
    homes: Vec<PathBuf>,
    /// Folders that hold builds; canonical.
    excluded: &'a [PathBuf],
    /// Files copied so far.
    pub(crate) file_count: u64,
    /// Bytes copied so far.
    pub(crate) byte_count: u64,
}

impl<'a> Copier<'a> {
    /// Copies files of the project at `home`, whose builds are in `excluded`; all canonical.
    pub(crate) fn new(home: &Path, excluded: &'a [PathBuf]) -> Self {
        Self {
            homes: vec![home.to_owned()],
            excluded,
            file_count: 0,
            byte_count: 0,
        }
    }

    /// Copies the file or the content of the folder `from` to `to`.
    pub(crate) fn copy(&mut self, from: &Path, to: &Path) -> Result<(), CliError> {
        let real = from
            .canonicalize()
            .explain(|| format!("read '{}'", from.display()))?;
        // What the configuration names itself may lie anywhere.
        self.homes.push(real.clone());
        let copied = self.copy_real(from, &real, to, &mut Vec::new());
        self.homes.pop();
        copied
    }

    /// Copies `real`, which the user knows as `shown`.
    fn copy_real(
        &mut self,
        shown: &Path,
        real: &Path,
        to: &Path,
        parents: &mut Vec<PathBuf>,
    ) -> Result<(), CliError> {
        if self
            .excluded
            .iter()
            .any(|excluded| real.starts_with(excluded))
        {
            return Ok(());
        }
        let metadata = fs::metadata(real).explain(|| format!("read '{}'", shown.display()))?;
        if metadata.is_file() {
            return self.copy_file(shown, real, to);
        }
        if !metadata.is_dir() {
            return Err(CliError::failure(format!(
                "'{}' is neither a file nor a folder",
                shown.display()
            ))
            .hint("move it out of the folder that `[build] copy` names"));
        }
        if parents.contains(&real.to_owned()) || parents.len() >= DEPTH_MAX {
            return Err(CliError::failure(format!(
                "'{}' links to a folder that holds it",
                shown.display()
            )));
        }
        parents.push(real.to_owned());
        let copied = self.copy_entries(shown, to, parents);
        parents.pop();
        copied
    }

    fn copy_entries(
        &mut self,
        shown: &Path,
        to: &Path,
        parents: &mut Vec<PathBuf>,
    ) -> Result<(), CliError> {
        fs::create_dir_all(to).explain(|| format!("create the folder '{}'", to.display()))?;
        let entries =
            fs::read_dir(shown).explain(|| format!("list the folder '{}'", shown.display()))?;
        for entry in entries {
            let entry = entry.explain(|| format!("list the folder '{}'", shown.display()))?;
            let name = entry.file_name();
            if PRIVATE.iter().any(|private| name == *private) {
                continue;
            }
            let path = entry.path();
            let real = self.resolve(&path)?;
            if self.is_private(&real) {
                continue;
            }
            self.copy_real(&path, &real, &to.join(&name), parents)?;
        }
        Ok(())
    }

    /// Follows a symbolic link, if it stays at home.
    fn resolve(&self, path: &Path) -> Result<PathBuf, CliError> {
        let real = path
            .canonicalize()
            .explain(|| format!("follow the link '{}'", path.display()))?;
        if self.homes.iter().any(|home| real.starts_with(home)) {
            return Ok(real);
        }
        Err(CliError::failure(format!(
            "'{}' is a link to '{}', which is not part of the project",
            path.display(),
            real.display()
        ))
        .hint("copy the file into the project, or name it in `[build.copy-map]`"))
    }

    /// Whether a link has led to what stays at home, under whatever name.
    fn is_private(&self, real: &Path) -> bool {
        // The innermost home counts: what the configuration names itself may be private.
        let mut homes = self.homes.iter().rev();
        let below = homes.find_map(|home| real.strip_prefix(home).ok());
        below.is_some_and(|path| {
            path.components()
                .any(|part| PRIVATE.iter().any(|private| part.as_os_str() == *private))
        })
    }

    fn copy_file(&mut self, shown: &Path, real: &Path, to: &Path) -> Result<(), CliError> {
        if let Some(parent) = to.parent() {
            fs::create_dir_all(parent)
                .explain(|| format!("create the folder '{}'", parent.display()))?;
        }
        self.byte_count += fs::copy(real, to).explain(|| format!("copy '{}'", shown.display()))?;
        self.file_count += 1;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    /// A project with `src/index.html` and `secret` beside it; returns the files of the copy.
    #[track_caller]
    fn check(prepare: impl FnOnce(&Path), expected: Result<&[&str], &str>) {
        let dir = tempfile::tempdir().unwrap();
        let home = dir.path().canonicalize().unwrap().join("app");
        fs::create_dir_all(home.join("src")).unwrap();
        fs::write(home.join("src/index.html"), "page").unwrap();
        fs::write(home.join("../secret"), "secret").unwrap();
        prepare(&home);
        let (output, to) = ([home.join("build")], dir.path().join("copy"));
        let mut copier = Copier::new(&home, &output);
        let found = copier.copy(&home.join("src"), &to).map(|()| list(&to));
        match (found, expected) {
            (Ok(found), Ok(expected)) => assert_eq!(found, expected),
            (Err(error), Err(part)) => assert!(error.to_string().contains(part), "{error}"),
            (found, expected) => panic!("{found:?} instead of {expected:?}"),
        }
    }

    fn list(dir: &Path) -> Vec<String> {
        let mut names: Vec<_> = fs::read_dir(dir)
            .unwrap()
            .map(|entry| entry.unwrap())
            .flat_map(|entry| {
                let name = entry.file_name().into_string().unwrap();
                assert!(!entry.file_type().unwrap().is_symlink(), "{name}");
                match entry.path().is_dir() {
                    true => list(&entry.path())
                        .iter()
                        .map(|sub| format!("{name}/{sub}"))
                        .collect(),
                    false => vec![name],
                }
            })
            .collect();
        names.sort();
        names
    }

    #[test]
    fn files_and_folders_are_copied() {
        let prepare = |home: &Path| {
            fs::create_dir_all(home.join("src/a/b")).unwrap();
            fs::write(home.join("src/a/b/c.js"), "").unwrap();
        };
        check(prepare, Ok(&["a/b/c.js", "index.html"]));
    }

    #[test]
    fn links_inside_the_project_become_files() {
        let prepare = |home: &Path| {
            fs::create_dir(home.join("lib")).unwrap();
            fs::write(home.join("lib/x.js"), "").unwrap();
            symlink("../lib", home.join("src/lib")).unwrap();
            symlink("index.html", home.join("src/home.html")).unwrap();
        };
        check(prepare, Ok(&["home.html", "index.html", "lib/x.js"]));
    }

    #[test]
    fn a_link_out_of_the_project_fails_and_is_named() {
        let prepare = |home: &Path| symlink("../../secret", home.join("src/leak")).unwrap();
        check(prepare, Err("src/leak' is a link to"));
    }

    #[test]
    fn a_dangling_link_fails_and_is_named() {
        let prepare = |home: &Path| symlink("nowhere", home.join("src/lost")).unwrap();
        check(prepare, Err("src/lost': no such file or directory"));
    }

    #[test]
    fn a_link_to_its_own_folder_fails() {
        let prepare = |home: &Path| symlink(".", home.join("src/again")).unwrap();
        check(prepare, Err("src/again' links to a folder that holds it"));
    }

    #[test]
    fn private_files_and_the_output_stay_at_home() {
        let prepare = |home: &Path| {
            fs::create_dir_all(home.join("src/.git/objects")).unwrap();
            fs::write(home.join("src/.sscrc"), "[settings.ios]").unwrap();
            symlink(".git/objects", home.join("src/objects")).unwrap();
            symlink(".sscrc", home.join("src/settings")).unwrap();
            fs::create_dir_all(home.join("build/linux")).unwrap();
            fs::write(home.join("build/linux/old"), "").unwrap();
            symlink("../build", home.join("src/build")).unwrap();
        };
        check(prepare, Ok(&["index.html"]));
    }

    #[test]
    fn a_socket_file_fails() {
        let prepare = |home: &Path| {
            std::os::unix::net::UnixListener::bind(home.join("src/socket")).unwrap();
        };
        check(prepare, Err("src/socket' is neither a file nor a folder"));
    }
}
