//! A client of the control socket.

use std::{
    io::{BufRead, BufReader, Write},
    os::unix::net::UnixStream,
    time::Duration,
};

use serde_json::{Value, json};

use super::process::Peer;

pub(crate) struct Client {
    read: BufReader<UnixStream>,
    write: UnixStream,
    count: u64,
}

impl Client {
    pub(crate) fn of(peer: &Peer) -> Self {
        Self::on(UnixStream::connect(&peer.control).unwrap())
    }

    pub(crate) fn on(write: UnixStream) -> Self {
        write
            .set_read_timeout(Some(Duration::from_secs(40)))
            .unwrap();
        Self {
            read: BufReader::new(write.try_clone().unwrap()),
            write,
            count: 0,
        }
    }

    /// Asks and gives the answer, whatever it is.
    #[track_caller]
    pub(crate) fn ask(&mut self, mut request: Value) -> Value {
        self.count += 1;
        request["id"] = json!(self.count);
        self.send(&request.to_string());
        let answer = self.line();
        assert_eq!(answer["id"], self.count, "{answer}");
        answer
    }

    /// Asks for something that has to work.
    #[track_caller]
    pub(crate) fn ok(&mut self, request: Value) -> Value {
        let answer = self.ask(request);
        assert!(answer["error"].is_null(), "{answer}");
        answer["ok"].clone()
    }

    pub(crate) fn send(&mut self, line: &str) {
        self.write
            .write_all(format!("{line}\n").as_bytes())
            .unwrap();
    }

    /// The next line.
    #[track_caller]
    pub(crate) fn line(&mut self) -> Value {
        let mut line = String::new();
        self.read.read_line(&mut line).unwrap();
        serde_json::from_str(&line).unwrap_or_else(|error| panic!("{line:?}: {error}"))
    }

    /// Whether the peer has hung up.
    pub(crate) fn is_at_end(&mut self) -> bool {
        self.read.fill_buf().is_ok_and(<[u8]>::is_empty)
    }
}
