//! Files as a whole.

use std::{fs, os::unix::fs::PermissionsExt as _};

use socket_runtime::{
    actors::files::{COPYFILE_EXCL, COPYFILE_FICLONE, flags},
    messages::files::{
        CopyFile, FileError, READ_FILE_BYTES_MAX, ReadFile, TruncateFile, WriteFile,
    },
};

use crate::bench::Bench;

pub(crate) fn read(path: &str) -> ReadFile {
    ReadFile {
        path: path.to_owned(),
        flags: flags::from_name("r").unwrap(),
    }
}

pub(crate) fn write(path: &str, flag: &str, bytes: &[u8]) -> WriteFile {
    let flags = flags::from_name(flag).unwrap();
    WriteFile {
        path: path.to_owned(),
        flags,
        mode: 0o666,
        bytes: bytes.to_vec(),
    }
}

fn copy(src: &str, dest: &str, flags: u32) -> CopyFile {
    CopyFile {
        src: src.to_owned(),
        dest: dest.to_owned(),
        flags,
    }
}

fn truncate(path: &str, length: u64) -> TruncateFile {
    TruncateFile {
        path: path.to_owned(),
        length,
    }
}

#[test]
fn a_file_is_read_from_the_resources_folder_or_by_its_full_path() {
    let bench = Bench::new();
    bench.put("a.txt", "hello");
    assert_eq!(bench.ask(read("a.txt")).unwrap(), b"hello");
    assert_eq!(
        bench
            .ask(read(bench.path("a.txt").to_str().unwrap()))
            .unwrap(),
        b"hello"
    );
}

#[test]
fn reading_fails_with_the_words_of_node() {
    let bench = Bench::new();
    bench.put("file", "");
    bench.refuse(
        read("gone"),
        "ENOENT: no such file or directory, open 'gone'",
    );
    bench.refuse(read(""), "ENOENT: no such file or directory, open ''");
    bench.refuse(read("file/x"), "ENOTDIR: not a directory, open 'file/x'");
    bench.refuse(read("."), "EISDIR: illegal operation on a directory, read");
    bench.refuse(read("a\0b"), "EINVAL: invalid argument, open 'a\0b'");
    let long = "n".repeat(300);
    bench.refuse(
        read(&long),
        &format!("ENAMETOOLONG: name too long, open '{long}'"),
    );
}

#[test]
fn a_file_of_exactly_the_limit_is_read_and_one_more_byte_is_too_much() {
    let bench = Bench::new();
    let mut content = vec![7; READ_FILE_BYTES_MAX];
    bench.put("most", &content);
    assert_eq!(bench.ask(read("most")).unwrap(), content);
    content.push(7);
    bench.put("more", &content);
    let error = FileError::TooLargeForCall {
        path: "more".to_owned(),
        bytes_max: READ_FILE_BYTES_MAX,
    };
    assert_eq!(bench.ask(read("more")), Err(error));
}

#[test]
fn a_file_that_claims_to_be_empty_or_endless_is_read_by_what_it_holds() {
    let bench = Bench::new();
    let version = bench.ask(read("/proc/version")).unwrap();
    assert!(version.starts_with(b"Linux"));
    let endless = bench.ask(read("/dev/zero")).unwrap_err();
    assert!(
        matches!(endless, FileError::TooLargeForCall { .. }),
        "{endless}"
    );
    fs::File::create(bench.path("sparse"))
        .unwrap()
        .set_len(1 << 40)
        .unwrap();
    let sparse = bench.ask(read("sparse")).unwrap_err();
    assert!(
        matches!(sparse, FileError::TooLargeForCall { .. }),
        "{sparse}"
    );
}

#[test]
fn writing_replaces_appends_or_insists_on_a_new_file() {
    let bench = Bench::new();
    bench.ask(write("f", "w", b"long content")).unwrap();
    bench.ask(write("f", "w", b"new")).unwrap();
    bench.ask(write("f", "a", b"er")).unwrap();
    assert_eq!(bench.content("f"), b"newer");
    bench.refuse(
        write("f", "wx", b""),
        "EEXIST: file already exists, open 'f'",
    );
    bench.refuse(
        write(".", "w", b""),
        "EISDIR: illegal operation on a directory, open '.'",
    );
    bench.refuse(
        write("no/f", "w", b""),
        "ENOENT: no such file or directory, open 'no/f'",
    );
    bench.refuse(
        write("/dev/full", "w", b"x"),
        "ENOSPC: no space left on device, write",
    );
    assert_eq!(bench.content("f"), b"newer");
}

#[test]
fn a_new_file_has_the_mode_less_the_umask() {
    let bench = Bench::new();
    fs::write(bench.path("usual"), "").unwrap();
    bench.ask(write("ours", "w", b"")).unwrap();
    let mode = |name| fs::metadata(bench.path(name)).unwrap().permissions().mode();
    assert_eq!(mode("ours"), mode("usual"));
}

#[test]
fn truncating_cuts_off_and_fills_up() {
    let bench = Bench::new();
    bench.put("f", "content");
    bench.ask(truncate("f", 4)).unwrap();
    bench.ask(truncate("f", 6)).unwrap();
    assert_eq!(bench.content("f"), b"cont\0\0");
    bench.refuse(
        truncate("gone", 0),
        "ENOENT: no such file or directory, open 'gone'",
    );
    bench.refuse(
        truncate(".", 0),
        "EISDIR: illegal operation on a directory, open '.'",
    );
}

#[test]
fn a_copy_has_content_and_mode_and_replaces_what_was_there() {
    let bench = Bench::new();
    let content: Vec<u8> = (0..3_000_000_u32)
        .map(|index| (index % 251) as u8)
        .collect();
    bench.put("a", &content);
    fs::set_permissions(bench.path("a"), fs::Permissions::from_mode(0o750)).unwrap();
    bench.put("b", vec![1; 4_000_000]);
    bench.ask(copy("a", "b", 0)).unwrap();
    bench.ask(copy("a", "c", COPYFILE_FICLONE)).unwrap();
    for name in ["b", "c"] {
        assert_eq!(bench.content(name), content, "{name}");
        let mode = fs::metadata(bench.path(name)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o750, "{name}");
    }
}

#[test]
fn a_copy_onto_itself_changes_nothing() {
    let bench = Bench::new();
    bench.put("a", "kept");
    fs::hard_link(bench.path("a"), bench.path("b")).unwrap();
    bench.ask(copy("a", "a", 0)).unwrap();
    bench.ask(copy("a", "b", 0)).unwrap();
    assert_eq!(bench.content("a"), b"kept");
}

#[test]
fn copying_fails_with_both_paths() {
    let bench = Bench::new();
    bench.put("a", "");
    bench.put("b", "kept");
    let exists = "EEXIST: file already exists, copyfile 'a' -> 'b'";
    bench.refuse(copy("a", "b", COPYFILE_EXCL), exists);
    assert_eq!(bench.content("b"), b"kept");
    let gone = "ENOENT: no such file or directory, copyfile 'gone' -> 'b'";
    bench.refuse(copy("gone", "b", 0), gone);
    let folder = "EISDIR: illegal operation on a directory, copyfile '.' -> 'b'";
    bench.refuse(copy(".", "b", 0), folder);
    bench.refuse(
        copy("/proc/self/mem", "c", 0),
        "EIO: i/o error, copyfile '/proc/self/mem' -> 'c'",
    );
    assert!(!bench.path("c").exists(), "half a copy was left");
}
