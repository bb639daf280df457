//! What a client is told when a session ends: a logout token posted to it (OpenID Connect Back-Channel Logout 1.0 §2.4),
//! or the address that the person's browser loads in a frame (OpenID Connect Front-Channel Logout 1.0 §2).
//!
//! A token names person and session as the client's ID tokens do. It is made anew at each delivery, so that one that
//! was delayed is not over when it comes.

use serde::{Deserialize, Serialize};
use url::Url;

use super::client::ClientId;
use super::issuer::Issuer;
use super::subject::Subject;
use super::token::{NumericDate, Stamp, TokenKind};
use crate::clock::{Duration, Timestamp, hours, minutes};
use crate::ids::SessionId;

/// "Use of a short expiration time […] preferably at most two minutes in the future" (§2.4).
pub(crate) const LIFETIME: Duration = minutes(2);

/// The pause after the first failed delivery, the second, and so on.
const PAUSES: [Duration; 7] =
    [Duration::from_secs(5), Duration::from_secs(30), minutes(2), minutes(10), minutes(30), hours(1), hours(2)];

/// The claims of a logout token. There is no `nonce`: nobody can take it for an ID token (§2.4).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct LogoutToken {
    iss: Issuer,
    aud: ClientId,
    sub: Subject,
    sid: SessionId,
    iat: NumericDate,
    exp: NumericDate,
    jti: String,
    events: Events,
}

/// "A Claim whose value is a JSON object containing the member name": exactly that one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Events {
    #[serde(rename = "http://schemas.openid.net/event/backchannel-logout")]
    session_ended: Nothing,
}

/// "The value SHOULD be the empty JSON object {}."
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Nothing {}

impl TokenKind for LogoutToken {
    const TYP: &'static str = "logout+jwt";
}

impl LogoutToken {
    /// Tells `client_id` that the session which it knows as `sid`, of the person that it knows as `sub`, is over.
    pub(crate) fn new(issuer: &Issuer, client_id: &ClientId, sub: &Subject, sid: SessionId, stamp: &Stamp) -> Self {
        Self {
            iss: issuer.clone(),
            aud: client_id.clone(),
            sub: sub.clone(),
            sid,
            iat: stamp.now.into(),
            exp: (stamp.now + stamp.lifetime).into(),
            jti: stamp.jti.clone(),
            events: Events { session_ended: Nothing {} },
        }
    }
}

/// When a delivery that failed is tried again, after `tries` of them; `None` when the notice is to be given up: whoever
/// could not be reached for hours has its own idle time-out.
pub(crate) fn next_try(tries: u32, now: Timestamp) -> Option<Timestamp> {
    let index = usize::try_from(tries.saturating_sub(1)).ok()?;
    PAUSES.get(index).map(|pause| now + *pause)
}

/// The registered address with `iss` and `sid` behind its own query (Front-Channel Logout §2): both always, whether the
/// client asked for them or not.
pub(crate) fn frame(registered: &Url, issuer: &Issuer, sid: SessionId) -> Url {
    let mut address = registered.clone();
    address.query_pairs_mut().append_pair("iss", issuer.as_str()).append_pair("sid", &sid.to_string());
    address
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::protocol::grant::tests::{NOW, grant, marie};
    use crate::protocol::token::tests::issuer;

    fn sid() -> SessionId {
        marie().session.unwrap()
    }

    #[test]
    fn sr_166_a_logout_token_says_what_the_specification_names_and_nothing_else() {
        let stamp = Stamp { jti: "j-1".to_owned(), now: NOW, lifetime: LIFETIME };
        let token = LogoutToken::new(&issuer(), grant().client_id(), &grant().subject(), sid(), &stamp);
        assert_eq!(
            serde_json::to_value(token).unwrap(),
            json!({
                "iss": "https://id.example/realms/certinomis", "aud": "portal",
                "sub": "01900000-0000-7000-8000-000000000001", "sid": "01900000-0000-7000-8000-00000000000a",
                "iat": 1_800_000_000, "exp": 1_800_000_120, "jti": "j-1",
                "events": { "http://schemas.openid.net/event/backchannel-logout": {} }
            })
        );
    }

    #[test]
    fn sr_166_deliveries_are_tried_ever_slower_and_given_up_after_four_hours() {
        let pauses: Vec<_> = (1..=8).map(|tries| next_try(tries, NOW).map(|next| next.since(NOW))).collect();
        assert_eq!(pauses.iter().flatten().copied().collect::<Vec<_>>(), PAUSES);
        assert!(pauses.is_sorted_by_key(|pause| pause.unwrap_or(Duration::MAX)));
        assert_eq!((next_try(8, NOW), next_try(u32::MAX, NOW)), (None, None));
    }

    #[test]
    fn a_frame_keeps_the_registered_query_and_says_issuer_and_session() {
        let told = "iss=https%3A%2F%2Fid.example%2Frealms%2Fcertinomis&sid=01900000-0000-7000-8000-00000000000a";
        for (registered, framed) in [
            ("https://rp.example/out", format!("https://rp.example/out?{told}")),
            ("https://rp.example/out?a=%7E", format!("https://rp.example/out?a=%7E&{told}")),
        ] {
            assert_eq!(frame(&registered.parse().unwrap(), &issuer(), sid()).as_str(), framed);
        }
    }
}
