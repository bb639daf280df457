//! What the authority decides: `declared → verified → revoked`, told to the member, written into the trail.

use http::Method;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use serde_json::{Value, json};

use super::{ALL, api, asks, member, office, problem, role, token, with_marie};
use crate::oauth::with_client;
use crate::support::organisations::{EXAMPLE, TOWN};
use crate::support::people::{MARIE, PAUL};
use crate::support::world::{REALM, World, on_each_database};

const VERIFIED: &str = r#"{"state":"verified"}"#;
const REVOKED: &str = r#"{"state":"revoked"}"#;

/// What the trail says of the last judgement.
async fn trail(world: &World, kind: &str) -> Vec<Value> {
    let rows = world.database.texts(&format!("SELECT content FROM events WHERE name = '{kind}' ORDER BY id")).await;
    rows.iter().map(|row| serde_json::from_str(row).unwrap()).collect()
}

#[tokio::test]
async fn sr_184_sr_194_a_role_goes_its_way_and_everybody_whom_it_concerns_learns_of_it() {
    on_each_database(async |world| {
        let marie = with_marie(world).await;
        let client = office(world, "office", ALL).await;
        let portal = with_client(world, "orders", &[("scope", "\"openid org_roles\"")]).await;
        let mut browser = world.browser();
        MARIE.signs_in(world, &mut browser).await;
        let asked = portal.asks().with("scope", "openid org_roles");
        browser.opens(&asked.url()).await;
        let given = portal.redeems(&asked, browser.left_for()).await;
        let told = async || portal.userinfo(&given.access_token).await.json();
        assert_eq!(told().await["org_roles_verified"], json!([]));
        let before = world.mails_to(MARIE.email).await.len();

        let token = token(&client).await;
        let path = role(&EXAMPLE, &marie, "certification_agent");
        let said = asks(&client, &token, &Method::PUT, &path, VERIFIED).await;
        assert_eq!((said.status.as_u16(), &said.json()["state"]), (200, &json!("verified")), "{}", said.body);
        assert_eq!(told().await["org_roles_verified"], json!(["certification_agent"]));
        // Once more: nothing happens again.
        assert_eq!(asks(&client, &token, &Method::PUT, &path, VERIFIED).await.status, 200);
        let mails = world.mails_to(MARIE.email).await;
        assert_eq!(mails.len(), before + 1);
        let mail = mails.last().unwrap();
        assert_eq!(mail.subject, "L’assistance a modifié votre compte Certinomis");
        assert!(mail.text.contains("mandataire de certification de EXEMPLE SAS a été vérifié"), "{}", mail.text);
        let events = trail(world, "role.verified").await;
        assert_eq!(events.len(), 1, "{events:?}");
        assert_eq!((&events[0]["client"], &events[0]["user"]), (&json!("office"), &json!(marie)));
        assert_eq!(events[0]["reason"], format!("certification_agent {}", EXAMPLE.id));

        assert_eq!(asks(&client, &token, &Method::PUT, &path, REVOKED).await.status, 200);
        let said = told().await;
        assert_eq!((&said["org_roles"], &said["org_roles_verified"]), (&json!(["administrator"]), &json!([])));
        let mail = world.mail_to(MARIE.email).await;
        assert!(mail.text.contains("vous a été retiré"), "{}", mail.text);
        assert_eq!(trail(world, "role.revoked").await.len(), 1);
        // One way: it has to be declared anew.
        let again = asks(&client, &token, &Method::PUT, &path, VERIFIED).await;
        assert_eq!(problem(&again), (409, "role-revoked".to_owned()));
        let by = "SELECT changed_by FROM organisation_roles WHERE role = 'certification_agent'";
        assert_eq!(world.database.texts(by).await, ["client:office"]);
    })
    .await;
}

#[tokio::test]
async fn sr_191_an_organisation_keeps_its_last_administrator() {
    on_each_database(async |world| {
        let marie = with_marie(world).await;
        let client = office(world, "office", ALL).await;
        let token = token(&client).await;
        let path = role(&EXAMPLE, &marie, "administrator");
        let refused = asks(&client, &token, &Method::PUT, &path, REVOKED).await;
        assert_eq!(problem(&refused), (409, "last-administrator".to_owned()));
        assert_eq!(asks(&client, &token, &Method::PUT, &path, VERIFIED).await.status, 200);
        assert_eq!(problem(&asks(&client, &token, &Method::PUT, &path, REVOKED).await).0, 409, "verified or not");
        let paul = member(world, &PAUL, &["administrator=declared"]).await;
        // Of two who are revoked at the same instant one stays.
        let paths = [path, role(&EXAMPLE, &paul, "administrator")];
        let [one, other] = [&paths[0], &paths[1]].map(|path| asks(&client, &token, &Method::PUT, path, REVOKED));
        let (one, other) = tokio::join!(one, other);
        let mut statuses = [one.status.as_u16(), other.status.as_u16()];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 409]);
        assert_eq!(trail(world, "role.revoked").await.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn sr_189_a_verdict_is_one_member_and_nothing_beside_it() {
    on_each_database(async |world| {
        let marie = with_marie(world).await;
        let client = office(world, "office", ALL).await;
        let token = token(&client).await;
        let path = role(&EXAMPLE, &marie, "certification_agent");
        let long = format!(r#"{{"state":"verified","x":"{}"}}"#, "x".repeat(2000));
        for body in [
            "",
            "null",
            "[]",
            r#""verified""#,
            "{}",
            r#"{"state":"declared"}"#,
            r#"{"state":"Verified"}"#,
            r#"{"state":["verified"]}"#,
            r#"{"state":{"is":"verified"}}"#,
            r#"{"state":"verified","state":"revoked"}"#,
            r#"{"state":"verified","role":"administrator"}"#,
            r#"{"state":"verified"} {}"#,
            &long,
        ] {
            let answer = asks(&client, &token, &Method::PUT, &path, body).await;
            assert_eq!(problem(&answer), (400, "malformed-body".to_owned()), "{body}");
        }
        let bearer = format!("Bearer {token}");
        for kind in ["text/plain", "application/x-www-form-urlencoded"] {
            let headers = [(AUTHORIZATION, bearer.as_str()), (CONTENT_TYPE, kind)];
            let answer = client.sends(&Method::PUT, &format!("{}{path}", api()), &headers, VERIFIED.to_owned()).await;
            assert_eq!(problem(&answer), (400, "malformed-body".to_owned()), "{kind}");
        }
        assert!(trail(world, "role.verified").await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn sr_184_the_authority_judges_what_was_declared_and_declares_nothing() {
    on_each_database(async |world| {
        let marie = with_marie(world).await;
        world.has_organisation_in(REALM, &TOWN).await;
        world.has(&PAUL).await;
        let paul = super::user(world, &PAUL).await;
        let client = office(world, "office", ALL).await;
        let token = token(&client).await;
        for path in [
            role(&EXAMPLE, &marie, "legal_representative"),
            role(&EXAMPLE, &marie, "boss"),
            role(&EXAMPLE, &marie, "Administrator"),
            role(&TOWN, &marie, "administrator"),
            role(&EXAMPLE, &paul, "administrator"),
            role(&EXAMPLE, "me", "administrator"),
        ] {
            let answer = asks(&client, &token, &Method::PUT, &path, VERIFIED).await;
            assert_eq!(problem(&answer), (404, "not-found".to_owned()), "{path}");
        }
        assert_eq!(world.database.count("SELECT count(*) FROM organisation_roles").await, 2);
    })
    .await;
}
