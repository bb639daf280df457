//! The `openidconnect` crate: what it discovers, asks for and checks, as it comes.

use std::fs;

use openidconnect::core::{
    CoreAuthDisplay, CoreAuthenticationFlow, CoreClaimName, CoreClaimType, CoreClient, CoreClientAuthMethod,
    CoreClientRegistrationRequest, CoreDeviceAuthorizationResponse, CoreErrorResponseType, CoreGrantType,
    CoreJsonWebKey, CoreJweContentEncryptionAlgorithm, CoreJweKeyManagementAlgorithm, CoreResponseMode,
    CoreResponseType, CoreRevocableToken, CoreSubjectIdentifierType, CoreTokenResponse, CoreUserInfoClaims,
};
use openidconnect::registration::EmptyAdditionalClientMetadata;
use openidconnect::{
    AccessToken, AccessTokenHash, AdditionalProviderMetadata, AuthorizationCode, ClientId, ClientName, ClientSecret,
    CsrfToken, DeviceAuthorizationUrl, EndpointMaybeSet, EndpointNotSet, EndpointSet, HttpRequest, HttpResponse,
    IntrospectionUrl, IssuerUrl, Nonce, OAuth2TokenResponse as _, PkceCodeChallenge, ProviderMetadata, RedirectUrl,
    RequestTokenError, RevocationUrl, Scope, StandardErrorResponse, TokenIntrospectionResponse as _,
    TokenResponse as _,
};
use serde::{Deserialize, Serialize};
use url::Url;

use super::house::{House, SIGNS_IN};
use super::person::Walker;

const CALLBACK: &str = "https://shop.exemple.fr/callback";

/// The endpoints of our metadata that the crate leaves to its users (RFC 8414 §2, RFC 8628 §4).
#[derive(Clone, Debug, Deserialize, Serialize)]
struct Endpoints {
    #[serde(rename = "introspection_endpoint")]
    introspection: IntrospectionUrl,
    #[serde(rename = "revocation_endpoint")]
    revocation: RevocationUrl,
    #[serde(rename = "device_authorization_endpoint")]
    device_authorization: Option<DeviceAuthorizationUrl>,
}

impl AdditionalProviderMetadata for Endpoints {}

type Metadata = ProviderMetadata<
    Endpoints,
    CoreAuthDisplay,
    CoreClientAuthMethod,
    CoreClaimName,
    CoreClaimType,
    CoreGrantType,
    CoreJweContentEncryptionAlgorithm,
    CoreJweKeyManagementAlgorithm,
    CoreJsonWebKey,
    CoreResponseMode,
    CoreResponseType,
    CoreSubjectIdentifierType,
>;

/// The crate's client: it may send people, ask about tokens, revoke them, and what the metadata lets it.
type Client = CoreClient<EndpointSet, EndpointNotSet, EndpointSet, EndpointSet, EndpointMaybeSet, EndpointMaybeSet>;

/// An application that uses the crate.
struct Shop {
    metadata: Metadata,
    client: Client,
    http: reqwest::Client,
}

impl Shop {
    /// Discovers the provider, as the client of that name.
    async fn of(house: &House, client_id: &str, secret: Option<&str>) -> Self {
        let certificate = reqwest::Certificate::from_pem(&fs::read(house.certificate()).unwrap()).unwrap();
        let http = reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none());
        let http = http.tls_certs_only([certificate]).build().unwrap();
        let issuer = IssuerUrl::new(house.issuer()).unwrap();
        let metadata = Metadata::discover_async(issuer, &sender(&http)).await.unwrap();
        let endpoints = metadata.additional_metadata().clone();
        let secret = secret.map(|secret| ClientSecret::new(secret.to_owned()));
        let client = CoreClient::from_provider_metadata(metadata.clone(), ClientId::new(client_id.to_owned()), secret)
            .set_redirect_uri(RedirectUrl::new(CALLBACK.to_owned()).unwrap())
            .set_introspection_url(endpoints.introspection)
            .set_revocation_url(endpoints.revocation);
        Self { metadata, client, http }
    }

    /// Sends somebody to sign in, and takes what they bring back for tokens; all the crate's checks pass.
    async fn signs_in(&self, walker: &mut Walker<'_>) -> CoreTokenResponse {
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let flow = CoreAuthenticationFlow::AuthorizationCode;
        let asked = self.client.authorize_url(flow, CsrfToken::new_random, Nonce::new_random);
        let scopes = ["profile", "email"].map(|scope| Scope::new(scope.to_owned()));
        let (address, state, nonce) = asked.add_scopes(scopes).set_pkce_challenge(challenge).url();
        let landed = walker.visits(address.as_str()).await;
        assert_eq!(brought(&landed, "state").as_deref(), Some(state.secret().as_str()), "{landed}");
        let code = brought(&landed, "code").unwrap_or_else(|| panic!("{landed}"));
        let exchange = self.client.exchange_code(AuthorizationCode::new(code)).unwrap();
        let tokens = exchange.set_pkce_verifier(verifier).request_async(&sender(&self.http)).await.unwrap();
        let (id_token, verifier) = (tokens.id_token().unwrap(), self.client.id_token_verifier());
        let claims = id_token.claims(&verifier, &nonce).unwrap();
        let (algorithm, key) = (id_token.signing_alg().unwrap(), id_token.signing_key(&verifier).unwrap());
        let hash = AccessTokenHash::from_token(tokens.access_token(), algorithm, key).unwrap();
        assert_eq!(claims.access_token_hash(), Some(&hash));
        let person = self.person(tokens.access_token()).await;
        assert_eq!(person.subject(), claims.subject());
        assert_eq!(person.email().unwrap().as_str(), walker.person.email);
        tokens
    }

    async fn person(&self, token: &AccessToken) -> CoreUserInfoClaims {
        let asked = self.client.user_info(token.clone(), None).unwrap();
        asked.request_async(&sender(&self.http)).await.unwrap()
    }

    async fn is_active(&self, token: &AccessToken) -> bool {
        self.client.introspect(token).request_async(&sender(&self.http)).await.unwrap().active()
    }
}

/// How the crate sends: over the one certificate that it was given.
fn sender(
    http: &reqwest::Client,
) -> impl Fn(HttpRequest) -> std::pin::Pin<Box<dyn Future<Output = Result<HttpResponse, reqwest::Error>> + Send>> + use<>
{
    let http = http.clone();
    move |request| {
        let http = http.clone();
        Box::pin(async move {
            let answer = http.execute(request.try_into()?).await?;
            let mut response = http::Response::new(Vec::new());
            *response.status_mut() = answer.status();
            *response.headers_mut() = answer.headers().clone();
            *response.body_mut() = answer.bytes().await?.to_vec();
            Ok(response)
        })
    }
}

/// The error that the provider answered with, as the crate reads it (RFC 6749 §5.2).
fn why<E: std::error::Error>(
    refused: &RequestTokenError<E, StandardErrorResponse<CoreErrorResponseType>>,
) -> &CoreErrorResponseType {
    let RequestTokenError::ServerResponse(answer) = refused else { panic!("{refused}") };
    answer.error()
}

fn brought(landed: &Url, parameter: &str) -> Option<String> {
    landed.query_pairs().find(|(name, _)| name == parameter).map(|(_, value)| value.into_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn openidconnect_signs_somebody_in_refreshes_and_revokes() {
    let house = House::over_tls(SIGNS_IN).await;
    let shop = Shop::of(&house, "shop", Some(house.secret())).await;
    let tokens = shop.signs_in(&mut house.somebody().await).await;
    assert!(shop.is_active(tokens.access_token()).await);
    let refresh = tokens.refresh_token().unwrap();
    let asked = shop.client.exchange_refresh_token(refresh).unwrap();
    let renewed = asked.request_async(&sender(&shop.http)).await.unwrap();
    assert_ne!(renewed.access_token().secret(), tokens.access_token().secret());
    let verifier = shop.client.id_token_verifier();
    renewed.id_token().unwrap().claims(&verifier, |_: Option<&Nonce>| Ok(())).unwrap();
    let last = CoreRevocableToken::RefreshToken(renewed.refresh_token().unwrap().clone());
    shop.client.revoke_token(last).unwrap().request_async(&sender(&shop.http)).await.unwrap();
    assert!(!shop.is_active(renewed.access_token()).await);
    let again = shop.client.exchange_refresh_token(renewed.refresh_token().unwrap()).unwrap();
    let refused = again.request_async(&sender(&shop.http)).await.unwrap_err();
    assert_eq!(why(&refused), &CoreErrorResponseType::InvalidGrant);
}

#[tokio::test(flavor = "multi_thread")]
async fn openidconnect_gets_tokens_for_itself() {
    let house = House::over_tls(
        "grant_types = [\"client_credentials\"]\nscope = \"orders:read\"\nresources = [\"https://api.exemple.fr/\"]\n\
         secrets = []\n",
    )
    .await;
    let shop = Shop::of(&house, "shop", Some(house.secret())).await;
    let asked = shop.client.exchange_client_credentials().unwrap().add_scope(Scope::new("orders:read".to_owned()));
    let tokens = asked.request_async(&sender(&shop.http)).await.unwrap();
    assert!(tokens.id_token().is_none() && tokens.refresh_token().is_none(), "nobody is there");
    let told = shop.client.introspect(tokens.access_token()).request_async(&sender(&shop.http)).await.unwrap();
    assert!(told.active());
    assert_eq!(told.client_id().map(|id| id.as_str()), Some("shop"));
    let strangers = Shop::of(&house, "shop", Some("wrong")).await;
    let asked = strangers.client.exchange_client_credentials().unwrap();
    let refused = asked.request_async(&sender(&strangers.http)).await.unwrap_err();
    assert_eq!(why(&refused), &CoreErrorResponseType::InvalidClient);
}

#[tokio::test(flavor = "multi_thread")]
async fn openidconnect_signs_somebody_in_on_a_device() {
    let house = House::over_tls(
        "token_endpoint_auth_method = \"none\"\nscope = \"openid profile email\"\n\
         grant_types = [\"urn:ietf:params:oauth:grant-type:device_code\"]\n",
    )
    .await;
    let shop = Shop::of(&house, "shop", None).await;
    let endpoint = shop.metadata.additional_metadata().device_authorization.clone().unwrap();
    let client = shop.client.clone().set_device_authorization_url(endpoint);
    let scopes = ["openid", "profile", "email"].map(|scope| Scope::new(scope.to_owned()));
    let asked = client.exchange_device_code().add_scopes(scopes);
    let details: CoreDeviceAuthorizationResponse = asked.request_async(&sender(&shop.http)).await.unwrap();
    let mut walker = house.somebody().await;
    walker.visits(details.verification_uri_complete().unwrap().secret()).await;
    let fetched = client.exchange_device_access_token(&details).unwrap();
    // The person has answered: the first question finds it, and there is nothing to wait for.
    let waits = |_| async { panic!("the device was told to ask again") };
    let tokens = fetched.request_async(&sender(&shop.http), waits, None).await.unwrap();
    let claims = tokens.id_token().unwrap().claims(&client.id_token_verifier(), |_: Option<&Nonce>| Ok(())).unwrap();
    let person = shop.person(tokens.access_token()).await;
    assert_eq!(person.subject(), claims.subject());
    assert_eq!(person.email().unwrap().as_str(), walker.person.email);
}

#[tokio::test(flavor = "multi_thread")]
async fn openidconnect_registers_itself() {
    let house = House::over_tls(SIGNS_IN).await;
    let shop = Shop::of(&house, "shop", Some(house.secret())).await;
    let endpoint = shop.metadata.registration_endpoint().unwrap().clone();
    let callback = vec![RedirectUrl::new(CALLBACK.to_owned()).unwrap()];
    let names = [(None, ClientName::new("Boutique".to_owned()))].into_iter().collect();
    let registration = CoreClientRegistrationRequest::new(callback, EmptyAdditionalClientMetadata {})
        .set_client_name(Some(names))
        .set_initial_access_token(Some(AccessToken::new(house.initial_access_token())));
    let made = registration.register_async(&endpoint, &sender(&shop.http)).await.unwrap();
    let secret = made.client_secret().unwrap().secret().clone();
    let registered = Shop::of(&house, made.client_id().as_str(), Some(&secret)).await;
    registered.signs_in(&mut house.somebody().await).await;
}
