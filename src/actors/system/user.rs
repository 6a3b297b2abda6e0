//! Questions about the user: who it is, where things are kept, and opening URLs.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    thread,
};

use super::{Question, SystemOptions, parse};
use crate::messages::system::{
    DescribeUser, ListPaths, OpenExternal, SystemError, User, WellKnownPaths,
};

impl Question for DescribeUser {
    type Answer = User;

    fn answer(self, _: &SystemOptions) -> Result<User, SystemError> {
        let uid = rustix::process::getuid().as_raw();
        let passwd = fs::read("/etc/passwd").unwrap_or_default();
        let listed = parse::user(&String::from_utf8_lossy(&passwd), uid);
        Ok(listed.unwrap_or_else(|| user_of_environment(uid)))
    }
}

/// A user whom only a directory service knows.
fn user_of_environment(uid: u32) -> User {
    User {
        username: env::var("USER")
            .or_else(|_| env::var("LOGNAME"))
            .unwrap_or_default(),
        uid,
        gid: rustix::process::getgid().as_raw(),
        homedir: dirs::home_dir().map(|home| text(&home)).unwrap_or_default(),
        shell: env::var("SHELL").ok(),
    }
}

fn text(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

impl Question for ListPaths {
    type Answer = WellKnownPaths;

    fn answer(self, options: &SystemOptions) -> Result<WellKnownPaths, SystemError> {
        let home = dirs::home_dir();
        // Who has no list of these folders has them under their usual names.
        let or_usual = |found: Option<PathBuf>, name: &str| {
            found.or_else(|| home.as_ref().map(|home| home.join(name)))
        };
        let own = |folder: Option<PathBuf>| Some(folder?.join(&options.bundle_identifier));
        Ok(WellKnownPaths {
            resources: options.resources.clone(),
            desktop: or_usual(dirs::desktop_dir(), "Desktop"),
            documents: or_usual(dirs::document_dir(), "Documents"),
            downloads: or_usual(dirs::download_dir(), "Downloads"),
            pictures: or_usual(dirs::picture_dir(), "Pictures"),
            videos: or_usual(dirs::video_dir(), "Videos"),
            music: or_usual(dirs::audio_dir(), "Music"),
            media: or_usual(dirs::public_dir(), "Public"),
            config: own(dirs::config_dir()),
            data: own(dirs::data_dir()),
            log: own(dirs::state_dir().or_else(dirs::data_local_dir)),
            tmp: env::temp_dir(),
            home,
        })
    }
}

impl Question for OpenExternal {
    type Answer = ();

    fn answer(self, _: &SystemOptions) -> Result<(), SystemError> {
        let opener = if cfg!(target_os = "macos") {
            "open"
        } else {
            "xdg-open"
        };
        let started = Command::new(opener)
            .arg(&self.url)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        let mut child = started.map_err(|error| SystemError::NotOpened {
            url: self.url,
            reason: format!("{opener}: {error}"),
        })?;
        // Some openers stay for as long as what they opened. The thread only keeps them
        // from staying on as zombies, so a system without room for it loses little.
        let _ = thread::Builder::new()
            .name("opener".into())
            .spawn(move || child.wait());
        Ok(())
    }
}
