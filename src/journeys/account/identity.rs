//! `GET`, `POST /realms/{realm}/account/identity`: names, telephone number and language, as their owner writes them
//! (GDPR, article 16).

use axum::response::Response;
use http::StatusCode;
use serde::Serialize;

use super::home::Line;
use super::owner::{Act, Owner};
use crate::app::cookies::{self, Name};
use crate::clock::{Timestamp, days};
use crate::event::EventKind;
use crate::identity::identifier::IssuedIdentifier;
use crate::identity::language::Language;
use crate::identity::name::PersonName;
use crate::identity::user::Identity;
use crate::journeys::problem::Problem;
use crate::journeys::{refusals, samples};
use crate::store::users;
use crate::themes::form::{Field, FormState};
use crate::themes::page::{Page, Sample, sample};
use crate::themes::phrase::Phrase;

/// The page, below the realm.
const PAGE: &str = "account/identity";

/// The fields of the page.
const FIELDS: [Field; 4] = [Field::FirstName, Field::LastName, Field::PhoneNumber, Field::Locale];

/// « Identité ».
#[derive(Debug, Clone, Serialize)]
pub(crate) struct IdentityPage {
    /// First name, last name, telephone number, language.
    pub(crate) form: FormState,
    /// The languages that we write in, each by its own name.
    pub(crate) languages: Vec<Spoken>,
}

/// A language that we write in.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Spoken {
    /// Its tag.
    pub(crate) tag: Language,
    /// What it calls itself.
    pub(crate) name: &'static str,
}

impl IdentityPage {
    fn new(form: FormState) -> Self {
        let languages = Language::ALL.into_iter().map(|tag| Spoken { tag, name: tag.own_name() }).collect();
        Self { form, languages }
    }
}

impl Page for IdentityPage {
    const NAME: &'static str = "account-identity";
    const TEMPLATE: &'static str = "account_identity.html";

    fn title(&self) -> Phrase {
        Phrase::new("account.identity")
    }

    fn form(&self) -> Option<&FormState> {
        Some(&self.form)
    }

    fn samples(_now: Timestamp) -> Vec<Sample<Self>> {
        let with = |first: &str, last: &str| {
            let form = samples::form().keep(Field::FirstName, first).keep(Field::LastName, last);
            form.keep(Field::PhoneNumber, "+33 6 12 34 56 78").keep(Field::Locale, Language::French.tag())
        };
        let empty = with("", "")
            .refuse(Field::FirstName, refusals::first_name_empty())
            .refuse(Field::LastName, refusals::last_name_empty())
            .refuse(Field::PhoneNumber, refusals::phone_malformed())
            .refuse(Field::Locale, refusals::language_unknown());
        let long = with(samples::LONG_NAME, samples::LONG_NAME);
        let long = long.refuse(Field::FirstName, refusals::too_long(Field::FirstName, 100));
        vec![
            sample("usual", Self::new(with("Marie", "Durand"))),
            sample("empty", Self::new(empty)),
            sample("long", Self::new(long)),
        ]
    }
}

/// The line of the home page that says what the realm issued to sign in with.
pub(super) fn issued(identifier: &IssuedIdentifier) -> Line {
    Line::new(Phrase::new("account.identifier")).words(identifier.as_str())
}

/// The line of the home page.
pub(super) fn line(owner: &Owner) -> Line {
    Line::new(Phrase::new("account.identity")).words(owner.user.full_name()).changed_at(owner.path(PAGE))
}

/// `GET`
pub(crate) async fn page(owner: Owner) -> Result<Response, Problem> {
    owner.fresh().await?;
    let user = &owner.user;
    let form = owner
        .form()
        .keep(Field::FirstName, user.first_name.as_str())
        .keep(Field::LastName, user.last_name.as_str())
        .keep(Field::PhoneNumber, user.profile.phone_number.clone().unwrap_or_default())
        .keep(Field::Locale, user.language.tag());
    let form = owner.resumed(form, &FIELDS).await?;
    owner.show(StatusCode::OK, &IdentityPage::new(form))
}

/// `POST`
pub(crate) async fn submit(act: Act) -> Result<Response, Problem> {
    act.fresh(&FIELDS).await?;
    let identity = match read(&act) {
        Ok(identity) => identity,
        Err(form) => return act.show(StatusCode::UNPROCESSABLE_ENTITY, &IdentityPage::new(*form)),
    };
    let tx = act.begin().await?;
    if !users::set_identity(&tx, &act.user, &identity, act.now()).await? {
        return Err(Problem::Overtaken(act.path(PAGE)));
    }
    // Pages speak it from now on, too.
    let language = cookies::set(Name::Language, identity.language.tag(), Some(days(365)));
    act.leads_to("account?done=identity", vec![language], (tx, act.event(EventKind::IdentityChanged))).await
}

/// What was typed, or the form with all that is to be mended.
fn read(act: &Act) -> Result<Identity, Box<FormState>> {
    let mut form = act.again(&FIELDS);
    let first_name = PersonName::parse(act.fields.text(Field::FirstName));
    let last_name = PersonName::parse(act.fields.text(Field::LastName));
    for (field, name) in [(Field::FirstName, &first_name), (Field::LastName, &last_name)] {
        if let Err(wrong) = name {
            form = form.refuse(field, refusals::name(field, wrong));
        }
    }
    let mut profile = act.user.profile.clone();
    if profile.set("phone_number", act.fields.text(Field::PhoneNumber)).is_err() {
        form = form.refuse(Field::PhoneNumber, refusals::phone_malformed());
    }
    let language = act.fields.text(Field::Locale).parse::<Language>();
    if language.is_err() {
        form = form.refuse(Field::Locale, refusals::language_unknown());
    }
    match (first_name, last_name, language) {
        (Ok(first_name), Ok(last_name), Ok(language)) if !form.has_errors() => {
            Ok(Identity { first_name, last_name, language, profile })
        }
        _ => Err(Box::new(form)),
    }
}
