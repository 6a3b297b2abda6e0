//! The way of packets through the network, delivery by delivery.

use std::io::{self, Write};

use super::columns::{Table, whole};
use crate::metrics::TraceRow;

/// A trace as a table.
#[must_use]
pub fn trace_table(seed: u64, rows: &[TraceRow]) -> Table {
    let columns = vec![
        whole("seed", rows.iter().map(|_| seed)),
        whole("packet", rows.iter().map(|row| row.packet.into())),
        whole("node", rows.iter().map(|row| row.node.into())),
        whole("from", rows.iter().map(|row| row.from.into())),
        whole("at_us", rows.iter().map(|row| row.at_us)),
        whole("hops", rows.iter().map(|row| row.hops.into())),
    ];
    Table {
        name: "trace",
        columns,
    }
}

/// Writes a trace as one JSON object a line.
///
/// # Errors
/// If `out` fails.
pub fn write_trace_lines(out: &mut dyn Write, seed: u64, rows: &[TraceRow]) -> io::Result<()> {
    for TraceRow {
        at_us,
        packet,
        node,
        from,
        hops,
    } in rows
    {
        writeln!(
            out,
            r#"{{"seed":{seed},"packet":{packet},"node":{node},"from":{from},"at_us":{at_us},"hops":{hops}}}"#
        )?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_json() {
        let row = TraceRow {
            at_us: 5,
            packet: 1,
            node: 2,
            from: 3,
            hops: 4,
        };
        let mut out = Vec::new();
        write_trace_lines(&mut out, u64::MAX, &[row, row]).unwrap();
        let text = String::from_utf8(out).unwrap();
        assert_eq!(text.lines().count(), 2);
        let value: serde_json::Value = serde_json::from_str(text.lines().next().unwrap()).unwrap();
        assert_eq!(
            (value["seed"].as_u64(), value["hops"].as_u64()),
            (Some(u64::MAX), Some(4))
        );
    }
}
