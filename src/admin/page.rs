//! Lists in pages: 1 to 200 at a time, and a mark from where the next one begins (SR-189, SR-190).
//!
//! The mark is sealed for its realm and its list: nobody makes one, and it says nothing.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;
use uuid::Uuid;

use super::problem::Problem;
use crate::app::call::Call;
use crate::keys::sealing::Place;
use crate::protocol::parameters::Parameters;
use crate::secret::Secret;

/// How many are told where nothing was said.
const USUAL: u64 = 50;
/// The most.
const MOST: u64 = 200;

/// Which part of a list is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Asked {
    /// How many.
    pub(super) most: u64,
    /// Those behind that one.
    pub(super) after: Option<Uuid>,
}

/// One page of a list.
#[derive(Debug, Serialize)]
pub(super) struct Page<T> {
    items: Vec<T>,
    /// What to ask `after` next; absent at the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

/// The query, which has these members at most, each once.
pub(super) fn query(call: &Call, known: &[&str]) -> Result<Parameters, Problem> {
    let parameters = Parameters::parse(call.query.as_bytes()).map_err(|_| Problem::Query)?;
    parameters.none_repeated().map_err(|_| Problem::Query)?;
    let fits = parameters.names().all(|name| known.contains(&name));
    if fits { Ok(parameters) } else { Err(Problem::Query) }
}

impl Asked {
    /// Reads `max` and `after` of a list.
    pub(super) fn read(call: &Call, query: &Parameters, list: &str) -> Result<Self, Problem> {
        let said = |name| query.single(name).map_err(|_| Problem::Query);
        let most = match said("max")? {
            None => USUAL,
            Some(max) => max.parse().ok().filter(|max| (1..=MOST).contains(max)).ok_or(Problem::Query)?,
        };
        let after = said("after")?.map(|mark| open(call, list, mark).ok_or(Problem::Query)).transpose()?;
        Ok(Self { most, after })
    }
}

impl<T> Page<T> {
    /// A page of those that were found, one more than asked where there are more; `id` names each.
    pub(super) fn new<R>(
        call: &Call,
        (asked, list): (Asked, &str),
        mut found: Vec<R>,
        id: impl Fn(&R) -> Uuid,
        told: impl Fn(R) -> T,
    ) -> Result<Self, Problem> {
        let most = usize::try_from(asked.most).unwrap_or(usize::MAX);
        let more = found.len() > most;
        found.truncate(most);
        let next = found.last().filter(|_| more).map(|last| seal(call, list, id(last))).transpose()?;
        Ok(Self { items: found.into_iter().map(told).collect(), next })
    }
}

fn place(call: &Call, list: &str) -> String {
    format!("{}/{list}", call.house.realm.name)
}

fn seal(call: &Call, list: &str, from: Uuid) -> Result<String, Problem> {
    let place = Place { kind: "admin.page", id: &place(call, list) };
    let sealed = call.app.sealer.seal(place, &Secret::new(from.as_bytes().to_vec()), &*call.app.entropy);
    let sealed = sealed.map_err(|fault| Problem::ours("a mark could not be sealed", fault))?;
    Ok(URL_SAFE_NO_PAD.encode(sealed))
}

fn open(call: &Call, list: &str, mark: &str) -> Option<Uuid> {
    let sealed = URL_SAFE_NO_PAD.decode(mark).ok()?;
    let opened = call.app.sealer.open(Place { kind: "admin.page", id: &place(call, list) }, &sealed).ok()?;
    Uuid::from_slice(opened.expose()).ok()
}
