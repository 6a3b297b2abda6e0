//! All that a scenario may say about the network.

use serde::{Deserialize, Serialize};

use crate::{
    access::AccessShares,
    config::ConfigError,
    latency::LatencyConfig,
    link::LinkConfig,
    loss::LossConfig,
    nat::NatConfig,
    partition::{OutageConfig, PartitionConfig},
};

/// All that a scenario may say about the network; every default is a fitted value or says that it is assumed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct NetworkConfig {
    /// By what sites are connected.
    pub access: AccessShares,
    /// How long datagrams are on their way.
    pub latency: LatencyConfig,
    /// Which are lost, doubled or late.
    pub loss: LossConfig,
    /// How much fits through.
    pub link: LinkConfig,
    /// Which NATs are in between.
    pub nat: NatConfig,
    /// When the network falls apart.
    pub partitions: Vec<PartitionConfig>,
    /// When sites go dark.
    pub outages: Vec<OutageConfig>,
}

impl NetworkConfig {
    /// Checks every value.
    ///
    /// # Errors
    /// Names the first key whose value is not allowed, as in `latency.one_way_ms` or `partitions.0.to_s`.
    pub fn validate(&self) -> Result<(), ConfigError> {
        let within = |table: &'static str| move |error: ConfigError| error.within(table);
        self.access.validate().map_err(within("access"))?;
        self.latency.validate().map_err(within("latency"))?;
        self.loss.validate().map_err(within("loss"))?;
        self.link.validate().map_err(within("link"))?;
        self.nat.validate().map_err(within("nat"))?;
        let at = |index: usize, error: ConfigError| error.within(&index.to_string());
        for (index, cut) in self.partitions.iter().enumerate() {
            let checked = cut.validate().map_err(|error| at(index, error));
            checked.map_err(within("partitions"))?;
        }
        for (index, cut) in self.outages.iter().enumerate() {
            let checked = cut.validate().map_err(|error| at(index, error));
            checked.map_err(within("outages"))?;
        }
        Ok(())
    }

    /// The same with nothing left to be looked up elsewhere, to be echoed.
    #[must_use]
    pub fn resolved(&self) -> Self {
        Self {
            nat: self.nat.resolved(),
            ..self.clone()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_are_valid_and_are_echoed_whole() {
        let config = NetworkConfig::default().resolved();
        config.validate().unwrap();
        let echoed = toml::to_string(&config).unwrap();
        assert!(echoed.contains("ENDPOINT_RESTRICTED = 0.3"), "{echoed}");
        assert_eq!(toml::from_str::<NetworkConfig>(&echoed).unwrap(), config);
    }

    #[test]
    fn mistakes_are_named_with_their_tables() {
        let config: NetworkConfig =
            toml::from_str("[[partitions]]\nfrom_s = 3\nto_s = 2\nshare = 0.5").unwrap();
        let error = config.validate().unwrap_err();
        assert_eq!(error.key, "partitions.0.to_s");
        let error = toml::from_str::<NetworkConfig>("[latncy]").unwrap_err();
        assert!(error.message().starts_with("unknown field `latncy`"));
    }
}
