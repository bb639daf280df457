//! Which addresses may be registered (SR-118, SR-123).
//!
//! Judged as text, by the parts of RFC 3986 appendix B: the text is what requests are compared with (SR-122), and a
//! parser that mends an address would hide what is wrong with it. Nothing is expanded (SR-171).

use url::Url;

use crate::code::Code;

/// Why an address is refused.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Fault {
    pub(super) code: Code,
    pub(super) message: &'static str,
    pub(super) note: Option<&'static str>,
    pub(super) hint: Option<String>,
}

impl Fault {
    const fn new(code: Code, message: &'static str) -> Self {
        Self { code, message, note: None, hint: None }
    }

    const fn note(mut self, note: &'static str) -> Self {
        self.note = Some(note);
        self
    }

    fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

/// What is wrong with an address that people are brought back to; `public` clients may have schemes of their own.
pub(super) fn redirect(text: &str, public: bool) -> Vec<Fault> {
    let parts = Parts::of(text);
    let scheme = match parts.scheme {
        Some(scheme) => redirect_scheme(text, scheme, &parts, public),
        None => Some(relative()),
    };
    let faults =
        [scheme, characters(text), wildcard(text), fragment(&parts), userinfo(&parts), dots(&parts), answer(&parts)];
    judged(text, faults.into_iter().flatten().collect())
}

/// An address that pages link to, or what is wrong with it.
pub(super) fn page(text: &str) -> Result<Url, Vec<Fault>> {
    let parts = Parts::of(text);
    let scheme = match parts.scheme {
        Some(scheme) if is(scheme, "https") || is(scheme, "http") => parts.host().is_empty().then(relative),
        Some(_) => Some(Fault::new(Code::E0240, "address must be http or https")),
        None => Some(relative()),
    };
    let faults = judged(text, [scheme, characters(text), userinfo(&parts)].into_iter().flatten().collect());
    if faults.is_empty() { Url::parse(text).map_err(|_| vec![relative()]) } else { Err(faults) }
}

/// An address that we fetch from or post to (SR-168), or what is wrong with it.
pub(super) fn machine(text: &str) -> Result<Url, Vec<Fault>> {
    let parts = Parts::of(text);
    let scheme = match parts.scheme {
        Some(scheme) if is(scheme, "https") => parts.host().is_empty().then(relative),
        Some(_) => Some(Fault::new(Code::E0216, "address must be https")),
        None => Some(relative()),
    };
    let faults = [scheme, characters(text), fragment(&parts), userinfo(&parts)];
    let faults = judged(text, faults.into_iter().flatten().collect());
    if faults.is_empty() { Url::parse(text).map_err(|_| vec![relative()]) } else { Err(faults) }
}

/// What passes our rules must be an address to browsers as well.
fn judged(text: &str, mut faults: Vec<Fault>) -> Vec<Fault> {
    if faults.is_empty() && Url::parse(text).is_err() {
        faults.push(relative());
    }
    faults
}

fn relative() -> Fault {
    Fault::new(Code::E0230, "not an absolute address")
        .hint("write scheme, host and path, as in \"https://portal.example/callback\"")
}

/// RFC 8252 §7.1, §7.3: https, http to this machine's own addresses, or a reversed domain name for native applications.
fn redirect_scheme(text: &str, scheme: &str, parts: &Parts<'_>, public: bool) -> Option<Fault> {
    if is(scheme, "https") {
        return parts.host().is_empty().then(relative);
    }
    if is(scheme, "http") && matches!(parts.host(), "127.0.0.1" | "[::1]") {
        return None;
    }
    let fault = Fault::new(Code::E0231, "redirect address must use https");
    match (text.get(scheme.len()..), public, is_reversed_domain(scheme)) {
        (Some(rest), _, _) if is(scheme, "http") => {
            let hint = format!("write \"https{rest}\"");
            Some(fault.note("http is allowed for 127.0.0.1 and [::1] only").hint(hint))
        }
        (_, true, true) => None,
        (_, true, false) => {
            let fault = Fault::new(Code::E0238, "a scheme of an application's own is a domain name in reverse");
            Some(fault.hint("write it like \"com.example.app:/callback\""))
        }
        (_, false, true) => {
            Some(Fault::new(Code::E0238, "a scheme of an application's own is for public clients only"))
        }
        (_, false, false) => Some(fault),
    }
}

fn is_reversed_domain(scheme: &str) -> bool {
    scheme.contains('.') && scheme.split('.').all(|label| !label.is_empty())
}

/// RFC 3986 §2: everything else is mended by each browser in its own way.
fn characters(text: &str) -> Option<Fault> {
    let fault = Fault::new(Code::E0235, "address with a forbidden character");
    if text.contains("${") || text.contains("{{") {
        return Some(fault.hint("addresses are taken as written: nothing is expanded"));
    }
    if let Some(bad) = text.chars().find(|c| !(c.is_ascii_alphanumeric() || "-._~:/?#[]@!$&'()*+,;=%".contains(*c))) {
        return Some(fault.hint(format!("`{}` does not stand in an address as such", bad.escape_debug())));
    }
    let broken = text.split('%').skip(1).any(|rest| !rest.bytes().take(2).filter(u8::is_ascii_hexdigit).count().eq(&2));
    // An encoded control character is one as soon as somebody decodes it.
    let control = decoded(text).bytes().any(|byte| byte.is_ascii_control());
    match (broken, control) {
        (true, _) => Some(fault.hint("`%` is followed by two hexadecimal digits")),
        (_, true) => Some(fault.hint("control characters are not allowed, encoded ones neither")),
        _ => None,
    }
}

fn wildcard(text: &str) -> Option<Fault> {
    let fault = || {
        Fault::new(Code::E0237, "address with a wildcard").hint("list every address in full: they are compared as text")
    };
    text.contains('*').then(fault)
}

fn fragment(parts: &Parts<'_>) -> Option<Fault> {
    let fault = || Fault::new(Code::E0232, "address with a fragment").hint("remove `#` and what follows");
    parts.fragment.map(|_| fault())
}

fn userinfo(parts: &Parts<'_>) -> Option<Fault> {
    let fault = || Fault::new(Code::E0233, "address with a user name").hint("remove what stands between `//` and `@`");
    parts.authority.filter(|authority| authority.contains('@')).map(|_| fault())
}

/// RFC 3986 §5.2.4, and what proxies make of `%2e`, `%2f` and `%5c`.
fn dots(parts: &Parts<'_>) -> Option<Fault> {
    let path = decoded(parts.path);
    let dotted = path.split(['/', '\\']).any(|segment| matches!(segment, "." | ".."));
    dotted.then(|| Fault::new(Code::E0234, "address with dot segments").hint("write the path that is meant"))
}

/// The parameters that our answers add (RFC 6749 §4.1.2, RFC 9207, OIDC Session Management, JARM).
fn answer(parts: &Parts<'_>) -> Option<Fault> {
    const OURS: [&str; 13] = [
        "code",
        "state",
        "iss",
        "error",
        "error_description",
        "error_uri",
        "session_state",
        "response",
        "id_token",
        "access_token",
        "token_type",
        "expires_in",
        "scope",
    ];
    let query = parts.query.unwrap_or_default();
    let taken = url::form_urlencoded::parse(query.as_bytes()).any(|(name, _)| OURS.contains(&name.as_ref()));
    let fault = || Fault::new(Code::E0236, "address with a response parameter").hint("remove or rename the parameter");
    taken.then(fault)
}

fn is(scheme: &str, name: &str) -> bool {
    scheme.eq_ignore_ascii_case(name)
}

/// Percent-decoded until nothing changes: `%252e` becomes a dot behind two decoders.
fn decoded(text: &str) -> String {
    let mut text = text.to_owned();
    loop {
        // `+` stands for itself in a path.
        let query = format!("={}", text.replace('+', "%2B").replace('&', "%26").replace('=', "%3D"));
        let once = url::form_urlencoded::parse(query.as_bytes())
            .next()
            .map_or_else(String::new, |(_, value)| value.into_owned());
        if once == text {
            return text;
        }
        text = once;
    }
}

/// RFC 3986 appendix B.
struct Parts<'a> {
    scheme: Option<&'a str>,
    authority: Option<&'a str>,
    path: &'a str,
    query: Option<&'a str>,
    fragment: Option<&'a str>,
}

impl<'a> Parts<'a> {
    fn of(text: &'a str) -> Self {
        let (rest, fragment) = cut(text, '#');
        let (rest, query) = cut(rest, '?');
        let scheme = rest.split_once(':').filter(|(scheme, _)| is_scheme(scheme));
        let rest = scheme.map_or(rest, |(_, rest)| rest);
        let (authority, path) = match rest.strip_prefix("//") {
            Some(rest) => {
                let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
                (Some(authority), path)
            }
            None => (None, rest),
        };
        Self { scheme: scheme.map(|(scheme, _)| scheme), authority, path, query, fragment }
    }

    /// The host as written, port and user left out; empty when there is none.
    fn host(&self) -> &'a str {
        let place = self.authority.unwrap_or_default();
        let place = place.rsplit_once('@').map_or(place, |(_, host)| host);
        let end = place.find(']').map_or_else(|| place.find(':').unwrap_or(place.len()), |bracket| bracket + 1);
        place.get(..end).unwrap_or_default()
    }
}

fn cut(text: &str, at: char) -> (&str, Option<&str>) {
    text.split_once(at).map_or((text, None), |(before, after)| (before, Some(after)))
}

fn is_scheme(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes(text: &str, public: bool) -> Vec<Code> {
        redirect(text, public).into_iter().map(|fault| fault.code).collect()
    }

    #[test]
    fn sr_123_redirect_addresses_that_may_be_registered() {
        for address in [
            "https://portal.example/callback",
            "https://portal.example",
            "https://portal.example:8443/callback?tenant=1",
            "https://portal.example/a%20b",
            "https://portal.example/.well-known/callback",
            "https://portal.example/a..b/c",
            "https://[2001:db8::1]/callback",
            "https://xn--caf-dma.example/callback",
            "http://127.0.0.1/callback",
            "http://127.0.0.1:4300/callback",
            "http://[::1]:4300/callback",
        ] {
            assert_eq!(codes(address, false), [], "{address}");
            assert_eq!(codes(address, true), [], "{address}");
        }
        assert_eq!(codes("com.example.app:/callback", true), []);
        assert_eq!(codes("com.example.app://callback", true), []);
    }

    #[test]
    fn sr_123_redirect_addresses_that_may_not() {
        for (address, code) in [
            ("", Code::E0230),
            ("/callback", Code::E0230),
            ("//portal.example/callback", Code::E0230),
            ("portal.example/callback", Code::E0230),
            ("https:///callback", Code::E0230),
            ("https:callback", Code::E0230),
            ("https://[::1/callback", Code::E0230),
            ("https://portal.example:99999/callback", Code::E0230),
            ("http://portal.example/callback", Code::E0231),
            ("HTTP://portal.example/callback", Code::E0231),
            ("http://localhost/callback", Code::E0231),
            ("http://127.0.0.1.evil.example/callback", Code::E0231),
            ("http://127.1/callback", Code::E0231),
            ("http://0x7f000001/callback", Code::E0231),
            ("http://[::ffff:127.0.0.1]/callback", Code::E0231),
            ("javascript:alert(1)", Code::E0231),
            ("data:text/html,hello", Code::E0231),
            ("com.example.app:/callback", Code::E0238),
            ("urn:ietf:wg:oauth:2.0:oob", Code::E0231),
            ("https://portal.example/callback#", Code::E0232),
            ("https://portal.example/callback#top", Code::E0232),
            ("https://portal.example@evil.example/callback", Code::E0233),
            ("https://user:secret@portal.example/callback", Code::E0233),
            ("https://portal.example/app/../callback", Code::E0234),
            ("https://portal.example/./callback", Code::E0234),
            ("https://portal.example/app/..", Code::E0234),
            ("https://portal.example/app/%2e%2E/callback", Code::E0234),
            ("https://portal.example/app/.%2e/callback", Code::E0234),
            ("https://portal.example/app/%252e%252e/callback", Code::E0234),
            ("https://portal.example/app/..%2fcallback", Code::E0234),
            ("https://portal.example/app/..%5ccallback", Code::E0234),
            ("https://portal.example\\@evil.example/", Code::E0235),
            ("https://portal.example/call back", Code::E0235),
            (" https://portal.example/callback", Code::E0230),
            ("https://portal.example/callback\n", Code::E0235),
            ("https://portal.example/\u{202e}callback", Code::E0235),
            ("https://portal.example/callback%", Code::E0235),
            ("https://portal.example/callback%2", Code::E0235),
            ("https://portal.example/callback%zz", Code::E0235),
            ("https://portal.example/callback%0d%0a", Code::E0235),
            ("https://portal.example/callback%250d", Code::E0235),
            ("https://café.example/callback", Code::E0235),
            ("https://portal.example/callback?code=1", Code::E0236),
            ("https://portal.example/callback?a=1&state=", Code::E0236),
            ("https://portal.example/callback?%69ss=x", Code::E0236),
            ("https://portal.example/callback?error", Code::E0236),
            ("https://*.example/callback", Code::E0237),
            ("https://portal.example/*", Code::E0237),
        ] {
            assert!(codes(address, false).contains(&code), "{address}: {:?}", codes(address, false));
        }
    }

    #[test]
    fn sr_123_private_use_schemes_are_reversed_domains_of_public_clients() {
        for (address, code) in [
            ("myapp:/callback", Code::E0238),
            ("javascript:alert(1)", Code::E0238),
            ("http://10.0.0.1/cb", Code::E0231),
        ] {
            assert_eq!(codes(address, true), [code], "{address}");
        }
    }

    #[test]
    fn sr_171_nothing_in_an_address_is_expanded() {
        for address in ["https://${HOST}/callback", "https://portal.example/{{path}}", "https://{host}/callback"] {
            assert!(codes(address, false).contains(&Code::E0235), "{address}");
        }
    }

    #[test]
    fn several_faults_are_told_together() {
        assert_eq!(codes("http://a@b.example/../c#d", false), [Code::E0231, Code::E0232, Code::E0233, Code::E0234]);
    }

    #[test]
    fn sr_118_pages_are_linked_to_over_the_web_only() {
        for address in ["https://www.example/help", "http://www.example", "HTTPS://www.example/#top"] {
            assert!(page(address).is_ok(), "{address}");
        }
        for (address, code) in [
            ("javascript:alert(1)", Code::E0240),
            ("JavaScript:alert(1)", Code::E0240),
            ("data:text/html,x", Code::E0240),
            ("vbscript:x", Code::E0240),
            ("blob:https://www.example/1", Code::E0240),
            ("mailto:help@www.example", Code::E0240),
            ("www.example/help", Code::E0230),
            ("https://", Code::E0230),
            ("https://a@www.example/", Code::E0233),
            ("https://www.example/a b", Code::E0235),
        ] {
            let refused = page(address).unwrap_err();
            assert!(refused.iter().any(|fault| fault.code == code), "{address}: {refused:?}");
        }
    }
}
