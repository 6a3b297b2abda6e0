//! Tables as columns, and which ones a report has.

use crate::{
    metrics::{PacketRow, RunRecord},
    report::{RunSet, Summary},
};

/// A table with a name, all of whose columns are equally long.
#[derive(Clone, Debug, PartialEq)]
pub struct Table {
    /// Its name, fit for a file.
    pub name: &'static str,
    /// Its columns.
    pub columns: Vec<Column>,
}

/// A column with a name that ends with its unit.
#[derive(Clone, Debug, PartialEq)]
pub struct Column {
    /// Its name.
    pub name: &'static str,
    /// Its values.
    pub values: Values,
}

/// The values of a column.
#[derive(Clone, Debug, PartialEq)]
pub enum Values {
    /// Whole numbers.
    Whole(Vec<i64>),
    /// Numbers; one that is not there is NaN.
    Real(Vec<f64>),
    /// Texts.
    Text(Vec<String>),
}

impl Values {
    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            Self::Whole(values) => values.len(),
            Self::Real(values) => values.len(),
            Self::Text(values) => values.len(),
        }
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl Table {
    /// All tables of a set of runs.
    #[must_use]
    pub fn all(set: &RunSet, summary: &Summary) -> Vec<Self> {
        vec![
            packets(set.runs()),
            coverage(set.runs()),
            everyone(set.runs()),
            traffic(set.runs()),
            loads(set.runs()),
            links(summary),
            survival(summary),
            figures(summary),
        ]
    }

    /// How many rows it has.
    #[must_use]
    pub fn row_count(&self) -> usize {
        self.columns.first().map_or(0, |column| column.values.len())
    }
}

fn packets(runs: &[RunRecord]) -> Table {
    let rows: Vec<(u64, &PacketRow)> = of_each(runs, |run| &run.packets);
    let whole =
        |name, of: &dyn Fn(&PacketRow) -> u64| whole(name, rows.iter().map(|(_, row)| of(row)));
    let time = |name, level: usize| {
        real(
            name,
            rows.iter()
                .map(|(_, row)| row.times_us[level].map(|us| f64::from(us) / 1e6)),
        )
    };
    let columns = vec![
        self::whole("seed", rows.iter().map(|(seed, _)| *seed)),
        whole("packet", &|row| row.packet.into()),
        whole("by", &|row| row.by.into()),
        whole("group", &|row| row.group.into()),
        whole("size_bytes", &|row| row.bytes.into()),
        whole("published_us", &|row| row.published_us),
        whole("subscriber_count", &|row| row.subscriber_count.into()),
        whole("reached_count", &|row| row.reached_count.into()),
        time("t50_s", 0),
        time("t90_s", 1),
        time("t99_s", 2),
        time("t100_s", 3),
        whole("copy_count", &|row| row.copy_count),
        whole("first_count", &|row| row.first_count),
        whole("newcomer_copy_count", &|row| row.newcomer_copy_count),
        whole("newcomer_first_count", &|row| row.newcomer_first_count),
        whole("is_lost", &|row| row.lost_us.is_some().into()),
        real(
            "watched_s",
            rows.iter()
                .map(|(_, row)| Some(row.watched_us as f64 / 1e6)),
        ),
    ];
    Table {
        name: "packets",
        columns,
    }
}

fn coverage(runs: &[RunRecord]) -> Table {
    let rows = of_each(runs, |run| run.curve.points());
    let columns = vec![
        whole("seed", rows.iter().map(|(seed, _)| *seed)),
        real("age_s", rows.iter().map(|(_, point)| Some(point.age_s))),
        real("mean", rows.iter().map(|(_, point)| Some(point.mean))),
        real(
            "deviation",
            rows.iter().map(|(_, point)| Some(point.deviation)),
        ),
        real("lowest", rows.iter().map(|(_, point)| Some(point.low))),
    ];
    Table {
        name: "coverage",
        columns,
    }
}

fn everyone(runs: &[RunRecord]) -> Table {
    let rows = of_each(runs, |run| run.everyone.points());
    let columns = vec![
        whole("seed", rows.iter().map(|(seed, _)| *seed)),
        real("age_s", rows.iter().map(|(_, point)| Some(point.0))),
        real("mean", rows.iter().map(|(_, point)| Some(point.1))),
        real("lowest", rows.iter().map(|(_, point)| Some(point.2))),
        whole("sample_count", rows.iter().map(|(_, point)| point.3)),
    ];
    Table {
        name: "everyone",
        columns,
    }
}

fn traffic(runs: &[RunRecord]) -> Table {
    let mut rows = Vec::new();
    for run in runs {
        let Some(timeline) = &run.traffic.timeline else {
            continue;
        };
        for bucket in 0..timeline.bucket_count() {
            let from_s = bucket as f64 * timeline.width_us as f64 / 1e6;
            let sums = run.names.kinds.iter().zip(timeline.bucket(bucket));
            rows.extend(sums.map(|(kind, bytes)| (run.seed, from_s, kind, *bytes)));
        }
    }
    let columns = vec![
        whole("seed", rows.iter().map(|row| row.0)),
        real("from_s", rows.iter().map(|row| Some(row.1))),
        text("kind", rows.iter().map(|row| row.2.clone())),
        whole("sent_bytes", rows.iter().map(|row| row.3)),
    ];
    Table {
        name: "traffic",
        columns,
    }
}

fn loads(runs: &[RunRecord]) -> Table {
    let rows = of_each(runs, |run| &run.loads);
    let columns = vec![
        whole("seed", rows.iter().map(|(seed, _)| *seed)),
        text("class", rows.iter().map(|(_, load)| load.class.clone())),
        whole("node_count", rows.iter().map(|(_, load)| load.node_count)),
        real(
            "mean_bytes_per_s",
            rows.iter().map(|(_, load)| Some(load.mean)),
        ),
        real(
            "p50_bytes_per_s",
            rows.iter().map(|(_, load)| Some(load.p50)),
        ),
        real(
            "p99_bytes_per_s",
            rows.iter().map(|(_, load)| Some(load.p99)),
        ),
        real(
            "max_bytes_per_s",
            rows.iter().map(|(_, load)| Some(load.max)),
        ),
        real(
            "max_over_mean",
            rows.iter().map(|(_, load)| Some(load.max_over_mean)),
        ),
        real("gini", rows.iter().map(|(_, load)| Some(load.gini))),
    ];
    Table {
        name: "loads",
        columns,
    }
}

fn links(summary: &Summary) -> Table {
    let rows = &summary.links.pairs;
    let columns = vec![
        text("from_class", rows.iter().map(|row| row.from.clone())),
        text("to_class", rows.iter().map(|row| row.to.clone())),
        whole("attempt_count", rows.iter().map(|row| row.attempts)),
        real(
            "direct_share",
            rows.iter().map(|row| Some(row.direct_share)),
        ),
        real(
            "proxied_share",
            rows.iter().map(|row| Some(row.proxied_share)),
        ),
        real("p50_s", rows.iter().map(|row| row.p50_s)),
        real("p99_s", rows.iter().map(|row| row.p99_s)),
    ];
    Table {
        name: "links",
        columns,
    }
}

fn survival(summary: &Summary) -> Table {
    let rows = &summary.survival.steps;
    let columns = vec![
        real("age_s", rows.iter().map(|row| Some(row.age_s))),
        real("alive", rows.iter().map(|row| Some(row.alive))),
        real("low", rows.iter().map(|row| Some(row.low))),
        real("high", rows.iter().map(|row| Some(row.high))),
    ];
    Table {
        name: "survival",
        columns,
    }
}

fn figures(summary: &Summary) -> Table {
    let rows: Vec<_> = summary
        .runs
        .iter()
        .flat_map(|run| {
            run.figures
                .iter()
                .map(|(name, value)| (run.seed, name, *value))
        })
        .collect();
    let columns = vec![
        whole("seed", rows.iter().map(|row| row.0)),
        text("figure", rows.iter().map(|row| row.1.clone())),
        real("value", rows.iter().map(|row| Some(row.2))),
    ];
    Table {
        name: "figures",
        columns,
    }
}

pub(super) fn whole(name: &'static str, values: impl Iterator<Item = u64>) -> Column {
    // Seeds use all 64 bits; they keep them as a two's complement.
    Column {
        name,
        values: Values::Whole(values.map(u64::cast_signed).collect()),
    }
}

/// Rows of all runs, each with the seed of its run.
fn of_each<'a, I: IntoIterator>(
    runs: &'a [RunRecord],
    rows: impl Fn(&'a RunRecord) -> I,
) -> Vec<(u64, I::Item)> {
    let rows = runs
        .iter()
        .flat_map(|run| rows(run).into_iter().map(|row| (run.seed, row)));
    rows.collect()
}

fn real(name: &'static str, values: impl Iterator<Item = Option<f64>>) -> Column {
    Column {
        name,
        values: Values::Real(values.map(|value| value.unwrap_or(f64::NAN)).collect()),
    }
}

fn text(name: &'static str, values: impl Iterator<Item = String>) -> Column {
    Column {
        name,
        values: Values::Text(values.collect()),
    }
}
