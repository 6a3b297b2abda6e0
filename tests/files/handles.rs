//! Opened files: reading, writing, who may use them, and when they are closed.

use std::{
    fs,
    os::unix::fs::{MetadataExt as _, PermissionsExt as _},
};

use socket_runtime::{
    actors::kit::AskError,
    messages::files::{
        ChangeHandleMode, CloseHandle, CloseHandles, CloseHandlesOf, FileTimes, HandleId,
        HandleKind, ListHandles, OpenFolder, ReadHandle, SetHandleTimes, StatHandle, SyncHandle,
        TruncateHandle, WriteHandle,
    },
};

use crate::bench::{Bench, WINDOW, open, open_count};

pub(crate) fn read(id: HandleId, size: usize, offset: Option<u64>) -> ReadHandle {
    ReadHandle {
        owner: WINDOW,
        id,
        size,
        offset,
    }
}

pub(crate) fn write(id: HandleId, bytes: &[u8], offset: Option<u64>) -> WriteHandle {
    WriteHandle {
        owner: WINDOW,
        id,
        offset,
        bytes: bytes.to_vec(),
    }
}

pub(crate) fn close(id: HandleId) -> CloseHandle {
    CloseHandle {
        owner: WINDOW,
        id,
        syscall: "close",
    }
}

#[test]
fn reads_by_offset_leave_the_position_alone() {
    let bench = Bench::new();
    bench.put("f", "0123456789");
    let id = bench.open("f", "r");
    assert_eq!(bench.ask(read(id, 3, None)).unwrap(), b"012");
    assert_eq!(bench.ask(read(id, 2, Some(7))).unwrap(), b"78");
    assert_eq!(bench.ask(read(id, 0, None)).unwrap(), b"");
    assert_eq!(bench.ask(read(id, 100, None)).unwrap(), b"3456789");
    assert_eq!(bench.ask(read(id, 100, None)).unwrap(), b"");
    assert_eq!(bench.ask(read(id, 100, Some(50))).unwrap(), b"");
}

#[test]
fn writes_go_to_the_offset_the_position_or_the_end() {
    let bench = Bench::new();
    let id = bench.open("f", "w+");
    assert_eq!(bench.ask(write(id, b"abc", None)), Ok(3));
    assert_eq!(bench.ask(write(id, b"XY", Some(5))), Ok(2));
    assert_eq!(bench.ask(write(id, b"d", None)), Ok(1));
    assert_eq!(bench.content("f"), b"abcd\0XY");
    let end = bench.open("f", "a");
    assert_eq!(bench.ask(write(end, b"!", None)), Ok(1));
    assert_eq!(bench.content("f"), b"abcd\0XY!");
}

#[test]
fn a_handle_can_only_do_what_it_was_opened_for() {
    let bench = Bench::new();
    bench.put("f", "x");
    let (reader, writer) = (bench.open("f", "r"), bench.open("f", "a"));
    bench.refuse(
        write(reader, b"y", None),
        "EBADF: bad file descriptor, write",
    );
    bench.refuse(read(writer, 1, None), "EBADF: bad file descriptor, read");
    let cut = TruncateHandle {
        owner: WINDOW,
        id: reader,
        length: 0,
    };
    bench.refuse(cut, "EINVAL: invalid argument, ftruncate");
    bench.refuse(
        read(reader, 1, Some(u64::MAX)),
        "EINVAL: invalid argument, read",
    );
}

#[test]
fn a_handle_describes_changes_and_saves_its_file() {
    let bench = Bench::new();
    bench.put("f", "12345");
    let id = bench.open("f", "r+");
    bench
        .ask(TruncateHandle {
            owner: WINDOW,
            id,
            length: 3,
        })
        .unwrap();
    bench
        .ask(ChangeHandleMode {
            owner: WINDOW,
            id,
            mode: 0o604,
        })
        .unwrap();
    let times = FileTimes {
        atime_ms: 1000.0,
        mtime_ms: 2000.5,
    };
    bench
        .ask(SetHandleTimes {
            owner: WINDOW,
            id,
            times,
        })
        .unwrap();
    bench
        .ask(SyncHandle {
            owner: WINDOW,
            id,
            is_data_only: false,
        })
        .unwrap();
    bench
        .ask(SyncHandle {
            owner: WINDOW,
            id,
            is_data_only: true,
        })
        .unwrap();
    let stat = bench.ask(StatHandle { owner: WINDOW, id }).unwrap();
    let system = fs::metadata(bench.path("f")).unwrap();
    assert_eq!((stat.size, stat.ino), (3, system.ino()));
    assert_eq!((stat.atime_ms, stat.mtime_ms), (1000.0, 2000.5));
    assert_eq!(system.permissions().mode() & 0o777, 0o604);
}

#[test]
fn opening_fails_with_the_words_of_node() {
    let bench = Bench::new();
    bench.put("f", "");
    let refuse = |path: &str, flags: &str, error: &str| {
        bench.refuse(open(WINDOW, path, flags), error);
    };
    refuse(
        "gone",
        "r+",
        "ENOENT: no such file or directory, open 'gone'",
    );
    refuse("f", "wx", "EEXIST: file already exists, open 'f'");
    refuse(
        ".",
        "w",
        "EISDIR: illegal operation on a directory, open '.'",
    );
    refuse("f/", "r", "ENOTDIR: not a directory, open 'f/'");
}

#[test]
fn a_handle_of_another_window_is_refused() {
    let bench = Bench::new();
    bench.put("f", "secret");
    let id = bench.opened(1, "f", "r+").id;
    bench.refuse(read(id, 6, None), "EBADF: bad file descriptor, read");
    bench.refuse(write(id, b"x", None), "EBADF: bad file descriptor, write");
    bench.refuse(close(id), "EBADF: bad file descriptor, close");
    bench.refuse(
        StatHandle { owner: WINDOW, id },
        "EBADF: bad file descriptor, fstat",
    );
    assert_eq!(bench.ask(ListHandles { owner: WINDOW }), Ok(vec![]));
    assert_eq!(bench.ask(CloseHandles { owner: WINDOW }), Ok(0));
    let own = ReadHandle {
        owner: 1,
        id,
        size: 6,
        offset: None,
    };
    assert_eq!(bench.ask(own).unwrap(), b"secret");
}

#[test]
fn a_closed_handle_is_unknown() {
    let bench = Bench::new();
    bench.put("f", "");
    let id = bench.open("f", "r");
    bench.ask(close(id)).unwrap();
    bench.refuse(close(id), "EBADF: bad file descriptor, close");
    bench.refuse(read(id, 1, None), "EBADF: bad file descriptor, read");
    assert_eq!(open_count(&bench.path("")), 0);
}

#[test]
fn open_handles_are_listed_the_oldest_first_and_closed_together() {
    let bench = Bench::new();
    bench.put("f", "");
    let file = bench.opened(WINDOW, "f", "r");
    let folder = bench
        .ask(OpenFolder {
            owner: WINDOW,
            path: ".".into(),
        })
        .unwrap();
    let other = bench.opened(1, "f", "r");
    let listed = bench.ask(ListHandles { owner: WINDOW }).unwrap();
    let seen: Vec<_> = listed
        .iter()
        .map(|open| (open.id, open.fd, open.kind))
        .collect();
    let expected = [
        (file.id, file.fd, HandleKind::File),
        (folder.id, folder.fd, HandleKind::Folder),
    ];
    assert_eq!(seen, expected);
    assert_eq!(
        (listed[0].path.as_str(), listed[1].path.as_str()),
        ("f", ".")
    );
    assert_eq!(bench.ask(CloseHandles { owner: WINDOW }), Ok(2));
    assert_eq!(bench.ask(ListHandles { owner: WINDOW }), Ok(vec![]));
    assert_eq!(bench.ask(ListHandles { owner: 1 }).unwrap()[0].id, other.id);
}

#[test]
fn handles_are_bounded_and_a_closed_one_makes_room() {
    let bench = Bench::with_handles_max(3);
    bench.put("f", "");
    let ids = [(); 3].map(|()| bench.open("f", "r"));
    bench.refuse(
        open(WINDOW, "f", "r"),
        "EMFILE: too many open files, open 'f'",
    );
    let folder = OpenFolder {
        owner: WINDOW,
        path: ".".into(),
    };
    bench.refuse(folder, "EMFILE: too many open files, opendir '.'");
    bench.ask(close(ids[0])).unwrap();
    bench.open("f", "r");
    bench.refuse(
        open(WINDOW, "f", "r"),
        "EMFILE: too many open files, open 'f'",
    );
}

#[test]
fn a_failed_open_takes_no_room() {
    let bench = Bench::with_handles_max(1);
    for _ in 0..3 {
        bench.refuse(
            open(WINDOW, "f", "r"),
            "ENOENT: no such file or directory, open 'f'",
        );
    }
    bench.open("f", "w");
}

#[test]
fn the_handles_of_a_page_that_is_gone_are_closed() {
    let bench = Bench::new();
    bench.put("f", "");
    let id = bench.open("f", "r");
    let kept = bench.opened(1, "f", "r").id;
    bench.ask(CloseHandlesOf { owner: WINDOW });
    bench.refuse(read(id, 1, None), "EBADF: bad file descriptor, read");
    assert!(bench.ask(StatHandle { owner: 1, id: kept }).is_ok());
    // The next page of the same window can open files again.
    bench.open("f", "r");
}

#[test]
fn a_file_that_opens_after_its_page_is_gone_is_not_kept() {
    let bench = Bench::new();
    bench.put_pipe("pipe");
    let late = bench.runtime.block_on(async {
        let late = bench
            .files
            .ask(open(WINDOW, "pipe", "r"), crate::bench::DEADLINE);
        // Answered in order of arrival, so the open has begun by then.
        let listed = bench
            .files
            .ask(ListHandles { owner: WINDOW }, crate::bench::DEADLINE);
        listed.await.unwrap().unwrap();
        let closed = bench
            .files
            .ask(CloseHandlesOf { owner: WINDOW }, crate::bench::DEADLINE);
        closed.await.unwrap();
        // A writer lets the reader's open end.
        let path = bench.path("pipe");
        let writer = std::thread::spawn(move || fs::OpenOptions::new().write(true).open(path));
        let late = late.await.unwrap();
        drop(writer.join().unwrap());
        late
    });
    let error = late.unwrap_err().to_string();
    assert_eq!(error, "ECANCELED: operation canceled, open 'pipe'");
    assert_eq!(bench.ask(ListHandles { owner: WINDOW }), Ok(vec![]));
}

#[test]
fn everything_is_closed_when_the_actor_stops() {
    let bench = Bench::new();
    bench.put("f", "");
    let folder = bench.path("");
    bench.open("f", "r");
    bench
        .ask(OpenFolder {
            owner: WINDOW,
            path: ".".into(),
        })
        .unwrap();
    assert!(open_count(&folder) >= 2);
    bench.files.controls().stop();
    // An order goes before messages, so this one finds nobody.
    let late = bench.try_ask(ListHandles { owner: WINDOW }, crate::bench::DEADLINE);
    assert_eq!(late, Err(AskError::Stopped));
    assert_eq!(open_count(&folder), 0);
}

#[test]
fn what_the_app_starts_inherits_no_handle() {
    let bench = Bench::new();
    bench.put("f", "");
    let fd = bench.opened(WINDOW, "f", "r").fd;
    let info = fs::read_to_string(format!("/proc/self/fdinfo/{fd}")).unwrap();
    let flags = info
        .lines()
        .find_map(|line| line.strip_prefix("flags:"))
        .unwrap()
        .trim();
    let flags = u32::from_str_radix(flags, 8).unwrap();
    assert_ne!(flags & rustix::fs::OFlags::CLOEXEC.bits(), 0);
}
