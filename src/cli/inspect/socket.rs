//! Finds the inspector sockets of running apps and talks to them.
//!
//! A socket lies at `$XDG_RUNTIME_DIR/runtime/<pid>.sock` or, without such a folder, at
//! `/tmp/runtime-<uid>/<pid>.sock`, with a token beside it that must be shown.
//!
//! Invariant: the folder is looked into only if it belongs to this user and nobody else
//! may write to it.

use std::{
    env, fs, io,
    os::unix::{
        fs::{MetadataExt, PermissionsExt},
        net::UnixStream,
    },
    path::{Path, PathBuf},
};

use super::ask;
use crate::cli::{CliError, process_exists};
use crate::messages::inspector::Snapshot;

/// A running app that answers.
#[derive(Clone, Debug)]
pub(super) struct App {
    /// Its process.
    pub(super) pid: u32,
    /// Its inspector.
    pub(super) socket: PathBuf,
    /// What it said first.
    pub(super) snapshot: Snapshot,
    /// The same as it was sent.
    pub(super) text: String,
}

impl App {
    /// The app behind one socket, wherever that lies.
    ///
    /// # Errors
    /// If nobody answers there, or others may write to the folder.
    pub(super) fn at(socket: &Path, top: Option<usize>) -> Result<Self, CliError> {
        if !socket.parent().is_some_and(is_private) {
            let text = format!("others may write to the folder of '{}'", socket.display());
            return Err(CliError::failure(text));
        }
        let (snapshot, text) = ask(socket, top)?;
        Ok(Self {
            pid: snapshot.app.pid,
            socket: socket.to_owned(),
            snapshot,
            text,
        })
    }

    /// Whether this is its process id, name or socket.
    pub(super) fn is_called(&self, wanted: &str) -> bool {
        match wanted.parse::<u32>() {
            Ok(pid) => self.pid == pid,
            Err(_) => self.snapshot.app.name == wanted || self.socket == Path::new(wanted),
        }
    }
}

/// All apps of this user that answer, by process id; sockets of dead ones are removed.
pub(super) fn running(top: Option<usize>) -> Result<Vec<App>, CliError> {
    let mut apps = Vec::new();
    let mut silent = None;
    for (pid, socket) in sockets() {
        match ask(&socket, top) {
            Ok((snapshot, text)) => apps.push(App {
                pid,
                socket,
                snapshot,
                text,
            }),
            Err(error) => silent = Some(error.into()),
        }
    }
    match silent {
        Some(error) if apps.is_empty() => Err(error),
        _ => {
            apps.sort_by_key(|app| app.pid);
            Ok(apps)
        }
    }
}

/// The sockets of living processes.
fn sockets() -> Vec<(u32, PathBuf)> {
    let mut found = Vec::new();
    let folder = folder();
    let Some(entries) = fs::read_dir(&folder).ok().filter(|_| is_private(&folder)) else {
        return found;
    };
    for path in entries.flatten().map(|entry| entry.path()) {
        let Some(pid) = process_of(&path) else {
            continue;
        };
        if is_dead(pid, &path) {
            // Somebody else may have removed them already.
            let _ = fs::remove_file(&path);
            let _ = fs::remove_file(path.with_extension("token"));
        } else {
            found.push((pid, path));
        }
    }
    found
}

/// The folder of sockets, by the rule by which apps choose it.
pub(in crate::cli) fn folder() -> PathBuf {
    match env::var_os("XDG_RUNTIME_DIR").filter(|folder| !folder.is_empty()) {
        Some(folder) => PathBuf::from(folder).join("runtime"),
        None => format!("/tmp/runtime-{}", rustix::process::getuid().as_raw()).into(),
    }
}

/// Whether a folder belongs to this user, and nobody else may write to it.
pub(in crate::cli) fn is_private(folder: &Path) -> bool {
    fs::symlink_metadata(folder).is_ok_and(|metadata| {
        let is_own = metadata.uid() == rustix::process::getuid().as_raw();
        metadata.is_dir() && is_own && metadata.permissions().mode() & 0o022 == 0
    })
}

fn process_of(socket: &Path) -> Option<u32> {
    let is_socket = socket.extension()? == "sock";
    is_socket.then(|| socket.file_stem()?.to_str()?.parse().ok())?
}

/// Whether nobody listens: the process is gone, or another one has got its id.
fn is_dead(pid: u32, socket: &Path) -> bool {
    if !process_exists(pid) {
        return true;
    }
    UnixStream::connect(socket).is_err_and(|error| error.kind() == io::ErrorKind::ConnectionRefused)
}
