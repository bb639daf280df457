//! Realm files become live realms: applied to the database, read back from it, checked again by every node
//! (docs/adr/0002).

use std::sync::Arc;

use anyhow::{Context as _, bail};
use url::Url;

use super::{keys, terms};
use crate::app::App;
use crate::app::clients::Registered;
use crate::app::houses::House;
use crate::event::EventKind;
use crate::ids::RealmName;
use crate::proofs::passkey::RelyingParty;
use crate::protocol::discovery::{self, Announced};
use crate::protocol::issuer::Issuer;
use crate::realm::check::check;
use crate::realm::document::Bundle;
use crate::realm::finding::Findings;
use crate::realm::model::{Passkeys, Realm};
use crate::store::{Store, realms};
use crate::themes::theme::Theme;
use crate::themes::wording::OnBoard;

/// Makes realm files live, all or none; returns the findings when there is an error among them.
pub(super) async fn apply_to(app: &App, bundles: &[Bundle], by: &str) -> anyhow::Result<Result<(), Findings>> {
    let mut findings = Findings { list: Vec::new(), files: 0 };
    let mut wanted = Vec::new();
    for bundle in bundles {
        let verdict = check(bundle, &OnBoard);
        findings.join(verdict.findings);
        if let Some(realm) = &verdict.realm {
            findings.list.extend(terms::changed(app, bundle, realm).await?);
        }
        wanted.extend(verdict.realm);
    }
    if findings.errors() > 0 {
        return Ok(Err(findings));
    }
    let now = app.clock.now();
    for (bundle, realm) in bundles.iter().zip(&wanted) {
        let name: RealmName = bundle.name().parse()?;
        let mut tx = app.store.begin().await?;
        if realms::apply(&tx, &name, &bundle.files, by, now).await? {
            terms::publish(app, &mut tx, realm, by, now).await?;
            tx.commit(&app.own_event(EventKind::RealmApplied, &name, now)).await?;
        }
    }
    Ok(Ok(()))
}

/// The files that are live in that realm.
pub(super) async fn files_of(app: &App, name: &RealmName) -> anyhow::Result<Option<Bundle>> {
    let applied = live(&app.store).await?.into_iter().find(|applied| applied.name == *name);
    Ok(applied.map(|applied| Bundle { folder: name.to_string(), files: applied.files }))
}

/// Reads the live realms, makes the keys they lack, and swaps the snapshot.
pub(super) async fn refresh(app: &Arc<App>, public_url: &Url, certificate_url: Option<&Url>) -> anyhow::Result<()> {
    let mut houses = Vec::new();
    for applied in live(&app.store).await? {
        let bundle = Bundle { folder: format!("database/{}", applied.name), files: applied.files };
        let verdict = check(&bundle, &OnBoard);
        let Some(mut realm) = verdict.realm else {
            // Files that an older binary took, and this one does not.
            bail!("the live files of realm {} no longer pass:\n{}", applied.name, verdict.findings);
        };
        let issuer = Issuer::new(public_url, &realm.name);
        let alias = certificate_url.map(|url| Issuer::new(url, &realm.name));
        let theme = Theme::of(&realm).with_context(|| format!("the theme of realm {}", realm.name))?;
        let keys = keys::ring(app, &realm).await?;
        let passkeys = relying_party(&mut realm, public_url);
        let announced = Announced {
            alias: alias.as_ref(),
            registration_open: realm.registration.is_some(),
            registers_clients: realm.registers_clients(),
            pairwise: realm.knows_pairwise(),
            terms: !realm.terms.is_empty(),
            organisations: realm.organisations.is_some(),
            pushed: realm.pushed,
            levels: realm.levels(alias.is_some()),
            algorithms: keys.algorithms(),
        };
        let metadata = serde_json::to_vec(&discovery::metadata(&issuer, announced))?.into();
        let jwks = keys.jwks().to_owned().into();
        let registered = Registered::default();
        houses.push(House { realm, theme, issuer, alias, passkeys, keys, registered, metadata, jwks });
    }
    app.houses.replace(houses);
    Ok(())
}

/// What authenticators know a realm as. Where people reach it at a bare address of numbers there can be no passkeys: that
/// is said once, and the realm is as if it had none.
fn relying_party(realm: &mut Realm, public_url: &Url) -> Option<RelyingParty> {
    if realm.passkeys == Passkeys::Off {
        return None;
    }
    let party = RelyingParty::new(public_url, realm.display_name.in_language(realm.default_language));
    if party.is_none() {
        tracing::warn!(realm = %realm.name, "passkeys need a host name in public_url: none are offered");
        realm.passkeys = Passkeys::Off;
    }
    party
}

async fn live(store: &Store) -> anyhow::Result<Vec<realms::AppliedRealm>> {
    Ok(realms::live(&store.reads()).await?)
}
