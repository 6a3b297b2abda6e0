//! Whole conversations with a peer, its cache and its scheduler: nothing may panic, and no
//! table may grow past its bound, whatever is said to them and when.
//!
//! The bytes are one that says with which node it [starts](start), and then a list of steps. A
//! step is one byte that says what happens, two that say how much time passes before, and what
//! [`talk`] reads for it. [`record`] writes such lists from real conversations.

mod crafted;
mod ledger;
mod start;
mod talk;

use bytes::Bytes;

use crate::relay::packet::{Packet, PacketType};
use talk::{ANSWER, DATAGRAM};

/// Feeds a list of steps to a node that is alone or among a few, and looks at its bounds.
pub fn run(data: &[u8]) {
    talk_with(data, &start::FEW);
}

/// The same with a node among so many that its tables are full.
pub fn run_in_crowd(data: &[u8]) {
    talk_with(data, &start::CROWD);
}

fn talk_with(mut data: &[u8], kinds: &[start::Kind]) {
    let effort = u32::try_from(data.len() / STEP_BYTES).unwrap_or(u32::MAX);
    let kind = take(&mut data, 1).map_or(0, |kind| kind[0]);
    let mut talk = start::talk(kinds[usize::from(kind) % kinds.len()], effort);
    while talk.step(&mut data).is_some() {
        talk.forget();
    }
    talk.check();
}

/// The steps of a real conversation: when, from where, on which socket, and what.
#[must_use]
pub fn record(is_indexed: bool, datagrams: &[(u64, u8, Bytes)]) -> Vec<u8> {
    let mut steps = vec![u8::from(!is_indexed)];
    let mut before = 0;
    for (at_ms, source, bytes) in datagrams {
        let passed = u16::try_from(at_ms - before).unwrap_or(u16::MAX);
        let passed = passed.min(talk::LONG_TIMES_FROM - 1);
        let length = u16::try_from(bytes.len()).unwrap_or(u16::MAX);
        before = *at_ms;
        // A pong answers a ping of that conversation; in another, it has to be made anew.
        if Packet::decode(bytes).is_ok_and(|packet| packet.kind == PacketType::PONG) {
            steps.push(ANSWER);
            steps.extend(passed.to_be_bytes());
            steps.push(*source);
            continue;
        }
        steps.push(DATAGRAM);
        steps.extend(passed.to_be_bytes());
        steps.push(*source);
        steps.extend(length.to_be_bytes());
        steps.extend(bytes);
    }
    steps
}

fn take<'a>(data: &mut &'a [u8], count: usize) -> Option<&'a [u8]> {
    let (taken, rest) = data.split_at_checked(count)?;
    *data = rest;
    Some(taken)
}

/// Takes a fixed number of bytes.
fn take_array<const N: usize>(data: &mut &[u8]) -> Option<[u8; N]> {
    take(data, N)?.try_into().ok()
}

/// So many bytes pay for one packet that is made up, and for waking the node once.
const STEP_BYTES: usize = 8;
