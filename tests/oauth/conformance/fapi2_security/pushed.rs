//! What the plans ask of pushed requests and of their references (RFC 9126).

use guichet::clock::Duration;
use http::Method;

use super::checks::{kept, refuses};
use super::party::PAR;
use super::stage::{Stage, Variant};
use crate::oauth::par::MALFORMED;
use crate::oauth::{is_a_page, referring};
use crate::support::people::MARIE;

pub(crate) async fn par_ensure_reused_request_uri_prior_to_auth_completion_succeeds(stage: &mut Stage<'_>) {
    for variant in Variant::ALL {
        let bank = stage.first(variant).await;
        let (mut browser, asked) = (stage.world.browser(), bank.asks());
        let address = referring(&bank.app, &bank.pushed(&asked).await);
        for _ in 0..2 {
            browser.opens(&address).await;
            assert_eq!(browser.place(), "sign-in", "{}", browser.text());
        }
        browser.submits(&MARIE.credentials()).await;
        bank.completes(&asked, &browser).await;
    }
}

pub(crate) async fn par_attempt_reuse_request_uri(stage: &mut Stage<'_>) {
    let mut browser = stage.signed_in().await;
    for variant in Variant::ALL {
        let bank = stage.first(variant).await;
        let asked = bank.asks();
        let address = referring(&bank.app, &bank.pushed(&asked).await);
        browser.opens(&address).await;
        bank.completes(&asked, &browser).await;
        browser.opens(&address).await;
        is_a_page(&browser, 400, MALFORMED);
    }
}

pub(crate) async fn par_attempt_to_use_expired_request_uri(stage: &mut Stage<'_>) {
    let mut browser = stage.signed_in().await;
    for variant in Variant::ALL {
        let bank = stage.first(variant).await;
        let asked = bank.asks();
        let (uri, lives) = kept(&bank.pushes(&asked, &[]).await);
        stage.world.advance(Duration::from_secs(lives));
        browser.opens(&referring(&bank.app, &uri)).await;
        is_a_page(&browser, 400, MALFORMED);
        let (uri, lives) = kept(&bank.pushes(&asked, &[]).await);
        stage.world.advance(Duration::from_secs(lives - 1));
        browser.opens(&referring(&bank.app, &uri)).await;
        bank.completes(&asked, &browser).await;
    }
}

pub(crate) async fn par_attempt_to_use_request_uri_for_different_client(stage: &mut Stage<'_>) {
    let mut browser = stage.signed_in().await;
    for variant in Variant::ALL {
        let (bank, other) = (stage.first(variant).await, stage.second(variant).await);
        let asked = bank.asks();
        let uri = bank.pushed(&asked).await;
        browser.opens(&referring(&other.app, &uri)).await;
        is_a_page(&browser, 400, MALFORMED);
        // It is its own client's still.
        browser.opens(&referring(&bank.app, &uri)).await;
        bank.completes(&asked, &browser).await;
    }
}

pub(crate) async fn par_authorization_request_containing_request_uri_form_param(stage: &mut Stage<'_>) {
    for variant in Variant::ALL {
        let bank = stage.first(variant).await;
        let uri = bank.pushed(&bank.asks()).await;
        for value in [uri.as_str(), "https://first.example/request"] {
            let mut form = bank.request(&bank.asks());
            form.push(("request_uri".to_owned(), value.to_owned()));
            refuses(&bank.pushes_form(&form, &[]).await, 400, &["invalid_request"]);
        }
    }
}

pub(crate) async fn par_attempt_invalid_http_method(stage: &mut Stage<'_>) {
    for variant in Variant::ALL {
        let bank = stage.first(variant).await;
        for method in [Method::GET, Method::PUT, Method::PATCH, Method::DELETE] {
            let form = bank.request(&bank.asks());
            let body = url::form_urlencoded::Serializer::new(String::new())
                .extend_pairs(&form)
                .extend_pairs(bank.credentials())
                .finish();
            let answer = bank.sends(&method, PAR, &[], body).await;
            assert_eq!((answer.status.as_u16(), answer.header("allow")), (405, Some("POST")), "{method}");
        }
    }
}
