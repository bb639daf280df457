//! `claims`: single claims for userinfo and for the ID token, asked for by name (OpenID Connect Core §5.5).
//!
//! Bounded in length with all parameters, and in depth here. Claims that we do not have are no error ("Any Claims … not
//! understood MUST be ignored"), and essential ones that somebody lacks are left out all the same (§5.5.1). A client is
//! told by name what its registered scopes would tell it, and no more (SR-164).

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use serde_json::Value;

use super::client_id::KnownClient;
use crate::protocol::claims::{self, RequestedClaims};
use crate::protocol::error::Error;
use crate::protocol::parameters::Parameters;
use crate::protocol::subject::Subject;

/// How deep it may lie: the request, its target, the claim, `values`, and an address among them.
const DEEPEST: usize = 5;

/// What a request says about claims.
#[derive(Debug, Default)]
pub(super) struct Asked {
    /// What is to be told.
    pub(super) told: RequestedClaims,
    /// Who alone may answer, when it says so (§5.5.1: `sub` with a value).
    pub(super) subjects: BTreeSet<Subject>,
    /// What it says of the level.
    pub(super) acr: Option<Wish>,
}

/// A claim that should have one of these values.
#[derive(Debug, Default)]
pub(super) struct Wish {
    /// Whether nothing else will do.
    pub(super) essential: bool,
    /// The values, in order of preference.
    pub(super) values: Vec<String>,
}

#[derive(Default, Deserialize)]
struct Written {
    #[serde(default)]
    userinfo: Option<Members>,
    #[serde(default)]
    id_token: Option<Members>,
}

/// `null` asks for a claim as well as an object does (§5.5.1).
type Members = BTreeMap<String, Option<Demand>>;

#[derive(Deserialize)]
struct Demand {
    #[serde(default)]
    essential: bool,
    #[serde(default)]
    value: Option<Value>,
    #[serde(default)]
    values: Vec<Value>,
}

pub(super) fn check(parameters: &Parameters, client: KnownClient<'_>) -> Result<Asked, Error> {
    let Some(text) = parameters.single("claims")? else { return Ok(Asked::default()) };
    let malformed = Error::invalid_request("claims is not the JSON object that it should be");
    let value: Value = serde_json::from_str(text).map_err(|_| malformed)?;
    if !is_shaped(&value) {
        return Err(malformed);
    }
    if depth(&value) > DEEPEST {
        return Err(Error::invalid_request("claims is too deep"));
    }
    let written: Written = serde_json::from_value(value).map_err(|_| malformed)?;
    let (userinfo, id_token) = (written.userinfo.unwrap_or_default(), written.id_token.unwrap_or_default());
    let told = |members: &Members| claims::within(members.keys().map(String::as_str), &client.scopes);
    let mut subjects = BTreeSet::new();
    for wish in [&userinfo, &id_token].into_iter().filter_map(|members| wish(members, "sub")) {
        // A value that is no text is nobody's name.
        subjects.extend(wish.map_err(|()| malformed)?.values.into_iter().map(Subject::named));
    }
    Ok(Asked {
        told: RequestedClaims::new(told(&userinfo), told(&id_token)),
        subjects,
        acr: wish(&id_token, "acr").transpose().map_err(|()| malformed)?,
    })
}

/// Whether it is an object of objects of objects: what reads it would take a list for one as well.
fn is_shaped(claims: &Value) -> bool {
    let (none, is_demand) = (Value::Null, |claim: &Value| claim.is_null() || claim.is_object());
    let is_target = |target: &Value| match target {
        Value::Object(members) => members.values().all(is_demand),
        other => other.is_null(),
    };
    claims.is_object() && ["userinfo", "id_token"].iter().all(|name| is_target(claims.get(name).unwrap_or(&none)))
}

/// What is wished of that claim; an error when a value is no text.
fn wish(members: &Members, name: &str) -> Option<Result<Wish, ()>> {
    let demand = members.get(name)?.as_ref()?;
    let values = demand.value.iter().chain(&demand.values).map(|value| value.as_str().map(str::to_owned).ok_or(()));
    Some(values.collect::<Result<_, _>>().map(|values| Wish { essential: demand.essential, values }))
}

fn depth(value: &Value) -> usize {
    match value {
        Value::Object(members) => 1 + members.values().map(depth).max().unwrap_or(0),
        Value::Array(items) => 1 + items.iter().map(depth).max().unwrap_or(0),
        _ => 0,
    }
}
