//! What an organisation says of itself, one fact a line, each with where it comes from.

use serde::Serialize;

use crate::clock::Timestamp;
use crate::identity::language::Language;
use crate::identity::number::{RegisteredNumber, Scheme};
use crate::identity::organisation::vat_check::VatCheck;
use crate::identity::organisation::{
    Details, EntityAddress, EntityField, EntityKind, HeldRole, Organisation, Registry, Role, RoleState, VatStatus,
};
use crate::mail::message::role_label;
use crate::themes::phrase::Phrase;

/// One fact.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Fact {
    /// What it is.
    pub(crate) label: Phrase,
    /// Its own words, line by line: names, numbers.
    pub(crate) lines: Vec<String>,
    /// Ours.
    pub(crate) says: Option<Phrase>,
    /// Where it comes from.
    pub(crate) source: Option<Phrase>,
    /// Who checked it, and when.
    pub(crate) check: Option<Phrase>,
}

impl Fact {
    fn new(label: &'static str, lines: Vec<String>) -> Self {
        Self { label: Phrase::new(label), lines, says: None, source: None, check: None }
    }

    fn says(self, says: &'static str) -> Self {
        Self { says: Some(Phrase::new(says)), ..self }
    }

    fn from(self, details: &Details, field: EntityField) -> Self {
        Self { source: Some(source(details.sources.get(&field).copied())), ..self }
    }
}

/// All facts of an organisation, in the order of its registration; `asks_vies` where its realm does.
pub(crate) fn of(organisation: &Organisation, asks_vies: bool, language: Language) -> Vec<Fact> {
    let details = &organisation.details;
    let one = |label, line: &str| Fact::new(label, vec![line.to_owned()]);
    let mut facts = vec![
        one(number_label(organisation.number.scheme()), &organisation.number.shown()),
        one("entity.legal_name", details.legal_name.as_str()).from(details, EntityField::LegalName),
    ];
    if let Some(name) = &details.trade_name {
        facts.push(one("entity.trade_name", name.as_str()).from(details, EntityField::TradeName));
    }
    if let Some(rna) = &details.rna {
        facts.push(one("entity.rna", &rna.shown()).from(details, EntityField::Rna));
    }
    facts.push(Fact::new("entity.kind", Vec::new()).says(kind_name(details.kind)).from(details, EntityField::Kind));
    let address = Fact::new("entity.address", address_lines(&details.address, language));
    facts.push(address.from(details, EntityField::Street));
    if let Some(vat) = &details.vat_number {
        let waits = asks_vies && details.awaits_vies().is_some();
        let says = if waits { "entity.vat_waiting" } else { vat_status(details.vat_status) };
        let vat = one("entity.vat_number", &vat.shown()).says(says).from(details, EntityField::VatNumber);
        facts.push(Fact { check: details.vat_check.as_ref().map(checked), ..vat });
    }
    let phones = [("entity.phone", &details.phone), ("entity.fax", &details.fax)];
    facts.extend(phones.into_iter().filter_map(|(label, phone)| Some(one(label, &phone.as_ref()?.shown()))));
    if let Some((registry, at)) = details.registry.zip(details.checked_at) {
        let checked = Phrase::new("entity.checked_by").named("registry", registry_name(registry)).day("when", at);
        facts.push(Fact { says: Some(checked), ..Fact::new("entity.checked", Vec::new()) });
    }
    facts
}

/// The lines of an address as they stand on an envelope, with the département where there is one.
fn address_lines(address: &EntityAddress, language: Language) -> Vec<String> {
    let town = match &address.postal_code {
        Some(code) => format!("{} {}", code.as_str(), address.town.as_str()),
        None => address.town.as_str().to_owned(),
    };
    let lines = [
        Some(address.street.as_str().to_owned()),
        address.complement.as_ref().map(|line| line.as_str().to_owned()),
        Some(town),
        address.department.as_ref().map(|department| department.name().to_owned()),
        Some(address.country.name(language).to_owned()),
    ];
    lines.into_iter().flatten().collect()
}

/// The number that an organisation is registered as, as one line: « SIRET 000 001 016 00013 » without its label.
pub(crate) fn number(number: &RegisteredNumber) -> (Phrase, String) {
    (Phrase::new(number_label(number.scheme())), number.shown())
}

const fn number_label(scheme: Scheme) -> &'static str {
    match scheme {
        Scheme::Siret => "entity.siret",
        Scheme::Vat => "entity.vat_number",
        Scheme::Rna => "entity.rna",
        Scheme::Ridet => "entity.ridet",
        Scheme::Tahiti => "entity.tahiti",
        Scheme::Other => "entity.other_number",
    }
}

/// What a kind of organisation is called.
pub(crate) const fn kind_name(kind: EntityKind) -> &'static str {
    match kind {
        EntityKind::Company => "entity.company",
        EntityKind::Administration => "entity.administration",
        EntityKind::Association => "entity.association",
    }
}

const fn vat_status(status: VatStatus) -> &'static str {
    match status {
        VatStatus::Pending => "entity.vat_pending",
        VatStatus::Valid => "entity.vat_valid",
        VatStatus::Invalid => "entity.vat_invalid",
        VatStatus::Unverified => "entity.vat_unverified",
        VatStatus::Computed => "entity.vat_computed",
    }
}

/// Who checked a number for value added tax, when, and under which number that is on record.
fn checked(check: &VatCheck) -> Phrase {
    let by = match &check.consultation {
        Some(number) => Phrase::new("entity.vat_on_record").words("number", number),
        None => Phrase::new("entity.checked_by"),
    };
    by.named("registry", registry_name(check.registry)).day("when", check.at)
}

const fn registry_name(registry: Registry) -> &'static str {
    match registry {
        Registry::Insee => "registry.insee",
        Registry::Dinum => "registry.dinum",
        Registry::Vies => "registry.vies",
        Registry::Fixed => "registry.fixed",
    }
}

fn source(registry: Option<Registry>) -> Phrase {
    match registry {
        Some(registry) => Phrase::new("entity.from_registry").named("registry", registry_name(registry)),
        None => Phrase::new("entity.typed"),
    }
}

/// A role of somebody, and how far it is believed.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct RoleEntry {
    /// What it is called.
    pub(crate) name: Phrase,
    /// How far it is believed, and since when.
    pub(crate) state: Phrase,
}

impl RoleEntry {
    /// That role.
    pub(crate) fn of(held: &HeldRole) -> Self {
        let state = match held.state {
            RoleState::Declared => Phrase::new("role.declared").day("when", held.declared_at),
            RoleState::Verified => Phrase::new("role.verified").day("when", held.changed_at),
            RoleState::Revoked => Phrase::new("role.revoked").day("when", held.changed_at),
        };
        Self { name: Phrase::new(role_label(held.role)), state }
    }

    /// For samples.
    pub(crate) fn sample(role: Role, state: RoleState, now: Timestamp) -> Self {
        Self::of(&HeldRole { role, state, declared_at: now, changed_at: now })
    }
}

/// Facts of a sample.
pub(crate) fn sample(name: &str, now: Timestamp) -> Vec<Fact> {
    let one = |label, line: &str| Fact::new(label, vec![line.to_owned()]);
    let from = |fact: Fact, registry| Fact { source: Some(source(registry)), ..fact };
    let address = ["1 rue de l’Exemple", "59000 Lille", "Nord", "France"].map(str::to_owned).to_vec();
    let checked = Phrase::new("entity.checked_by").named("registry", registry_name(Registry::Insee)).day("when", now);
    let consultation = Some("WAPIAAAAWf0cH3Jk".to_owned());
    let on_record = self::checked(&VatCheck { registry: Registry::Vies, at: now, consultation });
    let vat = one("entity.vat_number", "FR53 000001016").says(vat_status(VatStatus::Valid));
    vec![
        one(number_label(Scheme::Siret), "000 001 016 00013"),
        from(one("entity.legal_name", name), Some(Registry::Insee)),
        from(one("entity.trade_name", "L’Exemple"), Some(Registry::Dinum)),
        from(one("entity.rna", "W595000103"), Some(Registry::Insee)),
        from(Fact::new("entity.kind", Vec::new()).says(kind_name(EntityKind::Company)), None),
        from(Fact::new("entity.address", address), Some(Registry::Fixed)),
        Fact { check: Some(on_record), ..from(vat, None) },
        one("entity.phone", "+33 3 20 00 00 00"),
        one("entity.fax", "+33 3 20 00 00 01"),
        Fact { says: Some(checked), ..Fact::new("entity.checked", Vec::new()) },
    ]
}
