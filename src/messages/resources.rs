//! Messages to the resources actor, which opens the files of the app for the WebView.

use std::fs::File;

use super::Message;

/// Opens the app file that a URL path names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenResource {
    /// Percent-decoded path of the URL, starting with `/`.
    pub path: String,
    /// Whether a document is wanted, for which a folder's index page stands in.
    pub is_navigation: bool,
}

impl Message for OpenResource {
    type Reply = Result<Resource, ResourceError>;
}

/// An opened app file, ready to be streamed.
#[derive(Debug)]
pub struct Resource {
    /// Open for reading, at its start.
    pub file: File,
    /// Its length in bytes when it was opened.
    pub length: u64,
    /// Its media type, such as `text/html; charset=utf-8`.
    pub media_type: String,
}

/// Why a resource could not be opened.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ResourceError {
    /// Nothing is there, or it lies outside the app's folder.
    #[error("no app file at '{path}'")]
    NotFound {
        /// The path that was asked for.
        path: String,
    },
    /// The system refused.
    #[error("cannot open app file '{path}': {reason}")]
    Unreadable {
        /// The path that was asked for.
        path: String,
        /// What the system said.
        reason: String,
    },
}
