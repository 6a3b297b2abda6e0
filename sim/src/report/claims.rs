//! What is claimed of figures, and what came of it.

use std::fmt;

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
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Theory {
    /// The figure that no protocol could better.
    pub value: f64,
    /// Where it comes from.
    pub source: &'static str,
}

impl Claim {
    /// A value of this figure, with its unit.
    #[must_use]
    pub fn show(&self, value: f64) -> String {
        let last = |is_it: fn(&str) -> bool| self.figure.split('.').any(is_it);
        if last(|part| part.ends_with("_s") && !part.ends_with("_per_s")) {
            seconds(value)
        } else if last(|part| part.starts_with("coverage_") || part.contains("share")) {
            percent(value)
        } else if last(|part| part.starts_with("final_") || part == "alive") {
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

impl fmt::Display for Claim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let found = self
            .value
            .map_or("unknown".to_owned(), |value| self.show(value));
        write!(f, "{} is {found}, expected {}", self.figure, self.bounds())?;
        match self.theory {
            Some(Theory { value, source }) => write!(f, " ({source}: {})", self.show(value)),
            None => Ok(()),
        }
    }
}

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
        "<section class=full><h2>What is claimed</h2><p>Figures that the scenario sets bounds to. \
         {said} Theory is what no protocol could better in this network.</p><div class=scroll>\
         <table><tr><th><th>Figure<th class=n>Claimed<th class=n>Found<th class=n>Margin\
         <th>Theory</tr>{rows}</table></div></section>\n"
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
    let theory = claim.theory.map_or(String::new(), |theory| {
        format!(
            "{} <span class=soft>{}</span>",
            claim.show(theory.value),
            theory.source
        )
    });
    format!(
        "<tr><td class={class}>{word}<td><code>{}</code><td class=n>{}<td class=n>{}<td class=n>{}\
         <td>{theory}</tr>",
        claim.figure,
        claim.bounds(),
        maybe(claim.value, |value| claim.show(value)),
        margin.unwrap_or_default(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

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
    fn a_claim_says_what_was_found_and_what_theory_allows() {
        let theory = Some(Theory {
            value: 0.25,
            source: "one hop to everybody",
        });
        let claim = Claim {
            theory,
            ..claim("coverage.t100_s.mean", 1.92345)
        };
        let said = "coverage.t100_s.mean is 1.92 s, expected at most 0.600 s (one hop to everybody: 0.250 s)";
        assert_eq!(claim.to_string(), said);
        assert!(section(&[claim]).contains("One of them does not hold"));
        assert_eq!(section(&[]), "");
    }
}
