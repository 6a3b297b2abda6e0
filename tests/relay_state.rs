//! What is on disk survives: a killed peer keeps every packet that it answered for.

#[path = "relay_state/cache.rs"]
mod cache;

use std::{
    collections::BTreeSet,
    fs,
    io::{BufRead as _, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::mpsc,
};

use socket_runtime::{
    actors::{
        kit::{Addr, Lane, LiveHost, Spec},
        packet_cache::{PacketCache, State, StateError, StoredPacket},
    },
    messages::packet_cache::{ClassifySubcluster, KeepPackets},
    relay::{
        PacketId, SubclusterId,
        cache::{CacheChange, CacheConfig},
        packet::{Packet, PacketType},
        peer::{Interest, Keeping, Kept},
        split::split,
    },
};

use self::cache::{Outside, arrival, options, packet, run_cache, run_cache_of, stored};

#[test]
fn packets_and_values_are_there_after_opening_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("peer.state");
    let state = State::open(&path).unwrap();
    assert_eq!(state.load(), Ok(Vec::new()));
    let (old, new) = (stored(1, 1000), stored(2, 2000));
    state.save_packets(&[new.clone(), old.clone()]).unwrap();
    state.put("identity", b"seed").unwrap();
    drop(state);
    let state = State::open(&path).unwrap();
    assert_eq!(state.load(), Ok(vec![old.clone(), new.clone()]));
    assert_eq!(state.get("identity"), Ok(Some(b"seed".to_vec())));
    assert_eq!(state.get("neighbours"), Ok(None));
    state.remove_packets(&[old.id]).unwrap();
    assert_eq!(state.load(), Ok(vec![new]));
}

#[test]
fn a_file_in_use_is_said_to_be() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("peer.state");
    let _first = State::open(&path).unwrap();
    let error = State::open(&path).err().unwrap();
    assert_eq!(error, StateError::InUse { path: path.clone() });
    let text = format!("another peer uses the state file {}", path.display());
    assert_eq!(error.to_string(), text);
}

#[test]
fn what_is_no_state_file_is_named_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("notes.txt");
    let text = b"just some notes, long enough to hold more than any header could. ".repeat(200);
    fs::write(&path, &text).unwrap();
    let error = State::open(&path).err().unwrap();
    assert_eq!(error, StateError::NotAState { path: path.clone() });
    assert_eq!(fs::read(&path).unwrap(), text);
}

#[test]
fn a_foreign_database_is_not_taken_over() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("other.redb");
    let database = redb::Database::create(&path).unwrap();
    let transaction = database.begin_write().unwrap();
    let table = redb::TableDefinition::<u64, u64>::new("theirs");
    transaction.open_table(table).unwrap().insert(1, 2).unwrap();
    transaction.commit().unwrap();
    drop(database);
    let error = State::open(&path).err().unwrap();
    assert_eq!(error, StateError::NotAState { path });
}

#[test]
fn a_damaged_file_never_panics_and_its_error_names_it() {
    let folder = tempfile::tempdir().unwrap();
    let whole = folder.path().join("peer.state");
    let state = State::open(&whole).unwrap();
    let packets: Vec<StoredPacket> = (0..50).map(|n| stored(n, 1)).collect();
    state.save_packets(&packets).unwrap();
    drop(state);
    let bytes = fs::read(&whole).unwrap();
    for (case, length) in [0, 10, 100, 5000, bytes.len() / 2].into_iter().enumerate() {
        check_damaged(folder.path(), case, &bytes[..length]);
    }
    for case in 0..24 {
        let mut bytes = bytes.clone();
        let from = case * 331 % (bytes.len() / 2);
        bytes[from..from + 64].fill(0xa5);
        check_damaged(folder.path(), 100 + case, &bytes);
    }
}

/// Opening and reading ends in packets that were saved or in an error that names the file.
fn check_damaged(folder: &Path, case: usize, bytes: &[u8]) {
    let path = folder.join(format!("damaged-{case}"));
    fs::write(&path, bytes).unwrap();
    let name = path.display().to_string();
    match State::open(&path).and_then(|state| state.load()) {
        Ok(packets) => assert!(packets.len() <= 50),
        Err(error) => assert!(error.to_string().contains(&name), "{error}"),
    }
}

#[test]
fn what_is_durable_is_answered_once_it_is_on_disk() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("peer.state");
    let state = State::open(&path).unwrap();
    let seen = run_cache(state.clone(), 1_700_000_000_000, |cache| {
        for number in 0..5 {
            let arrivals = vec![arrival(packet(number), number != 3)];
            cache.tell(KeepPackets { arrivals }).unwrap();
        }
    });
    assert_eq!(seen.kept.lock().unwrap().len(), 5);
    assert_eq!(
        state.load().unwrap().len(),
        5,
        "others are written with them, or soon after"
    );
}

#[test]
fn a_file_with_a_damaged_packet_is_refused_at_once_and_left_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("peer.state");
    let state = State::open(&path).unwrap();
    let packets: Vec<StoredPacket> = (0..50).map(|n| stored(n, 1)).collect();
    state.save_packets(&packets).unwrap();
    drop(state);
    let mut bytes = fs::read(&path).unwrap();
    let text = b"packet 17";
    let places: Vec<usize> = (0..bytes.len())
        .filter(|at| bytes[*at..].starts_with(text))
        .collect();
    for at in &places {
        bytes[*at] = b'?';
    }
    fs::write(&path, &bytes).unwrap();
    let error = State::open(&path).err().unwrap();
    assert!(matches!(error, StateError::Damaged { .. }), "{error}");
    assert!(error.to_string().contains("move it away"), "{error}");
    let after = fs::read(&path).unwrap();
    for at in places {
        assert_eq!(after[at..at + 9], bytes[at..at + 9]);
    }
}

#[test]
fn a_file_that_is_written_over_and_over_does_not_grow() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("peer.state");
    let state = State::open(&path).unwrap();
    let length = |round: u32| {
        let new = (0..200).map(|n| stored(round * 200 + n, 1));
        state.save_packets(&new.collect::<Vec<_>>()).unwrap();
        let old = (0..200).map(|n| stored(round.saturating_sub(1) * 200 + n, 1).id);
        if round > 0 {
            state.remove_packets(&old.collect::<Vec<_>>()).unwrap();
        }
        fs::metadata(&path).unwrap().len()
    };
    let lengths: Vec<u64> = (0..30).map(length).collect();
    assert!(lengths[29] <= 2 * lengths[2], "{lengths:?}");
}

#[test]
fn what_was_subscribed_to_after_it_came_is_so_on_disk() {
    let folder = tempfile::tempdir().unwrap();
    let state = State::open(folder.path().join("peer.state")).unwrap();
    let start = 1_700_000_000_000;
    let foreign = |number| {
        let interest = Interest::Foreign;
        StoredPacket {
            interest,
            ..stored(number, start - 5_000)
        }
    };
    state.save_packets(&[foreign(1), foreign(2)]).unwrap();
    let config = CacheConfig::default();
    run_cache_of(config, state.clone(), start, |cache| {
        let (subcluster, interest) = (SubclusterId([7; 32]), Interest::Subscribed);
        let classify = ClassifySubcluster {
            subcluster,
            interest,
        };
        cache.tell(classify).unwrap();
    });
    let kept = state.load().unwrap();
    let interests: Vec<Interest> = kept.iter().map(|one| one.interest).collect();
    assert_eq!(interests, [Interest::Subscribed; 2]);
    assert_eq!(kept[0].received_unix_ms, start - 5_000);
}

#[test]
fn what_a_full_cache_gave_up_is_not_taken_again_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let state = State::open(folder.path().join("peer.state")).unwrap();
    let (start, bytes_max) = (1_700_000_000_000, 20_000);
    let config = CacheConfig { bytes_max };
    let keep = |cache: &Addr<PacketCache>, numbers: std::ops::Range<u32>| {
        let arrivals = numbers
            .map(|number| arrival(packet(number), false))
            .collect();
        cache.tell(KeepPackets { arrivals }).unwrap();
    };
    run_cache_of(config, state.clone(), start, |cache| keep(cache, 0..50));
    let kept = state.load().unwrap().len();
    assert!((20..50).contains(&kept), "{kept}");
    let again = |unix_ms| {
        let seen = run_cache_of(config, state.clone(), unix_ms, |cache| {
            keep(cache, 45 - kept as u32..50)
        });
        let seen = seen.kept.lock().unwrap();
        let is_new = |one: &&Kept| matches!(one.keeping, Keeping::New { .. });
        seen.iter().filter(is_new).count()
    };
    assert_eq!(again(start + 60_000), 0);
    let day = 24 * 3_600_000;
    assert!(again(start + day) > 0, "it is not remembered for ever");
}

#[test]
fn parts_that_came_out_of_order_by_the_clock_are_all_there_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let state = State::open(folder.path().join("peer.state")).unwrap();
    let start = 1_700_000_000_000;
    let whole = Packet::new(PacketType::PUBLISH, vec![b'x'; 4_000]);
    let parts = split(&whole, None, 1).unwrap();
    // The clock was set back while they came.
    let stored = parts.iter().zip((0..).map(|n| start - n));
    let stored: Vec<StoredPacket> = stored
        .map(|(packet, received_unix_ms)| StoredPacket {
            id: packet.id().unwrap(),
            bytes: packet.encode().unwrap(),
            received_unix_ms,
            interest: Interest::Own,
        })
        .collect();
    state.save_packets(&stored).unwrap();
    for _ in 0..2 {
        run_cache(state.clone(), start, |_| {});
        assert_eq!(state.load().unwrap().len(), parts.len());
    }
}

#[test]
fn packets_go_on_ageing_while_no_peer_runs() {
    let folder = tempfile::tempdir().unwrap();
    let state = State::open(folder.path().join("peer.state")).unwrap();
    let (start, hour) = (1_700_000_000_000, 3_600_000);
    let packets = [stored(1, start - 11 * hour), stored(2, start + hour)];
    state.save_packets(&packets).unwrap();
    let seen = run_cache(state.clone(), start, |_| {});
    let lives: Vec<u64> = seen
        .changes
        .lock()
        .unwrap()
        .iter()
        .filter_map(|change| match change {
            CacheChange::Kept {
                expires_at,
                is_new: false,
                ..
            } => Some(expires_at.as_micros()),
            _ => None,
        })
        .collect();
    let hour_us = hour * 1000;
    assert_eq!(
        lives,
        [hour_us, 12 * hour_us],
        "a clock that was set back does no harm"
    );
}

#[test]
fn what_is_on_disk_is_not_new_again() {
    let folder = tempfile::tempdir().unwrap();
    let state = State::open(folder.path().join("peer.state")).unwrap();
    state.save_packets(&[stored(1, 1_700_000_000_000)]).unwrap();
    let seen = run_cache(state, 1_700_000_000_000, |cache| {
        let arrivals = vec![arrival(packet(1), false)];
        cache.tell(KeepPackets { arrivals }).unwrap();
    });
    let kept = seen.kept.lock().unwrap();
    assert_eq!(kept[0].keeping, Keeping::Duplicate);
}

#[test]
fn a_killed_peer_keeps_every_packet_that_it_answered_for() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("peer.state");
    let mut answered = BTreeSet::new();
    for (round, count) in [1, 40, 150].into_iter().enumerate() {
        let mut child = spawn_writer(&path, round);
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let ids = lines
            .map(|line| line.unwrap())
            .filter(|line| line.len() == 64);
        // The kill falls somewhere into the writing of what comes next.
        let mut ids = ids.map(|line| line.parse::<PacketId>().unwrap());
        answered.extend(ids.by_ref().take(count));
        child.kill().unwrap();
        answered.extend(ids);
        child.wait().unwrap();
    }
    assert!(answered.len() >= 191);
    let state = State::open(&path).unwrap();
    let there: BTreeSet<PacketId> = state.load().unwrap().iter().map(|one| one.id).collect();
    let missing: Vec<_> = answered.difference(&there).collect();
    assert!(
        missing.is_empty(),
        "{} of {}",
        missing.len(),
        answered.len()
    );
}

/// This test binary as a child that writes until it is killed.
fn spawn_writer(path: &Path, round: usize) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "writes_packets_if_told_where", "--nocapture"])
        .env(WRITER_PATH, path)
        .env(WRITER_ROUND, round.to_string())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap()
}

/// The child of the test above; alone it does nothing.
#[test]
fn writes_packets_if_told_where() {
    let Some(path) = std::env::var_os(WRITER_PATH).map(PathBuf::from) else {
        return;
    };
    let round: u32 = std::env::var(WRITER_ROUND).unwrap().parse().unwrap();
    let host = LiveHost::start().unwrap();
    let (printed, counts) = mpsc::channel();
    let outside = Outside {
        printed: Some(printed),
        ..Outside::default()
    };
    let outside = host
        .host()
        .start(Spec::new("outside", Lane::Core), move || outside.clone());
    let options = options(&outside, State::open(path).unwrap());
    let cache = host.host().start(Spec::new("cache", Lane::Files), move || {
        PacketCache::new(options.clone())
    });
    let mut underway = 0;
    for number in round * 100_000.. {
        let arrivals = vec![arrival(packet(number), true)];
        cache.tell(KeepPackets { arrivals }).unwrap();
        underway += 1;
        // Some one after the other, some together.
        while underway > number as usize / 10 % 2 * 50 {
            underway -= counts.recv().unwrap();
        }
    }
}

const WRITER_PATH: &str = "RELAY_STATE_WRITER_PATH";
const WRITER_ROUND: &str = "RELAY_STATE_WRITER_ROUND";
