//! `crypto.*`: keys, sealing, signatures and hashes, as the network has them.

use rand::{RngCore as _, rngs::StdRng};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::Route;
use crate::{
    actors::router::{Args, CallResult, Desk},
    messages::router::{CallError, CallReply},
    relay::keys::{self, KeyPair, SharedKey},
};

pub(super) const ROUTES: &[Route] = &[
    Route::new("crypto.createSharedKey", create_shared_key),
    Route::new("crypto.createKeyPair", create_key_pair),
    Route::new("crypto.createClusterId", create_cluster_id),
    Route::new("crypto.createSubclusterId", create_subcluster_id),
    Route::new("crypto.createId", create_id),
    Route::new("crypto.seal", seal),
    Route::new("crypto.open", open),
    Route::new("crypto.sealMessage", seal_message),
    Route::new("crypto.openMessage", open_message),
    Route::new("crypto.sign", sign),
    Route::new("crypto.verify", verify),
    Route::new("crypto.sha256", sha256),
];

fn create_shared_key(args: Args, desk: Desk<'_>) {
    run(args, desk, |args, mut random| {
        let key = match seed(&args)? {
            Some(seed) => SharedKey::from_seed(&seed),
            None => SharedKey::random(&mut random),
        };
        Ok(json!({ "key": hex::encode(key.0) }).into())
    });
}

fn create_key_pair(args: Args, desk: Desk<'_>) {
    run(args, desk, |args, mut random| {
        let pair = match (args.optional_string("text")?, args.body.len()) {
            (Some(text), _) => KeyPair::from_text(&text),
            (None, 0) => KeyPair::from_seed(random_bytes(&mut random)),
            (None, _) => match args.body.as_slice().try_into() {
                Ok(seed) => KeyPair::from_seed(seed),
                Err(_) => return Err(args.invalid("body", "must be a seed of 32 bytes")),
            },
        };
        let public = hex::encode(pair.public());
        let private = hex::encode(pair.secret());
        Ok(json!({ "publicKey": public, "privateKey": private }).into())
    });
}

fn create_cluster_id(args: Args, mut desk: Desk<'_>) {
    let mut random = desk.random();
    let id = seed(&args).and_then(|seed| match seed {
        Some(bytes) if bytes.len() > 32 => Err(args.invalid(
            "text",
            "must have 32 bytes at most, as the network carries no more",
        )),
        Some(bytes) => Ok(bytes),
        None => Ok(random_bytes(&mut random).to_vec()),
    });
    desk.answer(id.map(|id| json!({ "id": hex::encode(id) }).into()));
}

fn create_subcluster_id(args: Args, desk: Desk<'_>) {
    run(args, desk, |args, _| {
        let subcluster = shared_key(&args)?.key_pair().subcluster();
        Ok(json!({ "id": subcluster.to_string() }).into())
    });
}

fn create_id(args: Args, mut desk: Desk<'_>) {
    let mut random = desk.random();
    let id = seed(&args).map(|seed| {
        let seed = seed.unwrap_or_else(|| random_bytes(&mut random).to_vec());
        json!({ "id": keys::create_id(&seed).to_string() }).into()
    });
    desk.answer(id);
}

fn seal(args: Args, desk: Desk<'_>) {
    run(args, desk, |args, mut random| {
        let pair = shared_key(&args)?.key_pair();
        Ok(binary(keys::seal(&args.body, &pair, &mut random)))
    });
}

fn open(args: Args, desk: Desk<'_>) {
    run(args, desk, |args, _| {
        let pair = shared_key(&args)?.key_pair();
        Ok(binary(keys::open(&args.body, &pair)?))
    });
}

fn seal_message(args: Args, desk: Desk<'_>) {
    run(args, desk, |args, mut random| {
        let public = match args.optional_string("key")? {
            Some(_) => *shared_key(&args)?.key_pair().public(),
            None => hex_bytes(&args, "publicKey")?,
        };
        let sealed = keys::seal_message_for(&args.body, &public, &mut random);
        let sealed = sealed.map_err(|error| args.invalid("publicKey", &format!("is {error}")))?;
        Ok(binary(sealed))
    });
}

fn open_message(args: Args, desk: Desk<'_>) {
    run(args, desk, |args, _| {
        let pair = match args.optional_string("key")? {
            Some(_) => shared_key(&args)?.key_pair(),
            None => key_pair(&args)?,
        };
        Ok(binary(keys::open_message(&args.body, &pair)?))
    });
}

fn sign(args: Args, desk: Desk<'_>) {
    run(args, desk, |args, _| {
        let pair = key_pair(&args)?;
        let signature = if args.flag("legacy")? {
            keys::legacy_sign(&pair, &args.body)
        } else {
            pair.sign(&args.body)
        };
        Ok(json!({ "signature": hex::encode(signature) }).into())
    });
}

fn verify(args: Args, desk: Desk<'_>) {
    run(args, desk, |args, _| {
        let key = hex_bytes(&args, "publicKey")?;
        let signature: [u8; 64] = hex_bytes(&args, "signature")?;
        let is_valid = if args.flag("legacy")? {
            keys::legacy_verify(&key, &args.body, &signature)
        } else {
            keys::verify(&key, &args.body, &signature)
        };
        Ok(json!({ "valid": is_valid }).into())
    });
}

fn sha256(args: Args, desk: Desk<'_>) {
    run(args, desk, |args, _| {
        let bytes = seed(&args)?.unwrap_or_default();
        Ok(json!({ "hash": hex::encode(Sha256::digest(bytes)) }).into())
    });
}

/// Runs a job off the lane, since curves take longer than a call may hold up the others.
fn run(
    args: Args,
    mut desk: Desk<'_>,
    job: impl FnOnce(Args, StdRng) -> CallResult + Send + 'static,
) {
    let random = desk.random();
    desk.compute(move || job(args, random));
}

/// What something is made from: the text, or the bytes; nothing if it is to be random.
fn seed(args: &Args) -> Result<Option<Vec<u8>>, CallError> {
    let text = args.optional_string("text")?.map(String::into_bytes);
    Ok(text.or_else(|| (!args.body.is_empty()).then(|| args.body.clone())))
}

fn random_bytes(random: &mut StdRng) -> [u8; 32] {
    let mut bytes = [0; 32];
    random.fill_bytes(&mut bytes);
    bytes
}

fn binary(bytes: Vec<u8>) -> CallReply {
    CallReply {
        data: Value::Null,
        body: Some(bytes),
    }
}

/// The shared key in `key`.
pub(super) fn shared_key(args: &Args) -> Result<SharedKey, CallError> {
    hex_bytes(args, "key").map(SharedKey)
}

/// The pair in `privateKey`, which is its seed and its public key.
fn key_pair(args: &Args) -> Result<KeyPair, CallError> {
    let secret: [u8; 64] = hex_bytes(args, "privateKey")?;
    pair_of(&secret).ok_or_else(|| args.invalid("privateKey", "is no private key"))
}

/// The pair of a private key as libsodium writes it, if its two halves belong together.
pub(super) fn pair_of(secret: &[u8; 64]) -> Option<KeyPair> {
    let (seed, public) = secret.split_first_chunk::<32>()?;
    let pair = KeyPair::from_seed(*seed);
    (pair.public() == public).then_some(pair)
}

/// An argument of so many bytes in hex.
pub(super) fn hex_bytes<const COUNT: usize>(
    args: &Args,
    name: &str,
) -> Result<[u8; COUNT], CallError> {
    let mut bytes = [0; COUNT];
    let digits = 2 * COUNT;
    let why = format!("must be {digits} hexadecimal digits");
    match hex::decode_to_slice(args.string(name)?, &mut bytes) {
        Ok(()) => Ok(bytes),
        Err(_) => Err(args.invalid(name, &why)),
    }
}

impl From<keys::OpenError> for CallError {
    fn from(error: keys::OpenError) -> Self {
        Self {
            name: "Error",
            code: "ERR_CRYPTO_OPEN".to_owned(),
            message: error.to_string(),
            ..Self::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_private_key_holds_its_public_key() {
        let pair = KeyPair::from_text("text");
        assert_eq!(pair_of(pair.secret()), Some(pair.clone()));
        let mut broken = *pair.secret();
        broken[63] ^= 1;
        assert_eq!(pair_of(&broken), None);
    }
}
