//! Networks that fall apart for a while, and regions that go dark.

use serde::{Deserialize, Serialize};

use crate::{
    config::{ConfigError, begins_before_end, is_share},
    latency::Region,
    streams,
};

/// For a while one part of the network hears nothing of the rest, nor the rest of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PartitionConfig {
    /// When it begins, in seconds of the run.
    pub from_s: f64,
    /// When it ends, in seconds of the run.
    pub to_s: f64,
    /// The regions that are cut off.
    #[serde(default)]
    pub regions: Vec<Region>,
    /// The share of all sites that is cut off, drawn without regard to regions.
    #[serde(default)]
    pub share: f64,
    /// The regions they are cut off from; if none is named, from everybody else.
    #[serde(default)]
    pub against: Vec<Region>,
}

/// For a while some sites can neither send nor receive.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OutageConfig {
    /// When it begins, in seconds of the run.
    pub from_s: f64,
    /// When it ends, in seconds of the run.
    pub to_s: f64,
    /// The regions that go dark.
    #[serde(default)]
    pub regions: Vec<Region>,
    /// The share of all sites that goes dark, drawn without regard to regions.
    #[serde(default)]
    pub share: f64,
}

impl PartitionConfig {
    /// Checks every value.
    ///
    /// # Errors
    /// Names the first key whose value is not allowed.
    pub fn validate(&self) -> Result<(), ConfigError> {
        begins_before_end(self.from_s, self.to_s)?;
        concerns_somebody(&self.regions, self.share)
    }
}

impl OutageConfig {
    /// Checks every value.
    ///
    /// # Errors
    /// Names the first key whose value is not allowed.
    pub fn validate(&self) -> Result<(), ConfigError> {
        begins_before_end(self.from_s, self.to_s)?;
        concerns_somebody(&self.regions, self.share)
    }
}

fn concerns_somebody(regions: &[Region], share: f64) -> Result<(), ConfigError> {
    is_share("share", share)?;
    if regions.is_empty() && share == 0.0 {
        return Err(ConfigError::new(
            "share",
            share,
            "above 0 if no region is named",
        ));
    }
    Ok(())
}

/// Says who is cut off from whom, and when.
#[derive(Clone, Debug, Default)]
pub(crate) struct Cuts {
    partitions: Vec<Cut>,
    outages: Vec<Cut>,
}

#[derive(Clone, Debug)]
struct Cut {
    from_us: u64,
    to_us: u64,
    concerned: Group,
    /// Empty stands for everybody else.
    against: u8,
}

/// Some of the sites.
#[derive(Clone, Debug)]
struct Group {
    /// One bit for each region.
    regions: u8,
    /// Sites whose hash is below this.
    share: u64,
    salt: u64,
}

/// A site, as far as it matters here.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Spot {
    pub(crate) site: u32,
    pub(crate) region: Region,
}

impl Cuts {
    pub(crate) fn new(partitions: &[PartitionConfig], outages: &[OutageConfig], seed: u64) -> Self {
        let us = |seconds: f64| (seconds * 1e6) as u64;
        let group = |index: usize, purpose: u64, regions: &[Region], share: f64| Group {
            regions: bits(regions),
            share: (share * u64::MAX as f64) as u64,
            salt: streams::mix(seed ^ streams::mix(purpose + 2 * index as u64)),
        };
        let partitions = partitions.iter().enumerate().map(|(index, cut)| Cut {
            from_us: us(cut.from_s),
            to_us: us(cut.to_s),
            concerned: group(index, 0, &cut.regions, cut.share),
            against: bits(&cut.against),
        });
        let outages = outages.iter().enumerate().map(|(index, cut)| Cut {
            from_us: us(cut.from_s),
            to_us: us(cut.to_s),
            concerned: group(index, 1, &cut.regions, cut.share),
            against: 0,
        });
        Self {
            partitions: partitions.collect(),
            outages: outages.collect(),
        }
    }

    /// Whether there are none at all.
    pub(crate) fn is_empty(&self) -> bool {
        self.partitions.is_empty() && self.outages.is_empty()
    }

    /// Whether a site is dark.
    pub(crate) fn is_dark(&self, now_us: u64, spot: Spot) -> bool {
        let mut outages = self.outages.iter().filter(|cut| cut.lasts(now_us));
        outages.any(|cut| cut.concerned.contains(spot))
    }

    /// Whether two sites are cut off from each other.
    pub(crate) fn is_cut(&self, now_us: u64, a: Spot, b: Spot) -> bool {
        let mut partitions = self.partitions.iter().filter(|cut| cut.lasts(now_us));
        partitions.any(|cut| cut.is_between(a, b))
    }
}

impl Cut {
    fn lasts(&self, now_us: u64) -> bool {
        (self.from_us..self.to_us).contains(&now_us)
    }

    fn is_between(&self, a: Spot, b: Spot) -> bool {
        let inside = [a, b].map(|spot| self.concerned.contains(spot));
        let outer = match inside {
            [true, false] => b,
            [false, true] => a,
            _ => return false,
        };
        self.against == 0 || self.against & bits(&[outer.region]) != 0
    }
}

impl Group {
    fn contains(&self, spot: Spot) -> bool {
        self.regions & bits(&[spot.region]) != 0
            || streams::mix(self.salt ^ u64::from(spot.site)) < self.share
    }
}

fn bits(regions: &[Region]) -> u8 {
    regions
        .iter()
        .fold(0, |bits, region| bits | 1 << *region as u8)
}

#[cfg(test)]
mod tests {
    use super::*;

    const EU: Spot = Spot {
        site: 1,
        region: Region::Europe,
    };
    const NA: Spot = Spot {
        site: 2,
        region: Region::NorthAmerica,
    };
    const OC: Spot = Spot {
        site: 3,
        region: Region::Oceania,
    };

    fn partition(regions: &[Region], share: f64, against: &[Region]) -> PartitionConfig {
        PartitionConfig {
            from_s: 1.0,
            to_s: 2.0,
            regions: regions.to_vec(),
            share,
            against: against.to_vec(),
        }
    }

    #[test]
    fn a_region_is_cut_off_from_others_but_not_from_itself() {
        let cuts = Cuts::new(&[partition(&[Region::Europe], 0.0, &[])], &[], 1);
        assert!(cuts.is_cut(1_500_000, EU, NA) && cuts.is_cut(1_500_000, OC, EU));
        assert!(!cuts.is_cut(1_500_000, EU, Spot { site: 9, ..EU }));
        assert!(!cuts.is_cut(1_500_000, NA, OC));
        assert!(!cuts.is_cut(999_999, EU, NA) && !cuts.is_cut(2_000_000, EU, NA));
    }

    #[test]
    fn a_region_can_be_cut_off_from_some_only() {
        let cuts = Cuts::new(
            &[partition(&[Region::Europe], 0.0, &[Region::Oceania])],
            &[],
            1,
        );
        assert!(cuts.is_cut(1_500_000, OC, EU));
        assert!(!cuts.is_cut(1_500_000, EU, NA));
    }

    #[test]
    fn an_outage_takes_its_share_of_the_sites() {
        let outage = OutageConfig {
            from_s: 0.0,
            to_s: 10.0,
            regions: Vec::new(),
            share: 0.3,
        };
        let cuts = Cuts::new(&[], &[outage], 1);
        let dark = (0..10_000).filter(|site| cuts.is_dark(5, Spot { site: *site, ..EU }));
        let count = dark.count();
        assert!((2_850..3_150).contains(&count), "{count}");
    }

    #[test]
    fn a_cut_that_concerns_nobody_is_refused() {
        assert_eq!(
            partition(&[], 0.0, &[]).validate().unwrap_err().key,
            "share"
        );
        let backwards = PartitionConfig {
            to_s: 0.5,
            ..partition(&[], 0.1, &[])
        };
        assert_eq!(backwards.validate().unwrap_err().key, "to_s");
    }
}
