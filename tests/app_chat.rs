//! `examples/chat`, used as people use it: two instances on one machine that find each other
//! through a local indexed peer, one that goes away, and what it reads when it comes back.
//!
//! With `CHAT_PICTURE` set, a picture of the end goes to that file; `./dev screenshots` sets it.
#![allow(clippy::unwrap_used, reason = "helpers of tests panic, too")]

mod support;

use std::{
    env, fs,
    path::{Path, PathBuf},
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::Value;
use support::{Built, IndexedPeer, Project, Session};

#[test]
fn who_comes_back_to_the_chat_reads_what_was_missed() {
    let server = IndexedPeer::start();
    let (for_ann, for_noor) = (build(&server), build(&server));
    let ann = Session::start_with(&for_ann, &person("Ann Baker"));
    let noor = Session::start_beside(&for_noor, &person("Noor"));
    here(&ann, "Noor");
    here(&noor, "Ann Baker");

    say(&ann, "The cabin is ours from Friday noon.");
    heard(&noor, "The cabin is ours from Friday noon.");
    ann.until("return document.querySelector('.state:last-child')?.textContent === 'Read by Noor'");
    say(
        &noor,
        "Wonderful! I can bring the big pot, and firewood for one evening.",
    );
    say(&noor, "Who has the key?");
    heard(&ann, "Who has the key?");

    noor.end();
    ann.until("return document.querySelector('#summary').textContent.startsWith('Nobody else')");
    say(
        &ann,
        "I have it. I will be there first and get the stove going.",
    );
    say(
        &ann,
        "Bring wool socks, the floor is cold until Saturday. The train is at 9:12, platform 4.",
    );
    ann.until(
        "return document.querySelector('.said:last-child .state')?.dataset.state === 'waiting'",
    );

    let noor = Session::start_beside(&for_noor, &[]);
    noor.until("return document.querySelector('.missed')?.textContent === 'While you were away: 2 messages'");
    let texts = noor.run("return [...document.querySelectorAll('.bubble')].map((each) => each.textContent.slice(0, 9))");
    let expected = [
        "The cabin",
        "Wonderful",
        "Who has t",
        "I have it",
        "Bring woo",
    ];
    assert_eq!(texts, Value::from_iter(expected));
    ann.until("return document.querySelector('.said:last-child .state')?.dataset.state === 'seen'");

    here(&ann, "Noor");
    here(&noor, "Ann Baker");
    ann.keys("#text", "See you");
    noor.until(
        "const typing = document.querySelector('#typing')
         return typing.textContent === 'Ann Baker is typing' && typing.dataset.shown === 'true' && typing.getAnimations().length === 0",
    );
    if let Ok(path) = env::var("CHAT_PICTURE") {
        fs::write(path, STANDARD.decode(noor.picture()).unwrap()).unwrap();
    }
    say(&noor, "On my way");
    heard(&ann, "On my way");
    ann.keys("#text", " on the platform\u{e007}");
    heard(&noor, "See you on the platform");
}

#[test]
fn the_first_start_asks_for_a_name_and_a_room() {
    let server = IndexedPeer::start();
    let built = build(&server);
    let session = Session::start(&built);
    session.until("return document.querySelector('#welcome').open");
    let secret = session.run("return document.querySelector('#secret').value");
    session.click("#roll");
    assert_ne!(
        session.run("return document.querySelector('#secret').value"),
        secret
    );
    session.keys("#name", "Tomás\u{e007}");
    session.until("return !document.querySelector('#welcome').open");
    session.until("return document.querySelector('.person .name')?.textContent === 'Tomás'");
    session.until("return document.querySelector('#net').dataset.state === 'here'");
    say(&session, "<b>not</b> markup");
    session.until("return document.querySelector('.bubble')?.textContent === '<b>not</b> markup'");
    session.run("document.activeElement.blur()");
    session.keys("body", "\u{e009}/");
    session.until("return document.querySelector('#keys').open");
}

#[test]
fn a_narrow_window_with_a_long_history_has_room_for_everything() {
    let server = IndexedPeer::start();
    let built = build(&server);
    let session = Session::start_with(&built, &person("Ann Baker"));
    say(&session, "The first of many");
    session.end();
    let history = file_of(built.home.path(), "room-").unwrap();
    let line = fs::read_to_string(&history).unwrap();
    let mut said: Value = serde_json::from_str(line.trim()).unwrap();
    let mut lines = line;
    for number in 1..500 {
        said["id"] = format!("{number:064x}").into();
        said["clock"] = (1_000 + number).into();
        said["text"] = format!("{number} {}", "word".repeat(number % 40)).into();
        lines += &format!("{said}\n");
    }
    fs::write(history, lines).unwrap();
    let session = Session::start_beside(&built, &[]);
    session.until("return document.querySelectorAll('.said').length === 500");
    session.rect(320, 420);
    session.until("return innerWidth === 320");
    let fits = "return document.documentElement.scrollWidth <= 320 && document.querySelector('#scroll').scrollWidth <= 320";
    assert_eq!(session.run(fits), true);
    let at_end = "const { scrollTop, scrollHeight, clientHeight } = document.querySelector('#scroll'); return scrollHeight - scrollTop - clientHeight < 2";
    session.until(at_end);
    say(&session, "The last of many");
    session.until(at_end);
    session.click("[data-do='/']");
    session.until("return document.querySelector('#keys').open");
}

/// A file whose name begins so, wherever it is in a folder.
fn file_of(folder: &Path, name: &str) -> Option<PathBuf> {
    let entries = fs::read_dir(folder).ok()?.flatten();
    entries.map(|entry| entry.path()).find_map(|path| {
        let is_it = path.file_name()?.to_str()?.starts_with(name);
        if is_it {
            Some(path)
        } else {
            file_of(&path, name)
        }
    })
}

#[track_caller]
fn say(session: &Session, text: &str) {
    session.keys("#text", &format!("{text}\u{e007}"));
    heard(session, text);
}

/// Waits until a person sees another in the room.
#[track_caller]
fn here(session: &Session, name: &str) {
    session.until(&format!(
        "return document.querySelector('#summary').textContent === 'You and {name} are here'"
    ));
}

#[track_caller]
fn heard(session: &Session, text: &str) {
    session.until(&format!(
        "return [...document.querySelectorAll('.said[data-pending=false] .bubble')].some((each) => each.textContent === {})",
        Value::from(text)
    ));
}

fn person(name: &str) -> [(&str, &str); 2] {
    [
        ("CHAT_NAME", name),
        ("CHAT_ROOM", "willow-otter-quartz-lantern-moss"),
    ]
}

/// The chat for one person, with a home of its own.
fn build(server: &IndexedPeer) -> Built {
    let project = Project::example("chat");
    let ini = fs::read_to_string(project.folder.join("socket.ini")).unwrap();
    let ini = ini.replace("127.0.0.1:9777", &server.address());
    project.file("socket.ini", &ini).build()
}
