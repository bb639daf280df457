//! An authenticator in software, with the browser around it: it makes passkeys and answers challenges as WebAuthn has it
//! (§6.3), and can be told to do each part of it wrongly.
//!
//! Its CBOR and signatures are its own, so that ours are compared with another's.

use std::collections::BTreeMap;

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair as _};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_cbor_2::Value as Cbor;
use serde_json::{Value, json};

use super::world::PUBLIC;

/// The person was there (§6.1).
const PRESENT: u8 = 0x01;
/// And unlocked the key.
const UNLOCKED: u8 = 0x04;
/// Data about a new key follow.
const NEW_KEY: u8 = 0x40;

/// What goes wrong in one answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wrong {
    /// The browser stands at another site.
    Origin,
    /// It stands in a frame of one.
    Framed,
    /// The key is for another relying party.
    RelyingParty,
    /// Its person did not unlock it.
    Locked,
    /// Nor was there.
    Absent,
    /// It answers another challenge.
    Challenge,
    /// It says that it made a key, or the other way about.
    Kind,
    /// It signs something else.
    Signature,
    /// It means another account.
    Handle,
    /// It does not say which account it means.
    NoHandle,
    /// What it sends is cut.
    Cut,
}

/// One person's device.
pub(crate) struct Device {
    /// How often its keys were used; `None` where it does not count.
    pub(crate) count: Option<u32>,
    model: [u8; 16],
    keys: Vec<Key>,
}

struct Key {
    id: Vec<u8>,
    handle: Vec<u8>,
    rp_id: String,
    pair: EcdsaKeyPair,
}

impl Device {
    /// One that does not count, as those that share keys among devices.
    pub(crate) const fn new() -> Self {
        Self { count: None, model: [0; 16], keys: Vec::new() }
    }

    /// One that says what it is.
    pub(crate) fn of_model(model: &str) -> Self {
        let hex = model.replace('-', "");
        let byte = |at: usize| u8::from_str_radix(&hex[at * 2..at * 2 + 2], 16).unwrap();
        Self { model: std::array::from_fn(byte), ..Self::new() }
    }

    /// One that counts.
    pub(crate) fn counting() -> Self {
        Self { count: Some(1), ..Self::new() }
    }

    /// A copy of the device, keys and count and all.
    pub(crate) fn copied(&self) -> Self {
        let copy = |key: &Key| Key {
            id: key.id.clone(),
            handle: key.handle.clone(),
            rp_id: key.rp_id.clone(),
            pair: EcdsaKeyPair::from_private_key_der(&ECDSA_P256_SHA256_ASN1_SIGNING, &der(&key.pair)).unwrap(),
        };
        Self { count: self.count, model: self.model, keys: self.keys.iter().map(copy).collect() }
    }

    /// What its keys call the account.
    pub(crate) fn handle(&self) -> &[u8] {
        &self.keys[0].handle
    }

    /// Makes a key as it is asked to.
    pub(crate) fn makes(&mut self, options: &str) -> String {
        self.makes_badly(options, None)
    }

    /// The same, with something wrong.
    pub(crate) fn makes_badly(&mut self, options: &str, wrong: Option<Wrong>) -> String {
        let options: Value = serde_json::from_str(options).unwrap();
        let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).unwrap();
        let rp_id = options["rp"]["id"].as_str().unwrap().to_owned();
        let id = digest(&SHA256, pair.public_key().as_ref()).as_ref().to_vec();
        let mut data = self.authenticator_data(&rp_id, NEW_KEY, wrong);
        data.extend(self.model);
        data.extend(u16::try_from(id.len()).unwrap().to_be_bytes());
        data.extend(&id);
        data.extend(cose(pair.public_key().as_ref()));
        let attestation = Cbor::Map(BTreeMap::from([
            (Cbor::Text("fmt".into()), Cbor::Text("none".into())),
            (Cbor::Text("attStmt".into()), Cbor::Map(BTreeMap::new())),
            (Cbor::Text("authData".into()), Cbor::Bytes(data)),
        ]));
        let kind = if wrong == Some(Wrong::Kind) { "webauthn.get" } else { "webauthn.create" };
        let answer = json!({
            "id": text(&id), "rawId": text(&id), "type": "public-key",
            "authenticatorAttachment": "platform", "clientExtensionResults": {},
            "response": {
                "clientDataJSON": text(&client_data(kind, &options, wrong)),
                "attestationObject": text(&serde_cbor_2::to_vec(&attestation).unwrap()),
                "transports": ["internal"],
            },
        });
        let handle = bytes(options["user"]["id"].as_str().unwrap());
        self.keys.push(Key { id, handle, rp_id, pair });
        cut(&answer, wrong)
    }

    /// Answers with the newest key that it has for whoever asks.
    pub(crate) fn answers(&mut self, options: &str) -> String {
        self.answers_badly(options, None)
    }

    /// The same, with something wrong.
    pub(crate) fn answers_badly(&mut self, options: &str, wrong: Option<Wrong>) -> String {
        let options: Value = serde_json::from_str(options).unwrap();
        let rp_id = options["rpId"].as_str().unwrap();
        self.count = self.count.map(|count| count + 1);
        let key = self.keys.iter().rfind(|key| key.rp_id == rp_id).unwrap();
        let data = self.authenticator_data(rp_id, 0, wrong);
        let kind = if wrong == Some(Wrong::Kind) { "webauthn.create" } else { "webauthn.get" };
        let client_data = client_data(kind, &options, wrong);
        let mut signed = data.clone();
        signed.extend(digest(&SHA256, &client_data).as_ref());
        if wrong == Some(Wrong::Signature) {
            signed.push(0);
        }
        let signature = key.pair.sign(&SystemRandom::new(), &signed).unwrap();
        let handle = match wrong {
            Some(Wrong::Handle) => Value::String(text(&[7; 16])),
            Some(Wrong::NoHandle) => Value::Null,
            _ => Value::String(text(&key.handle)),
        };
        let answer = json!({
            "id": text(&key.id), "rawId": text(&key.id), "type": "public-key",
            "authenticatorAttachment": "platform", "clientExtensionResults": {},
            "response": {
                "clientDataJSON": text(&client_data),
                "authenticatorData": text(&data),
                "signature": text(signature.as_ref()),
                "userHandle": handle,
            },
        });
        cut(&answer, wrong)
    }

    fn authenticator_data(&self, rp_id: &str, more: u8, wrong: Option<Wrong>) -> Vec<u8> {
        let rp_id = if wrong == Some(Wrong::RelyingParty) { "exemple.fr" } else { rp_id };
        let flags = match wrong {
            Some(Wrong::Locked) => PRESENT,
            Some(Wrong::Absent) => UNLOCKED,
            _ => PRESENT | UNLOCKED,
        };
        let mut data = digest(&SHA256, rp_id.as_bytes()).as_ref().to_vec();
        data.push(flags | more);
        data.extend(self.count.unwrap_or(0).to_be_bytes());
        data
    }
}

/// What the browser says that it did, and for whom (§5.8.1).
fn client_data(kind: &str, options: &Value, wrong: Option<Wrong>) -> Vec<u8> {
    let challenge = match wrong {
        Some(Wrong::Challenge) => Value::String(text(&[7; 32])),
        _ => options["challenge"].clone(),
    };
    let origin =
        if wrong == Some(Wrong::Origin) { "https://connexion.certinomis.example.evil.example" } else { PUBLIC };
    let framed = wrong == Some(Wrong::Framed);
    json!({ "type": kind, "challenge": challenge, "origin": origin, "crossOrigin": framed }).to_string().into_bytes()
}

/// A public key on P-256 as authenticators write it (RFC 9053 §7.1.1), for ES256.
fn cose(point: &[u8]) -> Vec<u8> {
    let number = Cbor::Integer;
    let key = Cbor::Map(BTreeMap::from([
        (number(1), number(2)),
        (number(3), number(-7)),
        (number(-1), number(1)),
        (number(-2), Cbor::Bytes(point[1..33].to_vec())),
        (number(-3), Cbor::Bytes(point[33..].to_vec())),
    ]));
    serde_cbor_2::to_vec(&key).unwrap()
}

fn der(pair: &EcdsaKeyPair) -> Vec<u8> {
    pair.to_pkcs8v1().unwrap().as_ref().to_vec()
}

fn cut(answer: &Value, wrong: Option<Wrong>) -> String {
    let mut text = answer.to_string();
    if wrong == Some(Wrong::Cut) {
        text.truncate(text.len() / 2);
    }
    text
}

fn text(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

fn bytes(text: &str) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode(text).unwrap()
}
