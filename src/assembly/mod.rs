//! Puts the house together: parts, realms, routes. `serve`, the demonstration and the tests all start here.

mod clients;
mod keys;
mod people;
mod realms;
mod terms;

use std::sync::Arc;

use anyhow::{Context as _, bail};
use aws_lc_rs::hmac;
use axum::Router;
use axum::middleware::from_fn_with_state;
use prometheus_client::registry::Registry;
use url::Url;

pub use clients::{ClientLine, InitialToken};
pub use keys::KeyLine;
pub(crate) use keys::tend;
pub use people::ConsentLine;
use realms::{apply_to, refresh};
pub use terms::{EvidenceLine, EvidenceOf, TermsLine};

use crate::admin;
use crate::app::App;
use crate::app::forms::Forms;
use crate::app::houses::Houses;
use crate::app::registries::Asker;
use crate::audit::{self, Seals};
use crate::clock::{Clock, Duration};
use crate::code::Code;
use crate::entropy::{self, Entropy};
use crate::identity::number::vat::VatNumber;
use crate::identity::user::User;
use crate::ids::RealmName;
use crate::journeys::{problem, routes};
use crate::keys::master::{MasterKey, Purpose};
use crate::keys::sealing::Sealer;
use crate::mail::delivery::Delivery;
use crate::oauth;
use crate::outbound::{Documents, Outbound};
use crate::proofs::password::Pepper;
use crate::protocol::dpop::nonce::Nonces;
use crate::protocol::subject::Subjects;
use crate::realm::document::Bundle;
use crate::realm::finding::Findings;
use crate::registries::{FrenchNumber, Looked, Registries, RegistrySettings, VatChecked};
use crate::secret::Secret;
use crate::server::own_forms_only;
use crate::store::{Store, email_changes, facts, migrate, purge};
use crate::themes::theme::Theme;
use crate::throttle::Throttle;
use crate::throttle::hashing::HashingGate;

/// The version of the pepper that hashes are made with.
const PEPPER: i32 = 1;

/// What the house is built from.
pub struct Plan {
    /// The database, its schema run.
    pub store: Store,
    /// The present.
    pub clock: Arc<dyn Clock>,
    /// Chance.
    pub entropy: Arc<dyn Entropy>,
    /// The master key, as the operator wrote it.
    pub master_key: Secret<String>,
    /// Where people reach us.
    pub public_url: Url,
    /// Where clients reach us with a certificate, if we ask for one anywhere.
    pub certificate_url: Option<Url>,
    /// Password hashes at once, and waiting.
    pub hashing: (usize, usize),
    /// The guarded way to what clients point to.
    pub outbound: Outbound,
    /// Who is asked about organisations.
    pub registries: RegistrySettings,
    /// Where the demonstration's mailbox is, when this is one.
    pub demo_mailbox: Option<String>,
}

/// A house, ready to serve.
#[derive(Clone)]
pub struct House {
    pub(crate) app: Arc<App>,
    pub(crate) public_url: Url,
    certificate_url: Option<Url>,
}

impl House {
    /// Puts the parts together and loads the realms that are live.
    ///
    /// Fails with the reason when the schema is not this binary's, or the master key not this database's (SR-160).
    pub async fn build(plan: Plan) -> anyhow::Result<Self> {
        let pending = migrate::status(&plan.store).await.context("the schema cannot be read")?.pending;
        if !pending.is_empty() {
            bail!("{}: the schema is {} steps behind: run `guichet migrate run`", Code::E0621, pending.len());
        }
        let master = MasterKey::parse(&plan.master_key).context("the master key cannot be used")?;
        recognise(&plan.store, &master).await?;
        let salt = salt(&plan).await?;
        let derived = |purpose| Secret::new(master.derive(purpose).expose().to_vec());
        let app = Arc::new(App {
            throttle: Throttle::new(&derived(Purpose::Throttle)),
            forms: Forms::new(&master.derive(Purpose::Csrf)),
            codes: hmac::Key::new(hmac::HMAC_SHA256, master.derive(Purpose::Code).expose()),
            pepper: Pepper::new(PEPPER, derived(Purpose::Pepper)),
            nonces: Nonces::new(&master.derive(Purpose::DpopNonce)),
            sealer: Sealer::new(&master, &[]),
            seals: Seals::new(&master.derive(Purpose::Audit)),
            gate: HashingGate::new(plan.hashing.0, plan.hashing.1),
            registries: Registries::new(plan.registries, &plan.outbound, &plan.public_url)
                .with_context(|| format!("{}: registries cannot be asked with these settings", Code::E0627))?,
            documents: Documents::new(plan.outbound),
            bare: Theme::build("base", "guichet", "Europe/Paris", &std::collections::BTreeMap::new())?,
            houses: Houses::default(),
            subjects: Subjects::new(&salt),
            store: plan.store,
            clock: plan.clock,
            entropy: plan.entropy,
            demo_mailbox: plan.demo_mailbox,
        });
        let house = Self { app, public_url: plan.public_url, certificate_url: plan.certificate_url };
        house.reload().await?;
        Ok(house)
    }

    /// Makes realm files live, all or none; returns the findings when there is an error among them.
    pub async fn apply(&self, bundles: &[Bundle], by: &str) -> anyhow::Result<Result<(), Findings>> {
        let applied = apply_to(&self.app, bundles, by).await?;
        if applied.is_ok() {
            self.reload().await?;
        }
        Ok(applied)
    }

    /// Reads the live realms and their keys again.
    pub async fn reload(&self) -> anyhow::Result<()> {
        refresh(&self.app, &self.public_url, self.certificate_url.as_ref()).await
    }

    /// The doors' routes.
    pub fn router(&self) -> Router {
        let origin = self.public_url.origin().ascii_serialization();
        let pages = own_forms_only(routes::pages(), &origin);
        Router::new()
            .merge(pages)
            .merge(routes::assets())
            .merge(routes::well_known())
            .merge(oauth::endpoints(&self.app))
            .merge(admin::routes())
            .fallback(routes::nowhere_at_all)
            .layer(from_fn_with_state(Arc::clone(&self.app), problem::worded))
            .with_state(Arc::clone(&self.app))
    }

    /// The routes where a certificate may be shown: those that machines ask, and the one that people's browsers are sent to.
    pub fn certificate_router(&self) -> Router {
        oauth::for_machines()
            .merge(admin::routes())
            .merge(routes::where_certificates_are_shown())
            .layer(from_fn_with_state(Arc::clone(&self.app), problem::worded))
            .with_state(Arc::clone(&self.app))
    }

    /// Shows the figures of the house.
    pub fn register(&self, registry: &mut Registry) {
        self.app.store.tally().register(registry);
        self.app.documents.register(registry);
        self.app.registries.register(registry);
    }

    /// The documents that clients point to, as this house fetches and keeps them.
    pub fn documents(&self) -> &Documents {
        &self.app.documents
    }

    /// What the registries of that realm say of a French number, asked from that journey and network as its pages do;
    /// `None` when either asked too often.
    pub async fn look_up(
        &self,
        realm: &RealmName,
        number: &FrenchNumber,
        (journey, network): (&str, &str),
    ) -> anyhow::Result<Option<Looked>> {
        let Some(house) = self.app.house(realm.as_str()) else { bail!("there is no live realm {realm}") };
        let asker = Asker { journey, network };
        Ok(self.app.look_up(&house, number, asker, self.app.clock.now()).await?.ok())
    }

    /// The same for a number for value added tax.
    pub async fn check_vat(
        &self,
        realm: &RealmName,
        number: &VatNumber,
        (journey, network): (&str, &str),
    ) -> anyhow::Result<Option<VatChecked>> {
        let Some(house) = self.app.house(realm.as_str()) else { bail!("there is no live realm {realm}") };
        let asker = Asker { journey, network };
        Ok(self.app.check_vat(&house, number, asker, self.app.clock.now()).await?.ok())
    }

    /// Whether requests can be served: the database answers, and there is a realm.
    pub async fn is_ready(&self) -> bool {
        !self.app.houses.all().is_empty() && self.app.store.ping().await.is_ok()
    }

    /// Whether the database would let us change its tables and the audit trail (SR-192).
    pub async fn owns_its_schema(&self) -> anyhow::Result<bool> {
        Ok(self.app.store.owns_its_schema().await?)
    }

    /// Sends one waiting mail, if there is one that is due.
    pub async fn post_one(&self, delivery: &Delivery) -> anyhow::Result<bool> {
        crate::housekeeping::outbox::post_one(&self.app, delivery).await
    }

    /// Tells one client that a session ended, if there is one to be told.
    pub async fn tell_one(&self) -> anyhow::Result<bool> {
        let Some(notice) = crate::housekeeping::notices::claim(&self.app).await? else { return Ok(false) };
        crate::housekeeping::notices::deliver(&self.app, notice).await?;
        Ok(true)
    }

    /// Ends the sessions whose time is over; returns how many.
    pub async fn expire_sessions(&self) -> anyhow::Result<usize> {
        Ok(crate::housekeeping::notices::expire(&self.app).await?)
    }

    /// Asks about the certificates with which sessions are open and whose turn it is (SR-95); returns how many.
    pub async fn ask_about_certificates(&self) -> anyhow::Result<usize> {
        Ok(crate::housekeeping::certificates::ask(&self.app).await?)
    }

    /// Reminds people of certificates that come to their end; returns how many mails that made.
    pub async fn remind_of_certificates(&self) -> anyhow::Result<u64> {
        Ok(crate::housekeeping::certificates::remind(&self.app).await?)
    }

    /// Reminds people of invitations that come to their end; returns how many mails that made.
    pub async fn remind_of_invitations(&self) -> anyhow::Result<u64> {
        Ok(crate::housekeeping::organisations::remind(&self.app).await?)
    }

    /// Asks VIES again about numbers for value added tax that it did not answer for and whose turn it is (DOMAIN.md §3);
    /// returns how many.
    pub async fn ask_vies_again(&self) -> anyhow::Result<usize> {
        Ok(crate::housekeeping::organisations::ask_vies(&self.app).await?)
    }

    /// Tells people that an organisation named them as its contacts, where that could not be said at once; returns of how
    /// many organisations.
    pub async fn tell_contacts(&self) -> anyhow::Result<u64> {
        Ok(crate::housekeeping::organisations::tell(&self.app).await?)
    }

    /// Whether that realm is live.
    pub(crate) fn has_realm(&self, realm: &RealmName) -> bool {
        self.app.house(realm.as_str()).is_some()
    }

    /// Seals the events that wait; returns how many.
    pub async fn seal_events(&self, holder: &str) -> anyhow::Result<usize> {
        Ok(audit::seal(&self.app.store, &self.app.seals, holder, self.app.clock.now()).await?)
    }

    /// Deletes what is past its time (SR-200); how many rows went.
    pub async fn purge(&self) -> anyhow::Result<u64> {
        Ok(purge::run(&self.app.store, self.app.clock.now()).await?)
    }

    /// Deletes the events whose time is over; returns how many.
    pub async fn forget_events(&self) -> anyhow::Result<u64> {
        let mut gone = 0;
        loop {
            let some = audit::forget(&self.app.store, &self.app.seals, self.app.clock.now()).await?;
            gone += some;
            if !audit::is_full(some) {
                return Ok(gone);
            }
        }
    }

    /// Checks the seals of the audit trail.
    pub async fn verify_events(&self) -> anyhow::Result<audit::Verdict> {
        Ok(audit::verify(&self.app.store, &self.app.seals).await?)
    }

    /// The account that signs in with `identifier`.
    pub async fn user(&self, realm: &RealmName, identifier: &str) -> anyhow::Result<Option<User>> {
        people::find(&self.app, realm, identifier).await
    }

    /// Has a link to choose a new password sent to the account's own address.
    pub async fn reset_password(&self, realm: &RealmName, user: &User) -> anyhow::Result<()> {
        people::reset(&self.app, realm, user).await
    }

    /// Switches an account on or off.
    pub async fn switch_user(&self, realm: &RealmName, user: &User, on: bool) -> anyhow::Result<()> {
        people::switch(&self.app, realm, user, on).await
    }

    /// Takes second factors from an account whose owner has lost them; `false` when it had none.
    pub async fn reset_second_factors(&self, realm: &RealmName, user: &User) -> anyhow::Result<bool> {
        people::reset_second_factors(&self.app, realm, user).await
    }

    /// An initial access token for that realm (RFC 7591 §1.2), good for so many registrations and so long.
    pub async fn initial_token(&self, realm: &RealmName, uses: u32, lives: Duration) -> anyhow::Result<InitialToken> {
        clients::initial_token(&self.app, realm, uses, lives).await
    }

    /// The clients of that realm, for an operator's eyes.
    pub async fn clients(&self, realm: &RealmName) -> anyhow::Result<Vec<ClientLine>> {
        clients::lines(&self.app, realm).await
    }

    /// Switches a registered client off or on; off ends all that it was given. `false` when there is nothing to change.
    pub async fn switch_client(&self, realm: &RealmName, client_id: &str, on: bool) -> anyhow::Result<bool> {
        clients::switch(&self.app, realm, client_id, on).await
    }

    /// Ends a registered client and all that it was given; `false` when there is none.
    pub async fn delete_client(&self, realm: &RealmName, client_id: &str) -> anyhow::Result<bool> {
        clients::delete(&self.app, realm, client_id).await
    }

    /// Ends the registrations that nobody used for as long as their realm gives them; returns how many.
    pub async fn forget_clients(&self) -> anyhow::Result<usize> {
        clients::forget_unused(&self.app).await
    }

    /// Forgets changes of address that can be undone no more, and lets go of the former addresses; returns how many.
    pub async fn forget_changes(&self) -> anyhow::Result<u64> {
        Ok(email_changes::forget(&self.app.store, self.app.clock.now()).await?)
    }

    /// Forgets accounts that were issued and never used (SR-61, SR-200); returns how many.
    pub async fn forget_unproven(&self) -> anyhow::Result<u64> {
        people::forget_unproven(&self.app).await
    }

    /// Closes the accounts whose end has come; returns how many.
    pub async fn close_accounts(&self) -> anyhow::Result<u64> {
        people::close_due(&self.app).await
    }

    /// Changes what an account says of its owner, claim by claim.
    pub async fn set_claims(&self, realm: &RealmName, user: &User, claims: &[(String, String)]) -> anyhow::Result<()> {
        people::set(&self.app, realm, user, claims).await
    }

    /// What a person agreed to, by application.
    pub async fn consents(&self, user: &User) -> anyhow::Result<Vec<ConsentLine>> {
        people::consents(&self.app, user).await
    }

    /// Takes back what a person agreed to for that application, with all that it was given; `false` when it had nothing.
    pub async fn take_back_consent(&self, realm: &RealmName, user: &User, client: &str) -> anyhow::Result<bool> {
        people::take_back(&self.app, realm, user, client).await
    }

    /// Makes the terms of use of a realm's folder live, and nothing else of it; how many texts are new.
    pub async fn publish_terms(&self, folder: &Bundle, by: &str) -> anyhow::Result<Result<usize, Findings>> {
        let published = terms::bring(&self.app, folder, by).await?;
        self.reload().await?;
        Ok(published)
    }

    /// The terms of use that a realm published.
    pub async fn terms(&self, realm: &RealmName) -> anyhow::Result<Vec<TermsLine>> {
        terms::lines(&self.app, realm).await
    }

    /// What proves that a person accepted terms of use, verified now.
    pub async fn terms_evidence(&self, user: &User) -> anyhow::Result<EvidenceOf> {
        terms::evidence(&self.app, user).await
    }

    /// The keys of the live realms, for an operator's eyes.
    pub(crate) async fn keys(&self) -> anyhow::Result<Vec<KeyLine>> {
        keys::lines(&self.app).await
    }

    /// Other keys sign for that realm from now on; with `withdraw` those that signed are believed no more (SR-158).
    pub async fn rotate_keys(&self, realm: &RealmName, withdraw: bool) -> anyhow::Result<()> {
        let Some(house) = self.app.house(realm.as_str()) else { bail!("there is no live realm {realm}") };
        keys::rotate(&self.app, &house.realm, withdraw).await?;
        self.reload().await
    }

    /// Closes the database, writing back what SQLite holds in its log.
    pub async fn close(self) -> anyhow::Result<()> {
        Ok(self.app.store.clone().close().await?)
    }

    /// The issuers of the live realms.
    pub fn issuers(&self) -> Vec<String> {
        self.app.houses.all().iter().map(|house| house.issuer.as_str().to_owned()).collect()
    }
}

/// The salt of pairwise subjects, made once: it stays when the master key changes, for people's names must not.
async fn salt(plan: &Plan) -> anyhow::Result<String> {
    let tx = plan.store.begin().await?;
    let stands = facts::state(&tx, "pairwise_salt", entropy::token(&*plan.entropy).expose()).await?;
    tx.commit_housekeeping().await?;
    Ok(stands)
}

/// The database remembers its master key by a fingerprint: another key is told at the start, not at the first failure.
async fn recognise(store: &Store, master: &MasterKey) -> anyhow::Result<()> {
    let ours = master.fingerprint().to_string();
    let tx = store.begin().await?;
    let stands = facts::state(&tx, "master_key", &ours).await?;
    tx.commit_housekeeping().await?;
    if stands == ours {
        Ok(())
    } else {
        bail!("{}: this database was made with the master key {stands}, and {ours} was given", Code::E0623)
    }
}
