//! The control socket of a peer: one JSON object a line, in both directions.
//!
//! A client's requests are obeyed as they come, several at a time; each answer carries the
//! request's number. Events follow on the same connection once they were asked for. The
//! socket lies beside those of inspectors, under the same rules: this user only.

use std::{
    fs, io,
    os::unix::{fs::PermissionsExt as _, net},
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader},
    net::{
        UnixListener, UnixStream,
        unix::{OwnedReadHalf, OwnedWriteHalf},
    },
    sync::Semaphore,
};

use super::{desk::Desk, feed::Feed, request::Line};
use crate::{
    actors::{
        inspector::socket::{folder, is_own_user, make_private},
        kit::{AskError, Lane, Recipient, Spawner},
    },
    messages::control::{ClientGone, ControlError, ObeyRequest, Request},
};

/// A bound control socket; its file goes away with it.
pub struct ControlSocket {
    path: PathBuf,
    listener: Option<net::UnixListener>,
}

/// Whom connections speak to.
#[derive(Clone)]
pub(super) struct Outlets {
    pub(super) control: Recipient<ObeyRequest>,
    pub(super) gone: Recipient<ClientGone>,
}

/// Why there is no control socket.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SocketError {
    /// The name is in use.
    #[error("a peer called '{name}' is running already")]
    NameTaken {
        /// Which name.
        name: String,
    },
    /// The system refused.
    #[error("cannot make the control socket '{}': {source}", path.display())]
    Refused {
        /// Where it was to be.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

impl ControlSocket {
    /// Binds the socket of the peer called `name`.
    ///
    /// # Errors
    /// If another peer has that name, or the system refuses.
    pub fn bind(name: &str) -> Result<Self, SocketError> {
        let path = path_of(name);
        match bind_private(&path) {
            Ok(listener) => Ok(Self {
                path,
                listener: Some(listener),
            }),
            Err(error) if error.kind() == io::ErrorKind::AddrInUse => Err(SocketError::NameTaken {
                name: name.to_owned(),
            }),
            Err(source) => Err(SocketError::Refused { path, source }),
        }
    }

    /// Serves it until the host stops.
    pub(super) fn serve(&mut self, spawner: &Spawner, desk: Desk, outlets: Outlets) {
        let Some(listener) = self.listener.take() else {
            return;
        };
        let task_spawner = spawner.clone();
        spawner.spawn(Lane::Inspector, async move {
            if let Ok(listener) = UnixListener::from_std(listener) {
                accept_all(&listener, &task_spawner, &desk, &outlets).await;
            }
        });
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for ControlSocket {
    fn drop(&mut self) {
        // Somebody may have cleaned up already.
        let _ = fs::remove_file(&self.path);
    }
}

/// Where the control socket of the peer called `name` is.
#[must_use]
pub fn path_of(name: &str) -> PathBuf {
    folder().join(format!("peer-{name}.sock"))
}

/// Binds a socket that only this user may open, in place of one that nobody listens on.
fn bind_private(path: &Path) -> io::Result<net::UnixListener> {
    make_private(&folder())?;
    let listener = match net::UnixListener::bind(path) {
        Err(error) if error.kind() == io::ErrorKind::AddrInUse && is_abandoned(path) => {
            fs::remove_file(path)?;
            net::UnixListener::bind(path)?
        }
        bound => bound?,
    };
    fs::set_permissions(path, fs::Permissions::from_mode(0o600))?;
    listener.set_nonblocking(true)?;
    Ok(listener)
}

/// Whether the process that made the socket is gone, as after `kill -9`.
fn is_abandoned(path: &Path) -> bool {
    net::UnixStream::connect(path)
        .is_err_and(|error| error.kind() == io::ErrorKind::ConnectionRefused)
}

async fn accept_all(listener: &UnixListener, spawner: &Spawner, desk: &Desk, outlets: &Outlets) {
    let places = Arc::new(Semaphore::new(CLIENTS_MAX));
    while let Ok(place) = places.clone().acquire_owned().await {
        match listener.accept().await {
            Ok((stream, _)) if is_own_user(&stream) => {
                let connection = Connection::open(desk, outlets.clone());
                let task_spawner = spawner.clone();
                spawner.spawn(Lane::Inspector, async move {
                    connection.serve(stream, &task_spawner).await;
                    drop(place);
                });
            }
            Ok(_) => {}
            // Out of descriptors, most likely: wait until some are closed.
            Err(_) => tokio::time::sleep(ACCEPT_PAUSE).await,
        }
    }
}

/// One client.
struct Connection {
    client: u64,
    feed: Feed,
    outlets: Outlets,
    /// Places for requests whose answer is not on its way yet.
    places: Arc<Semaphore>,
}

impl Connection {
    fn open(desk: &Desk, outlets: Outlets) -> Self {
        let feed = Feed::default();
        Self {
            client: desk.add_client(feed.clone(), false),
            feed,
            outlets,
            places: Arc::new(Semaphore::new(REQUESTS_MAX)),
        }
    }

    /// Serves the client until either side hangs up.
    async fn serve(self, stream: UnixStream, spawner: &Spawner) {
        let (read, write) = stream.into_split();
        tokio::select! {
            () = self.read_all(read, spawner) => {}
            // A client that hangs up is no error.
            _ = write_all(write, &self.feed) => {}
        }
        // Refused only when the peer is ending.
        let _ = self.outlets.gone.tell(ClientGone {
            client: self.client,
        });
    }

    /// Reads requests; ends never by itself, but closes the feed when all is answered.
    async fn read_all(&self, read: OwnedReadHalf, spawner: &Spawner) {
        let mut lines = BufReader::new(read);
        let mut line = Vec::new();
        loop {
            line.clear();
            let mut limited = (&mut lines).take(REQUEST_BYTES_MAX);
            let length = limited.read_until(b'\n', &mut line).await.unwrap_or(0);
            if length == 0 || !self.take(&line, spawner).await {
                break;
            }
        }
        // What was asked before the client stopped asking is still answered.
        let all = u32::try_from(REQUESTS_MAX).unwrap_or(u32::MAX);
        let _all_answered = self.places.acquire_many(all).await;
        self.feed.close();
        std::future::pending().await
    }

    /// Has one line obeyed; false if nothing can be read after it.
    async fn take(&self, line: &[u8], spawner: &Spawner) -> bool {
        if line.trim_ascii().is_empty() {
            return true;
        }
        let Ok(place) = self.places.clone().acquire_owned().await else {
            return false;
        };
        let Line { id, request } = Line::parse(line);
        let is_whole = line.ends_with(b"\n") || line.len() as u64 != REQUEST_BYTES_MAX;
        let request = if is_whole { request } else { Err(too_long()) };
        let (feed, outlets, client) = (self.feed.clone(), self.outlets.clone(), self.client);
        // The answer comes before the events that it brings about.
        let brings_events = matches!(request, Ok(Request::Subscribe(_) | Request::Watch {}));
        if brings_events {
            feed.hold();
        }
        spawner.spawn(Lane::Inspector, async move {
            let outcome = match request {
                Ok(request) => obey(&outlets, client, request).await,
                Err(error) => Err(error),
            };
            feed.push_answer(answer(&id, outcome), place);
            if brings_events {
                feed.release();
            }
        });
        is_whole
    }
}

async fn obey(outlets: &Outlets, client: u64, request: Request) -> Result<Value, ControlError> {
    let asked = outlets
        .control
        .ask(ObeyRequest { client, request }, REQUEST_DEADLINE);
    asked.await.unwrap_or_else(|error| Err(unanswered(&error)))
}

async fn write_all(mut write: OwnedWriteHalf, feed: &Feed) -> io::Result<()> {
    while let Some(line) = feed.next().await {
        write.write_all(line.as_bytes()).await?;
        write.write_all(b"\n").await?;
    }
    write.shutdown().await
}

/// The line that answers a request.
fn answer(id: &Value, outcome: Result<Value, ControlError>) -> Arc<str> {
    let line = match outcome {
        Ok(value) => json!({ "id": id, "ok": value }),
        Err(error) => json!({ "id": id, "error": error }),
    };
    line.to_string().into()
}

/// The peer itself does not answer.
pub(super) fn unanswered(error: &AskError) -> ControlError {
    let kind = match error {
        AskError::Full => "Busy",
        AskError::Stopped => "Stopped",
        AskError::Deadline { .. } => "Deadline",
        _ => "Crashed",
    };
    ControlError {
        kind: kind.to_owned(),
        text: error.to_string(),
    }
}

fn too_long() -> ControlError {
    ControlError {
        kind: "TooLong".to_owned(),
        text: format!("a line has at most {REQUEST_BYTES_MAX} bytes"),
    }
}

/// Clients at once.
const CLIENTS_MAX: usize = 64;
/// Requests of one client whose answers are not on their way yet; further ones wait unread.
const REQUESTS_MAX: usize = 64;
/// Bytes of one line: a message of 1 MiB, even if its every byte is escaped.
const REQUEST_BYTES_MAX: u64 = 8 << 20;
/// How long a request may take, a write to a slow disk included.
const REQUEST_DEADLINE: Duration = Duration::from_secs(60);
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);
