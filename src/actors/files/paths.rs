//! Jobs on what a path names: its description, rights, owner and times.

use std::{
    fs::{self, Metadata},
    os::unix::fs::{MetadataExt as _, chown, lchown},
    time::UNIX_EPOCH,
};

use rustix::{
    fs::{Access, AtFlags, CWD, Mode, RawMode, Timespec, Timestamps},
    io::Errno,
};

use super::{
    Files,
    flags::MODE_MASK,
    jobs::{Task, Work, work},
};
use crate::{
    actors::kit::Context,
    messages::files::{
        ChangeMode, ChangeOwner, CheckAccess, FileError, FileStat, FileTimes, SetTimes, StatPath,
    },
};

impl Task for StatPath {
    type Done = FileStat;

    fn begin(self, files: &mut Files, _: &mut Context<Files>) -> Result<Work<FileStat>, FileError> {
        let place = files.place(self.path);
        work(move || {
            let metadata = if self.follows {
                place.run("stat", fs::metadata)
            } else {
                place.run("lstat", fs::symlink_metadata)
            };
            metadata.map(|metadata| stat(&metadata))
        })
    }
}

/// The description in our own words.
pub(super) fn stat(metadata: &Metadata) -> FileStat {
    let ctime_ms = millis(metadata.ctime(), metadata.ctime_nsec());
    FileStat {
        dev: metadata.dev(),
        ino: metadata.ino(),
        mode: metadata.mode(),
        nlink: metadata.nlink(),
        uid: metadata.uid(),
        gid: metadata.gid(),
        rdev: metadata.rdev(),
        size: metadata.size(),
        blksize: metadata.blksize(),
        blocks: metadata.blocks(),
        atime_ms: millis(metadata.atime(), metadata.atime_nsec()),
        mtime_ms: millis(metadata.mtime(), metadata.mtime_nsec()),
        ctime_ms,
        birthtime_ms: birthtime_ms(metadata).unwrap_or(ctime_ms),
    }
}

fn birthtime_ms(metadata: &Metadata) -> Option<f64> {
    let since = metadata.created().ok()?.duration_since(UNIX_EPOCH).ok()?;
    Some(millis(
        i64::try_from(since.as_secs()).ok()?,
        i64::from(since.subsec_nanos()),
    ))
}

/// Whole seconds and nanoseconds as fractional milliseconds.
fn millis(seconds: i64, nanoseconds: i64) -> f64 {
    seconds as f64 * 1e3 + nanoseconds as f64 / 1e6
}

impl Task for CheckAccess {
    type Done = ();

    fn begin(self, files: &mut Files, _: &mut Context<Files>) -> Result<Work<()>, FileError> {
        let place = files.place(self.path);
        let access = Access::from_bits_truncate(self.mode);
        work(move || place.run("access", |path| rustix::fs::access(path, access)))
    }
}

impl Task for ChangeMode {
    type Done = ();

    fn begin(self, files: &mut Files, _: &mut Context<Files>) -> Result<Work<()>, FileError> {
        let place = files.place(self.path);
        let mode = Mode::from_raw_mode((self.mode & MODE_MASK) as RawMode);
        work(move || place.run("chmod", |path| rustix::fs::chmod(path, mode)))
    }
}

impl Task for ChangeOwner {
    type Done = ();

    fn begin(self, files: &mut Files, _: &mut Context<Files>) -> Result<Work<()>, FileError> {
        let place = files.place(self.path);
        work(move || {
            if self.follows {
                place.run("chown", |path| chown(path, self.uid, self.gid))
            } else {
                place.run("lchown", |path| lchown(path, self.uid, self.gid))
            }
        })
    }
}

impl Task for SetTimes {
    type Done = ();

    fn begin(self, files: &mut Files, _: &mut Context<Files>) -> Result<Work<()>, FileError> {
        let place = files.place(self.path);
        work(move || {
            place.run("utime", |path| {
                rustix::fs::utimensat(CWD, path, &timestamps(self.times)?, AtFlags::empty())
            })
        })
    }
}

/// Times as the system takes them.
pub(super) fn timestamps(times: FileTimes) -> Result<Timestamps, Errno> {
    Ok(Timestamps {
        last_access: timespec(times.atime_ms)?,
        last_modification: timespec(times.mtime_ms)?,
    })
}

fn timespec(ms: f64) -> Result<Timespec, Errno> {
    if ms.is_nan() || ms.abs() > TIME_MS_MAX {
        return Err(Errno::INVAL);
    }
    let seconds = (ms / 1e3).floor();
    // What rounds up to a whole second is left just below it.
    let nanoseconds = ((ms - seconds * 1e3) * 1e6).round().min(999_999_999.0);
    Ok(Timespec {
        tv_sec: seconds as i64,
        tv_nsec: nanoseconds as i64,
    })
}

/// The last time that JavaScript's `Date` knows, and less its first.
const TIME_MS_MAX: f64 = 8.64e15;

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(ms: f64, seconds: i64, nanoseconds: i64) {
        let time = timespec(ms).unwrap();
        assert_eq!((time.tv_sec, time.tv_nsec), (seconds, nanoseconds), "{ms}");
        assert!((millis(seconds, nanoseconds) - ms).abs() < 1e-3, "{ms}");
    }

    #[test]
    fn times_survive_the_way_to_the_system_and_back() {
        check(0.0, 0, 0);
        check(1.5, 0, 1_500_000);
        check(-0.5, -1, 999_500_000);
        check(1_700_000_000_123.25, 1_700_000_000, 123_250_000);
        check(999.999_999_9, 0, 999_999_999);
    }

    #[test]
    fn times_beyond_a_date_are_refused() {
        for ms in [f64::NAN, f64::INFINITY, 8.65e15, -8.65e15] {
            assert!(timespec(ms).is_err(), "{ms}");
        }
    }
}
