//! Hashes, keys, boxes and signatures.

use dryoc::classic::crypto_core::crypto_scalarmult_base;
use rand::{SeedableRng, rngs::StdRng};
use serde_json::Value;
use socket_runtime::relay::{
    ClusterId, PacketId, SubclusterId,
    keys::{self, KeyPair, OpenError, SEAL_BYTES, SharedKey},
    packet::{Field, join_key, message_id},
};

use crate::{Book, bytes, key, number, text};

/// The reference hashes texts, bytes and the JSON of anything else.
pub(crate) fn sha256(vector: &Value, _book: &Book) {
    let input = &vector["input"];
    let bytes = match (input.as_str(), input["hex"].as_str()) {
        (Some(text), _) => text.as_bytes().to_vec(),
        (None, Some(_)) => bytes(input, "hex"),
        (None, None) => input["json"].to_string().into_bytes(),
    };
    let hash = message_id(&bytes).to_string();
    assert_eq!(hash, keys::create_id(&bytes).to_string());
    if vector["random"] == true {
        // Nothing, to the reference, is a wish for a random id; ours hashes nothing.
        assert!(vector["hex"].is_null() && bytes.is_empty());
        assert_eq!(hash, message_id(b"").to_string());
    } else {
        assert_eq!(hash, text(vector, "hex"));
    }
}

pub(crate) fn id(vector: &Value, _book: &Book) {
    let id = keys::create_id(&value(vector, "value"));
    assert_eq!(id.to_string(), text(vector, "hex"));
}

pub(crate) fn keypair(vector: &Value, _book: &Book) {
    let seed = key(vector, "seed32");
    let pair = match vector["seed"].as_str() {
        Some(text) => KeyPair::from_text(text),
        None => KeyPair::from_seed(key(vector, "seedHex")),
    };
    assert_eq!(pair, KeyPair::from_seed(seed));
    check_keys(vector, &pair, seed);
}

pub(crate) fn sharedkey(vector: &Value, _book: &Book) {
    let shared = SharedKey::from_seed(&value(vector, "seed"));
    assert_eq!(shared.0, key(vector, "sharedKey"));
    let subcluster = shared.key_pair().subcluster();
    assert_eq!(subcluster, SubclusterId(key(vector, "subclusterId")));
    if let Some(base64) = vector["subclusterIdBase64"].as_str() {
        let key = join_key(&Field::EMPTY, &subcluster.field());
        assert_eq!(key, format!(":{base64}"));
    }
}

/// Version 6 does not hash the name of a cluster; one that fits no packet is no cluster.
pub(crate) fn clusterid(vector: &Value, _book: &Book) {
    let value = value(vector, "value");
    assert_eq!(value, bytes(vector, "v6"));
    match ClusterId::new(&value) {
        Ok(cluster) => assert_eq!(cluster.0.as_slice(), value),
        Err(_) => assert!(value.len() > 32),
    }
    if let Some(hashed) = vector["head"].as_str() {
        assert_eq!(PacketId::to_string(&message_id(&value)), hashed);
    }
}

/// Opens both layers and all of it; ours opens again.
pub(crate) fn seal(vector: &Value, _book: &Book) {
    let pair = pair(vector);
    let (sealed, plaintext) = (bytes(vector, "sealed"), bytes(vector, "plaintext"));
    check_keys(vector, &pair, key(vector, "seedHex"));
    check_box_keys(vector, &pair);
    assert_eq!(sealed.len() as u64, number(vector, "sealedLength"));
    assert_eq!(sealed.len(), plaintext.len() + SEAL_BYTES);
    let outer = keys::open_message(&sealed, &pair);
    assert_eq!(outer, Ok(bytes(vector, "outerOpened")));
    assert_eq!(keys::open(&sealed, &pair), Ok(plaintext.clone()));
    let ours = keys::seal(&plaintext, &pair, &mut StdRng::seed_from_u64(1));
    assert_eq!(ours.len(), sealed.len());
    assert_eq!(keys::open(&ours, &pair), Ok(plaintext));
}

pub(crate) fn seal_message(vector: &Value, _book: &Book) {
    let pair = pair(vector);
    let (sealed, plaintext) = (bytes(vector, "sealed"), bytes(vector, "plaintext"));
    assert_eq!(plaintext, bytes(vector, "opened"));
    assert_eq!(keys::open_message(&sealed, &pair), Ok(plaintext.clone()));
    let ours = keys::seal_message(&plaintext, &pair, &mut StdRng::seed_from_u64(1));
    assert_eq!(ours.len(), sealed.len());
    assert_eq!(keys::open_message(&ours, &pair), Ok(plaintext));
}

pub(crate) fn seal_reject(vector: &Value, _book: &Book) {
    let error = keys::open(&bytes(vector, "sealed"), &pair(vector)).unwrap_err();
    match text(vector, "error") {
        "EMALFORMED" => assert_eq!(error, OpenError::TooShort),
        "ENOTVERIFIED" => assert_eq!(error, OpenError::NotVerified),
        "incorrect key pair for the given ciphertext" => assert_eq!(error, OpenError::WrongKey),
        _ => (),
    }
}

/// The signature of the reference's high-level API, which leaves out 64 bytes.
pub(crate) fn sign(vector: &Value, book: &Book) {
    let pair = pair(vector);
    let (message, signature) = (bytes(vector, "message"), bytes(vector, "sig"));
    let verifies = vector["verifies"] == true;
    assert_eq!(
        keys::legacy_verify(pair.public(), &message, &signature),
        verifies
    );
    let ours = keys::legacy_sign(&pair, &message);
    assert_eq!(ours[..] == signature[..], verifies);
    if vector.get("coveredHex").is_some() {
        let covered = bytes(vector, "coveredHex");
        assert_eq!(message.get(64..).unwrap_or_default(), covered);
        assert_eq!(pair.sign(&covered), ours);
    }
    if let Some(other) = vector["sameAs"].as_str() {
        // What a short message's signature covers is nothing, so all of them are one.
        let other = book.find(other).map(|other| bytes(other, "sig"));
        let other = other.unwrap_or_else(|| pair.sign(b"").to_vec());
        assert_eq!(vector["same"], signature == other);
    }
    let whole = pair.sign(&message);
    assert!(keys::verify(pair.public(), &message, &whole));
}

fn pair(vector: &Value) -> KeyPair {
    KeyPair::from_seed(key(vector, "seedHex"))
}

/// A value given as text, or as hex digits under the same name with `Hex`.
fn value(vector: &Value, name: &str) -> Vec<u8> {
    match vector[name].as_str() {
        Some(text) => text.as_bytes().to_vec(),
        None => bytes(vector, &format!("{name}Hex")),
    }
}

/// A private key is its seed and the public key.
fn check_keys(vector: &Value, pair: &KeyPair, seed: [u8; 32]) {
    assert_eq!(*pair.public(), key(vector, "publicKey"));
    let secret = [seed, *pair.public()].concat();
    assert_eq!(secret, bytes(vector, "privateKey"));
}

fn check_box_keys(vector: &Value, pair: &KeyPair) {
    assert_eq!(*pair.box_public(), key(vector, "curve25519PublicKey"));
    let mut public = [0; 32];
    crypto_scalarmult_base(&mut public, &key(vector, "curve25519PrivateKey"));
    assert_eq!(public, *pair.box_public());
}
