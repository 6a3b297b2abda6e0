//! Apps with a back end: messages both ways, its death, its floods, and who outlives whom.
#![allow(clippy::unwrap_used, reason = "helpers of tests panic, too")]

mod support;

use rustix::process::Signal;
use serde_json::json;
use support::{Project, Session, actor, eventually, inspect, is_alive, signal};

#[test]
fn a_python_back_end_greets_back_and_sets_the_title() {
    check_greeting("backend-python", "this is Python");
}

#[test]
fn a_node_back_end_greets_back_and_sets_the_title() {
    check_greeting("backend-node", "this is Node");
}

#[track_caller]
fn check_greeting(example: &str, signature: &str) {
    let built = Project::example(example).build();
    let session = Session::start(&built);
    session.until("return !document.querySelector('#send').disabled");
    session.run("document.querySelector('#name').value = ''");
    session.keys("#name", "Zoë & Co");
    session.click("#send");
    let reply = session.until("return document.querySelector('#replies li')?.textContent");
    let reply = reply.as_str().unwrap();
    assert!(
        reply.starts_with("Hello Zoë & Co, ") && reply.contains(signature),
        "{reply}"
    );
    session.until(
        "const { default: application } = await import('socket:application');
         return (await application.getCurrentWindow()).getTitle() === 'Hello, Zoë & Co'",
    );
    session.click("#quit");
    session
        .until("return document.querySelector('#state').textContent === 'The backend ended (0).'");
}

#[test]
fn a_page_is_told_that_its_back_end_was_killed_and_can_start_it_again() {
    let (_built, mut app) = project(
        "read line; while read line; do :; done",
        "let starts = 0
         addEventListener('backend-exit', async (event) => {
           console.log('exit', JSON.stringify(event.detail))
           if (++starts === 1) console.log('again', (await application.backend.open()).data.pid)
         })
         console.log('first', (await application.backend.open()).data.pid)",
    )
    .start();
    let first = app.line("first").parse().unwrap();
    signal(first, Signal::KILL);
    assert_eq!(app.json("exit"), json!("SIGKILL"));
    let second = app.line("again").parse().unwrap();
    assert_ne!(first, second);
    assert!(is_alive(second));
}

#[test]
fn what_a_back_end_prints_and_how_it_ends_reach_the_page() {
    let (_built, mut app) = project(
        "echo plain; echo 'to the page' >&2; echo 'ipc://stdout?value=by%20message%0A'; exit 3",
        "addEventListener('process-error', (event) => console.log('problem', event.detail))
         addEventListener('backend-exit', (event) => console.log('exit', event.detail))
         await application.backend.open()",
    )
    .start();
    assert_eq!(app.line("exit"), "3");
    assert_eq!(app.line("problem"), "to the page");
    assert_eq!(app.line("by"), "message");
    app.error_line("to the page");
}

#[test]
fn a_back_end_that_writes_a_hundred_thousand_lines_does_not_hang_the_window() {
    let (built, mut app) = project(
        "i=0; while [ $i -lt 100000 ]; do echo \"ipc://send?index=0&event=drop&value=$i\"; i=$((i+1)); done; \
         echo 'ipc://send?index=0&event=last&value=1'; cat",
        "let frames = 0, drops = 0
         const count = () => { frames += 1; requestAnimationFrame(count) }
         count()
         addEventListener('drop', () => { drops += 1 })
         addEventListener('last', () => console.log('flood', JSON.stringify({ frames, drops })))
         console.log('pid', (await application.backend.open()).data.pid)
         const { data } = await ipc.request('ping', { value: 'still here' })
         console.log('ping', data.value)",
    )
    .start();
    assert_eq!(app.line("ping"), "still here");
    let seen = app.json("flood");
    assert!(seen["frames"].as_u64().unwrap() > 5, "{seen}");
    assert!(seen["drops"].as_u64().unwrap() > 0, "{seen}");
    let snapshot = inspect(&built.home, app.pid());
    let process = actor(&snapshot, "process");
    assert!(process["handled"].as_u64().unwrap() >= 100_000, "{process}");
    assert!(process["depth"].as_u64().unwrap() < 1000, "{process}");
}

#[test]
fn a_back_end_ends_with_an_app_that_is_asked_to_end() {
    check_end(Signal::TERM);
}

#[test]
fn a_back_end_ends_with_an_app_that_is_killed() {
    check_end(Signal::KILL);
}

#[track_caller]
fn check_end(with: Signal) {
    let (_built, mut app) = project(
        // It reads nothing, so it does not notice that nobody writes any more.
        "exec tail -f /dev/null",
        "console.log('pid', (await application.backend.open()).data.pid)",
    )
    .start();
    let backend = app.line("pid").parse().unwrap();
    assert!(is_alive(backend));
    signal(app.pid(), with);
    assert_eq!(app.wait().code, 128 + with.as_raw());
    eventually("the end of the back end", || {
        (!is_alive(backend)).then_some(())
    });
}

/// A project with a shell script as back end, and a page.
fn project(script: &str, page: &str) -> Project {
    Project::new("backed")
        .ini("[linux]\ncmd = \"sh backend.sh\"")
        .file("src/backend.sh", script)
        .page(&format!(
            "import application from 'socket:application'\nimport ipc from 'socket:ipc'\n{page}"
        ))
}
