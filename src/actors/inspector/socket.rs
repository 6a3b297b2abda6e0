//! The inspector's Unix socket: one JSON object a line, in both directions.
//!
//! `{"request":"snapshot"}` is answered by a [`Snapshot`]; anything else by
//! `{"error": …}`. The socket has mode 0600 in a folder of mode 0700, and a peer of
//! another user is turned away, so only its owner can look in.
//!
//! [`Snapshot`]: crate::messages::inspector::Snapshot

use std::{
    fs, io,
    os::unix::fs::{DirBuilderExt as _, MetadataExt as _, PermissionsExt as _},
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader},
    net::{UnixListener, UnixStream},
    sync::Semaphore,
};

use crate::{
    actors::kit::{Lane, Recipient, Spawner},
    messages::inspector::TakeSnapshot,
};

/// A served socket; its file goes away with it.
pub struct InspectorSocket(PathBuf);

impl InspectorSocket {
    /// Binds the socket of this process and serves it until the host stops.
    ///
    /// # Errors
    /// If the folder is not this user's alone, or the socket cannot be made.
    pub fn serve(spawner: &Spawner, inspector: Recipient<TakeSnapshot>) -> io::Result<Self> {
        let folder = folder();
        make_private(&folder)?;
        let path = folder.join(format!("{}.sock", std::process::id()));
        // A file left behind by a former process with our id.
        let _ = fs::remove_file(&path);
        let listener = std::os::unix::net::UnixListener::bind(&path)?;
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600))?;
        listener.set_nonblocking(true)?;
        let task_spawner = spawner.clone();
        spawner.spawn(Lane::Inspector, async move {
            if let Ok(listener) = UnixListener::from_std(listener) {
                accept_all(&listener, &task_spawner, &inspector).await;
            }
        });
        Ok(Self(path))
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for InspectorSocket {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

/// The folder of all inspector sockets of this user.
#[must_use]
pub fn folder() -> PathBuf {
    match std::env::var_os("XDG_RUNTIME_DIR") {
        Some(folder) if !folder.is_empty() => PathBuf::from(folder).join("runtime"),
        _ => PathBuf::from(format!(
            "/tmp/runtime-{}",
            rustix::process::getuid().as_raw()
        )),
    }
}

/// Makes the folder with mode 0700, and refuses one that belongs to somebody else: in
/// `/tmp` anybody could have made it first.
pub(crate) fn make_private(folder: &Path) -> io::Result<()> {
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)?;
    let found = fs::symlink_metadata(folder)?;
    if !found.is_dir() || found.uid() != rustix::process::getuid().as_raw() {
        let text = format!("'{}' does not belong to this user", folder.display());
        return Err(io::Error::new(io::ErrorKind::PermissionDenied, text));
    }
    fs::set_permissions(folder, fs::Permissions::from_mode(0o700))
}

async fn accept_all(
    listener: &UnixListener,
    spawner: &Spawner,
    inspector: &Recipient<TakeSnapshot>,
) {
    let places = Arc::new(Semaphore::new(VIEWERS_MAX));
    while let Ok(place) = places.clone().acquire_owned().await {
        match listener.accept().await {
            Ok((stream, _)) if is_own_user(&stream) => {
                let inspector = inspector.clone();
                spawner.spawn(Lane::Inspector, async move {
                    // A viewer that hangs up is no error.
                    let _ = serve_viewer(stream, &inspector).await;
                    drop(place);
                });
            }
            Ok(_) => {}
            // Out of descriptors, most likely: wait until some are closed.
            Err(_) => tokio::time::sleep(ACCEPT_PAUSE).await,
        }
    }
}

pub(crate) fn is_own_user(stream: &UnixStream) -> bool {
    let own = rustix::process::getuid().as_raw();
    stream
        .peer_cred()
        .is_ok_and(|peer| peer.uid() == own || peer.uid() == 0)
}

async fn serve_viewer(stream: UnixStream, inspector: &Recipient<TakeSnapshot>) -> io::Result<()> {
    let (read, mut write) = stream.into_split();
    let mut lines = BufReader::new(read);
    loop {
        let mut line = Vec::new();
        let limit = (&mut lines)
            .take(REQUEST_BYTES_MAX)
            .read_until(b'\n', &mut line)
            .await?;
        if limit == 0 {
            return Ok(());
        }
        let mut answer = answer(&line, inspector).await.to_string();
        answer.push('\n');
        write.write_all(answer.as_bytes()).await?;
        if !line.ends_with(b"\n") {
            return Ok(());
        }
    }
}

async fn answer(line: &[u8], inspector: &Recipient<TakeSnapshot>) -> Value {
    let request = serde_json::from_slice::<Value>(line);
    let request = request
        .as_ref()
        .ok()
        .and_then(|request| request.get("request")?.as_str());
    match request {
        Some("snapshot") => match inspector.ask(TakeSnapshot, SNAPSHOT_DEADLINE).await {
            Ok(snapshot) => json!(snapshot),
            Err(error) => json!({ "error": error.to_string() }),
        },
        Some(other) => json!({ "error": format!("unknown request '{other}'") }),
        None => json!({ "error": "a line must be an object such as {\"request\":\"snapshot\"}" }),
    }
}

/// Viewers at once.
const VIEWERS_MAX: usize = 16;
/// Bytes of one request line.
const REQUEST_BYTES_MAX: u64 = 64 << 10;
const SNAPSHOT_DEADLINE: Duration = Duration::from_secs(5);
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);
