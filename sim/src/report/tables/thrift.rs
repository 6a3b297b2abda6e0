//! Writes Thrift's compact protocol, as far as Parquet's headers need it.
//!
//! See `thrift-compact-protocol.md` in Apache Thrift's `doc/specs`.

/// A structure being written; nested ones are written into the same bytes.
#[derive(Default)]
pub(super) struct Writer {
    bytes: Vec<u8>,
    /// Last field of each structure that is open, the innermost last.
    fields: Vec<i16>,
}

impl Writer {
    /// A writer with the outermost structure open.
    pub(super) fn new() -> Self {
        Self {
            bytes: Vec::new(),
            fields: vec![0],
        }
    }

    /// Closes the outermost structure.
    pub(super) fn finish(mut self) -> Vec<u8> {
        self.close();
        self.bytes
    }

    /// A field of 32 bits.
    pub(super) fn int32(&mut self, field: i16, value: i32) {
        self.header(field, I32);
        self.varint(zigzag(value.into()));
    }

    /// A field of 64 bits.
    pub(super) fn int64(&mut self, field: i16, value: i64) {
        self.header(field, I64);
        self.varint(zigzag(value));
    }

    /// A text field.
    pub(super) fn text(&mut self, field: i16, value: &str) {
        self.header(field, BINARY);
        self.raw_text(value);
    }

    /// A list of 32-bit numbers.
    pub(super) fn int32_list(&mut self, field: i16, values: &[i32]) {
        self.list(field, I32, values.len());
        values
            .iter()
            .for_each(|value| self.varint(zigzag((*value).into())));
    }

    /// A list of texts.
    pub(super) fn text_list(&mut self, field: i16, values: &[&str]) {
        self.list(field, BINARY, values.len());
        values.iter().for_each(|value| self.raw_text(value));
    }

    /// A field that is a structure, written by `fill`.
    pub(super) fn structure(&mut self, field: i16, fill: impl FnOnce(&mut Self)) {
        self.header(field, STRUCT);
        self.nested(fill);
    }

    /// A field that is a list of structures, each written by `fill`.
    pub(super) fn structure_list<T>(
        &mut self,
        field: i16,
        items: impl ExactSizeIterator<Item = T>,
        mut fill: impl FnMut(&mut Self, T),
    ) {
        self.list(field, STRUCT, items.len());
        for item in items {
            self.nested(|writer| fill(writer, item));
        }
    }

    fn nested(&mut self, fill: impl FnOnce(&mut Self)) {
        self.fields.push(0);
        fill(self);
        self.close();
    }

    fn close(&mut self) {
        self.fields.pop();
        self.bytes.push(STOP);
    }

    /// Fields come in ascending order, less than sixteen apart, so one byte does.
    fn header(&mut self, field: i16, kind: u8) {
        let last = self
            .fields
            .last_mut()
            .expect("a field is written inside a structure");
        let step = field - std::mem::replace(last, field);
        debug_assert!(
            (1..16).contains(&step),
            "fields are written in ascending order"
        );
        self.bytes.push((step as u8) << 4 | kind);
    }

    fn list(&mut self, field: i16, kind: u8, count: usize) {
        self.header(field, LIST);
        if count < 15 {
            self.bytes.push((count as u8) << 4 | kind);
        } else {
            self.bytes.push(0xf0 | kind);
            self.varint(count as u64);
        }
    }

    fn raw_text(&mut self, value: &str) {
        self.varint(value.len() as u64);
        self.bytes.extend_from_slice(value.as_bytes());
    }

    fn varint(&mut self, mut value: u64) {
        while value >= 0x80 {
            self.bytes.push(value as u8 | 0x80);
            value >>= 7;
        }
        self.bytes.push(value as u8);
    }
}

fn zigzag(value: i64) -> u64 {
    ((value << 1) ^ (value >> 63)).cast_unsigned()
}

const STOP: u8 = 0;
const I32: u8 = 5;
const I64: u8 = 6;
const BINARY: u8 = 8;
const LIST: u8 = 9;
const STRUCT: u8 = 12;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_structure_is_the_one_worked_by_hand() {
        let mut writer = Writer::new();
        writer.int32(1, -1);
        writer.text(3, "ab");
        writer.structure(4, |inner| inner.int64(1, 300));
        writer.int32_list(5, &[2]);
        let bytes = writer.finish();
        assert_eq!(
            bytes,
            [
                0x15, 1, 0x28, 2, b'a', b'b', 0x1c, 0x16, 0xd8, 4, 0, 0x19, 0x15, 4, 0
            ]
        );
    }
}
