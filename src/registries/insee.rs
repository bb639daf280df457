//! INSEE's API Sirene 3.11, the register of businesses and establishments itself (DOMAIN.md §2).
//!
//! Its gateway answers for it as well: what counts as an answer about a number is a document whose header says the same
//! status. Establishments are read in their present period; of what the owner keeps back, masks and gaps are the same.

use http::StatusCode;
use serde::Deserialize;

use super::lookup::{FrenchNumber, Lookup, ask_twice};
use super::told::{Told, country, joined, one_of, rna, street};
use super::trouble::Trouble;
use crate::clock::Timestamp;
use crate::identity::entity_record::{Cedex, Disclosure, EntityRecord, RecordedAddress};
use crate::identity::legal_category::LegalCategory;
use crate::identity::number::siren::Siret;
use crate::identity::organisation::Registry;
use crate::identity::territory::Department;
use crate::outbound::service::{Answer, Question, Service};
use crate::secret::Secret;

/// The header that shows who asks.
const KEY: &str = "X-INSEE-Api-Key-Integration";

/// The service, and the key that opens it.
pub(super) struct Insee {
    pub(super) service: Service,
    pub(super) key: Secret<String>,
}

impl Lookup for Insee {
    type Number = FrenchNumber;
    type Record = EntityRecord;

    const REGISTRY: Registry = Registry::Insee;

    async fn look_up(&self, number: &FrenchNumber, now: Timestamp) -> Result<EntityRecord, Trouble> {
        let key = Some((KEY, &self.key));
        let answer = match number {
            FrenchNumber::Siret(siret) => {
                let path = &["siret", siret.as_str()];
                ask_twice(&self.service, Question { path, key, ..Question::default() }).await?
            }
            // The legal unit has no address of its own: its head office has.
            FrenchNumber::Siren(siren) => {
                let head = format!("siren:{} AND etablissementSiege:true", siren.as_str());
                let query = &[("q", head.as_str()), ("nombre", "1")];
                ask_twice(&self.service, Question { path: &["siret"], query, key, ..Question::default() }).await?
            }
        };
        read(&answer, number, now)
    }
}

#[derive(Deserialize)]
struct Document {
    header: Header,
    #[serde(default)]
    etablissement: Option<Establishment>,
    #[serde(default)]
    etablissements: Vec<Establishment>,
}

/// What a refusal has as well.
#[derive(Deserialize)]
struct Headed {
    header: Header,
}

#[derive(Deserialize)]
struct Header {
    statut: u16,
}

#[derive(Deserialize)]
struct Establishment {
    siret: String,
    #[serde(default, rename = "statutDiffusionEtablissement")]
    disclosure: Told,
    #[serde(rename = "uniteLegale")]
    unit: Unit,
    #[serde(default, rename = "adresseEtablissement")]
    address: Address,
    #[serde(rename = "periodesEtablissement")]
    periods: Vec<Period>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Period {
    #[serde(default)]
    date_fin: Option<String>,
    #[serde(default)]
    etat_administratif_etablissement: Told,
    #[serde(default, rename = "enseigne1Etablissement")]
    sign: Told,
    #[serde(default)]
    denomination_usuelle_etablissement: Told,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Unit {
    #[serde(default)]
    denomination_unite_legale: Told,
    #[serde(default)]
    sigle_unite_legale: Told,
    #[serde(default, rename = "denominationUsuelle1UniteLegale")]
    denomination_usuelle: Told,
    #[serde(default)]
    prenom_usuel_unite_legale: Told,
    #[serde(default, rename = "prenom1UniteLegale")]
    first_name: Told,
    #[serde(default)]
    nom_unite_legale: Told,
    #[serde(default)]
    nom_usage_unite_legale: Told,
    #[serde(default)]
    categorie_juridique_unite_legale: Told,
    #[serde(default)]
    etat_administratif_unite_legale: Told,
    #[serde(default)]
    statut_diffusion_unite_legale: Told,
    #[serde(default)]
    identifiant_association_unite_legale: Told,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[expect(clippy::struct_field_names, reason = "as the register names them")]
struct Address {
    complement_adresse_etablissement: Told,
    numero_voie_etablissement: Told,
    dernier_numero_voie_etablissement: Told,
    indice_repetition_etablissement: Told,
    type_voie_etablissement: Told,
    libelle_voie_etablissement: Told,
    distribution_speciale_etablissement: Told,
    code_postal_etablissement: Told,
    libelle_commune_etablissement: Told,
    code_commune_etablissement: Told,
    code_cedex_etablissement: Told,
    libelle_cedex_etablissement: Told,
    code_pays_etranger_etablissement: Told,
    libelle_pays_etranger_etablissement: Told,
    libelle_commune_etranger_etablissement: Told,
}

/// What an answer says of that number.
fn read(answer: &Answer, number: &FrenchNumber, now: Timestamp) -> Result<EntityRecord, Trouble> {
    if answer.status == StatusCode::OK {
        return record(&answer.read().ok_or(Trouble::Malformed)?, number, now);
    }
    // A gateway has pages of its own for the same statuses; those say nothing about the number.
    let of_the_register = answer.read::<Headed>().is_some_and(|it| it.header.statut == answer.status.as_u16());
    Err(match answer.status {
        StatusCode::NOT_FOUND if of_the_register => Trouble::NotFound,
        // "Unit closed as a duplicate": where it leads to is another number, which nobody asked about.
        StatusCode::MOVED_PERMANENTLY if of_the_register => Trouble::Closed,
        StatusCode::FORBIDDEN if of_the_register => Trouble::Partial,
        _ => Trouble::of(answer),
    })
}

fn record(document: &Document, number: &FrenchNumber, now: Timestamp) -> Result<EntityRecord, Trouble> {
    let found = document.etablissement.as_ref().or(document.etablissements.first());
    let found = found.filter(|_| document.header.statut == 200).ok_or(Trouble::Malformed)?;
    let siret =
        Siret::parse(&found.siret).ok().filter(|siret| number.is_answered_by(siret)).ok_or(Trouble::Malformed)?;
    let period = found.periods.iter().find(|period| period.date_fin.is_none()).ok_or(Trouble::Malformed)?;
    let legal_category = found.unit.categorie_juridique_unite_legale.text().and_then(LegalCategory::parse);
    let open = [&found.disclosure, &found.unit.statut_diffusion_unite_legale].iter().all(|status| status.is("O"));
    Ok(EntityRecord {
        siret,
        legal_name: found.unit.name().line(),
        trade_name: period
            .sign
            .or(&period.denomination_usuelle_etablissement)
            .or(&found.unit.denomination_usuelle)
            .line(),
        acronym: found.unit.sigle_unite_legale.line(),
        legal_category,
        kind: legal_category.map(LegalCategory::kind),
        address: found.address.recorded(),
        vat_numbers: Vec::new(),
        rna: rna(&found.unit.identifiant_association_unite_legale),
        establishment_active: one_of(&period.etat_administratif_etablissement, "A", "F")?,
        unit_active: one_of(&found.unit.etat_administratif_unite_legale, "A", "C")?,
        disclosure: if open { Disclosure::Full } else { Disclosure::Partial },
        source: Registry::Insee,
        fetched_at: now,
    })
}

impl Unit {
    /// The denomination; a sole trader has none, and is called by the names in use.
    fn name(&self) -> Told {
        let last = self.nom_usage_unite_legale.or(&self.nom_unite_legale);
        if self.denomination_unite_legale.text().is_some() || last.text().is_none() {
            return self.denomination_unite_legale.clone();
        }
        joined(&[self.prenom_usuel_unite_legale.or(&self.first_name), last])
    }
}

impl Address {
    fn recorded(&self) -> RecordedAddress {
        let commune = &self.code_commune_etablissement;
        let town = self.libelle_commune_etablissement.or(&self.libelle_commune_etranger_etablissement);
        let street = street(
            &self.numero_voie_etablissement,
            &self.dernier_numero_voie_etablissement,
            &self.indice_repetition_etablissement,
            &self.type_voie_etablissement,
            &self.libelle_voie_etablissement,
        );
        let cedex = self.code_cedex_etablissement.line();
        RecordedAddress {
            complement: self.complement_adresse_etablissement.line(),
            street: street.line(),
            distribution: self.distribution_speciale_etablissement.line(),
            postal_code: self.code_postal_etablissement.line(),
            town: town.line(),
            cedex: cedex.map(|code| Cedex { code, town: self.libelle_cedex_etablissement.line() }),
            commune: commune.line(),
            department: commune.text().and_then(Department::of_commune),
            country: country(&self.code_pays_etranger_etablissement, &self.libelle_pays_etranger_etablissement),
        }
    }
}

#[cfg(test)]
mod tests;
