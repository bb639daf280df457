//! A browser's cookies for the house, kept by the rules that matter to it (RFC 6265bis §5).

use std::collections::BTreeMap;

use cookie::Cookie;

/// The cookies of one browser.
#[derive(Debug, Clone, Default)]
pub(crate) struct Jar(BTreeMap<String, Kept>);

#[derive(Debug, Clone)]
struct Kept {
    value: String,
    lasting: bool,
}

impl Jar {
    /// Obeys one `Set-Cookie`.
    pub(crate) fn take(&mut self, header: &str) {
        let cookie = Cookie::parse(header.to_owned()).unwrap();
        if cookie.name().starts_with("__Host-") {
            // RFC 6265bis §4.1.3.2: else browsers drop it in silence.
            let bound = cookie.secure() == Some(true) && cookie.path() == Some("/") && cookie.domain().is_none();
            assert!(bound, "a browser would drop {header}");
        }
        let life = cookie.max_age().map(cookie::time::Duration::whole_seconds);
        if life.is_some_and(|seconds| seconds <= 0) {
            self.0.remove(cookie.name());
        } else {
            let kept = Kept { value: cookie.value().to_owned(), lasting: life.is_some() };
            self.0.insert(cookie.name().to_owned(), kept);
        }
    }

    /// The `Cookie` header, when there is anything to say.
    pub(crate) fn header(&self) -> Option<String> {
        let pairs: Vec<_> = self.0.iter().map(|(name, kept)| format!("{name}={}", kept.value)).collect();
        (!pairs.is_empty()).then(|| pairs.join("; "))
    }

    pub(crate) fn value(&self, name: &str) -> Option<String> {
        self.0.get(name).map(|kept| kept.value.clone())
    }

    /// Puts one in by hand, as an attacker or a developer does.
    pub(crate) fn put(&mut self, name: &str, value: &str) {
        self.0.insert(name.to_owned(), Kept { value: value.to_owned(), lasting: false });
    }

    pub(crate) fn forget(&mut self, name: &str) {
        self.0.remove(name);
    }

    /// The browser was closed.
    pub(crate) fn close(&mut self) {
        self.0.retain(|_, kept| kept.lasting);
    }
}

#[test]
fn cookies_last_as_they_were_told_to() {
    let mut jar = Jar::default();
    jar.take("__Host-a=1; Path=/; Secure; HttpOnly");
    jar.take("b=2; Max-Age=60");
    assert_eq!(jar.header().unwrap(), "__Host-a=1; b=2");
    jar.close();
    assert_eq!(jar.header().unwrap(), "b=2");
    jar.take("b=; Max-Age=0");
    assert_eq!(jar.header(), None);
}

#[test]
#[should_panic(expected = "a browser would drop")]
fn a_host_cookie_of_a_domain_is_no_host_cookie() {
    Jar::default().take("__Host-a=1; Path=/; Secure; Domain=example.org");
}
