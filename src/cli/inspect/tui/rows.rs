//! Which actors are shown, in which order, and how they hang together.

use std::collections::{BTreeMap, BTreeSet};

use crate::messages::inspector::ActorReport;

/// What actors are ordered by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Sort {
    #[default]
    Name,
    Depth,
    Oldest,
    Rate,
    Handled,
    Busy,
    Lost,
}

/// One line of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Row {
    /// Which actor, as its place in the snapshot.
    pub(super) index: usize,
    /// What stands before its name, as `├ `.
    pub(super) branch: String,
}

/// What decides over the rows.
#[derive(Clone, Debug, Default)]
pub(super) struct Order {
    pub(super) sort: Sort,
    pub(super) is_reversed: bool,
    /// A plain list, without regard to who supervises whom.
    pub(super) is_flat: bool,
    /// Only actors with this in their name, kind or current message.
    pub(super) filter: String,
}

impl Sort {
    const ALL: [Self; 7] = [
        Self::Name,
        Self::Depth,
        Self::Oldest,
        Self::Rate,
        Self::Handled,
        Self::Busy,
        Self::Lost,
    ];

    /// The one after this.
    pub(super) fn next(self) -> Self {
        let place = Self::ALL.iter().position(|sort| *sort == self);
        Self::ALL[(place.unwrap_or(0) + 1) % Self::ALL.len()]
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Depth => "depth",
            Self::Oldest => "oldest",
            Self::Rate => "rate",
            Self::Handled => "handled",
            Self::Busy => "busy",
            Self::Lost => "lost",
        }
    }
}

/// The lines of the list.
pub(super) fn rows(
    actors: &[ActorReport],
    rates: &BTreeMap<String, f64>,
    order: &Order,
) -> Vec<Row> {
    let mut shown: Vec<usize> = (0..actors.len())
        .filter(|index| is_shown(&actors[*index], &order.filter))
        .collect();
    shown.sort_by(|a, b| compare(&actors[*a], &actors[*b], rates, order));
    if order.is_flat {
        let plain = |index| Row {
            index,
            branch: String::new(),
        };
        return shown.into_iter().map(plain).collect();
    }
    tree(actors, &shown)
}

fn is_shown(actor: &ActorReport, filter: &str) -> bool {
    let filter = filter.to_lowercase();
    let current = actor.current.as_deref().unwrap_or_default();
    [&actor.name, &actor.kind, &actor.state, current]
        .iter()
        .any(|text| text.to_lowercase().contains(&filter))
}

fn compare(
    a: &ActorReport,
    b: &ActorReport,
    rates: &BTreeMap<String, f64>,
    order: &Order,
) -> std::cmp::Ordering {
    let rate = |actor: &ActorReport| rates.get(&actor.name).copied().unwrap_or(0.0);
    let busy = |actor: &ActorReport| actor.current_ms.max(actor.job_ms);
    // The largest figure first; names from A.
    let by_figure = match order.sort {
        Sort::Name => std::cmp::Ordering::Equal,
        Sort::Depth => b.depth.cmp(&a.depth),
        Sort::Oldest => b.oldest_ms.total_cmp(&a.oldest_ms),
        Sort::Rate => rate(b).total_cmp(&rate(a)),
        Sort::Handled => b.handled.cmp(&a.handled),
        Sort::Busy => busy(b).total_cmp(&busy(a)),
        Sort::Lost => b.lost.cmp(&a.lost),
    };
    let found = by_figure.then_with(|| a.name.cmp(&b.name));
    if order.is_reversed {
        found.reverse()
    } else {
        found
    }
}

/// Puts each actor below its supervisor; one whose supervisor is not shown is a root.
fn tree(actors: &[ActorReport], shown: &[usize]) -> Vec<Row> {
    let names: BTreeMap<_, _> = shown
        .iter()
        .map(|index| (actors[*index].name.as_str(), *index))
        .collect();
    let above = |index: usize| {
        let supervisor = actors[index].supervisor.as_deref()?;
        names.get(supervisor).copied().filter(|it| *it != index)
    };
    let mut below = BTreeMap::<Option<usize>, Vec<usize>>::new();
    for index in shown {
        below.entry(above(*index)).or_default().push(*index);
    }
    let mut rows = Vec::with_capacity(shown.len());
    let mut placed = BTreeSet::new();
    for root in below.get(&None).into_iter().flatten() {
        place(*root, ("", ""), &below, &mut placed, &mut rows);
    }
    // Who supervises each other in a circle has no root; it is shown all the same.
    for index in shown {
        if !placed.contains(index) {
            place(*index, ("", ""), &below, &mut placed, &mut rows);
        }
    }
    rows
}

fn place(
    index: usize,
    (branch, indent): (&str, &str),
    below: &BTreeMap<Option<usize>, Vec<usize>>,
    placed: &mut BTreeSet<usize>,
    rows: &mut Vec<Row>,
) {
    if !placed.insert(index) {
        return;
    }
    rows.push(Row {
        index,
        branch: branch.to_owned(),
    });
    let children = below.get(&Some(index)).map_or(&[][..], Vec::as_slice);
    for (place_among, child) in children.iter().enumerate() {
        let is_last = place_among + 1 == children.len();
        let branch = format!("{indent}{}", if is_last { "└ " } else { "├ " });
        let deeper = format!("{indent}{}", if is_last { "  " } else { "│ " });
        place(*child, (&branch, &deeper), below, placed, rows);
    }
}
