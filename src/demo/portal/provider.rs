//! What the portal asks of the provider, through the `openidconnect` crate.
//!
//! Discovery happens when somebody first needs it and is tried again until it succeeds, so portal and provider may
//! start in any order. The crate's checks of the ID token (issuer, audience, signature, expiry, nonce) are left as
//! they come; beyond them an `at_hash` must be there and match (OpenID Connect Core §3.1.3.8), and the `acr` must be the
//! one that was asked for (§2, §5.5.1.1).

use std::sync::Arc;

use openidconnect::core::{
    CoreAuthPrompt, CoreAuthenticationFlow, CoreClient, CoreErrorResponseType, CoreGenderClaim, CoreIdToken,
    CoreTokenResponse,
};
use openidconnect::{
    AccessTokenHash, AuthorizationCode, ClaimsVerificationError, ClientId, ClientSecret, CsrfToken, EndSessionUrl,
    EndpointMaybeSet, EndpointNotSet, EndpointSet, IssuerUrl, LanguageTag, LogoutRequest, Nonce,
    OAuth2TokenResponse as _, PkceCodeChallenge, PkceCodeVerifier, PostLogoutRedirectUrl, ProviderMetadataWithLogout,
    RedirectUrl, RequestTokenError, Scope, SignatureVerificationError, SubjectIdentifier, TokenResponse as _,
    UserInfoClaims, UserInfoError,
};
use serde_json::json;
use tokio::sync::Mutex;
use url::Url;

use super::http_client::{Http, HttpError};
use super::login::Towards;
use super::organisation::OrganisationClaims;
use super::session::Session;
use super::{Offer, Settings};
use crate::clock::Clock;
use crate::identity::language::Language;

/// What may go wrong between portal and provider.
#[derive(Debug, thiserror::Error)]
pub(super) enum Failure {
    /// It did not answer, or not as a provider does.
    #[error("the provider did not answer as one: {0}")]
    Unreachable(String),
    /// It answered that the grant is over (RFC 6749 §5.2) or the access token no longer good (RFC 6750 §3.1).
    #[error("the provider ended the grant: {0}")]
    Ended(String),
    /// It answered with something that fails a check.
    #[error("what the provider sent fails a check: {0}")]
    Untrusted(String),
}

/// The level of whoever has just answered their questions.
const ANSWERED: &str = "challenge-answered";

/// The secrets of one sign-in under way (RFC 7636, OpenID Connect Core §3.1.2.1).
pub(super) struct Secrets {
    pub(super) state: String,
    pub(super) nonce: String,
    pub(super) verifier: String,
}

/// What the provider says of a person.
pub(super) type UserInfo = UserInfoClaims<OrganisationClaims, CoreGenderClaim>;

type Client =
    CoreClient<EndpointSet, EndpointNotSet, EndpointNotSet, EndpointNotSet, EndpointMaybeSet, EndpointMaybeSet>;

/// What discovery told.
struct Known {
    client: Client,
    end_session: Option<EndSessionUrl>,
}

/// The provider as seen from the portal.
pub(super) struct Provider {
    issuer: IssuerUrl,
    client_id: ClientId,
    client_secret: ClientSecret,
    redirect_uri: RedirectUrl,
    signed_out_uri: PostLogoutRedirectUrl,
    offer: Offer,
    clock: Arc<dyn Clock>,
    http: Http,
    known: Mutex<Option<Arc<Known>>>,
}

impl Provider {
    pub(super) fn new(settings: &Settings) -> anyhow::Result<Self> {
        Ok(Self {
            issuer: IssuerUrl::new(settings.issuer.clone())?,
            client_id: ClientId::new(settings.client_id.clone()),
            client_secret: ClientSecret::new(settings.client_secret.expose().clone()),
            redirect_uri: RedirectUrl::new(format!("{}/callback", settings.base_url))?,
            signed_out_uri: PostLogoutRedirectUrl::new(format!("{}/", settings.base_url))?,
            offer: settings.offer,
            clock: Arc::clone(&settings.clock),
            http: Http::new()?,
            known: Mutex::new(None),
        })
    }

    /// A page of the provider's own, for the person.
    pub(super) fn page(&self, path: &str) -> String {
        format!("{}/{path}", self.issuer.as_str().trim_end_matches('/'))
    }

    /// Whether an authorization answer names our issuer (RFC 9207 §2.4: compared as text).
    pub(super) fn is_issuer(&self, iss: &str) -> bool {
        self.issuer.as_str() == iss
    }

    /// Where a browser goes to sign in, to register (`prompt=create`), or to act for another organisation
    /// (`prompt=select_account`); what is behind their questions needs the level of whoever answered them.
    pub(super) async fn authorization_url(
        &self,
        secrets: &Secrets,
        language: Language,
        towards: Towards,
    ) -> Result<Url, Failure> {
        let known = self.known().await?;
        let verifier = PkceCodeVerifier::new(secrets.verifier.clone());
        let (state, nonce) = (CsrfToken::new(secrets.state.clone()), Nonce::new(secrets.nonce.clone()));
        let mut request = known
            .client
            .authorize_url(CoreAuthenticationFlow::AuthorizationCode, || state, || nonce)
            .add_scope(Scope::new("profile".to_owned()))
            .add_scope(Scope::new("email".to_owned()))
            .set_pkce_challenge(PkceCodeChallenge::from_code_verifier_sha256(&verifier))
            .add_ui_locale(LanguageTag::new(language.tag().to_owned()));
        if self.offer == Offer::Organisations {
            let scopes = ["organization", "entity", "org_roles"].map(|scope| Scope::new(scope.to_owned()));
            request = request.add_scopes(scopes);
        }
        request = match towards {
            Towards::Registration => request.add_prompt(CoreAuthPrompt::Extension("create".to_owned())),
            Towards::AnotherOrganisation => request.add_prompt(CoreAuthPrompt::SelectAccount),
            Towards::WithdrawalCode => request.add_extra_param("claims", needing(ANSWERED)),
            Towards::Home | Towards::Order => request,
        };
        Ok(request.url().0)
    }

    /// Trades the code for tokens and checks them all.
    pub(super) async fn redeem(&self, code: &str, secrets: Secrets, towards: Towards) -> Result<Session, Failure> {
        let known = self.known().await?;
        let request = known.client.exchange_code(AuthorizationCode::new(code.to_owned())).map_err(untrusted)?;
        let verifier = PkceCodeVerifier::new(secrets.verifier);
        let answer = request.set_pkce_verifier(verifier).request_async(&self.http).await.map_err(token_failure)?;
        let id_token = answer.id_token().ok_or_else(|| Failure::Untrusted("no ID token".to_owned()))?.clone();
        let nonce = Nonce::new(secrets.nonce);
        let Checked { subject, acr } = self.check(&id_token, &answer, |claimed| known_nonce(&nonce, claimed)).await?;
        if towards == Towards::WithdrawalCode && acr.as_deref() != Some(ANSWERED) {
            return Err(Failure::Untrusted("the ID token does not say that the questions were answered".to_owned()));
        }
        let expires = answer.expires_in().map(|span| self.clock.now() + span);
        Ok(Session {
            subject,
            nonce,
            id_token,
            access_token: answer.access_token().clone(),
            expires,
            refresh_token: answer.refresh_token().cloned(),
            answered: None,
            orders: Vec::new(),
        })
    }

    /// What the provider says of the person now; the access token is renewed first when it is over.
    pub(super) async fn person(&self, session: &mut Session) -> Result<UserInfo, Failure> {
        if session.expires.is_some_and(|end| end <= self.clock.now()) {
            self.refresh(session).await?;
        }
        match self.userinfo(session).await {
            Err(Failure::Ended(_)) if session.refresh_token.is_some() => {
                self.refresh(session).await?;
                self.userinfo(session).await
            }
            answer => answer,
        }
    }

    /// Where a browser goes to end the session at the provider too (RP-Initiated Logout §2).
    pub(super) async fn end_session_url(&self, session: &Session, language: Language) -> Result<Option<Url>, Failure> {
        let end_session = self.known().await?.end_session.clone();
        Ok(end_session.map(|address| {
            LogoutRequest::from(address)
                .set_id_token_hint(&session.id_token)
                .set_client_id(self.client_id.clone())
                .set_post_logout_redirect_uri(self.signed_out_uri.clone())
                .add_ui_locale(LanguageTag::new(language.tag().to_owned()))
                .http_get_url()
        }))
    }

    async fn refresh(&self, session: &mut Session) -> Result<(), Failure> {
        let Some(refresh_token) = session.refresh_token.clone() else {
            return Err(Failure::Ended("no refresh token".to_owned()));
        };
        let known = self.known().await?;
        let request = known.client.exchange_refresh_token(&refresh_token).map_err(untrusted)?;
        let answer = request.request_async(&self.http).await.map_err(token_failure)?;
        if let Some(id_token) = answer.id_token() {
            // OpenID Connect Core §12.2: a renewed ID token may leave the nonce out, and names the same person.
            let nonce = session.nonce.clone();
            let unless_absent =
                |claimed: Option<&Nonce>| claimed.map_or(Ok(()), |claimed| known_nonce(&nonce, Some(claimed)));
            if self.check(id_token, &answer, unless_absent).await?.subject != session.subject {
                return Err(Failure::Untrusted("the renewed ID token names somebody else".to_owned()));
            }
            session.id_token = id_token.clone();
        }
        session.access_token = answer.access_token().clone();
        session.expires = answer.expires_in().map(|span| self.clock.now() + span);
        session.refresh_token = answer.refresh_token().cloned().or(Some(refresh_token));
        Ok(())
    }

    async fn userinfo(&self, session: &Session) -> Result<UserInfo, Failure> {
        let known = self.known().await?;
        let subject = Some(session.subject.clone());
        let request = known.client.user_info(session.access_token.clone(), subject).map_err(untrusted)?;
        request.request_async(&self.http).await.map_err(|error| match error {
            UserInfoError::Response(status, ..) if status == http::StatusCode::UNAUTHORIZED => {
                Failure::Ended(error.to_string())
            }
            UserInfoError::ClaimsVerification(error) => untrusted(error),
            error => Failure::Unreachable(error.to_string()),
        })
    }

    /// The crate's checks; once more with fresh keys when the signing key is not known (rotation).
    async fn check(
        &self,
        id_token: &CoreIdToken,
        answer: &CoreTokenResponse,
        nonce: impl Fn(Option<&Nonce>) -> Result<(), String> + Send + Sync,
    ) -> Result<Checked, Failure> {
        match checked(&self.known().await?.client, id_token, answer, &nonce) {
            Err(ClaimsVerificationError::SignatureVerification(SignatureVerificationError::NoMatchingKey)) => {
                self.known.lock().await.take();
                checked(&self.known().await?.client, id_token, answer, &nonce)
            }
            verdict => verdict,
        }
        .map_err(untrusted)
    }

    /// What discovery told, asking for it when nobody has yet.
    async fn known(&self) -> Result<Arc<Known>, Failure> {
        let mut known = self.known.lock().await;
        if let Some(known) = known.as_ref() {
            return Ok(Arc::clone(known));
        }
        let metadata = ProviderMetadataWithLogout::discover_async(self.issuer.clone(), &self.http)
            .await
            .map_err(|error| Failure::Unreachable(error.to_string()))?;
        let end_session = metadata.additional_metadata().end_session_endpoint.clone();
        let secret = Some(self.client_secret.clone());
        let client = CoreClient::from_provider_metadata(metadata, self.client_id.clone(), secret)
            .set_redirect_uri(self.redirect_uri.clone());
        Ok(Arc::clone(known.insert(Arc::new(Known { client, end_session }))))
    }
}

/// What an ID token says, once nothing about it is wrong.
struct Checked {
    subject: SubjectIdentifier,
    /// How the person was authenticated (OpenID Connect Core §2).
    acr: Option<String>,
}

/// The `claims` parameter for a level without which nothing is shown (OpenID Connect Core §5.5.1.1).
fn needing(level: &str) -> String {
    json!({ "id_token": { "acr": { "essential": true, "value": level } } }).to_string()
}

fn checked(
    client: &Client,
    id_token: &CoreIdToken,
    answer: &CoreTokenResponse,
    nonce: impl Fn(Option<&Nonce>) -> Result<(), String>,
) -> Result<Checked, ClaimsVerificationError> {
    let verifier = client.id_token_verifier();
    let claims = id_token.claims(&verifier, nonce)?;
    let algorithm = id_token.signing_alg().map_err(ClaimsVerificationError::SignatureVerification)?;
    let key = id_token.signing_key(&verifier).map_err(ClaimsVerificationError::SignatureVerification)?;
    let hash = AccessTokenHash::from_token(answer.access_token(), algorithm, key)
        .map_err(|error| ClaimsVerificationError::Other(error.to_string()))?;
    match claims.access_token_hash() {
        Some(claimed) if *claimed == hash => Ok(Checked {
            subject: claims.subject().clone(),
            acr: claims.auth_context_ref().map(|acr| acr.as_str().to_owned()),
        }),
        _ => Err(ClaimsVerificationError::Other("at_hash does not match the access token".to_owned())),
    }
}

/// The crate's own comparison, behind a closure that can be asked twice.
fn known_nonce(nonce: &Nonce, claimed: Option<&Nonce>) -> Result<(), String> {
    openidconnect::NonceVerifier::verify(nonce, claimed)
}

fn untrusted(error: impl std::error::Error) -> Failure {
    let cause = error.source().map(|cause| format!(": {cause}")).unwrap_or_default();
    Failure::Untrusted(format!("{error}{cause}"))
}

type TokenError = RequestTokenError<HttpError, openidconnect::StandardErrorResponse<CoreErrorResponseType>>;

fn token_failure(error: TokenError) -> Failure {
    match error {
        RequestTokenError::ServerResponse(answer) if *answer.error() == CoreErrorResponseType::InvalidGrant => {
            Failure::Ended(answer.to_string())
        }
        RequestTokenError::ServerResponse(answer) => Failure::Untrusted(answer.to_string()),
        error => Failure::Unreachable(error.to_string()),
    }
}
