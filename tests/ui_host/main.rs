//! Drives the WebView host in real windows under a private display.
//!
//! It has a `main` of its own, for GTK wants the main thread; the test runs beside it.
//! A page reports what it could and could not do, and the test says what it should.

mod backend;
mod driver;

use std::{
    fs::{self, File},
    io::{Read as _, Write as _},
    net::TcpListener,
    path::Path,
    process::ExitCode,
    sync::mpsc,
    thread,
};

use backend::{Desk, FolderBackend};
use driver::Driver;
use serde_json::json;
use socket_runtime::ui::{HostOptions, headless, run};

fn main() -> ExitCode {
    // Whoever lists or picks tests of another name does not want windows.
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let is_picked = |name: &String| name.starts_with('-') || "ui_host".contains(name.as_str());
    if arguments.iter().any(|argument| argument == "--list") || !arguments.iter().all(is_picked) {
        return ExitCode::SUCCESS;
    }
    headless::start().expect("a virtual display");
    let folder = tempfile::tempdir().expect("a folder");
    let big = File::create(folder.path().join("big.bin")).expect("a file");
    big.set_len(100 << 20).expect("a large file");
    fs::write(folder.path().join("secret.txt"), "0123456789").expect("a small file");
    let foreign_port = serve(include_str!("pages/evil.html"));
    let dev_server = format!("http://127.0.0.1:{}", serve(include_str!("pages/dev.html")));
    let (heard, hears) = mpsc::channel();
    let pages = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/ui_host/pages");
    let folders = vec![pages, folder.path().to_owned()];
    let (scratch, dev_url) = (folder.path().to_owned(), dev_server.clone());
    let mut test = None;
    let code = run(options(folder.path(), foreign_port, dev_server), |proxy| {
        let (host, orders) = Desk::new(proxy);
        let driver = Driver {
            host: host.clone(),
            hears,
            scratch,
            dev_url,
        };
        test = Some(thread::spawn(move || driver.drive()));
        Box::new(FolderBackend {
            folders,
            host,
            orders,
            heard,
        })
    });
    let is_passed = test.expect("the host asked for a backend").join().is_ok();
    assert_eq!(code, Ok(7), "the exit code is the ordered one");
    if is_passed {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

fn options(folder: &Path, foreign_port: u16, dev_server: String) -> HostOptions {
    HostOptions {
        bundle_id: "org.example.test".to_owned(),
        data_directory: Some(folder.join("data")),
        is_automated: false,
        is_debug: true,
        has_panel: false,
        has_script_messages: true,
        is_hardware_accelerated: true,
        exits_with_last_window: false,
        dev_server: Some(dev_server),
        allowed_pages: Vec::new(),
        headers: vec![("x-test".to_owned(), "yes".to_owned())],
        bootstrap: Box::new(move |index| json!({ "index": index, "port": foreign_port })),
        permits: Box::new(|_| false),
    }
}

/// Serves one page on loopback, whatever is asked for.
fn serve(page: &'static str) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("its address").port();
    thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let length = page.len();
            let _ = stream.read(&mut [0; 4096]);
            let _ = write!(
                stream,
                "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: {length}\r\n\
                 connection: close\r\n\r\n{page}"
            );
        }
    });
    port
}
