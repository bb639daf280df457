//! What is read out of a request as the one proof, and what that proves.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

use super::*;
use crate::protocol::client::tests::{SECRET, confidential, public};
use crate::protocol::error::ErrorCode;
use crate::secret::SecretHash;

const JWT: &str = "client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer";

fn basic(pair: &str) -> String {
    format!("Basic {}", STANDARD.encode(pair))
}

/// A JWT of that payload, signed by nobody.
fn saying(payload: &str) -> String {
    format!("e30.{}.AA", URL_SAFE_NO_PAD.encode(payload))
}

fn read(
    header: Option<&str>,
    body: &str,
    certificate: Option<&ClientCertificate>,
) -> Result<PresentedClient, ErrorCode> {
    let parameters = Parameters::parse(body.as_bytes()).unwrap();
    PresentedClient::read(Shown { authorization: header, certificate }, &parameters).map_err(|error| error.code())
}

fn authenticate(header: Option<&str>, body: &str) -> Result<String, ErrorCode> {
    let mut rotating = confidential("rotating");
    rotating.secrets.insert(0, SecretHash::of("older"));
    let posting = Client { authentication: ClientAuthenticationMethod::ClientSecretPost, ..confidential("posting") };
    let signing = Client { authentication: ClientAuthenticationMethod::PrivateKeyJwt, ..confidential("signing") };
    let clients = [confidential("portal"), rotating, posting, signing, public("spa"), confidential("a:b c")];
    let presented = read(header, body, None)?;
    let found = clients.iter().find(|client| client.client_id.as_str() == presented.client_id());
    let client = presented.authenticate(found.cloned().map(Arc::new), None).map_err(|error| error.code())?;
    Ok(client.client_id.to_string())
}

#[test]
fn sr_147_only_the_registered_method_and_the_right_secret_pass() {
    let post = |id: &str, secret: &str| format!("client_id={id}&client_secret={secret}");
    for (header, body, verdict) in [
        (Some(basic(&format!("portal:{SECRET}"))), String::new(), Ok("portal")),
        (Some(basic(&format!("portal:{SECRET}"))), "client_id=portal".to_owned(), Ok("portal")),
        (Some(basic(&format!("portal:{SECRET}")).replace("Basic", "bASIC")), String::new(), Ok("portal")),
        (Some(basic(&format!("rotating:{SECRET}"))), String::new(), Ok("rotating")),
        (Some(basic("rotating:older")), String::new(), Ok("rotating")),
        // RFC 6749 §2.3.1: both halves are form-encoded
        (Some(basic(&format!("a%3Ab+c:{SECRET}"))), String::new(), Ok("a:b c")),
        (None, post("posting", SECRET), Ok("posting")),
        (None, "client_id=spa".to_owned(), Ok("spa")),
        // everything else is one and the same 401
        (Some(basic("portal:wrong")), String::new(), Err(ErrorCode::InvalidClient)),
        (Some(basic("portal:")), String::new(), Err(ErrorCode::InvalidClient)),
        (Some(basic(&format!("nobody:{SECRET}"))), String::new(), Err(ErrorCode::InvalidClient)),
        (Some(basic(&format!("posting:{SECRET}"))), String::new(), Err(ErrorCode::InvalidClient)),
        (Some(basic(&format!("signing:{SECRET}"))), String::new(), Err(ErrorCode::InvalidClient)),
        (Some(basic("spa:")), String::new(), Err(ErrorCode::InvalidClient)),
        (Some(basic("spa:no client has this secret")), String::new(), Err(ErrorCode::InvalidClient)),
        (Some(basic(&format!("portal:{SECRET}"))), "client_id=spa".to_owned(), Err(ErrorCode::InvalidClient)),
        (Some(basic("no colon")), String::new(), Err(ErrorCode::InvalidClient)),
        (Some("Basic ???".to_owned()), String::new(), Err(ErrorCode::InvalidClient)),
        (Some("Bearer abc".to_owned()), String::new(), Err(ErrorCode::InvalidClient)),
        (None, post("portal", SECRET), Err(ErrorCode::InvalidClient)),
        (None, post("spa", "x"), Err(ErrorCode::InvalidClient)),
        (None, "client_id=portal".to_owned(), Err(ErrorCode::InvalidClient)),
        (None, "client_id=signing".to_owned(), Err(ErrorCode::InvalidClient)),
        (None, "client_id=nobody".to_owned(), Err(ErrorCode::InvalidClient)),
        (None, format!("client_secret={SECRET}"), Err(ErrorCode::InvalidClient)),
        (None, String::new(), Err(ErrorCode::InvalidClient)),
        (Some(basic(&format!("portal:{SECRET}"))), post("portal", SECRET), Err(ErrorCode::InvalidRequest)),
    ] {
        assert_eq!(authenticate(header.as_deref(), &body), verdict.map(str::to_owned), "{header:?} {body}");
    }
}

#[test]
fn sr_147_an_assertion_is_the_only_proof_of_its_request() {
    let token = saying(r#"{"sub":"signing"}"#);
    let with = |rest: &str| format!("{JWT}&client_assertion={token}{rest}");
    let other = "client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Asaml2-bearer";
    for (header, body, verdict) in [
        (None, with(""), Ok("signing")),
        (None, with("&client_id=signing"), Ok("signing")),
        // Whether it speaks of whom the request names is judged with the rest of it.
        (None, with("&client_id=other"), Ok("other")),
        (Some("Basic c2lnbmluZzp4"), with(""), Err(ErrorCode::InvalidRequest)),
        (None, with("&client_secret=x"), Err(ErrorCode::InvalidRequest)),
        (None, with(&format!("&client_assertion={token}")), Err(ErrorCode::InvalidRequest)),
        (None, format!("client_assertion={token}"), Err(ErrorCode::InvalidRequest)),
        (None, JWT.to_owned(), Err(ErrorCode::InvalidRequest)),
        (None, format!("{other}&client_assertion={token}"), Err(ErrorCode::InvalidClient)),
        (None, format!("{JWT}&client_assertion="), Err(ErrorCode::InvalidRequest)),
        (None, format!("{JWT}&client_assertion=x"), Err(ErrorCode::InvalidClient)),
        (None, format!("{JWT}&client_assertion={}", saying(r#"{"sub":7}"#)), Err(ErrorCode::InvalidClient)),
        (None, format!("{JWT}&client_assertion={}", saying(r#"{"sub":"a","sub":"b"}"#)), Err(ErrorCode::InvalidClient)),
    ] {
        let read = read(header, &body, None);
        assert_eq!(read.as_ref().map(|read| read.client_id()).map_err(|code| *code), verdict, "{header:?} {body}");
        assert!(read.is_err() || matches!(read.unwrap().proof(), Proof::Assertion(_)));
    }
}

#[test]
fn sr_147_an_assertion_proves_nothing_by_itself() {
    let body = format!("{JWT}&client_assertion={}", saying(r#"{"sub":"signing"}"#));
    assert_eq!(authenticate(None, &body), Err(ErrorCode::InvalidClient));
}

#[test]
fn a_certificate_is_a_proof_where_there_is_no_other() {
    let certificate = ClientCertificate::new(b"certificate", Vec::new());
    let kind = |header: Option<&str>, body: &str| match read(header, body, Some(&certificate)).unwrap().proof {
        Proof::Name => "name",
        Proof::Secret(_) => "secret",
        Proof::Assertion(_) => "assertion",
        Proof::Certificate(_) => "certificate",
    };
    assert_eq!(kind(None, "client_id=bank"), "certificate");
    // RFC 8705 §3: tokens may be bound to a certificate whatever the client proves itself by.
    assert_eq!(kind(Some(&basic("bank:x")), ""), "secret");
    assert_eq!(kind(None, "client_id=bank&client_secret=x"), "secret");
    assert_eq!(kind(None, &format!("{JWT}&client_assertion={}", saying(r#"{"sub":"bank"}"#))), "assertion");
    assert_eq!(read(None, "", Some(&certificate)).unwrap_err(), ErrorCode::InvalidClient, "it names nobody");
}

#[test]
fn a_public_client_may_show_a_certificate_and_no_other_may_get_along_with_one_that_is_not_its_own() {
    let certificate = ClientCertificate::new(b"certificate", Vec::new());
    let certified = |method| Client { authentication: method, ..confidential("bank") };
    for (client, proven) in [
        (public("bank"), true),
        (confidential("bank"), false),
        (certified(ClientAuthenticationMethod::TlsClientAuth), false),
        (certified(ClientAuthenticationMethod::SelfSignedTlsClientAuth), false),
        (certified(ClientAuthenticationMethod::PrivateKeyJwt), false),
    ] {
        let presented = read(None, "client_id=bank", Some(&certificate)).unwrap();
        let method = client.authentication;
        assert_eq!(presented.authenticate(Some(Arc::new(client)), None).is_ok(), proven, "{method:?}");
    }
}

#[test]
fn sr_96_one_of_the_registered_keys_is_the_certificates() {
    let method = ClientAuthenticationMethod::SelfSignedTlsClientAuth;
    let bank = Client { authentication: method, ..confidential("bank") };
    let proves = |client: &Client, key: Option<&u8>| {
        certificate::by_key(client, key, |key| *key == 7).and_then(|proven| proven.proves(client))
    };
    assert_eq!(proves(&bank, Some(&7)), Some(method));
    assert_eq!(proves(&bank, Some(&8)), None);
    assert_eq!(proves(&bank, None), None);
    assert_eq!(proves(&confidential("bank"), Some(&7)), None);
}
