//! The declared list of everything JavaScript may call, one file per namespace.

mod application;
mod crypto;
mod diagnostics;
#[cfg(feature = "faults")]
mod fault;
mod fs;
mod os;
mod process;
mod relay;
mod window;

use std::time::Duration;

use super::{Args, DEADLINE, Desk};

/// One command.
pub struct Route {
    /// Its name; compared without regard to case.
    pub command: &'static str,
    /// The permission it needs, without the `allow_`.
    pub permission: Option<&'static str>,
    /// How long a page waits for it.
    pub deadline: Duration,
    /// Takes the arguments apart, asks one service.
    pub run: fn(Args, Desk<'_>),
}

impl Route {
    const fn new(command: &'static str, run: fn(Args, Desk<'_>)) -> Self {
        Self {
            command,
            permission: None,
            deadline: DEADLINE,
            run,
        }
    }

    const fn needs(mut self, permission: &'static str) -> Self {
        self.permission = Some(permission);
        self
    }
}

/// Every route, by namespace.
pub static TABLE: &[&[Route]] = &[
    fs::ROUTES,
    os::ROUTES,
    process::ROUTES,
    relay::ROUTES,
    window::ROUTES,
    application::ROUTES,
    crypto::ROUTES,
    diagnostics::ROUTES,
    #[cfg(feature = "faults")]
    fault::ROUTES,
];

/// The route of a command.
#[must_use]
pub fn find(command: &str) -> Option<&'static Route> {
    TABLE
        .iter()
        .flat_map(|group| group.iter())
        .find(|route| route.command.eq_ignore_ascii_case(command))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_command_stands_in_the_table_once() {
        let mut seen = BTreeSet::new();
        for route in TABLE.iter().flat_map(|group| group.iter()) {
            let is_new = seen.insert(route.command.to_ascii_lowercase());
            assert!(is_new, "'{}' is there twice", route.command);
        }
    }
}
