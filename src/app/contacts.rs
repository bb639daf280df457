//! Naming the contacts of an organisation, and telling those whom somebody else has named (GDPR, article 14).
//!
//! Who is named by themselves knows it. Who is named without an address cannot be told by us; who was named and may get no
//! mail now is told later, within the month that the law allows (docs/adr/0063).

use std::collections::BTreeSet;

use super::App;
use super::houses::House;
use super::invitations::about;
use super::letters::{self, Recipient};
use crate::clock::Timestamp;
use crate::event::EventKind;
use crate::identity::language::Language;
use crate::identity::organisation::{Contact, ContactKind, Organisation, Role};
use crate::identity::user::User;
use crate::ids::{OrganisationId, RealmName};
use crate::mail::message::{ContactNamed, Mail};
use crate::store::{StoreError, Tx, contacts, members, organisations};

/// A contact of whom one person is known by.
type Person = (String, String, String);

impl App {
    /// Names these contacts of an organisation, and nobody for the others of `kinds`. What `by` says of themselves they
    /// declare to be (DOMAIN.md §5).
    pub(crate) async fn designate(
        &self,
        tx: &Tx,
        house: &House,
        (organisation, by): (&Organisation, &User),
        (kinds, named): (&[ContactKind], &[Contact]),
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let before = contacts::of(tx, organisation.id).await?;
        for kind in kinds.iter().filter(|kind| named.iter().all(|contact| contact.kind != **kind)) {
            contacts::unname(tx, organisation.id, *kind).await?;
        }
        for contact in named {
            let told_at = before.iter().find(|known| is_told(known, contact)).and_then(|known| known.told_at);
            contacts::name(tx, organisation.id, &Contact { told_at, ..contact.clone() }).await?;
            let roles = house.realm.organisations.as_ref().map(|policy| policy.roles.as_slice()).unwrap_or_default();
            if contact.user == Some(by.id)
                && let Some(role) = role(contact.kind).filter(|role| roles.contains(role))
            {
                members::declare(tx, (organisation.id, by.id), role, Some(by.id), now).await?;
            }
        }
        Ok(())
    }

    /// Tells whoever was named by somebody else, has an address and was not told yet: each person by one mail, which may
    /// wait when that address had several of late (SR-18).
    pub(crate) async fn tell_contacts(
        &self,
        tx: &Tx,
        house: &House,
        organisation: &Organisation,
        (language, now): (Language, Timestamp),
    ) -> Result<bool, StoreError> {
        let untold: Vec<_> = contacts::of(tx, organisation.id).await?.into_iter().filter(is_untold).collect();
        let people: BTreeSet<Person> = untold.iter().filter_map(person).collect();
        let mut told = false;
        for one in people {
            let theirs: Vec<_> = untold.iter().filter(|contact| person(contact).as_ref() == Some(&one)).collect();
            let Some((contact, email)) = theirs.first().and_then(|first| Some((first, first.email.as_ref()?))) else {
                continue;
            };
            if !self.throttle.mail(tx, &email.canonical(), now).await? {
                continue;
            }
            let mail = Mail::ContactNamed(ContactNamed {
                first_name: contact.first_name.as_str().to_owned(),
                organisation: organisation.details.legal_name.as_str().to_owned(),
                kinds: theirs.iter().map(|contact| contact.kind).collect(),
                at: now,
            });
            let to = Recipient { address: email.as_str().to_owned(), language, held: false };
            letters::post(self, tx, &house.realm.name, to, &mail, now).await?;
            for contact in &theirs {
                contacts::told(tx, organisation.id, contact.kind, now).await?;
            }
            told = true;
        }
        Ok(told)
    }

    /// Tells those of one organisation who could not be told at once; `false` when nobody can be now either.
    pub(crate) async fn tell_contacts_late(
        &self,
        (realm, id): (&RealmName, OrganisationId),
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let Some(house) = self.house(realm.as_str()) else { return Ok(false) };
        let tx = self.store.begin().await?;
        organisations::hold(&tx, id).await?;
        let Some(organisation) = organisations::in_realm(&tx, realm, id).await? else { return Ok(false) };
        if !self.tell_contacts(&tx, &house, &organisation, (house.realm.default_language, now)).await? {
            return Ok(false);
        }
        tx.commit(&about(self.own_event(EventKind::ContactTold, realm, now), id)).await?;
        Ok(true)
    }
}

/// What a contact of that kind is, if it is the administrator.
const fn role(kind: ContactKind) -> Option<Role> {
    match kind {
        ContactKind::Legal => Some(Role::LegalRepresentative),
        ContactKind::Administrative => None,
        ContactKind::Billing => Some(Role::BillingContact),
    }
}

/// Whether this very person was told that they are named for this.
fn is_told(known: &Contact, contact: &Contact) -> bool {
    known.kind == contact.kind && person(known).is_some() && person(known) == person(contact)
}

fn is_untold(contact: &Contact) -> bool {
    contact.user.is_none() && contact.told_at.is_none() && contact.email.is_some()
}

fn person(contact: &Contact) -> Option<Person> {
    let names = [&contact.first_name, &contact.last_name].map(|name| name.as_str().to_owned());
    let [first, last] = names;
    Some((contact.email.as_ref()?.canonical().as_str().to_owned(), first, last))
}
