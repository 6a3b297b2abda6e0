//! A window is never seen before its page has painted.
//!
//! A dark page opens on a display whose frame buffer lies in a file. The test reads it
//! without pause from the start of the app until the page is there: every pixel that was
//! ever lit must be the page's.
#![allow(clippy::unwrap_used, reason = "helpers of tests panic, too")]

mod support;

use std::{
    fs::File,
    io::{BufRead as _, BufReader},
    os::unix::fs::FileExt as _,
    process::{Child, Command, Stdio},
};

use support::{App, Project};

/// A display whose pixels can be read.
struct Display {
    server: Child,
    name: String,
    frame_buffer: File,
    layout: Layout,
    _folder: tempfile::TempDir,
}

/// Where pixels lie in the file, as its header says (X11/XWDFile.h, version 7).
struct Layout {
    start: u64,
    line_bytes: u64,
    width: u64,
    height: u64,
}

impl Display {
    fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut server = Command::new("Xvfb")
            .args([
                "-displayfd",
                "1",
                "-screen",
                "0",
                "800x600x24",
                "-nolisten",
                "tcp",
                "-fbdir",
            ])
            .arg(folder.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut number = String::new();
        let output = server.stdout.take().unwrap();
        BufReader::new(output).read_line(&mut number).unwrap();
        let frame_buffer = File::open(folder.path().join("Xvfb_screen0")).unwrap();
        let layout = Layout::read(&frame_buffer);
        Self {
            server,
            name: format!(":{}", number.trim()),
            frame_buffer,
            layout,
            _folder: folder,
        }
    }

    /// The colours at a grid of points, as 0xRRGGBB.
    fn colours(&self) -> Vec<u32> {
        let Layout {
            start,
            line_bytes,
            width,
            height,
        } = self.layout;
        let points = (0..GRID).flat_map(|y| (0..GRID).map(move |x| (x, y)));
        points
            .map(|(x, y)| {
                let (x, y) = (x * width / GRID, y * height / GRID);
                let mut pixel = [0; 4];
                self.frame_buffer
                    .read_exact_at(&mut pixel, start + y * line_bytes + x * 4)
                    .unwrap();
                u32::from_le_bytes(pixel) & 0x00ff_ffff
            })
            .collect()
    }
}

impl Layout {
    fn read(file: &File) -> Self {
        let word = |index: u64| {
            let mut bytes = [0; 4];
            file.read_exact_at(&mut bytes, index * 4).unwrap();
            u64::from(u32::from_be_bytes(bytes))
        };
        let (header, colours) = (word(0), word(19));
        Self {
            start: header + colours * 12,
            line_bytes: word(12),
            width: word(4),
            height: word(5),
        }
    }
}

impl Drop for Display {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

#[test]
fn a_dark_page_opens_without_a_flash() {
    let display = Display::start();
    let dark = display.colours()[0];
    let page = "document.documentElement.style.background = '#123456'";
    let built = Project::new("dark")
        .ini("[window]\nwidth = 800\nheight = 600")
        .page(page)
        .build();
    let mut command = built.command_in_sight();
    command
        .env("DISPLAY", &display.name)
        .env("GDK_BACKEND", "x11");
    let _app = App::start(&mut command);
    let (mut looks, mut lit) = (0_u64, 0);
    while lit < GRID * GRID / 2 {
        let colours = display.colours();
        let strange = colours
            .iter()
            .find(|colour| **colour != dark && **colour != PAGE);
        assert_eq!(
            strange.map(|colour| format!("{colour:06x}")),
            None,
            "at look {looks}"
        );
        lit = colours.iter().filter(|colour| **colour == PAGE).count() as u64;
        looks += 1;
        assert!(looks < LOOKS_MAX, "the page never came");
    }
}

const GRID: u64 = 8;
const PAGE: u32 = 0x12_34_56;
/// About a minute of looking.
const LOOKS_MAX: u64 = 3_000_000;
