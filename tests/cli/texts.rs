//! Every help text and every message that a user can meet by mistake.

use crate::sandbox::{Sandbox, expect};

#[test]
fn help_of_every_subcommand() {
    let sandbox = Sandbox::new();
    let subcommands = [
        "",
        "init",
        "build",
        "run",
        "inspect",
        "replay",
        "peer",
        "publish",
        "subscribe",
        "sim",
        "sim list",
        "sim merge",
        "info",
        "config",
        "print-build-dir",
        "env",
        "completions",
        "man",
    ];
    let mut text = String::new();
    for subcommand in subcommands {
        let outcome = sandbox.ok(&format!("{subcommand} -h"));
        text.push_str(&format!("$ runtime {subcommand} -h\n{}\n", outcome.out));
    }
    expect("help", &text);
}

#[test]
fn no_arguments_print_the_help() {
    let sandbox = Sandbox::new();
    assert_eq!(sandbox.ok("").out, sandbox.ok("-h").out);
}

#[test]
fn what_is_not_supported_is_refused_by_name() {
    check(
        "unsupported",
        "",
        &[
            "build --platform=ios app",
            "build --platform android app",
            "run --platform=ios-simulator app",
            "print-build-dir --platform=mac app",
            "build --platform=amiga app",
            "build -p app",
            "build --package-format=deb app",
            "build --codesign app",
            "build --notarize app",
            "build --watch app",
            "list-devices --platform=ios --udid",
            "install-app --device=1 --platform=android -D",
            "setup --platform=android -y",
        ],
    );
}

#[test]
fn mistakes_on_the_command_line() {
    check(
        "mistakes",
        "",
        &[
            "bild",
            "build --prot app",
            "build --port=0 app",
            "build --port=http app",
            "build -q -V app",
            "build nowhere",
            "build app/socket.ini",
            "build app/src",
            "run app -E 1+1",
            "init app",
            "init new --name a/b",
            "config --explain build.nam",
            "config --explain",
            "inspect",
            "inspect hello",
            "completions cobol",
            "peer --address ::1",
            "peer --port 70000",
            "peer --cache 16XB",
            "peer --cache 1MiBs",
            "peer --keepalive soon",
            "peer --bootstrap 127.0.0.1",
            "peer --bootstrap me@127.0.0.1:1",
            "peer --join secret",
            "peer --public 127.0.0.1:9777",
            "peer --name a/b",
            "peer --state app/socket.ini",
            "peer --state nowhere/peer.state",
            "publish --key hex:12 hello",
            "publish --key secret --cluster a-name-of-more-than-thirty-two-bytes hello",
            "publish --key secret --file nowhere",
            "publish --key secret hello",
            "subscribe --key secret --count 0",
            "info --peer kitchen",
        ],
    );
}

#[test]
fn mistakes_in_the_configuration() {
    check(
        "configuration",
        "[window]\nheigth = 100\nwidth = wide\n",
        &["build app", "run app", "config app", "print-build-dir app"],
    );
}

#[test]
fn warnings_do_not_stop_a_build() {
    let sandbox = Sandbox::with_app("[window]\nheigth = 100\n");
    let outcome = sandbox.ok("build app");
    assert!(
        outcome.err.contains("app/socket.ini:7:1: warning: "),
        "{}",
        outcome.err
    );
    assert!(
        outcome.err.contains("    Built hello 1.2.3"),
        "{}",
        outcome.err
    );
}

#[test]
fn output_into_a_closed_pipe_ends_quietly() {
    use std::process::Stdio;

    let sandbox = Sandbox::new();
    let mut command = sandbox.command(crate::sandbox::RUNTIME.as_ref());
    command
        .args(["completions", "bash"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.stderr, b"");
    assert_eq!(output.status.code(), Some(141));
}

#[test]
fn completions_and_manual_pages_are_written() {
    let sandbox = Sandbox::new();
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        assert!(
            sandbox
                .ok(&format!("completions {shell}"))
                .out
                .contains("print-build-dir")
        );
    }
    assert!(sandbox.ok("man").out.contains(".TH runtime 1"));
    sandbox.ok("man --out pages");
    let pages = sandbox.files("pages");
    assert!(pages.contains(&"runtime-build.1".to_owned()), "{pages:?}");
    assert!(
        !pages.contains(&"runtime-list-devices.1".to_owned()),
        "{pages:?}"
    );
}

#[test]
fn env_says_what_runs() {
    let sandbox = Sandbox::new();
    let out = sandbox.ok("env").out;
    assert!(
        out.contains(concat!("RUNTIME_VERSION=", env!("CARGO_PKG_VERSION"), "\n")),
        "{out}"
    );
    assert!(out.contains("\nHOME=<sandbox>/home\n"), "{out}");
    let version = concat!("runtime ", env!("CARGO_PKG_VERSION"), "\n");
    assert_eq!(sandbox.ok("--version").out, version);
    assert_eq!(sandbox.ok("-v").out, version);
}

/// Runs each line in a sandbox with one app; they all have to fail with code 1 or 2.
#[track_caller]
fn check(name: &str, extra: &str, lines: &[&str]) {
    let sandbox = Sandbox::with_app(extra);
    let mut text = String::new();
    for line in lines {
        let outcome = sandbox.run(line);
        assert!(matches!(outcome.code, 1 | 2), "runtime {line}: {outcome:?}");
        text.push_str(&format!("$ runtime {line}\n{}{}", outcome.out, outcome.err));
        text.push_str(&format!("[exit code {}]\n\n", outcome.code));
    }
    expect(name, &text);
}
