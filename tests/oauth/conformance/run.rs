//! A run of a module of the code flow: a client, Marie's browser, and the way in which answers come back.

use std::collections::BTreeMap;

use scraper::{Html, Selector};
use url::Url;

use super::duties::{self, Rp};
use super::test_user;
use crate::oauth::par::MALFORMED;
use crate::oauth::{is_a_page, with_client};
use crate::support::browser::Browser;
use crate::support::client_app::{Asked, ClientApp, Tokens};
use crate::support::http::Answer;
use crate::support::people::MARIE;
use crate::support::world::World;

/// How an answer comes back (OAuth 2.0 Multiple Response Types §2.1, OAuth 2.0 Form Post Response Mode §2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    Query,
    FormPost,
}

/// Everything that the suite's test user can be asked about.
pub(super) const SCOPES: &str = "openid profile email address phone";

/// The name of a client that a file declares.
pub(super) const DECLARED: &str = "Portail de commande";

/// A run, before and after any request of it.
pub(super) struct Run<C> {
    pub(super) rp: C,
    pub(super) browser: Browser,
    mode: Mode,
}

impl Run<ClientApp> {
    /// With the plan's static client; these lines stand in its file beside its own.
    pub(super) async fn declared(world: &mut World, mode: Mode, lines: &[(&str, &str)]) -> Self {
        let rp = declared(world, "rp", lines).await;
        Self::of(world, rp, mode).await
    }
}

/// A client of a file, as the suite needs one: it sends PKCE only where PKCE is what is tested.
pub(super) async fn declared(world: &mut World, id: &str, lines: &[(&str, &str)]) -> ClientApp {
    let scope = format!("\"{SCOPES} offline_access\"");
    let own = [("pkce", "\"optional\""), ("scope", scope.as_str())];
    with_client(world, id, &[&own, lines].concat()).await
}

impl<C: Rp> Run<C> {
    /// With that client, and somebody who has an account and a browser that is not signed in.
    pub(super) async fn of(world: &World, rp: C, mode: Mode) -> Self {
        test_user::has_every_claim(world).await;
        Self { rp, browser: world.browser(), mode }
    }

    /// What the suite asks for where a module says nothing else.
    pub(super) fn asks(&self) -> Asked {
        let asked = self.rp.app().asks().with("code_challenge", "").with("code_challenge_method", "");
        let asked = asked.with("scope", "openid");
        if self.mode == Mode::FormPost { asked.with("response_mode", "form_post") } else { asked }
    }

    /// Opens the request, signs in where that is asked for, agrees where that is; whether it was the sign-in page that came.
    pub(super) async fn goes(&mut self, asked: &Asked) -> bool {
        self.browser.opens(&asked.url()).await;
        self.goes_on().await
    }

    /// The rest of the way from the page that the browser shows.
    pub(super) async fn goes_on(&mut self) -> bool {
        let signs_in = !self.browser.has_left() && self.browser.place() == "sign-in";
        if signs_in {
            let fields = MARIE.credentials();
            // Who has to prove it again is not asked for the name.
            let named = self.browser.value("username").is_some();
            self.browser.submits(if named { &fields } else { &fields[1..] }).await;
        }
        if !self.browser.has_left()
            && let Some(form) = self.browser.page().form_with("session", &BTreeMap::new())
        {
            self.browser.sends(&form).await;
        }
        signs_in
    }

    /// What the client gets to hear; for a posted answer the address is where it goes, and its parameters the form.
    pub(super) fn answer(&self) -> Url {
        match self.mode {
            Mode::Query => self.browser.left_for().clone(),
            Mode::FormPost => {
                assert!(!self.browser.has_left(), "nothing is in the URL: {}", self.browser.left_for());
                posted(self.browser.answer(), self.browser.at(), &self.rp.app().redirect_uri)
            }
        }
    }

    /// The page says that the request is wrong and sends nobody anywhere by itself; what the client hears if the person goes back.
    pub(super) fn is_refused_on_a_page(&self, client_name: &str) -> Url {
        if self.mode == Mode::Query {
            is_a_page(&self.browser, 400, MALFORMED);
            return self.browser.page().link(&format!("Revenir à {client_name}")).unwrap().parse().unwrap();
        }
        is_a_page(&self.browser, 200, MALFORMED);
        assert!(!self.browser.answer().body.contains("data-sends-itself"));
        let form = self.browser.form("Continuer");
        assert_eq!(form.action.as_ref(), Some(&self.rp.app().redirect_uri));
        Url::parse_with_params(&self.rp.app().redirect_uri, &form.fields).unwrap()
    }

    /// Whether a link or a form of the page leads to an address that begins so.
    pub(super) fn leads_to(&self, address: &str) -> bool {
        let html = Html::parse_document(&self.browser.answer().body);
        let ways = Selector::parse("[href], [action], [src]").unwrap();
        let mut ways = html.select(&ways).flat_map(|way| ["href", "action", "src"].map(|name| way.attr(name)));
        ways.any(|way| way.is_some_and(|way| way.starts_with(address)))
    }

    /// The whole way, and every duty of it.
    pub(super) async fn completes(&mut self, asked: &Asked) -> Tokens {
        self.goes(asked).await;
        self.redeems(asked).await
    }

    /// The rest of the way from the answer that came.
    pub(super) async fn redeems(&self, asked: &Asked) -> Tokens {
        duties::completes(&self.rp, asked, &self.answer()).await
    }
}

/// Reads the page that posts itself: a POST of an urlencoded form to the client's address, and of nothing else.
fn posted(page: &Answer, at: &Url, redirect_uri: &str) -> Url {
    assert_eq!((page.status.as_u16(), page.header("cache-control")), (200, Some("no-store")), "{}", page.body);
    assert!(page.header("content-type").unwrap().starts_with("text/html"));
    let html = Html::parse_document(&page.body);
    let [form, script, fields] =
        ["form", "script[src]", "form input[type=hidden]"].map(|css| Selector::parse(css).unwrap());
    let forms: Vec<_> = html.select(&form).collect();
    let [form] = forms[..] else { panic!("{} forms", forms.len()) };
    assert_eq!(form.attr("method"), Some("post"));
    assert_eq!(
        form.attr("enctype").unwrap_or("application/x-www-form-urlencoded"),
        "application/x-www-form-urlencoded"
    );
    assert_eq!(form.attr("action"), Some(redirect_uri), "nothing in the URL");
    assert!(form.attr("data-sends-itself").is_some() && html.select(&script).next().is_some(), "it posts itself");
    let fields = html.select(&fields).map(|field| (field.attr("name").unwrap(), field.attr("value").unwrap()));
    let fields: Vec<_> = fields.collect();
    for (_, code) in fields.iter().filter(|(name, _)| *name == "code") {
        assert!(!at.as_str().contains(code), "{at}");
    }
    Url::parse_with_params(redirect_uri, fields).unwrap()
}
