//! The suite's test user: Marie, of whom every claim is known that an operator can give (OpenID Connect Core §5.1).

use serde_json::{Value, json};

use crate::support::people::MARIE;
use crate::support::world::{REALM, World};

/// Every claim that an operator can give, as it is written.
const SAID: [(&str, &str); 16] = [
    ("middle_name", "Anne"),
    ("nickname", "Mimi"),
    ("profile", "https://exemple.fr/marie"),
    ("picture", "https://exemple.fr/marie.jpg"),
    ("website", "https://exemple.fr/"),
    ("gender", "female"),
    ("birthdate", "1980-02-29"),
    ("zoneinfo", "Europe/Paris"),
    ("phone_number", "+33 6 12 34 56 78"),
    ("phone_number_verified", "true"),
    ("address.street_address", "1 rue des Lilas\nBâtiment B"),
    ("address.postal_code", "59000"),
    ("address.locality", "Lille"),
    ("address.region", "Nord"),
    ("address.country", "France"),
    ("address.formatted", ""),
];

/// Marie has an account, and everything is known of her.
pub(super) async fn has_every_claim(world: &World) {
    let realm = REALM.parse().unwrap();
    if world.node.house.user(&realm, MARIE.email).await.unwrap().is_none() {
        world.has(&MARIE).await;
    }
    let claims = SAID.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let marie = world.node.house.user(&realm, MARIE.email).await.unwrap().unwrap();
    world.node.house.set_claims(&realm, &marie, &claims).await.unwrap();
}

/// The claims of the scope `profile`, but `updated_at`, whose value is the time of a change.
pub(super) fn profile() -> Value {
    json!({
        "name": "Marie Durand", "given_name": MARIE.first_name, "family_name": MARIE.last_name,
        "middle_name": "Anne", "nickname": "Mimi", "preferred_username": MARIE.email,
        "profile": "https://exemple.fr/marie", "picture": "https://exemple.fr/marie.jpg", "website": "https://exemple.fr/",
        "gender": "female", "birthdate": "1980-02-29", "zoneinfo": "Europe/Paris", "locale": "fr",
    })
}

/// The claims of the scope `email`.
pub(super) fn email() -> Value {
    json!({"email": MARIE.email, "email_verified": true})
}

/// The claim of the scope `address`.
pub(super) fn address() -> Value {
    json!({"address": {
        "formatted": "1 rue des Lilas\nBâtiment B\n59000 Lille\nNord\nFrance",
        "street_address": "1 rue des Lilas\nBâtiment B", "postal_code": "59000", "locality": "Lille", "region": "Nord",
        "country": "France",
    }})
}

/// The claims of the scope `phone`.
pub(super) fn phone() -> Value {
    json!({"phone_number": "+33612345678", "phone_number_verified": true})
}
