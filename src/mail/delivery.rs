//! Where messages go: to the operator's relay, or into the demonstration's mailbox.

use super::courier::Courier;
use super::envelope::Envelope;
use super::failure::Failure;
use super::mailbox::Mailbox;

/// Proof that a message was taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// Its `Message-ID`, to find it in the relay's log.
    pub message_id: String,
}

/// Where messages go.
pub enum Delivery {
    /// To a relay.
    Smtp(Courier),
    /// Into memory, for the demonstration and the tests.
    Mailbox(Mailbox),
}

impl Delivery {
    /// Hands one message over.
    pub async fn send(&self, envelope: &Envelope) -> Result<Receipt, Failure> {
        match self {
            Self::Smtp(courier) => courier.send(envelope).await,
            Self::Mailbox(mailbox) => mailbox.take(envelope),
        }
    }
}
