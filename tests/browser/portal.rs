//! The demo portal's pages that need no provider: axe, widths, schemes and weight, in both languages.

use std::sync::Arc;

use guichet::clock::SystemClock;
use guichet::demo::portal;
use guichet::entropy::OsEntropy;
use guichet::identity::language::Localized;
use guichet::secret::Secret;

use crate::support::axe::{Sample, axe_samples};

#[tokio::test(flavor = "multi_thread")]
async fn the_portal_s_own_pages_are_for_everyone() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base_url = format!("http://{}", listener.local_addr().unwrap());
    let portal = portal::router(portal::Settings {
        // Nothing listens there: signing in shows the page of a provider that does not answer.
        issuer: "http://127.0.0.1:1/realms/certinomis".to_owned(),
        client_id: "portal".to_owned(),
        client_secret: Secret::new("unused".to_owned()),
        base_url: base_url.clone(),
        name: Localized { fr: "Portail Certinomis".to_owned(), en: "Certinomis portal".to_owned() },
        offer: portal::Offer::Overview,
        clock: Arc::new(SystemClock),
        entropy: Arc::new(OsEntropy),
    })
    .unwrap();
    tokio::spawn(async move { axum::serve(listener, portal).await });
    let samples = [("front", "/"), ("ended", "/?ended"), ("unreachable", "/sign-in"), ("missing", "/nowhere")];
    let in_language = |tag: &'static str| {
        let base_url = base_url.clone();
        samples.map(move |(name, path)| {
            let separator = if path.contains('?') { '&' } else { '?' };
            let address = format!("{base_url}{path}{separator}lang={tag}");
            Sample { name: format!("portal-{name}-{tag}"), address, pictured: true }
        })
    };
    let all: Vec<Sample> = ["fr", "en"].into_iter().flat_map(in_language).collect();
    axe_samples(&all).await;
}
