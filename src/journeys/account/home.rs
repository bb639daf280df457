//! `GET /realms/{realm}/account`: the account on one page, a line for each of its sections (UX.md P16).

use axum::response::Response;
use serde::Serialize;

use super::owner::Owner;
use super::{
    activity, applications, certificates, close, email, export, identity, organisation, passkeys, password, question,
    questions, second_factors, sessions,
};
use crate::clock::Timestamp;
use crate::identity::identifier::IssuedIdentifier;
use crate::journeys::notice::Notice;
use crate::journeys::problem::Problem;
use crate::journeys::{samples, sign_out};
use crate::themes::form::FormState;
use crate::themes::page::{Page, Sample, sample};
use crate::themes::phrase::Phrase;

/// « Mon compte ».
#[derive(Debug, Clone, Serialize)]
pub(crate) struct AccountPage {
    /// What has just been done.
    pub(crate) notice: Option<Notice>,
    /// The sections, in the order in which people look for them.
    pub(crate) lines: Vec<Line>,
    /// « Me déconnecter ».
    pub(crate) sign_out: SignOut,
}

/// One section.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Line {
    /// What it is about.
    pub(crate) title: Phrase,
    /// The owner's own words, such as their name.
    pub(crate) words: Option<String>,
    /// How it stands.
    pub(crate) says: Option<Phrase>,
    /// Its page.
    pub(crate) leads: Option<Way>,
}

/// The way to a section's page.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Way {
    /// « Modifier » or « Voir ».
    pub(crate) words: Phrase,
    /// Where it leads.
    pub(crate) href: String,
}

impl Line {
    /// A section of that title.
    pub(super) const fn new(title: Phrase) -> Self {
        Self { title, words: None, says: None, leads: None }
    }

    /// In its owner's words.
    pub(super) fn words(self, words: impl Into<String>) -> Self {
        Self { words: Some(words.into()), ..self }
    }

    /// Saying how it stands.
    pub(super) fn says(self, says: Phrase) -> Self {
        Self { says: Some(says), ..self }
    }

    /// Changed on the page at `href`.
    pub(super) fn changed_at(self, href: String) -> Self {
        Self { leads: Some(Way { words: Phrase::new("account.change"), href }), ..self }
    }

    /// Seen whole on the page at `href`.
    pub(super) fn seen_at(self, href: String) -> Self {
        Self { leads: Some(Way { words: Phrase::new("account.see"), href }), ..self }
    }
}

/// The button that ends the session, a form of the sign-out page.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct SignOut {
    /// Its hidden field.
    pub(crate) form: FormState,
    /// Where it is sent.
    pub(crate) action: String,
}

impl Page for AccountPage {
    const NAME: &'static str = "account";
    const TEMPLATE: &'static str = "account.html";

    fn title(&self) -> Phrase {
        Phrase::new("account.title")
    }

    fn samples(now: Timestamp) -> Vec<Sample<Self>> {
        let page = |name: &str, address: &str, waiting: Option<&str>| {
            let organisation = waiting.is_none().then_some("EXEMPLE SAS");
            let at = |page: &str| format!("/realms/certinomis/account/{page}");
            Self {
                notice: None,
                lines: vec![
                    Line::new(Phrase::new("account.identity")).words(name).changed_at(at("identity")),
                    email::told(address, waiting).changed_at(at("email")),
                    organisation::list::told(organisation, 1).seen_at(at("organisations")),
                    password::told(Some(now)).changed_at(at("password")),
                    passkeys::told(1).changed_at(at("passkeys")),
                    question::told(false).changed_at(at("secret-question")),
                    questions::told(true).changed_at(at("challenge-questions")),
                    second_factors::told(true).changed_at(at("second-factors")),
                    certificates::told(1).changed_at(at("certificates")),
                    sessions::told(2).seen_at(at("sessions")),
                    applications::told(1).seen_at(at("applications")),
                    activity::told().seen_at(at("activity")),
                    export::told().seen_at(at("export")),
                    close::told(None).seen_at(at("close")),
                ],
                sign_out: SignOut { form: samples::form(), action: "/realms/certinomis/sign-out".to_owned() },
            }
        };
        let usual = || page("Marie Durand", samples::ADDRESS, None);
        let issued = || {
            let mut page = usual();
            page.lines.insert(0, identity::issued(&IssuedIdentifier::of_samples()));
            page
        };
        let done = |done| Self { notice: told(done), ..usual() };
        vec![
            sample("usual", usual()),
            sample("issued", issued()),
            sample("long-name", page(samples::LONG_NAME, samples::LONG_ADDRESS, None)),
            sample("address-waiting", page("Marie Durand", samples::ADDRESS, Some("m.durand@exemple.fr"))),
            sample("password-changed", done("password")),
            sample("question-set", done("secret-question")),
            sample("questions-set", done("challenge-questions")),
            sample("passkey-removed", done("passkey")),
            sample("app-removed", done("second-factors")),
            sample("closing", done("close")),
            sample("kept", done("keep")),
            sample("identity-changed", done("identity")),
        ]
    }
}

/// `GET`
pub(crate) async fn page(owner: Owner) -> Result<Response, Problem> {
    // The order of UX.md P16: who this is, for whom they act, ways to sign in, where one is signed in, what happened.
    let lines = [
        owner.user.identifier.as_ref().map(identity::issued),
        Some(identity::line(&owner)),
        Some(email::line(&owner).await?),
        organisation::list::line(&owner).await?,
        Some(password::line(&owner).await?),
        passkeys::line(&owner).await?,
        question::line(&owner).await?,
        questions::line(&owner).await?,
        second_factors::line(&owner).await?,
        certificates::line(&owner).await?,
        Some(sessions::line(&owner).await?),
        Some(applications::line(&owner).await?),
        Some(activity::line(&owner)),
        Some(export::line(&owner)),
        Some(close::line(&owner).await?),
    ];
    owner.show_home(&AccountPage {
        notice: owner.parameter("done").and_then(told),
        lines: lines.into_iter().flatten().collect(),
        sign_out: SignOut { form: FormState::new(owner.token(sign_out::SUBJECT)), action: owner.path("sign-out") },
    })
}

/// What was just done, by the word that its page leads back with.
fn told(done: &str) -> Option<Notice> {
    let words = match done {
        "password" => Phrase::new("account_done.password"),
        "secret-question" => Phrase::new("account_done.secret_question"),
        "challenge-questions" => Phrase::new("account_done.challenge_questions"),
        "passkey" => Phrase::new("account_done.passkey"),
        "second-factors" => Phrase::new("account_done.second_factors"),
        "close" => Phrase::new("account_done.close"),
        "keep" => Phrase::new("account_done.keep"),
        "identity" => Phrase::new("account_done.identity"),
        _ => return None,
    };
    Some(Notice::done(words))
}
