//! What the plans ask of authorization requests: what may be left out of them, how long it may be, what counts of what
//! stands outside, and what is refused.

use url::Url;

use super::checks::refuses;
use super::party::Party;
use super::stage::{Plan, Stage, Variant};
use crate::oauth::par::MALFORMED;
use crate::oauth::{is_a_page, referring};
use crate::support::browser::Browser;
use crate::support::client_app::{Asked, claims};

/// What a person reads when an application is not to be found where it says.
const ELSEWHERE: &str = "L’application a envoyé une adresse de retour qu’elle n’a pas déclarée.";

/// A text of that length in which every cut and every change shows.
fn text(length: usize) -> String {
    ('a'..='z').chain('A'..='Z').chain('0'..='9').cycle().take(length).collect()
}

/// The whole way for the first client's request as `change` makes it, in each variant.
async fn succeeds(stage: &mut Stage<'_>, change: impl Fn(Asked) -> Asked) {
    let mut browser = stage.signed_in().await;
    for variant in Variant::ALL {
        let bank = stage.first(variant).await;
        // State and nonce are compared with what was asked, or found to be absent.
        let given = bank.happy(&mut browser, &change(bank.asks())).await;
        assert!(claims(&given.id_token).get("s_hash").is_none());
    }
}

/// What the first client is told in each variant when it pushes its request as `change` makes it.
async fn is_refused(stage: &mut Stage<'_>, errors: &[&str], change: impl Fn(Asked) -> Asked) {
    for variant in Variant::ALL {
        let bank = stage.first(variant).await;
        refuses(&bank.pushes(&change(bank.asks()), &[]).await, 400, errors);
        bank.pushed(&bank.asks()).await;
    }
}

/// Opens a pushed request with parameters beside its reference.
async fn opens_beside(browser: &mut Browser, bank: &Party, asked: &Asked, beside: &[(&str, &str)]) {
    let mut url: Url = referring(&bank.app, &bank.pushed(asked).await).parse().unwrap();
    url.query_pairs_mut().extend_pairs(beside);
    browser.opens(url.as_str()).await;
}

pub(crate) async fn ensure_authorization_request_without_state_success(stage: &mut Stage<'_>) {
    succeeds(stage, |asked| asked.with("state", "")).await;
}

pub(crate) async fn ensure_authorization_request_without_nonce_success(stage: &mut Stage<'_>) {
    succeeds(stage, |asked| asked.with("nonce", "")).await;
}

pub(crate) async fn ensure_authorization_request_with_64_char_nonce_success(stage: &mut Stage<'_>) {
    succeeds(stage, |asked| asked.with("nonce", &text(64))).await;
}

pub(crate) async fn ensure_authorization_request_with_long_nonce(stage: &mut Stage<'_>) {
    succeeds(stage, |asked| asked.with("nonce", &text(384))).await;
}

pub(crate) async fn ensure_authorization_request_with_long_state(stage: &mut Stage<'_>) {
    succeeds(stage, |asked| asked.with("state", &text(384))).await;
}

pub(crate) async fn ensure_different_nonce_inside_and_outside_request_object(stage: &mut Stage<'_>) {
    let mut browser = stage.signed_in().await;
    for variant in Variant::ALL {
        let bank = stage.first(variant).await;
        let asked = bank.asks();
        opens_beside(&mut browser, &bank, &asked, &[("nonce", "outside")]).await;
        bank.completes(&asked, &browser).await;
    }
}

pub(crate) async fn ensure_different_state_inside_and_outside_request_object(stage: &mut Stage<'_>) {
    let mut browser = stage.signed_in().await;
    for variant in Variant::ALL {
        let bank = stage.first(variant).await;
        let asked = bank.asks();
        opens_beside(&mut browser, &bank, &asked, &[("state", "outside")]).await;
        bank.completes(&asked, &browser).await;
    }
}

pub(crate) async fn state_only_outside_request_object_not_used(stage: &mut Stage<'_>) {
    let mut browser = stage.signed_in().await;
    for variant in Variant::ALL {
        let bank = stage.first(variant).await;
        let asked = bank.asks().with("state", "");
        opens_beside(&mut browser, &bank, &asked, &[("state", "outside")]).await;
        let given = bank.completes(&asked, &browser).await;
        assert!(claims(&given.id_token).get("s_hash").is_none());
    }
}

pub(crate) async fn ensure_request_object_without_redirect_uri_fails(stage: &mut Stage<'_>) {
    is_refused(stage, &["invalid_request"], |asked| asked.with("redirect_uri", "")).await;
    if stage.plan == Plan::MessageSigning {
        for variant in Variant::ALL {
            let bank = stage.first(variant).await;
            let mut form = bank.request(&bank.asks().with("redirect_uri", ""));
            form.push(("redirect_uri".to_owned(), bank.app.redirect_uri.clone()));
            refuses(&bank.pushes_form(&form, &[]).await, 400, &["invalid_request"]);
        }
    }
}

pub(crate) async fn ensure_redirect_uri_in_authorization_request(stage: &mut Stage<'_>) {
    is_refused(stage, &["invalid_request"], |asked| asked.with("redirect_uri", "")).await;
    let mut browser = stage.signed_in().await;
    for variant in Variant::ALL {
        let bank = stage.first(variant).await;
        browser.opens(&bank.asks().with("redirect_uri", "").url()).await;
        is_a_page(&browser, 400, ELSEWHERE);
    }
}

pub(crate) async fn plain_fapi_tolerate_unregistered_redirect_uri(stage: &mut Stage<'_>) {
    // Refused, always and everywhere: an address is registered or is none.
    let mut browser = stage.signed_in().await;
    for variant in Variant::ALL {
        let bank = stage.first(variant).await;
        for n in 0..2 {
            let asked = bank.asks().with("redirect_uri", &format!("{}/{n}", bank.app.redirect_uri));
            refuses(&bank.pushes(&asked, &[]).await, 400, &["invalid_request"]);
            browser.opens(&asked.url()).await;
            is_a_page(&browser, 400, ELSEWHERE);
        }
    }
}

pub(crate) async fn ensure_unsigned_authorization_request_without_using_par_fails(stage: &mut Stage<'_>) {
    let mut browser = stage.signed_in().await;
    for variant in Variant::ALL {
        let bank = stage.first(variant).await;
        let asked = bank.asks();
        browser.opens(&asked.url()).await;
        is_a_page(&browser, 400, MALFORMED);
        let asked = asked.with("prompt", "none");
        browser.opens(&asked.url()).await;
        assert_eq!(bank.error(&asked, &browser).await, "invalid_request");
    }
}

pub(crate) async fn ensure_response_type_code_idtoken_fails(stage: &mut Stage<'_>) {
    is_refused(stage, &["unsupported_response_type"], |asked| asked.with("response_type", "code id_token")).await;
}

pub(crate) async fn ensure_response_type_token_fails(stage: &mut Stage<'_>) {
    is_refused(stage, &["unsupported_response_type"], |asked| asked.with("response_type", "token")).await;
}

pub(crate) async fn par_ensure_pkce_required(stage: &mut Stage<'_>) {
    is_refused(stage, &["invalid_request"], |asked| asked.with("code_challenge", "").with("code_challenge_method", ""))
        .await;
    is_refused(stage, &["invalid_request"], |asked| asked.with("code_challenge", "")).await;
}

pub(crate) async fn par_plain_pkce_rejected(stage: &mut Stage<'_>) {
    is_refused(stage, &["invalid_request"], |asked| {
        let verifier = asked.verifier.clone();
        asked.with("code_challenge", &verifier).with("code_challenge_method", "plain")
    })
    .await;
    // RFC 7636 §4.3: "plain" is what is meant where no method is said.
    is_refused(stage, &["invalid_request"], |asked| asked.with("code_challenge_method", "")).await;
}
