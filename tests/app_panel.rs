//! The panel over a window's page: a key opens it, it shows what actors do, and no page reaches it.
//!
//! Nothing but a keyboard and a clipboard gets in there, so the tests copy what the panel shows
//! and paste it into the page below, which prints it.
#![allow(clippy::unwrap_used, reason = "helpers of tests panic, too")]

mod support;

use std::{fs, process::Command, time::Duration};

use serde_json::{Value, json};
use support::{
    App, Built, Display, PATIENCE, Project, actor, children_of, eventually, inspect, within,
};

#[test]
fn a_key_opens_a_panel_that_shows_what_an_actor_has_in_hand() {
    let mut seat = Seat::take(page(
        "ipc.request('fault.block', { actor: 'files', ms: 60000 })
         const isBlocked = ({ actors }) => actors.some(({ current }) => current === 'BlockNow')
         while (!isBlocked(await snapshot())) await new Promise((resolve) => setTimeout(resolve, 20))
         for (let count = 0; count < 3; count++) ipc.request('fs.stat', { path: 'main.js' })",
    ));
    seat.open();
    let text = seat.shown(|text| {
        text.contains("files has been handling BlockNow") && text.contains("files\tfiles\t3\t")
    });
    let row = row(&text, "files");
    assert_eq!(
        row[..3],
        ["files", "files", "3"],
        "name, kind, queued: {text}"
    );
    assert!(row[3].ends_with(" s"), "the age of the oldest: {text}");
    assert!(
        row[4].starts_with("BlockNow "),
        "what it does, and since when: {text}"
    );
    assert_eq!(seat.keys_seen(), json!([]), "the page sees no key of it");
}

#[test]
fn an_actor_that_is_opened_is_noted_in_full_and_others_are_not() {
    let mut seat = Seat::take(page("await ipc.request('fs.stat', { path: 'main.js' })"));
    seat.open();
    seat.shown(|text| text.contains("\nrouter\t"));
    assert_eq!(seat.level("files"), "recorder");
    eventually("a filter that leaves one", || {
        seat.click_panel();
        seat.display.press(&["slash", "f", "i", "l", "e", "s"]);
        let text = seat.copied()?;
        (text.contains("\nfiles\t") && !text.contains("\nrouter\t")).then_some(())
    });
    let text = seat.look_closer();
    assert_eq!(seat.level("files"), "full");
    assert_eq!(seat.level("router"), "recorder");
    assert!(text.contains("StatPath"), "{text}");
    assert!(
        !text.contains("\nrouter\t"),
        "the filter leaves one: {text}"
    );
}

#[test]
fn escape_goes_back_step_by_step_and_a_closed_panel_is_gone() {
    let mut seat = Seat::take(page(""));
    seat.open();
    seat.shown(|text| text.contains("\nrouter\t"));
    seat.look_closer();
    seat.click_panel();
    seat.display.press(&["Escape"]);
    let text = seat.shown(|text| !text.contains("Last messages"));
    assert!(
        text.contains("\nrouter\t"),
        "the first closes the actor: {text}"
    );
    seat.click_panel();
    seat.display.press(&["Escape"]);
    seat.await_closed();
    seat.display.press(&["x"]);
    assert_eq!(seat.keys_seen(), json!(["x"]), "the page has the keyboard");
    seat.open();
    seat.display.press(&[HOT_KEY]);
    seat.await_closed();
}

#[test]
fn a_page_whose_script_hangs_can_be_looked_into() {
    let mut seat = Seat::take(page(
        "await ipc.request('ping')
         setTimeout(() => { console.log('hangs', 1); setTimeout(() => { while (true); }, 100) }, 100)",
    ));
    seat.app.line("hangs");
    // The page answers no key once it hangs.
    let asked = || seat.app.so_far("keys").len();
    let is_hung = within(PATIENCE, || {
        let before = asked();
        seat.display.press(&["F2"]);
        within(HANG_TIME, || (asked() > before).then_some(()))
            .is_none()
            .then_some(())
    });
    assert!(is_hung.is_some());
    seat.open();
    eventually("a panel that takes keys", || {
        seat.display.press(&["Return"]);
        (seat.level("files") == "full").then_some(())
    });
}

#[test]
fn a_window_that_closes_takes_its_panel_along() {
    let mut seat = Seat::take(page(
        "addEventListener('keydown', ({ key }) => { if (key === 'F4') ipc.request('window.close') })",
    ));
    seat.open();
    seat.shown(|text| text.contains("\nrouter\t"));
    // The display ends with the app, maybe before xdotool has.
    let _ = seat.display.xdotool(&["key", "F4"]);
    let ended = seat.app.wait();
    assert_eq!((ended.code, ended.err.as_str()), (0, ""));
}

#[test]
fn who_starts_a_debug_build_in_a_terminal_is_told_of_the_key_once() {
    let built = Project::new("told").page("console.log('ready', 1)").build();
    let mut unseen = built.start();
    unseen.line("ready");
    assert!(!unseen.all().contains("Ctrl+Shift+A"), "{}", unseen.all());
    let mut command = Command::new("script");
    let line = built.executable.display().to_string();
    built
        .home
        .settle(&mut command)
        .args(["-qefc", &line, "/dev/null"]);
    command.env("DISPLAY", Display::of(unseen.pid()).name());
    let mut seen = App::start_beside(&mut command);
    seen.line("ready");
    let told = seen.so_far("Ctrl+Shift+A");
    assert_eq!(told, ["in a window shows the app's actors\r"]);
}

#[test]
fn no_page_reaches_the_panel() {
    let (_built, mut app) = page(
        "const look = 'socket://panel/look?params=' + encodeURIComponent('{\"request\":\"snapshot\"}')
         const outcome = (promise) => promise.then((found) => `got ${found}`, () => 'refused')
         const frame = document.createElement('iframe')
         frame.src = 'socket://panel/'
         const framed = new Promise((resolve) => { frame.onload = frame.onerror = resolve })
         document.body.append(frame)
         await framed
         console.log('outcomes', JSON.stringify([
           await outcome(fetch(look, { method: 'POST' }).then((answer) => answer.status)),
           await outcome(import('socket://panel/client.js').then(Object.keys)),
           await outcome(ipc.request('window.navigate', { url: 'socket://panel/' }).then(({ err }) => err?.code))
         ]))",
    )
    .start();
    assert_eq!(
        app.json("outcomes"),
        json!(["got 403", "refused", "got ERR_FORBIDDEN_URL"])
    );
}

#[test]
fn a_build_for_users_has_no_panel_and_its_page_gets_the_key() {
    let project = page("").ini("[debug]\ninspector = read\n");
    let mut seat = Seat::before(project.build_with(&["--prod"]));
    seat.display.press(&[HOT_KEY]);
    assert_eq!(seat.keys_seen(), json!(["A"]));
    assert_eq!(seat.web_process_count(), 1);
}

/// Somebody who sits before the window of an app.
struct Seat {
    built: Built,
    app: App,
    display: Display,
    window: String,
    /// Width and height of the window.
    size: (u32, u32),
    question_count: usize,
}

impl Seat {
    #[track_caller]
    fn take(project: Project) -> Self {
        Self::before(project.build())
    }

    #[track_caller]
    fn before(built: Built) -> Self {
        let mut app = built.start();
        app.line("ready");
        let display = Display::of(app.pid());
        let window = display.window("test page");
        display.focus(&window);
        let size = display.size(&window);
        Self {
            built,
            app,
            display,
            window,
            size,
            question_count: 0,
        }
    }

    #[track_caller]
    fn open(&self) {
        self.display.press(&[HOT_KEY]);
        eventually("the panel's process", || {
            (self.web_process_count() == 2).then_some(())
        });
    }

    #[track_caller]
    fn await_closed(&self) {
        eventually("the end of the panel's process", || {
            (self.web_process_count() == 1).then_some(())
        });
    }

    /// Waits until the open panel shows a text that fits, which is copied and pasted.
    #[track_caller]
    fn shown(&mut self, fits: impl Fn(&str) -> bool) -> String {
        let mut last = String::new();
        let found = within(PATIENCE, || {
            last = self.copied()?;
            fits(&last).then(|| last.clone())
        });
        found.unwrap_or_else(|| panic!("the panel shows: {last}\n{}", self.app.all()))
    }

    /// Opens the actor at the cursor; returns what is shown then.
    #[track_caller]
    fn look_closer(&self) -> String {
        eventually("an open actor", || {
            self.click_panel();
            self.display.press(&["Return"]);
            self.copied().filter(|text| text.contains("Last messages"))
        })
    }

    /// Copies what the panel shows and pastes it; nothing if that does not work yet.
    fn copied(&self) -> Option<String> {
        let before = self.app.so_far("pasted").len();
        self.click_panel();
        self.display.press(&["ctrl+a", "ctrl+c"]);
        self.click_page();
        self.display.press(&["ctrl+v"]);
        within(PASTE_TIME, || {
            let pasted = self.app.so_far("pasted");
            let text = pasted.get(before..)?.last()?;
            let text = serde_json::from_str::<String>(text).ok()?;
            (!text.is_empty()).then_some(text)
        })
    }

    /// Gives the panel the keyboard.
    fn click_panel(&self) {
        self.display
            .click(&self.window, self.size.0 - 20, self.size.1 - 6);
    }

    /// Gives the page the keyboard.
    fn click_page(&self) {
        self.display.click(&self.window, self.size.0 / 2, 20);
    }

    /// Which keys the page has seen, but for the one by which it is asked.
    #[track_caller]
    fn keys_seen(&mut self) -> Value {
        self.display.press(&["F2"]);
        self.question_count += 1;
        let mut lines = self.app.lines("keys", self.question_count);
        serde_json::from_str(&lines.remove(self.question_count - 1)).unwrap()
    }

    /// How much is noted about an actor.
    #[track_caller]
    fn level(&self, name: &str) -> Value {
        actor(&inspect(&self.built.home, self.app.pid()), name)["level"].clone()
    }

    /// How many processes run pages of the app.
    fn web_process_count(&self) -> usize {
        let is_web = |pid: &u32| {
            let name = fs::read_to_string(format!("/proc/{pid}/comm")).unwrap_or_default();
            name.starts_with("WebKitWebProces")
        };
        let children = children_of(self.app.pid());
        children.iter().filter(|pid| is_web(pid)).count()
    }
}

/// The cells of the row of an actor.
#[track_caller]
fn row(text: &str, name: &str) -> Vec<String> {
    let start = format!("{name}\t");
    let line = text.lines().find(|line| line.starts_with(&start));
    let line = line.unwrap_or_else(|| panic!("no row of {name}: {text}"));
    line.split('\t').map(str::to_owned).collect()
}

/// A project whose page prints what is pasted into it, and which keys it sees.
fn page(script: &str) -> Project {
    let size = "[window]\nwidth = 900\nheight = 600\n";
    Project::new("watched").ini(size).page(&format!(
        "import {{ snapshot }} from 'socket:diagnostics'
         import ipc from 'socket:ipc'
         const area = document.createElement('textarea')
         area.style.cssText = 'position: fixed; inset: 0'
         document.body.append(area)
         area.focus()
         addEventListener('paste', (event) => console.log('pasted', JSON.stringify(event.clipboardData.getData('text/plain'))))
         const seen = []
         addEventListener('keydown', ({{ key }}) => {{
           if (key === 'F2') console.log('keys', JSON.stringify(seen))
           else if (!['Control', 'Shift', 'v'].includes(key)) seen.push(key)
         }})
         console.log('ready', 1)
         {script}"
    ))
}

const HOT_KEY: &str = "ctrl+shift+a";
/// After this, what was copied is copied again.
const PASTE_TIME: Duration = Duration::from_secs(3);
/// A page that has not answered for so long does not.
const HANG_TIME: Duration = Duration::from_secs(2);
