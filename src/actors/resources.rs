//! Opens the app's own files for the WebView.
//!
//! Started by the app on a lane of its own, so that a page loads while the files actor is
//! stuck; restarted by the supervisor without loss, since it keeps nothing. Opening runs
//! off the actor's thread. **Invariant:** nothing outside the app's folder is ever opened,
//! whatever the path says and whatever the folder's links point to.

use std::{
    fs::File,
    io,
    path::{Path, PathBuf},
    sync::Arc,
};

use super::kit::{Actor, Context, Handler, Reply};
use crate::messages::resources::{OpenResource, Resource, ResourceError};

/// The files of one app.
pub struct Resources {
    root: Arc<PathBuf>,
    default_index: Arc<str>,
}

impl Resources {
    /// The files below `root`; `default_index` stands in for paths that name no file, as
    /// single-page apps want it, unless it is empty.
    #[must_use]
    pub fn new(root: PathBuf, default_index: &str) -> Self {
        Self {
            root: Arc::new(root),
            default_index: default_index.into(),
        }
    }
}

impl Actor for Resources {
    const KIND: &'static str = "resources";
}

impl Handler<OpenResource> for Resources {
    fn handle(
        &mut self,
        request: OpenResource,
        reply: Reply<Result<Resource, ResourceError>>,
        ctx: &mut Context<Self>,
    ) {
        let (root, index) = (self.root.clone(), self.default_index.clone());
        ctx.offload(
            move || open(&root, &index, &request),
            |_, outcome, _| {
                // A panic of the job drops the reply, which fails the asker.
                if let Ok(outcome) = outcome {
                    reply.send(outcome);
                }
            },
        );
    }
}

fn open(
    root: &Path,
    default_index: &str,
    request: &OpenResource,
) -> Result<Resource, ResourceError> {
    let path = request.path.trim_start_matches('/');
    let mut candidates = vec![path.to_owned()];
    if request.is_navigation {
        let folder = path.trim_end_matches('/');
        candidates.push(if folder.is_empty() {
            "index.html".to_owned()
        } else {
            format!("{folder}/index.html")
        });
        candidates.push(format!("{folder}.html"));
        candidates.push(default_index.trim_start_matches('/').to_owned());
    }
    for candidate in candidates.iter().filter(|candidate| !candidate.is_empty()) {
        match open_file(root, candidate) {
            Ok(Some(resource)) => return Ok(resource),
            Ok(None) => {}
            Err(error) => {
                let (path, reason) = (request.path.clone(), error.to_string());
                return Err(ResourceError::Unreadable { path, reason });
            }
        }
    }
    Err(ResourceError::NotFound {
        path: request.path.clone(),
    })
}

/// Opens a regular file below `root`; `None` if there is none there.
fn open_file(root: &Path, path: &str) -> io::Result<Option<Resource>> {
    let file = match open_beneath(root, path) {
        Ok(file) => file,
        Err(error) => return missing(error),
    };
    let metadata = file.metadata()?;
    if !metadata.is_file() {
        return Ok(None);
    }
    let media_type = media_type(Path::new(path));
    Ok(Some(Resource {
        file,
        length: metadata.len(),
        media_type,
    }))
}

/// Errors that mean "nothing there" to a page, an escape from the folder included.
fn missing(error: io::Error) -> io::Result<Option<Resource>> {
    use io::ErrorKind::{CrossesDevices, InvalidFilename, InvalidInput, NotADirectory, NotFound};
    match error.kind() {
        NotFound | NotADirectory | CrossesDevices | InvalidInput | InvalidFilename => Ok(None),
        _ => Err(error),
    }
}

/// openat2(2) resolves and checks in one step, so no link can be changed in between.
#[cfg(target_os = "linux")]
fn open_beneath(root: &Path, path: &str) -> io::Result<File> {
    use rustix::fs::{Mode, OFlags, ResolveFlags, openat2};
    let root = File::open(root)?;
    let flags = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NONBLOCK;
    let resolve = ResolveFlags::BENEATH | ResolveFlags::NO_MAGICLINKS;
    Ok(openat2(&root, path, flags, Mode::empty(), resolve)?.into())
}

#[cfg(not(target_os = "linux"))]
fn open_beneath(root: &Path, path: &str) -> io::Result<File> {
    let root = root.canonicalize()?;
    let path = root.join(path).canonicalize()?;
    if !path.starts_with(&root) {
        return Err(io::ErrorKind::NotFound.into());
    }
    File::open(path)
}

/// The media type by the file's ending, with the encoding where the type is text.
fn media_type(path: &Path) -> String {
    let ending = path
        .extension()
        .and_then(|ending| ending.to_str())
        .unwrap_or_default();
    // Modules must be served as JavaScript, whatever mime tables say of their endings.
    let guess = match ending {
        "js" | "mjs" | "cjs" => "text/javascript".to_owned(),
        "wasm" => "application/wasm".to_owned(),
        _ => mime_guess::from_ext(ending)
            .first_or_octet_stream()
            .to_string(),
    };
    let is_text = guess.starts_with("text/") || matches!(ending, "json" | "svg" | "map");
    if is_text {
        format!("{guess}; charset=utf-8")
    } else {
        guess
    }
}

#[cfg(test)]
mod tests {
    use std::{fs, os::unix::fs::symlink};

    use super::*;

    #[track_caller]
    fn check(path: &str, is_navigation: bool, expected: Result<&str, ()>) {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("app");
        fs::create_dir_all(root.join("sub")).unwrap();
        fs::write(folder.path().join("secret"), "secret").unwrap();
        fs::write(root.join("index.html"), "").unwrap();
        fs::write(root.join("a.js"), "").unwrap();
        fs::write(root.join("sub/index.html"), "").unwrap();
        symlink("../secret", root.join("link")).unwrap();
        symlink("/etc/passwd", root.join("absolute")).unwrap();
        let request = OpenResource {
            path: path.to_owned(),
            is_navigation,
        };
        let opened = open(&root, "", &request).map(|resource| resource.media_type);
        assert_eq!(opened.as_deref().map_err(|_| ()), expected, "{path}");
    }

    #[test]
    fn a_file_is_opened_with_its_media_type() {
        check("/a.js", false, Ok("text/javascript; charset=utf-8"));
        check("/index.html", false, Ok("text/html; charset=utf-8"));
    }

    #[test]
    fn a_folder_stands_for_its_index_page_in_a_navigation_only() {
        check("/", true, Ok("text/html; charset=utf-8"));
        check("/sub/", true, Ok("text/html; charset=utf-8"));
        check("/index", true, Ok("text/html; charset=utf-8"));
        check("/sub", false, Err(()));
    }

    #[test]
    fn nothing_outside_of_the_folder_is_opened() {
        for path in [
            "/../secret",
            "/sub/../../secret",
            "/link",
            "/absolute",
            "//etc/passwd",
        ] {
            check(path, false, Err(()));
        }
        check("/a.js\0.png", false, Err(()));
    }
}
