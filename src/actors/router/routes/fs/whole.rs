//! Commands on files as a whole, and the constants.

use rustix::fs::{Access, FileType, Mode, OFlags};
use serde_json::{Map, Value, json};

use super::{ask, binary, bits, length, open_flags, order, paths::two_paths};
use crate::{
    actors::{
        files::{COPYFILE_EXCL, COPYFILE_FICLONE, COPYFILE_FICLONE_FORCE},
        router::{Args, Desk},
    },
    messages::{
        files::{CopyFile, ReadFile, TruncateFile, WriteFile},
        router::CallReply,
    },
};

pub(super) fn read_file(args: Args, desk: Desk<'_>) {
    let message = args.path("path").and_then(|path| {
        let flags = open_flags(&args, "flag", "r")?;
        Ok(ReadFile { path, flags })
    });
    ask(desk, message, binary);
}

pub(super) fn write_file(args: Args, desk: Desk<'_>) {
    let message = args.path("path").and_then(|path| {
        let flags = open_flags(&args, "flag", "w")?;
        let mode = bits(&args, "mode", 0o666)?;
        Ok(WriteFile {
            path,
            flags,
            mode,
            bytes: args.body,
        })
    });
    order(desk, message);
}

pub(super) fn copy_file(args: Args, desk: Desk<'_>) {
    let message = two_paths(&args).and_then(|(src, dest)| {
        let flags = bits(&args, "flags", 0)?;
        if flags & !(COPYFILE_EXCL | COPYFILE_FICLONE | COPYFILE_FICLONE_FORCE) != 0 {
            return Err(args.invalid("flags", "must be made of COPYFILE_ constants"));
        }
        Ok(CopyFile { src, dest, flags })
    });
    order(desk, message);
}

pub(super) fn truncate(args: Args, desk: Desk<'_>) {
    let message = args.path("path").and_then(|path| {
        let length = length(&args)?;
        Ok(TruncateFile { path, length })
    });
    order(desk, message);
}

/// The numbers of this system, since they differ from one to the next.
pub(super) fn constants(_args: Args, desk: Desk<'_>) {
    let flags = OPEN_FLAGS
        .iter()
        .map(|(name, flag)| (*name, json!(flag.bits())));
    let types = FILE_TYPES
        .iter()
        .map(|(name, kind)| (*name, json!(kind.as_raw_mode())));
    let modes = MODES
        .iter()
        .map(|(name, mode)| (*name, json!(mode.as_raw_mode())));
    let access = ACCESS
        .iter()
        .map(|(name, access)| (*name, json!(access.bits())));
    let copy = COPY_FLAGS.iter().map(|(name, flag)| (*name, json!(flag)));
    // The mask over the types is the same on every Unix.
    let mask = [("S_IFMT", json!(0o170_000))];
    let all = flags
        .chain(mask)
        .chain(types)
        .chain(modes)
        .chain(access)
        .chain(copy);
    let all = Map::from_iter(all.map(|(name, value)| (name.to_owned(), value)));
    desk.answer(Ok(CallReply::from(Value::Object(all))));
}

const OPEN_FLAGS: &[(&str, OFlags)] = &[
    ("O_RDONLY", OFlags::RDONLY),
    ("O_WRONLY", OFlags::WRONLY),
    ("O_RDWR", OFlags::RDWR),
    ("O_APPEND", OFlags::APPEND),
    ("O_CLOEXEC", OFlags::CLOEXEC),
    ("O_CREAT", OFlags::CREATE),
    #[cfg(target_os = "linux")]
    ("O_DIRECT", OFlags::DIRECT),
    ("O_DIRECTORY", OFlags::DIRECTORY),
    ("O_DSYNC", OFlags::DSYNC),
    ("O_EXCL", OFlags::EXCL),
    #[cfg(target_os = "linux")]
    ("O_NOATIME", OFlags::NOATIME),
    ("O_NOCTTY", OFlags::NOCTTY),
    ("O_NOFOLLOW", OFlags::NOFOLLOW),
    ("O_NONBLOCK", OFlags::NONBLOCK),
    ("O_SYNC", OFlags::SYNC),
    ("O_TRUNC", OFlags::TRUNC),
];

const FILE_TYPES: &[(&str, FileType)] = &[
    ("S_IFREG", FileType::RegularFile),
    ("S_IFDIR", FileType::Directory),
    ("S_IFCHR", FileType::CharacterDevice),
    ("S_IFBLK", FileType::BlockDevice),
    ("S_IFIFO", FileType::Fifo),
    ("S_IFLNK", FileType::Symlink),
    ("S_IFSOCK", FileType::Socket),
];

const MODES: &[(&str, Mode)] = &[
    ("S_IRWXU", Mode::RWXU),
    ("S_IRUSR", Mode::RUSR),
    ("S_IWUSR", Mode::WUSR),
    ("S_IXUSR", Mode::XUSR),
    ("S_IRWXG", Mode::RWXG),
    ("S_IRGRP", Mode::RGRP),
    ("S_IWGRP", Mode::WGRP),
    ("S_IXGRP", Mode::XGRP),
    ("S_IRWXO", Mode::RWXO),
    ("S_IROTH", Mode::ROTH),
    ("S_IWOTH", Mode::WOTH),
    ("S_IXOTH", Mode::XOTH),
];

const ACCESS: &[(&str, Access)] = &[
    ("F_OK", Access::EXISTS),
    ("R_OK", Access::READ_OK),
    ("W_OK", Access::WRITE_OK),
    ("X_OK", Access::EXEC_OK),
];

const COPY_FLAGS: &[(&str, u32)] = &[
    ("COPYFILE_EXCL", COPYFILE_EXCL),
    ("COPYFILE_FICLONE", COPYFILE_FICLONE),
    ("COPYFILE_FICLONE_FORCE", COPYFILE_FICLONE_FORCE),
];
