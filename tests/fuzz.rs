//! Runs the functions behind the fuzz targets over their seeds and over mutations of them,
//! without a sanitizer and on any compiler. `FUZZ_RUNS` says how many mutations.

use std::{env, fs, panic, path::Path};

use rand::{Rng, SeedableRng, rngs::StdRng, seq::IndexedRandom};
use socket_runtime::relay;

#[allow(unreachable_pub, reason = "public to the fuzz targets")]
#[path = "../fuzz/src/decode.rs"]
mod decode;
#[allow(dead_code, unreachable_pub, reason = "public to the fuzz targets")]
#[path = "../fuzz/src/peer/mod.rs"]
mod peer;
mod relay_node;

/// Mutations unless somebody wants more: about a second of them. A conversation takes
/// longer than a datagram.
const RUNS: u64 = 10_000;
/// Longest input, as libFuzzer is told.
const INPUT_BYTES_MAX: usize = 8192;

#[test]
fn no_seed_and_no_mutation_of_one_makes_a_decoder_panic() {
    check("decode", decode::run, RUNS);
}

#[test]
fn no_conversation_makes_a_peer_panic_or_grow_past_its_bounds() {
    check("peer", peer::run, RUNS / 50);
}

#[test]
fn no_conversation_makes_a_peer_that_is_full_panic_or_grow_past_its_bounds() {
    check("crowd", peer::run_in_crowd, RUNS / 500);
}

#[track_caller]
fn check(target: &str, run: fn(&[u8]), runs: u64) {
    let seeds = seeds(target);
    assert!(!seeds.is_empty(), "no seeds for {target}");
    for (name, seed) in &seeds {
        assert!(is_fine(run, seed), "seed {name}");
    }
    let runs = env::var("FUZZ_RUNS").map_or(runs, |runs| runs.parse().unwrap());
    for number in 0..runs {
        let input = mutation(&seeds, number);
        assert!(
            is_fine(run, &input),
            "mutation {number}: {}",
            hex::encode(input)
        );
    }
}

fn is_fine(run: fn(&[u8]), input: &[u8]) -> bool {
    panic::catch_unwind(|| run(input)).is_ok()
}

/// Every seed with its file's name, in the order of the names.
fn seeds(target: &str) -> Vec<(String, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus");
    let mut seeds: Vec<_> = fs::read_dir(folder.join(target))
        .unwrap()
        .map(|entry| {
            let entry = entry.unwrap();
            let name = entry.file_name().into_string().unwrap();
            (name, fs::read(entry.path()).unwrap())
        })
        .collect();
    seeds.sort();
    seeds
}

/// A seed with a few bytes changed, inserted, doubled or gone; the same for the same number.
fn mutation(seeds: &[(String, Vec<u8>)], number: u64) -> Vec<u8> {
    let random = &mut StdRng::seed_from_u64(number);
    let mut input = seeds.choose(random).unwrap().1.clone();
    for _ in 0..random.random_range(1..5) {
        let at = random.random_range(0..=input.len());
        let end = random.random_range(at..=input.len().min(at + 64));
        match random.random_range(0..6) {
            0 if at < input.len() => input[at] ^= 1 << random.random_range(0..8),
            1 if at < input.len() => input[at] = random.random(),
            2 => input.insert(at, random.random()),
            3 => drop(input.drain(at..end)),
            4 => {
                let doubled = input[at..end].to_vec();
                input.splice(at..at, doubled);
            }
            _ => {
                let other = &seeds.choose(random).unwrap().1;
                let from = random.random_range(0..=other.len());
                input.truncate(at);
                input.extend_from_slice(&other[from..]);
            }
        }
    }
    input.truncate(INPUT_BYTES_MAX);
    input
}
