//! Finds the inspector sockets of running apps and talks to them.
//!
//! A socket lies at `$XDG_RUNTIME_DIR/runtime/<pid>.sock` or, without such a folder, at
//! `/tmp/runtime-<uid>/<pid>.sock`. One request is a line, its answer is a line.
//!
//! Invariant: the folder is looked into only if it belongs to this user and nobody else
//! may write to it.

use std::{
    env, fs,
    io::{self, BufRead, BufReader, Read, Write},
    os::unix::{
        fs::{MetadataExt, PermissionsExt},
        net::UnixStream,
    },
    path::{Path, PathBuf},
    time::Duration,
};

use super::ask;
use crate::cli::{CliError, process_exists};
use crate::messages::inspector::Snapshot;

/// How long an app may take to answer.
const ANSWER_WAIT: Duration = Duration::from_secs(2);

/// Longest answer that is read.
const ANSWER_BYTES_MAX: u64 = 64 << 20;

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

/// All apps of this user that answer, by process id; sockets of dead ones are removed.
pub(super) fn running() -> Result<Vec<App>, CliError> {
    let mut apps = Vec::new();
    let mut silent = None;
    for (pid, socket) in sockets() {
        match ask(&socket) {
            Ok((snapshot, text)) => apps.push(App {
                pid,
                socket,
                snapshot,
                text,
            }),
            Err(error) => silent = Some(error),
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

/// Asks for a snapshot and returns the line that comes back.
pub(super) fn request(socket: &Path) -> io::Result<String> {
    let mut stream = UnixStream::connect(socket)?;
    stream.set_read_timeout(Some(ANSWER_WAIT))?;
    stream.set_write_timeout(Some(ANSWER_WAIT))?;
    stream.write_all(b"{\"request\":\"snapshot\"}\n")?;
    let mut line = String::new();
    BufReader::new(stream.take(ANSWER_BYTES_MAX)).read_line(&mut line)?;
    if line.is_empty() {
        return Err(io::Error::new(
            io::ErrorKind::UnexpectedEof,
            "it closed the connection",
        ));
    }
    Ok(line)
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
            // Somebody else may have removed it already.
            let _ = fs::remove_file(&path);
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
