//! One entity per table, private to the store: the rest of the house never sees a row.
//!
//! What each column means stands beside its definition, in `migrations/`.
#![expect(unreachable_pub, reason = "derived entities: the schema explains the columns, the derives want `pub`")]

pub(super) mod access_requests;
pub(super) mod certificate_handovers;
pub(super) mod certificate_paths;
pub(super) mod certificates;
pub(super) mod challenge_questions;
pub(super) mod clients;
pub(super) mod closings;
pub(super) mod codes;
pub(super) mod consents;
pub(super) mod counters;
pub(super) mod device_authorizations;
pub(super) mod devices;
pub(super) mod email_changes;
pub(super) mod events;
pub(super) mod facts;
pub(super) mod flows;
pub(super) mod grants;
pub(super) mod identifiers;
pub(super) mod initial_access_tokens;
pub(super) mod invitations;
pub(super) mod keys;
pub(super) mod links;
pub(super) mod logout_notices;
pub(super) mod memberships;
pub(super) mod organisation_contacts;
pub(super) mod organisation_history;
pub(super) mod organisation_roles;
pub(super) mod organisations;
pub(super) mod outbox;
pub(super) mod passkey_offers;
pub(super) mod passkeys;
pub(super) mod passwords;
pub(super) mod pushed_requests;
pub(super) mod realms;
pub(super) mod recovery_codes;
pub(super) mod refresh_tokens;
pub(super) mod resting_addresses;
pub(super) mod revocation_copies;
pub(super) mod revoked_access_tokens;
pub(super) mod secret_questions;
pub(super) mod sessions;
pub(super) mod spent_challenges;
pub(super) mod spent_names;
pub(super) mod submissions;
pub(super) mod terms;
pub(super) mod terms_acceptances;
pub(super) mod terms_deliveries;
pub(super) mod totp_seeds;
pub(super) mod users;
pub(super) mod vat_checks;
pub(super) mod warnings;
