//! The token request: a grant type and what comes with it (RFC 6749 §4.1.3, §4.4.2, §6, RFC 8628 §3.4, RFC 8693 §2.1,
//! RFC 7523 §2.1).
//!
//! A further grant is a variant here, a file that decides about it, and a line in [`GrantType`].

use std::collections::BTreeSet;

use super::bearer_assertion::AssertionRequest;
use super::client::GrantType;
use super::client_authentication::AuthenticatedClient;
use super::error::{Error, ErrorCode};
use super::exchange::ExchangeRequest;
use super::parameters::Parameters;
use super::resource::Wish;
use crate::secret::Secret;

/// What a client asks of the token endpoint.
#[derive(Debug)]
pub(crate) enum TokenRequest {
    /// `grant_type=authorization_code`.
    AuthorizationCode(CodeExchange),
    /// `grant_type=refresh_token`.
    RefreshToken(RefreshRequest),
    /// `grant_type=client_credentials`.
    ClientCredentials(Wish),
    /// `grant_type=urn:ietf:params:oauth:grant-type:token-exchange`.
    TokenExchange(ExchangeRequest),
    /// `grant_type=urn:ietf:params:oauth:grant-type:jwt-bearer`.
    JwtBearer(AssertionRequest),
    /// `grant_type=urn:ietf:params:oauth:grant-type:device_code`: the `device_code` (RFC 8628 §3.4).
    DeviceCode(Secret<String>),
}

/// RFC 6749 §4.1.3, RFC 7636 §4.5.
#[derive(Debug)]
pub(crate) struct CodeExchange {
    /// The code.
    pub(crate) code: Secret<String>,
    /// "REQUIRED, if the redirect_uri parameter was included in the authorization request": with us it always is.
    pub(crate) redirect_uri: String,
    /// What the challenge was made of.
    pub(crate) code_verifier: Option<Secret<String>>,
    /// Fewer resources than were granted, when the client says so (RFC 8707 §2.2).
    pub(crate) resources: BTreeSet<String>,
}

/// RFC 6749 §6.
#[derive(Debug)]
pub(crate) struct RefreshRequest {
    /// The refresh token.
    pub(crate) refresh_token: Secret<String>,
    /// Less than was granted, when the client wants less.
    pub(crate) wish: Wish,
}

impl TokenRequest {
    /// Reads the request of a client that has authenticated.
    pub(crate) fn read(parameters: &Parameters, client: &AuthenticatedClient) -> Result<Self, Error> {
        let name = parameters.single("grant_type")?.ok_or(Error::invalid_request("grant_type is missing"))?;
        let grant_type = GrantType::ALL.into_iter().find(|grant_type| grant_type.as_str() == name);
        let grant_type =
            grant_type.ok_or(Error::new(ErrorCode::UnsupportedGrantType, "grant_type is not supported"))?;
        parameters.none_repeated_but(match grant_type {
            // RFC 8693 §2.1: "Multiple audience parameters may be used".
            GrantType::TokenExchange => &["resource", "audience"],
            _ => &["resource"],
        })?;
        if !client.grant_types.contains(&grant_type) {
            return Err(Error::new(ErrorCode::UnauthorizedClient, "the client may not use this grant_type"));
        }
        match grant_type {
            GrantType::AuthorizationCode => Self::code_exchange(parameters),
            GrantType::RefreshToken => Self::refresh(parameters),
            GrantType::DeviceCode => Self::device(parameters),
            GrantType::ClientCredentials => Ok(Self::ClientCredentials(Wish::read(parameters)?)),
            GrantType::TokenExchange => Ok(Self::TokenExchange(ExchangeRequest::read(parameters)?)),
            GrantType::JwtBearer => Ok(Self::JwtBearer(AssertionRequest::read(parameters)?)),
        }
    }

    fn code_exchange(parameters: &Parameters) -> Result<Self, Error> {
        let redirect_uri =
            parameters.single("redirect_uri")?.ok_or(Error::invalid_request("redirect_uri is missing"))?;
        Ok(Self::AuthorizationCode(CodeExchange {
            code: secret(parameters, "code")?.ok_or(Error::invalid_request("code is missing"))?,
            redirect_uri: redirect_uri.to_owned(),
            code_verifier: secret(parameters, "code_verifier")?,
            resources: resources(parameters),
        }))
    }

    fn device(parameters: &Parameters) -> Result<Self, Error> {
        let code = secret(parameters, "device_code")?;
        code.map(Self::DeviceCode).ok_or(Error::invalid_request("device_code is missing"))
    }

    fn refresh(parameters: &Parameters) -> Result<Self, Error> {
        Ok(Self::RefreshToken(RefreshRequest {
            refresh_token: secret(parameters, "refresh_token")?
                .ok_or(Error::invalid_request("refresh_token is missing"))?,
            wish: Wish::read(parameters)?,
        }))
    }
}

fn resources(parameters: &Parameters) -> BTreeSet<String> {
    parameters.all("resource").map(str::to_owned).collect()
}

fn secret(parameters: &Parameters, name: &str) -> Result<Option<Secret<String>>, Error> {
    Ok(parameters.single(name)?.map(|value| Secret::new(value.to_owned())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::client::tests::public;

    fn read(body: &str) -> Result<TokenRequest, Error> {
        let mut client = public("portal");
        if body.contains("client_id=limited") {
            client.grant_types.remove(&GrantType::RefreshToken);
        }
        TokenRequest::read(&Parameters::parse(body.as_bytes()).unwrap(), &AuthenticatedClient::assumed(&client))
    }

    #[test]
    fn requests_are_read_by_grant_type() {
        let code = read("grant_type=authorization_code&code=c&redirect_uri=https%3A%2F%2Frp.example&code_verifier=v");
        let Ok(TokenRequest::AuthorizationCode(exchange)) = code else { panic!("{code:?}") };
        assert_eq!(exchange.redirect_uri, "https://rp.example");
        assert_eq!((exchange.code.expose().as_str(), exchange.code_verifier.unwrap().expose().as_str()), ("c", "v"));
        let refresh = read("grant_type=refresh_token&refresh_token=r&scope=openid");
        let Ok(TokenRequest::RefreshToken(refresh)) = refresh else { panic!("{refresh:?}") };
        assert_eq!(
            (refresh.refresh_token.expose().as_str(), refresh.wish.scope.unwrap().to_string()),
            ("r", "openid".to_owned())
        );
    }

    #[test]
    fn sr_130_everything_else_is_refused_by_its_own_code() {
        for (body, code) in [
            ("", ErrorCode::InvalidRequest),
            ("grant_type=password&username=a&password=b", ErrorCode::UnsupportedGrantType),
            ("grant_type=implicit", ErrorCode::UnsupportedGrantType),
            ("grant_type=AUTHORIZATION_CODE&code=x&redirect_uri=x", ErrorCode::UnsupportedGrantType),
            ("grant_type=client_credentials", ErrorCode::UnauthorizedClient),
            ("grant_type=urn:ietf:params:oauth:grant-type:token-exchange", ErrorCode::UnauthorizedClient),
            ("grant_type=urn:ietf:params:oauth:grant-type:jwt-bearer&assertion=x", ErrorCode::UnauthorizedClient),
            ("grant_type=authorization_code&redirect_uri=x", ErrorCode::InvalidRequest),
            ("grant_type=authorization_code&code=x", ErrorCode::InvalidRequest),
            ("grant_type=refresh_token", ErrorCode::InvalidRequest),
            ("grant_type=urn:ietf:params:oauth:grant-type:device_code&device_code=d", ErrorCode::UnauthorizedClient),
            ("grant_type=refresh_token&refresh_token=r&scope=a++b", ErrorCode::InvalidScope),
            ("grant_type=refresh_token&refresh_token=r&client_id=limited", ErrorCode::UnauthorizedClient),
            ("grant_type=refresh_token&refresh_token=r&refresh_token=r", ErrorCode::InvalidRequest),
            ("grant_type=refresh_token&refresh_token=r&extra=1&extra=2", ErrorCode::InvalidRequest),
        ] {
            assert_eq!(read(body).unwrap_err().code(), code, "{body}");
        }
    }
}
