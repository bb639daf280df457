//! The browser support itself: what it reads, what it switches, and that axe would find something.

use std::net::SocketAddr;

use axum::Router;
use axum::http::{HeaderMap, Uri, header};
use axum::response::Html;
use axum::routing::get;

use crate::support::axe;
use crate::support::chromium::{Page, Settings};

const FORM: &str = "<!doctype html><html lang=fr><head><title>Essai</title><link rel=icon href=data:,><meta name=viewport content=width=device-width>\
    <style>h1{color:#000}@media(prefers-color-scheme:dark){h1{color:#fff}}</style></head><body><main>\
    <h1>Essai</h1><form action=/sent><label for=q>Quelle est votre question\u{202f}?</label><input id=q name=question>\
    <button>Envoyer</button></form><p id=s>sans</p><script>document.getElementById('s').textContent='avec'</script>\
    </main></body></html>";

const FAULTY: &str = "<!doctype html><html><head><title></title></head><body><input></body></html>";

async fn serve() -> SocketAddr {
    let sent = async |headers: HeaderMap, uri: Uri| {
        let language = headers.get(header::ACCEPT_LANGUAGE).map(|tag| tag.to_str().unwrap().to_owned());
        let query = uri.query().unwrap_or_default().to_owned();
        Html(format!("<html lang=en><h1>Sent</h1><p id=l>{}</p><p id=q>{query}</p>", language.unwrap_or_default()))
    };
    let pages = Router::new()
        .route("/", get(async || ([(header::CONTENT_SECURITY_POLICY, "connect-src 'none'")], Html(FORM))))
        .route("/faulty", get(async || Html(FAULTY)))
        .route("/sent", get(sent));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, pages).await });
    address
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_is_filled_by_its_words_with_scripts_on_and_off() {
    let address = serve().await;
    for (scripts, shown, language) in [(true, "avec", "fr"), (false, "sans", "en-GB")] {
        let settings = Settings { scripts, language, ..Settings::default() };
        let Some(page) = Page::open(settings).await else { return };
        page.goto(&format!("http://{address}/")).await;
        page.shows("Essai").await;
        assert_eq!(page.language().await, "fr");
        assert_eq!(page.text_of("s").await, shown);
        page.fill("Quelle est votre question ?", "Marque").await;
        assert_eq!(page.value_of("question").await, "Marque");
        page.press("Envoyer").await;
        page.shows("Sent").await;
        assert_eq!(page.text_of("q").await, "question=Marque");
        assert!(page.text_of("l").await.starts_with(language));
        page.close().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn width_scheme_and_weight_are_what_the_story_says() {
    let address = serve().await;
    let Some(page) = Page::open(Settings { width: 320, dark: true, ..Settings::default() }).await else { return };
    page.goto(&format!("http://{address}/")).await;
    assert_eq!(page.evaluate("window.innerWidth").await, 320);
    assert_eq!(page.evaluate("getComputedStyle(document.querySelector('h1')).color").await, "rgb(255, 255, 255)");
    assert_eq!(page.weight().await, (u64::try_from(FORM.len()).unwrap(), 1));
    page.resize(1100).await;
    page.prefer(false).await;
    assert_eq!(page.evaluate("getComputedStyle(document.querySelector('h1')).color").await, "rgb(0, 0, 0)");
    page.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn axe_finds_faults_where_there_are_some() {
    if std::env::var_os("GUICHET_AXE").is_none() {
        return crate::support::chromium::leave_out("axe", "GUICHET_AXE is not set; tests/run sets it");
    }
    let address = serve().await;
    let Some(page) = Page::open(Settings::default()).await else { return };
    page.goto(&format!("http://{address}/faulty")).await;
    let found = axe::findings(&page, "faulty").await;
    for rule in ["html-has-lang", "document-title", "label"] {
        assert!(found.contains(rule), "{rule} is not among: {found}");
    }
    page.close().await;
    let form = axe::Sample { name: "support-form".to_owned(), address: format!("http://{address}/"), pictured: false };
    axe::axe_samples(&[form]).await;
}
