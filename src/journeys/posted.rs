//! A form that was sent to a page of ours, before anything is asked of it.

use std::sync::Arc;

use axum::body::to_bytes;
use axum::extract::{FromRequest, FromRequestParts as _, Request};

use super::caller::Caller;
use super::fields::Fields;
use super::problem::Problem;
use crate::app::App;
use crate::secret::SecretHash;

/// Most bytes of a form (SR-207).
const MOST_BYTES: usize = 64 * 1024;

/// Who sent a form, and what it says. Nothing in it is believed until [`Posted::check`] was asked, or the journey's own
/// check.
pub(crate) struct Posted {
    /// Who sent it.
    pub(crate) caller: Caller,
    /// What it says.
    pub(crate) fields: Fields,
}

impl Posted {
    /// The browser that was given this form, and the form's one-time id: the form is about `subject`, and was made for
    /// this browser.
    pub(crate) fn check(&self, subject: &[u8]) -> Result<(SecretHash, SecretHash), Problem> {
        let Self { caller, fields } = self;
        let browser = caller.browser().ok_or_else(|| Problem::CookiesRefused { again: caller.here().to_owned() })?;
        let form = caller.app.forms.check(fields.token(), &browser, subject).ok_or(Problem::ForeignForm)?;
        Ok((browser, form))
    }
}

impl FromRequest<Arc<App>> for Posted {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &Arc<App>) -> Result<Self, Problem> {
        let (mut parts, body) = request.into_parts();
        let caller = Caller::from_request_parts(&mut parts, app).await?;
        let body = to_bytes(body, MOST_BYTES).await.map_err(|_| Problem::Tampered)?;
        let fields = Fields::read(&body).map_err(|_| Problem::Tampered)?;
        Ok(Self { caller, fields })
    }
}
