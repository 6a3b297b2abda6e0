//! Apps in real windows: what a page sees, what it shows and what it keeps.
#![allow(clippy::unwrap_used, reason = "helpers of tests panic, too")]

mod support;

use std::{fs, path::Path};

use serde_json::json;
use support::{Display, FileServer, Project, Session, actor, eventually, inspect, is_alive};

#[test]
fn hello_shows_its_heading_in_capitals_and_prints_its_file() {
    let built = Project::example("hello").build();
    let session = Session::start(&built);
    assert_eq!(session.text("h1"), "HELLO, WORLD");
    assert_eq!(session.title(), "Hello");
    let source = fs::read(built.resources().join("index.html")).unwrap();
    let bytes: Vec<_> = source[..8]
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let shown = format!("<Buffer {}", bytes.join(" "));
    eventually("the file on the console", || {
        session.out().starts_with(&shown).then_some(())
    });
    let pid = session.pid();
    session.end();
    eventually("the end of the app", || (!is_alive(pid)).then_some(()));
}

#[test]
fn a_typed_note_becomes_a_file_and_a_changed_file_becomes_a_note() {
    let project = Project::example("notes");
    let folder = project.home().path().join("notes");
    let built = project.build();
    let session = Session::start_with(&built, &[("NOTES_DIR", folder.to_str().unwrap())]);
    session.until("return document.querySelectorAll('#list [data-id]').length > 3");
    session.click("#new");
    session.keys("#title", "Seven herons");
    session.keys("#body", "They stand in the reeds.");
    let file = folder.join("seven-herons.md");
    eventually("the note's file", || {
        let text = find_note(&folder, "Seven herons")?;
        text.contains("They stand in the reeds.").then_some(())
    });
    session.keys("#search", "herons");
    session.until("return document.querySelectorAll('#list [data-id]').length === 1");
    session.run("document.querySelector('#search').value = ''; document.querySelector('#search').dispatchEvent(new Event('input'))");
    // Leaving a note gives its file its final name.
    session.click("#list [data-id]:last-of-type");
    eventually("the file's final name", || file.exists().then_some(()));
    fs::write(
        folder.join("from-outside.md"),
        "# Written elsewhere\n\nBy another program.\n",
    )
    .unwrap();
    session
        .until("return document.querySelector('#list').textContent.includes('Written elsewhere')");
    fs::write(&file, "# Eight herons\n\nOne more came.\n").unwrap();
    session.until("return document.querySelector('#list').textContent.includes('Eight herons')");
    assert_eq!(session.err(), "");
}

fn find_note(folder: &Path, title: &str) -> Option<String> {
    let entries = fs::read_dir(folder).ok()?.flatten();
    let texts = entries.filter_map(|entry| fs::read_to_string(entry.path()).ok());
    texts.into_iter().find(|text| text.contains(title))
}

#[test]
fn what_a_page_stores_is_there_after_a_restart() {
    let built = Project::new("keeper")
        .page(
            "const request = indexedDB.open('shelf', 1)
             request.onupgradeneeded = () => request.result.createObjectStore('books')
             request.onsuccess = () => {
               const books = request.result.transaction('books', 'readwrite').objectStore('books')
               const get = books.get('one')
               get.onsuccess = () => {
                 console.log('found', JSON.stringify([localStorage.getItem('name'), get.result ?? null]))
                 localStorage.setItem('name', 'Ada')
                 books.put(new Uint8Array([1, 2, 3]).length, 'one').onsuccess = () => {
                   console.log('stored now')
                 }
               }
             }",
        )
        .build();
    let mut first = built.start();
    assert_eq!(first.json("found"), json!([null, null]));
    first.line("stored");
    first.end();
    let mut second = built.start();
    assert_eq!(second.json("found"), json!(["Ada", 3]));
}

#[test]
fn a_page_is_a_secure_context_with_the_web_platform_in_it() {
    let (_built, mut app) = Project::new("platform")
        .file("src/data.json", r#"{"answer":42}"#)
        .file("src/late.js", "export const where = import.meta.url")
        .file(
            "src/worker.js",
            "import fs from 'socket:fs/promises'
             postMessage(await fs.readFile('data.json', 'utf8'))",
        )
        .page(
            "const work = new Promise((resolve, reject) => {
               const worker = new Worker('worker.js', { type: 'module' })
               worker.onmessage = (event) => resolve(event.data)
               worker.onerror = (event) => reject(new Error(event.message))
             })
             const { publicKey } = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, ['sign', 'verify'])
             const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode('abc')))
             const store = await new Promise((resolve, reject) => {
               const request = indexedDB.open('any')
               request.onsuccess = () => resolve(request.result.name)
               request.onerror = () => reject(request.error)
             })
             console.log('seen', JSON.stringify({
               isSecure: isSecureContext,
               origin: location.origin,
               fetched: (await (await fetch('data.json')).json()).answer,
               digest: [...digest].slice(0, 4),
               key: publicKey.type,
               store,
               worker: JSON.parse(await work).answer,
               late: (await import('./late.js')).where,
               same: (await import('socket:fs/promises')).readFile === (await import('node:fs/promises')).readFile
             }))",
        )
        .start();
    assert_eq!(
        app.json("seen"),
        json!({
            "isSecure": true,
            "origin": "socket://localhost",
            "fetched": 42,
            "digest": [0xba, 0x78, 0x16, 0xbf],
            "key": "public",
            "store": "any",
            "worker": 42,
            "late": "socket://localhost/late.js",
            "same": true
        })
    );
}

#[test]
fn two_windows_exchange_events_and_closing_one_leaves_the_other() {
    let (built, mut app) = Project::new("pair")
        .file("src/second.html", "<!doctype html><title>second</title><script type=module src=second.js></script>")
        .file(
            "src/second.js",
            "import application from 'socket:application'
             const own = await application.getCurrentWindow()
             addEventListener('question', (event) => {
               own.send({ window: 0, event: 'answer', value: { index: own.index, twice: event.detail.number * 2 } })
             })
             await own.send({ window: 0, event: 'here', value: 'second' })",
        )
        .page(
            "import application from 'socket:application'
             const own = await application.getCurrentWindow()
             const told = (name) => new Promise((resolve) => addEventListener(name, (event) => resolve(event.detail), { once: true }))
             const here = told('here')
             const second = await application.createWindow({ index: 7, path: 'second.html', width: 300, height: 200 })
             console.log('here', JSON.stringify(await here))
             const answer = told('answer')
             await own.send({ window: 7, event: 'question', value: { number: 21 } })
             console.log('answer', JSON.stringify(await answer))
             console.log('open', JSON.stringify((await application.getWindows()).keys()))
             await second.close()
             while ((await application.getWindows()).length > 1) await new Promise(requestAnimationFrame)
             console.log('left', JSON.stringify((await application.getWindows()).keys()))",
        )
        .start();
    assert_eq!(app.json("here"), json!("second"));
    assert_eq!(app.json("answer"), json!({ "index": 7, "twice": 42 }));
    assert_eq!(app.json("open"), json!([0, 7]));
    assert_eq!(app.json("left"), json!([0]));
    assert_eq!(
        actor(&inspect(&built.home, app.pid()), "window:0")["state"],
        "running"
    );
}

#[test]
fn the_window_system_sees_the_title_and_the_size_that_a_page_sets() {
    let (_built, mut app) = Project::new("sizes")
        .page(
            "import application from 'socket:application'
             const own = await application.getCurrentWindow()
             await own.setTitle('Größe: ½')
             await own.setSize({ width: 640, height: 360 })
             console.log('set', JSON.stringify(own.index))",
        )
        .start();
    app.line("set");
    let display = Display::of(app.pid());
    let window = display.window("Größe: ½");
    eventually("a window of that size", || {
        let geometry = display.xdotool(&["getwindowgeometry", "--shell", &window])?;
        (geometry.contains("WIDTH=640") && geometry.contains("HEIGHT=360")).then_some(())
    });
}

#[test]
fn frames_of_other_origins_cannot_call_the_runtime() {
    let stranger = FileServer::start().serve("/frame.html", "text/html", STRANGER);
    let (built, mut app) = Project::new("guest")
        .file("src/boxed.html", STRANGER)
        .page(&format!(
            "const reports = []
             addEventListener('message', (event) => {{
               reports.push(event.data)
               if (reports.length === 2) console.log('reports', JSON.stringify(reports))
             }})
             for (const [source, sandbox] of [['http://127.0.0.1:{}/frame.html', null], ['boxed.html', 'allow-scripts']]) {{
               const frame = document.createElement('iframe')
               if (sandbox) frame.setAttribute('sandbox', sandbox)
               frame.src = source
               document.body.append(frame)
             }}",
            stranger.port
        ))
        .start();
    for report in app.json("reports").as_array().unwrap() {
        let report = report.as_object().unwrap();
        for (way, outcome) in report.iter().filter(|(way, _)| *way != "origin") {
            assert_eq!(outcome, "refused", "{way} of {}", report["origin"]);
        }
        assert_eq!(report.len(), 6, "{report:?}");
    }
    let system = actor(&inspect(&built.home, app.pid()), "system");
    assert_eq!(system["sent"], 0, "no call of theirs reached the actor");
}

/// Tries every way in that a page of the app has, and reports what came of it.
const STRANGER: &str = r#"<!doctype html><script type=module>
const url = 'socket://localhost/__runtime/ipc/os.uname'
const refusedOr = (promise) => promise.then((text) => /"data"|token =/.test(text) ? `allowed: ${text}` : 'refused', () => 'refused')
const post = (headers, mode) => fetch(url, { method: 'POST', mode, headers, body: new Uint8Array(1) }).then((response) => response.text())
const message = async () => {
  const handler = globalThis.webkit?.messageHandlers?.runtime
  if (!handler) return 'no handler'
  return String(await handler.postMessage(JSON.stringify({ token: '0'.repeat(32), command: 'os.uname', params: {} })))
}
const report = {
  origin: location.origin,
  withToken: await refusedOr(post({ 'x-runtime-token': '0'.repeat(32) }, 'cors')),
  withoutToken: await refusedOr(post({}, 'cors')),
  blindly: await refusedOr(post({}, 'no-cors')),
  message: await refusedOr(message()),
  session: await refusedOr(import('socket:internal/session').then(({ token }) => `token =${token}`))
}
parent.postMessage(report, '*')
</script>"#;
