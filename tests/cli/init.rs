//! `runtime init`.

use std::fs;

use crate::sandbox::Sandbox;

#[test]
fn a_new_app_builds_at_once() {
    let sandbox = Sandbox::new();
    sandbox.ok("init my-app");
    let outcome = sandbox.ok("build my-app");
    assert!(!outcome.err.contains("warning"), "{}", outcome.err);
    assert!(
        sandbox
            .path("my-app/build/linux-dev/my-app/my-app")
            .is_file()
    );
    assert_eq!(
        sandbox.read("my-app/.gitignore").lines().next(),
        Some("/build/")
    );
}

#[test]
fn the_folders_name_becomes_the_apps() {
    let sandbox = Sandbox::new();
    let outcome = sandbox.run_words(&["init", "My First App"]);
    assert_eq!(outcome.code, 0);
    assert!(
        outcome
            .err
            .ends_with("     Next runtime run 'My First App'\n"),
        "{}",
        outcome.err
    );
    let ini = sandbox.read("My First App/socket.ini");
    assert!(ini.contains("name = \"my-first-app\"\n"), "{ini}");
    assert!(ini.contains("title = \"My first app\"\n"), "{ini}");
}

#[test]
fn a_name_can_be_given() {
    let sandbox = Sandbox::new();
    sandbox.ok("init app --name notes");
    assert!(
        sandbox
            .read("app/socket.ini")
            .contains("name = \"notes\"\n")
    );
}

#[test]
fn the_configuration_can_be_had_alone() {
    let sandbox = Sandbox::new();
    sandbox.ok("init -C -n notes app");
    assert_eq!(sandbox.files("app"), ["socket.ini"]);
}

#[test]
fn nothing_that_exists_is_changed() {
    let sandbox = Sandbox::new();
    sandbox.write("app/README.md", "mine");
    let outcome = sandbox.ok("init app");
    assert!(
        outcome.err.contains("     Kept app/README.md\n"),
        "{}",
        outcome.err
    );
    assert_eq!(sandbox.read("app/README.md"), "mine");
    let before = sandbox.files("app");
    fs::remove_file(sandbox.path("app/src/index.js")).unwrap();
    assert_eq!(sandbox.run("init app").code, 2);
    assert_eq!(sandbox.files("app").len(), before.len() - 1);
}
