//! `GET /realms/{realm}/certificate/hand-over`, on the host that asks for certificates and nowhere else: judges what the
//! browser shows, keeps the result, and sends the browser back with a code that is good once (ADR 0044).
//!
//! No cookie, no page, no session here. Whoever comes without a hand-over of the main host, or a second time, is sent back
//! with nothing. Each visit ends its connection, so that the next one asks anew.

use std::sync::Arc;

use axum::extract::{FromRequestParts as _, Request, State};
use axum::response::{IntoResponse, Response};
use http::HeaderValue;
use http::header::{CACHE_CONTROL, CONNECTION};

use super::before::open;
use super::result;
use crate::app::App;
use crate::authentication::hand_over::Judged;
use crate::entropy;
use crate::event::{Event, EventKind};
use crate::ids::FlowId;
use crate::journeys::caller::{Caller, see_other};
use crate::journeys::problem::Problem;
use crate::proofs::certificate::{Particulars, Refusal, Standing, examine};
use crate::realm::model::PeoplesCertificates;
use crate::revocation::Revocation;
use crate::secret::SecretHash;
use crate::source::ClientCertificate;
use crate::store::{StoreError, Tx, certificate_paths, certificates, handovers};

/// The address, below the realm.
pub(crate) const HERE: &str = "certificate/hand-over";

/// `GET`
pub(crate) async fn judge(State(app): State<Arc<App>>, request: Request) -> Result<Response, Problem> {
    let (mut parts, _) = request.into_parts();
    let caller = Caller::from_request_parts(&mut parts, &app).await?;
    let Some((accepted, _)) = open(&caller.house) else { return Err(Problem::NotFound) };
    let token = SecretHash::of(caller.parameter("transaction").unwrap_or_default());
    let (realm, now) = (&caller.house.realm.name, caller.now());
    let Some(flow) = handovers::open(&app.store.reads(), realm, &token, now).await? else {
        return Ok(back(&caller, ""));
    };
    let shown = ClientCertificate::of(&parts.extensions);
    let judged = verdict(&caller, accepted, shown).await?;
    let code = entropy::token(&*app.entropy);
    let tx = app.store.begin().await?;
    if !handovers::judge(&tx, &token, &code.hash(), &judged, now).await? {
        return Ok(back(&caller, ""));
    }
    follow(&caller, &tx, &judged, shown).await?;
    tx.commit(&told(&caller, &judged, flow)).await?;
    Ok(back(&caller, &format!("?flow={flow}&code={}", code.expose())))
}

/// What a verdict means for accounts and sessions, whoever showed the certificate.
async fn follow(
    caller: &Caller,
    tx: &Tx,
    judged: &Judged,
    shown: Option<&ClientCertificate>,
) -> Result<(), StoreError> {
    let (realm, now) = (&caller.house.realm.name, caller.now());
    match (judged, shown) {
        (Judged::Proven { proof }, Some(shown)) => {
            let particulars = proof.particulars();
            certificates::found_good(tx, realm, &particulars.sha256).await?;
            certificate_paths::keep(tx, realm, (shown, particulars), now).await
        }
        (Judged::Refused { why: Refusal::Revoked, shown: Some(shown) }, _) => {
            let Some(bound) = certificates::find(tx, realm, &shown.sha256).await? else { return Ok(()) };
            // SR-95: what was opened with it ends, now that it is known to be revoked.
            caller.app.withdraw_certificate(tx, &caller.house, (bound.user, &shown.sha256), now).await.map(drop)
        }
        _ => Ok(()),
    }
}

/// `HEAD`: nothing is judged (SR-108).
pub(crate) async fn without_effect() -> impl IntoResponse {
    [(CACHE_CONTROL, "no-store")]
}

async fn verdict(
    caller: &Caller,
    taken: &PeoplesCertificates,
    shown: Option<&ClientCertificate>,
) -> Result<Judged, StoreError> {
    let Some(shown) = shown else { return Ok(Judged::Nothing) };
    let refused = |why| Judged::Refused { why, shown: Particulars::of(shown) };
    let now = caller.now();
    let examined = match examine(&taken.policy, shown, now) {
        Ok(examined) => examined,
        Err(why) => return Ok(refused(why)),
    };
    let app = &caller.app;
    let revocation = Revocation { store: &app.store, outbound: app.documents.outbound(), entropy: &*app.entropy };
    let standing = revocation.standing(examined.path(), &taken.lists, now).await?;
    if matches!(standing, Standing::Unknown(_)) && was_revoked(caller, examined.particulars()).await? {
        return Ok(refused(Refusal::Revoked));
    }
    Ok(match examined.accept(standing, &taken.policy, now) {
        Ok(proof) => Judged::Proven { proof },
        Err(why) => refused(why),
    })
}

/// Whether it is known to be revoked: silence does not undo that, whatever the realm makes of silence.
async fn was_revoked(caller: &Caller, particulars: &Particulars) -> Result<bool, StoreError> {
    let (reads, realm) = (caller.app.store.reads(), &caller.house.realm.name);
    let bound = certificates::find(&reads, realm, &particulars.sha256).await?;
    Ok(bound.is_some_and(|bound| bound.revoked_at.is_some()))
}

/// The exact reason, for the trail alone.
fn told(caller: &Caller, judged: &Judged, flow: FlowId) -> Event {
    let (kind, reason) = match judged {
        Judged::Proven { .. } => (EventKind::CertificateJudgedGood, None),
        Judged::Nothing => (EventKind::CertificateRefused, Some("none_presented")),
        Judged::Refused { why, .. } => (EventKind::CertificateRefused, Some(why.word())),
    };
    Event { flow: Some(flow), reason: reason.map(str::to_owned), ..caller.event(kind) }
}

/// To the main host, on a connection that ends.
fn back(caller: &Caller, query: &str) -> Response {
    let mut response = see_other(&format!("{}{query}", caller.address(result::HERE)), &[]);
    response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    response
}
