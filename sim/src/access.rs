//! By what sites are connected: the classes that loss and links are given for.

use serde::{Deserialize, Serialize};

use crate::config::{ConfigError, sum_to_one};

/// By what a site is connected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AccessClass {
    /// A cable.
    Fixed,
    /// A cable with a wireless network behind it.
    Wifi,
    /// A mobile network.
    Cellular,
    /// Anything that is in too much use.
    Congested,
}

impl AccessClass {
    /// How many classes there are.
    pub const COUNT: usize = 4;

    /// All classes, in the order of their numbers.
    pub const ALL: [Self; Self::COUNT] = [Self::Fixed, Self::Wifi, Self::Cellular, Self::Congested];

    /// The name that scenarios use.
    #[must_use]
    pub const fn name(self) -> &'static str {
        ["fixed", "wifi", "cellular", "congested"][self as usize]
    }
}

/// One value for each class of access.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ByAccess<T> {
    /// For cables.
    pub fixed: T,
    /// For cables with a wireless network behind them.
    pub wifi: T,
    /// For mobile networks.
    pub cellular: T,
    /// For what is in too much use.
    pub congested: T,
}

impl<T> ByAccess<T> {
    /// The values in the order of [`AccessClass::ALL`], with their names.
    #[must_use]
    pub fn list(&self) -> [(&'static str, &T); AccessClass::COUNT] {
        [
            ("fixed", &self.fixed),
            ("wifi", &self.wifi),
            ("cellular", &self.cellular),
            ("congested", &self.congested),
        ]
    }
}

/// Which share of the sites is connected by what; those that are not named have none.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(
    missing_docs,
    reason = "the classes are documented where they are listed"
)]
pub struct AccessShares {
    #[serde(default)]
    pub fixed: f64,
    #[serde(default)]
    pub wifi: f64,
    #[serde(default)]
    pub cellular: f64,
    #[serde(default)]
    pub congested: f64,
}

impl AccessShares {
    /// Checks that these are shares of one whole.
    ///
    /// # Errors
    /// Names the key whose value is not allowed.
    pub fn validate(&self) -> Result<(), ConfigError> {
        let names = AccessClass::ALL.map(AccessClass::name).into_iter();
        sum_to_one(&names.zip(self.list()).collect::<Vec<_>>())
    }

    pub(crate) const fn list(&self) -> [f64; AccessClass::COUNT] {
        [self.fixed, self.wifi, self.cellular, self.congested]
    }
}

impl Default for AccessShares {
    /// An assumption; with the default losses, 2.1 % of what is sent between two sites is lost.
    fn default() -> Self {
        Self {
            fixed: 0.30,
            wifi: 0.50,
            cellular: 0.15,
            congested: 0.05,
        }
    }
}
