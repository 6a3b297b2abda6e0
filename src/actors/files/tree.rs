//! Jobs that make and remove folders.

use std::{
    fs,
    io::{self, ErrorKind},
    os::unix::fs::DirBuilderExt as _,
    path::{Path, PathBuf},
};

use rand::{Rng as _, SeedableRng as _, distr::Alphanumeric, rngs::StdRng};
use rustix::io::Errno;

use super::{
    Files,
    jobs::{Task, Work, work},
};
use crate::{
    actors::kit::Context,
    messages::files::{FileError, MakeFolder, MakeTempFolder, RemoveFolder, RemovePath},
};

impl Task for MakeFolder {
    type Done = Option<String>;

    fn begin(
        self,
        files: &mut Files,
        _: &mut Context<Files>,
    ) -> Result<Work<Option<String>>, FileError> {
        let place = files.place(self.path);
        work(move || {
            place.run("mkdir", |path| {
                if self.is_recursive {
                    let first = make_all(path, self.mode)?;
                    Ok(first.map(|first| first.to_string_lossy().into_owned()))
                } else {
                    make(path, self.mode).map(|()| None)
                }
            })
        })
    }
}

fn make(path: &Path, mode: u32) -> io::Result<()> {
    fs::DirBuilder::new().mode(mode).create(path)
}

/// Makes a folder and what is missing above it; gives the topmost one that it made.
fn make_all(path: &Path, mode: u32) -> io::Result<Option<PathBuf>> {
    let mut missing = Vec::new();
    let mut first = None;
    let mut next = Some(path);
    while let Some(path) = next {
        match make(path, mode) {
            Ok(()) => {
                first.get_or_insert_with(|| path.to_owned());
            }
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {
                accept(path, error, &missing)?
            }
            Err(error) => match (error.kind(), path.parent()) {
                (ErrorKind::NotFound, Some(parent)) if !parent.as_os_str().is_empty() => {
                    // A dangling link is not to be made, however often its parent is.
                    if missing.len() >= DEPTH_MAX || first.is_some() {
                        return Err(error);
                    }
                    missing.push(path);
                    next = Some(parent);
                    continue;
                }
                _ => return Err(error),
            },
        }
        next = missing.pop();
    }
    Ok(first)
}

/// Something exists where a folder was to be made: a folder will do.
fn accept(path: &Path, error: io::Error, below: &[&Path]) -> io::Result<()> {
    match fs::metadata(path) {
        Ok(found) if found.is_dir() => Ok(()),
        // As Node says it: the last part exists, a part before is no folder.
        _ if below.is_empty() => Err(error),
        _ => Err(Errno::NOTDIR.into()),
    }
}

impl Task for RemoveFolder {
    type Done = ();

    fn begin(self, files: &mut Files, _: &mut Context<Files>) -> Result<Work<()>, FileError> {
        let place = files.place(self.path);
        work(move || place.run("rmdir", fs::remove_dir))
    }
}

impl Task for RemovePath {
    type Done = ();

    fn begin(self, files: &mut Files, _: &mut Context<Files>) -> Result<Work<()>, FileError> {
        let mut place = files.place(self.path);
        // A slash at the end would make the system follow a link.
        place.full = place.full.components().collect();
        work(move || {
            let is_folder = match fs::symlink_metadata(&place.full) {
                Ok(found) => found.is_dir(),
                Err(error) if error.kind() == ErrorKind::NotFound && self.is_forced => {
                    return Ok(());
                }
                Err(error) => return Err(place.call("rm").fail(error)),
            };
            match (is_folder, self.is_recursive) {
                (true, false) => Err(FileError::IsFolder { path: place.shown }),
                (true, true) => place.run("rm", fs::remove_dir_all),
                (false, _) => place.run("rm", fs::remove_file),
            }
        })
    }
}

impl Task for MakeTempFolder {
    type Done = String;

    fn begin(self, files: &mut Files, ctx: &mut Context<Files>) -> Result<Work<String>, FileError> {
        let mut random = StdRng::from_rng(ctx.random());
        let template = files.place(format!("{}XXXXXX", self.prefix));
        let folder = files.resources.clone();
        work(move || {
            template.run("mkdtemp", |_| {
                for _ in 0..TEMP_TRIES_MAX {
                    let name: String = (0..6)
                        .map(|_| char::from(random.sample(Alphanumeric)))
                        .collect();
                    let path = format!("{}{name}", self.prefix);
                    match make(&folder.join(&path), 0o700) {
                        Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
                        made => return made.map(|()| path),
                    }
                }
                Err(Errno::EXIST.into())
            })
        })
    }
}

/// Names tried for a temporary folder; each is free with near certainty.
const TEMP_TRIES_MAX: usize = 64;
/// Folders that may be missing above one: more than fit into a path.
const DEPTH_MAX: usize = 4096;
