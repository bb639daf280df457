//! `GET`, `POST /realms/{realm}/account/organisations/{organisation}/details`: what an organisation says of itself, as its
//! administrators write it (GDPR, article 16). What it said before is kept.
//!
//! The number that it is registered as and its country are not changed here: another number is another organisation, and
//! the page says whom to ask. A number for value added tax beside a SIRET is; VIES is asked about another one later, and one
//! that it does not know may be kept (DOMAIN.md §3).

use axum::response::Response;
use http::StatusCode;
use serde::Serialize;

use super::event;
use super::facts::{self, kind_name};
use super::within::{ActWithin, Standing, Within};
use crate::app::App;
use crate::clock::Timestamp;
use crate::event::EventKind;
use crate::identity::number::Scheme;
use crate::identity::number::vat::VatNumber;
use crate::identity::organisation::changes::Amendment;
use crate::identity::organisation::{
    Details, EntityAddress, EntityKind, LONGEST, Line, NotALine, Organisation, VatStatus,
};
use crate::identity::territory::{Country, Department, PhoneNumber, Postcode, WrongPostcode};
use crate::journeys::account::owner::Owner;
use crate::journeys::fields::Fields;
use crate::journeys::problem::Problem;
use crate::journeys::{refusals, samples};
use crate::store::organisations;
use crate::themes::form::{Field, FormState};
use crate::themes::page::{Page, Sample, sample};
use crate::themes::phrase::Phrase;

/// The fields of the page.
const FIELDS: [Field; 10] = [
    Field::OrganisationKind,
    Field::OrganisationName,
    Field::VatNumber,
    Field::StreetAddress,
    Field::AddressComplement,
    Field::PostalCode,
    Field::Town,
    Field::Department,
    Field::OrganisationPhone,
    Field::Fax,
];

/// « Modifier les informations ».
#[derive(Debug, Clone, Serialize)]
pub(crate) struct DetailsPage {
    /// Kind, name, address, telephone, fax.
    pub(crate) form: FormState,
    /// What its number is called.
    pub(crate) label: Phrase,
    /// The number, which is not changed here.
    pub(crate) number: String,
    /// The country, which is not either.
    pub(crate) country: String,
    /// The kinds of organisations.
    pub(crate) kinds: Vec<Choice>,
    /// The départements, where it has one.
    pub(crate) departments: Vec<Choice>,
    /// Whether a fax number is asked for.
    pub(crate) fax: bool,
    /// The number for value added tax, where it stands beside a SIRET.
    pub(crate) vat: Option<VatField>,
    /// The organisation's own page.
    pub(crate) back: String,
}

/// The field of a number for value added tax.
#[derive(Debug, Clone, Copy, Serialize)]
pub(crate) struct VatField {
    /// Whether the tax administration does not know the number that stands there.
    unknown: bool,
}

/// An entry of a list.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Choice {
    /// What is sent.
    value: &'static str,
    /// What is read, in our words.
    words: Option<Phrase>,
    /// What is read, in its own.
    name: Option<&'static str>,
}

impl Page for DetailsPage {
    const NAME: &'static str = "account-organisation-details";
    const TEMPLATE: &'static str = "account_organisation_details.html";

    fn title(&self) -> Phrase {
        Phrase::new("account_details.title")
    }

    fn form(&self) -> Option<&FormState> {
        Some(&self.form)
    }

    fn samples(_now: Timestamp) -> Vec<Sample<Self>> {
        let page = |form| Self {
            form,
            label: Phrase::new("entity.siret"),
            number: "000 001 016 00013".to_owned(),
            country: "France".to_owned(),
            kinds: kinds(),
            departments: departments(Country::FRANCE),
            fax: true,
            vat: Some(VatField { unknown: false }),
            back: samples::NEXT.to_owned(),
        };
        let typed = |name: &str| {
            samples::form()
                .keep(Field::OrganisationKind, EntityKind::Association.as_str())
                .keep(Field::OrganisationName, name)
                .keep(Field::StreetAddress, "1 rue de l’Exemple")
                .keep(Field::PostalCode, "59000")
                .keep(Field::Town, "Lille")
                .keep(Field::Department, "59")
                .keep(Field::OrganisationPhone, "+33 3 20 00 00 00")
        };
        let empty = samples::form()
            .refuse(Field::OrganisationKind, refusals::entry_empty(Field::OrganisationKind))
            .refuse(Field::OrganisationName, refusals::entry_empty(Field::OrganisationName))
            .refuse(Field::VatNumber, refusals::french_vat_malformed())
            .refuse(Field::StreetAddress, refusals::entry_empty(Field::StreetAddress))
            .refuse(Field::PostalCode, refusals::entry_empty(Field::PostalCode))
            .refuse(Field::Town, refusals::entry_empty(Field::Town))
            .refuse(Field::Department, refusals::entry_empty(Field::Department))
            .refuse(Field::OrganisationPhone, refusals::phone_unreadable());
        let unknown = Self {
            vat: Some(VatField { unknown: true }),
            ..page(typed("EXEMPLE SAS").keep(Field::VatNumber, "FR53 000001016"))
        };
        let elsewhere = Self {
            label: Phrase::new("entity.vat_number"),
            number: "DE 136695976".to_owned(),
            country: "Allemagne".to_owned(),
            departments: Vec::new(),
            fax: false,
            vat: None,
            ..page(typed(samples::LONG_NAME))
        };
        vec![
            sample("usual", page(typed("EXEMPLE SAS"))),
            sample("elsewhere", elsewhere),
            sample("vat-unknown", unknown),
            sample("empty", page(empty)),
        ]
    }
}

fn kinds() -> Vec<Choice> {
    let choice =
        |kind: &EntityKind| Choice { value: kind.as_str(), words: Some(Phrase::new(kind_name(*kind))), name: None };
    EntityKind::ALL.iter().map(choice).collect()
}

/// Those that an address in that country may have.
fn departments(country: Country) -> Vec<Choice> {
    let in_it = Department::all().iter().chain(Department::collectivities());
    let in_it = in_it.filter(|_| country.register() == Country::FRANCE);
    in_it.map(|one| Choice { value: one.as_str(), words: None, name: Some(one.name()) }).collect()
}

/// `GET`
pub(crate) async fn page(within: Within) -> Result<Response, Problem> {
    let within = within.administered().await?;
    let form = filled(within.form(), &within.standing.organisation.details);
    let form = within.resumed(form, &FIELDS).await?;
    show(&within, &within.standing, form)
}

/// The form with what is known.
fn filled(form: FormState, details: &Details) -> FormState {
    let Details { legal_name, kind, address, phone, fax, vat_number, .. } = details;
    let line = |line: &Option<Line>| line.as_ref().map(|line| line.as_str().to_owned()).unwrap_or_default();
    let number = |phone: &Option<PhoneNumber>| phone.as_ref().map(PhoneNumber::shown).unwrap_or_default();
    let department = address.department.as_ref().map(|department| department.as_str().to_owned());
    form.keep(Field::OrganisationKind, kind.as_str())
        .keep(Field::OrganisationName, legal_name.as_str())
        .keep(Field::VatNumber, vat_number.as_ref().map(VatNumber::shown).unwrap_or_default())
        .keep(Field::StreetAddress, address.street.as_str())
        .keep(Field::AddressComplement, line(&address.complement))
        .keep(Field::PostalCode, line(&address.postal_code))
        .keep(Field::Town, address.town.as_str())
        .keep(Field::Department, department.unwrap_or_default())
        .keep(Field::OrganisationPhone, number(phone))
        .keep(Field::Fax, number(fax))
}

fn show(owner: &Owner, standing: &Standing, form: FormState) -> Result<Response, Problem> {
    let status = if form.has_errors() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let organisation = &standing.organisation;
    let country = organisation.details.address.country;
    let (label, number) = facts::number(&organisation.number);
    owner.show(
        status,
        &DetailsPage {
            form,
            label,
            number,
            country: country.name(owner.language).to_owned(),
            kinds: kinds(),
            departments: departments(country),
            fax: asks_for_fax(owner, organisation),
            vat: has_vat_beside(organisation)
                .then(|| VatField { unknown: organisation.details.vat_status == VatStatus::Invalid }),
            back: owner.path(&standing.home()),
        },
    )
}

/// A realm asks for it, or asked once: a number that is there can be taken away.
fn asks_for_fax(owner: &Owner, organisation: &Organisation) -> bool {
    let asked = owner.house.realm.organisations.as_ref().is_some_and(|policy| policy.fax);
    asked || organisation.details.fax.is_some()
}

/// Whether its number for value added tax is another one than that which it is registered as.
fn has_vat_beside(organisation: &Organisation) -> bool {
    organisation.number.scheme() == Scheme::Siret
}

/// `POST`
pub(crate) async fn submit(act: ActWithin) -> Result<Response, Problem> {
    act.standing.only_administrators()?;
    act.fresh(&FIELDS).await?;
    let (tx, standing) = act.begin_as_administrator().await?;
    let was = &standing.organisation;
    let mut form = act.again(&FIELDS);
    let Some(amendment) = read(&act.fields, was, &mut form) else {
        drop(tx);
        return show(&act, &standing, form);
    };
    let amended = was.details.amended(amendment);
    let keeps = has_vat_beside(was) && !act.house.realm.registries.vat_must_be_valid;
    let details = if keeps { amended.keeping_its_number() } else { amended };
    let changed = (act.now(), &*act.app.entropy);
    if details != was.details && !organisations::change(&tx, was, &details, Some(act.user.id), changed).await? {
        return Err(Problem::Overtaken(act.path(&standing.page("details"))));
    }
    if details.vat_number != was.details.vat_number {
        App::asks_vies_later(&tx, &act.house, (was.id, &details), act.now()).await?;
    }
    let event = event(&act, EventKind::OrganisationChanged, was.id);
    act.leads_to(&format!("{}?done=details", standing.home()), Vec::new(), (tx, event)).await
}

/// What was typed; what is to be mended goes into the form.
fn read(fields: &Fields, was: &Organisation, form: &mut FormState) -> Option<Amendment> {
    let country = was.details.address.country;
    let kind = fields.text(Field::OrganisationKind).parse().map_err(|_| refusals::entry_empty(Field::OrganisationKind));
    let kind = kept(form, Field::OrganisationKind, kind);
    let legal_name = kept(form, Field::OrganisationName, line(fields, Field::OrganisationName));
    let vat_number = if has_vat_beside(was) {
        kept(form, Field::VatNumber, optional(fields, Field::VatNumber, french_vat))
    } else {
        Some(was.details.vat_number.clone())
    };
    let street = kept(form, Field::StreetAddress, line(fields, Field::StreetAddress));
    let complement = kept(form, Field::AddressComplement, optional(fields, Field::AddressComplement, line));
    let postal_code = kept(form, Field::PostalCode, postal_code(fields, country));
    let town = kept(form, Field::Town, line(fields, Field::Town));
    let department = kept(form, Field::Department, department(fields, country));
    let number = |fields: &Fields, field| match fields.text(field).trim() {
        "" => Err(refusals::entry_empty(field)),
        typed => PhoneNumber::parse(typed, country).map_err(|_| refusals::phone_unreadable()),
    };
    let phone = kept(form, Field::OrganisationPhone, number(fields, Field::OrganisationPhone));
    let fax = kept(form, Field::Fax, optional(fields, Field::Fax, number));
    let address = EntityAddress {
        street: street?,
        complement: complement?,
        postal_code: postal_code?,
        town: town?,
        department: department?,
        country,
    };
    Some(Amendment {
        legal_name: legal_name?,
        kind: kind?,
        address,
        phone: Some(phone?),
        fax: fax?,
        vat_number: vat_number?,
    })
}

/// What was read of a field; what is wrong with it is told there.
fn kept<T>(form: &mut FormState, field: Field, read: Result<T, Phrase>) -> Option<T> {
    read.map_err(|words| *form = std::mem::take(form).refuse(field, words)).ok()
}

fn line(fields: &Fields, field: Field) -> Result<Line, Phrase> {
    Line::parse(fields.text(field)).map_err(|wrong| match wrong {
        NotALine::Empty => refusals::entry_empty(field),
        NotALine::TooLong => refusals::too_long(field, u64::try_from(LONGEST).unwrap_or(0)),
        NotALine::NotText => refusals::unreadable(field),
    })
}

fn optional<T>(
    fields: &Fields,
    field: Field,
    read: impl FnOnce(&Fields, Field) -> Result<T, Phrase>,
) -> Result<Option<T>, Phrase> {
    if fields.text(field).trim().is_empty() { Ok(None) } else { read(fields, field).map(Some) }
}

fn french_vat(fields: &Fields, field: Field) -> Result<VatNumber, Phrase> {
    VatNumber::parse(Country::FRANCE, fields.text(field)).map_err(|_| refusals::french_vat_malformed())
}

/// Not every country has them.
fn postal_code(fields: &Fields, country: Country) -> Result<Option<Line>, Phrase> {
    let french = country.register() == Country::FRANCE;
    match Postcode::parse(fields.text(Field::PostalCode), country) {
        Ok(code) => Line::parse(code.as_str()).map(Some).map_err(|_| refusals::postal_code_malformed()),
        Err(WrongPostcode::Empty) if !french => Ok(None),
        Err(WrongPostcode::Empty) => Err(refusals::entry_empty(Field::PostalCode)),
        Err(WrongPostcode::FiveDigits) => Err(refusals::five_digits()),
        Err(WrongPostcode::Format) => Err(refusals::postal_code_malformed()),
    }
}

fn department(fields: &Fields, country: Country) -> Result<Option<Department>, Phrase> {
    if country.register() != Country::FRANCE {
        return Ok(None);
    }
    let chosen = Department::try_from(fields.text(Field::Department));
    chosen.map(Some).map_err(|_| refusals::entry_empty(Field::Department))
}
