//! Messages to the system actor: questions about the machine, its user and the time.
//!
//! The answers serialise as JavaScript gets them.

use std::{collections::BTreeMap, path::PathBuf};

use serde::{Deserialize, Serialize};

use super::{
    Message,
    record::{self, Name},
};

/// Asks which system this is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DescribeMachine;

impl Message for DescribeMachine {
    type Reply = Result<Machine, SystemError>;

    recorded!(reply);
}

/// What `uname` says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Machine {
    /// Name of the kernel.
    pub sysname: String,
    /// Name of the host.
    pub nodename: String,
    /// Version number of the kernel.
    pub release: String,
    /// Build of the kernel.
    pub version: String,
    /// Kind of processor.
    pub machine: String,
}

/// Asks for the processor's cores.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListCores;

impl Message for ListCores {
    type Reply = Result<Vec<Core>, SystemError>;

    recorded!(reply);
}

/// One core.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Core {
    /// Its model.
    pub model: String,
    /// Its clock in MHz, 0 if unknown.
    pub speed: u64,
    /// What it has done since the start.
    pub times: CoreTimes,
}

/// What a core has done since the start, in milliseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CoreTimes {
    /// Programs.
    pub user: u64,
    /// Programs of low priority.
    pub nice: u64,
    /// The kernel.
    pub sys: u64,
    /// Nothing.
    pub idle: u64,
    /// Interrupts.
    pub irq: u64,
}

/// Asks for the memory of the machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadMemory;

impl Message for ReadMemory {
    type Reply = Result<Memory, SystemError>;

    recorded!(reply);
}

/// Memory in bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Memory {
    /// What programs could still get.
    pub available: u64,
    /// All of it.
    pub total: u64,
    /// What nobody uses, not even as a cache.
    pub free: u64,
}

/// Asks how long the machine has been up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadUptime;

impl Message for ReadUptime {
    type Reply = Result<Uptime, SystemError>;

    recorded!(reply);
}

/// How long the machine has been up.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Uptime {
    /// In seconds.
    pub seconds: f64,
}

/// Asks for the load averages of 1, 5 and 15 minutes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadLoad;

impl Message for ReadLoad {
    type Reply = Result<[f64; 3], SystemError>;

    recorded!(reply);
}

/// Asks what this process has used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadUsage;

impl Message for ReadUsage {
    type Reply = Result<Usage, SystemError>;

    recorded!(reply);
}

/// What this process has used, named as `getrusage` does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Usage {
    /// The most memory at once, in bytes.
    pub ru_maxrss: u64,
    /// Processor time of its own, in microseconds.
    pub ru_utime_us: u64,
    /// Processor time of the kernel on its behalf, in microseconds.
    pub ru_stime_us: u64,
}

/// Asks for the network interfaces that are up, and their addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListInterfaces;

impl Message for ListInterfaces {
    type Reply = Result<BTreeMap<String, Vec<InterfaceAddress>>, SystemError>;

    recorded!(reply);
}

/// One address of a network interface.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InterfaceAddress {
    /// The address.
    pub address: String,
    /// Which part of it names the network.
    pub netmask: String,
    /// `IPv4` or `IPv6`.
    #[serde(deserialize_with = "record::interned")]
    pub family: Name,
    /// Hardware address; zeros if it has none.
    pub mac: String,
    /// Whether it leads nowhere but to this machine.
    pub internal: bool,
    /// Address and length of the network part.
    pub cidr: String,
    /// Number of the interface, for IPv6.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scopeid: Option<u32>,
}

/// Asks for a time that never runs back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadClock;

impl Message for ReadClock {
    type Reply = Result<ClockTime, SystemError>;

    recorded!(reply);
}

/// A time on a clock with an arbitrary start.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClockTime {
    /// Nanoseconds, as a decimal number: there are more than a JavaScript number can count.
    pub ns: String,
}

/// Asks where the user keeps what.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListPaths;

impl Message for ListPaths {
    type Reply = Result<WellKnownPaths, SystemError>;

    recorded!(reply);
}

/// Where the user keeps what. They need not exist.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WellKnownPaths {
    /// The app's own files.
    pub resources: PathBuf,
    /// The user's own folder.
    pub home: Option<PathBuf>,
    /// The desktop.
    pub desktop: Option<PathBuf>,
    /// Documents.
    pub documents: Option<PathBuf>,
    /// Downloads.
    pub downloads: Option<PathBuf>,
    /// Pictures.
    pub pictures: Option<PathBuf>,
    /// Videos.
    pub videos: Option<PathBuf>,
    /// Music.
    pub music: Option<PathBuf>,
    /// What the user shares with others.
    pub media: Option<PathBuf>,
    /// The app's settings.
    pub config: Option<PathBuf>,
    /// The app's data.
    pub data: Option<PathBuf>,
    /// The app's logs.
    pub log: Option<PathBuf>,
    /// Temporary files.
    pub tmp: PathBuf,
}

/// Asks who runs this process.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DescribeUser;

impl Message for DescribeUser {
    type Reply = Result<User, SystemError>;

    recorded!(reply);
}

/// Who runs this process.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct User {
    /// Name to log in with.
    pub username: String,
    /// Number of the user.
    pub uid: u32,
    /// Number of the user's group.
    pub gid: u32,
    /// The user's own folder.
    pub homedir: String,
    /// The user's shell, if known.
    pub shell: Option<String>,
}

/// Opens a URL in whatever program the user has chosen for it; replies once that was started.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenExternal {
    /// The URL; its scheme has been checked.
    pub url: String,
}

impl Message for OpenExternal {
    type Reply = Result<(), SystemError>;

    recorded!(reply);
}

/// Why a question about the system has no answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[non_exhaustive]
pub enum SystemError {
    /// The system said nothing, or nothing that can be understood.
    #[error("{what} cannot be read: {reason}")]
    Unreadable {
        /// What was asked for.
        #[serde(deserialize_with = "record::interned")]
        what: Name,
        /// What went wrong.
        reason: String,
    },
    /// No program could be started for a URL.
    #[error("'{url}' cannot be opened: {reason}")]
    NotOpened {
        /// The URL.
        url: String,
        /// What went wrong.
        reason: String,
    },
    /// This platform cannot say it yet.
    #[error("{what} cannot be read on this platform yet")]
    Unsupported {
        /// What was asked for.
        #[serde(deserialize_with = "record::interned")]
        what: Name,
    },
}
