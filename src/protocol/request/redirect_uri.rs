//! `redirect_uri`: "MUST exactly match one of the Redirection URI values for the Client" (OpenID Connect Core §3.1.2.1).
//!
//! Text is compared with text (SR-122): nothing is parsed, so no two parsers can disagree. One exception, RFC 8252
//! §7.3: a client that registered `http` on a loopback IP literal listens on whatever port the system gave it.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::Refusal;
use super::client_id::KnownClient;
use crate::protocol::client::Client;
use crate::protocol::parameters::Parameters;

/// Loopback as an IP literal; `localhost` is a name that may resolve elsewhere (RFC 8252 §8.3).
const LOOPBACK: [&str; 2] = ["http://127.0.0.1", "http://[::1]"];

/// The address as the client presented it, equal to one that it registered.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct RegisteredRedirectUri(String);

impl RegisteredRedirectUri {
    /// The address as text.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for RegisteredRedirectUri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RegisteredRedirectUri({})", self.0)
    }
}

pub(super) fn check(parameters: &Parameters, client: KnownClient<'_>) -> Result<RegisteredRedirectUri, Refusal> {
    let presented = parameters.single("redirect_uri")?.ok_or(Refusal::RedirectUriMissing)?;
    if is_registered(&client, presented) {
        Ok(RegisteredRedirectUri(presented.to_owned()))
    } else {
        Err(Refusal::RedirectUriMismatch)
    }
}

/// Whether the client registered that address.
pub(super) fn is_registered(client: &Client, presented: &str) -> bool {
    client.redirect_uris.iter().any(|registered| same(registered, presented))
}

fn same(registered: &str, presented: &str) -> bool {
    registered == presented
        || matches!((after_loopback_port(registered), after_loopback_port(presented)), (Some(a), Some(b)) if a == b)
}

/// Of a loopback address: the literal, and what follows the port. `None` for any other address.
fn after_loopback_port(uri: &str) -> Option<(&'static str, &str)> {
    let (host, rest) = LOOPBACK.iter().find_map(|host| Some((*host, uri.strip_prefix(host)?)))?;
    let path = match rest.strip_prefix(':') {
        None => rest,
        Some(port) => {
            let path = port.trim_start_matches(|c: char| c.is_ascii_digit());
            port.strip_suffix(path)?.parse::<u16>().ok()?;
            path
        }
    };
    (path.is_empty() || path.starts_with(['/', '?'])).then_some((host, path))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn sr_122_addresses_are_compared_as_text_and_only_loopback_ports_vary() {
        for (registered, presented, verdict) in [
            ("https://rp.example/cb", "https://rp.example/cb", true),
            ("https://rp.example/cb?a=b", "https://rp.example/cb?a=b", true),
            ("com.example.app:/cb", "com.example.app:/cb", true),
            ("https://rp.example/cb", "https://rp.example/cb/", false),
            ("https://rp.example/cb", "https://rp.example/CB", false),
            ("https://rp.example/cb", "https://RP.example/cb", false),
            ("https://rp.example/cb", "https://rp.example:443/cb", false),
            ("https://rp.example/cb", "https://rp.example/cb?x=1", false),
            ("https://rp.example/cb", "https://rp.example/cb#", false),
            ("https://rp.example/cb", "https://rp.example/a/../cb", false),
            ("https://rp.example/cb", "https://rp.example/%63b", false),
            ("https://rp.example/cb", "https://rp.example/c", false),
            ("https://rp.example/cb", "https://rp.example.evil.example/cb", false),
            ("https://rp.example/cb", "", false),
            // RFC 8252 §7.3: any port on loopback
            ("http://127.0.0.1/cb", "http://127.0.0.1:49152/cb", true),
            ("http://127.0.0.1:3000/cb", "http://127.0.0.1:49152/cb", true),
            ("http://127.0.0.1:3000/cb?x=1", "http://127.0.0.1/cb?x=1", true),
            ("http://[::1]/cb", "http://[::1]:49152/cb", true),
            ("http://127.0.0.1", "http://127.0.0.1:8080", true),
            // … and nothing else of it
            ("http://127.0.0.1/cb", "http://[::1]:49152/cb", false),
            ("http://127.0.0.1/cb", "https://127.0.0.1:49152/cb", false),
            ("http://127.0.0.1/cb", "http://127.0.0.1:49152/other", false),
            ("http://127.0.0.1/cb", "http://127.0.0.1:49152/cb?x=1", false),
            ("http://127.0.0.1/cb", "http://127.0.0.1:65536/cb", false),
            ("http://127.0.0.1/cb", "http://127.0.0.1:/cb", false),
            ("http://127.0.0.1/cb", "http://127.0.0.1:80@evil.example/cb", false),
            ("http://127.0.0.1/cb", "http://127.0.0.1@evil.example/cb", false),
            ("http://127.0.0.1/cb", "http://127.0.0.1.evil.example/cb", false),
            ("http://127.0.0.1/cb", "http://127.0.0.1:1.evil.example/cb", false),
            ("http://127.0.0.1", "http://127.0.0.1evil.example", false),
            ("http://localhost/cb", "http://localhost:49152/cb", false),
            ("http://127.0.0.2/cb", "http://127.0.0.2:49152/cb", false),
        ] {
            assert_eq!(same(registered, presented), verdict, "{registered} {presented}");
        }
    }

    proptest! {
        #[test]
        fn sr_122_off_loopback_only_the_very_same_text_matches(
            a in "https://[a-z./:@?]{1,12}",
            b in "https?://[a-z./:@?]{1,12}",
        ) {
            prop_assert_eq!(same(&a, &b), a == b);
        }

        #[test]
        fn sr_122_whatever_follows_a_loopback_host_is_never_another_host(tail in "[a-z0-9.:@/?#\\\\]{0,16}") {
            let presented = format!("http://127.0.0.1{tail}");
            if same("http://127.0.0.1/cb", &presented) {
                let parsed = url::Url::parse(&presented).unwrap();
                prop_assert_eq!((parsed.host_str(), parsed.path(), parsed.query()), (Some("127.0.0.1"), "/cb", None));
            }
        }
    }
}
