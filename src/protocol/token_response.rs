//! The answer of the token endpoint (RFC 6749 §5.1, OpenID Connect Core §3.1.3.3).

use serde::Serialize;

use super::exchange::TokenType;
use super::scope::Scope;
use crate::clock::Duration;
use crate::secret::Secret;

/// Tokens for a client; it is serialised once and printed never.
#[derive(Debug, Serialize)]
pub(crate) struct TokenResponse {
    access_token: Secret<String>,
    token_type: &'static str,
    expires_in: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    refresh_token: Option<Secret<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    id_token: Option<Secret<String>>,
    #[serde(skip_serializing_if = "Scope::is_empty")]
    scope: Scope,
    #[serde(skip_serializing_if = "Option::is_none")]
    issued_token_type: Option<TokenType>,
}

impl TokenResponse {
    /// Bundles signed tokens; `lifetime` is the access token's. A scope narrowed below `openid` has no ID token.
    pub(crate) const fn new(
        access_token: Secret<String>,
        token_type: &'static str,
        lifetime: Duration,
        refresh_token: Option<Secret<String>>,
        id_token: Option<Secret<String>>,
        scope: Scope,
    ) -> Self {
        let expires_in = lifetime.as_secs();
        Self { access_token, token_type, expires_in, refresh_token, id_token, scope, issued_token_type: None }
    }

    /// The same as the answer to an exchange, which says what kind of token it gives (RFC 8693 §2.2.1).
    pub(crate) const fn exchanged(mut self, issued: TokenType) -> Self {
        self.issued_token_type = Some(issued);
        self
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_token_response_is_the_json_of_rfc_6749() {
        let secret = |text: &str| Secret::new(text.to_owned());
        let lifetime = Duration::from_mins(5);
        let response = TokenResponse::new(
            secret("a"),
            "Bearer",
            lifetime,
            None,
            Some(secret("i")),
            Scope::parse("openid profile").unwrap(),
        );
        assert_eq!(
            serde_json::to_value(&response).unwrap(),
            json!({"access_token": "a", "token_type": "Bearer", "expires_in": 300, "id_token": "i", "scope": "openid profile"})
        );
        assert!(format!("{response:?}").contains("[redacted]"));
    }
}
