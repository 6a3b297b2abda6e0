//! Tables as Parquet: required columns, plain encoding, no compression.
//!
//! See `src/main/thrift/parquet.thrift` in Apache's `parquet-format`, whose field numbers
//! stand below. The official crate writes the same and adds 0.8 MB to the executable.

use std::io::{self, Write};

use super::{
    columns::{Column, Table, Values},
    thrift::Writer,
};

/// Writes a table as a Parquet file.
///
/// # Errors
/// If `out` fails.
pub fn write_parquet(out: &mut dyn Write, table: &Table) -> io::Result<()> {
    out.write_all(MAGIC)?;
    let mut offset = MAGIC.len() as i64;
    let mut groups = Vec::new();
    let row_count = table.row_count();
    for from in (0..row_count).step_by(GROUP_ROW_COUNT) {
        let until = (from + GROUP_ROW_COUNT).min(row_count);
        let mut chunks = Vec::new();
        for column in &table.columns {
            let values = plain(&column.values, from, until);
            let page = page_header(values.len(), until - from);
            out.write_all(&page)?;
            out.write_all(&values)?;
            let bytes = (page.len() + values.len()) as i64;
            chunks.push(Chunk {
                column,
                offset,
                bytes,
            });
            offset += bytes;
        }
        groups.push((until - from, chunks));
    }
    let footer = footer(table, &groups);
    out.write_all(&footer)?;
    out.write_all(&(footer.len() as u32).to_le_bytes())?;
    out.write_all(MAGIC)
}

/// Where the values of a column lie.
struct Chunk<'a> {
    column: &'a Column,
    offset: i64,
    bytes: i64,
}

/// The plain encoding: little endian, texts after their length.
fn plain(values: &Values, from: usize, until: usize) -> Vec<u8> {
    match values {
        Values::Whole(values) => values[from..until]
            .iter()
            .flat_map(|value| value.to_le_bytes())
            .collect(),
        Values::Real(values) => values[from..until]
            .iter()
            .flat_map(|value| value.to_le_bytes())
            .collect(),
        Values::Text(values) => {
            let mut bytes = Vec::new();
            for value in &values[from..until] {
                bytes.extend_from_slice(&(value.len() as u32).to_le_bytes());
                bytes.extend_from_slice(value.as_bytes());
            }
            bytes
        }
    }
}

/// `PageHeader` with a `DataPageHeader`.
fn page_header(byte_count: usize, value_count: usize) -> Vec<u8> {
    let mut writer = Writer::new();
    writer.int32(1, DATA_PAGE);
    writer.int32(2, byte_count as i32);
    writer.int32(3, byte_count as i32);
    writer.structure(5, |page| {
        page.int32(1, value_count as i32);
        page.int32(2, PLAIN);
        page.int32(3, RLE);
        page.int32(4, RLE);
    });
    writer.finish()
}

/// `FileMetaData`.
fn footer(table: &Table, groups: &[(usize, Vec<Chunk>)]) -> Vec<u8> {
    let mut writer = Writer::new();
    writer.int32(1, 1);
    let columns = table.columns.iter().map(Some);
    let elements: Vec<_> = std::iter::once(None).chain(columns).collect();
    writer.structure_list(2, elements.into_iter(), |element, column| match column {
        None => {
            element.text(4, table.name);
            element.int32(5, table.columns.len() as i32);
        }
        Some(column) => schema_element(element, column),
    });
    writer.int64(3, table.row_count() as i64);
    writer.structure_list(4, groups.iter(), |group, (row_count, chunks)| {
        group.structure_list(1, chunks.iter(), |chunk, of| {
            column_chunk(chunk, of, *row_count)
        });
        group.int64(2, chunks.iter().map(|chunk| chunk.bytes).sum());
        group.int64(3, *row_count as i64);
    });
    writer.text(6, concat!("socket-runtime-sim ", env!("CARGO_PKG_VERSION")));
    writer.finish()
}

/// `SchemaElement`.
fn schema_element(element: &mut Writer, column: &Column) {
    element.int32(1, physical_type(&column.values));
    element.int32(3, REQUIRED);
    element.text(4, column.name);
    if matches!(column.values, Values::Text(_)) {
        element.int32(6, UTF8);
    }
}

/// `ColumnChunk` with a `ColumnMetaData`.
fn column_chunk(writer: &mut Writer, chunk: &Chunk, row_count: usize) {
    writer.int64(2, chunk.offset);
    writer.structure(3, |meta| {
        meta.int32(1, physical_type(&chunk.column.values));
        meta.int32_list(2, &[PLAIN, RLE]);
        meta.text_list(3, &[chunk.column.name]);
        meta.int32(4, UNCOMPRESSED);
        meta.int64(5, row_count as i64);
        meta.int64(6, chunk.bytes);
        meta.int64(7, chunk.bytes);
        meta.int64(9, chunk.offset);
    });
}

fn physical_type(values: &Values) -> i32 {
    match values {
        Values::Whole(_) => INT64,
        Values::Real(_) => DOUBLE,
        Values::Text(_) => BYTE_ARRAY,
    }
}

const MAGIC: &[u8] = b"PAR1";
/// Rows of a group; a page must stay below 2 GB.
const GROUP_ROW_COUNT: usize = 1 << 20;
const DATA_PAGE: i32 = 0;
const INT64: i32 = 2;
const DOUBLE: i32 = 5;
const BYTE_ARRAY: i32 = 6;
const PLAIN: i32 = 0;
const RLE: i32 = 3;
const REQUIRED: i32 = 0;
const UTF8: i32 = 0;
const UNCOMPRESSED: i32 = 0;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_begins_and_ends_as_parquet_does() {
        let columns = vec![Column {
            name: "n",
            values: Values::Whole(vec![7, -7]),
        }];
        let mut out = Vec::new();
        write_parquet(&mut out, &Table { name: "t", columns }).unwrap();
        assert_eq!(&out[..4], MAGIC);
        assert_eq!(&out[out.len() - 4..], MAGIC);
        let length = &out[out.len() - 8..out.len() - 4];
        let length = u32::from_le_bytes(length.try_into().unwrap()) as usize;
        let page = page_header(16, 2);
        assert_eq!(out.len(), 4 + page.len() + 16 + length + 8);
        assert_eq!(out[4 + page.len()..][..8], 7i64.to_le_bytes());
    }
}
