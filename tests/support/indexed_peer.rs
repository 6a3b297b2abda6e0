//! An indexed peer of ours on loopback, as the README says to run one.

use serde_json::Value;

use super::{App, Home};

/// A peer that ends with this value.
pub(crate) struct IndexedPeer {
    port: Value,
    _app: App,
    _home: Home,
}

impl IndexedPeer {
    /// Starts it on a port that the system chooses.
    #[track_caller]
    pub(crate) fn start() -> Self {
        let home = Home::new();
        let arguments = ["peer", "--indexed", "--address", "127.0.0.1", "--json"];
        let mut app = App::start_beside(&mut home.runtime(&arguments));
        let line: Value = serde_json::from_str(&app.first_line()).unwrap();
        Self {
            port: line["port"].clone(),
            _app: app,
            _home: home,
        }
    }

    /// Where it is.
    pub(crate) fn address(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }
}
