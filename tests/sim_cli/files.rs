//! What `runtime sim` reads and what it leaves in a folder.

use serde_json::Value;

use super::{SMALL, desk::Desk};

#[test]
fn a_baseline_is_read_before_anything_runs() {
    let desk = Desk::new();
    desk.write("no.json", "nothing");
    // It would run for days.
    let outcome = desk.sim("--peers 12 --duration 300d --baseline no.json --out out");
    assert!(
        outcome.err.contains("'no.json' is no summary"),
        "{}",
        outcome.err
    );
    desk.ok(&format!("{SMALL} --out out"));
    let merged = desk.sim("merge out --baseline no.json --out all");
    assert_eq!(merged.code, Some(1), "{}", merged.err);
    assert!(!desk.path("all").exists());
}

#[test]
fn a_run_of_a_trace_runs_again_from_what_it_left() {
    let desk = Desk::new();
    std::fs::create_dir(desk.path("in")).unwrap();
    let lines: String = (3..12)
        .map(|node| format!("{node},0,40\n{node},50,500\n"))
        .collect();
    desk.write("in/days.csv", &format!("node,from_s,to_s\n{lines}"));
    desk.write(
        "in/trace.toml",
        "peers = 12\nduration_s = 8\n[churn]\nkind = 'trace'\ntrace_file = 'days.csv'\n",
    );
    let first = desk.json("--scenario in/trace.toml --quiet --out out");
    std::fs::remove_dir_all(desk.path("in")).unwrap();
    let again = desk.json("--scenario out/scenario.toml --quiet --out out");
    assert_eq!(again["digest"], first["digest"]);
    desk.ok("merge out --out all");
    let merged = desk.json("--scenario all/scenario.toml --quiet");
    assert_eq!(merged["digest"], first["digest"]);
}

#[test]
fn a_trace_that_speaks_of_others_than_the_peers_is_refused_with_its_line() {
    let desk = Desk::new();
    desk.write("far.csv", "5,0,9\n12,0,9\n");
    desk.write("indexed.csv", "# none\n5,0,9\n2,0,9\n");
    for (file, expected) in [
        ("far", "far.csv:2: node 12 is none of 12 peers"),
        ("indexed", "indexed.csv:3: node 2 is an indexed peer"),
    ] {
        let outcome = desk.sim(&format!("{SMALL} --churn trace:{file}.csv"));
        assert!(outcome.err.contains(expected), "{}", outcome.err);
        assert_eq!(outcome.code, Some(2));
    }
}

#[test]
fn a_part_without_seeds_is_skipped() {
    let desk = Desk::new();
    let words = format!("{SMALL} --seeds 1..1");
    let outcome = desk.ok(&format!("{words} --shard 2/2 --check --out two"));
    assert!(
        outcome.err.contains("no seeds in this part"),
        "{}",
        outcome.err
    );
    assert_eq!(outcome.out, "");
    desk.ok(&format!("{words} --shard 1/2 --out one"));
    let merged = desk.ok("merge one two --json");
    assert!(!merged.err.contains("missing"), "{}", merged.err);
    let summary: Value = serde_json::from_str(&merged.out).unwrap();
    assert_eq!(summary["digest"], desk.json(&words)["digest"]);
}

#[test]
fn a_used_folder_keeps_nothing_of_an_earlier_run_and_all_of_others() {
    let desk = Desk::new();
    desk.ok(&format!(
        "{SMALL} --seeds 1..2 --shard 1/2 --out out --watch 3 --trace 1"
    ));
    desk.write("out/notes.txt", "mine");
    desk.ok(&format!("{SMALL} --seeds 1..2 --shard 2/2 --out out"));
    let merged = desk.ok("merge out --out all");
    for part in ["out/shard-1-2.json", "out/shard-2-2.json"] {
        assert!(merged.err.contains(part), "{}", merged.err);
    }
    desk.ok(&format!("{SMALL} --seed 7 --out out"));
    for (name, is_there) in [
        ("shard-1-1.json", true),
        ("summary.json", true),
        ("notes.txt", true),
        ("shard-1-2.json", false),
        ("shard-2-2.json", false),
        ("watch.pcapng", false),
        ("trace.jsonl", false),
        ("trace.csv", false),
    ] {
        assert_eq!(desk.path("out").join(name).exists(), is_there, "{name}");
    }
}

#[test]
fn indexed_peers_grow_with_the_peers_unless_their_number_is_written() {
    let desk = Desk::new();
    desk.write("five.toml", "indexed = 5\n");
    let short = "--duration 0.01 --load 0 --fast";
    let run = desk.ok(&format!("--peers 1280 {short} --out out"));
    assert!(
        run.err.contains("to 5 indexed peers of 1280"),
        "{}",
        run.err
    );
    assert!(
        run.out.contains("1,280 peers, 5 of them indexed"),
        "{}",
        run.out
    );
    for (words, count) in [
        ("--peers 300 --quiet", 3),
        ("--peers 4 --quiet", 2),
        ("--scenario five.toml --peers 300 --quiet", 5),
    ] {
        let summary = desk.json(&format!("{words} {short}"));
        assert_eq!(summary["scenario"]["indexed"], count, "{words}");
    }
}
