//! How long a datagram is on its way between two sites.
//!
//! A site is where one or more nodes live; it has a place, and a delay of its own for getting on and
//! off the network. What a pair of sites has in common is a hash of both, so that a
//! million sites need no matrix. Jitter is held for a moment: datagrams that leave together
//! arrive in their order, later ones may overtake.

mod config;
mod regions;

use crate::{distribution::Quantiles, streams};

pub use config::{LatencyConfig, LatencyKind};
pub use regions::{Region, RegionShares};

/// Where the sites are, and how long it takes between them.
#[derive(Clone, Debug)]
pub(crate) struct Latency {
    kind: LatencyKind,
    seed: u64,
    region_shares: [f64; Region::COUNT],
    /// One way at least, and what chance adds at most, for the kinds without places.
    fixed_us: (u32, u32),
    lan_us: u32,
    hold_us: u64,
    is_jittering: bool,
    tables: Tables,
    /// Directions from the middle of the Earth; only by distance.
    directions: Vec<[f32; 3]>,
}

/// Where a site is; whoever keeps the sites keeps this.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place {
    site: u32,
    access_us: u32,
    /// By how much all its paths are longer than the region's.
    factor: f32,
    pub(crate) region: Region,
}

#[derive(Clone, Debug)]
struct Tables {
    access_us: Quantiles,
    site_factor: Quantiles,
    pair_factor_near: Quantiles,
    pair_factor_far: Quantiles,
    /// The standard deviation of one way of a path.
    path_jitter_us: Quantiles,
    jitter: Quantiles,
}

/// The path between two sites, one way.
struct Path {
    floor_us: f32,
    jitter_us: f32,
    hash: u64,
}

/// Jitter takes at most this share of a path.
const JITTER_SHARE_MAX: f32 = 0.5;

impl Latency {
    pub(crate) fn new(config: &LatencyConfig, seed: u64) -> Self {
        let us = |ms: f64| (ms * 1_000.0).round() as u32;
        let fixed_us = match config.kind {
            LatencyKind::Constant => (us(config.one_way_ms), 0),
            _ => (
                us(config.one_way_ms_min),
                us(config.one_way_ms_max - config.one_way_ms_min),
            ),
        };
        Self {
            kind: config.kind,
            seed: streams::mix(seed ^ PAIR_SALT),
            region_shares: config.region_shares.list(),
            fixed_us,
            lan_us: us(config.lan_ms),
            hold_us: (config.jitter_hold_ms * 1_000.0) as u64 + 1,
            is_jittering: config.jitter_scale > 0.0,
            tables: Tables::new(config),
            directions: Vec::new(),
        }
    }

    /// Places the next site, by its own stream.
    pub(crate) fn place(&mut self, seed: u64, site: u32) -> Place {
        let mut stream = streams::numbered(seed, "place", u64::from(site));
        let region = Region::ALL[crate::config::pick(&self.region_shares, stream.unit())];
        let mut draw = |table: &Quantiles| table.at((stream.unit() * 4_294_967_296.0) as u32);
        let access_us = draw(&self.tables.access_us) as u32;
        let factor = draw(&self.tables.site_factor);
        if self.kind == LatencyKind::Distance {
            self.directions.push(region.draw_direction(&mut stream));
        }
        Place {
            site,
            access_us,
            factor,
            region,
        }
    }

    /// Within one home.
    pub(crate) fn lan_us(&self) -> u32 {
        self.lan_us
    }

    /// The least that one way takes.
    pub(crate) fn floor_us(&self, from: &Place, to: &Place) -> u32 {
        if !self.kind.has_places() {
            return self.fixed_us.0;
        }
        self.path(from, to).floor_us as u32
    }

    /// What one way takes for a datagram that leaves now; `random` is 32 random bits of its own.
    #[inline]
    pub(crate) fn one_way_us(&self, now_us: u64, from: &Place, to: &Place, random: u32) -> u32 {
        if !self.kind.has_places() {
            let (least, more) = self.fixed_us;
            return least + ((u64::from(more) * u64::from(random)) >> 32) as u32;
        }
        let path = self.path(from, to);
        if !self.is_jittering {
            return path.floor_us as u32;
        }
        let direction = u64::from(from.site > to.site);
        let moment = streams::mix(path.hash ^ ((now_us / self.hold_us) << 1 | direction));
        (path.floor_us + path.jitter_us * self.tables.jitter.at(moment as u32)) as u32
    }

    #[inline]
    fn path(&self, a: &Place, b: &Place) -> Path {
        let pair = u64::from(a.site.min(b.site)) << 32 | u64::from(a.site.max(b.site));
        let hash = streams::mix(self.seed ^ pair);
        let core_us = match self.kind {
            LatencyKind::Distance => self.by_distance_us(a, b, hash as u32),
            _ => self.by_region_us(a, b, hash as u32),
        };
        let jitter_us = if self.is_jittering {
            let drawn = self.tables.path_jitter_us.at((hash >> 32) as u32);
            drawn.min(core_us * JITTER_SHARE_MAX)
        } else {
            0.0
        };
        // On average jitter adds its standard deviation, so that the mean stays the table's.
        let access_us = (a.access_us + b.access_us) as f32;
        Path {
            floor_us: core_us - jitter_us + access_us,
            jitter_us,
            hash,
        }
    }

    fn by_region_us(&self, a: &Place, b: &Place, random: u32) -> f32 {
        let table = if a.region == b.region {
            &self.tables.pair_factor_near
        } else {
            &self.tables.pair_factor_far
        };
        a.region.rtt_ms(b.region) * 500.0 * (a.factor * b.factor) * table.at(random)
    }

    fn by_distance_us(&self, a: &Place, b: &Place, random: u32) -> f32 {
        let [a, b] = [a, b].map(|place| self.directions[place.site as usize]);
        let cosine: f32 = a.iter().zip(b).map(|(x, y)| x * y).sum();
        let km = EARTH_RADIUS_KM * f64::from(cosine.clamp(-1.0, 1.0)).acos();
        let rtt_ms = 2.0 * km.max(DISTANCE_KM_MIN) / FIBRE_KM_PER_MS;
        rtt_ms as f32 * 500.0 * self.tables.pair_factor_far.at(random)
    }
}

impl Tables {
    fn new(config: &LatencyConfig) -> Self {
        let lognormal = Quantiles::lognormal;
        // A path's jitter is that of both ways; theirs are independent.
        let one_way_us = 1_000.0 * std::f64::consts::FRAC_1_SQRT_2 * config.jitter_scale;
        let far = match config.kind {
            LatencyKind::Distance => (config.stretch_mu, config.stretch_sigma),
            _ => (0.0, config.pair_sigma_far),
        };
        Self {
            access_us: lognormal(
                (config.access_ms_median * 1_000.0).max(1e-9).ln(),
                config.access_sigma,
            ),
            site_factor: lognormal(0.0, config.site_sigma),
            pair_factor_near: lognormal(0.0, config.pair_sigma_near),
            pair_factor_far: lognormal(far.0, far.1),
            path_jitter_us: lognormal(
                config.jitter_ms_mu + one_way_us.max(1e-9).ln(),
                config.jitter_ms_sigma,
            ),
            jitter: Quantiles::exponential(),
        }
    }
}

const PAIR_SALT: u64 = 0x7061_6972;
const EARTH_RADIUS_KM: f64 = 6_371.0;
const FIBRE_KM_PER_MS: f64 = 200.0;
/// Sites of one city still have a few routers between them.
const DISTANCE_KM_MIN: f64 = 50.0;

#[cfg(test)]
mod tests {
    use super::*;

    struct Sites {
        latency: Latency,
        places: Vec<Place>,
    }

    fn sites(config: &LatencyConfig, count: u32) -> Sites {
        let mut latency = Latency::new(config, 1);
        let places = (0..count).map(|site| latency.place(1, site)).collect();
        Sites { latency, places }
    }

    /// Round trips of all pairs without the access delay, at one moment.
    fn matrix_ms(sites: &Sites) -> Vec<(Region, Region, f64)> {
        let mut rtts = Vec::new();
        for (count, a) in sites.places.iter().enumerate() {
            for b in &sites.places[..count] {
                let ways = [(a, b), (b, a)];
                let us = ways.map(|(from, to)| sites.latency.one_way_us(5, from, to, 0));
                rtts.push((a.region, b.region, f64::from(us[0] + us[1]) / 1e3));
            }
        }
        rtts
    }

    fn without_access(kind: LatencyKind) -> LatencyConfig {
        LatencyConfig {
            kind,
            access_ms_median: 0.0,
            ..LatencyConfig::default()
        }
    }

    fn quantile(sorted: &[f64], p: f64) -> f64 {
        sorted[((sorted.len() - 1) as f64 * p) as usize]
    }

    #[test]
    fn regions_have_the_round_trips_of_the_table() {
        let rtts = matrix_ms(&sites(&without_access(LatencyKind::Regions), 600));
        for a in Region::ALL {
            for b in Region::ALL {
                let pairs = rtts
                    .iter()
                    .filter(|(x, y, _)| (*x, *y) == (a, b) || (*y, *x) == (a, b));
                let mut ms: Vec<f64> = pairs.map(|(_, _, ms)| *ms).collect();
                ms.sort_by(f64::total_cmp);
                let (median, expected) = (quantile(&ms, 0.5), f64::from(a.rtt_ms(b)));
                let tolerance = if a == b { 0.15 } else { 0.08 };
                let off = (median / expected - 1.0).abs();
                assert!(off < tolerance, "{a:?}–{b:?}: {median} is not {expected}");
            }
        }
    }

    #[test]
    fn the_whole_matrix_has_the_measured_quantiles() {
        // The distance model fits each distance; how far apart cities are is an assumption.
        for (kind, tolerances) in [
            (LatencyKind::Regions, [0.03, 0.03]),
            (LatencyKind::Distance, [0.15, 0.35]),
        ] {
            let sites = sites(&without_access(kind), 500);
            let mut ms: Vec<f64> = matrix_ms(&sites).iter().map(|pair| pair.2).collect();
            ms.sort_by(f64::total_cmp);
            let expected = [(0.5, 138.6), (0.9, 274.0)];
            for ((p, expected), tolerance) in expected.into_iter().zip(tolerances) {
                let found = quantile(&ms, p);
                let off = (found / expected - 1.0).abs();
                assert!(off < tolerance, "{kind:?}: {found} is not {expected}");
            }
        }
    }

    #[test]
    fn the_floor_is_below_every_way_and_the_same_both_ways() {
        for kind in [
            LatencyKind::Regions,
            LatencyKind::Distance,
            LatencyKind::Uniform,
        ] {
            let config = LatencyConfig {
                kind,
                ..LatencyConfig::default()
            };
            let Sites { latency, places } = sites(&config, 40);
            for moment in 0..40_000 {
                let (a, b) = (&places[moment % 40], &places[moment / 40 % 40]);
                let (floor, random) = (latency.floor_us(a, b), moment as u32 * 100_003);
                assert!(latency.one_way_us(moment as u64 * 77_777, a, b, random) >= floor);
                assert_eq!(floor, latency.floor_us(b, a));
            }
        }
    }

    #[test]
    fn datagrams_that_leave_together_keep_their_order() {
        let Sites { latency, places } = sites(&LatencyConfig::default(), 2);
        let at = |now| now + u64::from(latency.one_way_us(now, &places[0], &places[1], 0));
        assert_eq!(at(10) - at(0), 10);
        let seen: std::collections::BTreeSet<u64> =
            (0..50).map(|i| at(i * 200_000) % 200_000).collect();
        assert!(seen.len() > 40, "jitter changes");
    }
}
