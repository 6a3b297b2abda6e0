//! What runs leave in a folder.
//!
//! | file | what it is |
//! |---|---|
//! | `report.html` | everything, as a page to look at |
//! | `summary.json`, `summary.txt` | the figures, as `--json` and the terminal have them |
//! | `scenario.toml` | every value of the scenario, to be run again |
//! | `churn.csv` | when peers came and went, if a file said so |
//! | `shard-I-N.json` | the records of the runs, for `runtime sim merge` |
//! | `*.csv`, `*.parquet` | tables of packets, coverage, traffic, loads, links and figures |
//! | `watch.pcapng` | the datagrams of the peer that was watched |
//! | `trace.jsonl`, `trace.parquet` | the ways of the messages that were traced |
//!
//! Files of these names that an earlier run left are removed; no other file is.

use std::{
    fs,
    io::{self, BufWriter, Write},
    path::{Path, PathBuf},
};

use sim::{
    metrics::TraceRow,
    report::{
        Captured, PcapngWriter, RunSet, Summary, Table, trace_table, write_csv, write_html,
        write_parquet, write_trace_lines,
    },
};

use super::{results::Results, values::Shard};
use crate::{
    actors::simulation::{self, Scenario},
    cli::{CliError, error::Explain as _},
};

/// A folder for results.
pub(super) struct Folder<'a>(&'a Path);

impl<'a> Folder<'a> {
    /// Makes the folder, if it is not there yet.
    pub(super) fn make(path: &'a Path) -> Result<Self, CliError> {
        fs::create_dir_all(path).explain(|| format!("make the folder '{}'", path.display()))?;
        // Better now than after an hour of simulating.
        let trial = path.join(TRIAL_NAME);
        let written = fs::write(&trial, "").and_then(|()| remove(&trial));
        written.explain(|| format!("write into the folder '{}'", path.display()))?;
        Ok(Self(path))
    }

    /// Writes all that is made of the records.
    pub(super) fn write_results(&self, results: &Results, text: &str) -> Result<(), CliError> {
        let Results { set, summary, .. } = results;
        self.write("summary.json", |out| writeln!(out, "{:#}", results.json()))?;
        self.write("summary.txt", |out| out.write_all(text.as_bytes()))?;
        self.write("report.html", |out| {
            let compared = results.comparison.as_ref();
            write_html(out, set, summary, &results.claims, compared)
        })?;
        for table in Table::all(set, summary) {
            self.write_table(&table)?;
        }
        Ok(())
    }

    /// Writes the records themselves.
    pub(super) fn write_records(&self, set: &RunSet, shard: Shard) -> Result<(), CliError> {
        let name = format!("shard-{}-{}.json", shard.index, shard.count);
        self.write(&name, |out| Ok(serde_json::to_writer(out, set)?))
    }

    /// Writes every value of the scenario, and beside it the trace that it names.
    pub(super) fn write_scenario(
        &self,
        scenario: &Scenario,
        trace: Option<&str>,
    ) -> Result<(), CliError> {
        let mut scenario = scenario.clone();
        if let Some(trace) = trace {
            self.write(TRACE_NAME, |out| out.write_all(trace.as_bytes()))?;
            scenario.churn.trace_file = Some(TRACE_NAME.to_owned());
        }
        self.write("scenario.toml", |out| {
            let text = toml::to_string(&scenario).map_err(io::Error::other)?;
            out.write_all(text.as_bytes())
        })
    }

    /// Removes what an earlier run left here, but for other parts of the same sweep.
    ///
    /// Call it once the records of this run are written: they stay, whatever they replace.
    pub(super) fn remove_former(&self, shard: Shard) -> Result<(), CliError> {
        let entries = fs::read_dir(self.0).explain(|| format!("read '{}'", self.0.display()))?;
        let own_names = names();
        for path in entries.flatten().map(|entry| entry.path()) {
            let is_own = match (shard_of(&path), path.file_name()) {
                (Some(other), _) => other.count != shard.count,
                (None, name) => own_names.iter().any(|own| name == Some(own.as_ref())),
            };
            if is_own && path.is_file() {
                remove(&path).explain(|| format!("remove '{}'", path.display()))?;
            }
        }
        Ok(())
    }

    /// Writes the ways of the traced messages, run after run.
    pub(super) fn write_traces(&self, traces: &[(u64, &[TraceRow])]) -> Result<(), CliError> {
        self.write("trace.jsonl", |out| {
            let mut traces = traces.iter();
            traces.try_for_each(|(seed, rows)| write_trace_lines(out, *seed, rows))
        })?;
        match traces.first() {
            Some((seed, rows)) if traces.len() == 1 => self.write_table(&trace_table(*seed, rows)),
            _ => Ok(()),
        }
    }

    /// Writes the datagrams of a peer.
    pub(super) fn write_watched(
        &self,
        peer: u32,
        datagrams: &[simulation::Captured],
    ) -> Result<(), CliError> {
        self.write("watch.pcapng", |out| {
            let mut writer = PcapngWriter::new(out, &format!("peer {peer}"))?;
            for datagram in datagrams {
                writer.write(&Captured {
                    at_us: datagram.at.as_micros(),
                    from: (datagram.from.ip().octets(), datagram.from.port()),
                    to: (datagram.to.ip().octets(), datagram.to.port()),
                    payload: &datagram.payload,
                })?;
            }
            writer.finish().map(|_| ())
        })
    }

    fn write_table(&self, table: &Table) -> Result<(), CliError> {
        self.write(&format!("{}.csv", table.name), |out| write_csv(out, table))?;
        self.write(&format!("{}.parquet", table.name), |out| {
            write_parquet(out, table)
        })
    }

    fn write(
        &self,
        name: &str,
        fill: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    ) -> Result<(), CliError> {
        let path = self.0.join(name);
        let written = fs::File::create(&path).and_then(|file| {
            let mut out = BufWriter::new(file);
            fill(&mut out)?;
            out.flush()
        });
        written.explain(|| format!("write '{}'", path.display()))
    }

    /// Where it is.
    pub(super) fn path(&self) -> &Path {
        self.0
    }
}

fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        // Another part of the sweep was faster.
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        removed => removed,
    }
}

/// The names of all files but those of records.
fn names() -> Vec<String> {
    let plain = [
        "report.html",
        "summary.json",
        "summary.txt",
        "scenario.toml",
        TRACE_NAME,
        "watch.pcapng",
        "trace.jsonl",
    ];
    let tables = Table::all(&RunSet::default(), &Summary::default());
    let tables = tables.iter().map(|table| table.name).chain(["trace"]);
    let tables = tables.flat_map(|name| [format!("{name}.csv"), format!("{name}.parquet")]);
    plain.map(str::to_owned).into_iter().chain(tables).collect()
}

/// Reads the trace that lies beside the records of a part, if there is one.
pub(super) fn trace_beside(records: &Path) -> Option<String> {
    fs::read_to_string(records.with_file_name(TRACE_NAME)).ok()
}

/// Reads the parts of a sweep: the records in folders, and files of records.
pub(super) fn read_parts(paths: &[PathBuf]) -> Result<Vec<(PathBuf, RunSet)>, CliError> {
    let mut parts = Vec::new();
    for path in paths {
        for file in files_of(path)? {
            let text = fs::read(&file).explain(|| format!("read '{}'", file.display()))?;
            let set = serde_json::from_slice(&text).map_err(|error| {
                let file = file.display();
                CliError::failure(format!("'{file}' holds no records: {error}"))
                    .hint("`runtime sim --out DIR` writes them into DIR/shard-I-N.json")
            })?;
            parts.push((file, set));
        }
    }
    Ok(parts)
}

fn files_of(path: &Path) -> Result<Vec<PathBuf>, CliError> {
    if !path.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let entries = fs::read_dir(path).explain(|| format!("read '{}'", path.display()))?;
    let entries = entries.flatten().map(|entry| entry.path());
    let mut files: Vec<PathBuf> = entries.filter(|path| shard_of(path).is_some()).collect();
    if files.is_empty() {
        return Err(
            CliError::failure(format!("there are no records in '{}'", path.display()))
                .hint("`runtime sim --out DIR` writes them into DIR/shard-I-N.json"),
        );
    }
    files.sort();
    Ok(files)
}

/// Which shard a file has the records of, by its name.
pub(super) fn shard_of(path: &Path) -> Option<Shard> {
    let name = path.file_name()?.to_str()?;
    let (index, count) = name
        .strip_prefix("shard-")?
        .strip_suffix(".json")?
        .split_once('-')?;
    Some(Shard {
        index: index.parse().ok()?,
        count: count.parse().ok()?,
    })
}

/// Shows that files can be written.
const TRIAL_NAME: &str = ".runtime-sim";
/// When peers came and went.
const TRACE_NAME: &str = "churn.csv";
