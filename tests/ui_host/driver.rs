//! The test proper: gives orders, hears what happens and compares.

use std::{
    fs,
    path::PathBuf,
    sync::mpsc,
    time::{Duration, Instant},
};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};
use socket_runtime::messages::host::{
    DriveWindow, HostAnswer, HostOrder, Length, Refusal, WindowAction, WindowChange, WindowError,
    WindowOptions, WindowState,
};

use crate::backend::{Desk, Heard};

/// See the module.
pub(crate) struct Driver {
    /// Where orders go.
    pub(crate) host: Desk,
    /// Where news come from.
    pub(crate) hears: mpsc::Receiver<Heard>,
    /// A folder for pictures.
    pub(crate) scratch: PathBuf,
    /// The development server.
    pub(crate) dev_url: String,
}

impl Driver {
    /// Runs every check; ends the host whether they hold or not.
    pub(crate) fn drive(self) {
        let _end = EndHost(self.host.clone());
        self.screen_is_described();
        let token = self.pages_do_what_they_may_and_nothing_else();
        self.windows_obey();
        let token = self.a_reload_gets_a_new_token(&token);
        self.a_crashed_page_is_loaded_again(&token);
        self.a_page_that_goes_astray_stays();
        self.a_page_of_the_dev_server_is_the_apps();
        self.a_hidden_window_paints();
    }

    fn pages_do_what_they_may_and_nothing_else(&self) -> Value {
        self.open(0, "socket://localhost/index.html", false);
        let mut report = self.report();
        let token = report["token"].take();
        assert!(report["bigMs"].take().is_number(), "{report}");
        let refused = json!({
            "err": {
                "name": "NotAllowedError",
                "code": "ERR_PERMISSION",
                "message": "this document may not call the runtime",
            }
        });
        for frame in ["sandboxed", "foreign"] {
            let outcomes = &mut report[frame];
            for attempt in ["message", "guessed"] {
                let text = outcomes[attempt].as_str().expect("an outcome").to_owned();
                let reply: Value = serde_json::from_str(&text).expect("a reply");
                assert_eq!(reply, refused, "{attempt} from a {frame} frame");
            }
            for attempt in ["session", "modules", "request", "file"] {
                assert_eq!(
                    outcomes[attempt], "threw TypeError",
                    "{attempt} from a {frame} frame"
                );
            }
            assert_eq!(outcomes["args"], "undefined", "{frame}");
            report[frame] = Value::Null;
        }
        let expected: Value = serde_json::from_str(include_str!("expected.json")).expect("JSON");
        assert_eq!(report, expected);
        token
    }

    fn windows_obey(&self) {
        let again = self.order(0, WindowAction::Open(Box::default()));
        assert_eq!(again, Err(WindowError::Exists { window: 0 }));
        let unknown = self.order(9, WindowAction::Describe);
        assert_eq!(unknown, Err(WindowError::Unknown { window: 9 }));
        let url = "https://example.com/".to_owned();
        let forbidden = self.order(0, WindowAction::Navigate(url.clone()));
        assert_eq!(forbidden, Err(WindowError::ForbiddenUrl { url }));
        let shown = self.order(0, WindowAction::Describe).expect("its state");
        assert_eq!((shown.status, shown.title.as_str()), (31, "checks"));
        self.order(
            0,
            WindowAction::SetSize(Length::Pixels(500.0), Length::Percent(50.0)),
        )
        .expect("a new size");
        self.fact(|change| *change == WindowChange::Resized(500, 400));
        self.order(0, WindowAction::SetPosition(30, 40))
            .expect("a new place");
        self.fact(|change| *change == WindowChange::Moved(30, 40));
        self.order(0, WindowAction::SetTitle("other".to_owned()))
            .expect("a new title");
        let hidden = self.order(0, WindowAction::Hide).expect("no window");
        assert_eq!(hidden.status, 21);
        self.order(0, WindowAction::Show).expect("a window");
        self.fact(|change| *change == WindowChange::Shown);
        let colour = WindowAction::SetBackground([1, 2, 3, 255]);
        self.order(0, colour).expect("a colour");
        assert_eq!(self.picture(0, "shown.png"), (500, 400));
    }

    fn a_reload_gets_a_new_token(&self, old: &Value) -> Value {
        self.order(
            0,
            WindowAction::Navigate("socket://localhost/index.html?2".to_owned()),
        )
        .expect("a page");
        let report = self.report();
        assert_ne!(report["token"], *old);
        assert_eq!(report["storage"], "2", "stored data outlive the page");
        report["token"].clone()
    }

    fn a_crashed_page_is_loaded_again(&self, old: &Value) {
        for pid in children("WebKitWebProces") {
            kill_process(pid, Signal::KILL).expect("a live process");
        }
        self.fact(|change| *change == WindowChange::WebProcessCrashed(true));
        let report = self.report();
        assert_ne!(report["token"], *old);
        assert_eq!(report["after"], 2);
    }

    fn a_page_that_goes_astray_stays(&self) {
        let page = |search: &str| format!("socket://localhost/nav.html{search}");
        self.open(1, &page("?download"), false);
        self.fact(|change| {
            let url = "socket://localhost/secret.txt".to_owned();
            *change == WindowChange::Refused(Refusal::Download(url))
        });
        self.order(1, WindowAction::Navigate(page("?away")))
            .expect("another page");
        self.fact(|change| match change {
            WindowChange::Refused(Refusal::Navigation(url)) => url.ends_with("/evil.html"),
            _ => false,
        });
        self.wait_for(|heard| match heard {
            Heard::Report(report) => (report["alive"] == "?away").then_some(()),
            Heard::Fact(_) => None,
        });
        let closed = self.order(1, WindowAction::Close).expect("it was open");
        assert_eq!(closed.status, 41);
        self.fact(|change| *change == WindowChange::Closed);
    }

    fn a_page_of_the_dev_server_is_the_apps(&self) {
        self.open(2, "dev.html", false);
        let report = self.wait_for(|heard| match heard {
            Heard::Report(report) if report["alive"].is_null() => Some(report),
            _ => None,
        });
        let expected = json!({
            "origin": self.dev_url,
            "message": self.dev_url,
            "request": self.dev_url,
            "echo": [3, r#"{"data":{"length":3}}"#],
            "file": "0123456789",
        });
        assert_eq!(report, expected);
    }

    fn a_hidden_window_paints(&self) {
        self.open(3, "socket://localhost/painted.html", true);
        assert_eq!(self.report()["painted"], true);
        assert_eq!(self.picture(3, "hidden.png"), (640, 400));
        assert_eq!(
            self.order(3, WindowAction::Describe)
                .expect("its state")
                .status,
            21
        );
    }

    fn screen_is_described(&self) {
        let screen = self.ask(HostOrder::DescribeScreen);
        let expected = HostAnswer::Screen {
            width: 1280.0,
            height: 800.0,
            scale: 1.0,
        };
        assert_eq!(screen, Ok(expected));
    }

    fn open(&self, window: u32, url: &str, is_hidden: bool) {
        let options = WindowOptions {
            title: "test".to_owned(),
            url: url.to_owned(),
            width: Some(Length::Pixels(640.0)),
            height: Some(Length::Pixels(400.0)),
            is_resizable: true,
            is_closable: true,
            is_hidden,
            ..WindowOptions::default()
        };
        self.order(window, WindowAction::Open(Box::new(options)))
            .expect("a window");
    }

    /// Takes a picture of the page and returns its width and height.
    fn picture(&self, window: u32, name: &str) -> (u32, u32) {
        let path = self.scratch.join(name);
        self.order(window, WindowAction::Screenshot(path.clone()))
            .expect("a picture");
        let bytes = fs::read(path).expect("a file");
        assert!(bytes.starts_with(b"\x89PNG\r\n"));
        let number = |at: usize| u32::from_be_bytes(bytes[at..at + 4].try_into().expect("4 bytes"));
        (number(16), number(20))
    }

    fn order(&self, window: u32, action: WindowAction) -> Result<WindowState, WindowError> {
        match self.ask(HostOrder::Window(DriveWindow { window, action }))? {
            HostAnswer::Window(state) => Ok(state),
            other => panic!("unexpected {other:?}"),
        }
    }

    fn ask(&self, order: HostOrder) -> Result<HostAnswer, WindowError> {
        let (sender, receiver) = mpsc::channel();
        self.host.order(
            order,
            Box::new(move |result| {
                let _ = sender.send(result);
            }),
        );
        receiver.recv_timeout(PATIENCE).expect("an answer in time")
    }

    fn report(&self) -> Value {
        self.wait_for(|heard| match heard {
            Heard::Report(report) => Some(report),
            Heard::Fact(_) => None,
        })
    }

    fn fact(&self, mut is_it: impl FnMut(&WindowChange) -> bool) {
        self.wait_for(|heard| match heard {
            Heard::Fact(fact) => is_it(&fact.change).then_some(()),
            Heard::Report(_) => None,
        });
    }

    #[expect(clippy::disallowed_methods, reason = "a real engine takes real time")]
    fn wait_for<T>(&self, mut pick: impl FnMut(Heard) -> Option<T>) -> T {
        let end = Instant::now() + PATIENCE;
        loop {
            let left = end.saturating_duration_since(Instant::now());
            let heard = self
                .hears
                .recv_timeout(left)
                .expect("to hear of it in time");
            if let Some(found) = pick(heard) {
                return found;
            }
        }
    }
}

/// Child processes of this one by the name that the kernel gives them.
fn children(name: &str) -> Vec<Pid> {
    let own = std::process::id().to_string();
    let processes = fs::read_dir("/proc").expect("/proc").flatten();
    processes
        .filter_map(|entry| {
            let status = fs::read_to_string(entry.path().join("stat")).ok()?;
            let (command, rest) = status.split_once('(')?.1.rsplit_once(')')?;
            let parent = rest.split_whitespace().nth(1)?;
            let pid = entry.file_name().to_str()?.parse().ok()?;
            (command == name && parent == own)
                .then(|| Pid::from_raw(pid))
                .flatten()
        })
        .collect()
}

/// Ends the host when the test ends, however it does.
struct EndHost(Desk);

impl Drop for EndHost {
    fn drop(&mut self) {
        self.0.order(HostOrder::Exit(7), Box::new(|_| ()));
    }
}

/// How long anything may take on a slow machine before the test fails.
const PATIENCE: Duration = Duration::from_secs(60);
