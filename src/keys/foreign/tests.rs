//! Tokens of others: what libraries make opens, and forgeries of every kind stay closed.

use aws_lc_rs::encoding::AsDer as _;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _,
};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::keys::signing::SigningKey;
use crate::keys::signing::tests::key;
use crate::protocol::client::SigningAlgorithm;

const ALL: &[ClientAlgorithm] = &ClientAlgorithm::ASYMMETRIC;
const WITH_HMAC: &[ClientAlgorithm] = &[
    ClientAlgorithm::RS256,
    ClientAlgorithm::PS256,
    ClientAlgorithm::ES256,
    ClientAlgorithm::ES384,
    ClientAlgorithm::EdDSA,
    ClientAlgorithm::HS256,
];

fn encoded(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// A token of these very texts, signed.
fn written(header: &str, claims: &str, sign: impl FnOnce(&[u8]) -> Vec<u8>) -> String {
    let message = format!("{}.{}", encoded(header), encoded(claims));
    let signature = encoded(sign(message.as_bytes()));
    format!("{message}.{signature}")
}

fn signed(key: &SigningKey, header: &Value) -> String {
    written(&header.to_string(), CLAIMS, |message| key.sign(message).unwrap())
}

const CLAIMS: &str = r#"{"iss":"portal","sub":"portal","n":1}"#;

fn hmac_of(secret: &[u8], header: &Value) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret);
    written(&header.to_string(), CLAIMS, |message| hmac::sign(&key, message).as_ref().to_vec())
}

/// The public half, without the members named.
fn public(key: &SigningKey, without: &[&str]) -> Value {
    let mut jwk = serde_json::to_value(key.jwk()).unwrap();
    for member in without {
        jwk.as_object_mut().unwrap().remove(*member);
    }
    jwk
}

fn set(keys: &[Value]) -> PublicKeys {
    PublicKeys::read(json!({ "keys": keys }).to_string().as_bytes()).unwrap()
}

fn assertion(keys: &PublicKeys) -> Expectation<'_> {
    Expectation { kind: Kind::ClientAssertion, algorithms: ALL, signer: Signer::Keys(keys) }
}

#[test]
fn what_a_registered_key_signed_opens_with_every_algorithm() {
    for (ours, theirs) in [
        (SigningAlgorithm::RS256, ClientAlgorithm::RS256),
        (SigningAlgorithm::PS256, ClientAlgorithm::PS256),
        (SigningAlgorithm::ES256, ClientAlgorithm::ES256),
        (SigningAlgorithm::EdDSA, ClientAlgorithm::EdDSA),
    ] {
        let key = key(1, ours);
        let kid = key.id().to_string();
        let keys = set(&[public(&key, &[])]);
        let token = signed(&key, &json!({"alg": theirs, "kid": kid}));
        let opened = open(&token, &assertion(&keys)).unwrap();
        assert_eq!(opened.algorithm, theirs);
        assert_eq!(Value::Object(opened.claims), serde_json::from_str::<Value>(CLAIMS).unwrap());
        // RFC 7638, as another library has it.
        let jwk: jsonwebtoken::jwk::Jwk = serde_json::from_value(public(&key, &[])).unwrap();
        let thumbprint = jwk.thumbprint(jsonwebtoken::jwk::ThumbprintHash::SHA256).unwrap();
        assert_eq!(opened.thumbprint.unwrap().as_str(), thumbprint);
    }
}

#[test]
fn what_another_library_signed_opens_too() {
    use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};

    let claims: Value = serde_json::from_str(CLAIMS).unwrap();
    let p384 = EcdsaKeyPair::generate(&ECDSA_P384_SHA384_FIXED_SIGNING).unwrap();
    let (_, point) = p384.public_key().as_ref().split_first().unwrap();
    let (x, y) = point.split_at(48);
    let p384_jwk = json!({"kty": "EC", "crv": "P-384", "x": encoded(x), "y": encoded(y)});
    let secret = b"c2VjcmV0LW9mLTI1Ni1iaXRzLW1hZGUtYnktdXM";
    let elliptic = key(1, SigningAlgorithm::ES256);
    let pkcs8 = elliptic.to_pkcs8().unwrap();
    let keys = set(&[p384_jwk, public(&elliptic, &["kid"])]);
    let secrets = [Secret::new(b"the-older-secret-of-two-during-a-rotation".to_vec()), Secret::new(secret.to_vec())];
    for (algorithm, key, signer) in [
        (Algorithm::ES256, EncodingKey::from_ec_der(pkcs8.expose()), Signer::Keys(&keys)),
        (Algorithm::ES384, EncodingKey::from_ec_der(p384.to_pkcs8v1().unwrap().as_ref()), Signer::Keys(&keys)),
        (Algorithm::HS256, EncodingKey::from_secret(secret), Signer::Secrets(&secrets)),
    ] {
        let token = encode(&Header::new(algorithm), &claims, &key).unwrap();
        let expected = Expectation { kind: Kind::ClientAssertion, algorithms: WITH_HMAC, signer };
        let opened = open(&token, &expected).unwrap();
        assert_eq!(Value::Object(opened.claims), claims);
        assert_eq!(opened.thumbprint.is_none(), algorithm == Algorithm::HS256);
    }
}

#[test]
fn keys_are_found_by_their_name_and_nameless_ones_by_trying() {
    let (one, two, stranger) =
        (key(1, SigningAlgorithm::ES256), key(2, SigningAlgorithm::ES256), key(3, SigningAlgorithm::ES256));
    let rsa = key(4, SigningAlgorithm::RS256);
    let called = |key: &SigningKey, name: &str| {
        let mut jwk = public(key, &[]);
        jwk["kid"] = name.into();
        jwk
    };
    let nameless = |key: &SigningKey| public(key, &["kid", "alg", "use"]);
    let crowd: Vec<_> = (0..MOST_TRIES).map(|_| nameless(&stranger)).chain([nameless(&one)]).collect();
    let (es, named) = (json!({"alg": "ES256"}), json!({"alg": "ES256", "kid": "a"}));
    for (case, keys, header, signer, verdict) in [
        ("its name", vec![called(&one, "a"), called(&two, "b")], &named, &one, Ok(())),
        ("another's name", vec![called(&one, "a"), called(&two, "b")], &named, &two, Err(Refused::Signature)),
        ("nobody's name", vec![called(&two, "b")], &named, &one, Err(Refused::UnknownKey)),
        ("a name twice", vec![called(&two, "a"), called(&one, "a")], &named, &one, Ok(())),
        ("no name in the token", vec![called(&rsa, "r"), called(&two, "b"), called(&one, "a")], &es, &one, Ok(())),
        ("no name anywhere", vec![nameless(&one)], &es, &one, Ok(())),
        ("no name in the set", vec![nameless(&two), nameless(&one)], &named, &one, Ok(())),
        ("no name in the set, and another key", vec![nameless(&two)], &named, &one, Err(Refused::UnknownKey)),
        ("a stranger", vec![called(&one, "a")], &named, &stranger, Err(Refused::Signature)),
        ("a key of another type", vec![called(&rsa, "a")], &named, &one, Err(Refused::Algorithm)),
        ("only keys of another type", vec![called(&rsa, "r")], &es, &one, Err(Refused::Algorithm)),
        ("a crowd", crowd, &es, &one, Err(Refused::Signature)),
    ] {
        let opened = open(&signed(signer, header), &assertion(&set(&keys)));
        assert_eq!(opened.map(drop), verdict, "{case}");
    }
}

#[test]
fn sr_153_the_key_and_the_registration_fix_the_algorithm() {
    let (rsa, elliptic) = (key(1, SigningAlgorithm::RS256), key(2, SigningAlgorithm::ES256));
    let pss = key(3, SigningAlgorithm::PS256);
    let keys = set(&[public(&rsa, &[]), public(&elliptic, &[]), public(&pss, &["alg"])]);
    let (rsa_kid, kid, pss_kid) = (rsa.id().to_string(), elliptic.id().to_string(), pss.id().to_string());
    let unsigned = |alg: &str| format!("{}.{}.", encoded(json!({"alg": alg}).to_string()), encoded(CLAIMS));
    // Key confusion: the public key as every tool writes it, taken for a secret.
    let n = URL_SAFE_NO_PAD.decode(public(&rsa, &[])["n"].as_str().unwrap()).unwrap();
    let e = URL_SAFE_NO_PAD.decode(public(&rsa, &[])["e"].as_str().unwrap()).unwrap();
    let der = aws_lc_rs::rsa::PublicKeyComponents { n: n.as_slice(), e: &e };
    let der = der.as_der().unwrap().as_ref().to_vec();
    let lines: Vec<_> =
        STANDARD.encode(&der).as_bytes().chunks(64).map(|line| String::from_utf8(line.to_vec()).unwrap()).collect();
    let pem = format!("-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n", lines.join("\n"));
    let hs256 = json!({"alg": "HS256", "kid": rsa_kid});
    let der_signature = written(&json!({"alg": "ES256", "kid": kid}).to_string(), CLAIMS, |message| {
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, elliptic.to_pkcs8().unwrap().expose());
        pair.unwrap().sign(&SystemRandom::new(), message).unwrap().as_ref().to_vec()
    });
    let ps256 = json!({"alg": "PS256", "kid": pss_kid});
    for (case, token, algorithms, verdict) in [
        ("good", signed(&rsa, &json!({"alg": "RS256", "kid": rsa_kid})), ALL, Ok(())),
        ("RSA without alg, PSS", signed(&pss, &ps256), ALL, Ok(())),
        ("not agreed", signed(&pss, &ps256), &[ClientAlgorithm::RS256], Err(Refused::Algorithm)),
        ("nothing agreed", signed(&pss, &ps256), &[], Err(Refused::Algorithm)),
        ("PSS said, PKCS #1 done", signed(&rsa, &ps256), ALL, Err(Refused::Signature)),
        (
            "a key for RS256 with PS256",
            signed(&pss, &json!({"alg": "PS256", "kid": rsa_kid})),
            ALL,
            Err(Refused::Algorithm),
        ),
        (
            "an RSA key for ES256",
            signed(&elliptic, &json!({"alg": "ES256", "kid": rsa_kid})),
            ALL,
            Err(Refused::Algorithm),
        ),
        (
            "a P-256 key for ES384",
            signed(&elliptic, &json!({"alg": "ES384", "kid": kid})),
            ALL,
            Err(Refused::Algorithm),
        ),
        ("none", unsigned("none"), WITH_HMAC, Err(Refused::Algorithm)),
        ("None", unsigned("None"), WITH_HMAC, Err(Refused::Algorithm)),
        ("NONE", unsigned("NONE"), WITH_HMAC, Err(Refused::Algorithm)),
        ("nOnE", unsigned("nOnE"), WITH_HMAC, Err(Refused::Algorithm)),
        ("none, signed", signed(&rsa, &json!({"alg": "none", "kid": rsa_kid})), ALL, Err(Refused::Algorithm)),
        ("RS256, unsigned", unsigned("RS256"), ALL, Err(Refused::Signature)),
        ("HMAC with the PEM", hmac_of(pem.as_bytes(), &hs256), WITH_HMAC, Err(Refused::Algorithm)),
        ("HMAC with the DER", hmac_of(&der, &hs256), WITH_HMAC, Err(Refused::Algorithm)),
        ("HMAC with n", hmac_of(&n, &hs256), WITH_HMAC, Err(Refused::Algorithm)),
        ("HMAC, not agreed", hmac_of(&n, &hs256), ALL, Err(Refused::Algorithm)),
        ("a DER signature", der_signature, ALL, Err(Refused::Signature)),
        ("no alg", signed(&rsa, &json!({"kid": rsa_kid})), ALL, Err(Refused::Malformed)),
        ("alg is a list", signed(&rsa, &json!({"alg": ["RS256"]})), ALL, Err(Refused::Malformed)),
    ] {
        let expected = Expectation { algorithms, ..assertion(&keys) };
        assert_eq!(open(&token, &expected).map(drop), verdict, "{case}");
    }
}

#[test]
fn sr_153_a_secret_verifies_hmac_alone_and_a_short_one_nothing() {
    let (long, short) = (vec![7; 43], vec![7; 31]);
    let elliptic = key(1, SigningAlgorithm::ES256);
    for (case, token, secrets, verdict) in [
        ("good", hmac_of(&long, &json!({"alg": "HS256"})), vec![long.clone()], Ok(())),
        ("another secret", hmac_of(&[8; 43], &json!({"alg": "HS256"})), vec![long.clone()], Err(Refused::Signature)),
        ("a short secret", hmac_of(&short, &json!({"alg": "HS256"})), vec![short], Err(Refused::Signature)),
        ("an empty one", hmac_of(&[], &json!({"alg": "HS256"})), vec![vec![]], Err(Refused::Signature)),
        ("no secret", hmac_of(&[], &json!({"alg": "HS256"})), vec![], Err(Refused::Signature)),
        ("a signature", signed(&elliptic, &json!({"alg": "ES256"})), vec![long.clone()], Err(Refused::Algorithm)),
        ("HS512", hmac_of(&long, &json!({"alg": "HS512"})), vec![long.clone()], Err(Refused::Algorithm)),
        ("none", hmac_of(&long, &json!({"alg": "none"})), vec![long], Err(Refused::Algorithm)),
    ] {
        let secrets: Vec<_> = secrets.into_iter().map(Secret::new).collect();
        let expected =
            Expectation { kind: Kind::ClientAssertion, algorithms: WITH_HMAC, signer: Signer::Secrets(&secrets) };
        assert_eq!(open(&token, &expected).map(drop), verdict, "{case}");
    }
}

#[test]
fn sr_154_a_header_brings_no_key_and_no_extension() {
    let (ours, theirs) = (key(1, SigningAlgorithm::ES256), key(2, SigningAlgorithm::ES256));
    let keys = set(&[public(&ours, &[])]);
    let kid = ours.id().to_string();
    for (member, value) in [
        ("jku", json!("https://evil.example/keys")),
        ("x5u", json!("https://evil.example/chain.pem")),
        ("x5c", json!(["MIIB"])),
        ("jwk", public(&theirs, &[])),
    ] {
        for (name, stranger) in
            [(Some(kid.as_str()), Refused::Signature), (None, Refused::Signature), (Some("evil"), Refused::UnknownKey)]
        {
            let mut header = json!({"alg": "ES256", member: value});
            if let Some(name) = name {
                header["kid"] = name.into();
            }
            assert_eq!(
                open(&signed(&theirs, &header), &assertion(&keys)).map(drop),
                Err(stranger),
                "{member} {name:?}"
            );
        }
        // The registered key is believed whatever stands beside its name.
        let header = json!({"alg": "ES256", "kid": kid, member: value});
        assert!(open(&signed(&ours, &header), &assertion(&keys)).is_ok(), "{member}");
    }
    for (case, crit, verdict) in [
        ("exp", json!(["exp"]), Refused::Critical),
        ("b64", json!(["b64"]), Refused::Critical),
        ("empty", json!([]), Refused::Critical),
        ("null", json!(null), Refused::Critical),
    ] {
        let header = json!({"alg": "ES256", "kid": kid, "crit": crit, "b64": false, "exp": 1});
        assert_eq!(open(&signed(&ours, &header), &assertion(&keys)).map(drop), Err(verdict), "{case}");
    }
    for kid in ["../../dev/null", "' OR 1=1 --", "https://evil.example/", "", "\u{0}"] {
        let header = json!({"alg": "ES256", "kid": kid});
        assert_eq!(open(&signed(&ours, &header), &assertion(&keys)).map(drop), Err(Refused::UnknownKey), "{kid:?}");
    }
}

#[test]
fn sr_154_a_proof_of_possession_has_its_public_key_in_the_header() {
    let (own, other, rsa) =
        (key(1, SigningAlgorithm::ES256), key(2, SigningAlgorithm::ES256), key(3, SigningAlgorithm::RS256));
    let expected = Expectation { kind: Kind::DpopProof, algorithms: ALL, signer: Signer::HeaderKey };
    let proof = |jwk: Value| json!({"alg": "ES256", "typ": "dpop+jwt", "jwk": jwk});
    let jwk = public(&own, &["kid", "alg", "use"]);
    let mut private = jwk.clone();
    private["d"] = "AAAA".into();
    let mut off_curve = jwk.clone();
    off_curve["y"] = jwk["x"].clone();
    for (case, header, verdict) in [
        ("good", proof(jwk.clone()), Ok(())),
        ("good, named", proof(public(&own, &[])), Ok(())),
        ("another key", proof(public(&other, &["kid"])), Err(Refused::Signature)),
        ("a key of another type", proof(public(&rsa, &["kid"])), Err(Refused::Algorithm)),
        ("a private key", proof(private), Err(Refused::HeaderKey)),
        ("a secret", proof(json!({"kty": "oct", "k": "AAAA"})), Err(Refused::HeaderKey)),
        ("no point of the curve", proof(off_curve), Err(Refused::HeaderKey)),
        ("no key", json!({"alg": "ES256", "typ": "dpop+jwt"}), Err(Refused::HeaderKey)),
        ("a text", proof(json!("key")), Err(Refused::HeaderKey)),
        (
            "a name alone",
            json!({"alg": "ES256", "typ": "dpop+jwt", "kid": own.id().to_string()}),
            Err(Refused::HeaderKey),
        ),
    ] {
        assert_eq!(open(&signed(&own, &header), &expected).map(drop), verdict, "{case}");
    }
    let hmac = json!({"alg": "HS256", "typ": "dpop+jwt", "jwk": jwk});
    let wide = Expectation { algorithms: WITH_HMAC, ..expected };
    assert_eq!(open(&hmac_of(&[7; 43], &hmac), &wide).map(drop), Err(Refused::Algorithm));
    let opened = open(&signed(&own, &proof(jwk.clone())), &expected).unwrap();
    assert_eq!(opened.thumbprint.as_ref(), Some(PublicKey::read(jwk.as_object().unwrap()).unwrap().thumbprint()));
}

#[test]
fn sr_155_no_kind_passes_for_another() {
    const ABSENT: &str = "(absent)";
    let own = key(1, SigningAlgorithm::ES256);
    let keys = set(&[public(&own, &["kid"])]);
    let ours = ["at+jwt", "logout+jwt", "dpop+jwt", "token-introspection+jwt", "oauth-authz-req+jwt", "secevent+jwt"];
    for (kind, taken) in [
        (Kind::ClientAssertion, [ABSENT, "JWT", "client-authentication+jwt"].as_slice()),
        (Kind::RequestObject, &[ABSENT, "JWT", "oauth-authz-req+jwt"]),
        (Kind::DpopProof, &["dpop+jwt"]),
        (Kind::BearerAssertion, &[ABSENT, "JWT"]),
    ] {
        let signer = if kind == Kind::DpopProof { Signer::HeaderKey } else { Signer::Keys(&keys) };
        let expected = Expectation { kind, algorithms: ALL, signer };
        let others = [ABSENT, "JWT", "client-authentication+jwt", "JWE", "", " JWT", "application/", "*"];
        for typ in ours.iter().chain(&others) {
            let mut header = json!({"alg": "ES256", "jwk": public(&own, &["kid"])});
            if *typ != ABSENT {
                header["typ"] = (*typ).into();
            }
            let verdict = if taken.contains(typ) { Ok(()) } else { Err(Refused::Type) };
            assert_eq!(open(&signed(&own, &header), &expected).map(drop), verdict, "{kind:?} {typ:?}");
        }
        for typ in taken.iter().filter(|typ| **typ != ABSENT) {
            for spelt in
                [format!("application/{typ}"), typ.to_uppercase(), format!("Application/{}", typ.to_lowercase())]
            {
                let header = json!({"alg": "ES256", "typ": spelt, "jwk": public(&own, &["kid"])});
                assert!(open(&signed(&own, &header), &expected).is_ok(), "{kind:?} {spelt}");
            }
        }
        let header = json!({"alg": "ES256", "typ": ["JWT"], "jwk": public(&own, &["kid"])});
        assert_eq!(open(&signed(&own, &header), &expected).map(drop), Err(Refused::Malformed));
    }
}

#[test]
fn sr_156_what_is_deep_huge_repeated_or_not_canonical_is_refused() {
    let own = key(1, SigningAlgorithm::ES256);
    let keys = set(&[public(&own, &["kid"])]);
    let says = |header: &str, claims: &str| written(header, claims, |message| own.sign(message).unwrap());
    let header = r#"{"alg":"ES256"}"#;
    let good = says(header, CLAIMS);
    let nested = |depth| format!(r#"{{"a":{}{}}}"#, "[".repeat(depth), "]".repeat(depth));
    let huge = |length| format!(r#"{{"a":"{}"}}"#, "x".repeat(length));
    let (message, signature) = good.rsplit_once('.').unwrap();
    let (head, _) = message.split_once('.').unwrap();
    // The last character of 64 bytes carries two bits: the other four must be zero.
    let last = signature.chars().last().unwrap();
    let stray = char::from(last as u8 + 1);
    for (case, token, verdict) in [
        ("good", good.clone(), Ok(())),
        ("deep as may be", says(header, &nested(31)), Ok(())),
        ("deep", says(header, &nested(32)), Err(Refused::Malformed)),
        (
            "a deep header",
            says(&format!(r#"{{"alg":"ES256","x":{}{}}}"#, "[".repeat(40), "]".repeat(40)), CLAIMS),
            Err(Refused::Malformed),
        ),
        ("huge as may be", says(header, &huge(5_900)), Ok(())),
        ("huge", says(header, &huge(6_200)), Err(Refused::TooLong)),
        ("endless", "a".repeat(10_000_000), Err(Refused::TooLong)),
        ("a claim twice", says(header, r#"{"sub":"a","sub":"a"}"#), Err(Refused::Malformed)),
        ("a claim twice, escaped", says(header, r#"{"sub":"a","\u0073ub":"b"}"#), Err(Refused::Malformed)),
        ("a claim twice, inside", says(header, r#"{"cnf":{"jkt":"a","jkt":"b"}}"#), Err(Refused::Malformed)),
        ("alg twice", says(r#"{"alg":"none","alg":"ES256"}"#, CLAIMS), Err(Refused::Malformed)),
        ("more after the claims", says(header, r#"{"sub":"a"} {"sub":"b"}"#), Err(Refused::Malformed)),
        ("claims that are a list", says(header, r#"["a"]"#), Err(Refused::Malformed)),
        ("claims that are a text", says(header, "sub=a"), Err(Refused::Malformed)),
        ("no claims", says(header, ""), Err(Refused::Malformed)),
        (
            "claims that are not UTF-8",
            written(header, "", |_| vec![]).replace("..", &format!(".{}.", encoded([0xff]))),
            Err(Refused::Signature),
        ),
        ("a header that is a list", says(r#"["ES256"]"#, CLAIMS), Err(Refused::Malformed)),
        ("a byte order mark", says(&format!("\u{feff}{header}"), CLAIMS), Err(Refused::Malformed)),
        ("more after the signature", format!("{good}A"), Err(Refused::Signature)),
        ("a part more", format!("{good}.{signature}"), Err(Refused::Malformed)),
        ("a part less", message.to_owned(), Err(Refused::Malformed)),
        ("unsigned", format!("{message}."), Err(Refused::Signature)),
        ("cut", good[..good.len() - 6].to_owned(), Err(Refused::Signature)),
        ("padded", format!("{good}=="), Err(Refused::Malformed)),
        ("padded within", format!("{head}=.{}", good.split_once('.').unwrap().1), Err(Refused::Malformed)),
        ("stray bits", format!("{}{stray}", &good[..good.len() - 1]), Err(Refused::Malformed)),
        ("a line end", format!("{good}\n"), Err(Refused::Malformed)),
        ("a space before", format!(" {good}"), Err(Refused::Malformed)),
        ("the other alphabet", format!("{message}.{}", "+/".repeat(43)), Err(Refused::Malformed)),
        ("encrypted", "a.b.c.d.e".to_owned(), Err(Refused::Malformed)),
        ("JSON", json!({"payload": "", "signatures": []}).to_string(), Err(Refused::Malformed)),
        ("dots", "..".to_owned(), Err(Refused::Malformed)),
        ("nothing", String::new(), Err(Refused::Malformed)),
    ] {
        assert_eq!(open(&token, &assertion(&keys)).map(drop), verdict, "{case}");
    }
    // A request object holds a whole request.
    let request = Expectation { kind: Kind::RequestObject, ..assertion(&keys) };
    assert!(open(&says(header, &huge(20_000)), &request).is_ok());
    assert_eq!(open(&says(header, &huge(30_000)), &request).map(drop), Err(Refused::TooLong));
}

#[test]
fn sr_153_no_changed_character_of_a_foreign_token_goes_unnoticed() {
    let own = key(1, SigningAlgorithm::EdDSA);
    let keys = set(&[public(&own, &["kid"])]);
    let token = signed(&own, &json!({"alg": "EdDSA", "typ": "JWT"}));
    assert!(open(&token, &assertion(&keys)).is_ok());
    for index in 0..token.len() {
        let mut bytes = token.clone().into_bytes();
        bytes[index] = if bytes[index] == b'A' { b'B' } else { b'A' };
        let changed = String::from_utf8(bytes).unwrap();
        assert!(open(&changed, &assertion(&keys)).is_err(), "character {index}");
    }
}

proptest! {
    #[test]
    fn sr_156_no_text_panics(token in "\\PC{0,200}", header in "[\\x20-\\x7e]{0,80}", claims in "[\\x20-\\x7e]{0,80}") {
        let keys = set(&[json!({"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"})]);
        for signer in [Signer::Keys(&keys), Signer::HeaderKey, Signer::Secrets(&[])] {
            for kind in [Kind::ClientAssertion, Kind::RequestObject, Kind::DpopProof] {
                let expected = Expectation { kind, algorithms: WITH_HMAC, signer };
                prop_assert!(open(&token, &expected).is_err());
                prop_assert!(open(&written(&header, &claims, |_| vec![0; 64]), &expected).is_err());
            }
        }
    }

    #[test]
    fn sr_156_no_header_key_panics(kty in "RSA|EC|OKP|oct", crv in "P-256|P-384|P-521|Ed25519|X25519", a: Vec<u8>, b: Vec<u8>) {
        let (a, b) = (encoded(a), encoded(b));
        let jwk = json!({"kty": kty, "crv": crv, "x": a, "y": b, "n": a, "e": b});
        let expected = Expectation { kind: Kind::DpopProof, algorithms: ALL, signer: Signer::HeaderKey };
        for alg in ALL {
            let header = json!({"alg": alg, "typ": "dpop+jwt", "jwk": jwk}).to_string();
            prop_assert!(open(&written(&header, CLAIMS, |_| vec![0; 64]), &expected).is_err());
        }
        let document = json!({"keys": [jwk]}).to_string();
        let usable = PublicKeys::read(document.as_bytes()).is_ok();
        prop_assert!(!usable || kty == "OKP");
    }
}
