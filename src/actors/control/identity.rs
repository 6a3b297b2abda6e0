//! Who a peer is: by the text that it was given, by its state file, or by chance.

use rand::{SeedableRng as _, rngs::StdRng};

use crate::{
    actors::packet_cache::{State, StateError},
    relay::keys::SharedKey,
};

/// The Ed25519 seed of the peer's identity; a new one is written into the state file.
pub(super) fn seed(text: Option<&str>, state: Option<&State>) -> Result<[u8; 32], StateError> {
    if let Some(text) = text {
        // As everybody derives keys from texts.
        return Ok(SharedKey::from_seed(text.as_bytes()).0);
    }
    let Some(state) = state else {
        return Ok(random());
    };
    if let Some(kept) = state.get(IDENTITY)?
        && let Ok(seed) = kept.as_slice().try_into()
    {
        return Ok(seed);
    }
    let seed = random();
    state.put(IDENTITY, &seed)?;
    Ok(seed)
}

fn random() -> [u8; 32] {
    SharedKey::random(&mut StdRng::from_os_rng()).0
}

/// Where the state file keeps the seed.
const IDENTITY: &str = "identity";
