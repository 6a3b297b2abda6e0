//! Faults planted in the files actor and in relays: what goes on around it, and how it comes back.
#![allow(clippy::unwrap_used, reason = "helpers of tests panic, too")]

mod support;

use serde_json::{Value, json};
use support::{App, IndexedPeer, Project, actor, eventually, inspect};

#[test]
fn a_panic_fails_the_call_in_flight_and_the_next_one_works() {
    let (built, mut app) = page(
        "const { err } = await ipc.request('fault.panic', { actor: 'files' })
         console.log('failed', JSON.stringify([err?.name, err?.code]))
         console.log('next', await fs.readFile('note.txt', 'utf8'))",
    )
    .start();
    assert_eq!(
        app.json("failed"),
        json!(["InternalError", "ERR_ACTOR_PANICKED"])
    );
    assert_eq!(app.line("next"), "still here");
    let files = actor(&inspect(&built.home, app.pid()), "files");
    assert_eq!(
        (&files["restarts"], &files["state"]),
        (&json!(1), &json!("running"))
    );
    assert!(
        files["last_panic"].as_str().unwrap().contains("PanicNow"),
        "{files}"
    );
    app.error_line("actor 'files' crashed on PanicNow");
}

#[test]
fn calls_that_wait_behind_a_panic_are_answered_after_the_restart() {
    let (_built, mut app) = page(
        "const calls = [ipc.request('fault.panic', { actor: 'files' })]
         for (let count = 0; count < 50; count++) calls.push(ipc.request('fs.stat', { path: 'note.txt' }))
         const results = await Promise.all(calls)
         console.log('codes', JSON.stringify(results.map(({ err, data }) => err?.code ?? data.size)))",
    )
    .start();
    let codes = app.json("codes");
    let codes = codes.as_array().unwrap();
    assert_eq!(codes[0], "ERR_ACTOR_PANICKED");
    assert!(codes[1..].iter().all(|code| *code == 10), "{codes:?}");
}

#[test]
fn an_actor_that_keeps_crashing_is_given_up_and_the_window_lives() {
    let (built, mut app) = page(
        "const codes = []
         while (codes.at(-1) !== 'ERR_ACTOR_STOPPED' && codes.length < 20) {
           codes.push((await ipc.request('fault.panic', { actor: 'files' })).err.code)
         }
         codes.push((await ipc.request('fs.stat', { path: 'note.txt' })).err.code)
         console.log('codes', JSON.stringify(codes))
         const { data } = await ipc.request('os.uptime')
         await new Promise(requestAnimationFrame)
         console.log('alive', typeof data.seconds)",
    )
    .start();
    let expected = [vec!["ERR_ACTOR_PANICKED"; 6], vec!["ERR_ACTOR_STOPPED"; 2]].concat();
    assert_eq!(app.json("codes"), json!(expected));
    assert_eq!(app.line("alive"), "number");
    let snapshot = inspect(&built.home, app.pid());
    assert_eq!(actor(&snapshot, "files")["state"], "stopped");
    assert_eq!(actor(&snapshot, "window:0")["state"], "running");
}

#[test]
fn while_files_are_blocked_everything_else_goes_on() {
    let (built, mut app) = page(
        "let done = false
         const order = []
         const note = (name) => (value) => { order.push(name); return value }
         const block = ipc.request('fault.block', { actor: 'files', ms: 5000 }).then(note('block'))
         const reads = []
         for (let count = 0; count < 20; count++) {
           reads.push(fs.readFile('note.txt', 'utf8').then(note('read')))
         }
         console.log('blocked', reads.length)
         let frames = 0, ticks = 0
         const frame = () => { frames += 1; if (!done) requestAnimationFrame(frame) }
         requestAnimationFrame(frame)
         const timer = setInterval(() => { ticks += 1 }, 10)
         const here = new Promise((resolve) => addEventListener('here', resolve, { once: true }))
         await application.createWindow({ index: 1, path: 'second.html' })
         await here
         note('window')()
         await ipc.request('os.cpus').then(note('system'))
         await ipc.request('ping').then(note('router'))
         while (frames < 10 || ticks < 10) await new Promise((resolve) => setTimeout(resolve, 10))
         note('frames and timers')()
         console.log('during', JSON.stringify(order))
         await block
         const texts = await Promise.all(reads)
         done = true
         clearInterval(timer)
         console.log('after', JSON.stringify([texts.length, texts.every((text) => text === 'still here'), order.indexOf('block') < order.indexOf('read')]))",
    )
    .file("src/second.html", "<!doctype html><title>second</title><script type=module src=second.js></script>")
    .file(
        "src/second.js",
        "import application from 'socket:application'
         await (await application.getCurrentWindow()).send({ window: 0, event: 'here', value: 1 })",
    )
    .start();
    assert_eq!(app.line("blocked"), "20");
    let blocked = |least: f64| {
        eventually("a blocked files actor", || {
            let files = actor(&inspect(&built.home, app.pid()), "files");
            let is_blocked = files["current"] == "BlockNow" && millis(&files) > least;
            is_blocked.then_some(files)
        })
    };
    let first = blocked(0.0);
    let second = blocked(millis(&first));
    assert!(second["depth"].as_u64().unwrap() > 0, "{second}");
    let during = json!(["window", "system", "router", "frames and timers"]);
    assert_eq!(app.json("during"), during);
    assert_eq!(app.json("after"), json!([20, true, true]));
    let files = actor(&inspect(&built.home, app.pid()), "files");
    assert_eq!((&files["restarts"], &files["lost"]), (&json!(0), &json!(0)));
}

#[test]
fn a_relay_that_crashes_comes_back_as_itself_and_the_window_and_its_room_go_on() {
    let server = IndexedPeer::start();
    let built = page(
        "import { network, Encryption } from 'socket:network'
         const once = (emitter, name) => new Promise((resolve) => emitter.once(name, resolve))
         const clusterId = await Encryption.createClusterId('TEST')
         const sharedKey = await Encryption.createSharedKey('room')
         const room = async () => {
           const signingKeys = await Encryption.createKeyPair()
           const bus = await network({ peerId: await Encryption.createId(), clusterId, signingKeys })
           const cats = await bus.subcluster({ sharedKey })
           if (cats.peers.size === 0) await once(cats, '#join')
           return { bus, cats }
         }
         const [ann, bob] = await Promise.all([room(), room()])
         const before = await ann.bus.getInfo()
         const [back, again] = [once(ann.bus, '#connection'), once(bob.bus, '#connection')]
         await ipc.request('fault.panic', { actor: 'relay' })
         await Promise.all([back, again])
         const heard = once(bob.cats, 'mew')
         await ann.cats.emit('mew', 'still here')
         console.log('heard', String(await heard))
         console.log('same', (await ann.bus.getInfo()).peerId === before.peerId)
         await new Promise(requestAnimationFrame)
         console.log('window', document.title)",
    )
    .ini(&format!(
        "[peer]\nbootstrap[] = {}\nkeepalive = 1000",
        server.address()
    ))
    .build();
    let mut app = App::start_beside(&mut built.command());
    assert_eq!(app.line("heard"), "still here");
    assert_eq!(app.line("same"), "true");
    assert_eq!(app.line("window"), "test page");
    let snapshot = inspect(&built.home, app.pid());
    let actors = snapshot["actors"].as_array().unwrap();
    let relays: Vec<_> = actors
        .iter()
        .filter(|each| each["kind"] == "relay")
        .collect();
    assert_eq!(relays.len(), 2);
    for relay in relays {
        assert_eq!(
            (&relay["restarts"], &relay["state"]),
            (&json!(1), &json!("running"))
        );
    }
    assert_eq!(actor(&snapshot, "window:0")["restarts"], 0);
}

#[test]
fn a_page_whose_process_dies_is_loaded_again_and_the_terminal_says_so() {
    let (_built, mut app) = page("console.log('loaded', performance.now() > 0)").start();
    assert_eq!(app.line("loaded"), "true");
    let web = eventually("the web process", || web_process_of(app.pid()));
    support::signal(web, rustix::process::Signal::KILL);
    app.error_line("the web process of window 0 ended unexpectedly; loading the page again");
    assert_eq!(app.line("loaded"), "true");
}

/// The process that runs the pages of an app.
fn web_process_of(app: u32) -> Option<u32> {
    let entries = std::fs::read_dir("/proc").unwrap().flatten();
    let mut ids = entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    ids.find(|id: &u32| {
        let stat = std::fs::read_to_string(format!("/proc/{id}/stat")).unwrap_or_default();
        let parent = stat
            .rsplit(')')
            .next()
            .and_then(|rest| rest.split_whitespace().nth(1));
        stat.contains("(WebKitWebProces)") && parent == Some(&app.to_string())
    })
}

fn millis(actor: &Value) -> f64 {
    actor["current_ms"].as_f64().unwrap()
}

/// A project with a file, and a page that runs this.
fn page(script: &str) -> Project {
    Project::new("faulty")
        .file("src/note.txt", "still here")
        .page(&format!(
            "import application from 'socket:application'\nimport fs from 'socket:fs/promises'\n\
         import ipc from 'socket:ipc'\n{script}"
        ))
}
