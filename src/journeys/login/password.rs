//! Sign-in by identifier and password, and the same page as a confirmation for someone who is already signed in.
//!
//! One failure text for unknown accounts and wrong passwords (SR-1); an account's state is told after the right
//! password only.

use serde::Serialize;

use crate::clock::{Duration, Timestamp};
use crate::journeys::ceremony::Ceremony;
use crate::journeys::notice::Notice;
use crate::journeys::{refusals, samples};
use crate::themes::form::{Field, FormState};
use crate::themes::page::{Page, Sample, sample};
use crate::themes::phrase::Phrase;

/// « Se connecter ».
#[derive(Debug, Clone, Serialize)]
pub(crate) struct SignInPage {
    /// Identifier, password, and the box that keeps the session.
    pub(crate) form: FormState,
    /// « Utiliser une clé d’accès », in realms that have them.
    pub(crate) passkey: Option<Ceremony>,
    /// What has just happened, or why one is back here.
    pub(crate) notice: Option<Notice>,
    /// The account to confirm, when a session is open and freshness is asked: its identifier cannot be changed.
    pub(crate) confirming: Option<String>,
    /// How long a session is kept by the box, in realms that offer it.
    pub(crate) remember: Option<Duration>,
    /// Whether people sign in by e-mail address alone.
    pub(crate) by_email: bool,
    /// « Mot de passe oublié ? »
    pub(crate) forgot: String,
    /// « Identifiant oublié ? »
    pub(crate) forgot_identifier: String,
    /// « Créer un compte », where registration is open.
    pub(crate) register: Option<String>,
    /// « Se connecter avec un certificat », where people do.
    pub(crate) certificate: Option<String>,
}

impl Page for SignInPage {
    const NAME: &'static str = "sign-in";
    const TEMPLATE: &'static str = "sign_in.html";

    fn title(&self) -> Phrase {
        Phrase::new(if self.confirming.is_some() { "sign_in.confirm_title" } else { "sign_in.title" })
    }

    fn form(&self) -> Option<&FormState> {
        Some(&self.form)
    }

    fn samples(now: Timestamp) -> Vec<Sample<Self>> {
        let first = || Self {
            form: samples::form(),
            passkey: None,
            notice: None,
            confirming: None,
            remember: Some(Duration::from_hours(30 * 24)),
            by_email: true,
            forgot: "/realms/certinomis/recover/password".to_owned(),
            forgot_identifier: "/realms/certinomis/recover/identifier".to_owned(),
            register: Some("/realms/certinomis/register".to_owned()),
            certificate: None,
        };
        let typed = || samples::form().keep(Field::Username, samples::ADDRESS);
        let refused = |words| typed().refuse(Field::Username, words);
        let empty = samples::form()
            .refuse(Field::Username, refusals::username_empty())
            .refuse(Field::Password, refusals::password_empty());
        let long = samples::form().keep(Field::Username, samples::LONG_ADDRESS);
        let noticed = |notice| Self { form: typed(), notice: Some(notice), ..first() };
        let confirming = || Self {
            confirming: Some(samples::ADDRESS.to_owned()),
            notice: Some(Notice::asked_again()),
            remember: None,
            register: None,
            ..first()
        };
        vec![
            sample("first-visit", first()),
            sample("plain", Self { remember: None, by_email: false, register: None, ..first() }),
            sample("certificate", Self { certificate: Some("/realms/certinomis/certificate".to_owned()), ..first() }),
            sample("passkeys", Self { passkey: Some(Ceremony::sample()), ..first() }),
            sample(
                "passkey-refused",
                Self {
                    form: samples::form().refuse_all(refusals::passkey_refused()),
                    passkey: Some(Ceremony::sample()),
                    ..first()
                },
            ),
            sample("empty", Self { form: empty, ..first() }),
            sample("wrong", Self { form: refused(refusals::credentials_wrong()), ..first() }),
            sample("throttled", Self { form: refused(refusals::throttled(now + MINUTES_20)), ..first() }),
            sample(
                "long-address",
                Self { form: long.refuse(Field::Username, refusals::too_long(Field::Username, 254)), ..first() },
            ),
            sample("password-changed", noticed(Notice::password_changed())),
            sample("address-confirmed", noticed(Notice::address_confirmed())),
            sample("flow-expired", noticed(Notice::flow_expired())),
            sample("confirming", confirming()),
            sample("confirming-passkeys", Self { passkey: Some(Ceremony::sample()), ..confirming() }),
            sample(
                "confirming-wrong",
                Self { form: samples::form().refuse(Field::Password, refusals::credentials_wrong()), ..confirming() },
            ),
        ]
    }
}

const MINUTES_20: Duration = Duration::from_mins(20);
