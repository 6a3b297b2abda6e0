//! The inspector's Unix socket: one JSON object a line, in both directions.
//!
//! The socket has mode 0600 in a folder of mode 0700, a peer of another user is turned away,
//! and whoever comes must know the token in the file beside it, so only its owner can look
//! in. What is spoken is in `connection` and `session`.

use std::{
    fs, io,
    os::unix::fs::{DirBuilderExt as _, MetadataExt as _, PermissionsExt as _},
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use tokio::{
    net::{UnixListener, UnixStream},
    sync::Semaphore,
};

use super::{
    connection::Desk,
    session::{Access, Door},
    token::Token,
};
use crate::{
    actors::kit::{Actor, Addr, Handler, Lane, Spawner},
    messages::inspector::{Intervene, Look},
};

/// A served socket; its file and that of its token go away with it.
pub struct InspectorSocket(PathBuf);

impl InspectorSocket {
    /// Binds the socket of this process and serves it until the host stops. Viewers may do
    /// no more than `access` says.
    ///
    /// # Errors
    /// If the folder is not this user's alone, or the socket cannot be made.
    pub fn serve<A>(spawner: &Spawner, inspector: &Addr<A>, access: Access) -> io::Result<Self>
    where
        A: Actor + Handler<Look> + Handler<Intervene>,
    {
        Self::serve_in(&folder(), spawner, inspector, access)
    }

    /// The same in another folder, which is made this user's alone.
    ///
    /// # Errors
    /// As for [`serve`](Self::serve).
    pub fn serve_in<A>(
        folder: &Path,
        spawner: &Spawner,
        inspector: &Addr<A>,
        access: Access,
    ) -> io::Result<Self>
    where
        A: Actor + Handler<Look> + Handler<Intervene>,
    {
        make_private(folder)?;
        let path = folder.join(format!("{}.sock", std::process::id()));
        // A file left behind by a former process with our id.
        let _ = fs::remove_file(&path);
        // Before the socket: who finds the one must find the other.
        let token = Token::write(Token::path_beside(&path))?;
        let desk = Desk::new(Door::new(token, access), inspector);
        let listener = std::os::unix::net::UnixListener::bind(&path)?;
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600))?;
        listener.set_nonblocking(true)?;
        let task_spawner = spawner.clone();
        spawner.spawn(Lane::Inspector, async move {
            if let Ok(listener) = UnixListener::from_std(listener) {
                accept_all(&listener, &task_spawner, &desk).await;
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
        let _ = fs::remove_file(Token::path_beside(&self.0));
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

async fn accept_all(listener: &UnixListener, spawner: &Spawner, desk: &Desk) {
    let places = Arc::new(Semaphore::new(VIEWERS_MAX));
    while let Ok(place) = places.clone().acquire_owned().await {
        match listener.accept().await {
            Ok((stream, _)) if is_own_user(&stream) => {
                let desk = desk.clone();
                spawner.spawn(Lane::Inspector, async move {
                    let (read, write) = stream.into_split();
                    // A viewer that hangs up is no error.
                    let _ = desk.serve(read, write).await;
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

/// Viewers at once.
const VIEWERS_MAX: usize = 16;
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);
