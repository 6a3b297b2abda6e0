//! An app that is run with `--record` can be run again from its recording, without a window.
#![allow(clippy::unwrap_used, reason = "helpers of tests panic, too")]

mod support;

use serde_json::Value;
use support::{App, Project};

#[test]
fn the_calls_of_a_page_and_their_answers_happen_again_as_they_were_recorded() {
    let project = Project::new("recorded").page(
        "import fs from 'socket:fs/promises'
         import process from 'socket:process'
         for (let round = 0; round < 20; round++) {
           await fs.writeFile('notes.txt', `round ${round}`)
           await fs.readFile('notes.txt', 'utf8')
           await fs.stat('absent').catch(() => {})
         }
         console.log('done', await fs.readFile('notes.txt', 'utf8'))
         process.exit(0)",
    );
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("app.rec");
    let path = file.to_str().unwrap();
    let mut app = App::start(&mut project.run(&["--record", path]));
    assert_eq!(app.line("done"), "round 19");
    let ended = app.wait();
    assert_eq!(ended.code, 0, "{}", ended.err);
    assert!(
        ended.err.contains("secret keys of its peers"),
        "{}",
        ended.err
    );
    assert!(ended.err.contains("recorded "), "{}", ended.err);

    let replayed = project.home().runtime(&["replay", path, "--json"]).output();
    let replayed = replayed.unwrap();
    let errors = String::from_utf8_lossy(&replayed.stderr);
    assert!(replayed.status.success(), "{errors}");
    let replayed: Value = serde_json::from_slice(&replayed.stdout).unwrap();
    assert_eq!(replayed["state"], replayed["recorded"], "{replayed:#}");
    let actors = replayed["actors"].as_array().unwrap();
    let of = |kind: &str| actors.iter().find(|actor| actor["kind"] == kind).unwrap();
    // Each call and the answer to it.
    let messages = of("router")["messages"].as_u64().unwrap();
    assert!(messages >= 120, "{messages} messages of the router");
    assert!(
        of("files")["stopped"].is_string(),
        "the disk cannot be run again"
    );
}
