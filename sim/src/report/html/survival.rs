//! How long packets live.

use super::{
    figure::{Span, figure},
    scale::Scale,
    svg::{Plot, stairs},
};
use crate::{
    metrics::Step,
    report::{
        Summary,
        units::{percent, seconds, thousands},
    },
};

/// The Kaplan–Meier curve with its interval.
pub(super) fn survival(summary: &Summary) -> String {
    let survival = &summary.survival;
    if survival.packet_runs == 0 {
        return String::new();
    }
    let lost = match survival.losses {
        0 => format!(
            "None of {} packets was lost, so at 95 % at most {} are (rule of three).",
            thousands(survival.packet_runs as f64),
            percent(1.0 - survival.ci95[0])
        ),
        losses => format!(
            "{} of {} packets lost their last copy.",
            thousands(losses as f64),
            thousands(survival.packet_runs as f64)
        ),
    };
    let caption = format!(
        "Share of packets of which a copy is left, by age (Kaplan–Meier; packets that were not \
         watched for longer are left out from there on). {lost}"
    );
    let keys = [("c2", "alive"), ("c2 box area pale", "95 % interval")];
    let steps = with_ends(summary);
    let low = steps.iter().map(|step| step.low).fold(1.0, f64::min);
    let from = [0.99, 0.9, 0.5]
        .into_iter()
        .find(|from| *from < low)
        .unwrap_or(0.0);
    figure(
        Span::Half,
        "How long packets live",
        &caption,
        &keys,
        |room| {
            let x = Scale::time(0.0, survival.watched_s_max);
            let mut plot = Plot::new(room.width, room.height, x, Scale::linear(from, 1.0));
            plot.y_axis(|share| format!("{:.*} %", usize::from(from >= 0.9), share * 100.0));
            plot.x_axis("age of the packet", seconds);
            let through = |of: fn(&Step) -> f64| -> Vec<(f64, f64)> {
                let points: Vec<_> = steps.iter().map(|step| (step.age_s, of(step))).collect();
                stairs(&points)
            };
            plot.band(
                "pale c2",
                &through(|step| step.high),
                &through(|step| step.low),
            );
            plot.line("c2", &through(|step| step.alive));
            let stride = steps.len().div_ceil(60).max(1);
            let columns = steps.iter().step_by(stride).map(|step| {
                let (age, alive) = (seconds(step.age_s), percent(step.alive));
                let (low, high) = (percent(step.low), percent(step.high));
                (
                    step.age_s,
                    format!("{age}: {alive} alive (95 %: {low} to {high})"),
                )
            });
            plot.hover(&columns.collect::<Vec<_>>());
            plot.finish(room.class, "Kaplan–Meier survival of packets")
        },
    )
}

/// The steps with a beginning and an end, at most about 400 of them.
fn with_ends(summary: &Summary) -> Vec<Step> {
    let survival = &summary.survival;
    let low = if survival.losses == 0 {
        survival.ci95[0]
    } else {
        1.0
    };
    let start = Step {
        age_s: 0.0,
        alive: 1.0,
        low,
        high: 1.0,
    };
    let stride = survival.steps.len().div_ceil(400).max(1);
    let inner = survival
        .steps
        .iter()
        .step_by(stride)
        .chain(survival.steps.last())
        .copied();
    let mut steps: Vec<Step> = std::iter::once(start).chain(inner).collect();
    let last = steps[steps.len() - 1];
    steps.push(Step {
        age_s: survival.watched_s_max,
        ..last
    });
    steps
}
