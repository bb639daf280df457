//! What the plans ask of the `claims` parameter (OpenID Connect Core §5.5).

use serde_json::{Map, Value, json};

use super::stage::{Stage, Variant};
use crate::oauth::conformance::test_user;
use crate::oauth::document;
use crate::support::client_app::{claims, issuer};

pub(crate) async fn test_claims_parameter_identity_claims(stage: &mut Stage<'_>) {
    let mut browser = stage.signed_in().await;
    test_user::has_every_claim(stage.world).await;
    for variant in Variant::ALL {
        let bank = stage.first(variant).await;
        let said = document(&bank.app, &format!("{}/.well-known/openid-configuration", issuer())).await.json();
        assert_eq!(said["claims_parameter_supported"], true);
        let supported = said["claims_supported"].as_array().unwrap().iter().map(|name| name.as_str().unwrap());
        let supported: Vec<_> = supported.collect();
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
