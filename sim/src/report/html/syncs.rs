//! What set reconciliation costs against how much it finds.

use super::{
    figure::{Span, figure},
    scale::Scale,
    svg::Plot,
};
use crate::report::{
    Summary,
    units::{bytes, number, thousands},
};

/// Bytes of an exchange by the number of differences.
pub(super) fn syncs(summary: &Summary) -> String {
    let syncs = &summary.syncs;
    let bins: Vec<_> = syncs
        .bins
        .iter()
        .filter(|bin| bin.differences_mean > 0.0)
        .collect();
    if bins.is_empty() {
        return String::new();
    }
    let caption = format!(
        "Bytes a peer spends on comparing caches until it finds packets that are missing, by how \
         many these are; {} finds. No method can do with less than the dashed line (256-bit ids).",
        thousands(syncs.count as f64),
    );
    let keys = [("c3", "mean"), ("c2 dashed", "bound d·(256 − log₂ d)/8")];
    let low = bins
        .iter()
        .map(|bin| bin.bytes_mean)
        .fold(f64::INFINITY, f64::min);
    let high = bins.iter().map(|bin| bin.bytes_mean).fold(0.0, f64::max);
    let most = bins
        .iter()
        .map(|bin| bin.differences_mean)
        .fold(1.0, f64::max);
    let bound = |count: f64| count * (256.0 - count.log2()) / 8.0;
    figure(Span::Half, "What a sync costs", &caption, &keys, |room| {
        let x = Scale::log(0.9, most * 1.2);
        let y = Scale::log(low.min(bound(1.0)) * 0.8, high.max(bound(most)) * 1.3);
        let mut plot = Plot::new(room.width, room.height, x, y).with_left(62.0);
        plot.y_axis(bytes);
        plot.x_axis("packets missing on either side", number);
        let counts = (0..=40).map(|step| plot.x.value(f64::from(step) / 40.0).max(1.0));
        let curve: Vec<_> = counts.map(|count| (count, bound(count))).collect();
        plot.line("dashed c2", &curve);
        let line: Vec<_> = bins
            .iter()
            .map(|bin| (bin.differences_mean, bin.bytes_mean))
            .collect();
        plot.line("thin c3", &line);
        for bin in &bins {
            let title = format!(
                "{} missing: {} an exchange, {} exchanges",
                number(bin.differences_mean),
                bytes(bin.bytes_mean),
                thousands(bin.count as f64)
            );
            let (x, y) = (plot.px(bin.differences_mean), plot.py(bin.bytes_mean));
            plot.dot("mark c3", x, y, 4.5, &title);
        }
        plot.finish(room.class, "Bytes of a sync by differences found")
    })
}
