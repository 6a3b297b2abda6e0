//! The control sockets of this user's peers, and the choice among them.
//!
//! They lie beside those of inspectors, as `peer-NAME.sock`, under the same rules.

use std::{
    fs, io,
    os::unix::net::UnixStream,
    path::{Path, PathBuf},
};

use super::Client;
use crate::cli::{
    CliError,
    error::Explain as _,
    inspect::{folder, is_private},
};

/// Connects to the peer called `wanted`, or to the only one there is.
pub(super) fn connect(wanted: Option<&str>) -> Result<Client, CliError> {
    let mut peers = running();
    if let Some(wanted) = wanted {
        let others = list(&peers);
        peers.retain(|peer| peer.name == wanted);
        if peers.is_empty() {
            let error = CliError::failure(format!("no peer called '{wanted}' is running"));
            return Err(hinted(error, others));
        }
    }
    match peers.len() {
        0 => Err(CliError::failure("no peer is running").hint("`runtime peer` starts one")),
        1 => {
            let Peer { name, stream } = peers.swap_remove(0);
            Client::new(stream).explain(|| format!("speak to peer '{name}'"))
        }
        count => {
            let error = CliError::usage(format!("{count} peers are running; which one?"));
            Err(hinted(error, list(&peers)))
        }
    }
}

/// A peer that accepts connections.
struct Peer {
    name: String,
    stream: UnixStream,
}

/// All peers of this user, by name; sockets of dead ones are removed.
fn running() -> Vec<Peer> {
    let folder = folder();
    let entries = fs::read_dir(&folder).ok().filter(|_| is_private(&folder));
    let mut peers = Vec::new();
    for path in entries
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path())
    {
        let Some(name) = name_of(&path) else {
            continue;
        };
        match UnixStream::connect(&path) {
            Ok(stream) => peers.push(Peer { name, stream }),
            Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => {
                // Somebody else may have removed it already.
                let _ = fs::remove_file(PathBuf::from(&path));
            }
            Err(_) => {}
        }
    }
    peers.sort_by(|a, b| a.name.cmp(&b.name));
    peers
}

fn name_of(socket: &Path) -> Option<String> {
    let is_socket = socket.extension()? == "sock";
    let name = socket.file_stem()?.to_str()?.strip_prefix("peer-")?;
    is_socket.then(|| name.to_owned())
}

/// How to reach each peer.
fn list(peers: &[Peer]) -> Vec<String> {
    let hint = |peer: &Peer| format!("`--peer {}` is running", peer.name);
    peers.iter().map(hint).collect()
}

fn hinted(error: CliError, hints: Vec<String>) -> CliError {
    hints
        .into_iter()
        .fold(error, |error, line| error.hint(line))
}
