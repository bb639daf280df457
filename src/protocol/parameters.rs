//! Request parameters, decoded once and bounded, for every endpoint of the protocol.
//!
//! `application/x-www-form-urlencoded` is read strictly: what is not UTF-8 or not percent-encoded is refused rather
//! than repaired, because `state` and `nonce` must come back byte for byte (SR-132). A repeated parameter is found
//! when it is asked for, so that the authorization endpoint can still tell whether it knows where to answer.

use std::collections::BTreeMap;
use std::fmt;

use super::error::Error;

/// Most parameters of one request (SR-207).
const MOST: usize = 100;
/// Most bytes of one name or value (SR-207).
const LONGEST: usize = 4096;
/// Most bytes of a token that somebody signed: as many as its readers take (SR-156).
const LONGEST_TOKEN: usize = 8 * 1024;
/// The parameters that hold such tokens: OpenID Connect Core §3.1.2.1, RFC 7521 §4, RFC 8693 §2.1, RFC 7662 §2.1 and
/// RFC 6750 §2.2; and what an authenticator answers on a page of ours (WebAuthn §5.1).
const TOKENS: [&str; 8] = [
    "access_token",
    "actor_token",
    "assertion",
    "client_assertion",
    "credential",
    "id_token_hint",
    "subject_token",
    "token",
];
/// Most bytes of `request`, which holds all the others, and a signature (SR-156).
const LONGEST_OBJECT: usize = 32 * 1024;

/// The decoded parameters of one request, from its query or its form body.
#[derive(Debug, Clone)]
pub(crate) struct Parameters(BTreeMap<String, Vec<String>>);

/// Why parameters cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ParameterFault {
    /// Not form-encoded UTF-8.
    Malformed,
    /// More than the bound.
    TooMany,
    /// Longer than the bound.
    TooLong,
    /// Twice or more (RFC 6749 §3.1).
    Repeated,
}

impl ParameterFault {
    const fn description(self) -> &'static str {
        match self {
            Self::Malformed => "the parameters are not form-encoded UTF-8",
            Self::TooMany => "there are too many parameters",
            Self::TooLong => "a parameter is too long",
            Self::Repeated => "a parameter is repeated",
        }
    }
}

impl fmt::Display for ParameterFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.description())
    }
}

impl std::error::Error for ParameterFault {}

impl From<ParameterFault> for Error {
    fn from(fault: ParameterFault) -> Self {
        Self::invalid_request(fault.description())
    }
}

impl Parameters {
    /// Reads a query string or a form body.
    pub(crate) fn parse(encoded: &[u8]) -> Result<Self, ParameterFault> {
        let mut values: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (count, pair) in encoded.split(|byte| *byte == b'&').filter(|pair| !pair.is_empty()).enumerate() {
            if count >= MOST {
                return Err(ParameterFault::TooMany);
            }
            let mut halves = pair.splitn(2, |byte| *byte == b'=');
            let name = bounded(halves.next().unwrap_or_default(), LONGEST)?;
            let value = bounded(halves.next().unwrap_or_default(), longest(&name))?;
            values.entry(name).or_default().push(value);
        }
        Ok(Self(values))
    }

    /// The parameters that a request object says, within the same bounds (RFC 9101 §4).
    pub(crate) fn said(pairs: Vec<(String, String)>) -> Result<Self, ParameterFault> {
        if pairs.len() > MOST {
            return Err(ParameterFault::TooMany);
        }
        let mut values: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (name, value) in pairs {
            if name.len() > LONGEST || value.len() > longest(&name) {
                return Err(ParameterFault::TooLong);
            }
            values.entry(name).or_default().push(value);
        }
        Ok(Self(values))
    }

    /// The same without these parameters.
    pub(crate) fn without(mut self, names: &[&str]) -> Self {
        self.0.retain(|name, _| !names.contains(&name.as_str()));
        self
    }

    /// The same with that one value of a parameter.
    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        self.0.insert(name.to_owned(), vec![value.to_owned()]);
        self
    }

    /// The value of a parameter; without a value it counts as left out (RFC 6749 §3.1).
    pub(crate) fn single(&self, name: &str) -> Result<Option<&str>, ParameterFault> {
        match self.0.get(name).map(Vec::as_slice) {
            None => Ok(None),
            Some([value]) => Ok(Some(value.as_str()).filter(|value| !value.is_empty())),
            Some(_) => Err(ParameterFault::Repeated),
        }
    }

    /// All values of a parameter that may repeat, without the empty ones.
    pub(crate) fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        self.0.get(name).into_iter().flatten().map(String::as_str).filter(|value| !value.is_empty())
    }

    /// All of them, written once more: the same names and values, in an encoding that any address can hold.
    pub(crate) fn encoded(&self) -> String {
        let pairs = self.0.iter().flat_map(|(name, values)| values.iter().map(move |value| (name, value)));
        url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
    }

    /// The names of all that there are.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// Refuses any repetition, of parameters that nobody asks for too; `resource` alone may repeat (RFC 8707 §2).
    pub(crate) fn none_repeated(&self) -> Result<(), ParameterFault> {
        self.none_repeated_but(&["resource"])
    }

    /// The same, where these may repeat.
    pub(crate) fn none_repeated_but(&self, lists: &[&str]) -> Result<(), ParameterFault> {
        let repeated = self.0.iter().any(|(name, values)| !lists.contains(&name.as_str()) && values.len() > 1);
        if repeated { Err(ParameterFault::Repeated) } else { Ok(()) }
    }
}

/// Most bytes of the value of that name.
fn longest(name: &str) -> usize {
    match name {
        "request" => LONGEST_OBJECT,
        name if TOKENS.contains(&name) => LONGEST_TOKEN,
        _ => LONGEST,
    }
}

/// One name or value, decoded and within its bound.
fn bounded(encoded: &[u8], longest: usize) -> Result<String, ParameterFault> {
    let text = decode(encoded).ok_or(ParameterFault::Malformed)?;
    if text.len() > longest { Err(ParameterFault::TooLong) } else { Ok(text) }
}

/// Undoes form encoding; `None` when a percent sign stands alone or the bytes are not UTF-8.
pub(crate) fn decode(encoded: &[u8]) -> Option<String> {
    let mut decoded = Vec::with_capacity(encoded.len());
    let mut rest = encoded.iter();
    while let Some(byte) = rest.next() {
        decoded.push(match byte {
            b'+' => b' ',
            b'%' => hex(*rest.next()?)? << 4 | hex(*rest.next()?)?,
            other => *other,
        });
    }
    String::from_utf8(decoded).ok()
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use url::form_urlencoded::Serializer;

    use super::*;

    fn read(encoded: &str, name: &str) -> Result<Option<String>, ParameterFault> {
        Parameters::parse(encoded.as_bytes())?.single(name).map(|value| value.map(str::to_owned))
    }

    #[test]
    fn parameters_are_decoded_and_empty_ones_are_absent() {
        for (encoded, value) in [
            ("a=1", Some("1")),
            ("b=2&a=caf%C3%A9+cr%c3%a8me", Some("café crème")),
            ("a=x=y", Some("x=y")),
            ("a=", None),
            ("a", None),
            ("", None),
            ("&&a=1&", Some("1")),
            ("%61=1", Some("1")),
        ] {
            assert_eq!(read(encoded, "a"), Ok(value.map(str::to_owned)), "{encoded}");
        }
    }

    #[test]
    fn sr_127_repeated_over_long_and_malformed_parameters_are_refused() {
        let long = format!("a={}", "x".repeat(4097));
        let many = "a=1&".repeat(101);
        for (encoded, fault) in [
            ("a=1&a=1", ParameterFault::Repeated),
            ("a=1&%61=2", ParameterFault::Repeated),
            ("a=&a=1", ParameterFault::Repeated),
            (long.as_str(), ParameterFault::TooLong),
            (many.as_str(), ParameterFault::TooMany),
            ("a=%", ParameterFault::Malformed),
            ("a=%4", ParameterFault::Malformed),
            ("a=%zz", ParameterFault::Malformed),
            ("a=%+1", ParameterFault::Malformed),
            ("b=%C3", ParameterFault::Malformed),
        ] {
            assert_eq!(read(encoded, "a"), Err(fault), "{}", &encoded[..encoded.len().min(12)]);
        }
    }

    #[test]
    fn sr_127_a_repeated_stranger_is_found_and_resource_may_repeat() {
        for (encoded, verdict) in
            [("a=1&b=2", Ok(())), ("resource=x&resource=y", Ok(())), ("extra=1&extra=1", Err(ParameterFault::Repeated))]
        {
            assert_eq!(Parameters::parse(encoded.as_bytes()).unwrap().none_repeated(), verdict, "{encoded}");
        }
    }

    #[test]
    fn sr_127_what_an_object_says_is_bounded_like_what_a_query_says() {
        let long = "x".repeat(4097);
        for (pairs, verdict) in [
            (vec![("a", "1"), ("resource", "x"), ("resource", "y")], Ok(())),
            (vec![("a", long.as_str())], Err(ParameterFault::TooLong)),
            (vec![("a", "1"); 101], Err(ParameterFault::TooMany)),
        ] {
            let pairs = pairs.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
            assert_eq!(Parameters::said(pairs).map(|_| ()), verdict);
        }
        let object = |length| format!("request={}", "x".repeat(length));
        assert_eq!(read(&object(32 * 1024), "request").map(|value| value.is_some()), Ok(true));
        assert_eq!(read(&object(32 * 1024 + 1), "request"), Err(ParameterFault::TooLong));
        for name in TOKENS {
            let token = |length| format!("{name}={}", "x".repeat(length));
            assert_eq!(read(&token(8 * 1024), name).map(|value| value.is_some()), Ok(true), "{name}");
            assert_eq!(read(&token(8 * 1024 + 1), name), Err(ParameterFault::TooLong), "{name}");
            let said = |length| Parameters::said(vec![(name.to_owned(), "x".repeat(length))]).map(|_| ());
            assert_eq!((said(8 * 1024), said(8 * 1024 + 1)), (Ok(()), Err(ParameterFault::TooLong)), "{name}");
        }
    }

    #[test]
    fn what_is_pushed_is_kept_without_its_proof_and_under_the_name_that_was_proven() {
        let pushed = Parameters::parse(b"client_secret=s&scope=openid&resource=x&resource=y").unwrap();
        let kept = pushed.without(&["client_secret"]).with("client_id", "portal");
        assert_eq!(kept.encoded(), "client_id=portal&resource=x&resource=y&scope=openid");
        assert_eq!(kept.all("resource").collect::<Vec<_>>(), ["x", "y"]);
    }

    #[test]
    fn sr_207_values_at_the_bound_are_accepted() {
        let at_the_bound = format!("a={}", "é".repeat(2048));
        assert_eq!(read(&at_the_bound, "a"), Ok(Some("é".repeat(2048))));
    }

    proptest! {
        #[test]
        fn sr_132_whatever_is_encoded_comes_back_unchanged(name in "\\PC{1,20}", value in "(?s).{1,200}") {
            let encoded = Serializer::new(String::new()).append_pair(&name, &value).finish();
            prop_assert_eq!(read(&encoded, &name), Ok(Some(value)));
        }

        #[test]
        fn sr_209_no_bytes_make_the_parser_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            if let Ok(parameters) = Parameters::parse(&bytes) {
                let _ = parameters.none_repeated();
            }
        }
    }
}
