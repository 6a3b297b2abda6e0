//! Commands that name what they mean by path.

use serde_json::{Value, json};

use super::{ask, bits, kind_name, mode, order, stat_json, times};
use crate::{
    actors::router::{Args, Desk},
    messages::{
        files::{
            ChangeMode, ChangeOwner, CheckAccess, LinkFile, ListFolder, ListedEntry, MakeFolder,
            MakeSymlink, MakeTempFolder, ReadLink, RemoveFolder, RemovePath, RenamePath,
            ResolvePath, SetTimes, StatPath, UnlinkFile,
        },
        router::{CallError, CallReply},
    },
};

pub(super) fn stat(args: &Args, desk: Desk<'_>, follows: bool) {
    let message = args.path("path").map(|path| StatPath { path, follows });
    ask(desk, message, stat_json);
}

pub(super) fn access(args: Args, desk: Desk<'_>) {
    let message = args.path("path").and_then(|path| {
        let mode = bits(&args, "mode", 0)?;
        Ok(CheckAccess { path, mode })
    });
    order(desk, message);
}

pub(super) fn chmod(args: Args, desk: Desk<'_>) {
    let message = args.path("path").and_then(|path| {
        let mode = mode(&args)?;
        Ok(ChangeMode { path, mode })
    });
    order(desk, message);
}

pub(super) fn chown(args: &Args, desk: Desk<'_>, follows: bool) {
    let message = args.path("path").and_then(|path| {
        let (uid, gid) = (owner(args, "uid")?, owner(args, "gid")?);
        Ok(ChangeOwner {
            path,
            uid,
            gid,
            follows,
        })
    });
    order(desk, message);
}

/// A user or group; -1 leaves it as it is.
fn owner(args: &Args, name: &str) -> Result<Option<u32>, CallError> {
    let number = args.integer(name, -1..=i64::from(u32::MAX))?;
    Ok(u32::try_from(number).ok())
}

pub(super) fn utimes(args: Args, desk: Desk<'_>) {
    let message = args.path("path").and_then(|path| {
        let times = times(&args)?;
        Ok(SetTimes { path, times })
    });
    order(desk, message);
}

pub(super) fn rename(args: Args, desk: Desk<'_>) {
    let message = two_paths(&args).map(|(src, dest)| RenamePath { src, dest });
    order(desk, message);
}

pub(super) fn link(args: Args, desk: Desk<'_>) {
    let message = two_paths(&args).map(|(src, dest)| LinkFile { src, dest });
    order(desk, message);
}

pub(super) fn two_paths(args: &Args) -> Result<(String, String), CallError> {
    Ok((args.path("src")?, args.path("dest")?))
}

pub(super) fn symlink(args: Args, desk: Desk<'_>) {
    let message = args.path("target").and_then(|target| {
        let path = args.path("path")?;
        Ok(MakeSymlink { target, path })
    });
    order(desk, message);
}

pub(super) fn readlink(args: Args, desk: Desk<'_>) {
    let message = args.path("path").map(|path| ReadLink { path });
    ask(desk, message, |path: String| {
        CallReply::from(json!({ "path": path }))
    });
}

pub(super) fn realpath(args: Args, desk: Desk<'_>) {
    let message = args.path("path").map(|path| ResolvePath { path });
    ask(desk, message, |path: String| {
        CallReply::from(json!({ "path": path }))
    });
}

pub(super) fn unlink(args: Args, desk: Desk<'_>) {
    let message = args.path("path").map(|path| UnlinkFile { path });
    order(desk, message);
}

pub(super) fn mkdir(args: Args, desk: Desk<'_>) {
    let message = args.path("path").and_then(|path| {
        let is_recursive = args.flag("recursive")?;
        let mode = bits(&args, "mode", 0o777)?;
        Ok(MakeFolder {
            path,
            is_recursive,
            mode,
        })
    });
    ask(desk, message, |first: Option<String>| {
        CallReply::from(first.map_or(json!({}), |first| json!({ "first": first })))
    });
}

pub(super) fn mkdtemp(args: Args, desk: Desk<'_>) {
    let message = args.path("prefix").map(|prefix| MakeTempFolder { prefix });
    ask(desk, message, |path: String| {
        CallReply::from(json!({ "path": path }))
    });
}

pub(super) fn rmdir(args: Args, desk: Desk<'_>) {
    let message = args.path("path").map(|path| RemoveFolder { path });
    order(desk, message);
}

pub(super) fn rm(args: Args, desk: Desk<'_>) {
    let message = args.path("path").and_then(|path| {
        let (is_recursive, is_forced) = (args.flag("recursive")?, args.flag("force")?);
        Ok(RemovePath {
            path,
            is_recursive,
            is_forced,
        })
    });
    order(desk, message);
}

pub(super) fn readdir(args: Args, desk: Desk<'_>) {
    let message = args.path("path").and_then(|path| {
        let is_recursive = args.flag("recursive")?;
        Ok(ListFolder { path, is_recursive })
    });
    ask(desk, message, |entries: Vec<ListedEntry>| {
        let entry = |listed: ListedEntry| {
            let kind = kind_name(listed.entry.kind);
            json!({ "name": listed.entry.name, "type": kind, "parent": listed.parent })
        };
        CallReply::from(Value::from_iter(entries.into_iter().map(entry)))
    });
}
