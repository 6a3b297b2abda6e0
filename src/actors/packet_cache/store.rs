//! What a peer keeps on disk: its packets, and a few values by name such as its identity.
//!
//! Every call blocks until the disk has answered; what was written is there after a crash.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use bytes::Bytes;
use redb::{
    Database, ReadableDatabase as _, ReadableTable as _, ReadableTableMetadata as _, Table,
    TableDefinition,
};
use serde::{Deserialize, Serialize};

use crate::relay::{PacketId, cache::key_of, peer::Interest};

/// The state file of one peer; cheap to clone, and open until the last clone is gone.
#[derive(Clone)]
pub struct State {
    database: Arc<Database>,
    path: Arc<Path>,
}

/// A packet as it is on disk.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredPacket {
    /// Its id.
    pub id: PacketId,
    /// The packet as it goes over the wire.
    pub bytes: Bytes,
    /// When it came, in milliseconds since 1970.
    pub received_unix_ms: u64,
    /// What it is to us.
    pub interest: Interest,
}

/// What is to become of one packet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Row {
    /// It is saved.
    Save(StoredPacket),
    /// It means something else to us from now on.
    Reclassify(Interest),
    /// It is removed.
    Remove {
        /// What it was to us, and when it was given up, if it is to be remembered that it was.
        given_up: Option<(Interest, u64)>,
    },
}

/// A packet that was given up, by what is remembered of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GivenUp {
    /// The first bytes of its id.
    pub key: u64,
    /// What it was to us.
    pub interest: Interest,
    /// When it was given up, in milliseconds since 1970.
    pub unix_ms: u64,
}

/// What is to be written at one time.
pub type Batch = Vec<(PacketId, Row)>;

impl State {
    /// Opens a state file, and creates it if there is none.
    ///
    /// # Errors
    /// If another peer uses it, if it is no state file or a damaged one, or if the system
    /// refuses. The file stays as it is then.
    pub fn open(path: impl Into<PathBuf>) -> Result<Self, StateError> {
        let path: PathBuf = path.into();
        let mut database = redb::Builder::new()
            .set_cache_size(CACHE_BYTES)
            .create(&path)
            .map_err(|error| failure(&path, error.into()))?;
        check(&path, &mut database)?;
        let state = Self {
            database: Arc::new(database),
            path: path.into(),
        };
        let format = state.run(read_or_set_format)?;
        if format == FORMAT {
            Ok(state)
        } else {
            let path = state.path.to_path_buf();
            Err(StateError::NotAState { path })
        }
    }

    /// A state in memory, that ends with its last clone.
    ///
    /// # Errors
    /// If there is no room for it.
    pub fn in_memory() -> Result<Self, StateError> {
        let path = Path::new("memory");
        let backend = redb::backends::InMemoryBackend::new();
        let database = redb::Builder::new().create_with_backend(backend);
        Ok(Self {
            database: Arc::new(database.map_err(|error| failure(path, error.into()))?),
            path: path.into(),
        })
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// All packets, the oldest first; of those that came together heads before parts.
    ///
    /// # Errors
    /// If the file cannot be read.
    pub fn load(&self) -> Result<Vec<StoredPacket>, StateError> {
        let mut packets = self.run(|database| {
            let transaction = database.begin_read()?;
            let table = transaction.open_table(PACKETS)?;
            let mut packets = Vec::new();
            for row in table.iter()? {
                let (id, value) = row?;
                packets.extend(decode(id.value(), value.value()));
            }
            Ok(packets)
        })?;
        packets.sort_by_key(|packet| (packet.received_unix_ms, index_of(&packet.bytes)));
        Ok(packets)
    }

    /// Saves and removes packets, all or none of them.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn write(&self, batch: &Batch) -> Result<(), StateError> {
        self.run(|database| {
            let transaction = database.begin_write()?;
            {
                let mut table = transaction.open_table(PACKETS)?;
                let mut given_up = transaction.open_table(GIVEN_UP)?;
                for (id, row) in batch {
                    write_row(&mut table, *id, row)?;
                    if let Row::Remove {
                        given_up: Some((interest, unix_ms)),
                    } = row
                    {
                        given_up.insert((*unix_ms, key_of(*id)), *interest as u8)?;
                    }
                }
                while given_up.len()? > GIVEN_UP_MAX {
                    given_up.pop_first()?;
                }
            }
            Ok(transaction.commit()?)
        })
    }

    /// What is remembered of packets that were given up, the oldest first.
    ///
    /// # Errors
    /// If the file cannot be read.
    pub fn load_given_up(&self) -> Result<Vec<GivenUp>, StateError> {
        self.run(|database| {
            let transaction = database.begin_read()?;
            let table = transaction.open_table(GIVEN_UP)?;
            let mut all = Vec::new();
            for row in table.iter()? {
                let (at, interest) = row?;
                let (unix_ms, key) = at.value();
                let interest = interest_of(interest.value());
                all.push(GivenUp {
                    key,
                    interest,
                    unix_ms,
                });
            }
            Ok(all)
        })
    }

    /// Saves packets; see [`State::write`].
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn save_packets(&self, packets: &[StoredPacket]) -> Result<(), StateError> {
        let saved = packets
            .iter()
            .map(|packet| (packet.id, Row::Save(packet.clone())));
        self.write(&saved.collect())
    }

    /// Removes packets; see [`State::write`].
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn remove_packets(&self, ids: &[PacketId]) -> Result<(), StateError> {
        let row = Row::Remove { given_up: None };
        self.write(&ids.iter().map(|id| (*id, row.clone())).collect())
    }

    /// Saves a value by name.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn put(&self, key: &str, value: &[u8]) -> Result<(), StateError> {
        self.run(|database| {
            let transaction = database.begin_write()?;
            transaction.open_table(PEER)?.insert(key, value)?;
            Ok(transaction.commit()?)
        })
    }

    /// Reads a value by name.
    ///
    /// # Errors
    /// If the file cannot be read.
    pub fn get(&self, key: &str) -> Result<Option<Vec<u8>>, StateError> {
        self.run(|database| {
            let table = database.begin_read()?.open_table(PEER)?;
            Ok(table.get(key)?.map(|value| value.value().to_vec()))
        })
    }

    fn run<T>(
        &self,
        work: impl FnOnce(&Database) -> Result<T, redb::Error>,
    ) -> Result<T, StateError> {
        work(&self.database).map_err(|error| failure(&self.path, error))
    }
}

/// Looks at every page, since one that is damaged would be missed no sooner than it is needed.
fn check(path: &Path, database: &mut Database) -> Result<(), StateError> {
    match database.check_integrity() {
        Ok(_) => Ok(()),
        Err(error) => Err(failure(path, error.into())),
    }
}

/// The format that a file says it has; a new file is told ours.
fn read_or_set_format(database: &Database) -> Result<Vec<u8>, redb::Error> {
    let transaction = database.begin_write()?;
    let is_new = transaction.list_tables()?.next().is_none();
    let format = {
        let mut peer = transaction.open_table(PEER)?;
        if is_new {
            peer.insert(FORMAT_KEY, FORMAT)?;
        }
        let format = peer.get(FORMAT_KEY)?;
        format.map_or_else(Vec::new, |format| format.value().to_vec())
    };
    if format == FORMAT {
        transaction.open_table(PACKETS)?;
        transaction.open_table(GIVEN_UP)?;
        transaction.commit()?;
    }
    Ok(format)
}

/// What went wrong, in words that name the file.
fn failure(path: &Path, error: redb::Error) -> StateError {
    let path = path.to_path_buf();
    match error {
        redb::Error::DatabaseAlreadyOpen | redb::Error::LockProtocolMismatch => {
            StateError::InUse { path }
        }
        redb::Error::Corrupted(reason) => StateError::Damaged { path, reason },
        redb::Error::Io(error) if error.kind() == std::io::ErrorKind::InvalidData => {
            StateError::NotAState { path }
        }
        redb::Error::TableTypeMismatch { .. }
        | redb::Error::TableIsMultimap(_)
        | redb::Error::UpgradeRequired(_) => StateError::NotAState { path },
        error => StateError::System {
            path,
            reason: error.to_string(),
        },
    }
}

fn encode(packet: &StoredPacket) -> Vec<u8> {
    let mut bytes = packet.received_unix_ms.to_be_bytes().to_vec();
    bytes.push(packet.interest as u8);
    bytes.extend_from_slice(&packet.bytes);
    bytes
}

fn decode(id: [u8; 32], value: &[u8]) -> Option<StoredPacket> {
    let (received, rest) = value.split_first_chunk()?;
    let (interest, bytes) = rest.split_first()?;
    Some(StoredPacket {
        id: PacketId(id),
        bytes: Bytes::copy_from_slice(bytes),
        received_unix_ms: u64::from_be_bytes(*received),
        interest: interest_of(*interest),
    })
}

fn interest_of(byte: u8) -> Interest {
    match byte {
        0 => Interest::Foreign,
        1 => Interest::Cluster,
        2 => Interest::Subscribed,
        _ => Interest::Own,
    }
}

/// Writes what is to become of one packet.
fn write_row(
    table: &mut Table<'_, [u8; 32], &'static [u8]>,
    id: PacketId,
    row: &Row,
) -> Result<(), redb::Error> {
    match row {
        Row::Save(packet) => drop(table.insert(id.0, encode(packet).as_slice())?),
        Row::Remove { .. } => drop(table.remove(id.0)?),
        Row::Reclassify(interest) => {
            let kept = table.get(id.0)?.map(|kept| kept.value().to_vec());
            let packet = kept.and_then(|kept| decode(id.0, &kept));
            if let Some(packet) = packet.filter(|packet| packet.interest != *interest) {
                let interest = *interest;
                let bytes = encode(&StoredPacket { interest, ..packet });
                table.insert(id.0, bytes.as_slice())?;
            }
        }
    }
    Ok(())
}

/// Where a packet stands in its message.
fn index_of(bytes: &[u8]) -> i32 {
    crate::relay::packet::PacketView::decode(bytes).map_or(-1, |view| view.index)
}

/// Why a state file cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum StateError {
    /// Somebody else has it open.
    #[error("another peer uses the state file {}", path.display())]
    InUse {
        /// Which file.
        path: PathBuf,
    },
    /// It is something else.
    #[error("{} is not a state file of a peer", path.display())]
    NotAState {
        /// Which file.
        path: PathBuf,
    },
    /// It was one.
    #[error(
        "the state file {} is damaged ({reason}); it is left as it is: \
         move it away to begin anew with another",
        path.display()
    )]
    Damaged {
        /// Which file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// The system refused.
    #[error("cannot use the state file {}: {reason}", path.display())]
    System {
        /// Which file.
        path: PathBuf,
        /// What the system said.
        reason: String,
    },
}

/// Packets by id: when they came (8 bytes), what they are to us (1 byte), their bytes.
const PACKETS: TableDefinition<[u8; 32], &[u8]> = TableDefinition::new("packets");
/// Packets that were given up: when, and the first bytes of the id; what they were to us.
const GIVEN_UP: TableDefinition<(u64, u64), u8> = TableDefinition::new("given up");
/// Rows of that table.
const GIVEN_UP_MAX: u64 = 32_768;
/// Values by name.
const PEER: TableDefinition<&str, &[u8]> = TableDefinition::new("peer");
/// The value that says what the file is.
const FORMAT_KEY: &str = "format";
const FORMAT: &[u8] = b"socket-runtime relay state 1";
/// Bytes of the file that are held in memory; packets are in the cache as well.
const CACHE_BYTES: usize = 1 << 20;
