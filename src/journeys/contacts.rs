//! Whom an organisation names: the form in which an administrator says so, the same in the activation and at the account
//! pages.
//!
//! Each contact is the administrator, the legal representative, or somebody else who needs no account (DOMAIN.md §5).

use serde::Serialize;

use super::fields::Fields;
use super::person::{self, Address, Named};
use super::refusals;
use crate::clock::Timestamp;
use crate::identity::organisation::{Contact, ContactKind};
use crate::identity::user::User;
use crate::mail::message::contact_label;
use crate::realm::model::OrganisationPolicy;
use crate::themes::form::{Field, FormState};

/// The fields of the form.
pub(crate) const FIELDS: [Field; 12] = [
    Field::Legal,
    Field::LegalFirstName,
    Field::LegalLastName,
    Field::LegalEmail,
    Field::Administrative,
    Field::AdministrativeFirstName,
    Field::AdministrativeLastName,
    Field::AdministrativeEmail,
    Field::Billing,
    Field::BillingFirstName,
    Field::BillingLastName,
    Field::BillingEmail,
];

/// A contact that is asked for, as the form shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct AskedContact {
    /// The name of the choice; those of the person's fields begin with it.
    pub(crate) name: &'static str,
    /// What it is called.
    pub(crate) label: &'static str,
    /// Whether somebody must be named.
    pub(crate) required: bool,
    /// Whether the legal representative may be chosen for it.
    pub(crate) legal: bool,
}

/// What a realm asks for.
pub(crate) fn asked(policy: &OrganisationPolicy) -> Vec<AskedContact> {
    let legal = policy.contacts.contains(&ContactKind::Legal);
    let one = |kind: &ContactKind| AskedContact {
        name: choice(*kind).name(),
        label: contact_label(*kind),
        required: policy.required_contacts.contains(kind),
        legal: legal && *kind != ContactKind::Legal,
    };
    policy.contacts.iter().map(one).collect()
}

/// The form as it was left: with those who are named, and the administrator where nobody is.
pub(crate) fn filled(form: FormState, policy: &OrganisationPolicy, named: &[Contact]) -> FormState {
    let legal = named.iter().find(|contact| contact.kind == ContactKind::Legal);
    policy.contacts.iter().fold(form, |form, kind| {
        let Some(contact) = named.iter().find(|contact| contact.kind == *kind) else {
            return form.keep(choice(*kind), ME);
        };
        let is_legal = *kind != ContactKind::Legal && legal.is_some_and(|legal| is_same(legal, contact));
        if contact.user.is_some() {
            form.keep(choice(*kind), ME)
        } else if is_legal {
            form.keep(choice(*kind), LEGAL)
        } else {
            let [first, last, email] = person_of(*kind);
            let told = contact.email.as_ref().map_or("", |email| email.as_str());
            form.keep(choice(*kind), OTHER)
                .keep(first, contact.first_name.as_str())
                .keep(last, contact.last_name.as_str())
                .keep(email, told)
        }
    })
}

/// Whether two contacts are one person, as far as anybody can tell.
pub(crate) fn is_same(one: &Contact, other: &Contact) -> bool {
    (one.user, &one.first_name, &one.last_name, &one.email)
        == (other.user, &other.first_name, &other.last_name, &other.email)
}

/// Who is named; or the form with all that is to be mended.
pub(crate) fn read(
    fields: &Fields,
    mut form: FormState,
    policy: &OrganisationPolicy,
    (me, now): (&User, Timestamp),
) -> Result<Vec<Contact>, Box<FormState>> {
    let mut named = Vec::new();
    for kind in &policy.contacts {
        let required = policy.required_contacts.contains(kind);
        named.extend(one(fields, (*kind, required), (me, now), &mut form));
    }
    if form.has_errors() { Err(Box::new(form)) } else { Ok(named) }
}

/// Those who are named wholly, for whoever leaves before all are.
pub(crate) fn so_far(fields: &Fields, policy: &OrganisationPolicy, (me, now): (&User, Timestamp)) -> Vec<Contact> {
    let named =
        policy.contacts.iter().filter_map(|kind| one(fields, (*kind, false), (me, now), &mut FormState::default()));
    named.collect()
}

/// The choices of the form.
const ME: &str = "me";
const LEGAL: &str = "legal";
const OTHER: &str = "other";
/// Nobody is named.
pub(crate) const NOBODY: &str = "nobody";

fn one(
    fields: &Fields,
    (kind, required): (ContactKind, bool),
    (me, now): (&User, Timestamp),
    form: &mut FormState,
) -> Option<Contact> {
    match fields.text(choice(kind)) {
        ME => Some(Contact {
            kind,
            user: Some(me.id),
            first_name: me.first_name.clone(),
            last_name: me.last_name.clone(),
            email: Some(me.email.clone()),
            phone: None,
            named_at: now,
            told_at: None,
        }),
        LEGAL if kind != ContactKind::Legal => legal(fields, kind, (me, now), form),
        OTHER => {
            let Named { first_name, last_name, email } =
                person::read(fields, person_of(kind), Address::Optional, form)?;
            Some(Contact { kind, user: None, first_name, last_name, email, phone: None, named_at: now, told_at: None })
        }
        NOBODY if !required => None,
        _ => {
            *form = std::mem::take(form).refuse(choice(kind), refusals::contact_unchosen());
            None
        }
    }
}

/// The legal representative, as named in the same form, for something else. What is wrong with their names is said once,
/// where they stand.
fn legal(fields: &Fields, kind: ContactKind, (me, now): (&User, Timestamp), form: &mut FormState) -> Option<Contact> {
    if !matches!(fields.text(Field::Legal), ME | OTHER) {
        *form = std::mem::take(form).refuse(choice(kind), refusals::legal_unnamed());
        return None;
    }
    let named = one(fields, (ContactKind::Legal, true), (me, now), &mut FormState::default())?;
    Some(Contact { kind, ..named })
}

/// The field of the choice.
pub(crate) const fn choice(kind: ContactKind) -> Field {
    match kind {
        ContactKind::Legal => Field::Legal,
        ContactKind::Administrative => Field::Administrative,
        ContactKind::Billing => Field::Billing,
    }
}

const fn person_of(kind: ContactKind) -> [Field; 3] {
    match kind {
        ContactKind::Legal => [Field::LegalFirstName, Field::LegalLastName, Field::LegalEmail],
        ContactKind::Administrative => {
            [Field::AdministrativeFirstName, Field::AdministrativeLastName, Field::AdministrativeEmail]
        }
        ContactKind::Billing => [Field::BillingFirstName, Field::BillingLastName, Field::BillingEmail],
    }
}
