//! `runtime sim` as it is typed.

#[path = "sim_cli/desk.rs"]
mod desk;
#[path = "sim_cli/files.rs"]
mod files;
#[path = "sim_cli/mistakes.rs"]
mod mistakes;

use std::io::Read as _;

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

use self::desk::{Desk, outcome, reproducible};

/// A network that is simulated in a moment.
const SMALL: &str = "--peers 12 --duration 8 --load 1 --quiet";

#[test]
fn the_scenarios_that_ship_are_listed_with_what_they_show() {
    let listed = Desk::new().ok("list").out;
    let scenarios = [
        "claims-128",
        "churn-1000",
        "survival-1024",
        "offline-recipient",
        "partition",
        "sybil",
        "flood",
        "cold-start",
        "large-1024",
        "mobile",
    ];
    for name in scenarios {
        let line = listed.lines().find(|line| line.starts_with(name));
        let about = line.unwrap_or_else(|| panic!("{name} is missing: {listed}"));
        assert!(
            about.len() > name.len() + 10 && about.len() <= 120,
            "{about}"
        );
    }
    assert_eq!(listed.lines().count(), scenarios.len());
}

#[test]
fn the_summary_is_alone_on_the_output_and_has_every_field() {
    let summary = Desk::new().json(SMALL);
    let digest = summary["digest"].as_str().unwrap();
    assert!(digest.len() == 32 && digest.bytes().all(|c| c.is_ascii_hexdigit()));
    for time in ["t50_s", "t90_s", "t99_s", "t100_s"] {
        for part in ["mean", "p50", "p99", "ci95"] {
            let value = summary["coverage"][time].get(part);
            assert!(value.is_some(), "coverage.{time}.{part}");
        }
    }
    assert!(summary["coverage"]["final_min"].as_f64().unwrap() <= 1.0);
    for figure in [
        "copies_per_peer",
        "events",
        "events_per_s",
        "bytes_per_peer",
    ] {
        assert!(summary[figure].as_f64().unwrap() > 0.0, "{figure}");
    }
    assert_eq!(summary["scenario"]["peers"], 12);
    assert_eq!(summary["partial"], false);
}

#[test]
fn the_same_seeds_give_the_same_however_many_run_at_once() {
    let desk = Desk::new();
    let words = format!("{SMALL} --churn 200%/min --seeds 3..5");
    let one = desk.json(&format!("{words} --jobs 1"));
    let two = desk.json(&format!("{words} --jobs 2"));
    assert_eq!(reproducible(one.clone()), reproducible(two));
    let digests: Vec<&Value> = one["runs"]
        .as_array()
        .unwrap()
        .iter()
        .map(|run| &run["digest"])
        .collect();
    assert!(
        digests[0] != digests[1] && digests[1] != digests[2],
        "{digests:?}"
    );
    let again = desk.json(&format!("{SMALL} --churn 200%/min --replay 4"));
    assert_eq!(&again["digest"], digests[1]);
}

#[test]
fn shards_that_are_merged_are_the_whole_bit_for_bit() {
    let desk = Desk::new();
    let words = format!("{SMALL} --seeds 1..3");
    let whole = desk.json(&words);
    for shard in ["1/2", "2/2"] {
        let folder = shard.replace('/', "-");
        desk.ok(&format!("{words} --shard {shard} --out {folder}"));
    }
    let merged = desk.json("merge 1-2 2-2 --out all");
    assert_eq!(merged["command"], whole["command"]);
    assert_eq!(reproducible(merged), reproducible(whole));
    let again = desk.json("merge all");
    let once_more = desk.json("merge 2-2/shard-2-2.json 1-2");
    assert_eq!(again, once_more);
    let lone = desk.ok("merge 1-2 --json");
    assert!(
        lone.err.contains("of 2 shards these are missing: 2"),
        "{}",
        lone.err
    );
    let twice = desk.sim("merge 1-2 1-2");
    assert_eq!(twice.code, Some(1));
    assert!(
        twice.err.contains("seed 1 is in more than one part"),
        "{}",
        twice.err
    );
}

#[test]
fn a_sweep_runs_as_the_readme_says() {
    let desk = Desk::new();
    let parallel = "parallel --version >/dev/null 2>&1";
    let sim = format!("runtime sim {SMALL} --seeds 1..3 --jobs 1");
    desk.shell(&format!(
        "if {parallel}; then parallel -j2 {sim} --shard {{}}/3 --out part-{{}} ::: 1 2 3; \
         else seq 3 | xargs -P2 -I{{}} {sim} --shard {{}}/3 --out part-{{}}; fi >/dev/null && \
         runtime sim merge part-* --out all >/dev/null"
    ));
    let merged: Value = serde_json::from_slice(&desk.read("all/summary.json")).unwrap();
    let whole = desk.json(&format!("{SMALL} --seeds 1..3"));
    assert_eq!(merged["digest"], whole["digest"]);
}

#[test]
fn everything_is_written_and_the_scenario_runs_again() {
    let desk = Desk::new();
    let words = format!("{SMALL} --nat mobile --seed 9 --out out --watch 3 --trace 2");
    let text = desk.ok(&words).out;
    assert_eq!(desk.read("out/summary.txt"), text.as_bytes());
    assert!(desk.read("out/report.html").starts_with(b"<!doctype html>"));
    assert!(desk.read("out/packets.csv").starts_with(b"seed,"));
    assert!(desk.read("out/packets.parquet").starts_with(b"PAR1"));
    assert!(
        desk.read("out/watch.pcapng")
            .starts_with(&[0x0a, 0x0d, 0x0d, 0x0a])
    );
    let trace = String::from_utf8(desk.read("out/trace.jsonl")).unwrap();
    assert!(
        trace
            .lines()
            .all(|line| serde_json::from_str::<Value>(line).is_ok())
    );
    let summary: Value = serde_json::from_slice(&desk.read("out/summary.json")).unwrap();
    let again = desk.json("--scenario out/scenario.toml --seed 9 --quiet");
    assert_eq!(again["digest"], summary["digest"]);
    assert_eq!(again["scenario"], summary["scenario"]);
    let compared = desk
        .ok(&format!("{words} --baseline out/summary.json --check"))
        .out;
    assert!(compared.contains("identical digests"), "{compared}");
}

#[test]
fn an_interrupted_run_reports_what_it_has() {
    let desk = Desk::new();
    let child = desk.start("--peers 12 --duration 30d --out out --json");
    wait_for_actors(&desk);
    kill_process(Pid::from_child(&child), Signal::INT).unwrap();
    let outcome = outcome(&child.wait_with_output().unwrap());
    assert_eq!(outcome.code, Some(130), "{}", outcome.err);
    let summary: Value = serde_json::from_str(&outcome.out).unwrap();
    assert_eq!(summary["partial"], true);
    assert!(summary["virtual_s"].as_f64().unwrap() > 0.0);
    assert!(desk.read("out/report.html").ends_with(b"</html>\n"));
}

#[test]
fn an_interrupted_sweep_says_which_seeds_are_missing_however_it_is_stopped() {
    for (signal, more) in [(Signal::INT, ""), (Signal::TERM, "--out out")] {
        let desk = Desk::new();
        let words = "--scenario hope.toml --seeds 1..20 --jobs 2 --quiet";
        desk.write(
            "hope.toml",
            "peers = 12\nduration_s = 900000.0\n\
             [[expect]]\nfigure = 'copies_per_peer'\nat_most = 0.5\n",
        );
        let child = desk.start(&format!("{words} {more}"));
        wait_for_actors(&desk);
        kill_process(Pid::from_child(&child), signal).unwrap();
        let outcome = outcome(&child.wait_with_output().unwrap());
        assert_eq!(outcome.code, Some(130), "{}", outcome.err);
        let begun = outcome.err.matches(char::is_numeric).collect::<String>();
        assert!(["200218", "200119"].contains(&&*begun), "{}", outcome.err);
        assert!(
            outcome
                .err
                .starts_with("warning: interrupted: of 20 seeds 0 ran to the end, "),
            "{}",
            outcome.err
        );
        assert!(
            outcome.out.contains("\nPARTIAL: cut before the end"),
            "{}",
            outcome.out
        );
        assert!(!outcome.out.contains("MISSED"), "{}", outcome.out);
        assert_eq!(desk.path("out/report.html").exists(), !more.is_empty());
    }
}

#[test]
fn the_actors_of_a_running_simulation_are_shown_as_those_of_an_app() {
    let desk = Desk::new();
    let none = desk.inspect("--sim");
    assert!(
        none.err.contains("no simulation is running"),
        "{}",
        none.err
    );
    let mut child = desk.start("--scenario claims-128 --peers 12 --duration 30d --quiet");
    let actors = wait_for_actors(&desk);
    for name in ["relay:3", "packet_cache:3", "rebroadcast:3", "udp:3"] {
        assert!(
            actors.iter().any(|actor| actor["name"] == name),
            "{name}: {actors:?}"
        );
    }
    child.kill().unwrap();
    let mut said = String::new();
    child
        .stderr
        .take()
        .unwrap()
        .read_to_string(&mut said)
        .unwrap();
    child.wait().unwrap();
    assert_eq!(said, "");
}

/// The actors of the simulation that runs, once its peers have come.
fn wait_for_actors(desk: &Desk) -> Vec<Value> {
    for _ in 0..6_000 {
        let shown = desk.inspect("--sim --json");
        let shown = serde_json::from_str::<Value>(&shown.out).unwrap_or_default();
        let actors = shown["actors"].as_array().cloned().unwrap_or_default();
        if actors.len() >= 4 * 12 {
            assert!(shown["app"]["name"].as_str().unwrap().starts_with("sim-"));
            return actors;
        }
    }
    panic!("no actors came");
}

#[test]
fn an_expectation_that_does_not_hold_names_the_command_that_shows_it() {
    let desk = Desk::new();
    desk.write(
        "hope.toml",
        "peers = 12\nduration_s = 8.0\nsettle_s = 4.0\n[[expect]]\nfigure = 'copies_per_peer'\nat_most = 0.5\n",
    );
    let words = "--scenario hope.toml --seeds 1..2 --quiet";
    let outcome = desk.ok(words);
    let again = "; again: runtime sim --scenario hope.toml --replay ";
    assert!(outcome.err.contains(again), "{}", outcome.err);
    assert!(
        outcome.out.contains("\n  MISSED      copies_per_peer "),
        "{}",
        outcome.out
    );
    let checked = desk.sim(&format!("{words} --check"));
    assert_eq!(checked.code, Some(1));
    assert!(
        checked.err.contains("1 of 1 expectations do not hold"),
        "{}",
        checked.err
    );
}

#[test]
fn a_run_that_is_cut_on_purpose_is_not_judged() {
    let desk = Desk::new();
    desk.write(
        "hope.toml",
        "peers = 12\nduration_s = 8.0\n[[expect]]\nfigure = 'copies_per_peer'\nat_most = 0.5\n",
    );
    let words = "--scenario hope.toml --quiet";
    desk.sim(&format!("{words} --out whole"));
    let cut = desk.ok(&format!(
        "{words} --replay 1@64 --baseline whole/summary.json --out cut"
    ));
    let said = "PARTIAL: cut before the end, so claims are not judged, and nothing is compared with a baseline";
    assert_eq!(cut.out.matches(said).count(), 1, "{}", cut.out);
    for judged in ["MISSED", "holds", "what is claimed", "against the baseline"] {
        assert!(!cut.out.contains(judged), "{judged}: {}", cut.out);
    }
    assert_eq!(cut.err, "");
    let page = String::from_utf8(desk.read("cut/report.html")).unwrap();
    assert!(page.contains("Partial: cut before the end") && !page.contains("What is claimed"));
    let summary: Value = serde_json::from_slice(&desk.read("cut/summary.json")).unwrap();
    assert_eq!(summary["expectations"], serde_json::json!([]));
    for words in [
        &*format!("{words} --replay 1@64 --check"),
        "merge cut --check",
    ] {
        let checked = desk.sim(words);
        assert_eq!(checked.code, Some(1), "{words}");
        assert!(
            checked.err.contains("nothing was checked: a run was cut"),
            "{}",
            checked.err
        );
    }
    let whole = desk.sim(&format!("{words} --replay 1@68 --check"));
    assert!(
        whole.err.contains("1 of 1 expectations do not hold"),
        "{}",
        whole.err
    );
}

#[test]
fn who_was_away_gets_the_message_when_it_is_back() {
    let desk = Desk::new();
    desk.write(
        "away.toml",
        "peers = 16\nsubscribed_share = 1.0\nwarm_up_s = 20.0\nduration_s = 120.0\n\
         [load]\nmessages_per_s = 0.0\n[network.nat]\nmix = 'public'\n\
         [offline]\nreturn_after_h = [0.01, 0.02]\nrecipients = 2\nsender_stays_s = 2.0\n",
    );
    let summary = desk.json("--scenario away.toml --quiet");
    assert_eq!(
        summary["offline"]["share_in_time"], 1.0,
        "{}",
        summary["offline"]
    );
    let returns = summary["offline"]["returns"].as_array().unwrap();
    let counts: Vec<&Value> = returns.iter().map(|group| &group["held"]).collect();
    assert_eq!(counts, [2, 2]);
    assert_eq!(returns[0]["return_after_h"], 0.01);
}
