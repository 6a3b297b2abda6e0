//! What somebody gets to see who types or writes something wrong.

use std::fs;

use super::desk::Desk;

#[test]
fn mistakes_are_named_with_their_place_and_the_right_word() {
    let desk = Desk::new();
    desk.write("key.toml", "peers = 9\n[load]\nmesages_per_s = 1\n");
    desk.write("value.toml", "[load]\nmessages_per_s = -1\n");
    desk.write("kind.toml", "[churn]\nkind = 'phoen'\n");
    desk.write("syntax.toml", "peers = = 3\n");
    desk.write(
        "figure.toml",
        "[[expect]]\nfigure = 'coverage.t10_s'\nat_most = 1\n",
    );
    let mistakes = [
        (
            "--scenario key.toml",
            "key.toml:3:1: error: there is no key 'mesages_per_s' here; help: 'messages_per_s'",
        ),
        (
            "--scenario value.toml",
            "value.toml:2:18: error: load.messages_per_s = -1 is not allowed",
        ),
        (
            "--scenario kind.toml",
            "kind.toml:2:8: error: unknown variant `phoen`, expected one of",
        ),
        ("--scenario syntax.toml", "syntax.toml:1:9: error: "),
        (
            "--scenario figure.toml",
            "figure.toml:2:10: error: expect.0.figure = coverage.t10_s is not allowed",
        ),
        ("--scenario claims-182", "did you mean 'claims-128'?"),
    ];
    check(&desk, &mistakes);
}

#[test]
fn options_with_wrong_values_say_what_would_be_right() {
    let desk = Desk::new();
    let mistakes = [
        (
            "--churn phoen",
            "'--churn <KIND|N%/min>': did you mean 'phone'?",
        ),
        ("--seeds 5..1", "seed 5 comes after 1"),
        ("--shard 3/2", "it is no part of a sweep"),
        ("--duration soon", "it is no time"),
        (
            "--duration 9999d",
            "--duration: duration_s = 863913600 is not allowed",
        ),
        (
            "--scenario offline-recipient --duration 60",
            "the scenario is valid without --duration",
        ),
        (
            "--peers -3",
            "'-3' for '--peers <N>': a network has at least 2 peers",
        ),
        (
            "--churn -1",
            "'-1' for '--churn <KIND|N%/min>': it is none of",
        ),
        ("--churn trace:", "trace: needs a file behind it"),
        ("--nat foo", "it is none of seed, desktop"),
        ("--load abc", "it is no number of messages a second"),
        (
            "--seed -1",
            "'-1' for '--seed <N>': it is no whole number from 0",
        ),
        ("--jobs 0", "from 1 to 1024 runs go on at once"),
        ("--jobs x", "'x' for '--jobs <N>': it is no whole number"),
        ("--replay x", "it is no seed, as 7 and 7@42.5s are"),
        (
            "--peers 9 --out /proc",
            "cannot write into the folder '/proc'",
        ),
        (
            "--peers 9 --baseline nowhere.json",
            "cannot read 'nowhere.json': no such file",
        ),
        (
            "--peers 9 --watch 9 --out x",
            "peers are numbered from 0 to 8",
        ),
        (
            "--scenario nowhere.toml",
            "cannot read 'nowhere.toml': no such file or directory",
        ),
    ];
    check(&desk, &mistakes);
}

#[test]
fn what_no_memory_holds_is_refused_with_an_estimate() {
    let desk = Desk::new();
    for peers in ["50M", "900000000000", "4294967295"] {
        let outcome = desk.sim(&format!("--peers {peers} --duration 1"));
        assert_eq!(outcome.code, Some(2), "{}", outcome.err);
        assert!(
            outcome.err.contains(" peers need at least "),
            "{}",
            outcome.err
        );
        assert!(outcome.err.contains(" peers fit"), "{}", outcome.err);
    }
    desk.write("large.toml", "peers = 90_000_000\n");
    let outcome = desk.sim("--scenario large.toml");
    assert!(
        outcome
            .err
            .starts_with("large.toml:1:9: error: 90,000,000 peers"),
        "{}",
        outcome.err
    );
}

#[test]
fn files_that_are_no_scenario_are_told_from_scenarios() {
    let desk = Desk::new();
    desk.write("type.toml", "\n\n[relay]\ncache_bytes = -3\n");
    desk.write("attack.toml", "[attack]\nkind = 'sybil'\nper_pear = 3\n");
    desk.write("nan.toml", "[load]\nmessages_per_s = nan\n");
    desk.write("huge.toml", "duration_s = 1e300\n");
    desk.write("twice.toml", "peers = 5\npeers = 6\n");
    desk.write("long.toml", &"# much\n".repeat(200_000));
    desk.write(
        "limit.toml",
        "[[expect]]\nfigure = 'copies_per_peer'\nat_most = nan\n",
    );
    fs::write(desk.path("binary.toml"), b"peers = 9\n# \xff\xfe\0").unwrap();
    fs::create_dir(desk.path("folder")).unwrap();
    for (file, expected) in [
        (
            "type.toml",
            "type.toml:4:15: error: invalid value: integer `-3`, expected a whole number from 0 to 18446744073709551615\n",
        ),
        (
            "attack.toml",
            "attack.toml:3:1: error: there is no key 'per_pear' here; help: 'per_peer'\n",
        ),
        (
            "nan.toml",
            "nan.toml:2:18: error: load.messages_per_s = NaN is not allowed: from 0 to 1000000\n",
        ),
        (
            "huge.toml",
            "huge.toml:1:14: error: duration_s = 1e300 is not allowed: from 0.001 to 34560000\n",
        ),
        ("twice.toml", "twice.toml:2:1: error: duplicate key\n"),
        (
            "long.toml",
            "error: 'long.toml' is no scenario: it has more than 1048576 bytes\n",
        ),
        (
            "limit.toml",
            "limit.toml:3:11: error: expect.0.at_most = NaN is not allowed: a number\n",
        ),
        (
            "binary.toml",
            "binary.toml:2:3: error: a scenario is text in UTF-8, which this is not\n",
        ),
        ("folder", "error: cannot read 'folder': is a directory\n"),
        (
            "/dev/zero",
            "error: '/dev/zero' is no scenario: it has more than 1048576 bytes\n",
        ),
    ] {
        let outcome = desk.sim(&format!("--scenario {file}"));
        assert_eq!(outcome.err, expected, "{file}");
        assert!(outcome.code != Some(0) && outcome.out.is_empty(), "{file}");
    }
}

/// Each of these command lines fails and says so on the standard error alone.
#[track_caller]
fn check(desk: &Desk, mistakes: &[(&str, &str)]) {
    for (words, expected) in mistakes {
        let outcome = desk.sim(words);
        assert!(outcome.err.contains(expected), "{words}: {}", outcome.err);
        assert!(outcome.code != Some(0) && outcome.out.is_empty(), "{words}");
    }
}
