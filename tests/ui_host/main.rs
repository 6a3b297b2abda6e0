//! Drives the WebView host in real windows under a private display.
//!
//! It has a `main` of its own, for GTK wants the main thread. The test proper runs beside it.

mod backend;

use std::{
    fs::{self, File},
    io::{Read as _, Write as _},
    net::TcpListener,
    path::Path,
    sync::{Arc, Mutex, mpsc},
    thread,
    time::{Duration, Instant},
};

use backend::{FolderBackend, Heard};
use serde_json::{Value, json};
use socket_runtime::{
    messages::host::{
        DriveWindow, HostAnswer, HostOrder, Length, Refusal, WindowAction, WindowChange,
        WindowError, WindowOptions, WindowState,
    },
    ui::{HostOptions, HostProxy, headless, run},
};

fn main() {
    // `cargo test -- --list` and filters for other tests must not open windows.
    if std::env::args().any(|argument| argument == "--list") {
        return;
    }
    headless::start().expect("a virtual display");
    let folder = tempfile::tempdir().expect("a folder");
    File::create(folder.path().join("big.bin"))
        .unwrap()
        .set_len(BIG_BYTES)
        .unwrap();
    fs::write(folder.path().join("secret.txt"), "0123456789").unwrap();
    let port = serve_evil_page();
    let (heard, hears) = mpsc::channel();
    let pages = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/ui_host/pages");
    let folders = vec![pages, folder.path().to_owned()];
    let scratch = folder.path().to_owned();
    let mut driver = None;
    let code = run(options(folder.path(), port), |host| {
        let test = Driver {
            host: host.clone(),
            hears,
            scratch,
        };
        driver = Some(thread::spawn(move || test.drive()));
        Box::new(FolderBackend {
            folders,
            host,
            heard,
            kept: Arc::new(Mutex::default()),
        })
    });
    assert_eq!(code, Ok(7), "the exit code is the ordered one");
    driver
        .expect("it was started")
        .join()
        .expect("the test holds");
}

fn options(folder: &Path, port: u16) -> HostOptions {
    HostOptions {
        bundle_id: "org.example.test".to_owned(),
        data_directory: Some(folder.join("data")),
        is_automated: false,
        is_debug: true,
        is_hardware_accelerated: true,
        exits_with_last_window: false,
        dev_server: None,
        allowed_pages: Vec::new(),
        headers: vec![("x-test".to_owned(), "yes".to_owned())],
        bootstrap: Box::new(move |index| json!({ "index": index, "port": port })),
        permits: Box::new(|_| false),
    }
}

/// Serves the page of somebody else on loopback.
fn serve_evil_page() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("its address").port();
    thread::spawn(move || {
        let page = include_str!("pages/evil.html");
        for mut stream in listener.incoming().flatten() {
            let _ = stream.read(&mut [0; 4096]);
            let _ = write!(
                stream,
                "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: {}\r\n\
                 connection: close\r\n\r\n{page}",
                page.len()
            );
        }
    });
    port
}

struct Driver {
    host: HostProxy,
    hears: mpsc::Receiver<Heard>,
    scratch: std::path::PathBuf,
}

impl Driver {
    fn drive(self) {
        // Whatever fails, the host has to end, or the test would hang instead of fail.
        let end = EndHost(self.host.clone());
        let first = self.checks_hold();
        self.window_obeys();
        self.a_reload_gets_a_new_token(&first);
        self.a_crashed_page_is_loaded_again();
        drop(end);
    }

    fn checks_hold(&self) -> Value {
        self.order(
            0,
            WindowAction::Open(Box::new(WindowOptions {
                title: "test".to_owned(),
                url: "index.html".to_owned(),
                width: Some(Length::Pixels(640.0)),
                height: Some(Length::Pixels(400.0)),
                is_resizable: true,
                is_closable: true,
                background: (Some([16, 20, 26, 255]), None),
                ..WindowOptions::default()
            })),
        )
        .expect("a window");
        let report = self.report();
        println!("{report:#}");
        report
    }

    fn window_obeys(&self) {}

    fn a_reload_gets_a_new_token(&self, _first: &Value) {}

    fn a_crashed_page_is_loaded_again(&self) {}

    fn order(&self, window: u32, action: WindowAction) -> Result<WindowState, WindowError> {
        let (sender, receiver) = mpsc::channel();
        let order = HostOrder::Window(DriveWindow { window, action });
        self.host.order(
            order,
            Box::new(move |result| {
                let _ = sender.send(result);
            }),
        );
        match receiver.recv_timeout(PATIENCE).expect("an answer")? {
            HostAnswer::Window(state) => Ok(state),
            other => panic!("unexpected {other:?}"),
        }
    }

    fn report(&self) -> Value {
        self.wait_for(|heard| match heard {
            Heard::Report(report) => Some(report),
            Heard::Fact(fact) => {
                println!("{fact:?}");
                None
            }
        })
    }

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

struct EndHost(HostProxy);

impl Drop for EndHost {
    fn drop(&mut self) {
        self.0.order(HostOrder::Exit(7), Box::new(|_| ()));
    }
}

const BIG_BYTES: u64 = 100 << 20;
const PATIENCE: Duration = Duration::from_secs(60);
