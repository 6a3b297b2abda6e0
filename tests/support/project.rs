//! Temporary projects, what they are built to, and the home folder that their apps see.

use std::{
    fs,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    process::{Command, Output as Finished},
};

use tempfile::TempDir;

use super::App;

/// A user of its own: home, settings, runtime folder.
pub(crate) struct Home(TempDir);

/// The source of an app.
pub(crate) struct Project {
    /// Where its `socket.ini` lies.
    pub(crate) folder: PathBuf,
    home: Home,
}

/// An app that was built.
pub(crate) struct Built {
    /// Where the executable and its companions lie.
    pub(crate) folder: PathBuf,
    /// The executable.
    pub(crate) executable: PathBuf,
    /// The user that runs it.
    pub(crate) home: Home,
}

impl Home {
    /// An empty one.
    pub(crate) fn new() -> Self {
        let home = Self(tempfile::Builder::new().prefix("rt-").tempdir().unwrap());
        fs::create_dir_all(home.runtime_folder()).unwrap();
        fs::set_permissions(home.runtime_folder(), fs::Permissions::from_mode(0o700)).unwrap();
        home
    }

    /// Where it is.
    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }

    /// `XDG_RUNTIME_DIR`.
    pub(crate) fn runtime_folder(&self) -> PathBuf {
        self.path().join("run")
    }

    /// Makes a program see this home and none of the developer's own settings.
    pub(crate) fn settle<'a>(&self, command: &'a mut Command) -> &'a mut Command {
        let at = |name: &str| self.path().join(name);
        for name in [
            "DISPLAY",
            "WAYLAND_DISPLAY",
            "DBUS_SESSION_BUS_ADDRESS",
            "DEBUG",
        ] {
            command.env_remove(name);
        }
        command
            .env("HOME", self.path())
            .env("XDG_RUNTIME_DIR", self.runtime_folder())
            .env("XDG_CONFIG_HOME", at("config"))
            .env("XDG_DATA_HOME", at("data"))
            .env("XDG_CACHE_HOME", at("cache"))
            .env("XDG_STATE_HOME", at("state"))
    }

    /// The `runtime` command, for this user.
    pub(crate) fn runtime(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(RUNTIME);
        self.settle(&mut command).args(arguments);
        command
    }
}

impl Project {
    /// A project with nothing but a name.
    pub(crate) fn new(name: &str) -> Self {
        let home = Home::new();
        let folder = home.path().join("project");
        fs::create_dir_all(folder.join("src")).unwrap();
        let project = Self { folder, home };
        let ini = format!(
            "[build]\nname = \"{name}\"\n[meta]\nbundle_identifier = \"org.example.{name}\"\n\
             title = \"{name}\"\nversion = \"1.2.3\"\n"
        );
        project.file("socket.ini", &ini)
    }

    /// A copy of one of the repository's examples.
    pub(crate) fn example(name: &str) -> Self {
        let home = Home::new();
        let folder = home.path().join("project");
        let from = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("examples")
            .join(name);
        copy_folder(&from, &folder);
        Self { folder, home }
    }

    /// Adds a file.
    pub(crate) fn file(self, path: &str, text: &str) -> Self {
        let path = self.folder.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
        self
    }

    /// Adds lines to `socket.ini`.
    pub(crate) fn ini(self, more: &str) -> Self {
        let old = fs::read_to_string(self.folder.join("socket.ini")).unwrap();
        self.file("socket.ini", &format!("{old}\n{more}\n"))
    }

    /// Makes the first page run this module.
    pub(crate) fn page(self, module: &str) -> Self {
        self.file(
            "src/index.html",
            "<!doctype html><meta charset=utf-8><title>test page</title>\
             <body><script type=module src=main.js></script>",
        )
        .file("src/main.js", module)
    }

    /// Builds it with `runtime build` and more arguments.
    pub(crate) fn build_with(self, arguments: &[&str]) -> Built {
        let folder = self.folder.to_str().unwrap();
        let mut all = vec!["build", "--quiet"];
        all.extend(arguments);
        all.push(folder);
        succeed(&self.home.runtime(&all).output().unwrap());
        let mut which = vec!["print-build-dir", folder];
        which.extend(arguments.iter().filter(|argument| **argument == "--prod"));
        let built = succeed(&self.home.runtime(&which).output().unwrap());
        let folder = PathBuf::from(built.trim());
        let executable = folder.join(folder.file_name().unwrap());
        Built {
            folder,
            executable,
            home: self.home,
        }
    }

    /// Builds it.
    pub(crate) fn build(self) -> Built {
        self.build_with(&[])
    }

    /// Builds it and starts it without a visible window.
    pub(crate) fn start(self) -> (Built, App) {
        let built = self.build();
        let app = built.start();
        (built, app)
    }

    /// `runtime run` for this project; the arguments go before the folder.
    pub(crate) fn run(&self, arguments: &[&str]) -> Command {
        let mut all = vec!["run", "--headless", "--quiet"];
        all.extend(arguments);
        all.push(self.folder.to_str().unwrap());
        self.home.runtime(&all)
    }

    /// The user that builds it.
    pub(crate) fn home(&self) -> &Home {
        &self.home
    }
}

impl Built {
    /// The app's own files.
    pub(crate) fn resources(&self) -> PathBuf {
        self.folder.join("resources")
    }

    /// A start without a visible window.
    pub(crate) fn command(&self) -> Command {
        let mut command = Command::new(&self.executable);
        self.home.settle(&mut command).arg("--headless");
        command
    }

    /// A start with a window on the display that the caller names.
    pub(crate) fn command_in_sight(&self) -> Command {
        let mut command = Command::new(&self.executable);
        self.home.settle(&mut command);
        command
    }

    /// Starts it.
    pub(crate) fn start(&self) -> App {
        App::start(&mut self.command())
    }
}

#[track_caller]
fn succeed(finished: &Finished) -> String {
    let error = String::from_utf8_lossy(&finished.stderr);
    assert!(finished.status.success(), "{}: {error}", finished.status);
    String::from_utf8(finished.stdout.clone()).unwrap()
}

/// Copies a folder, except for what was built in it.
pub(crate) fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        let target = to.join(entry.file_name());
        match entry.file_type().unwrap().is_dir() {
            true if entry.file_name() == "build" => {}
            true => copy_folder(&entry.path(), &target),
            false => {
                fs::copy(entry.path(), target).unwrap();
            }
        }
    }
}

/// The executable under test.
pub(crate) const RUNTIME: &str = env!("CARGO_BIN_EXE_runtime");
