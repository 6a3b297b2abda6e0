//! An app that is run with `--record` can be run again from its recording, without a window.
#![allow(clippy::unwrap_used, reason = "helpers of tests panic, too")]

#[path = "replay/forgery.rs"]
#[allow(dead_code, reason = "each test file uses a part")]
mod forgery;
mod support;

use std::fs;

use serde_json::Value;
use socket_runtime::actors::kit::{Effect, Frame};
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
    assert!(replayed["recorded"].is_string(), "{replayed:#}");
    assert_eq!(replayed["state"], replayed["recorded"], "{replayed:#}");
    let actors = replayed["actors"].as_array().unwrap();
    let of = |kind: &str| actors.iter().find(|actor| actor["kind"] == kind).unwrap();
    // Each call and the answer to it.
    let messages = of("router")["messages"].as_u64().unwrap();
    assert!(messages >= 120, "{messages} messages of the router");
    for kind in ["windows", "window"] {
        assert_eq!(of(kind)["state"], of(kind)["recorded"], "{kind}");
        assert!(of(kind)["messages"].as_u64() > Some(2), "{kind}");
    }
    assert!(
        of("files")["stopped"].is_string(),
        "the disk cannot be run again"
    );

    // A router is the same after each call; that it did the same is in its answers.
    let sound = fs::read(&file).unwrap();
    let mut answers = Vec::new();
    let forged = forgery::change(&sound, |frame| {
        if let Frame::Done(done) = frame {
            for effect in &mut done.effects {
                if let Effect::Answered {
                    hash: Some(hash), ..
                } = effect
                {
                    answers.push(done.number);
                    // One answer of the middle was another.
                    *hash ^= u64::from(answers.len() == 30);
                }
            }
        }
    });
    assert!(answers.len() >= 61, "{} answers to calls", answers.len());
    fs::write(&file, forged).unwrap();
    let replayed = project.home().runtime(&["replay", path]).output().unwrap();
    let errors = String::from_utf8_lossy(&replayed.stderr);
    assert_eq!(replayed.status.code(), Some(1), "{errors}");
    let step = answers[29];
    let expected = format!("the replay differs at step {step}, when 'router' handled");
    assert!(errors.contains(&expected), "step {step}: {errors}");
}
