//! A folder of its own to run the command in.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

/// A temporary folder that is also the user's home.
pub(crate) struct Sandbox {
    dir: tempfile::TempDir,
}

/// What a command has done.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Sandbox {
    pub(crate) fn new() -> Self {
        Self {
            dir: tempfile::tempdir().unwrap(),
        }
    }

    /// A sandbox with a small app in `app`; `extra` is added to its socket.ini.
    pub(crate) fn with_app(extra: &str) -> Self {
        let this = Self::new();
        let ini = "[build]\nname = hello\n[meta]\nbundle_identifier = com.example.hello\n";
        this.write("app/socket.ini", &format!("{ini}version = 1.2.3\n{extra}"));
        this.write("app/src/index.html", "<h1>hello</h1>");
        this
    }

    pub(crate) fn path(&self, path: &str) -> PathBuf {
        self.dir.path().canonicalize().unwrap().join(path)
    }

    pub(crate) fn write(&self, path: &str, text: &str) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    pub(crate) fn read(&self, path: &str) -> String {
        let path = self.path(path);
        fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }

    /// All files below a folder, sorted.
    pub(crate) fn files(&self, path: &str) -> Vec<String> {
        let mut files = Vec::new();
        collect(&self.path(path), "", &mut files);
        files.sort();
        files
    }

    /// The command, ready to run in the sandbox with nothing of the real environment.
    pub(crate) fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        command
            .current_dir(self.path(""))
            .env_clear()
            .env("PATH", env::var_os("PATH").unwrap_or_default())
            .env("HOME", self.path("home"))
            .env("XDG_RUNTIME_DIR", self.path("runtime-dir"))
            .stdin(Stdio::null());
        command
    }

    /// Runs `runtime` with the words of `line`.
    pub(crate) fn run(&self, line: &str) -> Outcome {
        self.run_words(&line.split_whitespace().collect::<Vec<_>>())
    }

    pub(crate) fn run_words(&self, words: &[&str]) -> Outcome {
        self.finish(self.command(Path::new(RUNTIME)).args(words))
    }

    /// Runs `command` to its end; the sandbox's path reads `<sandbox>`, times read `N`.
    pub(crate) fn finish(&self, command: &mut Command) -> Outcome {
        let output = command.output().unwrap();
        let own = self.path("").display().to_string();
        let own = own.trim_end_matches('/');
        let text = |bytes| hide_times(&String::from_utf8(bytes).unwrap().replace(own, "<sandbox>"));
        Outcome {
            code: output.status.code().unwrap(),
            out: text(output.stdout),
            err: text(output.stderr),
        }
    }

    /// Runs `runtime` and expects success.
    #[track_caller]
    pub(crate) fn ok(&self, line: &str) -> Outcome {
        let outcome = self.run(line);
        assert_eq!(outcome.code, 0, "runtime {line}: {}", outcome.err);
        outcome
    }
}

/// The executable under test.
pub(crate) const RUNTIME: &str = env!("CARGO_BIN_EXE_runtime");

/// Compares a text with `tests/cli/expected/<name>.txt`.
#[track_caller]
pub(crate) fn expect(name: &str, found: &str) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cli/expected");
    let path = folder.join(format!("{name}.txt"));
    if env::var_os("UPDATE_EXPECTED").is_some() {
        fs::create_dir_all(folder).unwrap();
        fs::write(&path, found).unwrap();
    }
    let expected = fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(
        found,
        expected,
        "{} differs; UPDATE_EXPECTED=1 writes it anew",
        path.display()
    );
}

fn collect(dir: &Path, prefix: &str, files: &mut Vec<String>) {
    for entry in fs::read_dir(dir).unwrap().map(|entry| entry.unwrap()) {
        let name = format!("{prefix}{}", entry.file_name().into_string().unwrap());
        if entry.path().is_dir() {
            collect(&entry.path(), &format!("{name}/"), files);
        } else {
            files.push(name);
        }
    }
}

/// `in 0.02 s:` becomes `in N s:`.
fn hide_times(text: &str) -> String {
    let mut words: Vec<_> = text.split(' ').map(str::to_owned).collect();
    for index in 1..words.len() {
        if words[index - 1] == "in" && words[index].parse::<f64>().is_ok() {
            words[index] = "N".to_owned();
        }
    }
    words.join(" ")
}
