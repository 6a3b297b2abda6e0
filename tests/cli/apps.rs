//! Packaged apps: how their executables find out what they are.

use std::fs;

use crate::sandbox::{RUNTIME, Sandbox};

#[test]
fn an_app_runs_from_wherever_it_is_copied_to() {
    let sandbox = Sandbox::with_app("");
    sandbox.ok("build --prod app");
    fs::create_dir(sandbox.path("elsewhere")).unwrap();
    fs::rename(
        sandbox.path("app/build/linux/hello"),
        sandbox.path("elsewhere/hello"),
    )
    .unwrap();
    fs::remove_dir_all(sandbox.path("app")).unwrap();
    let mut command = sandbox.command(&sandbox.path("elsewhere/hello/hello"));
    let outcome = sandbox.finish(command.arg("--version").current_dir("/"));
    let expected = concat!("hello 1.2.3 (runtime ", env!("CARGO_PKG_VERSION"), ")\n");
    assert_eq!((outcome.code, outcome.out.as_str()), (0, expected));
}

#[test]
fn an_app_is_found_behind_a_link() {
    let sandbox = Sandbox::with_app("");
    sandbox.ok("build app");
    let link = sandbox.path("link");
    std::os::unix::fs::symlink(sandbox.path("app/build/linux-dev/hello/hello"), &link).unwrap();
    let outcome = sandbox.finish(sandbox.command(&link).arg("--help"));
    assert!(
        outcome.out.contains("Usage: hello [OPTIONS]"),
        "{}",
        outcome.out
    );
}

#[test]
fn a_copy_without_its_manifest_is_the_command() {
    let sandbox = Sandbox::with_app("");
    sandbox.ok("build app");
    fs::remove_file(sandbox.path("app/build/linux-dev/hello/app.json")).unwrap();
    let mut command = sandbox.command(&sandbox.path("app/build/linux-dev/hello/hello"));
    let outcome = sandbox.finish(command.arg("--version"));
    assert!(outcome.out.starts_with("runtime "), "{}", outcome.out);
}

#[test]
fn a_manifest_of_something_else_is_ignored() {
    let sandbox = Sandbox::new();
    fs::copy(RUNTIME, sandbox.path("runtime")).unwrap();
    sandbox.write("app.json", "{\"expo\": {\"name\": \"other\"}}");
    let outcome = sandbox.finish(sandbox.command(&sandbox.path("runtime")).arg("--version"));
    assert!(outcome.out.starts_with("runtime "), "{}", outcome.out);
}

#[test]
fn wrong_switches_and_files_of_an_app_are_named() {
    let sandbox = Sandbox::with_app("");
    sandbox.ok("build --prod app");
    let app = sandbox.path("app/build/linux/hello/hello");
    let run = |argument: &str| sandbox.finish(sandbox.command(&app).arg(argument));
    let outcome = run("--host=example.com");
    assert_eq!(outcome.code, 2);
    assert_eq!(outcome.err, "error: --host works in debug builds only\n");
    assert_eq!(
        run("--screenshot=").err,
        "error: --screenshot needs a value\n"
    );
    fs::remove_file(sandbox.path("app/build/linux/hello/socket.ini")).unwrap();
    let outcome = run("--headless");
    assert_eq!(outcome.code, 1);
    assert_eq!(
        outcome.err,
        "error: cannot read '<sandbox>/app/build/linux/hello/socket.ini': no such file or \
         directory\n"
    );
}

#[test]
fn an_app_of_a_newer_format_says_so() {
    let sandbox = Sandbox::with_app("");
    sandbox.ok("build app");
    let path = "app/build/linux-dev/hello/app.json";
    sandbox.write(
        path,
        &sandbox.read(path).replace("\"format\": 1", "\"format\": 2"),
    );
    let mut command = sandbox.command(&sandbox.path("app/build/linux-dev/hello/hello"));
    let outcome = sandbox.finish(&mut command);
    assert_eq!(outcome.code, 1);
    assert!(
        outcome.err.contains("was built by a newer runtime"),
        "{}",
        outcome.err
    );
}
