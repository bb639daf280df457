//! `GET`, `POST /realms/{realm}/required-actions/designate-contacts`: who represents an organisation, whom we write to, who
//! gets its invoices (DOMAIN.md §9.1 to §9.3).
//!
//! Its administrator may be all of them. Whoever is somebody else, and has an address, is told by mail (GDPR, article 14).

use axum::response::Response;
use http::StatusCode;
use serde::Serialize;

use super::owed::{Entity, Owed, hold, owed, policy};
use crate::app::invitations::about;
use crate::authentication::journey::Place;
use crate::authentication::required_action::RequiredActionKind;
use crate::clock::Timestamp;
use crate::event::EventKind;
use crate::identity::organisation::{Contact, ContactKind};
use crate::identity::user::User;
use crate::journeys::contacts::{self, AskedContact, FIELDS};
use crate::journeys::problem::Problem;
use crate::journeys::visit::{Submission, Visit};
use crate::journeys::{refusals, samples, steps};
use crate::mail::message::contact_label;
use crate::store::organisations::{self, Settled};
use crate::store::{Tx, contacts as kept};
use crate::themes::form::{Field, FormState};
use crate::themes::page::{Page, Sample, sample};
use crate::themes::phrase::Phrase;

const PLACE: Place = Place::Action(RequiredActionKind::DesignateContacts);

/// « Responsable légal et contacts »
#[derive(Debug, Clone, Serialize)]
pub(crate) struct DesignateContactsPage {
    /// The choices, and who somebody else is.
    pub(crate) form: FormState,
    /// Whose contacts.
    pub(crate) organisation: Entity,
    /// « Prénom Nom » of whoever fills it in.
    pub(crate) name: String,
    /// Their « Courriel ».
    pub(crate) address: String,
    /// What is asked for, in order.
    pub(crate) asked: Vec<AskedContact>,
}

impl DesignateContactsPage {
    fn sample(form: FormState, organisation: &str) -> Self {
        let one = |kind: ContactKind, name, required| AskedContact {
            name,
            label: contact_label(kind),
            required,
            legal: kind != ContactKind::Legal,
        };
        Self {
            form,
            organisation: Entity::sample(organisation),
            name: "Camille Durand".to_owned(),
            address: samples::ADDRESS.to_owned(),
            asked: vec![
                one(ContactKind::Legal, "legal", true),
                one(ContactKind::Administrative, "administrative", true),
                one(ContactKind::Billing, "billing", false),
            ],
        }
    }
}

impl Page for DesignateContactsPage {
    const NAME: &'static str = "designate-contacts";
    const TEMPLATE: &'static str = "designate_contacts.html";

    fn title(&self) -> Phrase {
        let legal = |asked: &AskedContact| asked.name == Field::Legal.name();
        Phrase::new(match self.asked.as_slice() {
            [only] if legal(only) => "designate_contacts.legal_title",
            all if all.iter().any(legal) => "designate_contacts.title",
            _ => "designate_contacts.contacts_title",
        })
    }

    fn form(&self) -> Option<&FormState> {
        Some(&self.form)
    }

    fn samples(_now: Timestamp) -> Vec<Sample<Self>> {
        let chosen = |legal, others: &str| {
            let form = samples::form().keep(Field::Legal, legal);
            form.keep(Field::Administrative, others).keep(Field::Billing, others)
        };
        let page = |form| Self::sample(form, "EXEMPLE SAS");
        let other = || {
            chosen("other", "legal")
                .keep(Field::LegalFirstName, "Hélène")
                .keep(Field::LegalLastName, "Marchand")
                .keep(Field::LegalEmail, "helene@")
        };
        let wrong = other().refuse(Field::LegalEmail, refusals::email_malformed());
        let nameless = chosen("other", "me")
            .refuse(Field::LegalFirstName, refusals::theirs_empty(Field::LegalFirstName))
            .refuse(Field::LegalLastName, refusals::theirs_empty(Field::LegalLastName));
        let nobody = chosen("nobody", "legal").refuse(Field::Billing, refusals::legal_unnamed());
        let unchosen = samples::form()
            .refuse(Field::Legal, refusals::contact_unchosen())
            .refuse(Field::Administrative, refusals::contact_unchosen());
        let billing = Self { asked: page(samples::form()).asked.split_off(2), ..page(chosen("me", "me")) };
        let alone = Self { asked: page(samples::form()).asked.drain(..1).collect(), ..page(chosen("me", "me")) };
        let long = Self {
            name: samples::LONG_NAME.to_owned(),
            address: samples::LONG_ADDRESS.to_owned(),
            ..Self::sample(chosen("me", "me"), LONG_ENTITY)
        };
        vec![
            sample("first-visit", page(chosen("me", "me"))).in_steps(steps::sampled(2)),
            sample("somebody-else", page(other())).in_steps(steps::sampled(2)),
            sample("wrong-address", page(wrong)).in_steps(steps::sampled(2)),
            sample("nameless", page(nameless)).in_steps(steps::sampled(2)),
            sample("legal-unnamed", page(nobody)),
            sample("unchosen", page(unchosen)),
            sample("billing-alone", billing),
            sample("legal-alone", alone),
            sample("long-names", long).in_steps(steps::sampled(1)),
        ]
    }
}

/// An organisation with a long name.
pub(super) const LONG_ENTITY: &str =
    "Établissement public de coopération intercommunale des vallées et plateaux du Haut-Exemple et de ses environs";

/// `GET`
pub(crate) async fn page(visit: Visit) -> Result<Response, Problem> {
    if visit.place() != PLACE {
        return visit.elsewhere(&PLACE);
    }
    let owed = owed(&visit, Settled::Contacts).await?;
    let named = kept::of(&visit.app.store.reads(), owed.organisation.id).await?;
    let form = contacts::filled(visit.form(), policy(&visit)?, &named);
    show(&visit, StatusCode::OK, &owed, form)
}

/// `POST`
pub(crate) async fn submit(submission: Submission) -> Result<Response, Problem> {
    let visit = &submission.visit;
    if visit.place() != PLACE {
        return visit.elsewhere(&PLACE);
    }
    let owed = owed(visit, Settled::Contacts).await?;
    if submission.fields.raw("do") == "later" {
        return put_off(submission, owed).await;
    }
    let about = (&owed.user, visit.now());
    match contacts::read(&submission.fields, submission.again(&FIELDS), policy(visit)?, about) {
        Ok(named) => Box::pin(settle(submission, &owed, &named)).await,
        Err(form) => show(visit, StatusCode::UNPROCESSABLE_ENTITY, &owed, *form),
    }
}

async fn settle(mut submission: Submission, owed: &Owed, named: &[Contact]) -> Result<Response, Problem> {
    let tx = submission.begin().await?;
    let visit = &submission.visit;
    let (app, organisation, now) = (&visit.app, &owed.organisation, visit.now());
    hold(&submission, &tx, owed, Settled::Contacts).await?;
    if named.iter().any(|contact| contact.user.is_none() && contact.email.is_some()) {
        app.throttle.request_for_mail(&tx, &visit.network(), now).await?.map_err(Problem::Slowed)?;
    }
    save(visit, &tx, (organisation, &owed.user), named).await?;
    app.tell_contacts(&tx, &visit.house, organisation, (visit.language, now)).await?;
    organisations::settle(&tx, organisation.id, Settled::Contacts, now).await?;
    let event = about(visit.event(EventKind::ContactsDesignated), organisation.id);
    submission.visit.flow.journey.settled.push(RequiredActionKind::DesignateContacts);
    submission.follow(tx, event).await
}

/// Whoever leaves finds those again whom they had named; nobody is told of it before the step is settled.
async fn put_off(submission: Submission, owed: Owed) -> Result<Response, Problem> {
    let tx = submission.begin().await?;
    let visit = &submission.visit;
    hold(&submission, &tx, &owed, Settled::Contacts).await?;
    let named = contacts::so_far(&submission.fields, policy(visit)?, (&owed.user, visit.now()));
    for contact in &named {
        kept::name(&tx, owed.organisation.id, contact).await?;
    }
    Box::pin(steps::leave(submission, tx)).await
}

async fn save(
    visit: &Visit,
    tx: &Tx,
    whose: (&crate::identity::organisation::Organisation, &User),
    named: &[Contact],
) -> Result<(), Problem> {
    let kinds = &policy(visit)?.contacts;
    Ok(visit.app.designate(tx, &visit.house, whose, (kinds, named), visit.now()).await?)
}

fn show(visit: &Visit, status: StatusCode, owed: &Owed, form: FormState) -> Result<Response, Problem> {
    visit.show_as(
        status,
        &DesignateContactsPage {
            form,
            organisation: Entity::of(&owed.organisation),
            name: owed.user.full_name(),
            address: owed.user.email.as_str().to_owned(),
            asked: contacts::asked(policy(visit)?),
        },
    )
}
