//! `GET`, `POST /realms/{realm}/account/export`: a copy of all that is kept of somebody, for them to take along (SR-201,
//! GDPR articles 15 and 20).
//!
//! It is given in the session and to nobody else, as JSON that says its version. No secret is in it: no hash, no token,
//! no secret question (SR-36, SR-187); and nothing of other people.

use axum::response::{IntoResponse as _, Response};
use http::StatusCode;
use http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};
use serde::Serialize;
use serde_json::{Value, json};

use super::home::Line;
use super::owner::{Act, Owner};
use crate::authentication::freshness::Fresh;
use crate::clock::Timestamp;
use crate::event::{Event, EventKind};
use crate::identity::identifier::EmailAddress;
use crate::identity::organisation::{Contact, HeldRole};
use crate::identity::terms::Accepted;
use crate::identity::territory::PhoneNumber;
use crate::journeys::link::codes::device;
use crate::journeys::problem::Problem;
use crate::journeys::samples;
use crate::proofs::certificate::Particulars;
use crate::proofs::passkey::model;
use crate::store::access_requests::{self, AccessRequest};
use crate::store::certificates::{self, Bound};
use crate::store::passkeys::StoredPasskey;
use crate::store::sessions::{self, OpenSession};
use crate::store::{
    closings, consents, contacts, email_changes, events, in_use, members, organisations, passkeys, terms, users,
};
use crate::themes::form::FormState;
use crate::themes::page::{Page, Sample, sample};
use crate::themes::phrase::Phrase;

/// The page, below the realm.
const PAGE: &str = "account/export";
/// The version of the copy's form: new members may come, none changes its meaning.
const VERSION: u32 = 1;
/// Most events of one copy, the newest first.
const MOST_EVENTS: u64 = 10_000;

/// « Exporter mes données ».
#[derive(Debug, Clone, Serialize)]
pub(crate) struct ExportPage {
    /// The one button.
    pub(crate) form: FormState,
}

impl Page for ExportPage {
    const NAME: &'static str = "account-export";
    const TEMPLATE: &'static str = "account_export.html";

    fn title(&self) -> Phrase {
        Phrase::new("account_export.title")
    }

    fn samples(_now: Timestamp) -> Vec<Sample<Self>> {
        vec![sample("usual", Self { form: samples::form() })]
    }
}

/// The line of the home page, without its page.
pub(super) fn told() -> Line {
    Line::new(Phrase::new("account_export.title"))
}

/// The line of the home page.
pub(super) fn line(owner: &Owner) -> Line {
    told().seen_at(owner.path(PAGE))
}

/// `GET`
pub(crate) async fn page(owner: Owner) -> Result<Response, Problem> {
    owner.fresh().await?;
    owner.show(StatusCode::OK, &ExportPage { form: owner.form() })
}

/// `POST`: the copy itself. Sent twice it is made twice, as long as it is not asked for too often.
pub(crate) async fn submit(act: Act) -> Result<Response, Problem> {
    let fresh = act.fresh(&[]).await?;
    let tx = act.begin().await?;
    act.app.throttle.export(&tx, fresh.user(), act.now()).await?.map_err(Problem::Slowed)?;
    tx.commit(&act.event(EventKind::AccountExported)).await?;
    let copy = copy(&act, &fresh).await?;
    let body = serde_json::to_vec_pretty(&copy).map_err(|fault| Problem::ours("a copy cannot be written", fault))?;
    let name = format!("attachment; filename=\"{}.json\"", act.house.realm.name);
    let headers = [
        (CONTENT_TYPE, "application/json".to_owned()),
        (CONTENT_DISPOSITION, name),
        (CACHE_CONTROL, "no-store".to_owned()),
    ];
    Ok((StatusCode::OK, headers, body).into_response())
}

async fn copy(owner: &Owner, fresh: &Fresh) -> Result<Value, Problem> {
    let (reads, now, user) = (owner.app.store.reads(), owner.now(), &owner.user);
    let account = users::account(&reads, fresh.user()).await?;
    let open = sessions::live_of(&reads, fresh.user(), now).await?;
    let happened = events::of_user(&reads, fresh.user(), EventKind::ALL, MOST_EVENTS).await?;
    let waiting = email_changes::waiting(&reads, fresh.user(), now).await?;
    let closing = closings::of(&reads, fresh.user()).await?;
    let kept = passkeys::of_user(&reads, fresh.user()).await?;
    let bound = certificates::of_user(&reads, fresh.user()).await?;
    let accepted = terms::accepted(&reads, fresh.user()).await?;
    Ok(json!({
        "version": VERSION,
        "realm": owner.house.realm.name.as_str(),
        "exported_at": moment(now),
        "account": {
            "id": user.id,
            "identifier": user.identifier,
            "email": user.email.as_str(),
            "email_verified_at": user.email_verified_at.map(moment),
            "email_wished_for": waiting.map(|change| change.new.as_str().to_owned()),
            "first_name": user.first_name.as_str(),
            "last_name": user.last_name.as_str(),
            "language": user.language,
            "claims": user.profile,
            "created_at": moment(user.created_at),
            "updated_at": moment(user.updated_at),
            "closes_at": closing.map(|closing| moment(closing.closes_at)),
        },
        "organisations": organisations(owner, fresh).await?,
        "access_requests": requests(owner).await?,
        "sign_in": {
            "password_changed_at": account.and_then(|account| account.password_since).map(moment),
            "has_secret_question": account.is_some_and(|account| account.has_secret_question),
            "has_challenge_questions": account.is_some_and(|account| account.has_challenge_questions),
            "code_app_added_at": account.and_then(|account| account.totp_since).map(moment),
            "passkeys": kept.iter().map(passkey).collect::<Vec<_>>(),
            "certificates": bound.iter().map(certificate).collect::<Vec<_>>(),
        },
        "sessions": open.iter().map(session).collect::<Vec<_>>(),
        "applications": applications(owner, fresh).await?,
        "terms_accepted": accepted.iter().map(acceptance).collect::<Vec<_>>(),
        "activity": happened.iter().map(event).collect::<Vec<_>>(),
    }))
}

/// What somebody is in organisations, and what those say of them; nothing of other people.
async fn organisations(owner: &Owner, fresh: &Fresh) -> Result<Value, Problem> {
    let reads = owner.app.store.reads();
    let mut copied = Vec::new();
    for membership in members::of_user(&reads, fresh.user()).await? {
        let found = organisations::in_realm(&reads, &owner.house.realm.name, membership.organisation).await?;
        let Some(organisation) = found else { continue };
        let named = contacts::of(&reads, organisation.id).await?;
        let mine = named.iter().filter(|contact| contact.user == Some(fresh.user()));
        copied.push(json!({
            "id": organisation.id,
            "scheme": organisation.number.scheme().as_str(),
            "country": organisation.number.country().as_str(),
            "number": organisation.number.value(),
            "details": organisation.details,
            "joined_at": moment(membership.joined_at),
            "roles": membership.roles.iter().map(role).collect::<Vec<_>>(),
            "contact_for": mine.map(contact).collect::<Vec<_>>(),
        }));
    }
    Ok(Value::Array(copied))
}

fn role(held: &HeldRole) -> Value {
    json!({
        "role": held.role,
        "state": held.state,
        "declared_at": moment(held.declared_at),
        "changed_at": moment(held.changed_at),
    })
}

fn contact(contact: &Contact) -> Value {
    json!({
        "kind": contact.kind,
        "first_name": contact.first_name.as_str(),
        "last_name": contact.last_name.as_str(),
        "email": contact.email.as_ref().map(EmailAddress::as_str),
        "phone": contact.phone.as_ref().map(PhoneNumber::as_str),
        "named_at": moment(contact.named_at),
    })
}

/// What was asked under the address of the account, once that is proven to be its owner's.
async fn requests(owner: &Owner) -> Result<Value, Problem> {
    if owner.user.email_verified_at.is_none() {
        return Ok(Value::Array(Vec::new()));
    }
    let (reads, address) = (owner.app.store.reads(), owner.user.email.canonical());
    let asked = access_requests::of_address(&reads, &owner.house.realm.name, &address).await?.into_iter();
    let request = |request: AccessRequest| {
        json!({
            "organisation": request.organisation,
            "first_name": request.who.first_name.as_str(),
            "last_name": request.who.last_name.as_str(),
            "asked_at": moment(request.asked_at),
            "expires_at": moment(request.expires_at),
        })
    };
    Ok(asked.map(request).collect())
}

fn passkey(kept: &StoredPasskey) -> Value {
    json!({
        "name": kept.name,
        "provider": model::name(kept.model),
        "created_at": moment(kept.since),
        "used_at": kept.used.map(moment),
    })
}

fn certificate(bound: &Bound) -> Value {
    let Particulars { sha256, serial, issuer_dn, subject_name, not_before, not_after, .. } = &bound.particulars;
    json!({
        "sha256": sha256,
        "serial": serial,
        "issuer": issuer_dn,
        "subject": subject_name,
        "not_before": moment(*not_before),
        "not_after": moment(*not_after),
        "added_at": moment(bound.added_at),
        "used_at": bound.used_at.map(moment),
        "revoked_at": bound.revoked_at.map(moment),
    })
}

fn session(open: &OpenSession) -> Value {
    let device = device(&open.device.user_agent);
    json!({
        "id": open.session.id,
        "browser": device.as_ref().map(|device| device.browser.as_str()),
        "system": device.as_ref().map(|device| device.system.as_str()),
        "network": open.device.source,
        "authenticated_at": moment(open.session.authenticated.auth_time()),
        "seen_at": moment(open.session.seen_at),
    })
}

async fn applications(owner: &Owner, fresh: &Fresh) -> Result<Value, Problem> {
    let reads = owner.app.store.reads();
    let agreed = consents::all(&reads, fresh.user()).await?.into_iter().map(|(client, agreement)| {
        json!({
            "client_id": client.to_string(),
            "scope": agreement.to.scope.to_string(),
            "resources": agreement.to.resources,
            "agreed_at": moment(agreement.given),
        })
    });
    let held = in_use::of(&reads, fresh.user(), owner.now()).await?.into_iter();
    let held = held.map(
        |held| json!({ "client_id": held.client_id, "in_use_since": moment(Timestamp::from_millis(held.given_at)) }),
    );
    Ok(Value::Array(agreed.chain(held).collect()))
}

fn acceptance(accepted: &Accepted) -> Value {
    json!({
        "document": accepted.key.to_string(),
        "version": accepted.version.to_string(),
        "at": moment(accepted.at),
    })
}

fn event(event: &Event) -> Value {
    json!({
        "at": moment(event.at),
        "what": event.kind.name(),
        "client_id": event.client,
        "from": event.source,
        "reference": event.reference,
        "reason": event.reason,
    })
}

/// A moment as RFC 3339 has it.
fn moment(at: Timestamp) -> String {
    jiff::Timestamp::from_millisecond(at.millis()).unwrap_or_default().to_string()
}
