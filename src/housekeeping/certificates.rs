//! Certificates are asked about again while sessions that were opened with them last, and people are reminded of those
//! that come to their end (SR-95, ADR 0043, ADR 0044).
//!
//! Only a definite word ends something: while nobody tells, sessions go on, for an authority whose server is down would
//! otherwise sign everybody out. Whoever signs in meanwhile meets the realm's own rule.

use crate::app::App;
use crate::app::certificates::AHEAD;
use crate::app::houses::House;
use crate::event::{Event, EventKind};
use crate::proofs::certificate::Standing;
use crate::realm::model::PeoplesCertificates;
use crate::revocation::Revocation;
use crate::store::certificate_paths::{self, Due};
use crate::store::certificates::{self, Bound};
use crate::store::{StoreError, sessions};
use crate::x509::CertificationPath;

/// Most certificates that are asked about at one go.
const AT_ONCE: usize = 100;
/// Most reminders of one span in one realm at one go.
const MOST: u64 = 500;

/// Asks about the certificates whose turn it is; how many these were.
pub(crate) async fn ask(app: &App) -> Result<usize, StoreError> {
    let mut asked = 0;
    while asked < AT_ONCE
        && let Some(due) = certificate_paths::claim(&app.store, app.clock.now()).await?
    {
        asked += 1;
        if let Err(error) = ask_about(app, &due).await {
            tracing::error!(realm = %due.realm, %error, "a certificate could not be asked about");
        }
    }
    Ok(asked)
}

/// Nothing, where the realm takes no certificates any more, nobody has this one, or it leads to no authority now.
async fn ask_about(app: &App, due: &Due) -> Result<(), StoreError> {
    let (now, reads) = (app.clock.now(), app.store.reads());
    let Some(house) = app.house(due.realm.as_str()) else { return Ok(()) };
    let Some(taken) = &house.realm.certificates else { return Ok(()) };
    let Some(bound) = certificates::find(&reads, &due.realm, &due.sha256).await? else { return Ok(()) };
    let Ok(path) = taken.policy.anchors.path_to(&due.der, &due.chain, now) else { return Ok(()) };
    if sessions::proven_with(&reads, bound.user, &due.sha256).await?.is_empty() {
        // Nobody is in with it; but its owner may come soon, and should not wait for lists then.
        return revocation(app).freshen(&path, now).await;
    }
    judge(app, &house, (taken, &path), &bound).await
}

async fn judge(
    app: &App,
    house: &House,
    (taken, path): (&PeoplesCertificates, &CertificationPath),
    bound: &Bound,
) -> Result<(), StoreError> {
    let standing = revocation(app).standing(path, &taken.lists, app.clock.now()).await?;
    if !matches!(standing, Standing::Revoked { .. }) {
        return Ok(());
    }
    let now = app.clock.now();
    let tx = app.store.begin().await?;
    if app.withdraw_certificate(&tx, house, (bound.user, &bound.particulars.sha256), now).await? {
        let event = app.own_event(EventKind::CertificateFoundRevoked, &house.realm.name, now);
        tx.commit(&Event { user: Some(bound.user), ..event }).await?;
    }
    Ok(())
}

fn revocation(app: &App) -> Revocation<'_> {
    Revocation { store: &app.store, outbound: app.documents.outbound(), entropy: &*app.entropy }
}

/// Reminds people of certificates that come to their end; how many mails that made.
pub(crate) async fn remind(app: &App) -> Result<u64, StoreError> {
    let mut reminded = 0;
    for house in app.houses.all() {
        if house.realm.certificates.is_none() || house.alias.is_none() {
            continue;
        }
        for ahead in AHEAD {
            let mut some = 0;
            while some < MOST && app.remind_of_certificate(&house, ahead, app.clock.now()).await? {
                some += 1;
            }
            reminded += some;
        }
    }
    Ok(reminded)
}
