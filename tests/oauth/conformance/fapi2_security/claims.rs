//! What the plans ask of the `claims` parameter (OpenID Connect Core §5.5).

use serde_json::{Map, Value, json};

use super::stage::{Stage, Variant};
use crate::oauth::document;
use crate::support::client_app::{claims, issuer};
use crate::support::people::MARIE;
use crate::support::world::REALM;

/// What an operator says of Marie, so that she has every claim.
const SAID: [(&str, &str); 15] = [
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
    ("address.street_address", "1 rue des Lilas"),
    ("address.postal_code", "59000"),
    ("address.locality", "Lille"),
    ("address.region", "Nord"),
    ("address.country", "France"),
];

pub(crate) async fn test_claims_parameter_identity_claims(stage: &mut Stage<'_>) {
    let mut browser = stage.signed_in().await;
    let (realm, attributes) = (REALM.parse().unwrap(), SAID.map(|(name, value)| (name.to_owned(), value.to_owned())));
    let house = &stage.world.node.house;
    let marie = house.user(&realm, MARIE.email).await.unwrap().unwrap();
    house.set_claims(&realm, &marie, &attributes).await.unwrap();
    for variant in Variant::ALL {
        let bank = stage.first(variant).await;
        let said = document(&bank.app, &format!("{}/.well-known/openid-configuration", issuer())).await.json();
        assert_eq!(said["claims_parameter_supported"], true);
        let supported = said["claims_supported"].as_array().unwrap().iter().map(|name| name.as_str().unwrap());
        // The realm has no terms of use to accept: there is nothing to tell of them.
        let supported: Vec<_> = supported.filter(|name| *name != "terms").collect();
        let every: Map<_, _> = supported.iter().map(|name| ((*name).to_owned(), Value::Null)).collect();
        let mut every = Value::Object(every);
        every["unheard_of"] = json!({"essential": true});
        for place in ["userinfo", "id_token"] {
            let asked = bank.asks().with("scope", "openid").with("claims", &json!({ place: every }).to_string());
            let given = bank.happy(&mut browser, &asked).await;
            let (token, told) = (claims(&given.id_token), bank.userinfo(&given.access_token).await.json());
            for name in &supported {
                assert!(token.get(name).is_some() || told.get(name).is_some(), "{name} in {place}");
            }
            // In the place that was named, and in no other.
            for name in ["email", "birthdate", "address", "phone_number"] {
                let found = (token.get(name).is_some(), told.get(name).is_some());
                assert_eq!(found, (place == "id_token", place == "userinfo"), "{name} in {place}");
            }
            assert!(token.get("unheard_of").is_none() && told.get("unheard_of").is_none());
        }
    }
}
