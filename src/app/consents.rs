//! Whether a person has agreed to what a client asks: read where a code would be issued, and on the page that asks.

use super::App;
use crate::ids::{SessionId, UserId};
use crate::protocol::client::{Client, Consent};
use crate::protocol::consent::{Said, Wanted, is_owed};
use crate::protocol::request::AuthorizationRequest;
use crate::store::{StoreError, consents};

/// The answer that a journey holds, and the session that would use it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Answered {
    /// In which session the journey's request was agreed to.
    pub(crate) in_session: Option<SessionId>,
    /// Which session the request would be answered with.
    pub(crate) session: SessionId,
}

impl App {
    /// Whether that person has to be asked before the client's request is answered.
    pub(crate) async fn owes_consent(
        &self,
        client: &Client,
        request: &AuthorizationRequest,
        user: UserId,
        answered: Answered,
    ) -> Result<bool, StoreError> {
        let wanted = Wanted::by(request);
        let owed = |said| is_owed(client.consent, request.prompts(), &wanted, said);
        if answered.in_session == Some(answered.session) {
            return Ok(owed(Said::JustNow));
        }
        if client.consent != Consent::Once {
            return Ok(owed(Said::Nothing));
        }
        let agreement = consents::of(&self.store.reads(), user, &client.client_id).await?;
        Ok(owed(agreement.as_ref().map_or(Said::Nothing, Said::Before)))
    }
}
