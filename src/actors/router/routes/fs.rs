//! `fs.*`: files and folders, by path and by handle.

mod handles;
mod paths;
mod whole;

use serde_json::{Map, Value, json};

use super::Route;
use crate::{
    actors::{
        files::{Files, flags},
        kit::Handler,
        router::{Args, Desk},
    },
    messages::{
        Message,
        files::{FileError, FileKind, FileStat, FileTimes, HandleId, PathPair},
        router::{CallError, CallReply},
    },
};

pub(super) const ROUTES: &[Route] = &[
    route("fs.readFile", whole::read_file),
    route("fs.writeFile", whole::write_file),
    route("fs.copyFile", whole::copy_file),
    route("fs.truncate", whole::truncate),
    route("fs.stat", |args, desk| paths::stat(&args, desk, true)),
    route("fs.lstat", |args, desk| paths::stat(&args, desk, false)),
    route("fs.access", paths::access),
    route("fs.chmod", paths::chmod),
    route("fs.chown", |args, desk| paths::chown(&args, desk, true)),
    route("fs.lchown", |args, desk| paths::chown(&args, desk, false)),
    route("fs.utimes", paths::utimes),
    route("fs.rename", paths::rename),
    route("fs.link", paths::link),
    route("fs.symlink", paths::symlink),
    route("fs.readlink", paths::readlink),
    route("fs.realpath", paths::realpath),
    route("fs.unlink", paths::unlink),
    route("fs.mkdir", paths::mkdir),
    route("fs.mkdtemp", paths::mkdtemp),
    route("fs.rmdir", paths::rmdir),
    route("fs.rm", paths::rm),
    route("fs.readdir", paths::readdir),
    route("fs.open", handles::open),
    route("fs.close", |args, desk| {
        handles::close(&args, desk, "close")
    }),
    route("fs.closedir", |args, desk| {
        handles::close(&args, desk, "closedir")
    }),
    route("fs.opendir", handles::opendir),
    route("fs.readdirNext", handles::readdir_next),
    route("fs.read", handles::read),
    route("fs.write", handles::write),
    route("fs.fstat", handles::fstat),
    route("fs.ftruncate", handles::ftruncate),
    route("fs.fsync", |args, desk| handles::sync(&args, desk, false)),
    route("fs.fdatasync", |args, desk| {
        handles::sync(&args, desk, true)
    }),
    route("fs.fchmod", handles::fchmod),
    route("fs.futimes", handles::futimes),
    route("fs.getOpenDescriptors", handles::list),
    route("fs.closeOpenDescriptors", handles::close_all),
    route("fs.watch", handles::watch),
    route("fs.stopWatch", handles::stop_watch),
    Route::new("fs.constants", whole::constants),
];

const fn route(command: &'static str, run: fn(Args, Desk<'_>)) -> Route {
    Route::new(command, run).needs("data_access")
}

/// Asks the files actor.
fn ask<M, T>(
    desk: Desk<'_>,
    message: Result<M, CallError>,
    translate: impl FnOnce(T) -> CallReply + Send + 'static,
) where
    M: Message<Reply = Result<T, FileError>>,
    Files: Handler<M>,
{
    let files = desk.services.files.recipient();
    desk.ask(files, message, translate);
}

/// Asks for something that either happens or not.
fn order<M>(desk: Desk<'_>, message: Result<M, CallError>)
where
    M: Message<Reply = Result<(), FileError>>,
    Files: Handler<M>,
{
    ask(desk, message, |()| CallReply::default());
}

fn binary(bytes: Vec<u8>) -> CallReply {
    CallReply {
        data: Value::Null,
        body: Some(bytes),
    }
}

fn handle(args: &Args) -> Result<HandleId, CallError> {
    let text = args.string("id")?;
    // The parser would take a sign.
    let is_hex = text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    let id = is_hex
        .then(|| u128::from_str_radix(&text, 16).ok())
        .flatten();
    id.map(HandleId)
        .ok_or_else(|| args.invalid("id", "is no handle"))
}

fn id_json(id: HandleId) -> Value {
    json!(format!("{:032x}", id.0))
}

/// Flags as bits or by name.
fn open_flags(args: &Args, name: &str, default: &str) -> Result<u32, CallError> {
    let text = match args.value(name) {
        Some(Value::Number(_)) => {
            let bits = args.integer(name, 0..=i64::from(i32::MAX))?;
            return Ok(u32::try_from(bits).unwrap_or(0));
        }
        Some(_) => args.string(name)?,
        None => default.to_owned(),
    };
    let bits = flags::from_name(&text);
    bits.ok_or_else(|| args.invalid(name, &format!("must be flags such as 'r+'; got '{text}'")))
}

/// An integer that fits into 32 bits, and may be left out.
fn bits(args: &Args, name: &str, default: u32) -> Result<u32, CallError> {
    let bits = args.optional_integer(name, 0..=i64::from(u32::MAX))?;
    Ok(bits
        .and_then(|bits| u32::try_from(bits).ok())
        .unwrap_or(default))
}

/// Permission bits that must be there.
fn mode(args: &Args) -> Result<u32, CallError> {
    let mode = args.integer("mode", 0..=i64::from(u32::MAX))?;
    Ok(u32::try_from(mode).unwrap_or(0))
}

fn length(args: &Args) -> Result<u64, CallError> {
    let length = args.optional_integer("length", 0..=i64::MAX)?;
    Ok(length.unwrap_or(0).unsigned_abs())
}

fn times(args: &Args) -> Result<FileTimes, CallError> {
    let time = |name| {
        let time = args.optional_number(name)?;
        time.ok_or_else(|| args.invalid(name, "must be a time in milliseconds since 1970"))
    };
    Ok(FileTimes {
        atime_ms: time("atimeMs")?,
        mtime_ms: time("mtimeMs")?,
    })
}

fn stat_json(stat: FileStat) -> CallReply {
    let fields = [
        ("dev", whole_number(stat.dev)),
        ("ino", whole_number(stat.ino)),
        ("mode", json!(stat.mode)),
        ("nlink", json!(stat.nlink)),
        ("uid", json!(stat.uid)),
        ("gid", json!(stat.gid)),
        ("rdev", whole_number(stat.rdev)),
        ("size", json!(stat.size)),
        ("blksize", json!(stat.blksize)),
        ("blocks", json!(stat.blocks)),
        ("atimeMs", json!(stat.atime_ms)),
        ("mtimeMs", json!(stat.mtime_ms)),
        ("ctimeMs", json!(stat.ctime_ms)),
        ("birthtimeMs", json!(stat.birthtime_ms)),
    ];
    let fields = fields.map(|(name, value)| (name.to_owned(), value));
    CallReply::from(Value::Object(Map::from_iter(fields)))
}

/// A number as JavaScript can hold it: beyond 2^53 in decimal digits.
fn whole_number(number: u64) -> Value {
    if number > 1 << 53 {
        json!(number.to_string())
    } else {
        json!(number)
    }
}

fn kind_name(kind: FileKind) -> &'static str {
    match kind {
        FileKind::File => "file",
        FileKind::Folder => "directory",
        FileKind::Symlink => "symlink",
        FileKind::Fifo => "fifo",
        FileKind::Socket => "socket",
        FileKind::CharDevice => "char",
        FileKind::BlockDevice => "block",
        FileKind::Unknown => "unknown",
    }
}

impl From<FileError> for CallError {
    fn from(error: FileError) -> Self {
        let message = error.to_string();
        let (code, syscall, paths) = match error {
            FileError::System {
                code,
                syscall,
                paths,
                ..
            } => (code, Some(syscall), paths),
            FileError::TooLargeForCall { path, .. } => (
                "ERR_FS_FILE_TOO_LARGE_FOR_CALL",
                None,
                PathPair {
                    path: Some(path),
                    dest: None,
                },
            ),
            FileError::TooManyEntries { path, .. } => (
                "ERR_FS_TOO_MANY_ENTRIES",
                None,
                PathPair {
                    path: Some(path),
                    dest: None,
                },
            ),
            FileError::IsFolder { path } => (
                "ERR_FS_EISDIR",
                Some("rm"),
                PathPair {
                    path: Some(path),
                    dest: None,
                },
            ),
        };
        let PathPair { path, dest } = paths;
        // Node's own name for what it finds out without asking the system.
        let name = if code == "ERR_FS_EISDIR" {
            "SystemError"
        } else {
            "Error"
        };
        Self {
            name,
            code: code.to_owned(),
            message,
            syscall,
            path,
            dest,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::messages::router::{Caller, Frame, RouteCall};

    fn args(params: Value) -> Args {
        let caller = Caller {
            window: 0,
            frame: Frame::Top,
            origin: String::new(),
        };
        let call = RouteCall {
            caller,
            command: "fs.x".into(),
            params,
            body: Vec::new(),
        };
        Args::new(call).unwrap()
    }

    #[test]
    fn flags_are_bits_or_names() {
        let flags = |value: Value| open_flags(&args(json!({ "flags": value })), "flags", "r");
        assert_eq!(flags(json!(66)), Ok(66));
        assert_eq!(flags(json!(null)), Ok(0));
        assert_eq!(flags(json!("r")), Ok(0));
        let codes =
            [json!("q"), json!(-1), json!(true)].map(|value| flags(value).unwrap_err().code);
        let value = "ERR_INVALID_ARG_VALUE";
        assert_eq!(codes, [value, value, "ERR_INVALID_ARG_TYPE"]);
    }

    #[test]
    fn a_handle_is_32_hexadecimal_digits() {
        let id = |text: &str| handle(&args(json!({ "id": text })));
        let written = id_json(HandleId(0xab));
        assert_eq!(id(written.as_str().unwrap()), Ok(HandleId(0xab)));
        let signed = format!("+{}", "0".repeat(31));
        for text in ["", "ab", signed.as_str(), &"g".repeat(32), &"0".repeat(33)] {
            assert_eq!(
                id(text).unwrap_err().code,
                "ERR_INVALID_ARG_VALUE",
                "{text}"
            );
        }
    }

    #[test]
    fn numbers_that_javascript_cannot_hold_are_written_out() {
        assert_eq!(whole_number(1 << 53), json!(9_007_199_254_740_992_u64));
        assert_eq!(whole_number((1 << 53) + 1), json!("9007199254740993"));
    }

    #[test]
    fn an_error_carries_code_call_and_paths() {
        let paths = PathPair {
            path: Some("a".into()),
            dest: Some("b".into()),
        };
        let (code, text, syscall) = ("EXDEV", "cross-device link not permitted", "rename");
        let error = CallError::from(FileError::System {
            code,
            text,
            syscall,
            paths,
        });
        let expected = json!({
            "name": "Error", "code": "EXDEV", "syscall": "rename", "path": "a", "dest": "b",
            "message": "EXDEV: cross-device link not permitted, rename 'a' -> 'b'",
        });
        assert_eq!(json!(error), expected);
    }
}
