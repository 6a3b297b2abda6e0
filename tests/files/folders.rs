//! Folders: making, listing, reading in pages, removing.

use std::{
    collections::BTreeSet,
    fs,
    os::unix::{fs::PermissionsExt as _, net::UnixListener},
};

use socket_runtime::messages::files::{
    CloseHandle, FileError, FileKind, ListFolder, MakeFolder, MakeTempFolder, OpenFolder,
    ReadFolderPage, RemoveFolder, RemovePath,
};

use crate::bench::{Bench, WINDOW};

fn mkdir(path: &str, is_recursive: bool) -> MakeFolder {
    MakeFolder {
        path: path.to_owned(),
        is_recursive,
        mode: 0o777,
    }
}

fn rm(path: &str, is_recursive: bool, is_forced: bool) -> RemovePath {
    RemovePath {
        path: path.to_owned(),
        is_recursive,
        is_forced,
    }
}

fn list(path: &str, is_recursive: bool) -> ListFolder {
    ListFolder {
        path: path.to_owned(),
        is_recursive,
    }
}

#[test]
fn a_folder_is_made_once() {
    let bench = Bench::new();
    assert_eq!(bench.ask(mkdir("d", false)), Ok(None));
    assert!(bench.path("d").is_dir());
    bench.refuse(mkdir("d", false), "EEXIST: file already exists, mkdir 'd'");
    bench.refuse(
        mkdir("no/d", false),
        "ENOENT: no such file or directory, mkdir 'no/d'",
    );
}

#[test]
fn missing_parents_are_made_and_the_first_is_told() {
    let bench = Bench::new();
    let first = bench.path("a").to_str().unwrap().to_owned();
    assert_eq!(bench.ask(mkdir("a/b/../c/./d/", true)), Ok(Some(first)));
    assert!(bench.path("a/c/d").is_dir() && bench.path("a/b").is_dir());
    assert_eq!(bench.ask(mkdir("a/c/d", true)), Ok(None));
    let first = bench.path("a/c/e").to_str().unwrap().to_owned();
    assert_eq!(bench.ask(mkdir("a/c/e/f", true)), Ok(Some(first)));
}

#[test]
fn a_file_in_the_way_of_a_folder_is_told_apart() {
    let bench = Bench::new();
    bench.put("f", "");
    std::os::unix::fs::symlink("nowhere", bench.path("dangling")).unwrap();
    bench.refuse(mkdir("f", true), "EEXIST: file already exists, mkdir 'f'");
    bench.refuse(
        mkdir("f/d/e", true),
        "ENOTDIR: not a directory, mkdir 'f/d/e'",
    );
    bench.refuse(
        mkdir("dangling", true),
        "EEXIST: file already exists, mkdir 'dangling'",
    );
    assert!(bench.ask(mkdir("dangling/d", true)).is_err());
    bench.refuse(
        mkdir("", true),
        "ENOENT: no such file or directory, mkdir ''",
    );
}

#[test]
fn a_temporary_folder_is_new_and_private() {
    let bench = Bench::new();
    let make = || {
        bench
            .ask(MakeTempFolder {
                prefix: "tmp-".into(),
            })
            .unwrap()
    };
    let (one, two) = (make(), make());
    assert_ne!(one, two);
    assert!(one.starts_with("tmp-") && one.len() == "tmp-".len() + 6);
    let mode = fs::metadata(bench.path(&one)).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o700);
    let gone = "ENOENT: no such file or directory, mkdtemp 'no/tXXXXXX'";
    bench.refuse(
        MakeTempFolder {
            prefix: "no/t".into(),
        },
        gone,
    );
}

#[test]
fn a_list_is_sorted_and_tells_kinds_apart() {
    let bench = Bench::new();
    fs::create_dir(bench.path("d")).unwrap();
    bench.put("b", "");
    bench.put_pipe("p");
    std::os::unix::fs::symlink("b", bench.path("l")).unwrap();
    let _socket = UnixListener::bind(bench.path("s")).unwrap();
    let listed = bench.ask(list(".", false)).unwrap();
    let kinds: Vec<_> = listed
        .iter()
        .map(|listed| (listed.entry.name.as_str(), listed.entry.kind))
        .collect();
    let expected = [
        ("b", FileKind::File),
        ("d", FileKind::Folder),
        ("l", FileKind::Symlink),
        ("p", FileKind::Fifo),
        ("s", FileKind::Socket),
    ];
    assert_eq!(kinds, expected);
    let gone = "ENOENT: no such file or directory, scandir 'gone'";
    bench.refuse(list("gone", false), gone);
    bench.refuse(list("b", false), "ENOTDIR: not a directory, scandir 'b'");
}

#[test]
fn a_recursive_list_names_parents_and_follows_no_link() {
    let bench = Bench::new();
    fs::create_dir_all(bench.path("top/in/deep")).unwrap();
    bench.put("top/in/deep/f", "");
    std::os::unix::fs::symlink("..", bench.path("top/loop")).unwrap();
    let listed = bench.ask(list("top", true)).unwrap();
    let names: Vec<_> = listed
        .iter()
        .map(|listed| (listed.parent.as_str(), listed.entry.name.as_str()))
        .collect();
    let expected = [
        ("top", "in"),
        ("top", "loop"),
        ("top/in", "deep"),
        ("top/in/deep", "f"),
    ];
    assert_eq!(names, expected);
}

#[test]
fn a_folder_is_read_in_pages_until_its_end() {
    let bench = Bench::new();
    let names: BTreeSet<_> = (0..10).map(|index| format!("f{index}")).collect();
    fs::create_dir(bench.path("d")).unwrap();
    names
        .iter()
        .for_each(|name| bench.put(&format!("d/{name}"), ""));
    let id = bench
        .ask(OpenFolder {
            owner: WINDOW,
            path: "d".into(),
        })
        .unwrap()
        .id;
    let page = || {
        bench
            .ask(ReadFolderPage {
                owner: WINDOW,
                id,
                entries_max: 4,
            })
            .unwrap()
    };
    let pages = [page(), page(), page(), page(), page()];
    assert_eq!(pages.each_ref().map(Vec::len), [4, 4, 2, 0, 0]);
    let read: BTreeSet<_> = pages
        .into_iter()
        .flatten()
        .map(|entry| entry.name)
        .collect();
    assert_eq!(read, names);
    let close = || CloseHandle {
        owner: WINDOW,
        id,
        syscall: "closedir",
    };
    bench.ask(close()).unwrap();
    bench.refuse(close(), "EBADF: bad file descriptor, closedir");
    let closed = ReadFolderPage {
        owner: WINDOW,
        id,
        entries_max: 4,
    };
    bench.refuse(closed, "EBADF: bad file descriptor, readdir");
}

#[test]
fn only_folders_are_opened_and_read_as_folders() {
    let bench = Bench::new();
    bench.put("f", "");
    let open = |path: &str| OpenFolder {
        owner: WINDOW,
        path: path.to_owned(),
    };
    bench.refuse(open("f"), "ENOTDIR: not a directory, opendir 'f'");
    bench.refuse(
        open("gone"),
        "ENOENT: no such file or directory, opendir 'gone'",
    );
    let id = bench.open("f", "r");
    let page = ReadFolderPage {
        owner: WINDOW,
        id,
        entries_max: 4,
    };
    bench.refuse(page, "ENOTDIR: not a directory, readdir");
}

#[test]
fn only_an_empty_folder_is_removed_as_a_folder() {
    let bench = Bench::new();
    fs::create_dir(bench.path("d")).unwrap();
    bench.put("d/f", "");
    let rmdir = |path: &str| RemoveFolder {
        path: path.to_owned(),
    };
    bench.refuse(rmdir("d"), "ENOTEMPTY: directory not empty, rmdir 'd'");
    bench.refuse(rmdir("d/f"), "ENOTDIR: not a directory, rmdir 'd/f'");
    fs::remove_file(bench.path("d/f")).unwrap();
    bench.ask(rmdir("d")).unwrap();
    bench.refuse(rmdir("d"), "ENOENT: no such file or directory, rmdir 'd'");
}

#[test]
fn removing_needs_recursive_for_folders_and_force_for_nothing() {
    let bench = Bench::new();
    fs::create_dir_all(bench.path("d/e")).unwrap();
    bench.put("d/e/f", "");
    let folder = FileError::IsFolder {
        path: "d".to_owned(),
    };
    assert_eq!(bench.ask(rm("d", false, true)), Err(folder));
    bench.ask(rm("d/e/f", false, false)).unwrap();
    bench.ask(rm("d", true, false)).unwrap();
    assert!(!bench.path("d").exists());
    bench.refuse(
        rm("d", true, false),
        "ENOENT: no such file or directory, rm 'd'",
    );
    bench.ask(rm("d", true, true)).unwrap();
}

#[test]
fn removing_never_follows_a_link() {
    let bench = Bench::new();
    fs::create_dir_all(bench.path("d/e")).unwrap();
    fs::create_dir(bench.path("kept")).unwrap();
    bench.put("kept/f", "");
    let link = |name: &str| std::os::unix::fs::symlink(bench.path("kept"), bench.path(name));
    link("d/e/link").unwrap();
    bench.ask(rm("d", true, false)).unwrap();
    for name in ["link", "link/", "link/."] {
        link("link").unwrap();
        bench.ask(rm(name, true, true)).unwrap();
        assert!(!bench.path("link").is_symlink(), "{name}");
        assert!(bench.path("kept/f").exists(), "{name}");
    }
}
