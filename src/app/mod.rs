//! What the doors share: the parts of the house, assembled once, and the realms as they are live now.

use std::sync::Arc;

use crate::audit::Seals;
use crate::clock::{Clock, Timestamp};
use crate::entropy::Entropy;
use crate::event::{Event, EventKind};
use crate::ids::{EventId, RealmName};
use crate::keys::sealing::Sealer;
use crate::outbound::Documents;
use crate::proofs::password::Pepper;
use crate::protocol::dpop::nonce::Nonces;
use crate::protocol::subject::Subjects;
use crate::registries::Registries;
use crate::store::Store;
use crate::themes::theme::Theme;
use crate::throttle::Throttle;
use crate::throttle::hashing::HashingGate;

pub(crate) mod arrival;
pub(crate) mod bearer;
pub(crate) mod call;
pub(crate) mod certificates;
pub(crate) mod client_keys;
pub(crate) mod clients;
mod closings;
pub(crate) mod consents;
pub(crate) mod contacts;
pub(crate) mod cookies;
pub(crate) mod endings;
pub(crate) mod forms;
pub(crate) mod houses;
pub(crate) mod invitations;
pub(crate) mod issuing;
pub(crate) mod letters;
pub(crate) mod organisations;
pub(crate) mod passkeys;
pub(crate) mod possession;
pub(crate) mod registries;
pub(crate) mod second_factors;
pub(crate) mod selection;
pub(crate) mod standing;
pub(crate) mod terms;
pub(crate) mod trouble;
mod user_codes;
pub(crate) mod vat_checks;
pub(crate) mod warnings;

use arrival::Arrival;
use forms::Forms;
use houses::{House, Houses};

/// The parts.
pub(crate) struct App {
    /// The database.
    pub(crate) store: Store,
    /// The present.
    pub(crate) clock: Arc<dyn Clock>,
    /// Chance.
    pub(crate) entropy: Arc<dyn Entropy>,
    /// The live realms.
    pub(crate) houses: Houses,
    /// Makes the names that clients know people by.
    pub(crate) subjects: Subjects,
    /// Makes nonces for proofs of possession.
    pub(crate) nonces: Nonces,
    /// Seals what rests.
    pub(crate) sealer: Sealer,
    /// Makes and checks form tokens.
    pub(crate) forms: Forms,
    /// Keyed hashes of short codes.
    pub(crate) codes: aws_lc_rs::hmac::Key,
    /// The key of password hashes.
    pub(crate) pepper: Pepper,
    /// Slows guessing.
    pub(crate) throttle: Throttle,
    /// Seals the audit trail.
    pub(crate) seals: Seals,
    /// The gate in front of Argon2id.
    pub(crate) gate: HashingGate,
    /// The documents that clients point to, and the guarded way to them.
    pub(crate) documents: Documents,
    /// Who is asked about organisations.
    pub(crate) registries: Registries,
    /// Our own look, for pages of no realm.
    pub(crate) bare: Theme,
    /// Where the demonstration's mailbox is, when this is one: pages say that everything is fictitious.
    pub(crate) demo_mailbox: Option<String>,
}

impl App {
    /// The realm of that name, as it is live now.
    pub(crate) fn house(&self, name: &str) -> Option<Arc<House>> {
        self.houses.find(name)
    }

    /// An event of a request, to be filled with what it is about.
    pub(crate) fn event(&self, kind: EventKind, realm: &RealmName, arrival: &Arrival) -> Event {
        Event {
            id: EventId::new(arrival.now, &*self.entropy),
            realm: realm.clone(),
            at: arrival.now,
            kind,
            user: None,
            client: None,
            session: None,
            flow: None,
            source: arrival.source.to_string(),
            reference: arrival.reference.to_string(),
            reason: None,
        }
    }

    /// An event of our own background work.
    pub(crate) fn own_event(&self, kind: EventKind, realm: &RealmName, now: Timestamp) -> Event {
        Event {
            id: EventId::new(now, &*self.entropy),
            realm: realm.clone(),
            at: now,
            kind,
            user: None,
            client: None,
            session: None,
            flow: None,
            source: "system".to_owned(),
            reference: String::new(),
            reason: None,
        }
    }
}
