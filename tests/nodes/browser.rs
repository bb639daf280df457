//! A browser without scripts that does one request at a time, so that a story can pull the plug between any two.
//!
//! It keeps cookies by host as browsers do (`localhost` counts as secure), follows redirects, fills the forms that the
//! page has, and remembers what it was doing: after a failed request [`Browser::hop`] does the same one again, as the
//! Reload button would.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;
use std::sync::atomic::{AtomicU32, Ordering};

use cookie::Cookie;
use reqwest::RequestBuilder;
use reqwest::header::{COOKIE, LOCATION, ORIGIN, SET_COOKIE};
use reqwest::redirect::Policy;
use scraper::{ElementRef, Html, Selector};
use url::Url;

/// A browser with an address of its own.
#[derive(Clone)]
pub(crate) struct Browser {
    http: reqwest::Client,
    source: Ipv4Addr,
    cookies: BTreeMap<(String, String), String>,
    doing: Option<Request>,
    /// A port of addresses, and the one that is really asked.
    instead: Option<(u16, u16)>,
    /// The page that it shows.
    pub(crate) page: Page,
}

/// Something that a browser asks for.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    address: Url,
    form: Option<Vec<(String, String)>>,
}

/// A page that was shown.
#[derive(Debug, Clone)]
pub(crate) struct Page {
    /// Where it is.
    pub(crate) address: Url,
    /// The status of the answer.
    pub(crate) status: u16,
    html: String,
}

impl Browser {
    /// A new browser.
    pub(crate) fn new() -> Self {
        Self::with(reqwest::Client::builder())
    }

    /// A new browser that trusts this authority alone, and speaks one version of TLS.
    pub(crate) fn trusting(authority: &str, version: reqwest::tls::Version) -> Self {
        let authority = reqwest::Certificate::from_pem(authority.as_bytes()).unwrap();
        let http = reqwest::Client::builder().tls_certs_only([authority]);
        Self::with(http.tls_version_min(version).tls_version_max(version))
    }

    fn with(http: reqwest::ClientBuilder) -> Self {
        // A connection for each request: one that a dead node left behind is no news.
        let http = http.redirect(Policy::none()).no_proxy().pool_max_idle_per_host(0).build().unwrap();
        let page = Page { address: "about:blank".parse().unwrap(), status: 0, html: String::new() };
        Self { http, source: new_source(), cookies: BTreeMap::new(), doing: None, instead: None, page }
    }

    /// Whatever is on `port` is asked of the node on `node`.
    pub(crate) const fn stays_at(&mut self, port: u16, node: u16) {
        self.instead = Some((port, node));
    }

    /// Goes to another network, as people do between one thing and the next.
    pub(crate) fn moves(&mut self) {
        self.source = new_source();
    }

    /// The address that it comes from.
    pub(crate) const fn source(&self) -> Ipv4Addr {
        self.source
    }

    /// Types an address.
    pub(crate) fn ask(&mut self, address: &str) {
        self.doing = Some(Request { address: address.parse().unwrap(), form: None });
    }

    /// Presses Reload.
    pub(crate) fn reload(&mut self) {
        self.doing = Some(Request { address: self.page.address.clone(), form: None });
    }

    /// Follows the link to an address that contains this.
    pub(crate) fn follow(&mut self, part: &str) {
        let href = self.page.link(part).unwrap_or_else(|| panic!("no link to {part}: {}", self.page.words()));
        self.doing = Some(Request { address: self.page.address.join(&href).unwrap(), form: None });
    }

    /// Fills the form that has these fields, or that button, and sends it.
    pub(crate) fn send(&mut self, typed: &[(&str, &str)]) {
        self.doing = Some(self.filled(typed));
    }

    /// The form that has these fields, or that button, filled and not sent.
    pub(crate) fn filled(&self, typed: &[(&str, &str)]) -> Request {
        let filled = self.page.form(typed);
        filled.unwrap_or_else(|| panic!("no form with {typed:?} at {}: {}", self.page.address, self.page.words()))
    }

    /// What typing an address would ask that node for.
    pub(crate) fn typing_at(&self, node: u16, address: &str) -> RequestBuilder {
        let mut address: Url = address.parse().unwrap();
        address.set_port(Some(node)).unwrap();
        self.request(&Request { address, form: None })
    }

    /// Whether a request is still to be made.
    pub(crate) const fn is_waiting(&self) -> bool {
        self.doing.is_some()
    }

    /// The address of the request that is still to be made.
    pub(crate) fn asks_for(&self) -> Option<&Url> {
        self.doing.as_ref().map(|request| &request.address)
    }

    /// Makes one request. A redirect leaves the next one to be made; a failure leaves the same one.
    pub(crate) async fn hop(&mut self) -> Result<(), reqwest::Error> {
        let Some(request) = self.doing.clone() else { return Ok(()) };
        let answer = self.request(&request).send().await?;
        let status = answer.status();
        let host = request.address.host_str().unwrap_or_default().to_owned();
        let location = answer.headers().get(LOCATION).map(|location| location.to_str().unwrap().to_owned());
        let cookies: Vec<String> =
            answer.headers().get_all(SET_COOKIE).iter().map(|cookie| cookie.to_str().unwrap().to_owned()).collect();
        let html = answer.text().await?;
        // A browser that lost the answer half-way has kept nothing of it.
        for cookie in cookies {
            self.keep(&host, cookie);
        }
        if let Some(location) = location.filter(|_| status.is_redirection()) {
            let address = request.address.join(&location).unwrap();
            self.doing = Some(Request { address, form: None });
        } else {
            self.doing = None;
            self.page = Page { address: request.address, status: status.as_u16(), html };
        }
        Ok(())
    }

    /// Makes requests until a page is shown.
    pub(crate) async fn settle(&mut self) {
        while self.is_waiting() {
            if let Err(error) = self.hop().await {
                panic!("{:?}: {error:?}", self.asks_for());
            }
        }
    }

    /// Opens an address, to the page that it ends on.
    pub(crate) async fn open(&mut self, address: &str) {
        self.ask(address);
        self.settle().await;
    }

    /// Fills a form and sends it, to the page that it ends on.
    pub(crate) async fn submit(&mut self, typed: &[(&str, &str)]) {
        self.send(typed);
        self.settle().await;
    }

    /// Makes a request as this browser without taking notice of the answer.
    pub(crate) fn request(&self, request: &Request) -> RequestBuilder {
        let mut address = request.address.clone();
        if let Some((port, node)) = self.instead
            && address.port() == Some(port)
        {
            address.set_port(Some(node)).unwrap();
        }
        let built = match &request.form {
            None => self.http.get(address),
            Some(form) => {
                let origin = self.page.address.origin().ascii_serialization();
                self.http.post(address).header(ORIGIN, origin).form(form)
            }
        };
        let host = request.address.host_str().unwrap_or_default();
        let known = self.cookies.iter().filter(|((owner, _), _)| owner == host);
        let cookies: Vec<_> = known.map(|((_, name), value)| format!("{name}={value}")).collect();
        let built = if cookies.is_empty() { built } else { built.header(COOKIE, cookies.join("; ")) };
        built.header("x-forwarded-for", self.source.to_string())
    }

    fn keep(&mut self, host: &str, header: String) {
        let cookie = Cookie::parse(header).unwrap();
        let key = (host.to_owned(), cookie.name().to_owned());
        if cookie.max_age() == Some(cookie::time::Duration::ZERO) || cookie.value().is_empty() {
            self.cookies.remove(&key);
        } else {
            self.cookies.insert(key, cookie.value().to_owned());
        }
    }
}

impl Page {
    /// Its path.
    pub(crate) fn path(&self) -> &str {
        self.address.path()
    }

    /// The last part of its path, which names it.
    pub(crate) fn name(&self) -> &str {
        self.path().rsplit('/').next().unwrap_or_default()
    }

    /// Whether these words stand on it, no-break spaces read as spaces.
    pub(crate) fn says(&self, words: &str) -> bool {
        self.words().contains(words)
    }

    /// Its words.
    pub(crate) fn words(&self) -> String {
        let document = Html::parse_document(&self.html);
        let body = document.select(&selector("body")).next();
        let text: String = body.map(|body| body.text().collect()).unwrap_or_default();
        text.replace(['\u{a0}', '\u{202f}'], " ").split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// Whether it has a form with these fields, or that button.
    pub(crate) fn offers(&self, typed: &[(&str, &str)]) -> bool {
        self.form(typed).is_some()
    }

    fn link(&self, part: &str) -> Option<String> {
        let document = Html::parse_document(&self.html);
        let links = selector("a[href]");
        let mut hrefs = document.select(&links).filter_map(|link| link.attr("href"));
        hrefs.find(|href| href.contains(part)).map(str::to_owned)
    }

    /// The form that takes `typed`, with what it holds by itself.
    fn form(&self, typed: &[(&str, &str)]) -> Option<Request> {
        let document = Html::parse_document(&self.html);
        let forms = selector("form[method=post]");
        let form = document.select(&forms).find(|form| typed.iter().all(|(name, value)| takes(*form, name, value)))?;
        let hidden = selector("input[type=hidden]");
        let held = form.select(&hidden).map(|input| {
            let value = |name| input.attr(name).unwrap_or_default().to_owned();
            (value("name"), value("value"))
        });
        let typed = typed.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        let address = self.address.join(form.attr("action").unwrap_or_default()).unwrap();
        Some(Request { address, form: Some(held.chain(typed).collect()) })
    }
}

/// Whether the form has a field of that name, or a button of that name and value.
fn takes(form: ElementRef<'_>, name: &str, value: &str) -> bool {
    let button = selector(&format!("button[name='{name}'][value='{value}']"));
    let field = selector(&format!("input[name='{name}'], select[name='{name}']"));
    form.select(&button).chain(form.select(&field)).next().is_some()
}

/// An address that nobody had before: RFC 2544 keeps 198.18.0.0/15 for tests of devices.
fn new_source() -> Ipv4Addr {
    static SOURCES: AtomicU32 = AtomicU32::new(1);
    Ipv4Addr::from_bits(0xc612_0000 + SOURCES.fetch_add(1, Ordering::SeqCst))
}

fn selector(text: &str) -> Selector {
    Selector::parse(text).unwrap()
}
