//! The authority's door (docs/how-to/verify-roles.md): who comes in, what they read, what they decide.

mod lists;
mod rights;
mod roles;

use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderName, Method};
use serde_json::Value;

use crate::oauth::with_client;
use crate::support::client_app::ClientApp;
use crate::support::http::Answer;
use crate::support::organisations::{EXAMPLE, Entity};
use crate::support::people::{MARIE, Person};
use crate::support::world::{PUBLIC, REALM, World};

/// All rights.
pub(crate) const ALL: &str = "organizations:read roles:verify";

/// Where the realm is administered.
fn api() -> String {
    format!("{PUBLIC}/admin/realms/{REALM}")
}

/// The realm has organisations, and its administration is a resource that clients may register.
pub(crate) async fn opens(world: &mut World) {
    world.knows_organisations().await;
    let resource = format!(
        "[[resources]]\nuri = \"{}\"\nscopes = [\"organizations:read\", \"roles:verify\"]\n\n[client_registration]\n",
        api()
    );
    world.rewrites_realm(&[("[client_registration]\n", &resource)]).await;
}

/// A client that has these rights.
pub(crate) async fn office(world: &mut World, id: &str, scope: &str) -> ClientApp {
    let (scope, resources) = (format!("\"{scope}\""), format!("[\"{}\"]", api()));
    let grants = "[\"client_credentials\"]";
    let lines =
        [("scope", scope.as_str()), ("resources", &resources), ("grant_types", grants), ("redirect_uris", "[]")];
    with_client(world, id, &lines).await
}

/// A token by which it speaks for itself.
pub(crate) async fn token(client: &ClientApp) -> String {
    let answer = client.token(&[("grant_type", "client_credentials")]).await;
    answer.json()["access_token"].as_str().unwrap_or_else(|| panic!("{}", answer.body)).to_owned()
}

/// What the API answers to that token.
pub(crate) async fn asks(client: &ClientApp, token: &str, method: &Method, path: &str, body: &str) -> Answer {
    let bearer = format!("Bearer {token}");
    let headers: [(HeaderName, &str); 2] = [(AUTHORIZATION, &bearer), (CONTENT_TYPE, "application/json")];
    client.sends(method, &format!("{}{path}", api()), &headers, body.to_owned()).await
}

async fn reads(client: &ClientApp, token: &str, path: &str) -> Value {
    let answer = asks(client, token, &Method::GET, path, "").await;
    assert_eq!(answer.status, 200, "{path}: {}", answer.body);
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    answer.json()
}

/// The name of a problem (RFC 9457).
fn problem(answer: &Answer) -> (u16, String) {
    assert_eq!(answer.header("content-type"), Some("application/problem+json"), "{}", answer.body);
    let told = answer.json();
    assert_eq!(told["status"], answer.status.as_u16());
    let name = told["type"].as_str().unwrap().strip_prefix("urn:guichet:problem:").unwrap().to_owned();
    (answer.status.as_u16(), name)
}

/// That person is a member of Exemple, with these roles; their identifier.
async fn member(world: &World, person: &Person, roles: &[&str]) -> String {
    world.has(person).await;
    world.enrols(person, &EXAMPLE, roles).await;
    user(world, person).await
}

async fn user(world: &World, person: &Person) -> String {
    crate::support::client_app::claims(&person.signs_in(world, &mut world.browser()).await.id_token)["sub"]
        .as_str()
        .unwrap()
        .to_owned()
}

/// The path of a role of theirs.
pub(crate) fn role(company: &Entity, user: &str, role: &str) -> String {
    format!("/organizations/{}/members/{user}/roles/{role}", company.id)
}

/// A world in which Marie administers Exemple; her identifier.
async fn with_marie(world: &mut World) -> String {
    opens(world).await;
    world.has_organisation_in(REALM, &EXAMPLE).await;
    member(world, &MARIE, &["administrator=declared", "certification_agent=declared"]).await
}
