//! Watches.

use std::fs;

use socket_runtime::{
    actors::files::WATCHES_MAX,
    messages::files::{ChangeKind, CloseHandlesOf, FileChanged, HandleId, StopWatch, WatchPath},
};

use crate::bench::{Bench, WINDOW};

fn watch(path: &str, is_recursive: bool) -> WatchPath {
    WatchPath {
        owner: WINDOW,
        path: path.to_owned(),
        is_recursive,
    }
}

/// Waits until a change of this name is told; others may come before.
#[track_caller]
fn expect(bench: &Bench, kind: ChangeKind, filename: &str) -> FileChanged {
    loop {
        let change = bench.next_change();
        if (change.kind, change.filename.as_str()) == (kind, filename) {
            return change;
        }
    }
}

#[test]
fn names_that_come_and_content_that_changes_are_told() {
    let bench = Bench::new();
    let id = bench.ask(watch(".", false)).unwrap();
    bench.put("f", "");
    let made = expect(&bench, ChangeKind::Rename, "f");
    assert_eq!((made.owner, made.watch), (WINDOW, id));
    assert!(made.path.ends_with("/f"), "{}", made.path);
    bench.put("f", "content");
    expect(&bench, ChangeKind::Change, "f");
    fs::rename(bench.path("f"), bench.path("g")).unwrap();
    expect(&bench, ChangeKind::Rename, "f");
    expect(&bench, ChangeKind::Rename, "g");
    fs::remove_file(bench.path("g")).unwrap();
    expect(&bench, ChangeKind::Rename, "g");
}

#[test]
fn equal_changes_of_one_moment_are_told_as_one() {
    let bench = Bench::new();
    bench.put("f", "");
    bench.ask(watch("f", false)).unwrap();
    for _ in 0..2000 {
        bench.put("f", "content");
    }
    expect(&bench, ChangeKind::Change, "f");
    let rest = bench.stop();
    assert!(rest.len() < 1000, "{} changes were told", rest.len());
}

#[test]
fn a_recursive_watch_sees_what_happens_below() {
    let bench = Bench::new();
    fs::create_dir(bench.path("d")).unwrap();
    bench.ask(watch(".", true)).unwrap();
    bench.put("d/f", "");
    expect(&bench, ChangeKind::Rename, "d/f");
}

#[test]
fn a_watch_ends_when_it_is_told_to_or_its_page_is_gone() {
    let bench = Bench::new();
    let stopped = bench.ask(watch(".", false)).unwrap();
    let gone = bench
        .ask(WatchPath {
            owner: 7,
            ..watch(".", false)
        })
        .unwrap();
    let kept = bench.ask(watch(".", false)).unwrap();
    let stop = |owner, id| StopWatch { owner, id };
    bench.refuse(stop(WINDOW, gone), "EBADF: bad file descriptor, watch");
    bench.ask(stop(WINDOW, stopped)).unwrap();
    bench.refuse(stop(WINDOW, stopped), "EBADF: bad file descriptor, watch");
    bench.ask(CloseHandlesOf { owner: 7 });
    bench.put("f", "");
    assert_eq!(expect(&bench, ChangeKind::Rename, "f").watch, kept);
    assert!(bench.stop().iter().all(|change| change.watch == kept));
}

#[test]
fn only_what_is_there_can_be_watched() {
    let bench = Bench::new();
    bench.refuse(
        watch("gone", false),
        "ENOENT: no such file or directory, watch 'gone'",
    );
}

#[test]
fn watches_are_bounded() {
    let bench = Bench::new();
    let watches: Result<Vec<HandleId>, _> = (0..=WATCHES_MAX)
        .map(|_| bench.ask(watch(".", false)))
        .collect();
    // The system may allow fewer than we do; it says so with the same error.
    let error = watches.unwrap_err().to_string();
    assert_eq!(error, "EMFILE: too many open files, watch '.'");
}
