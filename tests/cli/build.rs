//! `runtime build` and `runtime print-build-dir`.

use std::{fs, os::unix::fs::symlink};

use serde_json::{Value, json};

use crate::sandbox::Sandbox;

const BUILT: &str = "app/build/linux-dev/hello";

#[test]
fn a_build_has_four_parts() {
    let sandbox = Sandbox::with_app("");
    let outcome = sandbox.ok("build app");
    assert_eq!(
        outcome.err,
        "    Built hello 1.2.3 (1 file, 14 B) in N s: app/build/linux-dev/hello/hello\n"
    );
    assert_eq!(outcome.out, "");
    let expected = ["app.json", "hello", "resources/index.html", "socket.ini"];
    assert_eq!(sandbox.files(BUILT), expected);
    let manifest: Value =
        serde_json::from_str(&sandbox.read(&format!("{BUILT}/app.json"))).unwrap();
    let expected = json!({
        "format": 1,
        "runtime": env!("CARGO_PKG_VERSION"),
        "executable": "hello",
        "debug": true,
        "name": "hello",
        "version": "1.2.3",
        "built_from": sandbox.path("app"),
    });
    assert_eq!(manifest, expected);
}

#[test]
fn a_release_does_not_say_where_it_came_from() {
    let sandbox = Sandbox::with_app("");
    sandbox.ok("build --prod app");
    let text = sandbox.read("app/build/linux/hello/app.json");
    assert!(text.contains("\"debug\": false"), "{text}");
    assert!(!text.contains("built_from"), "{text}");
    sandbox.ok("build --prod --debug app");
    assert!(
        sandbox
            .read("app/build/linux/hello/app.json")
            .contains("\"debug\": true")
    );
}

#[test]
fn switches_are_built_in() {
    let sandbox = Sandbox::with_app("");
    sandbox.ok("build -H --test=a.js --port=3000 --host localhost app");
    let manifest: Value =
        serde_json::from_str(&sandbox.read(&format!("{BUILT}/app.json"))).unwrap();
    let expected = json!({"headless": true, "test": "a.js", "port": 3000, "host": "localhost"});
    assert_eq!(manifest["switches"], expected);
}

#[test]
fn environment_variables_are_let_in() {
    let sandbox = Sandbox::with_app("");
    sandbox.write("app/.sscrc", "[settings.build]\nenv = USER\n");
    sandbox.ok("build -E HOME --env GREETING=hi app");
    let ini = sandbox.read(&format!("{BUILT}/socket.ini"));
    assert!(ini.contains("env = \"USER, HOME, GREETING\"\n"), "{ini}");
    assert!(ini.contains("[env]\nGREETING = \"hi\"\n"), "{ini}");
}

#[test]
fn a_failed_build_leaves_the_old_one() {
    let sandbox = Sandbox::with_app("");
    sandbox.ok("build app");
    let before = sandbox.files("app/build");
    symlink("/etc/passwd", sandbox.path("app/src/leak")).unwrap();
    let outcome = sandbox.run("build app");
    assert_eq!(outcome.code, 1);
    assert_eq!(
        outcome.err,
        "error: '<sandbox>/app/src/leak' is a link to '/etc/passwd', which is not part of the \
         project\n hint: copy the file into the project, or name it in `[build.copy-map]`\n"
    );
    assert_eq!(sandbox.files("app/build"), before);
}

#[test]
fn what_is_deleted_is_gone_from_the_next_build() {
    let sandbox = Sandbox::with_app("");
    sandbox.write("app/src/old.js", "");
    sandbox.ok("build app");
    fs::remove_file(sandbox.path("app/src/old.js")).unwrap();
    sandbox.ok("build app");
    assert_eq!(sandbox.files(&format!("{BUILT}/resources")), ["index.html"]);
}

#[test]
fn scripts_run_before_and_after_the_copy() {
    let sandbox =
        Sandbox::with_app("[build]\nscript = sh before.sh\n[build.script]\nafter = sh after.sh\n");
    sandbox.write(
        "app/before.sh",
        "echo made > src/made.txt; echo put > \"$1/put.txt\"",
    );
    sandbox.write("app/after.sh", "ls \"$1\"");
    assert_eq!(
        sandbox.ok("build app").out,
        "index.html\nmade.txt\nput.txt\n"
    );
}

#[test]
fn a_failing_script_sets_the_exit_code() {
    let sandbox = Sandbox::with_app("[build]\nscript = \"exit 7;\"\n");
    let outcome = sandbox.run("build app");
    assert_eq!(outcome.code, 7);
    assert_eq!(
        outcome.err,
        "error: the build script `exit 7;` failed with exit code 7\n hint: it ran in \
         '<sandbox>/app'\n"
    );
    assert!(!sandbox.path(BUILT).exists());
}

#[test]
fn options_are_forwarded_to_scripts_that_ask() {
    let script = "[build]\nscript = \"printf '%s ' > said\"\n";
    let sandbox = Sandbox::with_app(script);
    sandbox.ok("build --prod app");
    assert!(!sandbox.read("app/said").contains("--prod"));
    let sandbox = Sandbox::with_app(&format!(
        "{script}[build.script]\nforward_arguments = true\n"
    ));
    sandbox.ok("build --prod --port=80 app");
    let said = sandbox.read("app/said");
    assert!(
        said.ends_with("/resources --prod=true --port=80 "),
        "{said}"
    );
}

#[test]
fn copy_maps_put_files_where_they_say() {
    let sandbox =
        Sandbox::with_app("[build]\ncopy_map = map.ini\n[build.copy-map]\nlib/a.js = js/a.js\n");
    sandbox.write("app/lib/a.js", "");
    sandbox.write("app/lib/b.js", "");
    sandbox.write("app/map.ini", "lib = vendor\n[prod]\nlib = other\n");
    sandbox.ok("build app");
    let expected = ["index.html", "js/a.js", "vendor/a.js", "vendor/b.js"];
    assert_eq!(sandbox.files(&format!("{BUILT}/resources")), expected);
}

#[test]
fn the_output_is_never_copied() {
    let sandbox = Sandbox::with_app("[build]\ncopy = .\n");
    sandbox.ok("build app");
    sandbox.ok("build app");
    let expected = ["socket.ini", "src/index.html"];
    assert_eq!(sandbox.files(&format!("{BUILT}/resources")), expected);
}

#[test]
fn a_bundler_may_write_into_the_output_folder() {
    let sandbox = Sandbox::with_app("[build]\ncopy = build/web\n");
    sandbox.write("app/build/web/index.html", "");
    sandbox.ok("build app");
    sandbox.ok("build app");
    assert_eq!(sandbox.files(&format!("{BUILT}/resources")), ["index.html"]);
}

#[test]
fn print_build_dir_names_the_folder() {
    let sandbox = Sandbox::with_app("[build]\noutput = out\n");
    let cases = [
        ("print-build-dir app", "<sandbox>/app/out/linux-dev/hello\n"),
        (
            "print-build-dir app --prod",
            "<sandbox>/app/out/linux/hello\n",
        ),
        ("print-build-dir app --root", "<sandbox>/app/out\n"),
        (
            "print-build-dir --platform=linux app",
            "<sandbox>/app/out/linux-dev/hello\n",
        ),
    ];
    for (line, expected) in cases {
        assert_eq!(sandbox.ok(line).out, expected, "{line}");
    }
}

#[test]
fn sscrc_stands_in_for_options_that_are_not_given() {
    let sandbox = Sandbox::with_app(
        "[build]\nscript = sh build.sh\n[build.script]\nforward_arguments = true\n",
    );
    sandbox.write("app/build.sh", "echo $TOOL \"$@\" > told");
    sandbox.write(
        "app/.sscrc",
        "[build]\nprod = true\nport = 3000\nwatch = true\n[env]\nTOOL = mine\n",
    );
    let built = sandbox.ok("build app");
    assert!(
        built.err.contains("--watch is not supported yet"),
        "{}",
        built.err
    );
    let folder = "<sandbox>/app/build/linux/hello\n";
    assert_eq!(sandbox.ok("print-build-dir app").out, folder);
    let told = sandbox.read("app/told");
    assert!(told.starts_with("mine "), "{told}");
    assert!(told.contains("--prod=true --port=3000"), "{told}");
}

#[test]
fn a_platform_from_sscrc_gives_way_to_the_command_line() {
    let sandbox = Sandbox::with_app("");
    sandbox.write("app/.sscrc", "[build]\nplatform = ios\n");
    let refused = sandbox.run("build app");
    assert_eq!(refused.code, 2);
    assert!(
        refused.err.contains("it comes from .sscrc"),
        "{}",
        refused.err
    );
    sandbox.ok("build app --platform=linux");
}

#[test]
fn a_folder_that_cannot_be_looked_into_is_not_called_empty() {
    let sandbox = Sandbox::new();
    fs::create_dir(sandbox.path("app")).unwrap();
    symlink("socket.ini", sandbox.path("app/socket.ini")).unwrap();
    let failed = sandbox.run("build app");
    assert!(
        failed.err.contains("cannot look into 'app'"),
        "{}",
        failed.err
    );
}

#[test]
fn config_prints_what_a_build_will_use() {
    let sandbox = Sandbox::with_app("");
    sandbox.write("app/.sscrc", "[settings.meta]\ntitle = Mine\n");
    let printed = sandbox.ok("config app").out;
    assert!(printed.contains("title = \"Mine\"\n"), "{printed}");
    sandbox.ok("build app");
    assert_eq!(printed, sandbox.read(&format!("{BUILT}/socket.ini")));
}
