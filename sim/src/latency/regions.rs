//! The regions of the world, and the round trips between them.

use serde::{Deserialize, Serialize};

use crate::{
    config::{ConfigError, sum_to_one},
    distribution::normal_quantile,
    streams::Stream,
};

/// A region of the world.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Region {
    /// North America.
    #[serde(rename = "NA")]
    NorthAmerica,
    /// South America.
    #[serde(rename = "SA")]
    SouthAmerica,
    /// Europe.
    #[serde(rename = "EU")]
    Europe,
    /// Africa.
    #[serde(rename = "AF")]
    Africa,
    /// The Middle East.
    #[serde(rename = "ME")]
    MiddleEast,
    /// South Asia.
    #[serde(rename = "SAs")]
    SouthAsia,
    /// East Asia.
    #[serde(rename = "EAs")]
    EastAsia,
    /// Oceania.
    #[serde(rename = "OC")]
    Oceania,
}

impl Region {
    /// How many regions there are.
    pub const COUNT: usize = 8;

    /// All regions, in the order of their numbers.
    pub const ALL: [Self; Self::COUNT] = [
        Self::NorthAmerica,
        Self::SouthAmerica,
        Self::Europe,
        Self::Africa,
        Self::MiddleEast,
        Self::SouthAsia,
        Self::EastAsia,
        Self::Oceania,
    ];

    /// The short name that scenarios use.
    #[must_use]
    pub const fn name(self) -> &'static str {
        ["NA", "SA", "EU", "AF", "ME", "SAs", "EAs", "OC"][self as usize]
    }

    /// The middle of its cities: latitude and longitude in degrees.
    #[must_use]
    pub const fn centre(self) -> (f64, f64) {
        let (latitude, longitude, _) = PLACES[self as usize];
        (latitude, longitude)
    }

    /// The median round trip to a site of another region, or of its own, in milliseconds.
    ///
    /// The table was measured from both ends; this is the mean of the two.
    #[must_use]
    pub const fn rtt_ms(self, other: Self) -> f32 {
        let (here, there) = (self as usize, other as usize);
        (RTT_MS_MEDIAN[here][there] + RTT_MS_MEDIAN[there][here]) / 2.0
    }

    /// Draws a place in it, as the direction from the middle of the Earth.
    pub(crate) fn draw_direction(self, stream: &mut Stream) -> [f32; 3] {
        let (latitude, longitude, spread) = PLACES[self as usize];
        let mut near = |degrees: f64, spread: f64| {
            let drawn = normal_quantile(stream.unit().clamp(0.01, 0.99));
            (degrees + spread * drawn).to_radians()
        };
        let latitude = near(latitude, spread / 2.0);
        let longitude = near(longitude, spread);
        let (sin, cos) = latitude.sin_cos();
        [cos * longitude.cos(), cos * longitude.sin(), sin].map(|part| part as f32)
    }
}

/// Which share of the sites lies in each region; those that are not named have none.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "UPPERCASE")]
#[allow(
    missing_docs,
    reason = "the regions are documented where they are listed"
)]
pub struct RegionShares {
    #[serde(default)]
    pub na: f64,
    #[serde(default)]
    pub sa: f64,
    #[serde(default)]
    pub eu: f64,
    #[serde(default)]
    pub af: f64,
    #[serde(default)]
    pub me: f64,
    #[serde(default, rename = "SAs")]
    pub south_asia: f64,
    #[serde(default, rename = "EAs")]
    pub east_asia: f64,
    #[serde(default)]
    pub oc: f64,
}

impl RegionShares {
    /// The shares in the order of [`Region::ALL`].
    #[must_use]
    pub const fn list(&self) -> [f64; Region::COUNT] {
        [
            self.na,
            self.sa,
            self.eu,
            self.af,
            self.me,
            self.south_asia,
            self.east_asia,
            self.oc,
        ]
    }

    pub(crate) fn validate(&self) -> Result<(), ConfigError> {
        let names = Region::ALL.map(Region::name).into_iter();
        let named: Vec<_> = names.zip(self.list()).collect();
        sum_to_one(&named)
    }
}

impl Default for RegionShares {
    /// Those of the 222 cities, each counted to the region whose medians it fits best.
    fn default() -> Self {
        Self {
            na: 66.0 / 222.0,
            sa: 17.0 / 222.0,
            eu: 80.0 / 222.0,
            af: 6.0 / 222.0,
            me: 16.0 / 222.0,
            south_asia: 12.0 / 222.0,
            east_asia: 17.0 / 222.0,
            oc: 8.0 / 222.0,
        }
    }
}

/// Median round trips in milliseconds between cities of the regions.
const RTT_MS_MEDIAN: [[f32; Region::COUNT]; Region::COUNT] = [
    [43.0, 123.0, 126.0, 220.0, 184.0, 251.0, 215.0, 222.0],
    [120.0, 149.0, 200.0, 285.0, 262.0, 340.0, 316.0, 319.0],
    [126.0, 203.0, 39.0, 135.0, 99.0, 172.0, 242.0, 304.0],
    [218.0, 281.0, 135.0, 185.0, 172.0, 252.0, 294.0, 383.0],
    [185.0, 262.0, 99.0, 171.0, 149.0, 201.0, 271.0, 341.0],
    [251.0, 342.0, 172.0, 255.0, 201.0, 51.0, 168.0, 329.0],
    [214.0, 314.0, 246.0, 300.0, 266.0, 162.0, 100.0, 288.0],
    [222.0, 321.0, 304.0, 382.0, 343.0, 330.0, 291.0, 46.0],
];

/// Latitude, longitude and spread of the regions' cities in degrees (assumption).
const PLACES: [(f64, f64, f64); Region::COUNT] = [
    (39.0, -92.0, 18.0),
    (-17.0, -58.0, 14.0),
    (49.0, 10.0, 12.0),
    (3.0, 22.0, 18.0),
    (31.0, 45.0, 10.0),
    (21.0, 78.0, 9.0),
    (29.0, 115.0, 15.0),
    (-32.0, 152.0, 14.0),
];
