//! Messages of more than one packet: taken apart and put together (spec section 3).

/// Bytes of the longest message that is split or put together: 1 MiB.
pub const MESSAGE_BYTES_MAX: usize = 1 << 20;
