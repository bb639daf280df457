//! French numbers: what INSEE and API Recherche d’entreprises are asked, and in which order.

use guichet::identity::organisation::Registry;
use guichet::registries::{Looked, RegistrySettings, Trouble};
use serde_json::json;

use super::{
    KEY, NOW, STREET, Town, addresses, asks, found, insee_refuses, of_dinum, of_insee, registries, siren, siret,
};
use crate::support::peer::Reply;

/// The head of a request, header names in lower case.
fn head(request: &str) -> Vec<String> {
    let mut lines = request.lines();
    let first = lines.next().unwrap().to_owned();
    let headers = lines.take_while(|line| !line.is_empty()).map(str::to_lowercase);
    std::iter::once(first).chain(headers).collect()
}

#[tokio::test]
async fn insee_is_asked_first_with_the_key_of_the_settings() {
    let town = Town::new().await;
    town.insee.says(Reply::json(200, &of_insee()));
    assert_eq!(found(&town.looks().await), Some((Registry::Insee, STREET)));
    let asked = head(&town.insee.heard()[0]);
    assert_eq!(asked[0], "GET /api-sirene/3.11/siret/73282932000074 HTTP/1.1");
    let agent = format!("user-agent: guichet/{} (+https://id.example.org/)", env!("CARGO_PKG_VERSION"));
    for header in [&format!("x-insee-api-key-integration: {KEY}"), "accept: application/json", &agent] {
        assert!(asked.iter().any(|line| line == header), "{header}: {asked:?}");
    }
    assert_eq!((town.insee.met(), town.dinum.met()), (1, 0), "whoever knows is enough");
}

#[tokio::test]
async fn a_legal_unit_is_asked_for_by_its_head_office() {
    let town = Town::new().await;
    let list = json!({ "header": { "statut": 200 }, "etablissements": [of_insee()["etablissement"]] });
    town.insee.says(Reply::json(200, &list));
    let told = town.registries.look_up(&asks(&[Registry::Insee]), &siren("732829320"), NOW).await;
    assert_eq!(found(&told), Some((Registry::Insee, STREET)));
    let asked = "GET /api-sirene/3.11/siret?q=siren%3A732829320+AND+etablissementSiege%3Atrue&nombre=1 HTTP/1.1";
    assert_eq!(head(&town.insee.heard()[0])[0], asked);
}

#[tokio::test]
async fn the_other_registry_is_asked_without_a_key_and_for_no_more_than_we_show() {
    let town = Town::new().await;
    town.dinum.says(Reply::json(200, &of_dinum()));
    let told = town.looks_up(&asks(&[Registry::Dinum, Registry::Insee]), NOW).await;
    assert_eq!(found(&told), Some((Registry::Dinum, STREET)));
    let asked = head(&town.dinum.heard()[0]);
    let query = "q=73282932000074&page=1&per_page=1&minimal=true\
                 &include=siege%2Ccomplements%2Cmatching_etablissements%2Ctva";
    assert_eq!(asked[0], format!("GET /search?{query} HTTP/1.1"));
    assert!(!town.dinum.heard()[0].contains(KEY), "the key is INSEE's business");
    assert_eq!(town.insee.met(), 0, "the realm's order counts");
}

#[tokio::test]
async fn without_a_key_insee_is_passed_over() {
    let town = Town::new().await;
    town.dinum.says(Reply::json(200, &of_dinum()));
    let settings =
        RegistrySettings::Public(Box::new(guichet::registries::PublicRegistries { insee: None, ..addresses() }));
    let without = registries(&town.outside, settings);
    let told = without.look_up(&asks(&[Registry::Insee, Registry::Dinum]), &siret(super::SIRET), NOW).await;
    assert_eq!(found(&told), Some((Registry::Dinum, STREET)));
    let alone = without.look_up(&asks(&[Registry::Insee]), &siret(super::SIRET), NOW).await;
    assert_eq!((alone, town.insee.met()), (Looked::NotAsked, 0));
}

#[tokio::test]
async fn the_next_is_asked_when_one_could_not_tell_and_only_then() {
    let gateway = || Reply::json(404, &json!({ "message": "No context-path matches the request URI." }));
    for (reply, told, others) in [
        (insee_refuses(404), Looked::NotFound, 0),
        (insee_refuses(301), Looked::Closed(None), 0),
        // Nobody fetches around an objection.
        (insee_refuses(403), Looked::Partial(None), 0),
        (insee_refuses(500), Looked::NotFound, 1),
        (insee_refuses(429), Looked::NotFound, 1),
        (insee_refuses(400), Looked::NotFound, 1),
        (Reply::status(401), Looked::NotFound, 1),
        (gateway(), Looked::NotFound, 1),
    ] {
        let town = Town::new().await;
        town.insee.says(reply);
        town.dinum.says(Reply::json(200, &json!({ "results": [], "total_results": 0 })));
        assert_eq!((town.looks().await, town.dinum.met()), (told, others));
    }
}

#[tokio::test]
async fn when_nobody_can_tell_the_person_types_and_nothing_is_said_of_the_number() {
    let town = Town::new().await;
    town.insee.says(insee_refuses(503));
    town.dinum.says(Reply::status(429).with("Retry-After", "7").with("Content-Length", "0"));
    let told = town.looks().await;
    assert_eq!(told, Looked::Unchecked(Trouble::RateLimited(guichet::clock::Duration::from_secs(7))));
    assert!(!told.speaks_about_the_number() && told.record().is_none());
    let told = town.looks_up(&asks(&[]), NOW).await;
    assert_eq!(told, Looked::NotAsked, "a realm may ask nobody");
}

#[tokio::test]
async fn closed_and_hidden_establishments_come_with_what_may_be_shown() {
    let town = Town::new().await;
    let mut closed = of_insee();
    closed["etablissement"]["periodesEtablissement"][0]["etatAdministratifEtablissement"] = json!("F");
    town.insee.says(Reply::json(200, &closed));
    let told = town.looks().await;
    assert!(matches!(told, Looked::Closed(Some(_))) && told.speaks_about_the_number());
    assert_eq!(
        told.record().unwrap().siret.as_str(),
        super::SIRET,
        "a warning, and the form is filled in all the same"
    );

    let town = Town::new().await;
    let mut hidden = of_insee();
    hidden["etablissement"]["statutDiffusionEtablissement"] = json!("P");
    hidden["etablissement"]["uniteLegale"]["denominationUniteLegale"] = json!("[ND]");
    town.insee.says(Reply::json(200, &hidden));
    let told = town.looks().await;
    assert!(matches!(told, Looked::Partial(Some(_))) && !told.speaks_about_the_number());
    assert_eq!((&told.record().unwrap().legal_name, town.dinum.met()), (&None, 0));
}
