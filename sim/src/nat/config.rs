//! What a scenario may say about NATs.

use serde::{Deserialize, Serialize};

use super::{NatClass, PortAllocation};
use crate::config::{ConfigError, in_range, is_share, sum_to_one};

/// Which NATs nodes are behind, and what these do.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct NatConfig {
    /// A mix of classes by name; `classes` overrides it.
    pub mix: NatMix,
    /// The share of the sites that is behind each class; those that are not named have none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub classes: Option<ClassShares>,
    /// After how many seconds without a datagram a box forgets, one of them for each box (measured in the field).
    pub mapping_timeout_s: Vec<u32>,
    /// How boxes choose public ports, one of them for each box (measured in the field).
    pub port_allocation: Vec<PortAllocation>,
    /// The least entries that a box's table has room for; the size is drawn evenly on a logarithmic scale.
    pub table_entries_min: u32,
    /// The most entries that a box's table has room for.
    pub table_entries_max: u32,
    /// The share of boxes that passes on what one of its own sends to its public address (24 %: Ford et al., 2005).
    pub hairpin_share: f64,
    /// Whether datagrams that come in keep a mapping alive as those that go out do.
    pub is_refreshed_inbound: bool,
    /// The share of boxes that stand behind a second one, of their carrier (assumption).
    pub carrier_share: f64,
    /// How many customers share a carrier's box (assumption).
    pub carrier_customers: u32,
    /// How many entries a carrier's table has room for (assumption).
    pub carrier_entries: u32,
    /// The share of nodes that live with others behind one box (assumption).
    pub home_share: f64,
    /// How many nodes live in such a home (assumption).
    pub home_nodes: u32,
}

/// Mixes that were measured.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum NatMix {
    /// 30 % hard, as in the claims of the reference.
    #[default]
    Seed,
    /// 13 % hard, 2 % blocked.
    Desktop,
    /// 42 % hard, 3 % blocked.
    Mobile,
    /// 50 % hard, 10 % blocked.
    Enterprise,
    /// Everybody has a public address.
    Public,
}

/// The share of the sites that is behind each class.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "SCREAMING_SNAKE_CASE")]
#[allow(
    missing_docs,
    reason = "the classes are documented where they are listed"
)]
pub struct ClassShares {
    pub public: f64,
    pub unrestricted: f64,
    pub addr_restricted: f64,
    pub port_restricted: f64,
    pub endpoint_restricted: f64,
    #[serde(alias = "udp_blocked")]
    pub udp_blocked: f64,
}

impl NatConfig {
    /// The shares that hold: those of `classes`, or else those of the mix.
    #[must_use]
    pub fn shares(&self) -> ClassShares {
        self.classes.unwrap_or_else(|| self.mix.shares())
    }

    /// The same with nothing left to be looked up elsewhere.
    #[must_use]
    pub fn resolved(&self) -> Self {
        Self {
            classes: Some(self.shares()),
            ..self.clone()
        }
    }

    /// Checks every value.
    ///
    /// # Errors
    /// Names the first key whose value is not allowed.
    pub fn validate(&self) -> Result<(), ConfigError> {
        let named: Vec<_> = NatClass::ALL.map(NatClass::name).into_iter().collect();
        let shares: Vec<_> = named.into_iter().zip(self.shares().list()).collect();
        sum_to_one(&shares).map_err(|error| error.within("classes"))?;
        has_some("mapping_timeout_s", self.mapping_timeout_s.len())?;
        for timeout_s in &self.mapping_timeout_s {
            in_range("mapping_timeout_s", *timeout_s, 1..=604_800)?;
        }
        has_some("port_allocation", self.port_allocation.len())?;
        let entries = self.table_entries_min..=ENTRIES_MAX;
        in_range("table_entries_min", self.table_entries_min, 1..=ENTRIES_MAX)?;
        in_range("table_entries_max", self.table_entries_max, entries)?;
        in_range("carrier_entries", self.carrier_entries, 1..=ENTRIES_MAX)?;
        in_range("carrier_customers", self.carrier_customers, 1..=1 << 16)?;
        in_range("home_nodes", self.home_nodes, 2..=250)?;
        is_share("hairpin_share", self.hairpin_share)?;
        is_share("carrier_share", self.carrier_share)?;
        is_share("home_share", self.home_share)
    }
}

/// No table has more entries than there are ports.
const ENTRIES_MAX: u32 = 64_512;

fn has_some(key: &str, count: usize) -> Result<(), ConfigError> {
    if (1..=64).contains(&count) {
        return Ok(());
    }
    let value = format!("a list of {count}");
    Err(ConfigError::new(key, value, "a list of 1 to 64 values"))
}

impl Default for NatConfig {
    fn default() -> Self {
        Self {
            mix: NatMix::Seed,
            classes: None,
            mapping_timeout_s: vec![30, 60, 120, 300],
            port_allocation: vec![
                PortAllocation::Preserving,
                PortAllocation::Sequential,
                PortAllocation::Random,
                PortAllocation::Block,
            ],
            table_entries_min: 64,
            table_entries_max: 2_048,
            hairpin_share: 0.24,
            is_refreshed_inbound: false,
            carrier_share: 0.1,
            carrier_customers: 64,
            carrier_entries: 32_768,
            home_share: 0.05,
            home_nodes: 2,
        }
    }
}

impl NatMix {
    /// The shares of a mix.
    ///
    /// Where the measurements name the hard and the blocked ones only, the others are port-restricted:
    /// with that the share of pairs that can connect is the one measured beside them. It
    /// implies the 3 % of mobile sites that are blocked.
    #[must_use]
    pub const fn shares(self) -> ClassShares {
        let [
            public,
            unrestricted,
            addr_restricted,
            port_restricted,
            endpoint_restricted,
            udp_blocked,
        ] = match self {
            Self::Seed => [0.0, 0.10, 0.15, 0.45, 0.30, 0.0],
            Self::Desktop => [0.0, 0.0, 0.0, 0.85, 0.13, 0.02],
            Self::Mobile => [0.0, 0.0, 0.0, 0.55, 0.42, 0.03],
            Self::Enterprise => [0.0, 0.0, 0.0, 0.40, 0.50, 0.10],
            Self::Public => [1.0, 0.0, 0.0, 0.0, 0.0, 0.0],
        };
        ClassShares {
            public,
            unrestricted,
            addr_restricted,
            port_restricted,
            endpoint_restricted,
            udp_blocked,
        }
    }
}

impl ClassShares {
    /// The shares in the order of [`NatClass::ALL`].
    #[must_use]
    pub const fn list(&self) -> [f64; NatClass::COUNT] {
        [
            self.public,
            self.unrestricted,
            self.addr_restricted,
            self.port_restricted,
            self.endpoint_restricted,
            self.udp_blocked,
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The share of pairs that can connect: not both hard, and birthday probing succeeds.
    fn direct_pairs(mix: NatMix) -> f64 {
        const PROBING_FAILS: f64 = 1.0 - 0.983_5;
        let shares = mix.shares();
        let hard = shares.endpoint_restricted;
        let open = 1.0 - shares.udp_blocked;
        open * open - hard * hard - 2.0 * hard * shares.port_restricted * PROBING_FAILS
    }

    #[test]
    fn mixes_connect_the_share_of_pairs_that_was_measured() {
        for (mix, expected) in [
            (NatMix::Seed, 0.905),
            (NatMix::Desktop, 0.940),
            (NatMix::Mobile, 0.757),
            (NatMix::Enterprise, 0.553),
        ] {
            let share = direct_pairs(mix);
            assert!((share - expected).abs() < 0.001, "{mix:?}: {share}");
        }
    }

    #[track_caller]
    fn check(toml: &str, expected: &str) {
        crate::mistakes::check(toml, NatConfig::validate, expected);
    }

    #[test]
    fn mistakes_are_named() {
        check("mix = 'mobile'", "");
        check("classes = { PUBLIC = 0.5, ENDPOINT_RESTRICTED = 0.5 }", "");
        check(
            "classes = { PUBLIC = 0.5 }",
            "classes.PUBLIC + UNRESTRICTED",
        );
        check("classes = { HARD = 0.5 }", "unknown field `HARD`");
        check("mapping_timeout_s = []", "mapping_timeout_s = a list of 0");
        check(
            "mapping_timeout_s = [30, 0]",
            "mapping_timeout_s = 0 is not",
        );
        check(
            "table_entries_max = 10",
            "table_entries_max = 10 is not allowed: from 64",
        );
        check("port_allocation = ['any']", "unknown variant `any`");
    }
}
