//! What a scenario may say about latency.

use serde::{Deserialize, Serialize};

use super::RegionShares;
use crate::config::{ConfigError, in_range};

/// How long datagrams are on their way.
///
/// «Fitted» values come from ping matrices of 213 and 222 cities and from PlanetLab. The spreads
/// `site_sigma`, `pair_sigma_near` and `pair_sigma_far` were fitted to the quantiles of the
/// 222-city matrix and its 5 % of triangles that a detour shortens.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LatencyConfig {
    /// Where latency comes from.
    pub kind: LatencyKind,
    /// One way, in milliseconds, of the kind `constant`: no jitter and no access delay.
    pub one_way_ms: f64,
    /// Least of one way, in milliseconds, of the kind `uniform`: each datagram draws its own.
    pub one_way_ms_min: f64,
    /// Most of one way, in milliseconds, of the kind `uniform`.
    pub one_way_ms_max: f64,
    /// Which share of the sites lies in each region; by default that of the 222 cities.
    pub region_shares: RegionShares,
    /// Spread of sites around their region: sigma of a lognormal factor of median 1 (fitted).
    pub site_sigma: f64,
    /// Spread of pairs within one region: sigma of a lognormal factor of median 1 (fitted).
    pub pair_sigma_near: f64,
    /// Spread of pairs of different regions: sigma of a lognormal factor of median 1 (fitted).
    pub pair_sigma_far: f64,
    /// By how much paths are longer than light in fibre: mu of a lognormal factor, by distance (fitted).
    pub stretch_mu: f64,
    /// Sigma of that factor (fitted).
    pub stretch_sigma: f64,
    /// Multiplies all jitter; 0 is none, 1 is fitted.
    pub jitter_scale: f64,
    /// Standard deviation of a path's round trip: mu of its lognormal in ln ms (fitted).
    pub jitter_ms_mu: f64,
    /// Sigma of that lognormal (fitted).
    pub jitter_ms_sigma: f64,
    /// For how many milliseconds a path keeps the jitter it drew (assumption).
    pub jitter_hold_ms: f64,
    /// Median delay of getting on or off the network, in milliseconds (assumption: e^2.1).
    pub access_ms_median: f64,
    /// Sigma of the lognormal that access delays are drawn from (assumption).
    pub access_sigma: f64,
    /// One way within one home, in milliseconds (assumption).
    pub lan_ms: f64,
}

/// Where latency comes from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LatencyKind {
    /// Medians by pair of regions, spread by site and pair.
    #[default]
    Regions,
    /// Distance on the globe times a stretch.
    Distance,
    /// The same for every datagram; to compare with delay that was injected.
    Constant,
    /// Drawn by each datagram from a range.
    Uniform,
}

impl LatencyKind {
    /// Whether sites have places, and with them access delays and jitter.
    pub(crate) fn has_places(self) -> bool {
        matches!(self, Self::Regions | Self::Distance)
    }
}

impl LatencyConfig {
    /// Checks every value.
    ///
    /// # Errors
    /// Names the first key whose value is not allowed.
    pub fn validate(&self) -> Result<(), ConfigError> {
        const MS_MAX: f64 = 600_000.0;
        for (key, ms) in [
            ("one_way_ms", self.one_way_ms),
            ("one_way_ms_min", self.one_way_ms_min),
            ("access_ms_median", self.access_ms_median),
            ("lan_ms", self.lan_ms),
            ("jitter_hold_ms", self.jitter_hold_ms),
        ] {
            in_range(key, ms, 0.0..=MS_MAX)?;
        }
        in_range(
            "one_way_ms_max",
            self.one_way_ms_max,
            self.one_way_ms_min..=MS_MAX,
        )?;
        for (key, sigma) in [
            ("site_sigma", self.site_sigma),
            ("pair_sigma_near", self.pair_sigma_near),
            ("pair_sigma_far", self.pair_sigma_far),
            ("stretch_sigma", self.stretch_sigma),
            ("jitter_ms_sigma", self.jitter_ms_sigma),
            ("access_sigma", self.access_sigma),
        ] {
            in_range(key, sigma, 0.0..=3.0)?;
        }
        in_range("stretch_mu", self.stretch_mu, 0.0..=5.0)?;
        in_range("jitter_ms_mu", self.jitter_ms_mu, -10.0..=10.0)?;
        in_range("jitter_scale", self.jitter_scale, 0.0..=100.0)?;
        let shares = self.region_shares.validate();
        shares.map_err(|error| error.within("region_shares"))
    }
}

impl Default for LatencyConfig {
    fn default() -> Self {
        Self {
            kind: LatencyKind::Regions,
            one_way_ms: 50.0,
            one_way_ms_min: 20.0,
            one_way_ms_max: 80.0,
            region_shares: RegionShares::default(),
            site_sigma: 0.05,
            pair_sigma_near: 0.55,
            pair_sigma_far: 0.10,
            stretch_mu: 0.82,
            stretch_sigma: 0.42,
            jitter_scale: 1.0,
            jitter_ms_mu: 1.48,
            jitter_ms_sigma: 1.04,
            jitter_hold_ms: 100.0,
            access_ms_median: 8.166,
            access_sigma: 0.6,
            lan_ms: 0.3,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(toml: &str, expected: &str) {
        crate::mistakes::check(toml, LatencyConfig::validate, expected);
    }

    #[test]
    fn mistakes_are_named() {
        check("", "");
        check("kind = 'constant'\none_way_ms = 25", "");
        check("kind = 'near'", "unknown variant `near`");
        check("one_way = 3", "unknown field `one_way`");
        check("one_way_ms = -1", "one_way_ms = -1 is not allowed");
        check(
            "one_way_ms_max = 1",
            "one_way_ms_max = 1 is not allowed: from 20",
        );
        check("region_shares.NA = 0.5", "region_shares.NA + SA");
        check("region_shares = { EU = 1 }", "");
    }

    #[test]
    fn what_is_echoed_reads_back_the_same() {
        let config = LatencyConfig::default();
        let echoed = toml::to_string(&config).unwrap();
        assert_eq!(toml::from_str::<LatencyConfig>(&echoed).unwrap(), config);
    }
}
