//! Takes recordings apart and puts others together, by what their format says.

use socket_runtime::{
    actors::kit::Frame,
    messages::record::{decode, encode},
};
use twox_hash::XxHash3_64;

/// The number and the place of the frame that covers a byte.
pub(crate) fn frame_at(file: &[u8], byte: usize) -> (usize, usize) {
    let places = places(file);
    let (number, range) = places
        .iter()
        .enumerate()
        .find(|(_, range)| range.contains(&byte))
        .unwrap();
    (number, range.start)
}

/// The file without one frame.
pub(crate) fn without(file: &[u8], number: usize) -> Vec<u8> {
    let range = places(file).swap_remove(number);
    [&file[..range.start], &file[range.end..]].concat()
}

/// The file with other frames, which look as if they had been written like this.
pub(crate) fn change(file: &[u8], mut change: impl FnMut(&mut Frame)) -> Vec<u8> {
    rewrite(file, |frame| {
        change(frame);
        true
    })
}

/// The same, with those frames alone that are wanted.
pub(crate) fn rewrite(file: &[u8], mut is_wanted: impl FnMut(&mut Frame) -> bool) -> Vec<u8> {
    let mut written = file[..MAGIC_BYTES].to_vec();
    let mut number = 0;
    for range in places(file) {
        let mut frame: Frame = decode(&file[range.start + HEAD_BYTES..range.end]).unwrap();
        if !is_wanted(&mut frame) {
            continue;
        }
        let body = encode(&frame);
        written.extend_from_slice(&(body.len() as u32).to_le_bytes());
        let hash = XxHash3_64::oneshot_with_seed(number, &body);
        written.extend_from_slice(&hash.to_le_bytes());
        written.extend_from_slice(&body);
        number += 1;
    }
    written
}

fn places(file: &[u8]) -> Vec<std::ops::Range<usize>> {
    let mut places = Vec::new();
    let mut start = MAGIC_BYTES;
    while start < file.len() {
        let length = file[start..start + 4].try_into().unwrap();
        let end = start + HEAD_BYTES + u32::from_le_bytes(length) as usize;
        places.push(start..end);
        start = end;
    }
    places
}

const MAGIC_BYTES: usize = 8;
const HEAD_BYTES: usize = 12;
