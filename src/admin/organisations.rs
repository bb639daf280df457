//! `GET /admin/realms/{realm}/organizations`, and one of them.

use axum::extract::Path;
use axum::response::Response;
use serde::Serialize;

use super::page::{Asked, Page, query};
use super::permitted::{Permitted, ReadOrganisations};
use super::problem::Problem;
use crate::clock::Timestamp;
use crate::identity::number::normalise;
use crate::identity::organisation::vat_check::VatCheck;
use crate::identity::organisation::{
    Contact, ContactKind, EntityAddress, EntityKind, Organisation, Registry, VatStatus,
};
use crate::ids::{OrganisationId, UserId};
use crate::store::{contacts, organisations};

/// An organisation as the authority reads it.
#[derive(Debug, Serialize)]
pub(super) struct ToldOrganisation {
    id: OrganisationId,
    /// What tokens name it by.
    alias: String,
    scheme: &'static str,
    number: String,
    country: &'static str,
    legal_name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    trade_name: Option<String>,
    category: EntityKind,
    address: EntityAddress,
    #[serde(skip_serializing_if = "Option::is_none")]
    phone: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    fax: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    vat_number: Option<String>,
    vat_status: VatStatus,
    #[serde(skip_serializing_if = "Option::is_none")]
    vat_check: Option<ToldCheck>,
    /// Its number in the register of associations, besides its SIRET.
    #[serde(skip_serializing_if = "Option::is_none")]
    rna: Option<String>,
    source: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    checked_at: Option<Seconds>,
    /// Whether its registry says that it is closed.
    closed: bool,
    created_at: Seconds,
    updated_at: Seconds,
}

/// The same, with whom it names.
#[derive(Debug, Serialize)]
struct Whole {
    #[serde(flatten)]
    organisation: ToldOrganisation,
    contacts: Vec<ToldContact>,
}

/// Whom an organisation names: a name, not a right.
#[derive(Debug, Serialize)]
struct ToldContact {
    kind: ContactKind,
    first_name: String,
    last_name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    phone: Option<String>,
    /// Their account, when they have one.
    #[serde(skip_serializing_if = "Option::is_none")]
    user: Option<UserId>,
    named_at: Seconds,
}

/// Who checked a number for value added tax, and the number under which that is on record.
#[derive(Debug, Serialize)]
struct ToldCheck {
    source: Registry,
    checked_at: Seconds,
    #[serde(skip_serializing_if = "Option::is_none")]
    consultation_number: Option<String>,
}

/// A moment as tokens write it (RFC 7519 §2).
#[derive(Debug, Clone, Copy, Serialize)]
#[serde(transparent)]
pub(super) struct Seconds(i64);

impl From<Timestamp> for Seconds {
    fn from(moment: Timestamp) -> Self {
        Self(moment.seconds())
    }
}

/// `GET …/organizations?number=&max=&after=`
pub(super) async fn search(permitted: Permitted<ReadOrganisations>) -> Result<Response, Problem> {
    const LIST: &str = "organizations";
    let call = &permitted.call;
    let query = query(call, &["number", "max", "after"])?;
    let asked = Asked::read(call, &query, LIST)?;
    let number = query.single("number").map_err(|_| Problem::Query)?.map(normalise::canonical);
    let after = asked.after.map(OrganisationId::from_uuid);
    let reads = call.app.store.reads();
    let realm = &call.house.realm.name;
    let found = organisations::page(&reads, realm, number.as_deref(), (after, asked.most + 1)).await?;
    let page = Page::new(call, (asked, LIST), found, |one| one.id.uuid(), |one| ToldOrganisation::of(&one))?;
    Ok(permitted.answer(&page))
}

/// `GET …/organizations/{organization}`
pub(super) async fn read(
    permitted: Permitted<ReadOrganisations>,
    Path(Named { organization, .. }): Path<Named>,
) -> Result<Response, Problem> {
    query(&permitted.call, &[])?;
    let organisation = find(&permitted, &organization).await?;
    let contacts = contacts::of(&permitted.call.app.store.reads(), organisation.id).await?;
    let contacts = contacts.into_iter().map(ToldContact::of).collect();
    Ok(permitted.answer(&Whole { organisation: ToldOrganisation::of(&organisation), contacts }))
}

/// An organisation as an address names it.
#[derive(Debug, serde::Deserialize)]
pub(super) struct Named {
    #[expect(dead_code, reason = "the realm is read with the call")]
    realm: String,
    pub(super) organization: String,
}

/// The organisation of that identifier, in the realm that was asked.
pub(super) async fn find<R>(permitted: &Permitted<R>, id: &str) -> Result<Organisation, Problem> {
    let id: OrganisationId = id.parse().map_err(|_| Problem::NotFound)?;
    let (call, reads) = (&permitted.call, permitted.call.app.store.reads());
    organisations::in_realm(&reads, &call.house.realm.name, id).await?.ok_or(Problem::NotFound)
}

impl ToldOrganisation {
    fn of(organisation: &Organisation) -> Self {
        let Organisation { id, number, details, created_at, updated_at, .. } = organisation;
        Self {
            id: *id,
            alias: organisation.alias(),
            scheme: number.scheme().as_str(),
            number: number.value().to_owned(),
            country: number.country().as_str(),
            legal_name: details.legal_name.as_str().to_owned(),
            trade_name: details.trade_name.as_ref().map(|name| name.as_str().to_owned()),
            category: details.kind,
            address: details.address.clone(),
            phone: details.phone.as_ref().map(|phone| phone.as_str().to_owned()),
            fax: details.fax.as_ref().map(|fax| fax.as_str().to_owned()),
            vat_number: details.vat_number.as_ref().map(|vat| vat.as_str().to_owned()),
            vat_status: details.vat_status,
            vat_check: details.vat_check.as_ref().map(ToldCheck::of),
            rna: details.rna.as_ref().map(|number| number.value().to_owned()),
            source: details.registry.map_or("typed", |registry| registry.as_str()),
            checked_at: details.checked_at.map(Seconds::from),
            closed: details.closed,
            created_at: (*created_at).into(),
            updated_at: (*updated_at).into(),
        }
    }
}

impl ToldCheck {
    fn of(check: &VatCheck) -> Self {
        Self { source: check.registry, checked_at: check.at.into(), consultation_number: check.consultation.clone() }
    }
}

impl ToldContact {
    fn of(contact: Contact) -> Self {
        Self {
            kind: contact.kind,
            first_name: contact.first_name.as_str().to_owned(),
            last_name: contact.last_name.as_str().to_owned(),
            email: contact.email.map(|email| email.as_str().to_owned()),
            phone: contact.phone.map(|phone| phone.as_str().to_owned()),
            user: contact.user,
            named_at: contact.named_at.into(),
        }
    }
}
