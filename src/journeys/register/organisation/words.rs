//! What people are told about each field of the organisation's page: its name in forms, and what to do when it is wrong.

use crate::identity::enrolment::{Entry, Question, Way, Wrong};
use crate::identity::organisation::{EntityKind, LONGEST};
use crate::journeys::refusals;
use crate::themes::form::Field;
use crate::themes::phrase::Phrase;

/// The fields of the organisation's page, in its order.
pub(super) const FIELDS: [Entry; 12] = [
    Entry::Number,
    Entry::Kind,
    Entry::Name,
    Entry::VatNumber,
    Entry::Phone,
    Entry::Street,
    Entry::Complement,
    Entry::Fax,
    Entry::PostalCode,
    Entry::Town,
    Entry::Department,
    Entry::Country,
];

/// The field of the form.
pub(super) const fn field(entry: Entry) -> Field {
    match entry {
        Entry::Number => Field::OrganisationNumber,
        Entry::Kind => Field::OrganisationKind,
        Entry::Name => Field::OrganisationName,
        Entry::VatNumber => Field::VatNumber,
        Entry::Phone => Field::OrganisationPhone,
        Entry::Street => Field::StreetAddress,
        Entry::Complement => Field::AddressComplement,
        Entry::Fax => Field::Fax,
        Entry::PostalCode => Field::PostalCode,
        Entry::Town => Field::Town,
        Entry::Department => Field::Department,
        Entry::Country => Field::Country,
        Entry::DirectPhone => Field::PhoneNumber,
        Entry::EmailAgain => Field::EmailConfirm,
    }
}

/// The field of a question.
pub(super) const fn asked(question: Question) -> Field {
    match question {
        Question::HasSiret => Field::HasSiret,
        Question::RegisteredIn => Field::RegisteredIn,
        Question::HasVat => Field::HasVat,
    }
}

/// What to do about a field.
pub(super) fn refusal(way: Way, entry: Entry, wrong: Wrong) -> Phrase {
    match wrong {
        Wrong::Empty if entry == Entry::Number && way == Way::Siret => refusals::siret_empty(),
        Wrong::Empty => refusals::entry_empty(field(entry)),
        Wrong::TooLong => refusals::too_long(field(entry), u64::try_from(LONGEST).unwrap_or(u64::MAX)),
        Wrong::Unreadable => refusals::unreadable(field(entry)),
        Wrong::NotListed => refusals::not_listed(field(entry)),
        Wrong::Number(_) if entry == Entry::VatNumber => refusals::french_vat_malformed(),
        Wrong::Number(wrong) => refusals::number_wrong(way, wrong),
        Wrong::HasSiret => refusals::has_a_siret(),
        Wrong::Phone => refusals::phone_unreadable(),
        Wrong::FiveDigits => refusals::five_digits(),
        Wrong::Postcode => refusals::postal_code_malformed(),
    }
}

/// What the name is called, after the kind that was chosen.
pub(super) fn name_of(kind: Option<EntityKind>) -> Phrase {
    Phrase::new(match kind {
        Some(EntityKind::Administration) => "register_organisation.name_administration",
        Some(EntityKind::Association) => "register_organisation.name_association",
        Some(EntityKind::Company) | None => "register_organisation.name_company",
    })
}

/// The number's label and what helps to type it.
pub(super) fn number_of(way: Way) -> (Phrase, Phrase) {
    let (label, hint) = match way {
        Way::Siret => ("register_organisation.siret", "register_organisation.siret_hint"),
        Way::WithoutSiret => ("register_organisation.rna", "register_organisation.rna_hint"),
        Way::EuropeanVat => ("register_organisation.european_vat", "register_organisation.european_vat_hint"),
        Way::ForeignVat => ("register_organisation.foreign_vat", "register_organisation.foreign_vat_hint"),
        Way::ForeignNumber => ("register_organisation.foreign_number", "register_organisation.foreign_number_hint"),
    };
    (Phrase::new(label), Phrase::new(hint))
}
