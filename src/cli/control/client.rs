//! One connection to a peer: requests and their answers, then events.

use std::{
    io::{self, BufRead as _, BufReader, Read as _, Write as _},
    os::unix::net::UnixStream,
    time::Duration,
};

use serde_json::Value;

use crate::{
    cli::{CliError, error::Explain as _},
    messages::control::{ControlError, Request},
};

/// Speaks to one peer.
pub(in crate::cli) struct Client {
    read: BufReader<UnixStream>,
    write: UnixStream,
}

impl Client {
    pub(super) fn new(stream: UnixStream) -> io::Result<Self> {
        stream.set_write_timeout(Some(ANSWER_WAIT))?;
        Ok(Self {
            write: stream.try_clone()?,
            read: BufReader::new(stream),
        })
    }

    /// Asks for one thing and waits for the answer.
    ///
    /// # Errors
    /// If the peer does not answer, or answers that it did not do it.
    pub(in crate::cli) fn ask(&mut self, request: &Request) -> Result<Value, CliError> {
        let mut line = serde_json::to_value(request)
            .map_err(|error| CliError::failure(format!("cannot write the request: {error}")))?;
        line["id"] = Value::from(1);
        self.send(&line).explain(|| "speak to the peer")?;
        self.set_wait(Some(ANSWER_WAIT))?;
        loop {
            let answer = self.next_line()?.ok_or_else(ended)?;
            if answer["id"] != 1 {
                continue;
            }
            self.set_wait(None)?;
            return match answer.get("error") {
                None => Ok(answer["ok"].clone()),
                Some(error) => Err(refused(error)),
            };
        }
    }

    /// Waits for the next event; none if the peer has ended.
    ///
    /// # Errors
    /// If what comes is no event.
    pub(in crate::cli) fn next_event(&mut self) -> Result<Option<Value>, CliError> {
        self.next_line()
    }

    fn send(&mut self, line: &Value) -> io::Result<()> {
        self.write.write_all(format!("{line}\n").as_bytes())
    }

    fn set_wait(&self, wait: Option<Duration>) -> Result<(), CliError> {
        let set = self.read.get_ref().set_read_timeout(wait);
        set.explain(|| "speak to the peer")
    }

    fn next_line(&mut self) -> Result<Option<Value>, CliError> {
        let mut line = Vec::new();
        let mut limited = (&mut self.read).take(LINE_BYTES_MAX);
        limited
            .read_until(b'\n', &mut line)
            .map_err(|error| match error.kind() {
                io::ErrorKind::WouldBlock => CliError::failure("the peer does not answer"),
                _ => CliError::failure(format!("the connection to the peer broke: {error}")),
            })?;
        if line.is_empty() {
            return Ok(None);
        }
        serde_json::from_slice(&line).map(Some).map_err(|error| {
            CliError::failure(format!("the peer sent a line that cannot be read: {error}"))
                .hint("it may have been started by another version of the runtime")
        })
    }
}

/// The peer's own account of why it did not do it.
fn refused(error: &Value) -> CliError {
    match serde_json::from_value::<ControlError>(error.clone()) {
        Ok(ControlError { kind, text }) => {
            let error = CliError::failure(text);
            match kind.as_str() {
                "NotConnected" => error.hint("`runtime info` lists the peers that are"),
                "NoCluster" => error.hint("name one with --cluster"),
                _ => error,
            }
        }
        Err(_) => CliError::failure(format!("the peer answered with an error: {error}")),
    }
}

fn ended() -> CliError {
    CliError::failure("the peer has ended")
}

/// How long a peer may take to answer: longer than it gives itself.
const ANSWER_WAIT: Duration = Duration::from_secs(70);
/// Bytes of one line: a list of messages may be long.
const LINE_BYTES_MAX: u64 = 256 << 20;
