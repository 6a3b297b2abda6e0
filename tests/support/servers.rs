//! A tiny HTTP server on this machine, as a development server or a stranger's site.

use std::{
    collections::BTreeMap,
    io::{BufRead as _, BufReader, Write as _},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
};

/// Serves a few texts by path.
pub(crate) struct FileServer {
    /// Where it listens, on 127.0.0.1.
    pub(crate) port: u16,
    files: Arc<Mutex<BTreeMap<String, HttpAnswer>>>,
}

/// A text and its media type.
#[derive(Clone, Debug)]
pub(crate) struct HttpAnswer(pub &'static str, pub String);

impl FileServer {
    /// Starts it; it ends with the test.
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let files = Arc::new(Mutex::new(BTreeMap::new()));
        let served = files.clone();
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let served = served.clone();
                // A visitor that hangs up is no error.
                thread::spawn(move || answer(stream, &served));
            }
        });
        Self { port, files }
    }

    /// Adds a file.
    pub(crate) fn serve(self, path: &str, media_type: &'static str, text: &str) -> Self {
        let answer = HttpAnswer(media_type, text.to_owned());
        self.files.lock().unwrap().insert(path.to_owned(), answer);
        self
    }
}

fn answer(
    mut stream: TcpStream,
    files: &Mutex<BTreeMap<String, HttpAnswer>>,
) -> std::io::Result<()> {
    let mut lines = BufReader::new(stream.try_clone()?).lines();
    let request = lines.next().transpose()?.unwrap_or_default();
    while lines
        .next()
        .transpose()?
        .is_some_and(|line| !line.is_empty())
    {}
    let path = request.split(' ').nth(1).unwrap_or("/");
    let found = files.lock().unwrap().get(path).cloned();
    let (status, HttpAnswer(media_type, text)) = match found {
        Some(found) => ("200 OK", found),
        None => ("404 Not Found", HttpAnswer("text/plain", String::new())),
    };
    write!(
        stream,
        "HTTP/1.1 {status}\r\ncontent-type: {media_type}\r\ncontent-length: {}\r\n\
         connection: close\r\n\r\n{text}",
        text.len()
    )
}
