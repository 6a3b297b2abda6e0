/**
 * @module fs/constants
 *
 * The numbers that files are opened, tested and described by, as this operating system has them.
 */
import { bootstrap } from 'socket:internal/session'

/** `open` flags of Linux. */
const LINUX = {
  O_CREAT: 0o100,
  O_EXCL: 0o200,
  O_NOCTTY: 0o400,
  O_TRUNC: 0o1000,
  O_APPEND: 0o2000,
  O_NONBLOCK: 0o4000,
  O_DSYNC: 0o10000,
  O_ASYNC: 0o20000,
  O_DIRECT: 0o40000,
  O_DIRECTORY: 0o200000,
  O_NOFOLLOW: 0o400000,
  O_NOATIME: 0o1000000,
  O_CLOEXEC: 0o2000000,
  O_SYNC: 0o4010000,
  O_PATH: 0o10000000,
  O_TMPFILE: 0o20200000
}

/** Where 64-bit ARM differs from it. */
const LINUX_ARM = {
  ...LINUX,
  O_DIRECTORY: 0o40000,
  O_NOFOLLOW: 0o100000,
  O_DIRECT: 0o200000,
  O_TMPFILE: 0o20040000
}

/** `open` flags of macOS and iOS. */
const DARWIN = {
  O_NONBLOCK: 0x4,
  O_APPEND: 0x8,
  O_ASYNC: 0x40,
  O_SYNC: 0x80,
  O_NOFOLLOW: 0x100,
  O_CREAT: 0x200,
  O_TRUNC: 0x400,
  O_EXCL: 0x800,
  O_NOCTTY: 0x20000,
  O_DIRECTORY: 0x100000,
  O_DSYNC: 0x400000,
  O_CLOEXEC: 0x1000000
}

/** `open` flags of Windows. */
const WINDOWS = { O_APPEND: 0x8, O_CREAT: 0x100, O_TRUNC: 0x200, O_EXCL: 0x400 }

const system = systemFlags()

/** Fail if the destination exists. */
export const COPYFILE_EXCL = 1
/** Share blocks with the source if the file system can, else copy. */
export const COPYFILE_FICLONE = 2
/** Share blocks with the source, or fail. */
export const COPYFILE_FICLONE_FORCE = 4

/** An entry of unknown type. */
export const UV_DIRENT_UNKNOWN = 0
/** A file. */
export const UV_DIRENT_FILE = 1
/** A folder. */
export const UV_DIRENT_DIR = 2
/** A link. */
export const UV_DIRENT_LINK = 3
/** A named pipe. */
export const UV_DIRENT_FIFO = 4
/** A socket. */
export const UV_DIRENT_SOCKET = 5
/** A character device. */
export const UV_DIRENT_CHAR = 6
/** A block device. */
export const UV_DIRENT_BLOCK = 7
/** A link to a folder, on Windows. */
export const UV_FS_SYMLINK_DIR = 1
/** A junction, on Windows. */
export const UV_FS_SYMLINK_JUNCTION = 2

/** Open for reading. */
export const O_RDONLY = 0
/** Open for writing. */
export const O_WRONLY = 1
/** Open for both. */
export const O_RDWR = 2
/** Write at the end. */
export const O_APPEND = system.O_APPEND
/** Signal when there is data. */
export const O_ASYNC = system.O_ASYNC ?? 0
/** Close when another program is run. */
export const O_CLOEXEC = system.O_CLOEXEC ?? 0
/** Create the file if it is missing. */
export const O_CREAT = system.O_CREAT
/** Go past the cache. */
export const O_DIRECT = system.O_DIRECT ?? 0
/** Fail unless it is a folder. */
export const O_DIRECTORY = system.O_DIRECTORY ?? 0
/** Wait for the contents at each write. */
export const O_DSYNC = system.O_DSYNC ?? 0
/** Fail if the file exists. */
export const O_EXCL = system.O_EXCL
/** Allow large files, which is always so. */
export const O_LARGEFILE = 0
/** Leave the time of the last use alone. */
export const O_NOATIME = system.O_NOATIME ?? 0
/** Do not become the controlling terminal. */
export const O_NOCTTY = system.O_NOCTTY ?? 0
/** Fail if it is a link. */
export const O_NOFOLLOW = system.O_NOFOLLOW ?? 0
/** Do not wait. */
export const O_NONBLOCK = system.O_NONBLOCK ?? 0
/** The same as `O_NONBLOCK`. */
export const O_NDELAY = O_NONBLOCK
/** Open the place, not the file. */
export const O_PATH = system.O_PATH ?? 0
/** Wait for everything at each write. */
export const O_SYNC = system.O_SYNC ?? 0
/** Create a file without a name. */
export const O_TMPFILE = system.O_TMPFILE ?? 0
/** Empty the file. */
export const O_TRUNC = system.O_TRUNC

/** The bits of a mode that hold the type. */
export const S_IFMT = 0o170000
/** The type of a file. */
export const S_IFREG = 0o100000
/** The type of a folder. */
export const S_IFDIR = 0o040000
/** The type of a character device. */
export const S_IFCHR = 0o020000
/** The type of a block device. */
export const S_IFBLK = 0o060000
/** The type of a named pipe. */
export const S_IFIFO = 0o010000
/** The type of a link. */
export const S_IFLNK = 0o120000
/** The type of a socket. */
export const S_IFSOCK = 0o140000
/** The owner may do everything. */
export const S_IRWXU = 0o700
/** The owner may read. */
export const S_IRUSR = 0o400
/** The owner may write. */
export const S_IWUSR = 0o200
/** The owner may run it. */
export const S_IXUSR = 0o100
/** The group may do everything. */
export const S_IRWXG = 0o070
/** The group may read. */
export const S_IRGRP = 0o040
/** The group may write. */
export const S_IWGRP = 0o020
/** The group may run it. */
export const S_IXGRP = 0o010
/** Anybody else may do everything. */
export const S_IRWXO = 0o007
/** Anybody else may read. */
export const S_IROTH = 0o004
/** Anybody else may write. */
export const S_IWOTH = 0o002
/** Anybody else may run it. */
export const S_IXOTH = 0o001

/** The file can be seen. */
export const F_OK = 0
/** The file can be read. */
export const R_OK = 4
/** The file can be written. */
export const W_OK = 2
/** The file can be run. */
export const X_OK = 1

export default Object.freeze({
  COPYFILE_EXCL,
  COPYFILE_FICLONE,
  COPYFILE_FICLONE_FORCE,
  UV_DIRENT_UNKNOWN,
  UV_DIRENT_FILE,
  UV_DIRENT_DIR,
  UV_DIRENT_LINK,
  UV_DIRENT_FIFO,
  UV_DIRENT_SOCKET,
  UV_DIRENT_CHAR,
  UV_DIRENT_BLOCK,
  UV_FS_SYMLINK_DIR,
  UV_FS_SYMLINK_JUNCTION,
  O_RDONLY,
  O_WRONLY,
  O_RDWR,
  O_APPEND,
  O_ASYNC,
  O_CLOEXEC,
  O_CREAT,
  O_DIRECT,
  O_DIRECTORY,
  O_DSYNC,
  O_EXCL,
  O_LARGEFILE,
  O_NOATIME,
  O_NOCTTY,
  O_NOFOLLOW,
  O_NONBLOCK,
  O_NDELAY,
  O_PATH,
  O_SYNC,
  O_TMPFILE,
  O_TRUNC,
  S_IFMT,
  S_IFREG,
  S_IFDIR,
  S_IFCHR,
  S_IFBLK,
  S_IFIFO,
  S_IFLNK,
  S_IFSOCK,
  S_IRWXU,
  S_IRUSR,
  S_IWUSR,
  S_IXUSR,
  S_IRWXG,
  S_IRGRP,
  S_IWGRP,
  S_IXGRP,
  S_IRWXO,
  S_IROTH,
  S_IWOTH,
  S_IXOTH,
  F_OK,
  R_OK,
  W_OK,
  X_OK
})

function systemFlags () {
  if (bootstrap.platform === 'darwin') return DARWIN
  if (bootstrap.platform === 'win32') return WINDOWS
  return bootstrap.arch === 'arm64' ? LINUX_ARM : LINUX
}
