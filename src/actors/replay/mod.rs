//! Runs the actors of a recording again, forwards and back.
//!
//! [`Replay::open`] looks through the file, [`Replay::advance`] plays one step,
//! [`Replay::go_to`] plays as many as are wanted, from the beginning if it has to go back. Actors
//! that cannot be run again are listed, and their messages are in no recording.
//!
//! Who can be run again is in one table, `KINDS`: whoever is [`Recordable`].
//!
//! [`Recordable`]: crate::actors::kit::Recordable

mod played;
mod run;

pub use played::{Payload, Played};
pub use run::{Replay, ReplayError, Replayed};

use super::{
    kit::{Actor, Birth, Player, player},
    packet_cache::PacketCache,
    rebroadcast::Rebroadcast,
    relay::Relay,
    router::Router,
    windows::{Window, Windows},
};

/// What plays an actor that is born like this.
///
/// # Errors
/// If nothing does, in words.
fn player_of(birth: &Birth) -> Result<Box<dyn Player>, String> {
    let known = KINDS.iter().find(|(kind, _)| *kind == birth.kind);
    let (_, play) = known.ok_or("an actor of its kind cannot be run again")?;
    play(birth)
}

/// Makes a player.
type Play = fn(&Birth) -> Result<Box<dyn Player>, String>;

/// Every kind of actor that can be run again.
const KINDS: [(&str, Play); 6] = [
    (Relay::KIND, player::<Relay>),
    (PacketCache::KIND, player::<PacketCache>),
    (Rebroadcast::KIND, player::<Rebroadcast>),
    (Router::KIND, player::<Router>),
    (Windows::KIND, player::<Windows>),
    (Window::KIND, player::<Window>),
];
