//! Tables as comma-separated values (RFC 4180, with the line ends of Unix).

use std::io::{self, Write};

use super::columns::{Table, Values};

/// Writes a table with a line of names; a number that is not there is left empty.
///
/// # Errors
/// If `out` fails.
pub fn write_csv(out: &mut dyn Write, table: &Table) -> io::Result<()> {
    let names: Vec<_> = table.columns.iter().map(|column| column.name).collect();
    writeln!(out, "{}", names.join(","))?;
    for row in 0..table.row_count() {
        for (place, column) in table.columns.iter().enumerate() {
            if place > 0 {
                out.write_all(b",")?;
            }
            match &column.values {
                Values::Whole(values) => write!(out, "{}", values[row])?,
                Values::Real(values) if values[row].is_nan() => {}
                Values::Real(values) => write!(out, "{}", values[row])?,
                Values::Text(values) => write!(out, "{}", quoted(&values[row]))?,
            }
        }
        out.write_all(b"\n")?;
    }
    Ok(())
}

/// A text in quotes if it needs them.
fn quoted(text: &str) -> String {
    if text.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::tables::Column;

    #[test]
    fn values_are_quoted_where_they_must_be_and_left_out_where_there_are_none() {
        let columns = vec![
            Column {
                name: "n",
                values: Values::Whole(vec![-1, 2]),
            },
            Column {
                name: "x_s",
                values: Values::Real(vec![0.1, f64::NAN]),
            },
            Column {
                name: "who",
                values: Values::Text(vec!["a".into(), "b, \"c\"".into()]),
            },
        ];
        let mut out = Vec::new();
        write_csv(&mut out, &Table { name: "t", columns }).unwrap();
        let text = String::from_utf8(out).unwrap();
        assert_eq!(text, "n,x_s,who\n-1,0.1,a\n2,,\"b, \"\"c\"\"\"\n");
    }
}
