//! Files that are read back: every arrow has two ends, each within a slice of its chain.

use super::*;
use crate::{
    cli::inspect::trace::Track,
    messages::{cause::CauseId, inspector::AppReport},
};

fn cause(number: u64) -> CauseId {
    CauseId::from_halves(0, number)
}

fn entry(message: &str, sender: Option<&str>, times: (u64, u64, u64)) -> RecorderEntry {
    RecorderEntry {
        message: message.to_owned(),
        sender: sender.map(str::to_owned),
        cause: cause(1),
        sent_us: times.0,
        began_us: times.1,
        ended_us: times.2,
        ..RecorderEntry::default()
    }
}

fn process(pid: u32, offset_us: i64, actors: &[(&str, &str, Vec<RecorderEntry>)]) -> Process {
    let actors = actors.iter().map(|(name, lane, entries)| {
        let entries = entries.iter().cloned().enumerate();
        let track = Track {
            lane: (*lane).to_owned(),
            entries: entries
                .map(|(index, entry)| (index as u64, entry))
                .collect(),
        };
        ((*name).to_owned(), track)
    });
    Process {
        app: AppReport {
            name: format!("app-{pid}"),
            pid,
            ..AppReport::default()
        },
        offset_us,
        actors: actors.collect(),
    }
}

fn events<'a>(document: &'a Value, phase: &str) -> Vec<&'a Value> {
    let all = document["traceEvents"].as_array().unwrap().iter();
    all.filter(|event| event["ph"] == phase).collect()
}

/// Parses the file and names the two slices of each arrow, as `actor:message`.
#[track_caller]
fn arrows_of(processes: &[Process]) -> Vec<(String, String)> {
    let text = document(processes).to_string();
    let document: Value = serde_json::from_str(&text).unwrap();
    let tracks: BTreeMap<_, _> = events(&document, "M")
        .into_iter()
        .filter(|event| event["name"] == "thread_name")
        .map(|event| {
            let place = (event["pid"].as_u64(), event["tid"].as_u64());
            (place, event["args"]["name"].as_str().unwrap().to_owned())
        })
        .collect();
    let slice_at = |end: &Value| {
        let place = (end["pid"].as_u64(), end["tid"].as_u64());
        let at = end["ts"].as_f64().unwrap();
        let around = events(&document, "X").into_iter().find(|slice| {
            let begin = slice["ts"].as_f64().unwrap();
            let is_here = (slice["pid"].as_u64(), slice["tid"].as_u64()) == place;
            is_here && (begin..=begin + slice["dur"].as_f64().unwrap()).contains(&at)
        });
        let around = around.unwrap_or_else(|| panic!("an end outside of slices: {end}"));
        format!("{}:{}", tracks[&place], around["name"].as_str().unwrap())
    };
    let (starts, ends) = (events(&document, "s"), events(&document, "f"));
    assert_eq!(starts.len(), ends.len());
    let arrows = starts.iter().zip(ends).map(|(start, end)| {
        assert_eq!(start["id"], end["id"]);
        (slice_at(start), slice_at(end))
    });
    arrows.collect()
}

fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
    let owned = expected.iter();
    owned
        .map(|(a, b)| ((*a).to_owned(), (*b).to_owned()))
        .collect()
}

#[test]
fn a_call_is_followed_from_actor_to_actor_and_back() {
    let app = process(
        1,
        0,
        &[
            (
                "files",
                "files",
                vec![entry("ReadFile", Some("router"), (15, 20, 80))],
            ),
            (
                "router",
                "core",
                vec![
                    entry("RouteCall", None, (5, 10, 18)),
                    entry("answer:ReadFile", Some("files"), (79, 90, 90)),
                ],
            ),
        ],
    );
    assert_eq!(
        arrows_of(&[app]),
        pairs(&[
            ("core · router:RouteCall", "files · files:ReadFile"),
            ("files · files:ReadFile", "core · router:answer:ReadFile"),
        ])
    );
}

#[test]
fn a_packet_is_followed_from_peer_to_peer() {
    let link = RecorderEntry {
        kind: EntryKind::Link,
        link: Some(cause(9)),
        ended_us: 1_015,
        ..entry("PublishMessage", None, (0, 0, 0))
    };
    let sender = process(
        1,
        0,
        &[(
            "relay:a",
            "network",
            vec![
                entry("Join", None, (900, 910, 920)),
                link,
                entry("PublishMessage", None, (1_000, 1_010, 1_020)),
            ],
        )],
    );
    let of_datagrams = |entry| RecorderEntry {
        cause: cause(5),
        ..entry
    };
    let noted = RecorderEntry {
        kind: EntryKind::Link,
        link: Some(cause(9)),
        ended_us: 2_000_120,
        ..entry("", None, (0, 0, 0))
    };
    let arrived = entry("DatagramsArrived", None, (2_000_100, 2_000_110, 2_000_150));
    let reported = RecorderEntry {
        cause: cause(9),
        ..entry(
            "PeerReported",
            Some("relay:b"),
            (2_000_140, 2_000_160, 2_000_170),
        )
    };
    // The receiver's clock began two seconds earlier.
    let receiver = process(
        2,
        -1_999_000,
        &[
            ("owner", "core", vec![reported]),
            (
                "relay:b",
                "network",
                vec![of_datagrams(noted), of_datagrams(arrived)],
            ),
        ],
    );
    let expected = [
        (
            "network · relay:a:PublishMessage",
            "network · relay:b:DatagramsArrived",
        ),
        (
            "network · relay:b:DatagramsArrived",
            "core · owner:PeerReported",
        ),
    ];
    assert_eq!(arrows_of(&[sender, receiver]), pairs(&expected));
}

#[test]
fn messages_of_one_microsecond_do_not_overlap() {
    let many = (0..5).map(|_| entry("Tick", None, (7, 10, 10))).collect();
    let document = document(&[process(1, 0, &[("a", "core", many)])]);
    let mut free = 0.0;
    for slice in events(&document, "X") {
        let begin = slice["ts"].as_f64().unwrap();
        assert!(begin >= free, "{slice}");
        free = begin + slice["dur"].as_f64().unwrap();
        assert_eq!(slice["args"]["waited_us"], 3);
    }
    assert!(free < 1.0);
}

#[test]
fn interventions_are_marks() {
    let paused = RecorderEntry {
        kind: EntryKind::Intervention,
        viewer: Some(3),
        ended_us: 25,
        ..entry("pause", None, (0, 0, 0))
    };
    let entries = vec![entry("Tick", None, (7, 10, 20)), paused];
    let document = document(&[process(1, 0, &[("a", "core", entries)])]);
    let marks = events(&document, "i");
    assert_eq!(marks.len(), 1);
    assert_eq!(marks[0]["name"], "pause by viewer 3");
    assert_eq!(marks[0]["ts"], 15.0);
}
