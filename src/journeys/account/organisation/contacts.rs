//! `GET`, `POST /realms/{realm}/account/organisations/{organisation}/contacts`: whom an organisation names, changed by its
//! administrators at any time.
//!
//! The form is the activation's. Whoever must be named can be replaced and not removed; whoever is named by somebody else
//! is told by mail (GDPR, article 14). A contact that is another member's account stays so while its line is not changed.

use axum::response::Response;
use http::StatusCode;
use serde::Serialize;

use super::event;
use super::within::{ActWithin, Standing, Within};
use crate::clock::Timestamp;
use crate::event::EventKind;
use crate::identity::organisation::{Contact, ContactKind};
use crate::ids::UserId;
use crate::journeys::account::owner::Owner;
use crate::journeys::contacts::{self, AskedContact, FIELDS, NOBODY};
use crate::journeys::problem::Problem;
use crate::journeys::{refusals, samples};
use crate::mail::message::contact_label;
use crate::realm::model::OrganisationPolicy;
use crate::store::contacts as kept;
use crate::themes::form::{Field, FormState};
use crate::themes::page::{Page, Sample, sample};
use crate::themes::phrase::Phrase;

/// « Contacts ».
#[derive(Debug, Clone, Serialize)]
pub(crate) struct ContactsPage {
    /// The choices, and who somebody else is.
    pub(crate) form: FormState,
    /// What the organisation is called.
    pub(crate) organisation: String,
    /// What is asked for, in order.
    pub(crate) asked: Vec<AskedContact>,
    /// The organisation's own page.
    pub(crate) back: String,
}

impl Page for ContactsPage {
    const NAME: &'static str = "account-organisation-contacts";
    const TEMPLATE: &'static str = "account_organisation_contacts.html";

    fn title(&self) -> Phrase {
        Phrase::new("account_organisation.change_contacts")
    }

    fn form(&self) -> Option<&FormState> {
        Some(&self.form)
    }

    fn samples(_now: Timestamp) -> Vec<Sample<Self>> {
        let one = |kind: ContactKind, required| AskedContact {
            name: contacts::choice(kind).name(),
            label: contact_label(kind),
            required,
            legal: kind != ContactKind::Legal,
        };
        let page = |form| Self {
            form,
            organisation: "EXEMPLE SAS".to_owned(),
            asked: vec![
                one(ContactKind::Legal, true),
                one(ContactKind::Administrative, true),
                one(ContactKind::Billing, false),
            ],
            back: samples::NEXT.to_owned(),
        };
        let named = |address: &str| {
            samples::form()
                .keep(Field::Legal, "other")
                .keep(Field::LegalFirstName, "Hélène")
                .keep(Field::LegalLastName, samples::LONG_NAME)
                .keep(Field::LegalEmail, address)
                .keep(Field::Administrative, "me")
                .keep(Field::Billing, NOBODY)
        };
        let wrong = named("helene@").refuse(Field::LegalEmail, refusals::email_malformed());
        let unchosen = samples::form().refuse(Field::Legal, refusals::contact_unchosen());
        vec![
            sample("usual", page(named("helene@exemple.fr"))),
            sample("wrong-address", page(wrong)),
            sample("unchosen", page(unchosen)),
        ]
    }
}

/// What the realm asks; one that asks for nobody has no such page.
fn policy(owner: &Owner) -> Result<&OrganisationPolicy, Problem> {
    owner.house.realm.organisations.as_ref().ok_or(Problem::NotFound)
}

/// `GET`
pub(crate) async fn page(within: Within) -> Result<Response, Problem> {
    let within = within.administered().await?;
    let named = kept::of(&within.app.store.reads(), within.standing.organisation.id).await?;
    let form = filled(within.form(), policy(&within)?, (&named, within.user.id));
    let form = within.resumed(form, &FIELDS).await?;
    show(&within, &within.standing, form)
}

/// The form with those who are named, as this administrator sees them: another's account is somebody else. Where nobody is
/// named, nobody is proposed.
fn filled(form: FormState, policy: &OrganisationPolicy, (named, me): (&[Contact], UserId)) -> FormState {
    let seen = named.iter().map(|contact| Contact { user: contact.user.filter(|user| *user == me), ..contact.clone() });
    let form = contacts::filled(form, policy, &seen.collect::<Vec<_>>());
    let unnamed = policy.contacts.iter().filter(|kind| named.iter().all(|contact| contact.kind != **kind));
    unnamed.fold(form, |form, kind| {
        let required = policy.required_contacts.contains(kind);
        form.keep(contacts::choice(*kind), if required { "" } else { NOBODY })
    })
}

fn show(owner: &Owner, standing: &Standing, form: FormState) -> Result<Response, Problem> {
    let status = if form.has_errors() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    owner.show(
        status,
        &ContactsPage {
            form,
            organisation: standing.name().to_owned(),
            asked: contacts::asked(policy(owner)?),
            back: owner.path(&standing.home()),
        },
    )
}

/// `POST`
pub(crate) async fn submit(act: ActWithin) -> Result<Response, Problem> {
    act.standing.only_administrators()?;
    act.fresh(&FIELDS).await?;
    let policy = policy(&act)?;
    match contacts::read(&act.fields, act.again(&FIELDS), policy, (&act.user, act.now())) {
        Ok(named) => Box::pin(name(&act, policy, named)).await,
        Err(form) => show(&act, &act.standing, *form),
    }
}

async fn name(act: &ActWithin, policy: &OrganisationPolicy, named: Vec<Contact>) -> Result<Response, Problem> {
    let (tx, standing) = act.begin_as_administrator().await?;
    let (app, now, organisation) = (&act.app, act.now(), &standing.organisation);
    let before = kept::of(&tx, organisation.id).await?;
    let named: Vec<_> = named.into_iter().map(|contact| as_before(contact, &before)).collect();
    if named.iter().any(|contact| contact.user.is_none() && contact.email.is_some()) {
        app.throttle.request_for_mail(&tx, &act.network(), now).await?.map_err(Problem::Slowed)?;
    }
    app.designate(&tx, &act.house, (organisation, &act.user), (&policy.contacts, &named), now).await?;
    app.tell_contacts(&tx, &act.house, organisation, (act.language, now)).await?;
    let event = event(act, EventKind::ContactsDesignated, organisation.id);
    act.leads_to(&format!("{}?done=contacts", standing.home()), Vec::new(), (tx, event)).await
}

/// The contact as it was kept, when its line says the same: whose account it is and when they were told stand there alone.
fn as_before(contact: Contact, before: &[Contact]) -> Contact {
    let same = |known: &&Contact| {
        let (known, anybody) = (known, known.user);
        known.kind == contact.kind && contacts::is_same(known, &Contact { user: anybody, ..contact.clone() })
    };
    let known = before.iter().find(same).filter(|_| contact.user.is_none());
    known.cloned().unwrap_or(contact)
}
