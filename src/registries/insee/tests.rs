//! Answers of API Sirene 3.11, as it writes them, and what is read in them.

use serde_json::{Value, json};

use super::*;
use crate::identity::number::RegisteredNumber;
use crate::identity::number::siren::Siren;
use crate::identity::organisation::EntityKind;
use crate::identity::territory::Country;

const NOW: Timestamp = Timestamp::from_seconds(1_772_543_520);

fn siret() -> FrenchNumber {
    FrenchNumber::Siret(Siret::parse("73282932000074").unwrap())
}

/// An open establishment of a company, whole.
fn company() -> Value {
    json!({
        "header": { "statut": 200, "message": "OK" },
        "etablissement": {
            "siren": "732829320",
            "nic": "00074",
            "siret": "73282932000074",
            "statutDiffusionEtablissement": "O",
            "dateCreationEtablissement": "2004-03-01",
            "trancheEffectifsEtablissement": null,
            "etablissementSiege": true,
            "nombrePeriodesEtablissement": 3,
            "uniteLegale": {
                "etatAdministratifUniteLegale": "A",
                "statutDiffusionUniteLegale": "O",
                "dateCreationUniteLegale": "1973-01-01",
                "categorieJuridiqueUniteLegale": "5710",
                "denominationUniteLegale": "FILATURE DU NORD",
                "sigleUniteLegale": "FDN",
                "denominationUsuelle1UniteLegale": null,
                "nomUniteLegale": null,
                "nomUsageUniteLegale": null,
                "prenom1UniteLegale": null,
                "prenomUsuelUniteLegale": null,
                "identifiantAssociationUniteLegale": null,
                "nicSiegeUniteLegale": "00074"
            },
            "adresseEtablissement": {
                "complementAdresseEtablissement": "BATIMENT B",
                "numeroVoieEtablissement": "12",
                "indiceRepetitionEtablissement": "B",
                "dernierNumeroVoieEtablissement": null,
                "typeVoieEtablissement": "RUE",
                "libelleVoieEtablissement": "DES CANONNIERS",
                "distributionSpecialeEtablissement": "CS 20020",
                "codePostalEtablissement": "59000",
                "libelleCommuneEtablissement": "LILLE",
                "libelleCommuneEtrangerEtablissement": null,
                "codeCommuneEtablissement": "59350",
                "codeCedexEtablissement": "59040",
                "libelleCedexEtablissement": "LILLE CEDEX",
                "codePaysEtrangerEtablissement": null,
                "libellePaysEtrangerEtablissement": null
            },
            "periodesEtablissement": [
                {
                    "dateFin": null,
                    "dateDebut": "2015-01-01",
                    "etatAdministratifEtablissement": "A",
                    "enseigne1Etablissement": "AU FIL DU NORD",
                    "enseigne2Etablissement": null,
                    "denominationUsuelleEtablissement": "FIL",
                    "changementEtatAdministratifEtablissement": false
                },
                {
                    "dateFin": "2014-12-31",
                    "dateDebut": "2004-03-01",
                    "etatAdministratifEtablissement": "F",
                    "enseigne1Etablissement": "ANCIENNE ENSEIGNE",
                    "denominationUsuelleEtablissement": null
                }
            ]
        }
    })
}

/// The same with other values at these places.
fn with(changes: &[(&str, Value)]) -> Value {
    let mut document = company();
    for (place, value) in changes {
        *document.pointer_mut(&format!("/etablissement/{place}")).unwrap_or_else(|| panic!("{place}")) = value.clone();
    }
    document
}

fn answer(status: u16, said: &Value) -> Answer {
    let said = Some(serde_json::to_vec(said).unwrap());
    Answer { status: StatusCode::from_u16(status).unwrap(), retry_after: None, said }
}

fn told(document: &Value) -> Result<EntityRecord, Trouble> {
    read(&answer(200, document), &siret(), NOW)
}

fn text(line: Option<&crate::identity::organisation::Line>) -> &str {
    line.map_or("", |line| line.as_str())
}

#[test]
fn an_establishment_is_read_field_by_field() {
    let record = told(&company()).unwrap();
    assert_eq!((record.siret.as_str(), record.siren().as_str()), ("73282932000074", "732829320"));
    let names = [&record.legal_name, &record.trade_name, &record.acronym].map(|line| text(line.as_ref()));
    assert_eq!(names, ["FILATURE DU NORD", "AU FIL DU NORD", "FDN"]);
    assert_eq!((record.legal_category.map(LegalCategory::code), record.kind), (Some(5710), Some(EntityKind::Company)));
    let address = &record.address;
    let lines = [&address.complement, &address.street, &address.distribution, &address.postal_code, &address.town];
    let lines = lines.map(|line| text(line.as_ref()));
    assert_eq!(lines, ["BATIMENT B", "12 B RUE DES CANONNIERS", "CS 20020", "59000", "LILLE"]);
    let cedex = address.cedex.as_ref().unwrap();
    assert_eq!((cedex.code.as_str(), text(cedex.town.as_ref())), ("59040", "LILLE CEDEX"), "kept apart");
    assert_eq!(text(address.commune.as_ref()), "59350");
    assert_eq!(address.department.as_ref().map(Department::as_str), Some("59"));
    assert_eq!(address.country, Some(Country::FRANCE));
    assert!(record.is_open() && record.disclosure == Disclosure::Full && record.vat_numbers.is_empty());
    assert_eq!((record.source, record.fetched_at), (Registry::Insee, NOW));
    assert_eq!(record.proposed_vat().0.as_str(), "FR44732829320");
}

#[test]
fn an_association_is_told_with_its_own_number() {
    let place = "uniteLegale/identifiantAssociationUniteLegale";
    for (told_as, number) in [(json!("W595001234"), Some("W595001234")), (json!("[ND]"), None), (json!(null), None)] {
        let record = told(&with(&[(place, told_as)])).unwrap();
        assert_eq!(record.rna.as_ref().map(RegisteredNumber::value), number);
    }
}

#[test]
fn whether_it_is_open_stands_in_the_period_that_has_no_end() {
    let closed = json!([
        { "dateFin": "2020-12-31", "etatAdministratifEtablissement": "A" },
        { "dateFin": null, "etatAdministratifEtablissement": "F" },
    ]);
    for (periods, unit, open) in [
        (None, "A", Ok(true)),
        (None, "C", Ok(false)),
        (Some(closed), "A", Ok(false)),
        (
            Some(json!([{ "dateFin": "2020-12-31", "etatAdministratifEtablissement": "A" }])),
            "A",
            Err(Trouble::Malformed),
        ),
        (Some(json!([{ "dateFin": null, "etatAdministratifEtablissement": "X" }])), "A", Err(Trouble::Malformed)),
        (Some(json!([{ "dateFin": null }])), "A", Err(Trouble::Malformed)),
        (Some(json!([])), "A", Err(Trouble::Malformed)),
        (None, "?", Err(Trouble::Malformed)),
    ] {
        let mut changes = vec![("uniteLegale/etatAdministratifUniteLegale", json!(unit))];
        changes.extend(periods.clone().map(|periods| ("periodesEtablissement", periods)));
        assert_eq!(told(&with(&changes)).map(|record| record.is_open()), open, "{periods:?} {unit}");
    }
}

#[test]
fn names_are_those_in_use() {
    let unit = |name: &str, value: &str| (format!("uniteLegale/{name}UniteLegale"), json!(value));
    let nobody = || (String::from("uniteLegale/denominationUniteLegale"), Value::Null);
    let sign = |value: Value| (String::from("periodesEtablissement/0/enseigne1Etablissement"), value);
    let usual = |value: Value| (String::from("periodesEtablissement/0/denominationUsuelleEtablissement"), value);
    for (changes, legal, trade) in [
        (vec![], "FILATURE DU NORD", "AU FIL DU NORD"),
        (vec![sign(Value::Null)], "FILATURE DU NORD", "FIL"),
        (vec![sign(Value::Null), usual(Value::Null)], "FILATURE DU NORD", ""),
        (
            vec![sign(Value::Null), usual(Value::Null), unit("denominationUsuelle1", "FILNORD")],
            "FILATURE DU NORD",
            "FILNORD",
        ),
        (vec![nobody(), unit("prenom1", "MARIE"), unit("nom", "DURAND")], "MARIE DURAND", "AU FIL DU NORD"),
        (
            vec![nobody(), unit("prenom1", "ANNE"), unit("prenomUsuel", "MARIE"), unit("nom", "DURAND")],
            "MARIE DURAND",
            "AU FIL DU NORD",
        ),
        (
            vec![nobody(), unit("prenomUsuel", "MARIE"), unit("nom", "DURAND"), unit("nomUsage", "LE GALL")],
            "MARIE LE GALL",
            "AU FIL DU NORD",
        ),
        (vec![nobody(), unit("prenomUsuel", "MARIE")], "", "AU FIL DU NORD"),
    ] {
        let changes: Vec<_> = changes.iter().map(|(place, value)| (place.as_str(), value.clone())).collect();
        let record = told(&with(&changes)).unwrap();
        let names = (text(record.legal_name.as_ref()), text(record.trade_name.as_ref()));
        assert_eq!(names, (legal, trade), "{changes:?}");
    }
}

#[test]
fn masks_are_absent_wherever_they_stand_and_nothing_else_is_lost() {
    let masked = with(&[
        ("statutDiffusionEtablissement", json!("P")),
        ("uniteLegale/statutDiffusionUniteLegale", json!("P")),
        ("uniteLegale/denominationUniteLegale", json!("[ND]")),
        ("uniteLegale/sigleUniteLegale", Value::Null),
        ("uniteLegale/nomUniteLegale", json!("[ND]")),
        ("uniteLegale/prenom1UniteLegale", json!("[ND]")),
        ("adresseEtablissement/numeroVoieEtablissement", json!("[ND]")),
        ("adresseEtablissement/libelleVoieEtablissement", json!("[ND]")),
        ("adresseEtablissement/complementAdresseEtablissement", json!("[ND]")),
        ("adresseEtablissement/codeCedexEtablissement", json!("[ND]")),
        ("periodesEtablissement/0/enseigne1Etablissement", json!("[ND]")),
        ("periodesEtablissement/0/denominationUsuelleEtablissement", Value::Null),
    ]);
    let record = told(&masked).unwrap();
    assert_eq!(record.disclosure, Disclosure::Partial);
    assert!(record.is_open() && !format!("{record:?}").contains("[ND]"), "{record:?}");
    let absent = [&record.legal_name, &record.trade_name, &record.acronym, &record.address.street];
    assert!(absent.iter().all(|line| line.is_none()) && record.address.cedex.is_none());
    assert_eq!(text(record.address.town.as_ref()), "LILLE");
    for (establishment, unit, disclosure) in
        [("O", "O", Disclosure::Full), ("P", "O", Disclosure::Partial), ("O", "P", Disclosure::Partial)]
    {
        let changes = [
            ("statutDiffusionEtablissement", json!(establishment)),
            ("uniteLegale/statutDiffusionUniteLegale", json!(unit)),
        ];
        assert_eq!(told(&with(&changes)).unwrap().disclosure, disclosure);
    }
}

#[test]
fn places_abroad_and_overseas_are_where_they_are() {
    let abroad = |name: &str| {
        told(&with(&[
            ("adresseEtablissement/codePostalEtablissement", Value::Null),
            ("adresseEtablissement/libelleCommuneEtablissement", Value::Null),
            ("adresseEtablissement/codeCommuneEtablissement", Value::Null),
            ("adresseEtablissement/libelleCommuneEtrangerEtablissement", json!("GAND")),
            ("adresseEtablissement/codePaysEtrangerEtablissement", json!("99131")),
            ("adresseEtablissement/libellePaysEtrangerEtablissement", json!(name)),
        ]))
    };
    let belgian = abroad("BELGIQUE").unwrap().address;
    assert_eq!((text(belgian.town.as_ref()), belgian.country), ("GAND", Some(Country::BE)));
    assert_eq!((abroad("SYLDAVIE").unwrap().address.country, belgian.department), (None, None));
    for (commune, department) in [("2A004", "2A"), ("97411", "974"), ("75056", "75"), ("98818", "988")] {
        let record = told(&with(&[("adresseEtablissement/codeCommuneEtablissement", json!(commune))])).unwrap();
        assert_eq!(record.address.department.as_ref().map(Department::as_str), Some(department), "{commune}");
    }
}

#[test]
fn an_answer_counts_when_it_is_about_the_number_that_was_asked() {
    let mut other = company();
    other["etablissement"]["siret"] = json!("48146308100036");
    for (document, trouble) in [
        (other, Trouble::Malformed),
        (with(&[("siret", json!("73282932000079"))]), Trouble::Malformed),
        (json!({ "header": { "statut": 200 } }), Trouble::Malformed),
        (json!({ "etablissement": company()["etablissement"] }), Trouble::Malformed),
        (json!({ "header": { "statut": 500 }, "etablissement": company()["etablissement"] }), Trouble::Malformed),
        (json!({ "header": { "statut": 200 }, "etablissement": { "siret": "73282932000074" } }), Trouble::Malformed),
        (json!([]), Trouble::Malformed),
    ] {
        assert_eq!(told(&document), Err(trouble), "{document}");
    }
}

#[test]
fn a_legal_unit_is_its_head_office() {
    let siren = FrenchNumber::Siren(Siren::parse("732829320").unwrap());
    let list = json!({
        "header": { "statut": 200, "message": "ok", "total": 1, "debut": 0, "nombre": 1 },
        "etablissements": [company()["etablissement"]],
    });
    assert_eq!(read(&answer(200, &list), &siren, NOW).unwrap().siret.as_str(), "73282932000074");
    let none = json!({ "header": { "statut": 200 }, "etablissements": [] });
    assert_eq!(read(&answer(200, &none), &siren, NOW), Err(Trouble::Malformed));
}

#[test]
fn a_refusal_speaks_about_the_number_when_it_is_the_register_s_own() {
    let own =
        |status: u16| answer(status, &json!({ "header": { "statut": status, "message": "Aucun élément trouvé" } }));
    let gateway = |status: u16| answer(status, &json!({ "message": "No context-path matches the request URI." }));
    let page = |status| Answer { status: StatusCode::from_u16(status).unwrap(), retry_after: None, said: None };
    for (answer, trouble) in [
        (own(404), Trouble::NotFound),
        (own(301), Trouble::Closed),
        (own(403), Trouble::Partial),
        (own(400), Trouble::Malformed),
        (own(406), Trouble::Malformed),
        (own(500), Trouble::Unavailable),
        (own(503), Trouble::Unavailable),
        (gateway(404), Trouble::Misconfigured),
        (gateway(403), Trouble::Misconfigured),
        (gateway(401), Trouble::Misconfigured),
        (page(301), Trouble::Misconfigured),
        (page(404), Trouble::Misconfigured),
        (page(502), Trouble::Unavailable),
        (page(200), Trouble::Malformed),
    ] {
        assert_eq!(read(&answer, &siret(), NOW), Err(trouble), "{answer:?}");
    }
}
