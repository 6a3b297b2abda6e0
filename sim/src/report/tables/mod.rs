//! The tables of a report: plain columns, written as CSV, JSON lines or Parquet.

mod columns;
mod csv;
mod parquet;
mod thrift;
mod trace;

pub use columns::{Column, Table, Values};
pub use csv::write_csv;
pub use parquet::write_parquet;
pub use trace::{trace_table, write_trace_lines};
