//! Work that nobody waits for: mail, logout notices, purging, keys, and noticing what other nodes changed. Each job takes
//! a lease or claims what it works on, so that of several nodes one does it (DESIGN.md §5).

pub(crate) mod certificates;
pub(crate) mod notices;
pub(crate) mod organisations;
pub(crate) mod outbox;

use std::sync::Arc;

use tokio::task::{JoinHandle, JoinSet};

use crate::assembly::{House, tend};
use crate::clock::{Duration, minutes};
use crate::entropy;
use crate::mail::delivery::Delivery;
use crate::store::{StoreError, keys, leases, outbox as outbox_rows, realms};

/// How often the outbox is looked at.
const MAIL: Duration = Duration::from_millis(200);
/// How often changes of other nodes are looked for (DESIGN.md §5: within a second).
const WATCH: Duration = Duration::from_millis(800);
/// How often logout notices are looked for; they wait for no person.
const TELL: Duration = Duration::from_millis(500);
/// Notices under way at once from this node, each to another host.
const TOLD_AT_ONCE: usize = 32;
/// How often sessions are looked for whose time is over.
const EXPIRE: Duration = Duration::from_secs(20);
/// How often certificates are looked for that are to be asked about; each has its turn once an hour.
const ASK: Duration = minutes(1);
/// How often numbers for value added tax are looked for that VIES is to be asked about again.
const ASK_VIES: Duration = Duration::from_secs(20);
/// How often the audit trail is sealed.
const SEAL: Duration = Duration::from_secs(2);
/// How often rows past their time are deleted, and keys looked after.
const TIDY: Duration = minutes(5);

/// The jobs of a running house; they end with it.
#[derive(Debug)]
pub struct Housekeeping(Vec<JoinHandle<()>>);

impl Housekeeping {
    /// Starts every job.
    pub fn start(house: &House, delivery: Delivery) -> Self {
        let holder: Arc<str> = entropy::nonce(&*house.app.entropy).into();
        let delivery = Arc::new(delivery);
        Self(vec![
            tokio::spawn(mail(house.clone(), delivery)),
            tokio::spawn(tell(house.clone())),
            tokio::spawn(expire(house.clone())),
            tokio::spawn(ask(house.clone())),
            tokio::spawn(ask_vies(house.clone())),
            tokio::spawn(watch(house.clone())),
            tokio::spawn(seal(house.clone(), Arc::clone(&holder))),
            tokio::spawn(tidy(house.clone(), holder)),
        ])
    }

    /// Stops every job where it stands; what was claimed is taken up again later.
    pub fn stop(self) {
        for job in self.0 {
            job.abort();
        }
    }
}

/// Claims are per mail, so several nodes may send at once and none sends the same one.
async fn mail(house: House, delivery: Arc<Delivery>) {
    if let Err(error) = outbox::take_over(&house.app).await {
        tracing::error!(%error, "the outbox could not be taken over");
    }
    loop {
        match house.post_one(&delivery).await {
            Ok(true) => {}
            Ok(false) => tokio::time::sleep(MAIL).await,
            Err(error) => {
                tracing::error!(error = format!("{error:#}"), "the outbox could not be worked on");
                tokio::time::sleep(Duration::from_secs(5)).await;
            }
        }
    }
}

/// Clients are told of ended sessions side by side: who is slow keeps others waiting only with as many as may be under way.
async fn tell(house: House) {
    let mut under_way = JoinSet::new();
    loop {
        while under_way.try_join_next().is_some() {}
        if under_way.len() >= TOLD_AT_ONCE {
            under_way.join_next().await;
        }
        match notices::claim(&house.app).await {
            Ok(Some(notice)) => {
                let house = house.clone();
                under_way.spawn(async move {
                    if let Err(error) = notices::deliver(&house.app, notice).await {
                        tracing::error!(%error, "what became of a logout notice could not be written down");
                    }
                });
            }
            Ok(None) => tokio::time::sleep(TELL).await,
            Err(error) => {
                tracing::error!(%error, "logout notices could not be looked for");
                tokio::time::sleep(Duration::from_secs(5)).await;
            }
        }
    }
}

/// One statement ends a session, so several nodes may look.
async fn expire(house: House) {
    loop {
        if let Err(error) = notices::expire(&house.app).await {
            tracing::error!(%error, "sessions whose time is over could not be ended");
        }
        tokio::time::sleep(EXPIRE).await;
    }
}

/// A claim keeps others away from a certificate, so several nodes share them.
async fn ask(house: House) {
    loop {
        if let Err(error) = certificates::ask(&house.app).await {
            tracing::error!(%error, "certificates could not be asked about");
        }
        tokio::time::sleep(ASK).await;
    }
}

/// A claim keeps others away from a number, so several nodes share them.
async fn ask_vies(house: House) {
    loop {
        if let Err(error) = organisations::ask_vies(&house.app).await {
            tracing::error!(%error, "VIES could not be asked again");
        }
        tokio::time::sleep(ASK_VIES).await;
    }
}

/// Reads versions, and everything only when one changed.
async fn watch(house: House) {
    let mut seen = None;
    loop {
        match versions(&house).await {
            Ok(versions) if seen.as_ref() == Some(&versions) => {}
            Ok(versions) => match house.reload().await {
                Ok(()) => seen = Some(versions),
                Err(error) => tracing::error!(error = format!("{error:#}"), "a changed realm could not be loaded"),
            },
            Err(error) => tracing::error!(%error, "versions could not be read"),
        }
        if let Err(error) = weigh_the_mail(&house).await {
            tracing::error!(%error, "the outbox could not be counted");
        }
        tokio::time::sleep(WATCH).await;
    }
}

/// What differs when realm files were applied or keys were moved on, by whomever.
async fn versions(house: &House) -> Result<(realms::Versions, keys::Versions), StoreError> {
    let reads = house.app.store.reads();
    Ok((realms::versions(&reads).await?, keys::versions(&reads).await?))
}

async fn weigh_the_mail(house: &House) -> Result<(), StoreError> {
    let (count, oldest) = outbox_rows::waiting(&house.app.store.reads()).await?;
    let age = oldest.map(|oldest| house.app.clock.now().since(oldest)).unwrap_or_default();
    house.app.store.tally().mail(count, age);
    Ok(())
}

async fn seal(house: House, holder: Arc<str>) {
    loop {
        match house.seal_events(&holder).await {
            Ok(0) => tokio::time::sleep(SEAL).await,
            Ok(_) => {}
            Err(error) => {
                tracing::error!(error = format!("{error:#}"), "the audit trail could not be sealed");
                tokio::time::sleep(SEAL).await;
            }
        }
    }
}

async fn tidy(house: House, holder: Arc<str>) {
    loop {
        if let Err(error) = tidy_once(&house, &holder).await {
            tracing::error!(error = format!("{error:#}"), "housekeeping failed");
        }
        tokio::time::sleep(TIDY).await;
    }
}

async fn tidy_once(house: &House, holder: &str) -> anyhow::Result<()> {
    let app = &house.app;
    if !leases::take(&app.store, "tidy", holder, TIDY * 2, app.clock.now()).await? {
        return Ok(());
    }
    let gone = house.purge().await? + house.forget_events().await? + house.forget_changes().await?;
    if gone > 0 {
        tracing::info!(rows = gone, "rows past their time are gone");
    }
    let closed = house.close_accounts().await?;
    if closed > 0 {
        tracing::info!(accounts = closed, "accounts were closed, as their people had asked");
    }
    let unproven = house.forget_unproven().await?;
    if unproven > 0 {
        tracing::info!(accounts = unproven, "accounts that were issued and never used are gone");
    }
    let reminded = house.remind_of_certificates().await?;
    if reminded > 0 {
        tracing::info!(mails = reminded, "people were reminded of certificates that come to their end");
    }
    let invited = house.remind_of_invitations().await?;
    if invited > 0 {
        tracing::info!(mails = invited, "people were reminded of invitations that come to their end");
    }
    let told = house.tell_contacts().await?;
    if told > 0 {
        tracing::info!(organisations = told, "people were told that an organisation had named them as its contacts");
    }
    let forgotten = house.forget_clients().await?;
    if forgotten > 0 {
        tracing::info!(clients = forgotten, "registrations that nobody used are gone");
    }
    let mut moved = false;
    for realm in app.houses.all() {
        moved |= tend(app, &realm.realm).await?;
    }
    if moved { house.reload().await } else { Ok(()) }
}
