//! Random numbers of other shapes than the even one.
//!
//! [`Quantiles`] is a table for where millions are drawn; the functions are exact and for the rest.

use crate::streams::Stream;

/// The quantiles of a distribution in a table, to draw from it by one look-up.
#[derive(Clone, Debug)]
pub(crate) struct Quantiles(Box<[f32]>);

/// Steps of a table; one more entry closes the last of them.
const STEP_BITS: u32 = 11;
const STEP_COUNT: usize = 1 << STEP_BITS;

impl Quantiles {
    /// A table of a function from probabilities between 0 and 1, neither included.
    pub(crate) fn new(quantile: impl Fn(f64) -> f64) -> Self {
        let edges = (0..=STEP_COUNT).map(|edge| {
            // The outermost quantiles stand for their tails.
            let edge = (edge as f64).clamp(0.25, STEP_COUNT as f64 - 0.25);
            quantile(edge / STEP_COUNT as f64) as f32
        });
        Self(edges.collect())
    }

    /// exp of a normal distribution.
    pub(crate) fn lognormal(mu: f64, sigma: f64) -> Self {
        Self::new(|p| (mu + sigma * normal_quantile(p)).exp())
    }

    /// The exponential distribution with a mean of 1.
    pub(crate) fn exponential() -> Self {
        Self::new(|p| -(1.0 - p).ln())
    }

    /// The quantile of a probability that is given by the 32 bits of a random number.
    #[inline]
    pub(crate) fn at(&self, random: u32) -> f32 {
        let step = (random >> (32 - STEP_BITS)) as usize;
        let rest = (random << STEP_BITS) as f32 * (1.0 / 4_294_967_296.0);
        let (low, high) = (self.0[step], self.0[step + 1]);
        low + (high - low) * rest
    }
}

/// Draws from the exponential distribution of a mean.
pub(crate) fn exponential(stream: &mut Stream, mean: f64) -> f64 {
    -mean * (1.0 - stream.unit()).ln()
}

/// Draws from the Weibull distribution of a shape and a scale.
pub(crate) fn weibull(stream: &mut Stream, shape: f64, scale: f64) -> f64 {
    scale * exponential(stream, 1.0).powf(1.0 / shape)
}

/// Draws what is left of a Weibull life at a moment that falls into it at random.
///
/// Such a life is of length x with a density in proportion to x·f(x), and with y = (x/scale)^shape
/// that is a gamma distribution of 1 + 1/shape; the moment falls evenly into it.
pub(crate) fn weibull_residual(stream: &mut Stream, shape: f64, scale: f64) -> f64 {
    let life = scale * gamma(stream, 1.0 + 1.0 / shape).powf(1.0 / shape);
    life * (1.0 - stream.unit())
}

/// The mean of a Weibull distribution.
pub(crate) fn weibull_mean(shape: f64, scale: f64) -> f64 {
    scale * ln_gamma(1.0 + 1.0 / shape).exp()
}

/// Draws from the gamma distribution of a shape that is at least 1 (Marsaglia and Tsang, 2000).
fn gamma(stream: &mut Stream, shape: f64) -> f64 {
    let d = shape - 1.0 / 3.0;
    let c = 1.0 / (9.0 * d).sqrt();
    loop {
        let x = normal_quantile(stream.unit().max(1e-300));
        let v = (1.0 + c * x).powi(3);
        let accepts = (1.0 - stream.unit()).ln() < 0.5 * x * x + d - d * v + d * v.max(1e-300).ln();
        if v > 0.0 && accepts {
            return d * v;
        }
    }
}

/// The quantile of the normal distribution (Acklam; relative error below 1.2e-9).
pub(crate) fn normal_quantile(p: f64) -> f64 {
    const A: [f64; 6] = [
        -3.969_683_028_665_376e1,
        2.209_460_984_245_205e2,
        -2.759_285_104_469_687e2,
        1.383_577_518_672_69e2,
        -3.066_479_806_614_716e1,
        2.506_628_277_459_239,
    ];
    const B: [f64; 6] = [
        -5.447_609_879_822_406e1,
        1.615_858_368_580_409e2,
        -1.556_989_798_598_866e2,
        6.680_131_188_771_972e1,
        -1.328_068_155_288_572e1,
        1.0,
    ];
    const C: [f64; 6] = [
        -7.784_894_002_430_293e-3,
        -3.223_964_580_411_365e-1,
        -2.400_758_277_161_838,
        -2.549_732_539_343_734,
        4.374_664_141_464_968,
        2.938_163_982_698_783,
    ];
    const D: [f64; 5] = [
        7.784_695_709_041_462e-3,
        3.224_671_290_700_398e-1,
        2.445_134_137_142_996,
        3.754_408_661_907_416,
        1.0,
    ];
    const LOW: f64 = 0.024_25;
    let tail = |p: f64| {
        let q = (-2.0 * p.ln()).sqrt();
        polynomial(&C, q) / polynomial(&D, q)
    };
    if p < LOW {
        return tail(p);
    }
    if p > 1.0 - LOW {
        return -tail(1.0 - p);
    }
    let q = p - 0.5;
    polynomial(&A, q * q) * q / polynomial(&B, q * q)
}

/// The logarithm of the gamma function for arguments of 1 and more (Lanczos, g = 7).
fn ln_gamma(x: f64) -> f64 {
    const C: [f64; 9] = [
        0.999_999_999_999_809_9,
        676.520_368_121_885_1,
        -1_259.139_216_722_402_8,
        771.323_428_777_653_1,
        -176.615_029_162_140_6,
        12.507_343_278_686_905,
        -0.138_571_095_265_720_12,
        9.984_369_578_019_572e-6,
        1.505_632_735_149_311_6e-7,
    ];
    let x = x - 1.0;
    let series = C[1..].iter().zip(1_u32..);
    let sum = series.fold(C[0], |sum, (c, i)| sum + c / (x + f64::from(i)));
    let t = x + 7.5;
    0.5 * (2.0 * std::f64::consts::PI).ln() + (x + 0.5) * t.ln() - t + sum.ln()
}

/// Highest power first.
fn polynomial(coefficients: &[f64], x: f64) -> f64 {
    coefficients.iter().fold(0.0, |sum, c| sum * x + c)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::streams::numbered;

    #[track_caller]
    fn check(what: &str, measured: f64, expected: f64, tolerance: f64) {
        let off = (measured / expected - 1.0).abs();
        assert!(off < tolerance, "{what}: {measured} is not {expected}");
    }

    fn moments(draw: impl FnMut() -> f64) -> (f64, f64) {
        let drawn: Vec<f64> = std::iter::repeat_with(draw).take(100_000).collect();
        let mean = drawn.iter().sum::<f64>() / 1e5;
        let variance = drawn.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / 1e5;
        (mean, variance)
    }

    #[test]
    fn gamma_and_normal_have_their_known_values() {
        check("Γ(5)", ln_gamma(5.0).exp(), 24.0, 1e-12);
        check("Γ(1.5)", ln_gamma(1.5).exp(), 0.886_226_925_452_758, 1e-12);
        check(
            "z(0.975)",
            normal_quantile(0.975),
            1.959_963_984_540_054,
            1e-8,
        );
        check(
            "z(0.001)",
            normal_quantile(0.001),
            -3.090_232_306_167_813,
            1e-8,
        );
    }

    #[test]
    fn weibull_has_its_moments() {
        let mut stream = numbered(1, "weibull", 0);
        for (shape, scale) in [(1.5, 10.0), (1.0, 3.0), (0.615, 169.5)] {
            let (mean, variance) = moments(|| weibull(&mut stream, shape, scale));
            let expected = weibull_mean(shape, scale);
            let second = scale * scale * ln_gamma(1.0 + 2.0 / shape).exp();
            check("mean", mean, expected, 0.015);
            check("variance", variance, second - expected * expected, 0.06);
        }
    }

    #[test]
    fn a_residual_life_has_its_mean() {
        let mut stream = numbered(1, "residual", 0);
        for (shape, scale) in [(1.0, 5.0), (0.615, 169.5), (2.0, 1.0)] {
            let (mean, _) = moments(|| weibull_residual(&mut stream, shape, scale));
            // E[X²] / 2E[X]
            let second = scale * scale * ln_gamma(1.0 + 2.0 / shape).exp();
            check(
                "mean",
                mean,
                second / (2.0 * weibull_mean(shape, scale)),
                0.03,
            );
        }
    }

    #[test]
    fn tables_agree_with_what_they_tabulate() {
        let mut stream = numbered(1, "tables", 0);
        let mut random = || (stream.unit() * 4_294_967_296.0) as u32;
        let table = Quantiles::exponential();
        check(
            "mean",
            moments(|| f64::from(table.at(random()))).0,
            1.0,
            0.01,
        );
        let table = Quantiles::lognormal(1.48, 1.04);
        let mean = moments(|| f64::from(table.at(random()))).0;
        check("mean", mean, (1.48_f64 + 1.04 * 1.04 / 2.0).exp(), 0.015);
        check("median", f64::from(table.at(1 << 31)), 1.48_f64.exp(), 1e-3);
    }
}
