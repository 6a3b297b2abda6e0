//! The values that members of a message have.

use core::{fmt, net::Ipv4Addr};

use serde::ser::{Serialize, Serializer};

use crate::relay::{PeerId, hex_text, nat::NatType};

/// A value of a JSON object, as far as it matters.
#[derive(Clone, Copy)]
pub(super) enum Scalar<'a> {
    Null,
    Bool(bool),
    Number(u64),
    Text(&'a str),
    /// What no member takes: negative numbers, lists, objects.
    Other,
}

/// A kind of member.
pub(super) trait Member: Sized {
    /// The value as this kind, if it can be.
    fn take(scalar: Scalar<'_>) -> Option<Self>;

    /// What an absent key means; nothing if it must be there.
    fn absent() -> Option<Self> {
        None
    }

    /// Appends the value as JSON.
    fn write(&self, json: &mut Vec<u8>);

    /// Whether it is worth a key.
    fn is_present(&self) -> bool {
        true
    }
}

/// Puts a value in its place; false if it cannot be what its key stands for.
pub(super) fn take_in<T: Member>(place: &mut Option<T>, scalar: Scalar<'_>) -> bool {
    *place = match scalar {
        Scalar::Null => T::absent(),
        scalar => T::take(scalar),
    };
    place.is_some() || matches!(scalar, Scalar::Null)
}

/// Whether a member is sent.
pub(super) fn is_in<T: Member>(member: &T) -> bool {
    member.is_present()
}

/// Begins an object, or goes on with the next member; `key` comes with its quotes and colon.
/// Every message has a member that is always there.
pub(super) fn write_key(json: &mut Vec<u8>, key: &str) {
    json.push(if json.is_empty() { b'{' } else { b',' });
    json.extend_from_slice(key.as_bytes());
}

/// Appends a text that needs no escapes.
fn write_plain(json: &mut Vec<u8>, text: &[u8]) {
    json.push(b'"');
    json.extend_from_slice(text);
    json.push(b'"');
}

/// Appends a whole number.
fn write_number(json: &mut Vec<u8>, mut number: u64) {
    let mut digits = [0; 20];
    let mut first = digits.len();
    loop {
        first -= 1;
        digits[first] = b'0' + (number % 10) as u8;
        number /= 10;
        if number == 0 {
            break;
        }
    }
    json.extend_from_slice(&digits[first..]);
}

/// Bytes as base64 with padding.
pub(super) fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let mut triple = [0; 3];
        triple[..chunk.len()].copy_from_slice(chunk);
        let bits = u32::from_be_bytes([0, triple[0], triple[1], triple[2]]);
        for place in 0..4 {
            let digit = (bits >> (18 - 6 * place)) & 63;
            let is_padding = place > chunk.len();
            text.push(if is_padding {
                '='
            } else {
                char::from(DIGITS[digit as usize])
            });
        }
    }
    text
}

/// A short text that comes back as it was sent: what names a ping or the finding of a NAT type.
///
/// Ours are twelve hex digits; what others send is echoed whatever it is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Token {
    bytes: [u8; TOKEN_BYTES_MAX],
    length: u8,
}

impl Token {
    /// A token from six random bytes.
    #[must_use]
    pub fn from_random(random: [u8; 6]) -> Self {
        let mut bytes = [0; TOKEN_BYTES_MAX];
        hex::encode_to_slice(random, &mut bytes[..12]).expect("twelve digits for six bytes");
        Self { bytes, length: 12 }
    }

    /// A token that somebody else made: 1 to 16 hex digits.
    ///
    /// # Errors
    /// If the text is anything else.
    pub fn new(text: &str) -> Result<Self, InvalidToken> {
        let is_token = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        let mut bytes = [0; TOKEN_BYTES_MAX];
        match bytes.get_mut(..text.len()) {
            Some(place) if is_token => place.copy_from_slice(text.as_bytes()),
            _ => return Err(InvalidToken),
        }
        let length = u8::try_from(text.len()).map_err(|_| InvalidToken)?;
        Ok(Self { bytes, length })
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        let bytes = &self.bytes[..usize::from(self.length)];
        core::str::from_utf8(bytes).expect("only hex digits get in")
    }
}

impl Serialize for Token {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Token({})", self.as_str())
    }
}

/// A text is no [`Token`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a token has 1 to {TOKEN_BYTES_MAX} hex digits")]
pub struct InvalidToken;

/// The hash in a summary of a cache.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SummaryHash(pub [u8; 20]);

impl Serialize for SummaryHash {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut text = [0; 40];
        hex_text::encode(&self.0, &mut text);
        serializer.serialize_str(core::str::from_utf8(&text).expect("hex digits are text"))
    }
}

impl<T: Member> Member for Option<T> {
    fn take(scalar: Scalar<'_>) -> Option<Self> {
        T::take(scalar).map(Some)
    }

    fn absent() -> Option<Self> {
        Some(None)
    }

    fn write(&self, json: &mut Vec<u8>) {
        match self {
            Some(value) => value.write(json),
            None => json.extend_from_slice(b"null"),
        }
    }

    fn is_present(&self) -> bool {
        self.is_some()
    }
}

impl Member for bool {
    fn take(scalar: Scalar<'_>) -> Option<Self> {
        match scalar {
            Scalar::Bool(value) => Some(value),
            _ => None,
        }
    }

    fn absent() -> Option<Self> {
        Some(false)
    }

    fn write(&self, json: &mut Vec<u8>) {
        json.extend_from_slice(if *self { b"true" } else { b"false" });
    }

    fn is_present(&self) -> bool {
        *self
    }
}

impl Member for u64 {
    fn take(scalar: Scalar<'_>) -> Option<Self> {
        match scalar {
            Scalar::Number(value) => Some(value),
            _ => None,
        }
    }

    fn write(&self, json: &mut Vec<u8>) {
        write_number(json, *self);
    }
}

/// A port.
impl Member for u16 {
    fn take(scalar: Scalar<'_>) -> Option<Self> {
        let port = Self::try_from(u64::take(scalar)?).ok()?;
        (port != 0).then_some(port)
    }

    fn write(&self, json: &mut Vec<u8>) {
        write_number(json, u64::from(*self));
    }
}

impl Member for NatType {
    fn take(scalar: Scalar<'_>) -> Option<Self> {
        u8::try_from(u64::take(scalar)?).ok().map(Self)
    }

    fn write(&self, json: &mut Vec<u8>) {
        write_number(json, u64::from(self.0));
    }
}

/// A member that is read from a text, and how it is appended as JSON.
macro_rules! text_member {
    ($($kind:ty: |$text:ident| $read:expr, |$value:ident, $json:ident| $write:expr;)*) => {
        $(impl Member for $kind {
            fn take(scalar: Scalar<'_>) -> Option<Self> {
                match scalar {
                    Scalar::Text($text) => $read,
                    _ => None,
                }
            }

            fn write(&self, $json: &mut Vec<u8>) {
                let $value = self;
                $write
            }
        })*
    };
}

text_member! {
    PeerId: |text| text.parse().ok(), |value, json| {
        let mut digits = [0; 64];
        hex_text::encode(&value.0, &mut digits);
        write_plain(json, &digits);
    };
    Ipv4Addr: |text| text.parse().ok(), |value, json| {
        let mut separator = b'"';
        for octet in value.octets() {
            json.push(separator);
            write_number(json, u64::from(octet));
            separator = b'.';
        }
        json.push(b'"');
    };
    Token: |text| Self::new(text).ok(), |value, json| write_plain(json, value.as_str().as_bytes());
    String: |text| (text.len() <= KEY_BYTES_MAX).then(|| text.to_owned()), |value, json| {
        serde_json::to_writer(json, value).expect("a text always serialises");
    };
    SummaryHash: |text| hex_text::decode(text).map(Self), |value, json| {
        let mut digits = [0; 40];
        hex_text::encode(&value.0, &mut digits);
        write_plain(json, &digits);
    };
}

/// Digits of the longest token.
const TOKEN_BYTES_MAX: usize = 16;
/// Bytes of the longest key of a join: two ids of 32 bytes in base64 and a colon.
const KEY_BYTES_MAX: usize = 89;
