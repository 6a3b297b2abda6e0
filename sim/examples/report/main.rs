//! A toy epidemic, recorded and reported: `cargo run --release --example report -- out 256 120 8`
//! (folder, peers, virtual seconds, seeds).
//!
//! Peers push each packet on once to a few neighbours, pull what they miss from a random one,
//! come and go, and forget the oldest packets. Nothing here is a real protocol; the example
//! shows how a driver speaks to a recorder and what comes out of it.

mod toy;

use std::{
    error::Error,
    fs::{self, File},
    io::{BufWriter, Write},
    path::Path,
};

use sim::{
    metrics::{Curve, Finished},
    report::{
        Captured, Charset, PcapngWriter, RunSet, Summary, Table, compare, comparison_text, text,
        trace_table, write_csv, write_html, write_parquet, write_trace_lines,
    },
};

use self::toy::{Run, Toy};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let number = |index: usize, otherwise: u32| {
        arguments
            .get(index)
            .and_then(|text| text.parse().ok())
            .unwrap_or(otherwise)
    };
    let folder = Path::new(arguments.first().map_or("toy-report", String::as_str));
    let (peers, seconds, seeds) = (number(1, 256), number(2, 120), number(3, 8));
    fs::create_dir_all(folder)?;
    let old = run_all(
        &Toy {
            peers,
            seconds,
            fanout: 3,
        },
        seeds,
    )?;
    let new = run_all(
        &Toy {
            peers,
            seconds,
            fanout: 4,
        },
        seeds,
    )?;
    write_all(folder, &new.0, &Summary::of(&old.0), &new.1)
}

fn run_all(toy: &Toy, seeds: u32) -> Result<(RunSet, Finished), Box<dyn Error>> {
    let scenario = toy.scenario();
    let command = format!("report out {} {} {seeds}", toy.peers, toy.seconds);
    let mut set = RunSet::new("toy epidemic", scenario, &command);
    let mut first = None;
    for seed in 1..=u64::from(seeds) {
        let finished = Run::new(toy, seed).run();
        set.add(finished.record.clone())?;
        first.get_or_insert(finished);
    }
    Ok((set, first.ok_or("no seed")?))
}

fn write_all(
    folder: &Path,
    set: &RunSet,
    baseline: &Summary,
    first: &Finished,
) -> Result<(), Box<dyn Error>> {
    let create = |name: &str| File::create(folder.join(name)).map(BufWriter::new);
    let summary = Summary::of(set);
    let comparison = compare(&summary, baseline);
    serde_json::to_writer_pretty(create("summary.json")?, &summary)?;
    serde_json::to_writer(create("runs.json")?, set)?;
    write_html(
        &mut create("report.html")?,
        set,
        &summary,
        &[],
        Some(&comparison),
    )?;
    for table in Table::all(set, &summary) {
        write_csv(&mut create(&format!("{}.csv", table.name))?, &table)?;
        write_parquet(&mut create(&format!("{}.parquet", table.name))?, &table)?;
    }
    let seed = first.record.seed;
    write_trace_lines(&mut create("trace.jsonl")?, seed, &first.trace)?;
    write_parquet(
        &mut create("trace.parquet")?,
        &trace_table(seed, &first.trace),
    )?;
    let mut capture = PcapngWriter::new(create("peer.pcapng")?, "toy")?;
    for row in &first.trace {
        let address = |node: u32| {
            (
                [10, (node >> 16) as u8, (node >> 8) as u8, node as u8],
                9777,
            )
        };
        let (from, to) = (address(row.from), address(row.node));
        capture.write(&Captured {
            at_us: row.at_us,
            from,
            to,
            payload: b"toy packet",
        })?;
    }
    capture.finish()?;
    let mut curve = Curve::default();
    set.runs().iter().for_each(|run| curve.merge(&run.curve));
    let mut out = std::io::stdout();
    writeln!(out, "{}", text(&summary, &curve.points(), Charset::Unicode))?;
    writeln!(out, "{}", comparison_text(&comparison, Charset::Unicode))?;
    Ok(())
}
