//! Reads a JSON object member by member, without building a tree of it.

use core::fmt;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::{plain::plain_members, value::Scalar};

/// Why a message is not what its packet's type says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MessageError {
    /// It is no JSON object.
    #[error("the message is no JSON object")]
    NotAnObject,
    /// It does not say what the head of a message must say.
    #[error("the message is no head: it lacks size or indexes")]
    NotAHead,
    /// A key that it must have is absent.
    #[error("key '{key}' is required")]
    Missing {
        /// Which key.
        key: &'static str,
    },
    /// A value is of another type than its key stands for, or out of range.
    #[error("key '{key}' has a value that it cannot have")]
    Invalid {
        /// Which key.
        key: &'static str,
    },
}

/// Takes in the value of the key at a place; false if it cannot be what that stands for.
pub(super) type Take<'t> = dyn FnMut(usize, Scalar<'_>) -> bool + 't;

/// Hands each member of a JSON object whose key is among `keys` to `take`.
pub(super) fn parse_members(
    message: &[u8],
    keys: &'static [&'static str],
    take: &mut Take<'_>,
) -> Result<(), MessageError> {
    match plain_members(message, keys, take) {
        Some(Some(key)) => Err(MessageError::Invalid { key }),
        Some(None) => Ok(()),
        // A value that was taken is taken again there, where it comes again.
        None => any_members(message, keys, take),
    }
}

/// The same for whatever is JSON.
pub(super) fn any_members(
    message: &[u8],
    keys: &'static [&'static str],
    take: &mut Take<'_>,
) -> Result<(), MessageError> {
    let mut invalid = None;
    let members = Members {
        keys,
        take,
        invalid: &mut invalid,
    };
    let mut json = serde_json::Deserializer::from_slice(message);
    let outcome = json.deserialize_map(members).and_then(|()| json.end());
    match (invalid, outcome) {
        (Some(key), _) => Err(MessageError::Invalid { key }),
        (None, Err(_)) => Err(MessageError::NotAnObject),
        (None, Ok(())) => Ok(()),
    }
}

/// Visits the members of an object.
struct Members<'m, 't> {
    keys: &'static [&'static str],
    take: &'m mut Take<'t>,
    invalid: &'m mut Option<&'static str>,
}

impl<'de> Visitor<'de> for Members<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    /// Goes on after a value that cannot be: broken JSON behind it is worse.
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key_seed(Key(self.keys))? {
            let Some(place) = key else {
                map.next_value::<IgnoredAny>()?;
                continue;
            };
            let mut take = |scalar: Scalar<'_>| (self.take)(place, scalar);
            if !map.next_value_seed(OneScalar(&mut take))? {
                self.invalid.get_or_insert(self.keys[place]);
            }
        }
        Ok(())
    }
}

/// Reads a key: the place of one of the known, or none.
struct Key(&'static [&'static str]);

impl<'de> DeserializeSeed<'de> for Key {
    type Value = Option<usize>;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Self::Value, D::Error> {
        from.deserialize_str(self)
    }
}

impl Visitor<'_> for Key {
    type Value = Option<usize>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E>(self, key: &str) -> Result<Self::Value, E> {
        Ok(self.0.iter().position(|known| *known == key))
    }
}

/// Reads any value; what is neither number, text, truth value nor null is [`Scalar::Other`].
struct OneScalar<'t>(&'t mut dyn FnMut(Scalar<'_>) -> bool);

impl<'de> DeserializeSeed<'de> for OneScalar<'_> {
    type Value = bool;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<bool, D::Error> {
        from.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for OneScalar<'_> {
    type Value = bool;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E>(self) -> Result<bool, E> {
        Ok((self.0)(Scalar::Null))
    }

    fn visit_bool<E>(self, value: bool) -> Result<bool, E> {
        Ok((self.0)(Scalar::Bool(value)))
    }

    fn visit_u64<E>(self, value: u64) -> Result<bool, E> {
        Ok((self.0)(Scalar::Number(value)))
    }

    fn visit_i64<E>(self, _value: i64) -> Result<bool, E> {
        Ok((self.0)(Scalar::Other))
    }

    /// Other implementations may write whole numbers as fractions.
    fn visit_f64<E>(self, value: f64) -> Result<bool, E> {
        let is_number = (0.0..=MAX_SAFE_INTEGER).contains(&value);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "in range, and the fraction is nobody's concern"
        )]
        let scalar = if is_number {
            Scalar::Number(value as u64)
        } else {
            Scalar::Other
        };
        Ok((self.0)(scalar))
    }

    fn visit_str<E>(self, value: &str) -> Result<bool, E> {
        Ok((self.0)(Scalar::Text(value)))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<bool, A::Error> {
        while items.next_element::<IgnoredAny>()?.is_some() {}
        Ok((self.0)(Scalar::Other))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<bool, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok((self.0)(Scalar::Other))
    }
}

/// The largest whole number that JavaScript counts to one by one.
const MAX_SAFE_INTEGER: f64 = 9_007_199_254_740_991.0;
