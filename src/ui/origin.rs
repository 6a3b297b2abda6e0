//! Decides who may talk to the host and what may be shown in a window.
//!
//! Origins are compared as whole `scheme://host:port` tuples, never by prefix.

/// The origin of every app file.
pub(crate) const APP_ORIGIN: &str = "socket://localhost";

/// The origins that this run of the app knows.
#[derive(Clone, Debug, Default)]
pub(crate) struct Origins {
    /// Origin of the dev server, if there is one.
    dev: Option<Tuple>,
    /// What else may be shown.
    allowed: Vec<Pattern>,
}

/// What an `Origin` header says about the sender.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sender {
    /// The app's own page, frame or worker.
    Own,
    /// A page of the dev server.
    DevServer,
    /// Anybody else, opaque origins included.
    Foreign,
}

/// Scheme, host and port of a URL.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Tuple {
    scheme: String,
    host: String,
    port: Option<u16>,
}

/// An origin, optionally with any subdomain, and a path in which `*` stands for anything.
#[derive(Clone, Debug)]
struct Pattern {
    tuple: Tuple,
    has_subdomains: bool,
    path: String,
}

impl Origins {
    /// Takes the dev server's URL and the allowed patterns; what cannot be parsed admits nothing.
    pub(crate) fn new(dev_server: Option<&str>, allowed: &[String]) -> Self {
        Self {
            dev: dev_server
                .and_then(|url| split(url))
                .map(|(tuple, _)| tuple),
            allowed: allowed
                .iter()
                .filter_map(|text| Pattern::parse(text))
                .collect(),
        }
    }

    /// Judges an `Origin` header; browsers leave it out when a page asks its own origin.
    pub(crate) fn sender(&self, header: Option<&str>) -> Sender {
        match header {
            None | Some(APP_ORIGIN) => Sender::Own,
            Some(origin) => match (split(origin), &self.dev) {
                (Some((tuple, "")), Some(dev)) if tuple == *dev => Sender::DevServer,
                _ => Sender::Foreign,
            },
        }
    }

    /// Whether a page at this URL is part of the app and gets the bridge.
    pub(crate) fn is_app_page(&self, url: &str) -> bool {
        split(url).is_some_and(|(tuple, _)| {
            tuple.to_string() == APP_ORIGIN || self.dev.as_ref() == Some(&tuple)
        })
    }

    /// Whether a window may show this URL.
    pub(crate) fn may_show(&self, url: &str) -> bool {
        self.is_app_page(url)
            || url == "about:blank"
            || split(url).is_some_and(|(tuple, path)| {
                self.allowed
                    .iter()
                    .any(|pattern| pattern.admits(&tuple, path))
            })
    }

    /// The serialised origin of a URL that has one.
    pub(crate) fn of(url: &str) -> Option<String> {
        split(url).map(|(tuple, _)| tuple.to_string())
    }

    /// Every origin whose pages get the bridge.
    pub(crate) fn app_origins(&self) -> Vec<String> {
        let dev = self.dev.iter().map(ToString::to_string);
        std::iter::once(APP_ORIGIN.to_owned()).chain(dev).collect()
    }

    /// Turns a path or URL that the app names into the URL to load; `None` if it is forbidden.
    pub(crate) fn resolve(&self, target: &str) -> Option<String> {
        if target.contains("://") || target.starts_with("about:") {
            return self.may_show(target).then(|| target.to_owned());
        }
        let base = self
            .dev
            .as_ref()
            .map_or_else(|| APP_ORIGIN.to_owned(), Tuple::to_string);
        let path = target.trim_start_matches("./").trim_start_matches('/');
        Some(format!("{base}/{path}"))
    }
}

impl Pattern {
    fn parse(text: &str) -> Option<Self> {
        let (mut tuple, path) = split(text)?;
        let (host, has_subdomains) = match tuple.host.strip_prefix("*.") {
            Some(host) => (host.to_owned(), true),
            None => (tuple.host.clone(), false),
        };
        if host.contains('*') || tuple.scheme.contains('*') {
            return None;
        }
        tuple.host = host;
        let path = if path.is_empty() { "/*" } else { path };
        Some(Self {
            tuple,
            has_subdomains,
            path: path.to_owned(),
        })
    }

    fn admits(&self, tuple: &Tuple, path: &str) -> bool {
        let is_host = tuple.host == self.tuple.host
            || self.has_subdomains
                && tuple
                    .host
                    .strip_suffix(&self.tuple.host)
                    .is_some_and(|rest| rest.ends_with('.'));
        let path = if path.is_empty() { "/" } else { path };
        is_host
            && tuple.scheme == self.tuple.scheme
            && tuple.port == self.tuple.port
            && is_match(&self.path, path)
    }
}

impl std::fmt::Display for Tuple {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}://{}", self.scheme, self.host)?;
        self.port.map_or(Ok(()), |port| write!(f, ":{port}"))
    }
}

/// Splits a hierarchical URL into its origin and the rest; refuses user names and odd ports.
fn split(url: &str) -> Option<(Tuple, &str)> {
    let (scheme, rest) = url.split_once("://")?;
    let scheme = scheme.to_ascii_lowercase();
    let end = rest.find(['/', '?', '#', '\\']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(end);
    if authority.is_empty() || authority.contains('@') || path.starts_with('\\') {
        return None;
    }
    let (host, port) = match authority.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => (host, Some(port.parse().ok()?)),
        _ => (authority, None),
    };
    let port = match (scheme.as_str(), port) {
        ("http", Some(80)) | ("https", Some(443)) => None,
        (_, port) => port,
    };
    Some((
        Tuple {
            scheme,
            host: host.to_ascii_lowercase(),
            port,
        },
        path,
    ))
}

/// Whether the whole text matches a pattern in which `*` stands for any characters.
fn is_match(pattern: &str, text: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == text,
        Some((head, tail)) => text.strip_prefix(head).is_some_and(|rest| {
            rest.char_indices()
                .map(|(index, _)| index)
                .chain([rest.len()])
                .any(|index| is_match(tail, &rest[index..]))
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_foreign_or_opaque_sender_is_foreign() {
        let origins = Origins::new(Some("http://localhost:8080/x"), &[]);
        for (header, expected) in [
            (None, Sender::Own),
            (Some("socket://localhost"), Sender::Own),
            (Some("http://localhost:8080"), Sender::DevServer),
            (Some("http://localhost:80801"), Sender::Foreign),
            (Some("http://localhost"), Sender::Foreign),
            (Some("null"), Sender::Foreign),
            (Some("socket://localhost.evil.org"), Sender::Foreign),
            (Some("http://localhost:8080/"), Sender::Foreign),
            (Some(""), Sender::Foreign),
        ] {
            assert_eq!(origins.sender(header), expected, "{header:?}");
        }
    }

    #[test]
    fn a_pattern_admits_whole_origins_only() {
        let allowed = [
            "https://docs.example/*",
            "https://*.wiki.example",
            "https://a.example/b/*",
        ];
        let origins = Origins::new(None, &allowed.map(str::to_owned));
        for (url, expected) in [
            ("socket://localhost/index.html", true),
            ("about:blank", true),
            ("https://docs.example/a?b", true),
            ("https://docs.example", true),
            ("https://docs.example.evil.org/a", false),
            ("https://docs.example:8443/a", false),
            ("https://docs.example@evil.org/", false),
            ("https://evil.org\\docs.example/", false),
            ("http://docs.example/", false),
            ("https://en.wiki.example/x", true),
            ("https://evilwiki.example/x", false),
            ("https://a.example/b/c", true),
            ("https://a.example/c", false),
            ("file:///etc/passwd", false),
            ("data:text/html,x", false),
            ("javascript:alert(1)", false),
        ] {
            assert_eq!(origins.may_show(url), expected, "{url}");
        }
    }

    #[test]
    fn a_relative_target_is_resolved_against_the_app() {
        let app = Origins::new(None, &[]);
        assert_eq!(
            app.resolve("a.html").as_deref(),
            Some("socket://localhost/a.html")
        );
        assert_eq!(app.resolve("/").as_deref(), Some("socket://localhost/"));
        assert_eq!(app.resolve("https://evil.org/"), None);
        let dev = Origins::new(Some("http://127.0.0.1:80/"), &[]);
        assert_eq!(dev.resolve("./a").as_deref(), Some("http://127.0.0.1/a"));
    }
}
