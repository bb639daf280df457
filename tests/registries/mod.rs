//! Registries, over TLS on loopback: servers that answer as INSEE, API Recherche d’entreprises and VIES do, at their best
//! and at their worst; what is asked of them, what comes of it, and that nobody waits.

mod asking;
mod failing;
mod figures;
mod fixed;
mod french;
mod sparing;
pub(crate) mod vat;

use guichet::clock::{Duration, Timestamp};
use guichet::identity::number::siren::{Siren, Siret};
use guichet::identity::number::vat::VatNumber;
use guichet::identity::organisation::Registry;
use guichet::identity::territory::Country;
use guichet::realm::model::RegistryPolicy;
use guichet::registries::{FrenchNumber, Looked, PublicRegistries, Registries, RegistrySettings, VatChecked};
use guichet::secret::Secret;
use serde_json::{Value, json};
use url::Url;

use crate::support::outside::Outside;
use crate::support::peer::{Peer, Reply};

const NOW: Timestamp = Timestamp::from_seconds(1_772_543_520);
const SIRET: &str = "73282932000074";
/// As a subscription has them; in no answer and in no log.
const KEY: &str = "0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9";

/// The three registries as the stories have them, and who asks them.
struct Town {
    outside: Outside,
    insee: Peer,
    dinum: Peer,
    vies: Peer,
    registries: Registries,
}

impl Town {
    /// All three answer 404 until they are told otherwise.
    async fn new() -> Self {
        let outside = Outside::new();
        let [insee, dinum, vies] = ["insee.example", "dinum.example", "vies.example"];
        let (insee, dinum, vies) = (outside.peer(insee).await, outside.peer(dinum).await, outside.peer(vies).await);
        let registries = registries(&outside, public());
        Self { outside, insee, dinum, vies, registries }
    }

    /// What a realm like that is told of the number, at that time.
    async fn looks_up(&self, policy: &RegistryPolicy, now: Timestamp) -> Looked {
        self.registries.look_up(policy, &siret(SIRET), now).await
    }

    /// What every realm is told of the number now, by default.
    async fn looks(&self) -> Looked {
        self.looks_up(&RegistryPolicy::default(), NOW).await
    }

    async fn checks(&self, country: &str, number: &str, now: Timestamp) -> VatChecked {
        self.registries.check_vat(&RegistryPolicy::default(), &vat(country, number), now).await
    }
}

fn registries(outside: &Outside, settings: RegistrySettings) -> Registries {
    let outbound = outside.outbound(Duration::from_secs(5));
    Registries::new(settings, &outbound, &Url::parse("https://id.example.org").unwrap()).unwrap()
}

fn public() -> RegistrySettings {
    RegistrySettings::Public(Box::new(addresses()))
}

pub(crate) fn addresses() -> PublicRegistries {
    let url = |text: &str| Url::parse(text).unwrap();
    PublicRegistries {
        insee: Some((url("https://insee.example/api-sirene/3.11"), Secret::new(KEY.to_owned()))),
        dinum: url("https://dinum.example"),
        vies: url("https://vies.example/taxation_customs/vies/rest-api"),
        requester: None,
    }
}

fn asks(order: &[Registry]) -> RegistryPolicy {
    RegistryPolicy { order: order.to_vec(), ..RegistryPolicy::default() }
}

fn siret(text: &str) -> FrenchNumber {
    FrenchNumber::Siret(Siret::parse(text).unwrap())
}

fn siren(text: &str) -> FrenchNumber {
    FrenchNumber::Siren(Siren::parse(text).unwrap())
}

pub(crate) fn vat(country: &str, number: &str) -> VatNumber {
    VatNumber::parse(Country::try_from(country).unwrap(), number).unwrap()
}

/// What INSEE tells of the number.
fn of_insee() -> Value {
    json!({
        "header": { "statut": 200, "message": "OK" },
        "etablissement": {
            "siret": SIRET,
            "statutDiffusionEtablissement": "O",
            "uniteLegale": {
                "denominationUniteLegale": "FILATURE DU NORD",
                "categorieJuridiqueUniteLegale": "5710",
                "etatAdministratifUniteLegale": "A",
                "statutDiffusionUniteLegale": "O"
            },
            "adresseEtablissement": {
                "numeroVoieEtablissement": "12",
                "typeVoieEtablissement": "RUE",
                "libelleVoieEtablissement": "DES CANONNIERS",
                "codePostalEtablissement": "59000",
                "libelleCommuneEtablissement": "LILLE",
                "codeCommuneEtablissement": "59350"
            },
            "periodesEtablissement": [{ "dateFin": null, "etatAdministratifEtablissement": "A" }]
        }
    })
}

/// What API Recherche d’entreprises tells of it.
fn of_dinum() -> Value {
    json!({
        "results": [{
            "siren": "732829320",
            "nom_raison_sociale": "FILATURE DU NORD",
            "nature_juridique": "5710",
            "etat_administratif": "A",
            "statut_diffusion": "O",
            "matching_etablissements": [{
                "siret": SIRET,
                "adresse": "12 RUE DES CANONNIERS 59000 LILLE",
                "code_postal": "59000",
                "commune": "59350",
                "libelle_commune": "LILLE",
                "etat_administratif": "A"
            }]
        }],
        "total_results": 1
    })
}

/// A refusal of INSEE's own, not of its gateway's.
fn insee_refuses(status: u16) -> Reply {
    Reply::json(status, &json!({ "header": { "statut": status, "message": "…" } }))
}

/// Who told it and at which street, when a record was found.
fn found(looked: &Looked) -> Option<(Registry, &str)> {
    let Looked::Found(record) = looked else { return None };
    Some((record.source, record.address.street.as_ref().map_or("", |line| line.as_str())))
}

/// What both of them tell.
const STREET: &str = "12 RUE DES CANONNIERS";
