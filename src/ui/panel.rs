//! The pages of the panel that shows an app's actors, and where they are.
//!
//! What shows them is the host; see `linux::panel`.

use include_dir::{Dir, include_dir};

/// The origin of the panel's page. No page of an app has it, nor may show it.
pub(crate) const ORIGIN: &str = "socket://panel";

/// What the panel's page may load: its own files, and nothing else.
pub(crate) const POLICY: &str = "default-src 'none'; script-src socket://panel; \
     style-src socket://panel; connect-src socket://panel; base-uri 'none'; form-action 'none'";

static FILES: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/src/ui/panel");

/// The path of a URL of the panel's, without query; `None` for any other URL.
pub(crate) fn path(url: &str) -> Option<&str> {
    let rest = url.strip_prefix(ORIGIN)?;
    let path = rest.split(['?', '#']).next().unwrap_or_default();
    path.starts_with('/').then_some(path)
}

/// A file of the panel's: its media type and its text.
pub(crate) fn file(path: &str) -> Option<(&'static str, &'static str)> {
    let name = match path {
        "/" => "index.html",
        path => path.strip_prefix('/')?,
    };
    let media_type = match name.rsplit_once('.')?.1 {
        "html" => "text/html; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        _ => return None,
    };
    Some((media_type, FILES.get_file(name)?.contents_utf8()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_is_the_panels_by_its_whole_origin() {
        for url in [
            "socket://localhost/",
            "socket://panel",
            "socket://panel.example/",
            "socket://panels/",
            "http://panel/",
        ] {
            assert_eq!(path(url), None, "{url}");
        }
        assert_eq!(path("socket://panel/look?params=1"), Some("/look"));
    }

    #[test]
    fn the_panel_has_its_files_and_no_others() {
        for name in ["/", "/panel.css", "/panel.js"] {
            assert!(file(name).is_some(), "{name}");
        }
        for name in ["", "/../mod.rs", "/panel.rs", "/no.js"] {
            assert!(file(name).is_none(), "{name}");
        }
    }
}
