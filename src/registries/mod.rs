//! Registries: what INSEE, the State and the tax administrations of the Union tell of an organisation's number
//! (DOMAIN.md §2, §3, ADR 0052).
//!
//! A look-up fills in a form; it never holds one up. Whoever is asked has a bounded time, whoever fails is left alone for a
//! while, and when nobody could tell, the person types. Only "no such number" and "closed" speak about the number; all other
//! trouble means that nobody could check. Each registry is one file that asks and reads, behind [`lookup::Lookup`]; what
//! stands before it is the same for all: its time, its share, its breaker, copies of what it said ([`desk`]).

mod copies;
mod desk;
mod dinum;
mod fixed;
mod guard;
mod insee;
mod lookup;
mod tally;
mod told;
mod trouble;
mod vies;

use std::sync::Arc;

use prometheus_client::registry::Registry as Figures;
use url::Url;

use self::copies::Outcome;
use self::desk::Desk;
use self::dinum::Dinum;
pub use self::fixed::FixedMode;
use self::fixed::{FixedEntities, FixedVat};
use self::guard::Share;
use self::insee::Insee;
pub use self::lookup::FrenchNumber;
use self::tally::Tally;
pub use self::trouble::Trouble;
use self::vies::Vies;
use crate::clock::{Duration, Timestamp, minutes};
use crate::identity::entity_record::{Disclosure, EntityRecord, VatRecord};
use crate::identity::number::vat::VatNumber;
use crate::identity::organisation::Registry;
use crate::outbound::{BadOutbound, Outbound};
use crate::realm::model::RegistryPolicy;
use crate::secret::Secret;

/// How long a look-up may take, whoever is asked: its parts are shared out among them.
const TIME: Duration = Duration::from_secs(3);
/// How long a check with VIES may take, which asks somebody else in turn.
const VIES_TIME: Duration = Duration::from_secs(5);
/// How long a registry's word is taken that there is no such number.
const NOT_FOUND: Duration = minutes(10);

/// INSEE allows 30 a minute with one key.
const INSEE_SHARE: Share = Share { most: 25, span: minutes(1) };
/// DINUM allows seven a second from one address. VIES promises nothing: it gets no more than that.
const OPEN_SHARE: Share = Share { most: 5, span: Duration::from_secs(1) };
/// Nobody is spared by the built-in table's being asked less.
const FIXED_SHARE: Share = Share { most: 1000, span: Duration::from_secs(1) };

/// Who may be asked.
#[derive(Debug, Clone)]
pub enum RegistrySettings {
    /// Those at their addresses.
    Public(Box<PublicRegistries>),
    /// The built-in table in the place of all others.
    Fixed(FixedMode),
}

/// The registries at their addresses.
#[derive(Debug, Clone)]
pub struct PublicRegistries {
    /// INSEE, for whoever has a key of theirs.
    pub insee: Option<(Url, Secret<String>)>,
    /// API Recherche d’entreprises.
    pub dinum: Url,
    /// VIES.
    pub vies: Url,
    /// The number of whoever runs this product, to have checks put on record.
    pub requester: Option<VatNumber>,
}

/// What came of looking a number up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Looked {
    /// An open establishment, whose record may be shown.
    Found(Arc<EntityRecord>),
    /// A closed one, with its record when it was told: a warning, unless the realm refuses these.
    Closed(Option<Arc<EntityRecord>>),
    /// One whose owner objected to publication, with what may be shown.
    Partial(Option<Arc<EntityRecord>>),
    /// There is no such number.
    NotFound,
    /// Nobody could tell.
    Unchecked(Trouble),
    /// The realm asks nobody.
    NotAsked,
}

impl Looked {
    /// What was told of the establishment.
    pub fn record(&self) -> Option<&EntityRecord> {
        match self {
            Self::Found(record) | Self::Closed(Some(record)) | Self::Partial(Some(record)) => Some(record),
            _ => None,
        }
    }

    /// Whether it says something about the number itself. Nothing else may be held against whoever typed it.
    pub const fn speaks_about_the_number(&self) -> bool {
        matches!(self, Self::Found(_) | Self::Closed(_) | Self::NotFound)
    }
}

impl From<Outcome<EntityRecord>> for Looked {
    fn from(outcome: Outcome<EntityRecord>) -> Self {
        match outcome {
            Ok(record) if !record.is_open() => Self::Closed(Some(record)),
            Ok(record) if record.disclosure == Disclosure::Partial => Self::Partial(Some(record)),
            Ok(record) => Self::Found(record),
            Err(Trouble::NotFound) => Self::NotFound,
            Err(Trouble::Closed) => Self::Closed(None),
            Err(Trouble::Partial) => Self::Partial(None),
            Err(trouble) => Self::Unchecked(trouble),
        }
    }
}

/// What came of checking a number for value added tax.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum VatChecked {
    /// Its administration calls it good.
    Valid(Arc<VatRecord>),
    /// It does not, or not yet: fresh registrations lag behind.
    Invalid,
    /// Nobody could tell.
    Unchecked(Trouble),
    /// The realm asks nobody.
    NotAsked,
}

impl From<Outcome<VatRecord>> for VatChecked {
    fn from(outcome: Outcome<VatRecord>) -> Self {
        match outcome {
            Ok(record) => Self::Valid(record),
            Err(Trouble::NotFound) => Self::Invalid,
            Err(trouble) => Self::Unchecked(trouble),
        }
    }
}

/// All that can be asked, each with its guard and its copies.
pub struct Registries {
    who: Who,
    tally: Tally,
}

#[expect(clippy::large_enum_variant, reason = "there is one of them in a process")]
enum Who {
    Public { insee: Option<Desk<Insee>>, dinum: Desk<Dinum>, vies: Desk<Vies> },
    Fixed { entities: Desk<FixedEntities>, vat: Desk<FixedVat> },
}

impl Registries {
    /// The registries of these settings, reached by that guarded client; `public_url` is how they can find out who asks.
    pub fn new(settings: RegistrySettings, outbound: &Outbound, public_url: &Url) -> Result<Self, BadOutbound> {
        let tally = Tally::default();
        let agent = format!("guichet/{} (+{public_url})", env!("CARGO_PKG_VERSION"));
        let who = match settings {
            RegistrySettings::Fixed(mode) => Who::Fixed {
                entities: Desk::new(FixedEntities(mode), FIXED_SHARE, NOT_FOUND, &tally),
                vat: Desk::new(FixedVat(mode), FIXED_SHARE, Duration::ZERO, &tally),
            },
            RegistrySettings::Public(public) => {
                let PublicRegistries { insee, dinum, vies, requester } = *public;
                let insee = match insee {
                    None => None,
                    Some((base, key)) => Some(Insee { service: outbound.service(&base, &agent)?, key }),
                };
                let dinum = Dinum { service: outbound.service(&dinum, &agent)? };
                let vies = Vies { service: outbound.service(&vies, &agent)?, requester };
                Who::Public {
                    insee: insee.map(|insee| Desk::new(insee, INSEE_SHARE, NOT_FOUND, &tally)),
                    dinum: Desk::new(dinum, OPEN_SHARE, NOT_FOUND, &tally),
                    // A number that is not good today may be registered tomorrow: never kept.
                    vies: Desk::new(vies, OPEN_SHARE, Duration::ZERO, &tally),
                }
            }
        };
        Ok(Self { who, tally })
    }

    /// Shows the figures.
    pub fn register(&self, figures: &mut Figures) {
        self.tally.register(figures);
    }

    /// Looks a number up, as the realm will have it: the next registry is asked when one could not tell, and then the
    /// person. An answer is one, also the answer that nothing may be shown: nobody fetches around that.
    pub async fn look_up(&self, policy: &RegistryPolicy, number: &FrenchNumber, now: Timestamp) -> Looked {
        let (insee, dinum) = match &self.who {
            Who::Fixed { .. } if policy.order.is_empty() => return Looked::NotAsked,
            Who::Fixed { entities, .. } => return entities.ask(number, TIME, now).await.into(),
            Who::Public { insee, dinum, .. } => (insee.as_ref(), dinum),
        };
        let order = policy.order.iter().filter(|registry| **registry != Registry::Insee || insee.is_some());
        let time = TIME / u32::try_from(order.clone().count().max(1)).unwrap_or(1);
        let mut told = Looked::NotAsked;
        for registry in order {
            told = match insee.filter(|_| *registry == Registry::Insee) {
                Some(insee) => insee.ask(number, time, now).await.into(),
                None => dinum.ask(number, time, now).await.into(),
            };
            if !matches!(told, Looked::Unchecked(_)) {
                break;
            }
        }
        told
    }

    /// Who answers about numbers for value added tax.
    pub const fn of_taxes(&self) -> Registry {
        match self.who {
            Who::Public { .. } => Registry::Vies,
            Who::Fixed { .. } => Registry::Fixed,
        }
    }

    /// Checks a number for value added tax, where the realm wants that and it is one of the Union's.
    pub async fn check_vat(&self, policy: &RegistryPolicy, number: &VatNumber, now: Timestamp) -> VatChecked {
        match &self.who {
            _ if !policy.check_vat || !number.prefix().is_in_vies() => VatChecked::NotAsked,
            Who::Public { vies, .. } => vies.ask(number, VIES_TIME, now).await.into(),
            Who::Fixed { vat, .. } => vat.ask(number, VIES_TIME, now).await.into(),
        }
    }
}
