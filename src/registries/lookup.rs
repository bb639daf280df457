//! Somebody who can be asked about a number: what every registry is to us, whichever it is.

use crate::clock::Timestamp;
use crate::identity::number::siren::{Siren, Siret};
use crate::identity::number::{RegisteredNumber, Scheme};
use crate::identity::organisation::Registry;
use crate::outbound::service::{Answer, Question, Service};

use super::trouble::Trouble;

/// A registry, asked by number.
pub(super) trait Lookup: Send + Sync {
    /// What it is asked about.
    type Number: Send + Sync;
    /// What it tells.
    type Record: Send + Sync;

    /// Which it is.
    const REGISTRY: Registry;

    /// Looks that number up: one answer, whatever the network does in between. Whoever asks sets the time.
    fn look_up(
        &self,
        number: &Self::Number,
        now: Timestamp,
    ) -> impl Future<Output = Result<Self::Record, Trouble>> + Send;
}

/// A number of the French register of businesses.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum FrenchNumber {
    /// An establishment.
    Siret(Siret),
    /// A legal unit: its head office is meant.
    Siren(Siren),
}

impl FrenchNumber {
    /// What to ask about a registered number; nothing, when it says nothing of France.
    pub fn of(number: &RegisteredNumber) -> Option<Self> {
        match number.scheme() {
            Scheme::Siret => number.siret().map(Self::Siret),
            _ => number.siren().map(Self::Siren),
        }
    }

    /// The legal unit.
    pub fn siren(&self) -> Siren {
        match self {
            Self::Siret(siret) => siret.siren(),
            Self::Siren(siren) => siren.clone(),
        }
    }

    /// The digits.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Siret(siret) => siret.as_str(),
            Self::Siren(siren) => siren.as_str(),
        }
    }

    /// Whether an answer about that establishment answers this question.
    pub(super) fn is_answered_by(&self, siret: &Siret) -> bool {
        match self {
            Self::Siret(asked) => asked == siret,
            Self::Siren(asked) => *asked == siret.siren(),
        }
    }
}

/// Asks once more when nobody was there or something failed over there; whoever waits sets the time for both. The second
/// question is what we stay below their bound for.
pub(super) async fn ask_twice(service: &Service, question: Question<'_>) -> Result<Answer, Trouble> {
    match service.ask(question).await {
        Ok(answer) if !answer.status.is_server_error() => return Ok(answer),
        Err(silence) if Trouble::from(silence) != Trouble::Unavailable => return Err(silence.into()),
        Ok(_) | Err(_) => {}
    }
    Ok(service.ask(question).await?)
}
