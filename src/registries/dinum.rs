//! The State's API « Recherche d’entreprises », open to everybody (DOMAIN.md §2).
//!
//! Asked with nine or fourteen digits it looks them up. The head office has its address in parts, any other establishment
//! on one line, whose end is cut off where postal code and town begin. Who objected to publication is masked, or missing:
//! an empty answer about such a unit looks like one about a number that nobody has.

use http::StatusCode;
use serde::Deserialize;

use super::lookup::{FrenchNumber, Lookup, ask_twice};
use super::told::{Told, country, one_of, rna, street};
use super::trouble::Trouble;
use crate::clock::Timestamp;
use crate::identity::entity_record::{Cedex, Disclosure, EntityRecord, RecordedAddress};
use crate::identity::legal_category::LegalCategory;
use crate::identity::number::siren::Siret;
use crate::identity::number::vat::VatNumber;
use crate::identity::organisation::{EntityKind, Registry};
use crate::identity::territory::{Country, Department};
use crate::outbound::service::{Answer, Question, Service};

/// The service.
pub(super) struct Dinum {
    pub(super) service: Service,
}

impl Lookup for Dinum {
    type Number = FrenchNumber;
    type Record = EntityRecord;

    const REGISTRY: Registry = Registry::Dinum;

    async fn look_up(&self, number: &FrenchNumber, now: Timestamp) -> Result<EntityRecord, Trouble> {
        let query = &[
            ("q", number.as_str()),
            ("page", "1"),
            ("per_page", "1"),
            // No more than we show: directors and finances are nobody's business here (DOMAIN.md §10).
            ("minimal", "true"),
            ("include", "siege,complements,matching_etablissements,tva"),
        ];
        let question = Question { path: &["search"], query, ..Question::default() };
        read(&ask_twice(&self.service, question).await?, number, now)
    }
}

#[derive(Deserialize)]
struct Document {
    results: Vec<Unit>,
}

#[derive(Deserialize)]
struct Unit {
    siren: String,
    #[serde(default)]
    nom_complet: Told,
    #[serde(default)]
    nom_raison_sociale: Told,
    #[serde(default)]
    sigle: Told,
    #[serde(default)]
    nature_juridique: Told,
    #[serde(default)]
    etat_administratif: Told,
    #[serde(default)]
    statut_diffusion: Told,
    #[serde(default)]
    siege: Option<Establishment>,
    #[serde(default)]
    matching_etablissements: Vec<Establishment>,
    #[serde(default)]
    complements: Complements,
    #[serde(default)]
    tva: Option<Vec<Told>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Complements {
    est_association: bool,
    est_administration: bool,
    identifiant_association: Told,
}

/// The head office, or another establishment: that one has no parts, and no more than a line.
#[derive(Deserialize)]
struct Establishment {
    siret: String,
    #[serde(default)]
    etat_administratif: Told,
    #[serde(default)]
    statut_diffusion_etablissement: Told,
    #[serde(default)]
    nom_commercial: Told,
    #[serde(default)]
    liste_enseignes: Option<Vec<Told>>,
    #[serde(flatten)]
    address: Address,
}

#[derive(Deserialize)]
struct Address {
    #[serde(default)]
    adresse: Told,
    #[serde(default)]
    complement_adresse: Told,
    #[serde(default)]
    numero_voie: Told,
    #[serde(default)]
    indice_repetition: Told,
    #[serde(default)]
    type_voie: Told,
    #[serde(default)]
    libelle_voie: Told,
    #[serde(default)]
    distribution_speciale: Told,
    #[serde(default)]
    code_postal: Told,
    #[serde(default)]
    libelle_commune: Told,
    #[serde(default)]
    commune: Told,
    #[serde(default)]
    cedex: Told,
    #[serde(default)]
    libelle_cedex: Told,
    #[serde(default)]
    code_pays_etranger: Told,
    #[serde(default)]
    libelle_pays_etranger: Told,
    #[serde(default)]
    libelle_commune_etranger: Told,
}

/// What an answer says of that number.
fn read(answer: &Answer, number: &FrenchNumber, now: Timestamp) -> Result<EntityRecord, Trouble> {
    if answer.status != StatusCode::OK {
        return Err(Trouble::of(answer));
    }
    let document: Document = answer.read().ok_or(Trouble::Malformed)?;
    let unit = document.results.first().ok_or(Trouble::NotFound)?;
    let asked = number.siren();
    if unit.siren != asked.as_str() {
        return Err(Trouble::Malformed);
    }
    let places = unit.siege.iter().chain(&unit.matching_etablissements);
    let mut places = places.filter_map(|place| Some((Siret::parse(&place.siret).ok()?, place)));
    let found = places.find(|(siret, _)| number.is_answered_by(siret));
    let (siret, place) = found.ok_or(Trouble::Malformed)?;
    unit.record(siret, place, now)
}

impl Unit {
    fn record(&self, siret: Siret, place: &Establishment, now: Timestamp) -> Result<EntityRecord, Trouble> {
        let legal_category = self.nature_juridique.text().and_then(LegalCategory::parse);
        let hidden = [&self.statut_diffusion, &place.statut_diffusion_etablissement];
        let hidden = hidden.iter().any(|status| status.text().is_some_and(|word| word != "O"));
        let sign = place.liste_enseignes.iter().flatten().find(|sign| sign.text().is_some());
        let numbers = self.tva.iter().flatten().filter_map(Told::text);
        Ok(EntityRecord {
            siret,
            legal_name: self.name().line(),
            trade_name: sign.unwrap_or(&place.nom_commercial).line(),
            acronym: self.sigle.line(),
            legal_category,
            kind: legal_category.map(LegalCategory::kind).or_else(|| self.complements.kind()),
            address: place.address.recorded(),
            vat_numbers: numbers.filter_map(|text| VatNumber::parse(Country::FRANCE, text).ok()).collect(),
            rna: rna(&self.complements.identifiant_association),
            establishment_active: one_of(&place.etat_administratif, "A", "F")?,
            unit_active: one_of(&self.etat_administratif, "A", "C")?,
            disclosure: if hidden { Disclosure::Partial } else { Disclosure::Full },
            source: Registry::Dinum,
            fetched_at: now,
        })
    }

    /// The denomination; of a sole trader the name, without the short form or the sign that follows it in brackets.
    fn name(&self) -> Told {
        if self.nom_raison_sociale.text().is_some() {
            return self.nom_raison_sociale.clone();
        }
        let Some(whole) = self.nom_complet.text() else { return Told::default() };
        let bare = whole.strip_suffix(')').and_then(|whole| whole.split_once(" (")).map(|(name, _)| name);
        Told::of(bare.unwrap_or(whole))
    }
}

impl Complements {
    /// Where the law's category is not told. The list of administrations has its mistakes, and comes last.
    const fn kind(&self) -> Option<EntityKind> {
        match (self.est_association, self.est_administration) {
            (true, _) => Some(EntityKind::Association),
            (false, true) => Some(EntityKind::Administration),
            (false, false) => None,
        }
    }
}

impl Address {
    fn recorded(&self) -> RecordedAddress {
        let parts =
            street(&self.numero_voie, &Told::default(), &self.indice_repetition, &self.type_voie, &self.libelle_voie);
        let line = Told::of(street_of(&self.adresse, &self.code_postal, &self.libelle_commune));
        RecordedAddress {
            complement: self.complement_adresse.line(),
            street: parts.or(&line).line(),
            distribution: self.distribution_speciale.line(),
            postal_code: self.code_postal.line(),
            town: self.libelle_commune.or(&self.libelle_commune_etranger).line(),
            cedex: self.cedex.line().map(|code| Cedex { code, town: self.libelle_cedex.line() }),
            commune: self.commune.line(),
            department: self.commune.text().and_then(Department::of_commune),
            country: country(&self.code_pays_etranger, &self.libelle_pays_etranger),
        }
    }
}

/// What stands before postal code and town on one line. A house number may look like a postal code: the last one counts.
fn street_of<'a>(line: &'a Told, postal_code: &Told, town: &Told) -> &'a str {
    let whole = line.text().unwrap_or_default();
    let before = |end: &str| whole.rsplit_once(end).map(|(street, _)| street);
    let padded = postal_code.text().map(|code| format!(" {code} "));
    let cut = padded.as_deref().and_then(before);
    let cut = cut.or_else(|| postal_code.text().and_then(|code| whole.starts_with(&format!("{code} ")).then_some("")));
    let cut = cut.or_else(|| town.text().and_then(|town| whole.strip_suffix(town)));
    cut.unwrap_or(whole).trim()
}

#[cfg(test)]
mod tests;
