//! `runtime publish`: hands a message to a running peer.

use std::{
    fs::File,
    io::{self, Read},
    path::PathBuf,
    time::Duration,
};

use base64::{Engine as _, prelude::BASE64_STANDARD};

use super::{CliError, Console, control::PeerArg, error::Explain as _, format, values};
use crate::{
    messages::control::{ClusterName, KeyName, PublishRequest, Request},
    relay::{PacketId, PeerId, keys::SEAL_BYTES, split::MESSAGE_BYTES_MAX},
};

/// Publish a message to everybody who has the key
///
/// Prints the message's id once the peer keeps it; on disk, if the peer has a --state file.
#[derive(Clone, Debug, clap::Args)]
pub struct PublishArgs {
    /// Cluster of the message (default: the peer's own)
    #[arg(long, value_name = "NAME", value_parser = values::cluster)]
    pub cluster: Option<ClusterName>,
    /// Text that the shared key is made from, or hex: and the key itself
    #[arg(long, value_name = "SEED", value_parser = values::key)]
    pub key: KeyName,
    /// Name of the event that the message is
    #[arg(long, value_name = "NAME")]
    pub event: Option<String>,
    /// Send to this connected peer alone
    #[arg(long, value_name = "PEERID", value_parser = values::peer_id)]
    pub to: Option<PeerId>,
    /// Let the message be kept for so long, in seconds or as in 30m or 6h
    #[arg(long, value_name = "SECONDS", value_parser = values::time)]
    pub ttl: Option<Duration>,
    /// Let the message follow this packet, in causal order
    #[arg(long, value_name = "PACKETID", value_parser = values::packet_id)]
    pub after: Option<PacketId>,
    /// Read the message from a file, or from standard input if it is -
    #[arg(long, value_name = "FILE", conflicts_with = "text")]
    pub file: Option<PathBuf>,
    /// The message (default: what standard input has)
    #[arg(value_name = "TEXT")]
    pub text: Option<String>,
    /// Which peer.
    #[command(flatten)]
    pub peer: PeerArg,
    /// Print the ids of all packets as JSON
    #[arg(long)]
    pub json: bool,
}

/// Publishes one message and prints its id.
///
/// # Errors
/// Fails if the message cannot be read or is too long, or the peer does not take it.
pub fn publish(console: &mut Console<'_>, args: &PublishArgs) -> Result<(), CliError> {
    let message = message(args)?;
    let mut client = args.peer.connect()?;
    let answer = client.ask(&Request::Publish(request(args, message)))?;
    if args.json {
        writeln!(console.out(), "{answer}")?;
        return Ok(());
    }
    let id = answer["ids"][0].as_str().ok_or_else(|| {
        CliError::failure("the peer gave the message no id")
            .hint("it may have been started by another version of the runtime")
    })?;
    writeln!(console.out(), "{id}")?;
    Ok(())
}

fn request(args: &PublishArgs, message: Vec<u8>) -> PublishRequest {
    let ttl_ms = args
        .ttl
        .map(|ttl| u32::try_from(ttl.as_millis()).unwrap_or(u32::MAX));
    let (text, base64) = match String::from_utf8(message) {
        Ok(text) => (Some(text), None),
        Err(error) => (None, Some(BASE64_STANDARD.encode(error.as_bytes()))),
    };
    PublishRequest {
        cluster: args.cluster.clone(),
        key: args.key.clone(),
        text,
        base64,
        event: args.event.clone(),
        to: args.to,
        ttl_ms,
        after: args.after,
        meta: None,
    }
}

fn message(args: &PublishArgs) -> Result<Vec<u8>, CliError> {
    let (name, message) = match (&args.text, &args.file) {
        (Some(text), _) => ("the message".to_owned(), text.clone().into_bytes()),
        (None, Some(path)) if path.as_os_str() != "-" => {
            let name = format!("'{}'", format::path(path));
            let read = File::open(path).and_then(read_bounded);
            let message = read.explain(|| format!("read {name}"))?;
            (name, message)
        }
        _ => {
            let read = read_bounded(io::stdin().lock());
            let message = read.explain(|| "read standard input")?;
            ("standard input".to_owned(), message)
        }
    };
    if message.len() > BYTES_MAX {
        let limit = format::count(BYTES_MAX as u64);
        return Err(CliError::usage(format!(
            "{name} has more than {limit} bytes, which is the most that a message may have"
        )));
    }
    Ok(message)
}

/// Reads to the end, or just far enough to see that it is too long.
fn read_bounded(source: impl Read) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    source.take(BYTES_MAX as u64 + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Bytes of the longest message: what is left of 1 MiB when it is sealed.
const BYTES_MAX: usize = MESSAGE_BYTES_MAX - SEAL_BYTES;
