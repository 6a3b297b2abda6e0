//! The private display of an app that shows its windows to nobody: its windows and its keyboard.

use std::{fs, process::Command};

use super::{Home, eventually};

/// A display, by its name.
pub(crate) struct Display(String);

impl Display {
    /// The display of an app: the one whose socket its child process listens on.
    #[track_caller]
    pub(crate) fn of(pid: u32) -> Self {
        eventually("the app's private display", || {
            let sockets = fs::read_to_string("/proc/net/unix").ok()?;
            let children = children_of(pid).into_iter();
            children
                .filter_map(|id| display_served_by(id, &sockets))
                .map(Self)
                .next()
        })
    }

    /// Its name, as `DISPLAY` has it.
    pub(crate) fn name(&self) -> &str {
        &self.0
    }

    /// Waits for a visible window of this title; returns its id.
    #[track_caller]
    pub(crate) fn window(&self, title: &str) -> String {
        let pattern = format!("^{title}$");
        eventually("a window of that title", || {
            let found = self.xdotool(&["search", "--onlyvisible", "--name", &pattern])?;
            found.lines().next().map(str::to_owned)
        })
    }

    /// Gives a window the keyboard.
    #[track_caller]
    pub(crate) fn focus(&self, window: &str) {
        eventually("the keyboard's focus", || {
            self.xdotool(&["windowfocus", "--sync", window])
        });
    }

    /// Presses keys, one after the other, as a person does.
    #[track_caller]
    pub(crate) fn press(&self, keys: &[&str]) {
        let arguments = [&["key", "--delay", "40"], keys].concat();
        self.xdotool(&arguments).expect("keys can be pressed");
    }

    /// Width and height of a window.
    #[track_caller]
    pub(crate) fn size(&self, window: &str) -> (u32, u32) {
        let geometry = self.xdotool(&["getwindowgeometry", "--shell", window]);
        let geometry = geometry.expect("the window is there");
        let number = |name: &str| {
            let lines = geometry.lines();
            let found = lines
                .filter_map(|line| line.strip_prefix(name)?.parse().ok())
                .next();
            found.expect("xdotool tells it")
        };
        (number("WIDTH="), number("HEIGHT="))
    }

    /// Clicks at a place of a window, counted from its corner.
    #[track_caller]
    pub(crate) fn click(&self, window: &str, x: u32, y: u32) {
        let (x, y) = (x.to_string(), y.to_string());
        self.xdotool(&["mousemove", "--window", window, &x, &y, "click", "1"])
            .expect("a mouse can be clicked");
    }

    /// What `xdotool` prints; nothing if it fails.
    pub(crate) fn xdotool(&self, arguments: &[&str]) -> Option<String> {
        let home = Home::new();
        let mut command = Command::new("xdotool");
        home.settle(&mut command)
            .args(arguments)
            .env("DISPLAY", &self.0);
        let finished = command.output().expect("xdotool is installed");
        finished
            .status
            .success()
            .then(|| String::from_utf8_lossy(&finished.stdout).into_owned())
    }
}

/// The processes that a process started and that run.
pub(crate) fn children_of(pid: u32) -> Vec<u32> {
    let processes = fs::read_dir("/proc").into_iter().flatten().flatten();
    let ids = processes.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    ids.filter(|id| parent_of(*id) == Some(pid)).collect()
}

fn parent_of(pid: u32) -> Option<u32> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let mut words = stat.rsplit(')').next()?.split_whitespace();
    words.nth(1)?.parse().ok()
}

fn display_served_by(pid: u32, sockets: &str) -> Option<String> {
    let files = fs::read_dir(format!("/proc/{pid}/fd")).ok()?.flatten();
    let links = files.filter_map(|file| fs::read_link(file.path()).ok());
    let own: Vec<_> = links
        .filter_map(|link| {
            let inode = link.to_str()?.strip_prefix("socket:[")?.strip_suffix(']')?;
            Some(inode.to_owned())
        })
        .collect();
    sockets.lines().find_map(|line| {
        let mut words = line.split_whitespace().skip(6);
        let (inode, path) = (words.next()?, words.next()?);
        let number = path.split_once(".X11-unix/X")?.1;
        own.iter()
            .any(|known| known == inode)
            .then(|| format!(":{number}"))
    })
}
