//! "If an account exists, an e-mail is on its way": one page for known and unknown addresses alike (SR-1, SR-59).

use serde::Serialize;

use crate::clock::{Duration, Timestamp};
use crate::journeys::notice::Notice;
use crate::journeys::{refusals, samples};
use crate::themes::form::FormState;
use crate::themes::page::{Page, Sample, sample};
use crate::themes::phrase::Phrase;

/// « Consultez vos e-mails ».
#[derive(Debug, Clone, Serialize)]
pub(crate) struct IdentifierSentPage {
    /// Another mail: a button, sent as `do=resend`.
    pub(crate) form: FormState,
    /// What has just happened.
    pub(crate) notice: Option<Notice>,
    /// The address as it was typed, and nothing we know about it.
    pub(crate) typed: String,
    /// Where another address can be given.
    pub(crate) change: String,
    /// The name to look for in the mailbox.
    pub(crate) sender: String,
    /// When there will be another mail, if not now.
    pub(crate) resend_from: Option<Timestamp>,
    /// Where one goes with what the mail says.
    pub(crate) sign_in: String,
}

impl Page for IdentifierSentPage {
    const NAME: &'static str = "identifier-sent";
    const TEMPLATE: &'static str = "identifier_sent.html";

    fn title(&self) -> Phrase {
        Phrase::new("recover_sent.title")
    }

    fn form(&self) -> Option<&FormState> {
        Some(&self.form)
    }

    fn samples(now: Timestamp) -> Vec<Sample<Self>> {
        let fresh = || Self {
            form: samples::form(),
            notice: None,
            typed: samples::ADDRESS.to_owned(),
            change: "/realms/certinomis/recover/identifier".to_owned(),
            sender: "Certinomis".to_owned(),
            resend_from: None,
            sign_in: samples::NEXT.to_owned(),
        };
        let later = now + Duration::from_mins(2);
        let again = || Self { resend_from: Some(later), ..fresh() };
        vec![
            sample("first-visit", fresh()),
            sample("too-soon", Self { form: samples::form().refuse_all(refusals::resend_later(later)), ..again() }),
            sample("sent-again", Self { notice: Some(Notice::sent_again(now)), ..again() }),
            sample("mail-delayed", Self { notice: Some(Notice::mail_delayed()), ..fresh() }),
            sample("long-address", Self { typed: samples::LONG_ADDRESS.to_owned(), ..fresh() }),
        ]
    }
}
