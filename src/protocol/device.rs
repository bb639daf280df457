//! The device authorization grant (RFC 8628): a device without a keyboard shows a code, a person types it elsewhere.
//!
//! What a device may ask for is judged in [`DeviceRequest::read`], what it is told while it waits in [`poll`]. The
//! person's side is in `journeys::device`: they compare the code, see who asks for what, and answer once.

use std::fmt;

use serde::Serialize;
use unicode_normalization::UnicodeNormalization as _;

use super::client::{Client, ClientId, GrantType};
use super::client_authentication::AuthenticatedClient;
use super::error::{Error, ErrorCode};
use super::issuer::Issuer;
use super::organisation;
use super::parameters::Parameters;
use super::scope::{OPENID, Scope};
use crate::clock::{Duration, Timestamp};
use crate::entropy::{self, Entropy};
use crate::ids::DeviceId;
use crate::secret::Secret;

/// How long a device waits for its person (§5.1: short enough that codes cannot be guessed, long enough to type one).
pub(crate) const LIFETIME: Duration = Duration::from_mins(10);
/// How long it waits between two questions (§3.2).
pub(crate) const INTERVAL: Duration = Duration::from_secs(5);

/// `user_code`: eight letters that spell no word and look like no other, in two halves (§6.1).
#[derive(Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub(crate) struct UserCode(String);

impl UserCode {
    /// A new one: 20 letters to the power of eight.
    pub(crate) fn new(entropy: &dyn Entropy) -> Self {
        Self(entropy::user_code(entropy))
    }

    /// What somebody typed, in whatever case and with whatever between the letters (§6.1); `None` when it cannot be one.
    pub(crate) fn read(typed: &str) -> Option<Self> {
        let between = |c: &char| c.is_whitespace() || "-‐‑–—._/,·".contains(*c);
        let letters: String = typed.nfkc().filter(|c| !between(c)).flat_map(char::to_uppercase).collect();
        let fits = letters.len() == 8 && letters.bytes().all(|byte| entropy::USER_CODE.contains(&byte));
        let (first, second) = letters.split_at_checked(4).filter(|_| fits)?;
        Some(Self(format!("{first}-{second}")))
    }

    /// As it is shown: `WDJB-MJHT`.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for UserCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("UserCode")
    }
}

/// What a device asks for (§3.1).
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct DeviceRequest {
    /// Within what its client registered; without the parameter, who the person is.
    pub(crate) scope: Scope,
}

impl DeviceRequest {
    /// Reads the request of a client that has authenticated.
    pub(crate) fn read(parameters: &Parameters, client: &Client) -> Result<Self, Error> {
        parameters.none_repeated()?;
        if !is_open_to(client) {
            return Err(Error::new(ErrorCode::UnauthorizedClient, "the client may not use the device grant"));
        }
        let refused = |description| Error::new(ErrorCode::InvalidScope, description);
        let asked = Scope::parse(parameters.single("scope")?.unwrap_or(OPENID));
        let asked = asked.map_err(|_| refused("scope is malformed"))?;
        if !organisation::is_clear(&asked) {
            return Err(refused("scope may name organizations in one way only"));
        }
        let scope = asked.limited_to(&client.scopes);
        if scope.words().next().is_none() {
            return Err(refused("the client registered none of these scopes"));
        }
        Ok(Self { scope })
    }
}

/// Whether devices of that client may ask.
pub(crate) fn is_open_to(client: &Client) -> bool {
    client.grant_types.contains(&GrantType::DeviceCode)
}

/// The answer to the device (§3.2).
#[derive(Serialize)]
pub(crate) struct DeviceResponse {
    device_code: String,
    user_code: UserCode,
    verification_uri: String,
    verification_uri_complete: String,
    expires_in: u64,
    interval: u64,
}

impl DeviceResponse {
    /// For the device of these codes.
    pub(crate) fn new(issuer: &Issuer, device_code: &Secret<String>, user_code: UserCode) -> Self {
        let verification_uri = format!("{issuer}/device");
        Self {
            device_code: device_code.expose().clone(),
            verification_uri_complete: format!("{verification_uri}?user_code={}", user_code.as_str()),
            verification_uri,
            user_code,
            expires_in: LIFETIME.as_secs(),
            interval: INTERVAL.as_secs(),
        }
    }
}

/// A device that waits, or waited.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DeviceAuthorization {
    /// Its identifier, not secret.
    pub(crate) id: DeviceId,
    /// Whose device it is.
    pub(crate) client_id: ClientId,
    /// What it asks for.
    pub(crate) scope: Scope,
    /// What the person has said.
    pub(crate) state: State,
    /// How long it must wait between two questions.
    pub(crate) interval: Duration,
    /// When it asked last.
    pub(crate) polled: Option<Timestamp>,
    /// Until when the person may answer.
    pub(crate) expires: Timestamp,
}

/// What the person has said to a device.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    /// Nothing yet.
    Pending,
    /// Yes.
    Allowed,
    /// No.
    Refused,
    /// Yes, and the device has its tokens.
    Spent,
}

impl DeviceAuthorization {
    /// Whether a person may still answer.
    pub(crate) fn is_open(&self, now: Timestamp) -> bool {
        self.state == State::Pending && now < self.expires
    }
}

/// What a device is told that asks for its tokens (§3.5).
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Poll {
    /// Come back: after that long, and not before.
    Wait(Duration, Error),
    /// The person has said yes.
    Redeem,
    /// Nothing will come of it.
    Refuse(Error),
}

/// Judges a device that asks.
pub(crate) fn poll(device: &DeviceAuthorization, client: &AuthenticatedClient, now: Timestamp) -> Poll {
    if device.client_id != client.client_id {
        return Poll::Refuse(Error::invalid_grant());
    }
    match device.state {
        State::Spent => Poll::Refuse(Error::invalid_grant()),
        State::Refused => Poll::Refuse(Error::access_denied()),
        _ if now >= device.expires => {
            Poll::Refuse(Error::new(ErrorCode::ExpiredToken, "the device_code has expired: begin again"))
        }
        State::Allowed => Poll::Redeem,
        State::Pending => {
            let early = device.polled.is_some_and(|last| now.since(last) < device.interval);
            // "the interval MUST be increased by 5 seconds for this and all subsequent requests"
            if early {
                let slower = "the device asks too often: wait 5 seconds longer each time";
                Poll::Wait(device.interval + INTERVAL, Error::new(ErrorCode::SlowDown, slower))
            } else {
                let pending = "the end-user has not answered yet";
                Poll::Wait(device.interval, Error::new(ErrorCode::AuthorizationPending, pending))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entropy::SeededEntropy;
    use crate::protocol::client::tests::public;
    use crate::protocol::grant::tests::NOW;
    use crate::protocol::token::tests::issuer;

    fn television() -> Client {
        let mut client = public("television");
        client.grant_types.insert(GrantType::DeviceCode);
        client
    }

    #[test]
    fn a_user_code_is_read_however_it_is_typed() {
        for (typed, read) in [
            ("WDJB-MJHT", Some("WDJB-MJHT")),
            ("wdjbmjht", Some("WDJB-MJHT")),
            (" wd jb – mj.ht ", Some("WDJB-MJHT")),
            ("ＷＤＪＢ-ＭＪＨＴ", Some("WDJB-MJHT")),
            ("WDJB-MJH", None),
            ("WDJB-MJHTT", None),
            ("WDJA-MJHT", None),
            ("WDJ1-MJHT", None),
            ("ÉDJB-MJHT", None),
            ("ßßßßßßßß", None),
            ("", None),
        ] {
            assert_eq!(UserCode::read(typed).as_ref().map(UserCode::as_str), read, "{typed:?}");
        }
        let made = UserCode::new(&SeededEntropy::new(1));
        assert_eq!(UserCode::read(made.as_str()), Some(made));
    }

    #[test]
    fn a_device_asks_within_what_its_client_registered() {
        let read = |query: &str, client: &Client| {
            DeviceRequest::read(&Parameters::parse(query.as_bytes()).unwrap(), client)
                .map(|request| request.scope.to_string())
                .map_err(|error| error.code())
        };
        for (query, verdict) in [
            ("scope=openid+email+martian", Ok("email openid")),
            ("", Ok("openid")),
            ("scope=martian", Err(ErrorCode::InvalidScope)),
            ("scope=a++b", Err(ErrorCode::InvalidScope)),
            ("scope=openid&scope=openid", Err(ErrorCode::InvalidRequest)),
        ] {
            assert_eq!(read(query, &television()), verdict.map(str::to_owned), "{query}");
        }
        assert_eq!(read("scope=openid", &public("portal")), Err(ErrorCode::UnauthorizedClient));
    }

    #[test]
    fn sr_152_what_a_waiting_device_is_told() {
        let ago = |seconds| Some(NOW - Duration::from_secs(seconds));
        let wait = |seconds| Err((ErrorCode::AuthorizationPending, seconds));
        let slow = |seconds| Err((ErrorCode::SlowDown, seconds));
        let never = |code| Err((code, 0));
        for (case, state, polled, interval, client, late, told) in [
            ("the first question", State::Pending, None, 5, "television", false, wait(5)),
            ("in time", State::Pending, ago(5), 5, "television", false, wait(5)),
            ("too soon", State::Pending, ago(4), 5, "television", false, slow(10)),
            ("too soon again", State::Pending, ago(9), 10, "television", false, slow(15)),
            ("allowed", State::Allowed, ago(1), 5, "television", false, Ok(())),
            ("refused", State::Refused, ago(9), 5, "television", true, never(ErrorCode::AccessDenied)),
            ("spent", State::Spent, ago(9), 5, "television", false, never(ErrorCode::InvalidGrant)),
            ("nobody answered", State::Pending, ago(9), 5, "television", true, never(ErrorCode::ExpiredToken)),
            ("answered and not fetched", State::Allowed, ago(9), 5, "television", true, never(ErrorCode::ExpiredToken)),
            ("another client", State::Allowed, ago(9), 5, "portal", false, never(ErrorCode::InvalidGrant)),
        ] {
            let device = DeviceAuthorization {
                id: "01900000-0000-7000-8000-00000000000d".parse().unwrap(),
                client_id: ClientId::new("television"),
                scope: Scope::parse("openid").unwrap(),
                state,
                interval: Duration::from_secs(interval),
                polled,
                expires: if late { NOW } else { NOW + Duration::from_secs(1) },
            };
            let verdict = match poll(&device, &AuthenticatedClient::assumed(&public(client)), NOW) {
                Poll::Redeem => Ok(()),
                Poll::Wait(next, error) => Err((error.code(), next.as_secs())),
                Poll::Refuse(error) => Err((error.code(), 0)),
            };
            assert_eq!(verdict, told, "{case}");
        }
    }

    #[test]
    fn the_answer_is_that_of_section_3_2() {
        let code = UserCode::read("WDJBMJHT").unwrap();
        let answer = DeviceResponse::new(&issuer(), &Secret::new("d-1".to_owned()), code);
        let page = "https://id.example/realms/certinomis/device";
        let expected = serde_json::json!({
            "device_code": "d-1", "user_code": "WDJB-MJHT", "verification_uri": page,
            "verification_uri_complete": format!("{page}?user_code=WDJB-MJHT"), "expires_in": 600, "interval": 5
        });
        assert_eq!(serde_json::to_value(answer).unwrap(), expected);
    }
}
