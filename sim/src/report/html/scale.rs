//! Axes: from values to places, and round numbers between.

/// Maps values to places from 0 to 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Scale {
    from: f64,
    to: f64,
    kind: Kind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Linear,
    Log,
    /// Linear, in seconds, with ticks as clocks have them.
    Time,
}

impl Scale {
    /// Equal steps for equal differences.
    pub(super) fn linear(from: f64, to: f64) -> Self {
        let to = if to > from { to } else { from + 1.0 };
        Self {
            from,
            to,
            kind: Kind::Linear,
        }
    }

    /// Equal steps for equal differences of seconds.
    pub(super) fn time(from_s: f64, to_s: f64) -> Self {
        Self {
            kind: Kind::Time,
            ..Self::linear(from_s, to_s)
        }
    }

    /// Equal steps for equal ratios.
    pub(super) fn log(from: f64, to: f64) -> Self {
        let from = from.max(1e-9);
        let to = if to > from * 1.01 { to } else { from * 10.0 };
        Self {
            from,
            to,
            kind: Kind::Log,
        }
    }

    /// Where a value lies, cut off at the ends.
    pub(super) fn place(&self, value: f64) -> f64 {
        let place = if self.kind == Kind::Log {
            (value.max(1e-12) / self.from).ln() / (self.to / self.from).ln()
        } else {
            (value - self.from) / (self.to - self.from)
        };
        place.clamp(0.0, 1.0)
    }

    /// The value at a place.
    pub(super) fn value(&self, place: f64) -> f64 {
        if self.kind == Kind::Log {
            self.from * (self.to / self.from).powf(place)
        } else {
            self.from + (self.to - self.from) * place
        }
    }

    /// Round values, about `count` of them, none outside.
    pub(super) fn ticks(&self, count: usize) -> Vec<f64> {
        match self.kind {
            // Less than a decade has hardly any round number of that kind.
            Kind::Log if self.to / self.from >= 8.0 => self.log_ticks(count),
            _ => self.linear_ticks(count),
        }
    }

    fn linear_ticks(&self, count: usize) -> Vec<f64> {
        let rough = (self.to - self.from) / count.max(1) as f64;
        let power = 10f64.powi(rough.log10().floor() as i32);
        let steps = [1.0, 2.0, 2.5, 5.0, 10.0].map(|step| step * power);
        let is_clock = self.kind == Kind::Time && rough > 10.0;
        let clock = CLOCK_STEPS_S.into_iter().filter(|_| is_clock);
        let mut steps = clock.chain(steps);
        let step = steps.find(|step| *step >= rough * 0.999).unwrap_or(rough);
        let first = (self.from / step - 1e-9).ceil() as i64;
        let last = (self.to / step + 1e-9).floor() as i64;
        (first..=last).map(|number| number as f64 * step).collect()
    }

    fn log_ticks(&self, count: usize) -> Vec<f64> {
        let (low, high) = (
            self.from.log10().floor() as i32,
            self.to.log10().ceil() as i32,
        );
        let decades = (high - low).max(1) as usize;
        let within: &[f64] = match count / decades {
            0 | 1 => &[1.0],
            2 => &[1.0, 3.0],
            _ => &[1.0, 2.0, 5.0],
        };
        let stride = decades.div_ceil(count.max(1)).max(1);
        let powers = (low..=high).step_by(stride).map(|power| 10f64.powi(power));
        let all = powers.flat_map(|power| within.iter().map(move |step| step * power));
        all.filter(|tick| *tick >= self.from * 0.999 && *tick <= self.to * 1.001)
            .collect()
    }
}

/// Round parts of minutes, hours and days.
const CLOCK_STEPS_S: [f64; 12] = [
    15.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1_800.0, 3_600.0, 7_200.0, 14_400.0, 21_600.0, 86_400.0,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round_and_inside() {
        assert_eq!(
            Scale::linear(0.0, 1.0).ticks(4),
            [0.0, 0.25, 0.5, 0.75, 1.0]
        );
        assert_eq!(Scale::linear(3.0, 47.0).ticks(5), [10.0, 20.0, 30.0, 40.0]);
        assert_eq!(
            Scale::time(0.0, 180.0).ticks(6),
            [0.0, 30.0, 60.0, 90.0, 120.0, 150.0, 180.0]
        );
        assert_eq!(Scale::log(20.0, 50.0).ticks(3), [20.0, 30.0, 40.0, 50.0]);
        assert_eq!(Scale::log(10.0, 2_000.0).ticks(3), [10.0, 100.0, 1_000.0]);
        assert_eq!(
            Scale::log(1.0, 60.0).ticks(6),
            [1.0, 2.0, 5.0, 10.0, 20.0, 50.0]
        );
    }

    #[test]
    fn a_place_leads_back_to_its_value() {
        for scale in [Scale::linear(-2.0, 5.0), Scale::log(0.5, 70.0)] {
            for value in [0.6, 1.0, 4.9] {
                assert!((scale.value(scale.place(value)) - value).abs() < 1e-9);
            }
        }
    }
}
