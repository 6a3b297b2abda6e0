//! `runtime peer`: runs a peer of the network until it is told to end.

use std::{
    io,
    net::{Ipv4Addr, SocketAddrV4},
    path::PathBuf,
    time::Duration,
};

use serde_json::Value;

use super::{
    CliError, Console,
    control::{Narrator, Sentence},
    values,
};
use crate::{
    actors::{
        control::{PeerSetup, Running, StartError, socket::SocketError, start},
        inspector::Access,
        kit::recording,
        supervisor::EXIT_CODE_GAVE_UP,
    },
    messages::control::{ClusterName, KeyName},
    relay::peer::ContactName,
};

/// Run a peer of the network, until Ctrl-C
///
/// An ordinary peer finds its address and NAT with the help of the indexed peers that
/// --bootstrap names. An indexed one (--indexed) is that help for others, at an address that
/// everybody reaches.
#[derive(Clone, Debug, clap::Args)]
pub struct PeerArgs {
    /// Serve others as a peer that everybody reaches
    #[arg(long)]
    pub indexed: bool,
    /// IPv4 address to listen on
    #[arg(long, value_name = "IP", default_value = "0.0.0.0", value_parser = values::address)]
    pub address: Ipv4Addr,
    /// UDP port to listen on (default: any)
    #[arg(long, value_name = "N", default_value = "0", hide_default_value = true)]
    pub port: u16,
    /// Second UDP port, which tells NAT types apart (default: any)
    #[arg(long, value_name = "N", default_value = "0", hide_default_value = true)]
    pub probe_port: u16,
    /// Address and port at which others reach this indexed peer, if it is behind a forwarder
    #[arg(long, value_name = "IP:PORT", requires = "indexed", value_parser = values::public_address)]
    pub public: Option<SocketAddrV4>,
    /// Indexed peer to begin with; may be given several times
    #[arg(long, value_name = "[PEERID@]HOST:PORT", value_parser = values::bootstrap)]
    pub bootstrap: Vec<ContactName>,
    /// Keep identity, packets and neighbours in this file (default: keep nothing)
    #[arg(long, value_name = "FILE")]
    pub state: Option<PathBuf>,
    /// Bytes of packets to keep, as 16MB, 64MiB or 5000000
    #[arg(long, value_name = "SIZE", default_value = "16MB", value_parser = values::size)]
    pub cache: usize,
    /// Cluster of this peer
    #[arg(long, value_name = "NAME", value_parser = values::cluster)]
    pub cluster: Option<ClusterName>,
    /// Take part in the subcluster of this key; may be given several times
    #[arg(long, value_name = "SEED", requires = "cluster", value_parser = values::key)]
    pub join: Vec<KeyName>,
    /// Give a sign of life this often, in seconds or as in 30s or 2m
    #[arg(long, value_name = "SECONDS", default_value = "30", value_parser = values::time)]
    pub keepalive: Duration,
    /// Name by which other subcommands find this peer (default: its process id)
    #[arg(long, value_name = "NAME", value_parser = values::peer_name)]
    pub name: Option<String>,
    /// Derive the identity from a text, the same each time (default: the state file's, or random)
    #[arg(long, value_name = "TEXT")]
    pub seed: Option<String>,
    /// Let `runtime inspect` pause and change its actors, not only look
    #[arg(long)]
    pub control: bool,
    /// Write down what its actors take in, secret keys included, for `runtime replay`
    #[arg(long, value_name = "FILE")]
    pub record: Option<PathBuf>,
    /// Print every event as a line of JSON
    #[arg(long)]
    pub json: bool,
}

/// Runs a peer and prints what happens to it.
///
/// # Errors
/// Fails if an address, port, name or state file cannot be had, the output not be written, or an
/// actor keeps crashing.
pub fn peer(console: &mut Console<'_>, args: &PeerArgs) -> Result<(), CliError> {
    let running = start(&setup(args)).map_err(|error| explain(args, &error))?;
    if knows_nobody(args) {
        console
            .warn("this peer has nobody to begin with: name an indexed peer with --bootstrap")?;
    }
    if let Some(file) = &args.record {
        console.progress("Recording", &recording::notice(file))?;
    }
    let told = tell_all(console, args, &running);
    // Whether or not anybody listened to the end, the peer ends in good order.
    let ended = running.stop();
    told?;
    if let Some(recorded) = &ended.recorded {
        console.progress("Recorded", &recorded.to_string())?;
    }
    match ended.lost {
        Some(actor) => Err(given_up(&actor)),
        None => Ok(()),
    }
}

/// The same exit code as an app that cannot go on.
fn given_up(actor: &str) -> CliError {
    let text = format!("the peer cannot go on: actor '{actor}' keeps crashing");
    CliError::program(EXIT_CODE_GAVE_UP, text)
}

/// Whether the peer can only wait to be found, at an address that it cannot find out itself.
fn knows_nobody(args: &PeerArgs) -> bool {
    args.bootstrap.is_empty() && !args.indexed && args.state.is_none()
}

/// Prints events until there are no more.
fn tell_all(console: &mut Console<'_>, args: &PeerArgs, running: &Running) -> io::Result<()> {
    let mut narrator = Narrator::default();
    while let Some(line) = running.next_line() {
        if args.json {
            writeln!(console.out(), "{line}")?;
        } else {
            tell(console, &mut narrator, &line)?;
        }
        console.out().flush()?;
    }
    Ok(())
}

/// Says in words what a line says, if a person would want to know.
fn tell(console: &mut Console<'_>, narrator: &mut Narrator, line: &str) -> io::Result<()> {
    let event: Value = serde_json::from_str(line)?;
    if let Some(warning) = Narrator::warning(&event) {
        return console.warn(&warning);
    }
    match narrator.tell(&event) {
        Some(Sentence { verb, what }) => console.say(verb, &what),
        None => Ok(()),
    }
}

fn setup(args: &PeerArgs) -> PeerSetup {
    PeerSetup {
        name: args
            .name
            .clone()
            .unwrap_or_else(|| std::process::id().to_string()),
        main: SocketAddrV4::new(args.address, args.port),
        probe: SocketAddrV4::new(args.address, args.probe_port),
        is_indexed: args.indexed,
        public: args.public,
        bootstraps: args.bootstrap.clone(),
        state: args.state.clone(),
        cache_bytes_max: args.cache,
        cluster: args.cluster.clone(),
        joins: args.join.clone(),
        keepalive: args.keepalive,
        seed: args.seed.clone(),
        access: match args.control {
            true => Access::Control,
            false => Access::ReadOnly,
        },
        record: args.record.clone(),
    }
}

/// An error of the start with what the user could do about it.
fn explain(args: &PeerArgs, error: &StartError) -> CliError {
    let failure = CliError::failure(plain(&error.to_string()));
    match error {
        StartError::Socket(SocketError::NameTaken { .. }) => {
            failure.hint("give this one another name with --name")
        }
        StartError::Udp(_) if args.port != 0 || args.probe_port != 0 => failure
            .hint("--port 0 has the system find one that is free")
            .hint("--address is one of this machine, or 0.0.0.0 for all"),
        StartError::Udp(_) => failure.hint("--address is one of this machine, or 0.0.0.0 for all"),
        StartError::State(_) => failure.hint(
            "--state names a file for each peer, in a folder that exists and can be written to",
        ),
        StartError::Record { .. } => failure.hint("--record names a file that can be written to"),
        _ => failure,
    }
}

/// What the system said, without Rust's `(os error N)`.
fn plain(text: &str) -> &str {
    text.find(" (os error ").map_or(text, |end| &text[..end])
}
