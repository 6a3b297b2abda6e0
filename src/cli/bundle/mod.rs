//! The folder of a built app, and how it comes to be.
//!
//! ```text
//! <output>/<platform>[-dev]/<name>/
//!     <name>        the executable: a copy of this one
//!     socket.ini    the resolved configuration
//!     app.json      marks the folder as an app
//!     resources/    the app's own files
//! ```
//!
//! Invariant: a build happens in a sibling folder that takes the place of the old one
//! in the end, so one that fails leaves the last good one as it was.

mod assemble;
mod copy;
mod copy_map;
mod script;
mod staging;

pub(crate) use self::{
    assemble::{Bundle, Recipe, assemble},
    script::exit_code,
};

/// Name of the folder with the app's own files.
pub(crate) const RESOURCES: &str = "resources";
