//! What an ID token says of a person because the client asked for it by name (OpenID Connect Core §5.5).

use serde_json::{Map, Value};

use crate::app::houses::House;
use crate::oauth::facts::Facts;
use crate::protocol::claims;
use crate::protocol::client::Client;
use crate::protocol::grant::Grant;
use crate::protocol::scope::Scope;
use crate::store::{Access, StoreError, users};

/// The claims that the grant was given for, as far as the client's scopes still reach (SR-164); nothing is read where
/// none were asked.
pub(super) async fn told(
    access: &impl Access,
    house: &House,
    client: &Client,
    grant: &Grant,
) -> Result<Map<String, Value>, StoreError> {
    let asked = grant.claims().id_token().iter().map(String::as_str).filter(|name| claims::fits_id_token(name));
    let by_name = claims::within(asked, &client.scopes);
    if by_name.is_empty() {
        return Ok(Map::new());
    }
    let Some(user) = users::by_id(access, grant.authentication().user).await? else { return Ok(Map::new()) };
    let facts = Facts::read(access, house, grant, (&Scope::default(), &by_name)).await?;
    Ok(claims::named(&by_name, &grant.subject(), facts.known(&user)))
}
