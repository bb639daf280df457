//! DOMAIN.md §9.3: the older procedure asks first whether there is a SIRET. The demonstration’s realm asks the newer
//! question; an operator changes one line, as here.

use std::fs;

use guichet::realm::preset::Preset;

use super::words::{ENGLISH, FRENCH, Words};
use crate::nodes::node::Node;
use crate::nodes::site::Site;
use crate::support::chromium::{Page, Settings};

/// The realm `certigna` with the question of the older procedure, behind the site's own portal.
async fn older_procedure() -> (Site, Node) {
    let site = Site::on_sqlite().await;
    let realm = Preset::Certigna.bundle("certinomis").files.remove("realm.toml").unwrap();
    let older = realm
        .replace("first_question = \"where-registered\"", "first_question = \"has-siret\"")
        .replace("rsa_bits = 3072", "rsa_bits = 2048");
    assert_ne!(older, realm);
    fs::write(site.path("realms/certinomis/realm.toml"), older).unwrap();
    let node = Node::start(&site).await;
    (site, node)
}

/// *OUI*: a SIRET and the button that fills the form in. *NON*: everything by hand.
async fn both_answers(site: &Site, page: &Page, words: &Words) {
    let entity = &words.entity;
    page.goto(&format!("{}?lang={}", site.registration(), words.tag)).await;
    page.shows(entity.title).await;
    assert_eq!(page.language().await, words.tag);
    assert_eq!(page.asked().await, [entity.has_siret]);
    assert_eq!(page.choices(entity.has_siret).await, entity.yes_no);
    page.sends(entity.next).await;
    assert_eq!(page.refused().await, [entity.problem, entity.siret_unanswered]);
    page.answers(entity.has_siret, entity.yes_no[0]).await;
    page.sends(entity.next).await;
    page.says(entity.siret_help).await;
    assert_eq!(page.asked().await, [&[entity.has_siret, entity.siret], &entity.french_fields[..]].concat());
    page.fill_named("organisation-number", "00000103200010").await;
    page.sends(words.register.look_up).await;
    page.says(words.register.found[0]).await;
    assert_eq!(page.value_of("organisation").await, "LES AMIS DU CARILLON");
    page.says(entity.association_name).await;
    page.sends(words.register.not_mine).await;

    page.answers(entity.has_siret, entity.yes_no[1]).await;
    page.sends(entity.next).await;
    page.says(entity.registered_in).await;
    page.answers(entity.registered_in, entity.places[0]).await;
    page.sends(entity.next).await;
    page.says(entity.rna).await;
    assert!(!page.reads().await.contains(words.register.look_up), "all by hand");
    page.fill_named("organisation-number", "W751234567").await;
    page.answers(entity.french_fields[0], entity.kinds[2]).await;
    for (field, typed) in [
        ("organisation", "Les amis"),
        ("organisation-phone", "03 20 20 20 20"),
        ("street-address", "24, place de la Liberté"),
        ("postal-code", "59100"),
        ("town", "Roubaix"),
    ] {
        page.fill_named(field, typed).await;
    }
    page.picks("department", "59 ").await;
    page.sends(entity.next).await;
    page.shows(words.administrator.title).await;
    assert_eq!(page.asked().await, words.administrator.fields);
}

#[tokio::test(flavor = "multi_thread")]
async fn certigna_asks_whether_there_is_a_siret_without_scripts() {
    let Some(page) = Page::open(Settings { scripts: false, ..Settings::default() }).await else { return };
    let (site, _node) = older_procedure().await;
    for words in [&FRENCH, &ENGLISH] {
        both_answers(&site, &page, words).await;
    }
    page.close().await;
}
