//! A summary on a terminal, at most forty lines.

use std::fmt::Write as _;

use super::{
    claims::{Claim, Theory},
    compare::{Comparison, Verdict},
    summary::{PARTIAL_TEXT, Summary},
    units::{bytes, figure, maybe, number, percent, seconds, thousands},
};
use crate::metrics::{CurvePoint, Spread};

/// Which characters may be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Charset {
    /// Blocks and signs.
    Unicode,
    /// Nothing above 126.
    Ascii,
}

/// The summary as text; `curve` is the coverage over time, which becomes a sparkline.
#[must_use]
pub fn text(summary: &Summary, curve: &[CurvePoint], charset: Charset) -> String {
    let mut out = String::new();
    head(&mut out, summary);
    coverage(&mut out, summary, curve, charset);
    later(&mut out, summary);
    traffic(&mut out, summary);
    network(&mut out, summary);
    line(&mut out, "digest", &summary.digest);
    line(&mut out, "again", &summary.command);
    plain(out, charset)
}

/// The claims as text, a line for each; nothing if there are none.
#[must_use]
pub fn claims_text(claims: &[Claim], charset: Charset) -> String {
    let mut out = String::new();
    if !claims.is_empty() {
        let _ = writeln!(out, "\nwhat is claimed");
    }
    for claim in claims {
        let verdict = if claim.holds { "holds" } else { "MISSED" };
        let theory = claim.theory.as_ref().map_or(String::new(), |theory| {
            let (best, source) = (claim.show(theory.value), theory.source);
            let off = maybe(theory.distance, |distance| claim.show(distance));
            format!("  best {best}, {off} off: {source}")
        });
        let found = maybe(claim.value, |value| claim.show(value));
        let (figure, bounds) = (&claim.figure, claim.bounds());
        let text = format!("{figure:<26} {found:<9} {bounds:<18}{theory}");
        line(&mut out, verdict, text.trim_end());
        for remark in claim.theory.iter().flat_map(Theory::remarks) {
            line(&mut out, "", remark);
        }
    }
    plain(out, charset)
}

/// The comparison as text.
#[must_use]
pub fn comparison_text(comparison: &Comparison, charset: Charset) -> String {
    let mut out = String::new();
    let seeds = comparison.seeds.len();
    let same = if comparison.is_identical {
        ", identical digests"
    } else {
        ""
    };
    let _ = writeln!(out, "against the baseline, {seeds} paired seeds{same}");
    for delta in &comparison.deltas {
        let verdict = match delta.verdict {
            Verdict::Better => "better",
            Verdict::Worse => "WORSE",
            Verdict::Same => "same",
            Verdict::Unclear => "unclear",
        };
        let half = delta.ci95.map(|[low, high]| (high - low) / 2.0);
        let _ = writeln!(
            out,
            "  {:<38} {:>10} → {:>10}  ± {:<9} {verdict}",
            delta.label,
            figure(delta.old, delta.unit),
            figure(delta.new, delta.unit),
            maybe(half, |half| figure(half, delta.unit)),
        );
    }
    plain(out, charset)
}

fn head(out: &mut String, summary: &Summary) {
    let seeds = match summary.seeds.as_slice() {
        [] => "no seed".to_owned(),
        [one] => format!("seed {one}"),
        [first, .., last] => format!("{} seeds from {first} to {last}", summary.seeds.len()),
    };
    let peers = thousands(f64::from(summary.peers));
    let indexed = summary.indexed_text();
    let virtual_time = seconds(summary.virtual_s);
    let _ = writeln!(
        out,
        "{} · {peers} peers{indexed} · {virtual_time} · {seeds}",
        summary.name
    );
    if summary.partial {
        let _ = writeln!(out, "PARTIAL: {PARTIAL_TEXT}");
    }
    if summary.fast {
        let _ = writeln!(out, "FAST: a hash stood in for the signatures of links");
    }
}

fn coverage(out: &mut String, summary: &Summary, curve: &[CurvePoint], charset: Charset) {
    let coverage = &summary.coverage;
    let _ = writeln!(out, "\ncoverage of those online at publication");
    let levels = [
        ("50 %", &coverage.t50_s),
        ("90 %", &coverage.t90_s),
        ("99 %", &coverage.t99_s),
        ("100 %", &coverage.t100_s),
    ];
    for (label, spread) in levels {
        line(out, label, &spread_text(spread));
    }
    let horizon_s = coverage.t100_s.p99.or(coverage.t100_s.mean).unwrap_or(10.0) * 1.25;
    let spark = sparkline(curve, horizon_s, charset);
    if !spark.is_empty() {
        line(out, "over time", &format!("{spark} {}", seconds(horizon_s)));
    }
    let worst = maybe(coverage.final_min, percent);
    let packets = thousands(coverage.packets as f64);
    let unfinished = match coverage.unfinished {
        0 => String::new(),
        count => format!(", {count} too young to tell"),
    };
    line(
        out,
        "in the end",
        &format!("worst packet {worst} of {packets} packets{unfinished}"),
    );
    line(
        out,
        "physics",
        &format!(
            "{} in the middle, {} at the slowest",
            maybe(coverage.floor_p50_s, seconds),
            maybe(coverage.floor_max_s, seconds)
        ),
    );
}

fn later(out: &mut String, summary: &Summary) {
    let newcomers = &summary.newcomers;
    let _ = writeln!(out, "\nlater, newcomers included");
    line(
        out,
        "coverage",
        &format!(
            "mean {}, lowest {} (bound e^(-μd) {})",
            maybe(newcomers.coverage_mean, percent),
            maybe(newcomers.coverage_min, percent),
            maybe(newcomers.bound, percent),
        ),
    );
    let survival = &summary.survival;
    line(
        out,
        "survival",
        &format!(
            "{} lost of {} packets, watched for up to {}: {} alive (95 %: {} to {})",
            thousands(survival.losses as f64),
            thousands(survival.packet_runs as f64),
            seconds(survival.watched_s_max),
            percent(survival.alive),
            percent(survival.ci95[0]),
            percent(survival.ci95[1]),
        ),
    );
    for (label, text) in super::offline::lines(&summary.offline) {
        line(out, &label, &text);
    }
    if summary.partitions.count > 0 {
        let partitions = &summary.partitions;
        line(
            out,
            "partitions",
            &format!(
                "{}, healed after {} on average, {} at most, {} packets never",
                partitions.count,
                maybe(partitions.heal_mean_s, seconds),
                maybe(partitions.heal_max_s, seconds),
                partitions.unhealed,
            ),
        );
    }
}

fn traffic(out: &mut String, summary: &Summary) {
    let traffic = &summary.traffic;
    let _ = writeln!(out, "\ntraffic");
    line(
        out,
        "copies",
        &format!(
            "{} a peer, {} a newcomer",
            maybe(summary.copies_per_peer, number),
            maybe(summary.copies_newcomers, number),
        ),
    );
    line(
        out,
        "bytes",
        &format!(
            "{} for each byte delivered, {}/s a peer",
            maybe(traffic.bytes_per_delivered_byte, number),
            maybe(traffic.bytes_per_peer_s, bytes),
        ),
    );
    let mut kinds: Vec<_> = traffic.kinds.iter().collect();
    kinds.sort_by_key(|kind| std::cmp::Reverse(kind.bytes));
    let share = |bytes: u64| percent(bytes as f64 / traffic.bytes.max(1) as f64);
    let kinds = kinds.iter().take(5).filter(|kind| kind.bytes > 0);
    let kinds: Vec<_> = kinds
        .map(|kind| format!("{} {}", kind.kind, share(kind.bytes)))
        .collect();
    line(out, "by kind", &kinds.join(", "));
    if let Some(all) = summary.loads.first() {
        line(
            out,
            "load",
            &format!(
                "mean {}/s, p99 {}/s, max/mean {}, Gini {}",
                bytes(all.mean),
                bytes(all.p99),
                number(all.max_over_mean),
                number(all.gini),
            ),
        );
    }
}

fn network(out: &mut String, summary: &Summary) {
    let _ = writeln!(out, "\nnetwork");
    if let Some(share) = summary.links.proxy_share {
        let attempts: u64 = summary.links.pairs.iter().map(|pair| pair.attempts).sum();
        let attempts = thousands(attempts as f64);
        line(
            out,
            "links",
            &format!(
                "{} through a third peer, of {attempts} tries",
                percent(share)
            ),
        );
    }
    if let Some(mean) = summary.caches.bytes_mean {
        line(
            out,
            "caches",
            &format!(
                "mean {}, largest {}, {}",
                bytes(mean),
                bytes(summary.caches.bytes_max as f64),
                match summary.caches.eviction_age_p50_s {
                    None => "none full".to_owned(),
                    Some(age_s) => format!(
                        "{} thrown out, half of them younger than {}",
                        thousands(summary.caches.evictions as f64),
                        seconds(age_s)
                    ),
                },
            ),
        );
    }
    line(
        out,
        "cost",
        &format!(
            "{} events in {}, {}/s; {}, {} a peer",
            thousands(summary.events as f64),
            seconds(summary.wall_s),
            thousands(summary.events_per_s),
            bytes(summary.memory_bytes as f64),
            bytes(summary.bytes_per_peer),
        ),
    );
}

fn line(out: &mut String, label: &str, value: &str) {
    let _ = writeln!(out, "  {label:<11} {value}");
}

fn spread_text(spread: &Spread) -> String {
    let ci95 = spread.ci95.map_or(String::new(), |[low, high]| {
        // With few seeds the interval is wide, but no time is below zero.
        format!("  (95 %: {} to {})", seconds(low.max(0.0)), seconds(high))
    });
    let reached = if spread.reached < 1.0 && spread.mean.is_some() {
        format!("  by {} of packets", percent(spread.reached))
    } else {
        String::new()
    };
    format!(
        "mean {:<9} p50 {:<9} p99 {:<9}{ci95}{reached}",
        maybe(spread.mean, seconds),
        maybe(spread.p50, seconds),
        maybe(spread.p99, seconds),
    )
}

/// Coverage from publication to `horizon_s`, forty steps of eight heights.
fn sparkline(curve: &[CurvePoint], horizon_s: f64, charset: Charset) -> String {
    const STEPS: usize = 40;
    let levels: &[char] = match charset {
        Charset::Unicode => &['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'],
        Charset::Ascii => &['_', '.', ',', '-', '=', '+', '*', '#'],
    };
    if curve.is_empty() {
        return String::new();
    }
    (0..STEPS)
        .map(|step| {
            let age_s = horizon_s * (step as f64 + 0.5) / STEPS as f64;
            let after = curve.partition_point(|point| point.age_s <= age_s);
            let share = after.checked_sub(1).map_or(0.0, |index| curve[index].mean);
            levels[((share * 8.0) as usize).min(7)]
        })
        .collect()
}

/// Replaces what plain ASCII has not.
fn plain(text: String, charset: Charset) -> String {
    if charset == Charset::Unicode {
        return text;
    }
    let replaced = text
        .replace('·', "-")
        .replace('µ', "u")
        .replace('μ', "mu ")
        .replace('→', "->")
        .replace('±', "+-")
        .replace(['–', '−'], "-");
    replaced
        .chars()
        .map(|sign| if sign.is_ascii() { sign } else { '?' })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::Curve;

    #[test]
    fn a_summary_of_nothing_is_short_and_plain_if_asked() {
        let text = text(
            &Summary::default(),
            &Curve::default().points(),
            Charset::Ascii,
        );
        assert!(text.is_ascii(), "{text}");
        assert!(text.lines().count() <= 40, "{text}");
    }

    #[test]
    fn indexed_peers_are_told_of() {
        let summary = Summary {
            peers: 2048,
            scenario: serde_json::json!({"indexed": 8}),
            ..Summary::default()
        };
        let text = text(&summary, &[], Charset::Unicode);
        assert!(text.contains("2,048 peers, 8 of them indexed ·"), "{text}");
    }

    #[test]
    fn a_sparkline_rises_with_coverage() {
        let mut curve = Curve::default();
        curve.add(&[200_000, 600_000], 2);
        let spark = sparkline(&curve.points(), 1.0, Charset::Unicode);
        assert_eq!(
            spark,
            format!("{}{}{}", "▁".repeat(8), "▅".repeat(16), "█".repeat(16))
        );
    }
}
