//! Hex digits of ids, which every ping and pong carries: read and written by table.

/// The bytes of a text of exactly twice as many hex digits.
#[must_use]
pub(super) fn decode<const N: usize>(text: &str) -> Option<[u8; N]> {
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    if pairs.len() != N || !rest.is_empty() {
        return None;
    }
    let (mut bytes, mut seen) = ([0; N], 0);
    for (byte, [high, low]) in bytes.iter_mut().zip(pairs) {
        let [high, low] = [high, low].map(|digit| VALUES[usize::from(*digit)]);
        seen |= high | low;
        *byte = high << 4 | low & 0xf;
    }
    (seen & NO_DIGIT == 0).then_some(bytes)
}

/// Writes two digits for each byte; `digits` is twice as long.
pub(super) fn encode(bytes: &[u8], digits: &mut [u8]) {
    for (byte, two) in bytes.iter().zip(digits.as_chunks_mut::<2>().0) {
        *two = PAIRS[usize::from(*byte)];
    }
}

const DIGITS: &[u8; 16] = b"0123456789abcdef";
/// The two digits of each byte.
const PAIRS: [[u8; 2]; 256] = pairs();
/// Marks what is no digit.
const NO_DIGIT: u8 = 0x80;
/// By character.
const VALUES: [u8; 256] = values();

const fn pairs() -> [[u8; 2]; 256] {
    let mut pairs = [[0; 2]; 256];
    let mut byte = 0;
    while byte < pairs.len() {
        pairs[byte] = [DIGITS[byte >> 4], DIGITS[byte & 0xf]];
        byte += 1;
    }
    pairs
}

const fn values() -> [u8; 256] {
    let mut values = [NO_DIGIT; 256];
    let mut value = 0;
    while value < DIGITS.len() {
        let digit = DIGITS[value];
        values[digit as usize] = value as u8;
        values[digit.to_ascii_uppercase() as usize] = value as u8;
        value += 1;
    }
    values
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_is_written_is_read_in_either_case(bytes: [u8; 20]) {
            let mut digits = [0; 40];
            encode(&bytes, &mut digits);
            let text = std::str::from_utf8(&digits).unwrap();
            prop_assert_eq!(text, hex::encode(bytes));
            prop_assert_eq!(decode(text), Some(bytes));
            prop_assert_eq!(decode(&text.to_uppercase()), Some(bytes));
        }

        #[test]
        fn any_text_is_read_as_the_usual_decoder_reads_it(text in "[0-9a-gA-G]{0,6}|.{4}") {
            let mut bytes = [0; 2];
            let expected = hex::decode_to_slice(&text, &mut bytes).ok().map(|()| bytes);
            prop_assert_eq!(decode::<2>(&text), expected);
        }
    }
}
