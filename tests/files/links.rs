//! Names: moving, linking, resolving, removing.

use std::fs;

use socket_runtime::messages::files::{
    LinkFile, MakeSymlink, ReadLink, RenamePath, ResolvePath, UnlinkFile,
};

use crate::bench::Bench;

fn rename(src: &str, dest: &str) -> RenamePath {
    RenamePath {
        src: src.to_owned(),
        dest: dest.to_owned(),
    }
}

#[test]
fn a_rename_moves_over_a_file_but_not_over_a_full_folder() {
    let bench = Bench::new();
    bench.put("a", "a");
    bench.put("b", "b");
    bench.ask(rename("a", "b")).unwrap();
    assert_eq!(bench.content("b"), b"a");
    bench.refuse(
        rename("a", "c"),
        "ENOENT: no such file or directory, rename 'a' -> 'c'",
    );
    fs::create_dir(bench.path("empty")).unwrap();
    fs::create_dir(bench.path("full")).unwrap();
    bench.put("full/x", "");
    let full = "ENOTEMPTY: directory not empty, rename 'empty' -> 'full'";
    bench.refuse(rename("empty", "full"), full);
    let folder = "EISDIR: illegal operation on a directory, rename 'b' -> 'full'";
    bench.refuse(rename("b", "full"), folder);
    let file = "ENOTDIR: not a directory, rename 'full' -> 'b'";
    bench.refuse(rename("full", "b"), file);
}

#[test]
fn a_hard_link_is_a_second_name() {
    let bench = Bench::new();
    bench.put("a", "1");
    bench
        .ask(LinkFile {
            src: "a".into(),
            dest: "b".into(),
        })
        .unwrap();
    bench.put("a", "2");
    assert_eq!(bench.content("b"), b"2");
    let exists = "EEXIST: file already exists, link 'a' -> 'b'";
    bench.refuse(
        LinkFile {
            src: "a".into(),
            dest: "b".into(),
        },
        exists,
    );
    let gone = "ENOENT: no such file or directory, link 'gone' -> 'c'";
    bench.refuse(
        LinkFile {
            src: "gone".into(),
            dest: "c".into(),
        },
        gone,
    );
}

#[test]
fn a_symbolic_link_keeps_its_words_and_is_resolved() {
    let bench = Bench::new();
    fs::create_dir(bench.path("d")).unwrap();
    bench.put("d/f", "");
    bench
        .ask(MakeSymlink {
            target: "d/../d/f".into(),
            path: "link".into(),
        })
        .unwrap();
    assert_eq!(
        bench
            .ask(ReadLink {
                path: "link".into()
            })
            .unwrap(),
        "d/../d/f"
    );
    let full = fs::canonicalize(bench.path("d/f")).unwrap();
    assert_eq!(
        bench
            .ask(ResolvePath {
                path: "link".into()
            })
            .unwrap(),
        full.to_str().unwrap()
    );
    let exists = "EEXIST: file already exists, symlink 'x' -> 'link'";
    bench.refuse(
        MakeSymlink {
            target: "x".into(),
            path: "link".into(),
        },
        exists,
    );
    bench.refuse(
        ReadLink { path: "d/f".into() },
        "EINVAL: invalid argument, readlink 'd/f'",
    );
    let gone = "ENOENT: no such file or directory, realpath 'gone'";
    bench.refuse(
        ResolvePath {
            path: "gone".into(),
        },
        gone,
    );
}

#[test]
fn unlinking_removes_a_file_or_link_and_no_folder() {
    let bench = Bench::new();
    bench.put("f", "kept");
    std::os::unix::fs::symlink("f", bench.path("link")).unwrap();
    bench
        .ask(UnlinkFile {
            path: "link".into(),
        })
        .unwrap();
    assert_eq!(bench.content("f"), b"kept");
    bench.ask(UnlinkFile { path: "f".into() }).unwrap();
    assert!(!bench.path("f").exists());
    let gone = "ENOENT: no such file or directory, unlink 'f'";
    bench.refuse(UnlinkFile { path: "f".into() }, gone);
    fs::create_dir(bench.path("d")).unwrap();
    let folder = "EISDIR: illegal operation on a directory, unlink 'd'";
    bench.refuse(UnlinkFile { path: "d".into() }, folder);
}
