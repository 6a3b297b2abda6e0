//! Descriptions, rights, owners and times.

use std::{
    fs,
    os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink},
};

use socket_runtime::messages::files::{
    ChangeMode, ChangeOwner, CheckAccess, FileStat, FileTimes, SetTimes, StatPath,
};

use crate::bench::Bench;

fn stat(path: &str, follows: bool) -> StatPath {
    StatPath {
        path: path.to_owned(),
        follows,
    }
}

fn access(path: &str, mode: u32) -> CheckAccess {
    CheckAccess {
        path: path.to_owned(),
        mode,
    }
}

fn times(path: &str, atime_ms: f64, mtime_ms: f64) -> SetTimes {
    SetTimes {
        path: path.to_owned(),
        times: FileTimes { atime_ms, mtime_ms },
    }
}

#[test]
fn a_description_says_what_the_system_says() {
    let bench = Bench::new();
    bench.put("f", "12345");
    let stat: FileStat = bench.ask(stat("f", true)).unwrap();
    let system = fs::metadata(bench.path("f")).unwrap();
    assert_eq!(
        (stat.size, stat.ino, stat.mode),
        (5, system.ino(), system.mode())
    );
    assert_eq!((stat.uid, stat.nlink), (system.uid(), 1));
    let mtime_ms = system.mtime() as f64 * 1e3 + system.mtime_nsec() as f64 / 1e6;
    assert!((stat.mtime_ms - mtime_ms).abs() < 1e-3);
    assert!(stat.birthtime_ms > 0.0 && stat.birthtime_ms <= stat.ctime_ms);
}

#[test]
fn a_link_is_described_for_itself_or_for_what_it_points_to() {
    let bench = Bench::new();
    bench.put("f", "12345");
    symlink("f", bench.path("link")).unwrap();
    symlink("nowhere", bench.path("dangling")).unwrap();
    assert_eq!(bench.ask(stat("link", true)).unwrap().size, 5);
    assert_eq!(
        bench.ask(stat("link", false)).unwrap().mode & 0o170_000,
        0o120_000
    );
    assert!(bench.ask(stat("dangling", false)).is_ok());
    let gone = "ENOENT: no such file or directory, stat 'dangling'";
    bench.refuse(stat("dangling", true), gone);
    bench.refuse(
        stat("gone", false),
        "ENOENT: no such file or directory, lstat 'gone'",
    );
}

#[test]
fn a_ring_of_links_is_too_many_links() {
    let bench = Bench::new();
    symlink("b", bench.path("a")).unwrap();
    symlink("a", bench.path("b")).unwrap();
    bench.refuse(
        stat("a", true),
        "ELOOP: too many symbolic links encountered, stat 'a'",
    );
}

#[test]
fn access_asks_for_being_there_or_for_rights() {
    let bench = Bench::new();
    bench.put("f", "");
    fs::set_permissions(bench.path("f"), fs::Permissions::from_mode(0o600)).unwrap();
    bench.ask(access("f", 0)).unwrap();
    bench.ask(access("f", 6)).unwrap();
    bench.refuse(access("f", 1), "EACCES: permission denied, access 'f'");
    bench.refuse(
        access("gone", 0),
        "ENOENT: no such file or directory, access 'gone'",
    );
}

#[test]
fn the_mode_is_changed() {
    let bench = Bench::new();
    bench.put("f", "");
    bench
        .ask(ChangeMode {
            path: "f".into(),
            mode: 0o100_640,
        })
        .unwrap();
    assert_eq!(
        fs::metadata(bench.path("f")).unwrap().permissions().mode() & 0o7777,
        0o640
    );
    let gone = "ENOENT: no such file or directory, chmod 'gone'";
    bench.refuse(
        ChangeMode {
            path: "gone".into(),
            mode: 0o600,
        },
        gone,
    );
}

#[test]
fn the_owner_can_be_set_to_what_it_is() {
    let bench = Bench::new();
    bench.put("f", "");
    symlink("nowhere", bench.path("link")).unwrap();
    let uid = Some(fs::metadata(bench.path("f")).unwrap().uid());
    let change = |path: &str, follows| ChangeOwner {
        path: path.into(),
        uid,
        gid: None,
        follows,
    };
    bench.ask(change("f", true)).unwrap();
    bench.ask(change("link", false)).unwrap();
    bench.refuse(
        change("link", true),
        "ENOENT: no such file or directory, chown 'link'",
    );
    bench.refuse(
        change("gone", false),
        "ENOENT: no such file or directory, lchown 'gone'",
    );
}

#[test]
fn times_are_set_to_the_microsecond() {
    let bench = Bench::new();
    bench.put("f", "");
    bench
        .ask(times("f", -1500.5, 1_700_000_000_123.25))
        .unwrap();
    let stat = bench.ask(stat("f", true)).unwrap();
    assert_eq!(
        (stat.atime_ms, stat.mtime_ms),
        (-1500.5, 1_700_000_000_123.25)
    );
    bench.refuse(
        times("gone", 0.0, 0.0),
        "ENOENT: no such file or directory, utime 'gone'",
    );
    bench.refuse(
        times("f", f64::MAX, 0.0),
        "EINVAL: invalid argument, utime 'f'",
    );
}
