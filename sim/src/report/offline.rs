//! Messages for those who were away.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::units::{maybe, percent, seconds};
use crate::metrics::{Absence, RunRecord, numbers};

/// Messages for those who were away, of all runs.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct OfflineFigures {
    /// Share of those back before the message expired who got it.
    pub share_in_time: Option<f64>,
    /// By the time after which they came back, ascending.
    pub returns: Vec<ReturnFigures>,
}

/// Those who came back after the same time.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ReturnFigures {
    /// After how many hours.
    pub return_after_h: f64,
    /// Those who came back.
    pub recipients: u64,
    /// Those who then got the message.
    pub held: u64,
    /// Those who came back after the message had expired.
    pub late: u64,
    /// Median time from coming back to having the message, in seconds.
    pub delay_p50_s: Option<f64>,
    /// The longest.
    pub delay_max_s: Option<f64>,
}

impl OfflineFigures {
    pub(super) fn of(runs: &[RunRecord]) -> Self {
        let mut groups: BTreeMap<u64, Vec<&Absence>> = BTreeMap::new();
        for absence in runs.iter().flat_map(|run| &run.absences) {
            if absence.returned_us.is_some() {
                let group = groups.entry(absence.return_after_us).or_default();
                group.push(absence);
            }
        }
        let in_time = groups.values().flatten().filter(|absence| !absence.is_late);
        let (held, all) = in_time.fold((0_u64, 0_u64), |(held, all), absence| {
            (held + u64::from(absence.held_us.is_some()), all + 1)
        });
        Self {
            share_in_time: (all > 0).then(|| held as f64 / all as f64),
            returns: groups
                .iter()
                .map(|(after_us, group)| figures(*after_us, group))
                .collect(),
        }
    }
}

fn figures(return_after_us: u64, group: &[&Absence]) -> ReturnFigures {
    let delays = group.iter().filter_map(|absence| {
        let delay_us = absence.held_us?.saturating_sub(absence.returned_us?);
        Some(delay_us as f64 / 1e6)
    });
    let mut delays: Vec<f64> = delays.collect();
    delays.sort_by(f64::total_cmp);
    ReturnFigures {
        return_after_h: return_after_us as f64 / 3.6e9,
        recipients: group.len() as u64,
        held: delays.len() as u64,
        late: group.iter().filter(|absence| absence.is_late).count() as u64,
        delay_p50_s: numbers::quantile(&delays, 0.5),
        delay_max_s: delays.last().copied(),
    }
}

/// A line for each time after which some came back.
pub(super) fn lines(offline: &OfflineFigures) -> Vec<(String, String)> {
    let lines = offline.returns.iter().map(|group| {
        let share = group.held as f64 / group.recipients.max(1) as f64;
        let late = match group.late {
            0 => String::new(),
            late => format!(", {late} too late"),
        };
        let text = format!(
            "{} of {} ({}){late}; after {} in the middle, {} at most",
            group.held,
            group.recipients,
            percent(share),
            maybe(group.delay_p50_s, seconds),
            maybe(group.delay_max_s, seconds),
        );
        (format!("back after {} h", group.return_after_h), text)
    });
    lines.collect()
}

/// The same as a table on the page; nothing if nobody was away.
pub(super) fn section(offline: &OfflineFigures) -> String {
    if offline.returns.is_empty() {
        return String::new();
    }
    let rows: String = offline.returns.iter().map(row).collect();
    format!(
        "<section class=half><h2>Who was away</h2><p>A sender publishes and leaves; the recipient \
         was offline and comes back. Times are from coming back to having the message.</p>\
         <table><thead><tr><th>back after<th>recipients<th>got it<th>too late\
         <th>middle<th>longest</thead><tbody>{rows}</tbody></table></section>\n"
    )
}

fn row(group: &ReturnFigures) -> String {
    format!(
        "<tr><td>{} h<td>{}<td>{}<td>{}<td>{}<td>{}</tr>",
        group.return_after_h,
        group.recipients,
        group.held,
        group.late,
        maybe(group.delay_p50_s, seconds),
        maybe(group.delay_max_s, seconds),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::{Delivery, Names, Publication, Recorder, RecorderConfig, Return, RunEnd};

    #[test]
    fn those_who_come_back_in_time_are_told_from_those_who_do_not() {
        let mut recorder = Recorder::new(RecorderConfig::new(1, 4, Names::default()));
        (0..4).for_each(|node| recorder.subscribes(node, 0));
        recorder.online(0, 0, Return::Cold);
        let publication = Publication {
            packet: 0,
            by: 0,
            group: 0,
            bytes: 9,
        };
        recorder.published(1_000_000, publication);
        for (node, hours) in [(1, 1), (2, 1), (3, 2)] {
            recorder.awaited(1_000_000, 0, node, hours * 3_600_000_000);
        }
        recorder.online(3_601_000_000, 1, Return::Warm);
        recorder.online(3_601_000_000, 2, Return::Warm);
        let delivery = Delivery {
            packet: 0,
            node: 1,
            from: 0,
            hops: 1,
        };
        recorder.delivered(3_603_000_000, delivery);
        recorder.expired(5_000_000_000, 0);
        recorder.online(7_201_000_000, 3, Return::Warm);
        let record = recorder.finish(8_000_000_000, RunEnd::default()).record;
        let figures = OfflineFigures::of(&[record]);
        assert_eq!(figures.share_in_time, Some(0.5));
        let [one, two] = figures.returns.as_slice() else {
            panic!("{figures:?}");
        };
        assert_eq!((one.recipients, one.held, one.late), (2, 1, 0));
        assert_eq!((one.return_after_h, one.delay_max_s), (1.0, Some(2.0)));
        assert_eq!((two.recipients, two.held, two.late), (1, 0, 1));
        assert!(section(&figures).contains("back after"));
    }
}
