//! Answers of API Recherche d’entreprises, as it writes them, and what is read in them.

use serde_json::{Value, json};

use super::*;
use crate::identity::number::RegisteredNumber;
use crate::identity::number::siren::Siren;
use crate::identity::organisation::Line;

const NOW: Timestamp = Timestamp::from_seconds(1_772_543_520);

fn siret(text: &str) -> FrenchNumber {
    FrenchNumber::Siret(Siret::parse(text).unwrap())
}

fn siren() -> FrenchNumber {
    FrenchNumber::Siren(Siren::parse("356000000").unwrap())
}

/// A unit with its head office and one other establishment.
fn post() -> Value {
    json!({
        "results": [{
            "siren": "356000000",
            "nom_complet": "LA POSTE (LP)",
            "nom_raison_sociale": "LA POSTE",
            "sigle": "LP",
            "nature_juridique": "5599",
            "etat_administratif": "A",
            "statut_diffusion": "O",
            "siege": {
                "siret": "35600000000048",
                "adresse": "9 RUE DU COLONEL PIERRE AVIA 75015 PARIS",
                "complement_adresse": "CASE POSTALE F206",
                "numero_voie": "9",
                "indice_repetition": null,
                "type_voie": "RUE",
                "libelle_voie": "DU COLONEL PIERRE AVIA",
                "distribution_speciale": null,
                "code_postal": "75015",
                "cedex": "75757",
                "libelle_cedex": "PARIS CEDEX 15",
                "commune": "75115",
                "libelle_commune": "PARIS 15",
                "departement": "75",
                "code_pays_etranger": null,
                "libelle_pays_etranger": null,
                "etat_administratif": "A",
                "statut_diffusion_etablissement": "O",
                "liste_enseignes": ["LE SIEGE"],
                "nom_commercial": null
            },
            "matching_etablissements": [{
                "siret": "35600000009075",
                "adresse": "BP 12 75 RUE NATIONALE 59000 LILLE",
                "code_postal": "59000",
                "commune": "59350",
                "libelle_commune": "LILLE",
                "etat_administratif": "A",
                "statut_diffusion_etablissement": "O",
                "est_siege": false,
                "liste_enseignes": null,
                "nom_commercial": "POSTE DE LILLE"
            }],
            "complements": {
                "est_association": false,
                "est_administration": true,
                "est_entrepreneur_individuel": false,
                "identifiant_association": null
            },
            "tva": ["FR39356000000"]
        }],
        "total_results": 1, "page": 1, "per_page": 1, "total_pages": 1
    })
}

fn with(changes: &[(&str, Value)]) -> Value {
    let mut document = post();
    for (place, value) in changes {
        *document.pointer_mut(&format!("/results/0/{place}")).unwrap_or_else(|| panic!("{place}")) = value.clone();
    }
    document
}

fn answer(status: u16, said: &Value) -> Answer {
    let said = Some(serde_json::to_vec(said).unwrap());
    Answer { status: StatusCode::from_u16(status).unwrap(), retry_after: None, said }
}

fn told(document: &Value, number: &FrenchNumber) -> Result<EntityRecord, Trouble> {
    read(&answer(200, document), number, NOW)
}

fn text(line: Option<&Line>) -> &str {
    line.map_or("", Line::as_str)
}

fn lines(record: &EntityRecord) -> [&str; 4] {
    let address = &record.address;
    [&address.complement, &address.street, &address.postal_code, &address.town].map(|line| text(line.as_ref()))
}

#[test]
fn an_association_is_told_with_its_own_number() {
    let place = "complements/identifiant_association";
    for (told_as, number) in [(json!("W595001234"), Some("W595001234")), (json!(null), None)] {
        let record = told(&with(&[(place, told_as)]), &siren()).unwrap();
        assert_eq!(record.rna.as_ref().map(RegisteredNumber::value), number);
    }
}

#[test]
fn the_head_office_is_read_part_by_part() {
    for number in [siret("35600000000048"), siren()] {
        let record = told(&post(), &number).unwrap();
        assert_eq!(record.siret.as_str(), "35600000000048");
        let names = [&record.legal_name, &record.trade_name, &record.acronym].map(|line| text(line.as_ref()));
        assert_eq!(names, ["LA POSTE", "LE SIEGE", "LP"]);
        assert_eq!(lines(&record), ["CASE POSTALE F206", "9 RUE DU COLONEL PIERRE AVIA", "75015", "PARIS 15"]);
        let cedex = record.address.cedex.as_ref().unwrap();
        assert_eq!((cedex.code.as_str(), text(cedex.town.as_ref())), ("75757", "PARIS CEDEX 15"));
        assert_eq!(record.address.department.as_ref().map(Department::as_str), Some("75"));
        assert_eq!((record.address.country, record.kind), (Some(Country::FRANCE), Some(EntityKind::Company)));
        let (vat, origin) = record.proposed_vat();
        let told = crate::identity::entity_record::VatOrigin::Told;
        assert_eq!((vat.as_str(), origin), ("FR39356000000", told), "the registry knows it");
        assert!(record.is_open() && record.disclosure == Disclosure::Full);
        assert_eq!((record.source, record.fetched_at), (Registry::Dinum, NOW));
    }
}

#[test]
fn another_establishment_has_its_street_before_the_town() {
    let record = told(&post(), &siret("35600000009075")).unwrap();
    assert_eq!(lines(&record), ["", "BP 12 75 RUE NATIONALE", "59000", "LILLE"]);
    assert_eq!((text(record.trade_name.as_ref()), text(record.address.commune.as_ref())), ("POSTE DE LILLE", "59350"));
}

#[test]
fn the_end_of_a_line_is_cut_off_where_the_town_begins() {
    for (line, code, town, street) in [
        ("75 RUE NATIONALE 59000 LILLE", "59000", "LILLE", "75 RUE NATIONALE"),
        ("59000 RUE NATIONALE 59000 LILLE", "59000", "LILLE", "59000 RUE NATIONALE"),
        ("ZONE INDUSTRIELLE 59427 ARMENTIERES CEDEX", "59427", "ARMENTIERES", "ZONE INDUSTRIELLE"),
        ("LE BOURG SAINT-ETIENNE", "", "SAINT-ETIENNE", "LE BOURG"),
        ("59000 LILLE", "59000", "LILLE", ""),
        ("LILLE", "59000", "LILLE", ""),
        ("", "59000", "LILLE", ""),
        ("RUE DE LA GARE", "59000", "LILLE", "RUE DE LA GARE"),
    ] {
        assert_eq!(street_of(&Told::of(line), &Told::of(code), &Told::of(town)), street, "{line}");
    }
}

#[test]
fn a_sole_trader_is_called_by_name_alone() {
    for (whole, raison, name) in [
        ("MARIE DURAND (AU FIL DU NORD)", Value::Null, "MARIE DURAND"),
        ("MARIE DURAND", Value::Null, "MARIE DURAND"),
        ("LA POSTE (LP)", json!("LA POSTE"), "LA POSTE"),
        ("(SANS NOM)", Value::Null, "(SANS NOM)"),
    ] {
        let document = with(&[("nom_complet", json!(whole)), ("nom_raison_sociale", raison)]);
        assert_eq!(text(told(&document, &siren()).unwrap().legal_name.as_ref()), name, "{whole}");
    }
}

#[test]
fn the_law_says_the_kind_and_the_lists_where_it_is_silent() {
    let kind = |category: Value, association: bool, administration: bool| {
        let document = with(&[
            ("nature_juridique", category),
            ("complements/est_association", json!(association)),
            ("complements/est_administration", json!(administration)),
        ]);
        told(&document, &siren()).unwrap().kind
    };
    assert_eq!(kind(json!("9220"), false, true), Some(EntityKind::Association));
    assert_eq!(kind(json!(7344), false, false), Some(EntityKind::Administration), "a number is a text");
    assert_eq!(kind(Value::Null, true, true), Some(EntityKind::Association));
    assert_eq!(kind(Value::Null, false, true), Some(EntityKind::Administration));
    assert_eq!(kind(Value::Null, false, false), None);
}

#[test]
fn masks_are_absent_and_closed_is_closed() {
    let masked = with(&[
        ("statut_diffusion", json!("P")),
        ("nom_complet", json!("[NON-DIFFUSIBLE] [NON-DIFFUSIBLE]")),
        ("nom_raison_sociale", Value::Null),
        ("sigle", json!("[NON-DIFFUSIBLE]")),
        ("matching_etablissements/0/adresse", json!("[NON-DIFFUSIBLE] 59000 LILLE")),
        ("matching_etablissements/0/nom_commercial", json!("[NON-DIFFUSIBLE]")),
        ("tva", json!(["[NON-DIFFUSIBLE]", "FR00000000000"])),
    ]);
    let record = told(&masked, &siret("35600000009075")).unwrap();
    assert_eq!(record.disclosure, Disclosure::Partial);
    assert_eq!(lines(&record), ["", "", "59000", "LILLE"]);
    assert!(record.legal_name.is_none() && record.trade_name.is_none() && record.vat_numbers.is_empty());
    assert!(!format!("{record:?}").contains("DIFFUSIBLE"));
    for (unit, place, open) in [
        ("A", "F", Ok(false)),
        ("C", "A", Ok(false)),
        ("A", "A", Ok(true)),
        ("?", "A", Err(Trouble::Malformed)),
        ("A", "", Err(Trouble::Malformed)),
    ] {
        let document = with(&[("etat_administratif", json!(unit)), ("siege/etat_administratif", json!(place))]);
        assert_eq!(told(&document, &siren()).map(|record| record.is_open()), open, "{unit} {place}");
    }
    let hidden = with(&[("siege/statut_diffusion_etablissement", json!("P"))]);
    assert_eq!(told(&hidden, &siren()).unwrap().disclosure, Disclosure::Partial);
}

#[test]
fn an_empty_answer_is_no_such_number_and_another_s_is_no_answer() {
    for (document, number, trouble) in [
        (json!({ "results": [], "total_results": 0 }), siren(), Trouble::NotFound),
        (post(), siret("73282932000074"), Trouble::Malformed),
        (post(), siret("35600000049837"), Trouble::Malformed),
        (with(&[("siege", Value::Null), ("matching_etablissements", json!([]))]), siren(), Trouble::Malformed),
        (json!({ "erreur": "Veuillez indiquer au moins un paramètre" }), siren(), Trouble::Malformed),
        (json!("results"), siren(), Trouble::Malformed),
    ] {
        assert_eq!(told(&document, &number), Err(trouble), "{document}");
    }
    for (status, trouble) in [
        (400, Trouble::Malformed),
        (404, Trouble::Misconfigured),
        (302, Trouble::Misconfigured),
        (500, Trouble::Unavailable),
        (504, Trouble::Unavailable),
    ] {
        let answer = answer(status, &json!({ "erreur": "une erreur" }));
        assert_eq!(read(&answer, &siren(), NOW), Err(trouble), "{status}");
    }
}
