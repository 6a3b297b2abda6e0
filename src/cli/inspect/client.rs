//! One session with the inspector of a running app.

use std::{
    fmt, fs,
    io::{self, BufRead as _, BufReader, Read as _, Write as _},
    os::unix::net::UnixStream,
    path::Path,
    time::Duration,
};

use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::{
    cli::CliError,
    messages::inspector::{Action, Control, Hello, Request, Welcome},
};

/// A session that is open.
pub(super) struct Client {
    stream: BufReader<UnixStream>,
    /// Whether it may change anything.
    pub(super) has_control: bool,
}

/// Why an inspector gave no answer that is of use.
#[derive(Debug)]
pub(super) enum Trouble {
    /// It does not answer, or hung up.
    Silent(io::Error),
    /// It said no.
    Refused(String),
    /// It sent something else.
    Garbled(String),
}

impl Client {
    /// Opens a session as `viewer`, which may change things if it `wants_control` and the app
    /// was started so.
    pub(super) fn open(socket: &Path, viewer: &str, wants_control: bool) -> Result<Self, Trouble> {
        let stream = UnixStream::connect(socket)?;
        stream.set_read_timeout(Some(ANSWER_TIME_MAX))?;
        stream.set_write_timeout(Some(ANSWER_TIME_MAX))?;
        let mut client = Self {
            stream: BufReader::new(stream),
            has_control: false,
        };
        let hello = Hello {
            // An app of an older version has none, and says what it thinks of that.
            token: fs::read_to_string(socket.with_extension("token")).unwrap_or_default(),
            viewer: viewer.to_owned(),
            control: wants_control,
        };
        let mut answer: Value = client.say(&json!({ "hello": hello }))?;
        let welcome = serde_json::from_value::<Welcome>(answer["hello"].take());
        client.has_control = welcome.map_err(garbled)?.control;
        Ok(client)
    }

    /// Asks for something to look at.
    pub(super) fn ask<T: DeserializeOwned>(&mut self, request: &Request) -> Result<T, Trouble> {
        self.say(&json!(request))
    }

    /// The same, as the line that comes back.
    pub(super) fn ask_line(&mut self, request: &Request) -> Result<String, Trouble> {
        let line = self.exchange(&json!(request))?;
        match refusal(&line) {
            Some(text) => Err(Trouble::Refused(text)),
            None => Ok(line),
        }
    }

    /// Has something done to an actor.
    pub(super) fn order(&mut self, actor: &str, action: Action) -> Result<(), Trouble> {
        let mut line = json!(Control {
            actor: actor.to_owned(),
            action,
        });
        line["request"] = "control".into();
        self.say::<Value>(&line).map(|_| ())
    }

    fn say<T: DeserializeOwned>(&mut self, line: &Value) -> Result<T, Trouble> {
        let answer = self.exchange(line)?;
        if let Some(text) = refusal(&answer) {
            return Err(Trouble::Refused(text));
        }
        serde_json::from_str(&answer).map_err(garbled)
    }

    fn exchange(&mut self, line: &Value) -> Result<String, Trouble> {
        writeln!(self.stream.get_mut(), "{line}")?;
        let mut answer = String::new();
        let mut limited = (&mut self.stream).take(ANSWER_BYTES_MAX);
        if limited.read_line(&mut answer)? == 0 {
            let text = "it closed the connection";
            return Err(io::Error::new(io::ErrorKind::UnexpectedEof, text).into());
        }
        Ok(answer.trim_end().to_owned())
    }
}

fn refusal(answer: &str) -> Option<String> {
    // What is long is no refusal; it is not worth a look.
    let short = answer
        .get(..REFUSAL_BYTES_MAX)
        .is_none()
        .then_some(answer)?;
    let value: Value = serde_json::from_str(short).ok()?;
    Some(value.get("error")?.as_str()?.to_owned())
}

fn garbled(error: serde_json::Error) -> Trouble {
    Trouble::Garbled(error.to_string())
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Silent(error) => write!(f, "the app's inspector does not answer: {error}"),
            Self::Refused(text) => write!(f, "the app's inspector refuses: {text}"),
            Self::Garbled(error) => write!(f, "the app's inspector sent no snapshot: {error}"),
        }
    }
}

impl From<io::Error> for Trouble {
    fn from(error: io::Error) -> Self {
        Self::Silent(error)
    }
}

impl From<Trouble> for CliError {
    fn from(trouble: Trouble) -> Self {
        let error = CliError::failure(trouble.to_string());
        match &trouble {
            Trouble::Refused(text) if text == "read-only" => error
                .hint("`runtime run --control`, `peer --control` and `sim --control` let viewers change things"),
            Trouble::Garbled(_) => {
                error.hint("the app may have been built by another version of the runtime")
            }
            _ => error,
        }
    }
}

/// How long an app may take to answer.
const ANSWER_TIME_MAX: Duration = Duration::from_secs(6);
/// Longest answer that is read.
const ANSWER_BYTES_MAX: u64 = 64 << 20;
/// Longest answer that can be a refusal.
const REFUSAL_BYTES_MAX: usize = 4096;
