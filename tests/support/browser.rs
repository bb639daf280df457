//! A browser: cookies of its own, redirects followed as browsers follow them, forms sent with `Origin`. No scripts.
//!
//! It knows the house only; anywhere else it stops, and [`Browser::left_for`] says where it was sent.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

use http::header::{ACCEPT_LANGUAGE, CONTENT_TYPE, COOKIE, HOST, HeaderName, HeaderValue, ORIGIN, REFERER, USER_AGENT};
use http::{Method, Request, StatusCode};
use url::Url;

use super::card::TlsClient;
use super::http::{Answer, exchange};
use super::jar::Jar;
use super::page::{Form, Page};
use super::world::{PUBLIC, REALM};

/// What most people have.
const FIREFOX: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";

static NEXT_ADDRESS: AtomicU32 = AtomicU32::new(0);

/// One tab of a browser; [`Browser::tab`] opens another.
pub(crate) struct Browser {
    node: SocketAddr,
    /// What stands between it and the node, if something does.
    front: Option<Arc<TlsClient>>,
    jar: Arc<Mutex<Jar>>,
    /// The address that the proxy sees.
    pub(crate) source: String,
    /// Headers that it always sends.
    always: Vec<(HeaderName, String)>,
    accepts_cookies: bool,
    at: Url,
    answer: Answer,
    typed: BTreeMap<String, String>,
    left_for: Option<Url>,
}

impl Browser {
    /// A new browser, in French, at an address that no other has.
    pub(crate) fn new(node: SocketAddr) -> Self {
        let number = NEXT_ADDRESS.fetch_add(1, Ordering::Relaxed);
        Self {
            node,
            front: None,
            jar: Arc::default(),
            source: format!("198.{}.{}.{}", 18 + (number >> 16) % 2, (number >> 8) % 256, number % 256),
            always: vec![(USER_AGENT, FIREFOX.to_owned()), (ACCEPT_LANGUAGE, "fr".to_owned())],
            accepts_cookies: true,
            at: PUBLIC.parse().unwrap(),
            answer: Answer::default(),
            typed: BTreeMap::new(),
            left_for: None,
        }
    }

    /// Reaches the node by way of that.
    pub(crate) fn through(self, front: Option<Arc<TlsClient>>) -> Self {
        Self { front, ..self }
    }

    /// Asks for pages in that language.
    pub(crate) fn in_language(self, tag: &str) -> Self {
        self.always_sending(ACCEPT_LANGUAGE, tag)
    }

    /// Calls itself so.
    pub(crate) fn named(self, agent: &str) -> Self {
        self.always_sending(USER_AGENT, agent)
    }

    /// Sends a header with everything.
    pub(crate) fn always_sending(mut self, name: HeaderName, value: &str) -> Self {
        self.always.retain(|(other, _)| *other != name);
        self.always.push((name, value.to_owned()));
        self
    }

    /// Comes from that address.
    pub(crate) fn from(mut self, source: &str) -> Self {
        source.clone_into(&mut self.source);
        self
    }

    /// Takes no cookie from now on, and forgets those it had.
    pub(crate) fn refuses_cookies(&mut self) {
        self.accepts_cookies = false;
        *self.jar.lock().unwrap() = Jar::default();
    }

    /// Takes cookies again, in the same tab.
    pub(crate) fn allows_cookies(mut self) -> Self {
        self.accepts_cookies = true;
        self
    }

    /// Another tab of this browser, on a page of its own.
    pub(crate) fn tab(&self) -> Self {
        Self {
            front: self.front.clone(),
            jar: Arc::clone(&self.jar),
            source: self.source.clone(),
            always: self.always.clone(),
            accepts_cookies: self.accepts_cookies,
            ..Self::new(self.node)
        }
    }

    /// Talks to another node from now on.
    pub(crate) fn reaches(&mut self, node: SocketAddr) {
        self.node = node;
    }

    /// What it keeps.
    pub(crate) fn cookies(&self) -> std::sync::MutexGuard<'_, Jar> {
        self.jar.lock().unwrap()
    }

    // --- going somewhere

    /// Opens an address, or a path of the house.
    pub(crate) async fn opens(&mut self, address: &str) -> &mut Self {
        let url = self.absolute(address);
        self.goes(Method::GET, url, None).await;
        self
    }

    /// Opens a page of the realm.
    pub(crate) async fn opens_page(&mut self, page: &str) -> &mut Self {
        self.opens(&format!("/realms/{REALM}/{page}")).await
    }

    /// Opens the present address once more.
    pub(crate) async fn reloads(&mut self) -> &mut Self {
        self.opens(self.at.clone().as_str()).await
    }

    /// Follows the link of that text.
    pub(crate) async fn follows(&mut self, words: &str) -> &mut Self {
        let href = self.page().link(words).unwrap_or_else(|| panic!("no link « {words} » on:\n{}", self.text()));
        self.opens(&href).await
    }

    /// Types into a field.
    pub(crate) fn types(&mut self, name: &str, value: &str) -> &mut Self {
        assert!(self.page().value(name).is_some(), "no field {name} on:\n{}", self.text());
        self.typed.insert(name.to_owned(), value.to_owned());
        self
    }

    /// Ticks a box, or unticks it.
    pub(crate) fn ticks(&mut self, name: &str, on: bool) -> &mut Self {
        self.types(name, if on { "on" } else { "off" })
    }

    /// What the button of that text would send now.
    pub(crate) fn form(&self, button: &str) -> Form {
        let form = self.page().form_of(button, &self.typed);
        form.unwrap_or_else(|| panic!("no button « {button} » on:\n{}", self.text()))
    }

    /// Presses the button of that text.
    pub(crate) async fn presses(&mut self, button: &str) -> &mut Self {
        let form = self.form(button);
        self.sends(&form).await
    }

    /// Presses the one button whose text begins so: of several things to choose from, each says more than its name.
    pub(crate) async fn chooses(&mut self, name: &str) -> &mut Self {
        let buttons = self.page().buttons(name);
        assert_eq!(buttons.len(), 1, "buttons « {name}… » on:\n{}", self.text());
        self.presses(&buttons[0]).await
    }

    /// Fills fields and presses the first button of their form, in whatever language.
    pub(crate) async fn submits(&mut self, fields: &[(&str, &str)]) -> &mut Self {
        for (name, value) in fields {
            self.types(name, value);
        }
        let form = self.page().form_with(fields[0].0, &self.typed);
        let form = form.unwrap_or_else(|| panic!("no form with {} on:\n{}", fields[0].0, self.text()));
        self.sends(&form).await
    }

    /// Submits, if the page has these fields.
    pub(crate) async fn submits_if(&mut self, fields: &[(&str, &str)]) -> &mut Self {
        let page = self.page();
        if fields.iter().all(|(name, _)| page.value(name).is_some()) { self.submits(fields).await } else { self }
    }

    /// Sends a form from the present page, and follows where it leads.
    pub(crate) async fn sends(&mut self, form: &Form) -> &mut Self {
        let to = self.absolute(form.action.as_deref().unwrap_or(self.at.as_str()));
        self.goes(Method::POST, to, Some(form.encoded())).await;
        self
    }

    /// Sends a form from the present page and looks at the bare answer; stays where it is.
    pub(crate) async fn posts(&self, form: &Form) -> Answer {
        let to = self.absolute(form.action.as_deref().unwrap_or(self.at.as_str()));
        self.asks(&Method::POST, &to, Some(form.encoded()), &Self::origin()).await
    }

    /// One request of any kind, with cookies, without following; the cookies of the answer are kept.
    pub(crate) async fn asks(
        &self,
        method: &Method,
        url: &Url,
        body: Option<String>,
        extra: &[(HeaderName, String)],
    ) -> Answer {
        let mut request =
            Request::builder().method(method).uri(&url[url::Position::BeforePath..url::Position::AfterQuery]);
        let headers = request.headers_mut().unwrap();
        headers.insert(HOST, HeaderValue::from_static("connexion.certinomis.example"));
        headers.insert("x-forwarded-for", self.source.parse().unwrap());
        headers.insert("x-forwarded-proto", HeaderValue::from_static("https"));
        if let Some(cookies) = self.cookies().header() {
            headers.insert(COOKIE, cookies.parse().unwrap());
        }
        if body.is_some() {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/x-www-form-urlencoded"));
        }
        for (name, value) in self.always.iter().chain(extra) {
            headers.insert(name, value.parse().unwrap());
        }
        let request = request.body(body.unwrap_or_default()).unwrap();
        let answer = match &self.front {
            None => exchange(self.node, request).await,
            Some(front) => front.asks(request).await.unwrap(),
        };
        if self.accepts_cookies {
            let mut jar = self.cookies();
            answer.cookies().for_each(|cookie| jar.take(cookie));
        }
        answer
    }

    /// What a browser says of a form that it sends from one of our pages.
    fn origin() -> Vec<(HeaderName, String)> {
        vec![
            (ORIGIN, PUBLIC.to_owned()),
            (HeaderName::from_static("sec-fetch-site"), "same-origin".to_owned()),
            (REFERER, format!("{PUBLIC}/")),
        ]
    }

    async fn goes(&mut self, method: Method, url: Url, body: Option<String>) {
        self.left_for = None;
        let origin = if method == Method::POST { Self::origin() } else { Vec::new() };
        self.at = url;
        self.answer = self.asks(&method, &self.at, body, &origin).await;
        for _ in 0..12 {
            let Some(location) = self.answer.location() else {
                self.typed.clear();
                return;
            };
            // SR-110: any other would send the form again.
            assert_eq!(self.answer.status, StatusCode::SEE_OTHER, "to {location}");
            let next = self.at.join(location).unwrap();
            if next.origin() != self.at.origin() {
                self.left_for = Some(next);
                self.typed.clear();
                return;
            }
            self.at = next;
            self.answer = self.asks(&Method::GET, &self.at, None, &[]).await;
        }
        panic!("sent round in circles at {}", self.at);
    }

    /// An address as seen from the present page.
    pub(crate) fn absolute(&self, address: &str) -> Url {
        let url = self.at.join(address).unwrap();
        assert_eq!(url.origin(), PUBLIC.parse::<Url>().unwrap().origin(), "{address} is not of the house");
        url
    }

    // --- what it sees

    /// Where it was sent, when that is not the house.
    pub(crate) fn left_for(&self) -> &Url {
        self.left_for.as_ref().unwrap_or_else(|| panic!("still at {}:\n{}", self.at, self.text()))
    }

    /// Whether it was sent away.
    pub(crate) const fn has_left(&self) -> bool {
        self.left_for.is_some()
    }

    pub(crate) const fn at(&self) -> &Url {
        &self.at
    }

    /// The page's path below the realm, such as `sign-in`.
    pub(crate) fn place(&self) -> &str {
        self.at.path().strip_prefix("/realms/").and_then(|path| path.split_once('/')).map_or("", |(_, page)| page)
    }

    /// The last answer.
    pub(crate) const fn answer(&self) -> &Answer {
        &self.answer
    }

    pub(crate) fn status(&self) -> u16 {
        self.answer.status.as_u16()
    }

    pub(crate) fn page(&self) -> Page {
        Page::parse(&self.answer.body)
    }

    pub(crate) fn text(&self) -> String {
        self.page().text()
    }

    pub(crate) fn h1(&self) -> String {
        self.page().h1()
    }

    pub(crate) fn title(&self) -> String {
        self.page().title()
    }

    pub(crate) fn error_summary(&self) -> Vec<String> {
        self.page().error_summary()
    }

    pub(crate) fn field_error(&self, name: &str) -> Option<String> {
        self.page().field_error(name)
    }

    pub(crate) fn notice(&self) -> Option<String> {
        self.page().notice()
    }

    pub(crate) fn value(&self, name: &str) -> Option<String> {
        self.page().value(name)
    }

    /// Whether the page says these words.
    pub(crate) fn says(&self, words: &str) -> bool {
        self.text().contains(&super::page::plain(words))
    }
}
