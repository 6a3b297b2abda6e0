//! A running app, seen from outside: `runtime inspect` and its socket.

use std::{
    fs,
    io::{BufRead as _, BufReader, ErrorKind, Write as _},
    os::unix::net::UnixStream,
    path::PathBuf,
};

use serde_json::{Value, json};

use super::{Home, PATIENCE};

/// What `runtime inspect --json` says of a process.
#[track_caller]
pub(crate) fn inspect(home: &Home, pid: u32) -> Value {
    let finished = home
        .runtime(&["inspect", "--json", &pid.to_string()])
        .output()
        .unwrap();
    let error = String::from_utf8_lossy(&finished.stderr);
    assert!(finished.status.success(), "{error}");
    serde_json::from_slice(&finished.stdout).unwrap()
}

/// One actor of a snapshot.
#[track_caller]
pub(crate) fn actor(snapshot: &Value, name: &str) -> Value {
    let actors = snapshot["actors"].as_array().unwrap();
    let found = actors.iter().find(|actor| actor["name"] == name);
    found
        .unwrap_or_else(|| panic!("no actor '{name}': {snapshot}"))
        .clone()
}

/// Where a process is looked into.
pub(crate) fn socket_of(home: &Home, pid: u32) -> PathBuf {
    home.runtime_folder().join(format!("runtime/{pid}.sock"))
}

/// Sends bytes to the inspector, as a viewer with or without the token, and returns the line
/// that comes back.
pub(crate) fn talk(home: &Home, pid: u32, token: Option<&str>, bytes: &[u8]) -> String {
    let stream = UnixStream::connect(socket_of(home, pid)).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    let mut stream = BufReader::new(stream);
    let mut line = String::new();
    if let Some(token) = token {
        let hello = json!({ "hello": { "token": token, "viewer": "test", "control": true } });
        writeln!(stream.get_mut(), "{hello}").unwrap();
        stream.read_line(&mut line).unwrap();
        assert!(line.starts_with("{\"hello\":"), "{line}");
        line.clear();
    }
    // Whoever is refused before it has said all may find nobody listening any more.
    match stream.get_mut().write_all(bytes) {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => {}
        written => written.unwrap(),
    }
    stream.read_line(&mut line).unwrap();
    line
}

/// What lets a viewer in.
pub(crate) fn token_of(home: &Home, pid: u32) -> String {
    fs::read_to_string(socket_of(home, pid).with_extension("token")).unwrap()
}
