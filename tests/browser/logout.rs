//! Signing out as a browser does it: applications hear of it in frames, and a page of theirs notices by itself.

use std::fs;
use std::net::Ipv4Addr;

use axum::Router;
use axum::response::Html;
use axum::routing::get;
use rcgen::{CertificateParams, CertifiedIssuer, KeyPair};
use serde_json::json;

use crate::nodes::journey::Person;
use crate::nodes::node::Node;
use crate::nodes::site::Site;
use crate::support::chromium::{Page, Settings};
use crate::support::peer::{Peer, Reply};

/// The provider on `localhost`, its portal on 127.0.0.1: to a browser these are two sites.
struct Place {
    site: Site,
    _node: Node,
    page: Page,
}

impl Place {
    /// With the portal's file changed so, and Marie signed in at the portal.
    async fn begin(scripts: bool, changes: &[(&str, &str)]) -> Option<Self> {
        let page = Page::open(Settings { scripts, ..Settings::default() }).await?;
        let site = Site::on_sqlite().await;
        let file = site.path("realms/certinomis/clients/portal.toml");
        let mut text = fs::read_to_string(&file).unwrap();
        for (old, new) in changes {
            assert!(text.contains(old), "{text}");
            text = text.replace(old, new);
        }
        fs::write(&file, text).unwrap();
        let node = Node::start(&site).await;
        let place = Self { site, _node: node, page };
        place.joins().await;
        Some(place)
    }

    async fn joins(&self) {
        let (page, person) = (&self.page, Person::new());
        page.goto(&self.site.registration()).await;
        page.fill_named("firstName", "Marie").await;
        page.fill_named("lastName", "Durand").await;
        page.fill_named("email", &person.email).await;
        page.press("S’enregistrer").await;
        page.shows("Vérification du courriel").await;
        page.goto(&person.mailed(&self.site).await.link()).await;
        page.press("Vérifier mon courriel").await;
        page.follow("Continuer").await;
        page.fill_named("password-new", person.password).await;
        page.fill_named("password-confirm", person.password).await;
        page.press("Soumettre").await;
        page.fill_named("question", "Marque de la première voiture").await;
        page.fill_named("answer", "Renault").await;
        page.press("Valider").await;
        page.shows("Bonjour Marie Durand").await;
    }

    fn realm(&self, path: &str) -> String {
        format!("{}/realms/certinomis/{path}", self.site.origin)
    }
}

async fn the_way_out_leads_over_the_frames(scripts: bool) {
    let authority =
        CertifiedIssuer::self_signed(CertificateParams::new([]).unwrap(), KeyPair::generate().unwrap()).unwrap();
    let application = Peer::start("127.0.0.1", "127.0.0.1", &authority).await;
    application.says(Reply::document("text/html", "<!doctype html><title>Adieu</title>"));
    let commented = "# frontchannel_logout_uri = \"https://portal.example/logout/front\"";
    let written = format!("frontchannel_logout_uri = \"https://{}/out\"", application.address);
    let Some(place) = Place::begin(scripts, &[(commented, &written)]).await else { return };
    // The application's certificate is nobody's, to this browser.
    place.page.cdp("Security.setIgnoreCertificateErrors", json!({ "ignore": true })).await;
    place.page.press("Se déconnecter").await;
    place.page.shows("Commandez et suivez vos certificats").await;
    assert!(place.page.address().await.starts_with(&place.site.portal));
    let heard = application.heard();
    let issuer = place.realm("");
    let issuer = url::form_urlencoded::byte_serialize(issuer.trim_end_matches('/').as_bytes()).collect::<String>();
    let told = format!("GET /out?iss={issuer}&sid=");
    assert!(heard.iter().any(|request| request.starts_with(&told)), "{heard:?}");
    place.page.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_way_out_leads_over_the_frames_of_applications_with_scripts() {
    the_way_out_leads_over_the_frames(true).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_way_out_leads_over_the_frames_of_applications_without_scripts() {
    the_way_out_leads_over_the_frames(false).await;
}

/// What the provider's frame answers to a page that asks so.
async fn asks(page: &Page, frame: &str, question: &str) -> String {
    let script = format!(
        "new Promise((told) => {{
            const frame = document.createElement('iframe');
            addEventListener('message', (event) => {{ if (event.source === frame.contentWindow) told(event.data); }});
            frame.addEventListener('load', () => frame.contentWindow.postMessage({question}, new URL(frame.src).origin));
            frame.src = '{frame}';
            document.body.append(frame);
        }})"
    );
    page.evaluate(&script).await.as_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn oidcc_session_management_rp_initiated_logout_in_a_browser() {
    let Some(place) = Place::begin(true, &[]).await else { return };
    let (page, frame) = (&place.page, place.realm("protocol/openid-connect/login-status-iframe.html"));
    let cookies = place.realm("protocol/openid-connect/3p-cookies/step1.html");
    // An application's page on another port of the provider's host: the same site.
    let application = Router::new().route("/", get(async || Html("<!doctype html><title>Page</title><h1>Page</h1>")));
    let listener = tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let origin = format!("http://localhost:{}", listener.local_addr().unwrap().port());
    tokio::spawn(async move { axum::serve(listener, application).await });

    // What the provider says of itself is read on a page of its own; a client gets the same, made for its origin.
    page.goto(&place.realm("signed-out")).await;
    let made = format!(
        "(async () => {{
            const hash = async (text) => [...new Uint8Array(await crypto.subtle.digest('SHA-256',
                new TextEncoder().encode(text)))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
            const state = document.cookie.split('; ').find((pair) => pair.startsWith('__Host-guichet-state-certinomis='));
            return (await hash('portal {origin} ' + state.split('=')[1] + ' salt')) + '.salt';
        }})()"
    );
    let session_state = page.evaluate(&made).await.as_str().unwrap().to_owned();
    let known = format!("'portal {session_state}'");
    page.goto(&origin).await;
    for (question, answer) in [
        (known.as_str(), "unchanged"),
        (&format!("'other {session_state}'"), "changed"),
        ("'portal 0123.salt'", "changed"),
        ("'portal 01900000-0000-7000-8000-000000000001'", "changed"),
        ("'portal '", "changed"),
        ("'portal'", "error"),
        ("{}", "error"),
    ] {
        assert_eq!(asks(page, &frame, question).await, answer, "{question}");
    }
    assert_eq!(asks(page, &cookies, "''").await, "supported");

    // The portal's page is of another site: nothing is seen from there, and it is told so.
    page.goto(&place.site.portal).await;
    page.shows("Bonjour Marie Durand").await;
    page.cdp("Page.setBypassCSP", json!({ "enabled": true })).await;
    page.reload().await;
    assert_eq!(asks(page, &frame, &known).await, "error");
    assert_eq!(asks(page, &cookies, "''").await, "unsupported");

    page.press("Se déconnecter").await;
    page.shows("Commandez et suivez vos certificats").await;
    page.goto(&origin).await;
    assert_eq!(asks(page, &frame, &known).await, "changed");
    assert_eq!(asks(page, &frame, "'portal '").await, "unchanged", "nobody, as the page has it");
    place.page.close().await;
}
