//! The report as one page to look at: no script, no network, drawings in the page itself.

mod coverage;
mod figure;
mod links;
mod loads;
mod map;
mod scale;
mod survival;
mod svg;
mod syncs;
mod tables;
mod traffic;

use std::io::{self, Write};

use super::{Claim, Comparison, RunSet, Summary, claims, offline};

/// Writes the page of a set of runs, with what is claimed of them, and a comparison if there is
/// a baseline.
///
/// # Errors
/// If `out` fails.
pub fn write_html(
    out: &mut dyn Write,
    set: &RunSet,
    summary: &Summary,
    claimed: &[Claim],
    comparison: Option<&Comparison>,
) -> io::Result<()> {
    let title = svg::escape(&summary.name);
    let digest = svg::escape(&summary.digest);
    write!(
        out,
        "<!doctype html>\n<html lang=en><meta charset=utf-8><meta name=viewport \
         content=\"width=device-width,initial-scale=1\"><title>{title}</title>\n<style>\n{STYLE}\
         </style>\n{}{}<main>\n",
        tables::header(summary),
        tables::tiles(summary),
    )?;
    for part in [
        claims::section(claimed),
        coverage::arrival(set, summary),
        coverage::times(set, summary),
        coverage::later(set, summary),
        map::map(set),
        loads::loads(set, summary),
        links::links(set, summary),
        traffic::traffic(set, summary),
        survival::survival(summary),
        offline::section(&summary.offline),
        traffic::caches(set, summary),
        syncs::syncs(summary),
        comparison.map(tables::comparison).unwrap_or_default(),
        tables::scenario(summary),
        tables::seeds(summary),
    ] {
        out.write_all(part.as_bytes())?;
    }
    writeln!(
        out,
        "</main><footer>digest <code>{digest}</code></footer></html>"
    )
}

const STYLE: &str = include_str!("style.css");

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::RunRecord;

    fn page(set: &RunSet) -> String {
        let mut out = Vec::new();
        write_html(&mut out, set, &Summary::of(set), &[], None).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_page_of_nothing_is_still_a_page() {
        let mut set = RunSet::new("<b>", serde_json::json!({"peers": 3}), "runtime sim");
        assert!(page(&set).contains("<title>&lt;b&gt;</title>"));
        set.add(RunRecord::default()).unwrap();
        let page = page(&set);
        assert!(page.ends_with("</html>\n"));
        assert!(!page.contains("NaN") && !page.contains("inf"), "{page}");
    }

    #[test]
    fn a_page_needs_nothing_from_outside() {
        let page = page(&RunSet::new("x", serde_json::Value::Null, ""));
        for outside in [
            "http:", "https:", "<script", "<link", "url(", "@import", "src=",
        ] {
            assert!(!page.contains(outside), "{outside}");
        }
    }
}
