//! Speaks the inspector's protocol with one viewer, over any stream of bytes.

use std::{io, sync::Arc, time::Duration};

use serde_json::Value;
use tokio::{
    io::{
        AsyncBufReadExt as _, AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _,
        BufReader,
    },
    time::timeout,
};

use super::session::{Door, Session, Wanted, error};
use crate::{
    actors::kit::{Actor, Addr, AskError, Handler, Recipient},
    messages::inspector::{InspectError, Intervene, Look},
};

/// Who answers viewers.
#[derive(Clone)]
pub(super) struct Desk {
    door: Arc<Door>,
    look: Recipient<Look>,
    intervene: Recipient<Intervene>,
}

impl Desk {
    /// A desk behind a door, at which an inspector sits.
    pub(super) fn new<A>(door: Door, inspector: &Addr<A>) -> Self
    where
        A: Actor + Handler<Look> + Handler<Intervene>,
    {
        Self {
            door: Arc::new(door),
            look: inspector.recipient(),
            intervene: inspector.recipient(),
        }
    }

    /// Serves one viewer until either side hangs up.
    pub(super) async fn serve(
        &self,
        read: impl AsyncRead + Unpin,
        mut write: impl AsyncWrite + Unpin,
    ) -> io::Result<()> {
        let mut session = Session::new(self.door.clone());
        let mut lines = BufReader::new(read);
        let mut line = Vec::new();
        loop {
            line.clear();
            let mut limited = (&mut lines).take(REQUEST_BYTES_MAX);
            let read = limited.read_until(b'\n', &mut line);
            let length = if session.is_open() {
                read.await?
            } else {
                // Who does not say who it is takes the place of somebody else.
                timeout(HELLO_TIME_MAX, read).await??
            };
            if length == 0 {
                return Ok(());
            }
            let is_whole = line.ends_with(b"\n");
            let (answer, is_over) = self.answer(session.take(&line)).await;
            let mut answer = answer.to_string();
            answer.push('\n');
            write.write_all(answer.as_bytes()).await?;
            if is_over || !is_whole {
                return Ok(());
            }
        }
    }

    async fn answer(&self, wanted: Wanted) -> (Value, bool) {
        let answered = match wanted {
            Wanted::Answer(answer) => return (answer, false),
            Wanted::Leave(answer) => return (answer, true),
            Wanted::Look(look) => self.look.ask(look, ANSWER_TIME_MAX).await,
            Wanted::Intervene(order) => self.intervene.ask(order, ANSWER_TIME_MAX).await,
        };
        (words(answered), false)
    }
}

fn words(answered: Result<Result<Value, InspectError>, AskError>) -> Value {
    match answered {
        Ok(Ok(answer)) => answer,
        Ok(Err(refusal)) => error(&refusal.to_string()),
        Err(silence) => error(&silence.to_string()),
    }
}

/// Bytes of one line.
const REQUEST_BYTES_MAX: u64 = 64 << 10;
/// How long a viewer may take to say who it is.
const HELLO_TIME_MAX: Duration = Duration::from_secs(5);
const ANSWER_TIME_MAX: Duration = Duration::from_secs(5);
