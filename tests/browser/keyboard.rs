//! Pages by keyboard alone, without scripts: the order of the stops, the skip link, where the focus is after an error.

use super::visit::{EMAIL, FRENCH, Visit};

#[tokio::test(flavor = "multi_thread")]
async fn a_registration_by_keyboard_alone() {
    let Some(visit) = Visit::begin(&FRENCH, false).await else { return };
    let page = &visit.page;
    visit.portal("/register").await;
    page.shows(FRENCH.register).await;
    let stops = [
        "Aller au contenu",
        "Voir les e-mails envoyés",
        "English",
        "firstName",
        "lastName",
        "email",
        "S’enregistrer",
        "Retour à la connexion",
        "Revenir à Portail de commande",
        "Aide",
        "Contacter l’assistance",
        "Accessibilité : partiellement conforme",
        "Conditions d’utilisation",
        "Données personnelles",
    ];
    for stop in stops {
        page.tab().await;
        assert_eq!(page.focused().await, stop);
    }

    page.reload().await;
    page.tab().await;
    page.types("\n").await;
    page.tab().await;
    assert_eq!(page.focused().await, "firstName", "the skip link leads past the header");
    page.types("Marie\tDurand\n").await;

    // The summary has the focus; its first link leads to the first field that lacks something.
    page.says("Il y a un problème").await;
    assert!(page.focused().await.starts_with("Il y a un problème"), "{}", page.focused().await);
    assert_eq!(page.value_of("lastName").await, "Durand");
    page.tab().await;
    assert_eq!(page.focused().await, "Entrez votre courriel");
    page.types("\n").await;
    assert_eq!(page.focused().await, "email");
    page.types(EMAIL).await;
    page.types("\n").await;
    page.shows(FRENCH.verify).await;
    visit.page.close().await;
}
