//! The keys, section by section, each with the field that holds its value.
//!
//! A line says everything about a key: its documentation is the field's, and the rest of
//! the table row stands behind the `=`.

use super::{
    key::Key,
    kind::{Kind, Split},
    value::{Length, Values},
};

/// Declares sections: a struct with one field per key, and the keys as a table.
macro_rules! section {
    (
        $(#[$meta:meta])*
        $name:ident, $table:ident {
            $($(#[doc = $doc:literal])+ $field:ident: $type:ty = $key:expr;)+
        }
    ) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq)]
        pub struct $name {
            $($(#[doc = $doc])+ pub $field: $type,)+
        }

        impl $name {
            /// The section as it was written, with defaults.
            pub(in crate::config) fn read(values: &Values) -> Self {
                Self { $($field: values.read(&$key),)+ }
            }
        }

        keys! { $table { $($(#[doc = $doc])+ key = $key;)+ } }
    };
}

/// Declares keys that have no field of their own.
macro_rules! keys {
    ($table:ident { $($(#[doc = $doc:literal])+ key = $key:expr;)+ }) => {
        pub(in crate::config) const $table: &[Key] =
            &[$($key.doc(concat!($($doc, "\n"),+)),)+];
    };
}

mod application;
mod build;
mod desktop;
mod extension;
mod meta;
mod mobile;
mod peer;
mod permissions;
mod webview;
mod window;

pub use self::{
    application::{Ai, Application, Commonjs, Headless, Tray},
    build::{Build, Debug},
    desktop::{Apple, Linux, Mac, Native, Win},
    meta::Meta,
    mobile::{Android, Ios},
    peer::Peer,
    permissions::Permissions,
    webview::Webview,
    window::Window,
};

/// Every table, in the order of the documented file; a section's keys stand together.
pub(super) const GROUPS: &[&[Key]] = &[
    build::BUILD,
    build::BUILD_FREE,
    build::DEBUG,
    meta::META,
    meta::FREE,
    window::WINDOW,
    webview::WEBVIEW,
    webview::WEBVIEW_FREE,
    permissions::PERMISSIONS,
    peer::PEER,
    application::APPLICATION,
    application::TRAY,
    application::HEADLESS,
    desktop::LINUX,
    desktop::MAC,
    desktop::WIN,
    mobile::ANDROID,
    mobile::IOS,
    desktop::APPLE,
    desktop::NATIVE,
    application::COMMONJS,
    application::AI,
    extension::EXTENSION,
];

/// Items separated by commas or spaces.
const COMMAS: Kind = Kind::List(Split::Commas);
/// Items separated by spaces.
const SPACES: Kind = Kind::List(Split::Spaces);
/// One item per line.
const LINES: Kind = Kind::List(Split::Never);
