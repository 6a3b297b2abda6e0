//! What is claimed of figures, and what came of it.

use serde::Serialize;

use super::units::{maybe, number, percent, seconds};

/// A claim about one figure, set against what the runs gave.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Claim {
    /// The figure's path in the summary, as `coverage.t100_s.mean`.
    pub figure: String,
    /// The least that it may be.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at_least: Option<f64>,
    /// The most that it may be.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at_most: Option<f64>,
    /// What the runs gave; none if they could not tell.
    pub value: Option<f64>,
    /// Whether that is within the bounds.
    pub holds: bool,
    /// By how much it is better than claimed, or worse if below zero.
    pub margin: Option<f64>,
    /// What theory says of this figure in this network, if it does.
    pub theory: Option<Theory>,
}

/// What theory says of a figure.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Theory {
    /// The best that is possible.
    pub value: f64,
    /// Where it comes from.
    pub source: &'static str,
    /// How far from it the runs are; none if they could not tell.
    pub distance: Option<f64>,
    /// Whether the claim asks for more than is possible.
    pub is_exceeded: bool,
    /// What stands against the claim besides.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

impl Claim {
    /// A value of this figure, with its unit.
    #[must_use]
    pub fn show(&self, value: f64) -> String {
        let mut parts = self.figure.split('.');
        let is_time = |part: &str| part.ends_with("_s") && !part.ends_with("_per_s");
        if parts.clone().any(is_time) {
            seconds(value)
        } else if parts.any(is_share) {
            percent(value)
        } else {
            number(value)
        }
    }

    /// The bounds in words.
    #[must_use]
    pub fn bounds(&self) -> String {
        let least = self
            .at_least
            .map(|least| format!("at least {}", self.show(least)));
        let most = self
            .at_most
            .map(|most| format!("at most {}", self.show(most)));
        let bounds: Vec<String> = least.into_iter().chain(most).collect();
        bounds.join(" and ")
    }
}

impl Theory {
    /// What there is to say besides the value and its source.
    pub(super) fn remarks(&self) -> impl Iterator<Item = &str> {
        let exceeded = self.is_exceeded.then_some(EXCEEDED_TEXT);
        exceeded.into_iter().chain(self.note.as_deref())
    }
}

/// Whether a figure of this name is a share of something.
fn is_share(name: &str) -> bool {
    let begins = ["coverage_", "final_", "share_"];
    let is_named = ["alive", "bound"].contains(&name) || name.ends_with("_share");
    is_named || begins.iter().any(|begin| name.starts_with(begin))
}

/// What it means that a claim [exceeds](Theory::is_exceeded) what is possible.
const EXCEEDED_TEXT: &str = "more is claimed than is possible";

/// The claims as a table of the page; nothing if there are none.
pub(super) fn section(claims: &[Claim]) -> String {
    if claims.is_empty() {
        return String::new();
    }
    let missed = claims.iter().filter(|claim| !claim.holds).count();
    let said = match missed {
        0 => "All of it holds.".to_owned(),
        1 => "One of them does not hold.".to_owned(),
        count => format!("{count} of them do not hold."),
    };
    let rows: String = claims.iter().map(row).collect();
    format!(
        "<section class=full><h2>What is claimed</h2><p>Figures that the scenario sets limits to. \
         {said} Best is what latency leaves possible, or churn if newcomers take as long as here; \
         beside it stands how far off it these runs are.</p><div class=scroll>\
         <table><tr><th><th>Figure<th class=n>Claimed<th class=n>Found<th class=n>Margin\
         <th class=n>Best<th class=n>Off by<th>Because of</tr>{rows}</table></div></section>\n"
    )
}

fn row(claim: &Claim) -> String {
    let (class, word) = match claim.holds {
        true => ("good", "✓ holds"),
        false => ("bad", "✗ missed"),
    };
    let margin = claim.margin.map(|margin| {
        let sign = if margin < 0.0 { "−" } else { "+" };
        format!("{sign}{}", claim.show(margin.abs()))
    });
    let theory = claim.theory.as_ref().map_or_else(
        || "<td><td><td>".to_owned(),
        |theory| theory_cells(claim, theory),
    );
    format!(
        "<tr><td class={class}>{word}<td><code>{}</code><td class=n>{}<td class=n>{}<td class=n>{}\
         {theory}</tr>",
        claim.figure,
        claim.bounds(),
        maybe(claim.value, |value| claim.show(value)),
        margin.unwrap_or_default(),
    )
}

fn theory_cells(claim: &Claim, theory: &Theory) -> String {
    let mut because = theory.source.to_owned();
    for more in theory.remarks() {
        because.push_str("; ");
        because.push_str(more);
    }
    format!(
        "<td class=n>{}<td class=n>{}<td class=\"soft why\">{because}",
        claim.show(theory.value),
        maybe(theory.distance, |distance| claim.show(distance)),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::text::{Charset, claims_text};

    fn claim(figure: &str, value: f64) -> Claim {
        Claim {
            figure: figure.to_owned(),
            at_most: Some(0.6),
            value: Some(value),
            ..Claim::default()
        }
    }

    #[test]
    fn values_have_the_unit_of_their_figure() {
        let shown = ["coverage.t100_s.mean", "coverage.final_min", "events_per_s"]
            .map(|figure| claim(figure, 0.0).show(0.5));
        assert_eq!(shown, ["0.500 s", "50.0 %", "0.500"]);
    }

    #[test]
    fn the_page_and_the_terminal_say_what_holds_and_what_theory_allows() {
        let theory = Some(Theory {
            value: 0.25,
            source: "one hop",
            distance: Some(1.67345),
            is_exceeded: false,
            note: Some("loss".to_owned()),
        });
        let claims = [Claim {
            theory,
            ..claim("coverage.t100_s.mean", 1.92345)
        }];
        let text = claims_text(&claims, Charset::Ascii);
        let said = "  MISSED      coverage.t100_s.mean       1.92 s    at most 0.600 s     \
                    best 0.250 s, 1.67 s off: one hop\n              loss\n";
        assert!(text.ends_with(said), "{text}");
        let page = section(&claims);
        assert!(page.contains("One of them does not hold"));
        let cells =
            "<td class=n>0.250 s<td class=n>1.67 s<td class=\"soft why\">one hop; loss</tr>";
        assert!(page.contains(cells), "{page}");
        assert_eq!(section(&[]) + &claims_text(&[], Charset::Ascii), "");
    }
}
