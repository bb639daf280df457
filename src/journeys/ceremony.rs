//! The ceremony of a passkey on a page: what the script hands to the browser, and the form that its answer travels in.
//!
//! Without the script the form stays hidden, and the page says which other way there is (UX.md §1.1).

use serde::Serialize;

use super::fields::Fields;
use super::problem::Problem;
use super::samples;
use super::visit::Visit;
use crate::app::passkeys::Answered;
use crate::app::second_factors::Offer;
use crate::ids::UserId;
use crate::themes::form::FormState;

/// A ceremony that waits for its person.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Ceremony {
    /// The form that carries the answer.
    form: FormState,
    /// What the browser is given, as JSON.
    options: String,
    /// Our side of it, sealed.
    sealed: String,
}

impl Ceremony {
    /// One that was begun, in a form of its own.
    pub(crate) fn of(offer: Offer<String>, form: FormState) -> Self {
        Self { form, options: offer.shown, sealed: offer.sealed }
    }

    /// Asks for a passkey of that person, or for whichever there is; `None` where the realm has none.
    pub(crate) async fn asks(visit: &Visit, of: Option<UserId>) -> Result<Option<Self>, Problem> {
        let place = visit.flow.id.to_string();
        let offer = visit.app.ask_for_passkey(&visit.house, (of, &place), visit.now()).await?;
        Ok(offer.map(|offer| Self::of(offer, visit.form())))
    }

    /// One as long as they come.
    pub(crate) fn sample() -> Self {
        let options = format!(r#"{{"challenge":"{}","rpId":"connexion.exemple.fr"}}"#, "c2Vh".repeat(11));
        Self { form: samples::form(), options, sealed: "c2VhbGVk".repeat(60) }
    }
}

/// What the form of a ceremony sent, from the page at `place`.
pub(crate) fn answered<'a>(fields: &'a Fields, place: &'a str) -> Answered<'a> {
    Answered { sealed: fields.raw("ceremony"), credential: fields.raw("credential"), place }
}
