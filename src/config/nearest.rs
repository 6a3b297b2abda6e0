//! Finds the name that was probably meant.

use super::key::{ANY_OS, KEYS};

/// The key nearest to `name`, written `section.key`, for a name that
/// [`explain`](super::explain) does not know.
#[must_use]
pub fn nearest_key(name: &str) -> Option<String> {
    let wanted = name.replace('_', ".");
    let names: Vec<String> = KEYS
        .iter()
        .filter(|key| key.name != "*" && !key.section.contains(ANY_OS))
        .map(|key| format!("{}.{}", key.section, key.name))
        .collect();
    let flat: Vec<String> = names.iter().map(|name| name.replace('_', ".")).collect();
    let found = nearest(&wanted, flat.iter().map(String::as_str))?;
    let index = flat.iter().position(|name| name == found)?;
    names.into_iter().nth(index)
}

/// The key of `section` nearest to `name`, or another section's key of just this name.
pub(super) fn nearest_in(section: &str, name: &str) -> Option<String> {
    let siblings = KEYS
        .iter()
        .filter(|key| key.name != "*" && key.has_section(section));
    if let Some(found) = nearest(name, siblings.map(|key| key.name)) {
        return Some(format!("'{found}'"));
    }
    let elsewhere = KEYS.iter().find(|key| key.name == name)?;
    Some(format!("'{name}' in [{}]", elsewhere.section))
}

/// The section nearest to `section`.
pub(super) fn nearest_section(section: &str) -> Option<String> {
    nearest(section, KEYS.iter().map(|key| key.section)).map(|found| format!("[{found}]"))
}

/// The candidate nearest to `name`, if it is near enough to be a slip of the fingers.
pub(crate) fn nearest<'a>(
    name: &str,
    candidates: impl Iterator<Item = &'a str>,
) -> Option<&'a str> {
    if name.len() > NAME_BYTES_MAX {
        return None;
    }
    let folded = fold(name);
    let distance_max = (folded.chars().count() / 3).max(1);
    candidates
        .map(|candidate| {
            (
                strsim::damerau_levenshtein(&folded, &fold(candidate)),
                candidate,
            )
        })
        .filter(|&(distance, _)| distance <= distance_max)
        .min_by_key(|&(distance, _)| distance)
        .map(|(_, candidate)| candidate)
}

/// Spells `minWidth`, `min-width` and `min_width` alike.
fn fold(name: &str) -> String {
    name.chars()
        .filter(|c| !matches!(c, '_' | '-'))
        .flat_map(char::to_lowercase)
        .collect()
}

/// Longer names get no hint: the search would cost too much.
const NAME_BYTES_MAX: usize = 64;
