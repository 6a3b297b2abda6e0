//! One peer of the network as actors: [`json`] is how it looks from outside, [`Keyring`] opens
//! what is sealed.

pub mod json;
mod keyring;

pub use self::keyring::Keyring;
