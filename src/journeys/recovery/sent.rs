//! "If an account exists, an e-mail is on its way": one page for known and unknown identifiers alike (SR-1).

use serde::Serialize;

use crate::clock::{Duration, Timestamp};
use crate::journeys::code::AwaitedCode;
use crate::journeys::notice::Notice;
use crate::journeys::{refusals, samples};
use crate::themes::form::{Field, FormState};
use crate::themes::page::{Page, Sample, sample};
use crate::themes::phrase::Phrase;

/// « Consultez vos e-mails ».
#[derive(Debug, Clone, Serialize)]
pub(crate) struct RecoverSentPage {
    /// The code.
    pub(crate) form: FormState,
    /// What has just happened.
    pub(crate) notice: Option<Notice>,
    /// The identifier as it was typed, and nothing we know about it.
    pub(crate) typed: String,
    /// Where another identifier can be given.
    pub(crate) change: String,
    /// Whether an address may have several accounts here, so that a mail may carry several links and no code.
    pub(crate) shared: bool,
    /// The code that is in the mailbox, if there is one.
    pub(crate) code: AwaitedCode,
}

impl Page for RecoverSentPage {
    const NAME: &'static str = "recover-sent";
    const TEMPLATE: &'static str = "recover_sent.html";

    fn title(&self) -> Phrase {
        Phrase::new("recover_sent.title")
    }

    fn form(&self) -> Option<&FormState> {
        Some(&self.form)
    }

    fn samples(now: Timestamp) -> Vec<Sample<Self>> {
        let code = |resend_from| AwaitedCode {
            lives: Duration::from_mins(30),
            until: now + Duration::from_mins(30),
            sender: "Certinomis".to_owned(),
            resend: samples::form(),
            resend_from,
        };
        let fresh = || Self {
            form: samples::form(),
            notice: None,
            typed: samples::ADDRESS.to_owned(),
            change: "/realms/certinomis/recover/password".to_owned(),
            shared: false,
            code: code(None),
        };
        let later = || code(Some(now + Duration::from_mins(2)));
        let refused = |words| Self { form: samples::form().refuse(Field::Code, words), ..fresh() };
        vec![
            sample("first-visit", Self { code: later(), ..fresh() }),
            sample("resend-allowed", fresh()),
            sample("shared-addresses", Self { shared: true, ..fresh() }),
            sample("empty", refused(refusals::code_empty())),
            sample("wrong-code", refused(refusals::code_wrong(now))),
            sample("throttled", refused(refusals::throttled(now + Duration::from_mins(5)))),
            sample("sent-again", Self { notice: Some(Notice::sent_again(now)), code: later(), ..fresh() }),
            sample("secured", Self { notice: Some(Notice::secured()), code: later(), ..fresh() }),
            sample("mail-delayed", Self { notice: Some(Notice::mail_delayed()), ..fresh() }),
            sample("long-address", Self { typed: samples::LONG_ADDRESS.to_owned(), ..fresh() }),
        ]
    }
}
