//! Waiting for the proof of an e-mail address: by the mailed link, or by the code beside it.
//!
//! A link that is followed in another browser proves the address and nothing about this browser, which goes on by the
//! code: whoever began here must also read the mailbox (SR-61).

use serde::Serialize;

use crate::clock::{Duration, Timestamp};
use crate::journeys::code::AwaitedCode;
use crate::journeys::notice::Notice;
use crate::journeys::{refusals, samples};
use crate::themes::form::{Field, FormState};
use crate::themes::page::{Page, Sample, sample};
use crate::themes::phrase::Phrase;

/// « Confirmez votre adresse e-mail ».
#[derive(Debug, Clone, Serialize)]
pub(crate) struct VerifyEmailPage {
    /// The code.
    pub(crate) form: FormState,
    /// What has just happened.
    pub(crate) notice: Option<Notice>,
    /// The address as it was typed here.
    pub(crate) address: String,
    /// Where another address can be given, as long as that is possible.
    pub(crate) change_address: Option<String>,
    /// The code in the mailbox.
    pub(crate) code: AwaitedCode,
    /// Where one goes on who has followed the link in another window.
    pub(crate) go_on: String,
}

impl Page for VerifyEmailPage {
    const NAME: &'static str = "verify-email";
    const TEMPLATE: &'static str = "verify_email.html";

    fn title(&self) -> Phrase {
        Phrase::new("verify_email.title")
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
            address: samples::ADDRESS.to_owned(),
            change_address: Some("/realms/certinomis/register".to_owned()),
            code: code(None),
            go_on: samples::NEXT.to_owned(),
        };
        let later = || code(Some(now + Duration::from_mins(2)));
        let refused = |words| Self { form: samples::form().refuse(Field::Code, words), ..fresh() };
        let noticed = |notice| Self { notice: Some(notice), code: later(), ..fresh() };
        vec![
            sample("first-visit", fresh()),
            sample("just-sent", Self { code: later(), ..fresh() }),
            sample("empty", refused(refusals::code_empty())),
            sample("malformed", refused(refusals::code_malformed())),
            sample("wrong-code", refused(refusals::code_wrong(now))),
            sample("spent-code", refused(refusals::code_spent())),
            sample("expired-code", refused(refusals::code_expired())),
            sample("throttled", refused(refusals::throttled(now + Duration::from_mins(5)))),
            sample("resend-later", refused(refusals::resend_later(now + Duration::from_mins(2)))),
            sample("sent-again", noticed(Notice::sent_again(now))),
            sample("mail-delayed", noticed(Notice::mail_delayed())),
            sample("confirmed-elsewhere", noticed(Notice::confirmed_elsewhere())),
            sample("long-address", Self { address: samples::LONG_ADDRESS.to_owned(), change_address: None, ..fresh() }),
        ]
    }
}
