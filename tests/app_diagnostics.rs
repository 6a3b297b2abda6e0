//! `socket:diagnostics` from outside: who may look, and that causes are the same everywhere.
#![allow(clippy::unwrap_used, reason = "helpers of tests panic, too")]

mod support;

use std::{collections::BTreeSet, fs};

use serde_json::{Value, json};
use support::{App, Built, Project, inspect};

#[test]
fn a_snapshot_in_a_page_has_the_shape_that_inspect_prints() {
    let (built, mut app) = Project::new("watched")
        .page(
            "import { snapshot } from 'socket:diagnostics'
             console.log('snapshot', JSON.stringify(await snapshot()))",
        )
        .start();
    let (seen, printed) = (app.json("snapshot"), inspect(&built.home, app.pid()));
    assert_eq!(shape(&seen), shape(&printed));
    assert_eq!(seen["app"]["pid"], app.pid());
}

/// The names of all fields, below those of actors by the actors' names.
fn shape(snapshot: &Value) -> BTreeSet<String> {
    let fields = |prefix: &str, value: &Value| {
        let names = value.as_object().unwrap().keys();
        names
            .map(|name| format!("{prefix}.{name}"))
            .collect::<Vec<_>>()
    };
    let mut all = BTreeSet::from_iter(fields("", snapshot));
    all.extend(fields("app", &snapshot["app"]));
    for actor in snapshot["actors"].as_array().unwrap() {
        let own = fields(actor["name"].as_str().unwrap(), actor);
        // Left out where there are none.
        all.extend(own.into_iter().filter(|name| !name.ends_with(".asks")));
    }
    all
}

#[test]
fn pages_of_a_build_for_users_cannot_look_into_actors() {
    let built = looker().build_with(&["--prod"]);
    let mut app = built.start();
    let refused = json!(["NotAllowedError", "ERR_INSPECTOR_OFF"]);
    assert_eq!(
        app.json("codes"),
        json!([refused, refused, refused, refused, refused])
    );
    assert!(app.line("text").contains("[debug] inspector = read"));
}

#[test]
fn pages_of_a_build_for_users_can_look_where_its_configuration_says_so() {
    let project = looker().ini("[debug]\ninspector = read\n");
    let built = project.build_with(&["--prod"]);
    let mut app = built.start();
    assert_eq!(app.json("codes"), json!([null, null, null, null, null]));
}

#[test]
fn pages_of_a_debug_build_cannot_look_where_its_configuration_says_off() {
    let (_built, mut app) = looker().ini("[debug]\ninspector = off\n").start();
    let codes = app.json("codes");
    assert_eq!(codes[0], json!(["NotAllowedError", "ERR_INSPECTOR_OFF"]));
}

/// A project whose page tries every way to look.
fn looker() -> Project {
    Project::new("looker").page(
        "import { actor, findings, snapshot } from 'socket:diagnostics'
         import { query } from 'socket:diagnostics/runtime'
         import ipc from 'socket:ipc'
         const code = (promise) => promise.then(() => null, ({ name, code }) => [name, code])
         const raw = ipc.request('diagnostics.lease', { actor: 'files' }).then(({ err }) => { if (err) throw err })
         console.log('codes', JSON.stringify([
           await code(snapshot()), await code(findings()), await code(actor('files')), await code(query()), await code(raw)
         ]))
         console.log('text', (await ipc.request('diagnostics.snapshot')).err?.message)",
    )
}

#[test]
fn a_call_has_the_same_cause_in_the_page_in_recorders_and_in_a_trace() {
    let (built, mut app) = Project::new("caused")
        .page(
            "import { subscribe } from 'socket:diagnostics'
             import fs from 'socket:fs/promises'
             const told = []
             subscribe('runtime.call', (call) => told.push(call))
             await fs.stat('main.js')
             console.log('call', JSON.stringify(told[0]))
             setInterval(() => fs.stat('main.js'), 50)",
        )
        .start();
    let call = app.json("call");
    assert_eq!(call["name"], "fs.stat");
    assert_eq!(call["error"], Value::Null);
    let cause = call["cause"].as_str().unwrap().to_owned();
    for (actor, message) in [("router", "RouteCall"), ("files", "StatPath")] {
        let known = recorded(&built, &app, actor, &cause);
        assert!(known.contains(message), "{actor}: {known:?}");
    }
    let (names, tracks) = traced(&built, &app, &cause);
    assert!(names.contains("RouteCall") && names.contains("StatPath"));
    assert!(
        tracks.len() >= 2,
        "router and files, joined by arrows: {tracks:?}"
    );
}

/// The messages of one cause in the recorder of an actor.
fn recorded(built: &Built, app: &App, actor: &str, cause: &str) -> BTreeSet<String> {
    let pid = app.pid().to_string();
    let arguments = ["inspect", &pid, "--actor", actor, "--json"];
    let finished = built.home.runtime(&arguments).output().unwrap();
    let detail: Value = serde_json::from_slice(&finished.stdout).unwrap();
    let entries = detail["recorder"].as_array().unwrap();
    let own = entries.iter().filter(|entry| entry["cause"] == cause);
    own.map(|entry| entry["message"].as_str().unwrap().to_owned())
        .collect()
}

/// The messages of one cause in a trace, and on which tracks they are.
fn traced(built: &Built, app: &App, cause: &str) -> (BTreeSet<String>, BTreeSet<u64>) {
    let (pid, file) = (app.pid().to_string(), built.home.path().join("trace.json"));
    let path = file.to_str().unwrap();
    let arguments = ["inspect", &pid, "--trace", path, "--for", "1s"];
    let finished = built.home.runtime(&arguments).output().unwrap();
    let error = String::from_utf8_lossy(&finished.stderr);
    assert!(finished.status.success(), "{error}");
    let trace: Value = serde_json::from_slice(&fs::read(&file).unwrap()).unwrap();
    let events = trace["traceEvents"].as_array().unwrap();
    let own: Vec<_> = events
        .iter()
        .filter(|event| event["args"]["cause"] == cause)
        .collect();
    let names = own.iter().filter_map(|event| event["name"].as_str());
    let tracks = own.iter().filter_map(|event| event["tid"].as_u64());
    (names.map(str::to_owned).collect(), tracks.collect())
}
