//! Tokens of ours as others see them: a client library accepts them, and forgeries of every kind are refused.

use openidconnect::core::{CoreIdToken, CoreIdTokenVerifier, CoreJsonWebKeySet, CoreJwsSigningAlgorithm};
use openidconnect::{AccessToken as PresentedAccessToken, AccessTokenHash, ClientId as Audience, IssuerUrl, Nonce};
use serde_json::{Value, json};

use super::*;
use crate::clock::Duration;
use crate::keys::rotation::KeyState;
use crate::keys::signing::SigningKey;
use crate::keys::signing::tests::key;
use crate::protocol::grant::tests::{NOW, marie};
use crate::protocol::token::tests::{access_token, id_token, issuer};

fn ring() -> KeyRing {
    let keys = SigningAlgorithm::ALL.into_iter().zip(1..).map(|(algorithm, n)| (KeyState::Active, key(n, algorithm)));
    KeyRing::new(keys.collect()).unwrap()
}

/// A token with that header and those claims, signed by the key whatever they say.
fn forged(key: &SigningKey, header: &Value, claims: &str) -> String {
    let mut token = String::new();
    append(&mut token, header.to_string().as_bytes());
    token.push('.');
    append(&mut token, claims.as_bytes());
    let signature = key.sign(token.as_bytes()).unwrap();
    token.push('.');
    append(&mut token, &signature);
    token
}

#[test]
fn an_id_token_passes_the_checks_of_the_openidconnect_crate() {
    let ring = ring();
    let keys: CoreJsonWebKeySet = serde_json::from_str(ring.jwks()).unwrap();
    let access = ring.sign(SigningAlgorithm::ES256, &access_token()).unwrap();
    for (ours, theirs) in [
        (SigningAlgorithm::RS256, CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256),
        (SigningAlgorithm::PS256, CoreJwsSigningAlgorithm::RsaSsaPssSha256),
        (SigningAlgorithm::ES256, CoreJwsSigningAlgorithm::EcdsaP256Sha256),
        (SigningAlgorithm::EdDSA, CoreJwsSigningAlgorithm::EdDsa),
    ] {
        let token = ring.sign(ours, &id_token(ours, access.expose())).unwrap();
        let presented: CoreIdToken = token.expose().parse().unwrap();
        let url = IssuerUrl::new(issuer().as_str().to_owned()).unwrap();
        let verifier = CoreIdTokenVerifier::new_public_client(Audience::new("portal".to_owned()), url, keys.clone())
            .set_allowed_algs([theirs.clone()])
            .set_time_fn(|| "2027-01-15T08:00:10Z".parse().unwrap());
        let claims = presented.claims(&verifier, &Nonce::new("n-1".to_owned())).unwrap();
        assert_eq!(claims.subject().to_string(), marie().user.to_string());
        let signing_key = presented.signing_key(&verifier).unwrap();
        let presented_access = PresentedAccessToken::new(access.expose().clone());
        let hash =
            AccessTokenHash::from_token(&presented_access, presented.signing_alg().unwrap(), signing_key).unwrap();
        assert_eq!(claims.access_token_hash(), Some(&hash));
        assert!(presented.claims(&verifier, &Nonce::new("n-2".to_owned())).is_err());
    }
}

#[test]
fn any_library_verifies_our_tokens_with_the_published_key_of_that_name() {
    use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header, jwk::JwkSet};

    let ring = ring();
    let keys: JwkSet = serde_json::from_str(ring.jwks()).unwrap();
    for (ours, theirs) in [
        (SigningAlgorithm::RS256, Algorithm::RS256),
        (SigningAlgorithm::PS256, Algorithm::PS256),
        (SigningAlgorithm::ES256, Algorithm::ES256),
        (SigningAlgorithm::EdDSA, Algorithm::EdDSA),
    ] {
        let access = ring.sign(ours, &access_token()).unwrap();
        let id = ring.sign(ours, &id_token(ours, access.expose())).unwrap();
        for (token, typ) in [(&access, "at+jwt"), (&id, "JWT")] {
            let header = decode_header(token.expose()).unwrap();
            assert_eq!((header.alg, header.typ.as_deref()), (theirs, Some(typ)));
            let key = keys.find(header.kid.as_deref().unwrap()).unwrap();
            let mut validation = Validation::new(theirs);
            validation.validate_aud = false;
            validation.validate_exp = false;
            let read = decode::<Value>(token.expose(), &DecodingKey::from_jwk(key).unwrap(), &validation).unwrap();
            assert_eq!(read.claims["iss"], issuer().as_str());
        }
    }
}

#[test]
fn sr_154_a_header_of_ours_has_three_members() {
    let ring = ring();
    for algorithm in SigningAlgorithm::ALL {
        let token = ring.sign(algorithm, &access_token()).unwrap();
        let header = decode(token.expose().split('.').next().unwrap()).unwrap();
        let kid = ring.signer(algorithm).unwrap().id().to_string();
        let expected = json!({"alg": algorithm.as_str(), "typ": "at+jwt", "kid": kid});
        assert_eq!(serde_json::from_slice::<Value>(&header).unwrap(), expected);
    }
}

#[test]
fn our_own_tokens_open_as_what_they_are() {
    let ring = ring();
    for algorithm in SigningAlgorithm::ALL {
        let access = ring.sign(algorithm, &access_token()).unwrap();
        assert_eq!(ring.access_token(access.expose(), &issuer(), NOW), Some(access_token()));
        assert_eq!(ring.access_token(access.expose(), &issuer(), NOW + Duration::from_mins(5)), None);
        let id = ring.sign(algorithm, &id_token(algorithm, access.expose())).unwrap();
        let hint = ring.id_token_hint(id.expose(), &issuer(), NOW + Duration::from_hours(100)).unwrap();
        assert_eq!((hint.session, hint.client_id.as_str()), (marie().session, "portal"));
        assert_eq!(hint.subject, marie().user.into());
        // SR-155: one kind never passes for the other
        assert_eq!(ring.access_token(id.expose(), &issuer(), NOW), None);
        assert_eq!(ring.id_token_hint(access.expose(), &issuer(), NOW), None);
    }
}

#[test]
fn sr_153_sr_154_sr_156_forgeries_are_refused() {
    let (rsa, elliptic, stranger) =
        (key(1, SigningAlgorithm::RS256), key(2, SigningAlgorithm::ES256), key(2, SigningAlgorithm::ES256));
    let claims = serde_json::to_string(&access_token()).unwrap();
    let (rsa_kid, kid) = (rsa.id().to_string(), elliptic.id().to_string());
    let good = json!({"alg": "ES256", "typ": "at+jwt", "kid": kid});
    let with = |name: &str, value: Value| {
        let mut header = good.clone();
        header[name] = value;
        header
    };
    let twice = claims.replacen('{', r#"{"sub":"01900000-0000-7000-8000-000000000002","#, 1);
    let padded = format!("{},\"x\":\"{}\"}}", claims.trim_end_matches('}'), "x".repeat(LONGEST));
    let unsigned = format!("{}.", forged(&elliptic, &with("alg", json!("none")), &claims).rsplit_once('.').unwrap().0);
    let genuine = forged(&elliptic, &good, &claims);
    let cases = [
        ("good", genuine.clone(), true),
        ("a stranger's key", forged(&stranger, &good, &claims), false),
        (
            "an unknown kid",
            forged(&elliptic, &with("kid", json!("01900000-0000-7000-8000-000000000199")), &claims),
            false,
        ),
        ("a kid that is a path", forged(&elliptic, &with("kid", json!("../../dev/null")), &claims), false),
        ("another key's kid", forged(&elliptic, &with("kid", json!(rsa_kid)), &claims), false),
        ("another algorithm", forged(&elliptic, &with("alg", json!("RS256")), &claims), false),
        ("HMAC", forged(&elliptic, &with("alg", json!("HS256")), &claims), false),
        ("none", forged(&elliptic, &with("alg", json!("none")), &claims), false),
        ("nOnE", forged(&elliptic, &with("alg", json!("nOnE")), &claims), false),
        ("unsigned", unsigned, false),
        ("no typ", forged(&elliptic, &json!({"alg": "ES256", "kid": kid}), &claims), false),
        ("another typ", forged(&elliptic, &with("typ", json!("logout+jwt")), &claims), false),
        ("crit", forged(&elliptic, &with("crit", json!(["exp"])), &claims), false),
        ("jku", forged(&elliptic, &with("jku", json!("https://evil.example/keys")), &claims), false),
        ("jwk", forged(&elliptic, &with("jwk", json!({"kty": "EC"})), &claims), false),
        ("zip", forged(&elliptic, &with("zip", json!("DEF")), &claims), false),
        ("a member twice", forged(&elliptic, &good, &twice), false),
        ("too long", forged(&elliptic, &good, &padded), false),
        ("no claims", forged(&elliptic, &good, "{}"), false),
        ("not JSON", forged(&elliptic, &good, "sub=1"), false),
        ("cut", genuine[..genuine.len() - 1].to_owned(), false),
        ("padded", format!("{genuine}="), false),
        ("five parts", format!("{genuine}.a.b"), false),
        ("nothing", String::new(), false),
        ("dots", "..".to_owned(), false),
    ];
    let ring = KeyRing::new(vec![(KeyState::Active, rsa), (KeyState::Active, elliptic)]).unwrap();
    for (case, token, verdict) in cases {
        assert_eq!(ring.access_token(&token, &issuer(), NOW).is_some(), verdict, "{case}");
    }
}

#[test]
fn sr_153_no_changed_character_of_a_token_goes_unnoticed() {
    let ring = ring();
    let token = ring.sign(SigningAlgorithm::ES256, &access_token()).unwrap();
    for index in 0..token.expose().len() {
        let mut bytes = token.expose().clone().into_bytes();
        bytes[index] = if bytes[index] == b'A' { b'B' } else { b'A' };
        let changed = String::from_utf8(bytes).unwrap();
        assert_eq!(ring.access_token(&changed, &issuer(), NOW), None, "character {index}");
    }
}
