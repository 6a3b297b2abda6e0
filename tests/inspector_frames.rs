//! Whatever a viewer sends that may only look: it changes nothing.
//!
//! 20,000 frames by default; `INSPECTOR_FRAMES=1000000 cargo test --release --test
//! inspector_frames` sends as many as wanted.
#![allow(clippy::unwrap_used, reason = "helpers of tests panic, too")]

use std::{env, sync::Arc};

use rand::{Rng as _, SeedableRng as _, rngs::StdRng, seq::IndexedRandom as _};
use serde_json::json;
use socket_runtime::actors::inspector::{Access, Door, Session, Token, Wanted};

#[test]
fn no_frame_makes_a_session_that_may_only_look_change_anything() {
    let mut random = StdRng::seed_from_u64(5);
    for (access, asks) in [(Access::ReadOnly, true), (Access::Control, false)] {
        let mut session = open(access, asks);
        let mut refused_count = 0;
        for _ in 0..frame_count() / 2 {
            let frame = frame(&mut random);
            match session.take(&frame) {
                Wanted::Answer(answer) => {
                    refused_count += u64::from(answer["error"] == "read-only");
                }
                Wanted::Look(_) => {}
                other => panic!("{}: {other:?}", String::from_utf8_lossy(&frame)),
            }
        }
        // Enough of them were orders, and would have been carried out.
        assert!(refused_count > frame_count() / 20, "{refused_count}");
    }
}

#[test]
fn the_same_frames_do_change_something_where_they_may() {
    let mut random = StdRng::seed_from_u64(5);
    let mut session = open(Access::Control, true);
    let orders = (0..2000).filter(|_| {
        let wanted = session.take(&frame(&mut random));
        matches!(wanted, Wanted::Intervene(_))
    });
    assert!(orders.count() > 200);
}

#[test]
fn no_frame_opens_the_door_without_the_token() {
    let mut random = StdRng::seed_from_u64(6);
    let door = Arc::new(Door::new(Token::unwritten(), Access::Control));
    for _ in 0..frame_count() / 4 {
        let mut session = Session::new(door.clone());
        let token: [u8; 32] = random.random();
        let hello = json!({ "hello": { "token": hex::encode(token), "control": true } });
        let line = mutated(hello.to_string().into_bytes(), &mut random);
        let wanted = session.take(&line);
        assert!(matches!(wanted, Wanted::Leave(_)), "{wanted:?}");
        assert!(!session.is_open());
    }
}

fn open(access: Access, asks: bool) -> Session {
    let token = Token::unwritten();
    let hello = json!({ "hello": { "token": token.digits(), "control": asks } });
    let mut session = Session::new(Arc::new(Door::new(token, access)));
    session.take(hello.to_string().as_bytes());
    assert!(session.is_open());
    session
}

fn frame_count() -> u64 {
    let wanted = env::var("INSPECTOR_FRAMES").ok();
    wanted.map_or(20_000, |count| count.parse().unwrap())
}

/// An order or a request, whole or damaged.
fn frame(random: &mut StdRng) -> Vec<u8> {
    let actions = [
        "\"pause\"",
        "\"resume\"",
        "\"kill\"",
        "\"restart\"",
        "\"clear_breaks\"",
        "{\"step\":3}",
        "{\"break\":{\"message\":\"ReadFile\"}}",
        "{\"inject\":{\"message\":\"Tick\",\"payload\":null}}",
        "{\"replace\":{\"a\":[1,2]}}",
    ];
    let action = actions.choose(random).unwrap();
    let text = match random.random_range(0..8) {
        0 => "{\"request\":\"snapshot\"}".to_owned(),
        1 => "{\"request\":\"actor\",\"actor\":\"files\",\"peek\":true}".to_owned(),
        2 => format!(
            "{{\"request\":\"snapshot\",\"control\":{{\"actor\":\"a\",\"action\":{action}}}}}"
        ),
        3 => format!("{{\"request\":\"state\",\"actor\":\"a\",\"action\":{action}}}"),
        // The last of two equal keys counts, and escapes are characters.
        4 => format!(
            "{{\"request\":\"snapshot\",\"actor\":\"a\",\"action\":{action},\"request\":\"control\"}}"
        ),
        5 => format!("{{\"request\":\"\\u0063ontrol\",\"actor\":\"a\",\"action\":{action}}}"),
        _ => format!("{{\"request\":\"control\",\"actor\":\"a\",\"action\":{action}}}"),
    };
    match random.random_range(0..3) {
        0 => text.into_bytes(),
        _ => mutated(text.into_bytes(), random),
    }
}

/// The same with a few bytes changed, lost, added or moved.
fn mutated(mut bytes: Vec<u8>, random: &mut StdRng) -> Vec<u8> {
    for _ in 0..random.random_range(1..4) {
        let place = random.random_range(0..bytes.len().max(1)).min(bytes.len());
        let other = random.random_range(0..bytes.len().max(1)).min(bytes.len());
        match random.random_range(0..6) {
            0 if !bytes.is_empty() => bytes[place] ^= 1 << random.random_range(0..8),
            1 if !bytes.is_empty() => drop(bytes.remove(place)),
            2 => bytes.insert(place, *b"{}[]\",:\\\0 "[..].choose(random).unwrap()),
            3 => bytes.truncate(place),
            4 if !bytes.is_empty() => bytes.swap(place, other),
            _ => {
                let part = bytes[place.min(other)..place.max(other)].to_vec();
                bytes.extend(part);
            }
        }
    }
    bytes
}
