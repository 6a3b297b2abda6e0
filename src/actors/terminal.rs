//! Writes what pages and back ends print to the standard streams.
//!
//! Started by the app on a lane of its own, since a terminal may block; restarted by the
//! supervisor. It decides nothing. When the reader is gone it drops the text.

use std::io;

use super::kit::{Actor, Context, Handler, Reply};
use crate::messages::terminal::{Print, Stream};

/// The standard streams of this process.
pub struct Terminal;

impl Actor for Terminal {
    const KIND: &'static str = "terminal";
}

impl Handler<Print> for Terminal {
    fn handle(&mut self, print: Print, reply: Reply<()>, _ctx: &mut Context<Self>) {
        // An app goes on when its terminal is closed, so a failed write is no error here.
        let _ = match print.stream {
            Stream::Out => write(io::stdout().lock(), &print.text),
            Stream::Err => write(io::stderr().lock(), &print.text),
        };
        reply.send(());
    }
}

fn write(mut stream: impl io::Write, text: &str) -> io::Result<()> {
    stream.write_all(text.as_bytes())?;
    stream.flush()
}
