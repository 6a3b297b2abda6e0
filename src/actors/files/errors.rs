//! Turns what the system says into [`FileError`]s with Node's names and words.

use std::io;

use rustix::io::Errno;

use crate::messages::files::{FileError, PathPair};

/// What was tried, for the errors of it.
pub(super) struct Call {
    syscall: &'static str,
    paths: PathPair,
}

impl Call {
    /// A call without a path.
    pub(super) fn of(syscall: &'static str) -> Self {
        Self {
            syscall,
            paths: PathPair::default(),
        }
    }

    /// A call on one path.
    pub(super) fn on(syscall: &'static str, path: &str) -> Self {
        let paths = PathPair {
            path: Some(path.to_owned()),
            dest: None,
        };
        Self { syscall, paths }
    }

    /// A call on two paths.
    pub(super) fn between(syscall: &'static str, path: &str, dest: &str) -> Self {
        let paths = PathPair {
            path: Some(path.to_owned()),
            dest: Some(dest.to_owned()),
        };
        Self { syscall, paths }
    }

    /// The error that the system gave.
    pub(super) fn fail(self, error: impl Into<io::Error>) -> FileError {
        let (code, text) = describe(&error.into());
        let Self { syscall, paths } = self;
        FileError::System {
            code,
            text,
            syscall,
            paths,
        }
    }
}

fn describe(error: &io::Error) -> (&'static str, &'static str) {
    let errno = match error.raw_os_error() {
        Some(number) => Errno::from_raw_os_error(number),
        // The standard library gives these without a number.
        None => match error.kind() {
            io::ErrorKind::InvalidInput | io::ErrorKind::InvalidData => Errno::INVAL,
            io::ErrorKind::NotFound => Errno::NOENT,
            io::ErrorKind::StorageFull | io::ErrorKind::WriteZero => Errno::NOSPC,
            _ => Errno::IO,
        },
    };
    let known = ERRORS.iter().find(|(known, _, _)| *known == errno);
    known.map_or(("UNKNOWN", "unknown error"), |(_, code, text)| (code, text))
}

/// Every error number that file operations give, with Node's name and words for it.
const ERRORS: &[(Errno, &str, &str)] = &[
    (Errno::TOOBIG, "E2BIG", "argument list too long"),
    (Errno::ACCESS, "EACCES", "permission denied"),
    (Errno::AGAIN, "EAGAIN", "resource temporarily unavailable"),
    (Errno::BADF, "EBADF", "bad file descriptor"),
    (Errno::BUSY, "EBUSY", "resource busy or locked"),
    (Errno::CANCELED, "ECANCELED", "operation canceled"),
    (Errno::CONNRESET, "ECONNRESET", "connection reset by peer"),
    (Errno::DEADLK, "EDEADLK", "resource deadlock would occur"),
    (Errno::DQUOT, "EDQUOT", "disk quota exceeded"),
    (Errno::EXIST, "EEXIST", "file already exists"),
    (
        Errno::FAULT,
        "EFAULT",
        "bad address in system call argument",
    ),
    (Errno::FBIG, "EFBIG", "file too large"),
    (Errno::INTR, "EINTR", "interrupted system call"),
    (Errno::INVAL, "EINVAL", "invalid argument"),
    (Errno::IO, "EIO", "i/o error"),
    (Errno::ISDIR, "EISDIR", "illegal operation on a directory"),
    (Errno::LOOP, "ELOOP", "too many symbolic links encountered"),
    (Errno::MFILE, "EMFILE", "too many open files"),
    (Errno::MLINK, "EMLINK", "too many links"),
    (Errno::NAMETOOLONG, "ENAMETOOLONG", "name too long"),
    (Errno::NFILE, "ENFILE", "file table overflow"),
    (Errno::NODEV, "ENODEV", "no such device"),
    (Errno::NOENT, "ENOENT", "no such file or directory"),
    (Errno::NOMEM, "ENOMEM", "not enough memory"),
    (Errno::NOSPC, "ENOSPC", "no space left on device"),
    (Errno::NOSYS, "ENOSYS", "function not implemented"),
    (Errno::NOTDIR, "ENOTDIR", "not a directory"),
    (Errno::NOTEMPTY, "ENOTEMPTY", "directory not empty"),
    (
        Errno::NOTSUP,
        "ENOTSUP",
        "operation not supported on socket",
    ),
    (Errno::NOTTY, "ENOTTY", "inappropriate ioctl for device"),
    (Errno::NXIO, "ENXIO", "no such device or address"),
    (
        Errno::OVERFLOW,
        "EOVERFLOW",
        "value too large for defined data type",
    ),
    (Errno::PERM, "EPERM", "operation not permitted"),
    (Errno::PIPE, "EPIPE", "broken pipe"),
    (Errno::RANGE, "ERANGE", "result too large"),
    (Errno::ROFS, "EROFS", "read-only file system"),
    (Errno::SPIPE, "ESPIPE", "invalid seek"),
    (Errno::STALE, "ESTALE", "stale file handle"),
    (Errno::TIMEDOUT, "ETIMEDOUT", "connection timed out"),
    (Errno::TXTBSY, "ETXTBSY", "text file is busy"),
    (Errno::XDEV, "EXDEV", "cross-device link not permitted"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_reads_as_in_node() {
        let none = Call::of("read").fail(Errno::BADF).to_string();
        assert_eq!(none, "EBADF: bad file descriptor, read");
        let one = Call::on("open", "x.txt").fail(Errno::NOENT).to_string();
        assert_eq!(one, "ENOENT: no such file or directory, open 'x.txt'");
        let two = Call::between("rename", "a", "b")
            .fail(Errno::XDEV)
            .to_string();
        assert_eq!(
            two,
            "EXDEV: cross-device link not permitted, rename 'a' -> 'b'"
        );
    }

    #[test]
    fn an_unknown_number_is_an_unknown_error() {
        let error = Call::of("read").fail(io::Error::from_raw_os_error(4000));
        assert_eq!(error.to_string(), "UNKNOWN: unknown error, read");
    }
}
