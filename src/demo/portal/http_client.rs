//! reqwest as the HTTP client of the `openidconnect` crate.
//!
//! The crate's own support for it would bring an older reqwest and a second TLS stack. Answers are bounded in length
//! and in time; redirects are not followed.

use std::pin::Pin;

use openidconnect::{AsyncHttpClient, HttpRequest, HttpResponse};

use crate::clock::Duration;

/// The portal's HTTP client.
pub(super) struct Http(reqwest::Client);

/// Why a request to the provider failed.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(super) struct HttpError(String);

/// A longer answer is none that a provider gives.
const LONGEST_ANSWER: usize = 1 << 20;

impl<'c> AsyncHttpClient<'c> for Http {
    type Error = HttpError;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, HttpError>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(async move { self.fetch(request).await.map_err(|error| HttpError(format!("{error:#}"))) })
    }
}

impl Http {
    /// Follows no redirect: an answer is what the address itself says, and no credential travels on.
    pub(super) fn new() -> anyhow::Result<Self> {
        let client = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(Duration::from_secs(10))
            .no_proxy();
        Ok(Self(client.build()?))
    }

    async fn fetch(&self, request: HttpRequest) -> anyhow::Result<HttpResponse> {
        let mut answer = self.0.execute(request.try_into()?).await?;
        let mut body = Vec::new();
        while let Some(chunk) = answer.chunk().await? {
            anyhow::ensure!(body.len() + chunk.len() <= LONGEST_ANSWER, "the answer is too long");
            body.extend_from_slice(&chunk);
        }
        let mut response = http::Response::new(body);
        *response.status_mut() = answer.status();
        *response.headers_mut() = answer.headers().clone();
        Ok(response)
    }
}
