//! Commands on opened files and folders, and on watches.

use serde_json::{Value, json};

use super::{
    ask, binary, bits, handle, id_json, kind_name, length, mode, open_flags, order, stat_json,
    times,
};
use crate::{
    actors::router::{Args, Desk},
    messages::{
        files::{
            ChangeHandleMode, CloseHandle, CloseHandles, FolderEntry, HandleId, HandleKind,
            ListHandles, OpenFile, OpenFolder, OpenHandle, OpenedFile, ReadFolderPage, ReadHandle,
            SetHandleTimes, StatHandle, StopWatch, SyncHandle, TruncateHandle, WatchPath,
            WriteHandle,
        },
        router::{BODY_BYTES_MAX, CallError, CallReply},
    },
};

pub(super) fn open(args: Args, desk: Desk<'_>) {
    let owner = args.caller.window;
    let message = args.path("path").and_then(|path| {
        let flags = open_flags(&args, "flags", "r")?;
        let mode = bits(&args, "mode", 0o666)?;
        Ok(OpenFile {
            owner,
            path,
            flags,
            mode,
        })
    });
    ask(desk, message, |opened: OpenedFile| {
        CallReply::from(json!({ "id": id_json(opened.id), "fd": opened.fd }))
    });
}

pub(super) fn close(args: &Args, desk: Desk<'_>, syscall: &'static str) {
    let owner = args.caller.window;
    let message = handle(args).map(|id| CloseHandle { owner, id, syscall });
    order(desk, message);
}

pub(super) fn opendir(args: Args, desk: Desk<'_>) {
    let owner = args.caller.window;
    let message = args.path("path").map(|path| OpenFolder { owner, path });
    ask(desk, message, |opened: OpenedFile| {
        CallReply::from(json!({ "id": id_json(opened.id) }))
    });
}

pub(super) fn readdir_next(args: Args, desk: Desk<'_>) {
    let owner = args.caller.window;
    let message = handle(&args).and_then(|id| {
        let entries = args.optional_integer("entries", 1..=PAGE_ENTRIES_MAX)?;
        let entries = entries.unwrap_or(PAGE_ENTRIES_DEFAULT);
        let entries_max = usize::try_from(entries).unwrap_or(1);
        Ok(ReadFolderPage {
            owner,
            id,
            entries_max,
        })
    });
    ask(desk, message, |entries: Vec<FolderEntry>| {
        let entry =
            |entry: FolderEntry| json!({ "name": entry.name, "type": kind_name(entry.kind) });
        CallReply::from(Value::from_iter(entries.into_iter().map(entry)))
    });
}

pub(super) fn read(args: Args, desk: Desk<'_>) {
    let owner = args.caller.window;
    let message = handle(&args).and_then(|id| {
        let size = args.integer(
            "size",
            0..=i64::try_from(BODY_BYTES_MAX).unwrap_or(i64::MAX),
        )?;
        let size = usize::try_from(size).unwrap_or(0);
        let offset = offset(&args)?;
        Ok(ReadHandle {
            owner,
            id,
            size,
            offset,
        })
    });
    ask(desk, message, binary);
}

pub(super) fn write(args: Args, desk: Desk<'_>) {
    let owner = args.caller.window;
    let message = handle(&args).and_then(|id| {
        let offset = offset(&args)?;
        Ok(WriteHandle {
            owner,
            id,
            offset,
            bytes: args.body,
        })
    });
    ask(desk, message, |written: usize| {
        CallReply::from(json!({ "bytesWritten": written }))
    });
}

/// Where to read or write; like `null`, -1 means the handle's own position.
fn offset(args: &Args) -> Result<Option<u64>, CallError> {
    let offset = args.optional_integer("offset", -1..=i64::MAX)?;
    Ok(offset.and_then(|offset| u64::try_from(offset).ok()))
}

pub(super) fn fstat(args: Args, desk: Desk<'_>) {
    let owner = args.caller.window;
    let message = handle(&args).map(|id| StatHandle { owner, id });
    ask(desk, message, stat_json);
}

pub(super) fn ftruncate(args: Args, desk: Desk<'_>) {
    let owner = args.caller.window;
    let message = handle(&args).and_then(|id| {
        let length = length(&args)?;
        Ok(TruncateHandle { owner, id, length })
    });
    order(desk, message);
}

pub(super) fn sync(args: &Args, desk: Desk<'_>, is_data_only: bool) {
    let owner = args.caller.window;
    let message = handle(args).map(|id| SyncHandle {
        owner,
        id,
        is_data_only,
    });
    order(desk, message);
}

pub(super) fn fchmod(args: Args, desk: Desk<'_>) {
    let owner = args.caller.window;
    let message = handle(&args).and_then(|id| {
        let mode = mode(&args)?;
        Ok(ChangeHandleMode { owner, id, mode })
    });
    order(desk, message);
}

pub(super) fn futimes(args: Args, desk: Desk<'_>) {
    let owner = args.caller.window;
    let message = handle(&args).and_then(|id| {
        let times = times(&args)?;
        Ok(SetHandleTimes { owner, id, times })
    });
    order(desk, message);
}

pub(super) fn list(args: Args, desk: Desk<'_>) {
    let owner = args.caller.window;
    ask(
        desk,
        Ok(ListHandles { owner }),
        |handles: Vec<OpenHandle>| {
            let entry = |handle: OpenHandle| {
                let kind = match handle.kind {
                    HandleKind::File => "file",
                    HandleKind::Folder => "directory",
                };
                let id = id_json(handle.id);
                json!({ "id": id, "fd": handle.fd, "path": handle.path, "type": kind })
            };
            CallReply::from(Value::from_iter(handles.into_iter().map(entry)))
        },
    );
}

pub(super) fn close_all(args: Args, desk: Desk<'_>) {
    let owner = args.caller.window;
    ask(desk, Ok(CloseHandles { owner }), |_: usize| {
        CallReply::default()
    });
}

pub(super) fn watch(args: Args, desk: Desk<'_>) {
    let owner = args.caller.window;
    let message = args.path("path").and_then(|path| {
        let is_recursive = args.flag("recursive")?;
        Ok(WatchPath {
            owner,
            path,
            is_recursive,
        })
    });
    ask(desk, message, |id: HandleId| {
        CallReply::from(json!({ "id": id_json(id) }))
    });
}

pub(super) fn stop_watch(args: Args, desk: Desk<'_>) {
    let owner = args.caller.window;
    let message = handle(&args).map(|id| StopWatch { owner, id });
    order(desk, message);
}

/// Names that one page of a folder has unless the caller wants another number.
const PAGE_ENTRIES_DEFAULT: i64 = 256;
/// Names that one page of a folder may have.
const PAGE_ENTRIES_MAX: i64 = 65_536;
