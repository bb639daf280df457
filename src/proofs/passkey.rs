//! Passkeys: the two ceremonies of WebAuthn, each begun with options for a browser and ended with what its authenticator
//! answers (WebAuthn §7.1, §7.2).
//!
//! What an answer has to say is judged by webauthn-rs: challenge, origin to the letter, relying party, algorithm,
//! signature, counter, and that the person was there and unlocked the key, without which no key counts here. Whose key
//! it is, and that a challenge is good once, is decided where both are kept; `store` alone makes the proof (SR-85).

use serde::{Deserialize, Serialize};
use serde_json::Value;
use url::Url;
use uuid::Uuid;
use webauthn_rs::prelude::{
    AuthenticationResult, DiscoverableAuthentication, Passkey, PasskeyRegistration, PublicKeyCredential,
    RegisterPublicKeyCredential, Webauthn, WebauthnBuilder, WebauthnError,
};

use crate::clock::Timestamp;
use crate::ids::UserId;

pub mod model;

/// What authenticators know a realm as: the host that people reach it at, and nothing else.
#[derive(Debug, Clone)]
pub struct RelyingParty(Webauthn);

/// For whom a key is made, in the words that a device shows.
#[derive(Debug, Clone, Copy)]
pub struct Holder<'a> {
    /// What the device knows the account by: random, and nobody's name (WebAuthn §14.6.1).
    pub handle: Uuid,
    /// What the person signs in with.
    pub account: &'a str,
    /// The person's name.
    pub name: &'a str,
}

/// A ceremony that has begun: what the browser is given, and what we need once it answers.
#[derive(Debug)]
pub struct Begun<S> {
    /// The options, as the browser's `parse…OptionsFromJSON` takes them.
    pub options: Value,
    /// Our side of it.
    pub ceremony: S,
}

/// The making of a key, under way.
#[derive(Debug, Serialize, Deserialize)]
pub struct Making {
    challenge: String,
    state: PasskeyRegistration,
}

/// The asking for a key, under way.
#[derive(Debug, Serialize, Deserialize)]
pub struct Asking {
    challenge: String,
    state: DiscoverableAuthentication,
}

/// A ceremony of either kind.
pub trait Ceremony {
    /// Its challenge, which is good once.
    fn challenge(&self) -> &str;
}

impl Ceremony for Making {
    fn challenge(&self) -> &str {
        &self.challenge
    }
}

impl Ceremony for Asking {
    fn challenge(&self) -> &str {
        &self.challenge
    }
}

/// The public side of a key, as it is kept.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PublicSide(Passkey);

/// A key that was just made.
#[derive(Debug, Clone)]
pub struct NewKey {
    /// What its authenticator calls it.
    pub credential_id: Vec<u8>,
    /// What is kept of it.
    pub public: PublicSide,
    /// The kind of authenticator (AAGUID); all zeros when it does not say.
    pub model: Uuid,
    /// How often it was used, where the authenticator counts.
    pub count: u32,
}

/// What an authenticator says to whoever asks for a key.
#[derive(Debug)]
pub struct Answer(PublicKeyCredential);

/// A use of a key that was found good.
#[derive(Debug)]
pub struct Use {
    /// What is kept of the key from now on.
    pub public: PublicSide,
    /// How often it was used; zero where the authenticator does not count.
    pub count: u32,
}

/// Why an answer is not believed; the person is told no more than that it is not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// The ceremony is none of ours, of another place, or over.
    Expired,
    /// Its challenge was answered before.
    Replayed,
    /// It is no answer at all, or of a kind that we do not take.
    Malformed,
    /// It answers another challenge.
    Challenge,
    /// It was given to another site, or inside another one's page.
    Origin,
    /// The key was made for another relying party.
    RelyingParty,
    /// The person was not there, or did not unlock the key.
    Unverified,
    /// The signature is not this key's.
    Signature,
    /// The key was used somewhere else since: it may be a copy.
    Counter,
    /// No account here has this key.
    Unknown,
    /// It is another account's.
    OtherAccount,
    /// There is such a key already.
    Known,
}

impl Refusal {
    /// A stable word for the audit trail.
    pub const fn reason(self) -> &'static str {
        match self {
            Self::Expired => "expired",
            Self::Replayed => "replayed",
            Self::Malformed => "malformed",
            Self::Challenge => "challenge",
            Self::Origin => "origin",
            Self::RelyingParty => "relying_party",
            Self::Unverified => "unverified",
            Self::Signature => "signature",
            Self::Counter => "counter",
            Self::Unknown => "unknown",
            Self::OtherAccount => "other_account",
            Self::Known => "known",
        }
    }
}

impl From<WebauthnError> for Refusal {
    fn from(fault: WebauthnError) -> Self {
        match fault {
            WebauthnError::MismatchedChallenge => Self::Challenge,
            WebauthnError::InvalidRPOrigin | WebauthnError::CredentialCrossOrigin => Self::Origin,
            WebauthnError::InvalidRPIDHash => Self::RelyingParty,
            WebauthnError::UserNotPresent | WebauthnError::UserNotVerified => Self::Unverified,
            WebauthnError::AuthenticationFailure => Self::Signature,
            WebauthnError::CredentialPossibleCompromise => Self::Counter,
            _ => Self::Malformed,
        }
    }
}

impl RelyingParty {
    /// The one of a realm that people reach at that address; none where it has no name, only numbers (WebAuthn §5.1.3).
    pub fn new(address: &Url, name: &str) -> Option<Self> {
        let builder = WebauthnBuilder::new(address.domain()?, address).ok()?;
        builder.rp_name(name).build().ok().map(Self)
    }

    /// Begins the making of a key, on a device that has none of those `known`: discoverable, so that its person need not
    /// say who they are.
    pub fn makes(&self, holder: Holder<'_>, known: &[Vec<u8>]) -> Option<Begun<Making>> {
        let Holder { handle, account, name } = holder;
        let (options, state) = self.0.start_passkey_registration(handle, account, name, None).ok()?;
        let mut options = public_key(serde_json::to_value(options).ok()?)?;
        // webauthn-rs would rather spare the memory of old security keys, and takes what is made so all the same.
        let wishes = options.get_mut("authenticatorSelection")?;
        *wishes.get_mut("residentKey")? = Value::from("required");
        *wishes.get_mut("requireResidentKey")? = Value::from(true);
        // The device alone looks at these; that a key is kept once is a matter of the store.
        options.as_object_mut()?.insert("excludeCredentials".to_owned(), described(known));
        let challenge = challenge(&options)?;
        Some(Begun { options, ceremony: Making { challenge, state } })
    }

    /// Ends it with what the browser says in `answer`.
    pub fn made(&self, making: &Making, answer: &str) -> Result<NewKey, Refusal> {
        let answer: RegisterPublicKeyCredential = serde_json::from_str(answer).map_err(|_| Refusal::Malformed)?;
        let public = PublicSide(self.0.finish_passkey_registration(&answer, &making.state)?);
        let (model, count) = announced(&answer.response.attestation_object).ok_or(Refusal::Malformed)?;
        Ok(NewKey { credential_id: public.0.cred_id().clone(), public, model, count })
    }

    /// Begins the asking for a key: for one of those, or for any that the person's device has for us.
    pub fn asks(&self, one_of: &[Vec<u8>]) -> Option<Begun<Asking>> {
        let (options, state) = self.0.start_discoverable_authentication().ok()?;
        let mut options = public_key(serde_json::to_value(options).ok()?)?;
        options.as_object_mut()?.insert("allowCredentials".to_owned(), described(one_of));
        let challenge = challenge(&options)?;
        Some(Begun { options, ceremony: Asking { challenge, state } })
    }

    /// Ends it, for the key that the answer names.
    pub fn used(&self, asking: Asking, answer: &Answer, key: &PublicSide) -> Result<Use, Refusal> {
        // §7.2, step 14: webauthn-rs asks this of new keys only.
        if is_framed(&answer.0.response.client_data_json) {
            return Err(Refusal::Origin);
        }
        let used: AuthenticationResult =
            self.0.finish_discoverable_authentication_v2(&answer.0, asking.state, &key.0)?;
        let mut public = key.clone();
        public.0.update_credential(&used);
        Ok(Use { public, count: used.counter() })
    }
}

impl Answer {
    /// Reads what a browser sent; nothing of it is believed yet.
    pub fn read(text: &str) -> Result<Self, Refusal> {
        serde_json::from_str(text).map(Self).map_err(|_| Refusal::Malformed)
    }

    /// The key that it is about.
    pub fn credential_id(&self) -> &[u8] {
        self.0.get_credential_id()
    }

    /// Whether its device and we mean the same account: a device that was asked for no particular key has to say which
    /// account it means, any other may (§7.2, step 6).
    pub fn is_about(&self, handle: Uuid, asked_by_name: bool) -> bool {
        self.0.get_user_unique_id().map_or(asked_by_name, |said| said == handle.as_bytes())
    }
}

/// Somebody unlocked a passkey of this account, in answer to a challenge that is spent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PasskeyProof {
    user: UserId,
    at: Timestamp,
}

impl PasskeyProof {
    /// The proof that a just-moved row stands for.
    pub(crate) const fn from_row(user: UserId, at: Timestamp) -> Self {
        Self { user, at }
    }

    /// Whose passkey.
    pub const fn user(&self) -> UserId {
        self.user
    }

    /// When.
    pub const fn at(&self) -> Timestamp {
        self.at
    }
}

/// The options themselves; what webauthn-rs puts around them is for another function of browsers.
fn public_key(mut options: Value) -> Option<Value> {
    options.get_mut("publicKey").map(Value::take)
}

/// Keys by the names that their authenticators have for them (§5.8.3).
fn described(keys: &[Vec<u8>]) -> Value {
    keys.iter().map(|id| serde_json::json!({ "type": "public-key", "id": base64url(id) })).collect()
}

fn challenge(options: &Value) -> Option<String> {
    options.get("challenge")?.as_str().map(str::to_owned)
}

fn base64url(bytes: &[u8]) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(bytes)
}

/// Whether the browser says that another site's page was around ours.
fn is_framed(client_data: &[u8]) -> bool {
    let said: Option<Value> = serde_json::from_slice(client_data).ok();
    said.and_then(|said| said.get("crossOrigin").and_then(Value::as_bool)).unwrap_or(false)
}

/// What an authenticator says of its kind and of its uses, in the data that a new key comes with (§6.1, §6.5.1).
fn announced(attestation: &[u8]) -> Option<(Uuid, u32)> {
    use serde_cbor_2::Value as Cbor;
    let Cbor::Map(members) = serde_cbor_2::from_slice(attestation).ok()? else { return None };
    let Cbor::Bytes(data) = members.get(&Cbor::Text("authData".to_owned()))? else { return None };
    // Relying party (32), flags (1), count (4), kind (16).
    let count = data.get(33..37)?.try_into().ok()?;
    Some((Uuid::from_slice(data.get(37..53)?).ok()?, u32::from_be_bytes(count)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOLDER: Holder<'_> = Holder { handle: Uuid::from_u128(7), account: "marie@exemple.fr", name: "Marie Durand" };

    fn party() -> RelyingParty {
        RelyingParty::new(&"https://connexion.exemple.fr".parse().unwrap(), "Certinomis").unwrap()
    }

    #[test]
    fn an_address_of_numbers_is_no_relying_party() {
        for (address, is_one) in [
            ("https://connexion.exemple.fr", true),
            ("http://localhost:8080/sso/", true),
            ("https://192.0.2.7", false),
            ("https://[2001:db8::7]:8443", false),
        ] {
            assert_eq!(RelyingParty::new(&address.parse().unwrap(), "x").is_some(), is_one, "{address}");
        }
    }

    #[test]
    fn sr_85_what_is_asked_of_a_new_key() {
        let begun = party().makes(HOLDER, &[vec![1, 2, 3]]).unwrap();
        let said = |pointer| begun.options.pointer(pointer).cloned().unwrap_or_default();
        for (pointer, value) in [
            ("/rp/id", "connexion.exemple.fr"),
            ("/rp/name", "Certinomis"),
            ("/user/name", "marie@exemple.fr"),
            ("/user/id", "AAAAAAAAAAAAAAAAAAAABw"),
            ("/authenticatorSelection/userVerification", "required"),
            ("/authenticatorSelection/residentKey", "required"),
            ("/excludeCredentials/0/id", "AQID"),
            ("/attestation", "none"),
        ] {
            assert_eq!(said(pointer), value, "{pointer}");
        }
        let algorithms = said("/pubKeyCredParams");
        let algorithms: Vec<_> = algorithms.as_array().unwrap().iter().map(|it| it["alg"].as_i64().unwrap()).collect();
        assert!(algorithms.contains(&-7) && !algorithms.contains(&-65_535), "{algorithms:?}");
    }

    #[test]
    fn sr_85_each_challenge_is_another_one_and_long_enough() {
        let asked = || party().asks(&[]).unwrap();
        let (first, second) = (asked(), asked());
        assert_ne!(first.ceremony.challenge(), second.ceremony.challenge());
        // 128 bits are 22 letters of base64url.
        assert!(first.ceremony.challenge().len() >= 22, "{}", first.options);
        assert_eq!(first.options["userVerification"], "required");
        assert_eq!(first.options["allowCredentials"], Value::Array(Vec::new()), "any key will do");
        assert_eq!(party().asks(&[vec![1, 2, 3]]).unwrap().options["allowCredentials"][0]["id"], "AQID");
    }

    #[test]
    fn a_ceremony_survives_being_written_down() {
        let begun = party().makes(HOLDER, &[]).unwrap();
        let text = serde_json::to_string(&begun.ceremony).unwrap();
        let read: Making = serde_json::from_str(&text).unwrap();
        assert_eq!(read.challenge(), begun.ceremony.challenge());
        assert_eq!(party().made(&read, "{}").unwrap_err(), Refusal::Malformed);
    }

    #[test]
    fn reasons_are_told_apart() {
        use Refusal::{
            Challenge, Counter, Expired, Known, Malformed, Origin, OtherAccount, RelyingParty, Replayed, Signature,
            Unknown, Unverified,
        };
        let all = [
            Expired,
            Replayed,
            Malformed,
            Challenge,
            Origin,
            RelyingParty,
            Unverified,
            Signature,
            Counter,
            Unknown,
            OtherAccount,
            Known,
        ];
        let words: std::collections::BTreeSet<_> = all.iter().map(|refusal| refusal.reason()).collect();
        assert_eq!(words.len(), all.len());
    }
}
