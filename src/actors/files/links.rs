//! Jobs on names: moving, linking, resolving and removing them.

use std::{fs, io, path::PathBuf};

use super::{
    Files,
    errors::Call,
    jobs::{Task, Work, work},
};
use crate::{
    actors::kit::Context,
    messages::files::{
        FileError, LinkFile, MakeSymlink, ReadLink, RenamePath, ResolvePath, UnlinkFile,
    },
};

impl Task for RenamePath {
    type Done = ();

    fn begin(self, files: &mut Files, _: &mut Context<Files>) -> Result<Work<()>, FileError> {
        let (src, dest) = (files.place(self.src), files.place(self.dest));
        work(move || {
            let renamed = fs::rename(&src.full, &dest.full);
            renamed.map_err(|error| Call::between("rename", &src.shown, &dest.shown).fail(error))
        })
    }
}

impl Task for LinkFile {
    type Done = ();

    fn begin(self, files: &mut Files, _: &mut Context<Files>) -> Result<Work<()>, FileError> {
        let (src, dest) = (files.place(self.src), files.place(self.dest));
        work(move || {
            let linked = fs::hard_link(&src.full, &dest.full);
            linked.map_err(|error| Call::between("link", &src.shown, &dest.shown).fail(error))
        })
    }
}

impl Task for MakeSymlink {
    type Done = ();

    fn begin(self, files: &mut Files, _: &mut Context<Files>) -> Result<Work<()>, FileError> {
        let place = files.place(self.path);
        work(move || {
            let made = std::os::unix::fs::symlink(&self.target, &place.full);
            made.map_err(|error| Call::between("symlink", &self.target, &place.shown).fail(error))
        })
    }
}

impl Task for ReadLink {
    type Done = String;

    fn begin(self, files: &mut Files, _: &mut Context<Files>) -> Result<Work<String>, FileError> {
        text_of(files, self.path, "readlink", fs::read_link)
    }
}

impl Task for ResolvePath {
    type Done = String;

    fn begin(self, files: &mut Files, _: &mut Context<Files>) -> Result<Work<String>, FileError> {
        text_of(files, self.path, "realpath", fs::canonicalize)
    }
}

fn text_of(
    files: &Files,
    path: String,
    syscall: &'static str,
    action: fn(PathBuf) -> io::Result<PathBuf>,
) -> Result<Work<String>, FileError> {
    let place = files.place(path);
    work(move || {
        let found = place.run(syscall, |path| action(path.to_owned()))?;
        Ok(found.to_string_lossy().into_owned())
    })
}

impl Task for UnlinkFile {
    type Done = ();

    fn begin(self, files: &mut Files, _: &mut Context<Files>) -> Result<Work<()>, FileError> {
        let place = files.place(self.path);
        work(move || place.run("unlink", fs::remove_file))
    }
}
