//! The addresses of the hosted pages (DESIGN.md §3): clean English paths below the realm.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use axum::{Json, Router};
use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use http::{HeaderMap, HeaderValue, StatusCode};
use serde_json::json;

use super::account::{self, organisation};
use super::actions::{
    challenge_questions, configure_totp, designate_contacts, first_password, invite_users, question, recovery_codes,
    register_passkey, terms as acceptance, verification,
};
use super::caller::{Caller, see_other};
use super::certificate::{associate, before, hand_over, result};
use super::choose_organisation;
use super::consent;
use super::device::{confirm, enter};
use super::dispatch;
use super::error_pages::Cause;
use super::interruptions::ReadyPage;
use super::invitation;
use super::link::landing;
use super::login::{lapsed, lost_factor, passkey, recovery_code, sign_in, totp, welcome};
use super::not_me;
use super::problem::{self, Problem};
use super::questions::challenge;
use super::recovery::{answer, ask, code, identifier, new_password};
use super::register::organisation::{administrator, known};
use super::register::{access, access_link, sent, start};
use super::sign_out;
use super::steps;
use super::terms;
use super::visit::{Submission, Visit};
use crate::app::App;
use crate::app::cookies::{self, Name};
use crate::authentication::journey::Place;
use crate::event::EventKind;

/// Every hosted page. Whoever assembles them puts the check of `Origin` around (SR-107).
pub(crate) fn pages() -> Router<Arc<App>> {
    Router::new()
        .route("/realms/{realm}/sign-in", get(sign_in::page).post(sign_in::submit))
        .route("/realms/{realm}/sign-in/code", get(totp::page).post(totp::submit))
        .route("/realms/{realm}/sign-in/passkey", get(passkey::page).post(passkey::submit))
        .route("/realms/{realm}/sign-in/recovery-code", get(recovery_code::page).post(recovery_code::submit))
        .route("/realms/{realm}/sign-in/lapsed", get(lapsed::page).post(lapsed::submit))
        .route("/realms/{realm}/sign-in/lost", get(lost_factor::page))
        .route("/realms/{realm}/welcome", get(welcome::page))
        .route("/realms/{realm}/register", get(start::page).post(start::submit))
        .route("/realms/{realm}/register/administrator", get(administrator::page).post(administrator::submit))
        .route("/realms/{realm}/register/exists", get(known::page).post(known::submit))
        .route("/realms/{realm}/register/access", get(access::page).post(access::submit))
        .route("/realms/{realm}/access-request", get(access_link::page).post(access_link::submit))
        .route("/realms/{realm}/register/sent", get(sent::page).post(sent::submit))
        .route("/realms/{realm}/verify-email", get(verification::page).post(verification::submit))
        .route("/realms/{realm}/link", get(landing::page).post(landing::submit))
        .route("/realms/{realm}/link/done", get(landing::done))
        .route("/realms/{realm}/invitation", get(invitation::page).post(invitation::submit))
        .route("/realms/{realm}/not-me", get(not_me::page).post(not_me::submit))
        .route(
            "/realms/{realm}/required-actions/update-password",
            get(first_password::page).post(first_password::submit),
        )
        .route("/realms/{realm}/required-actions/set-secret-question", get(question::page).post(question::submit))
        .route(
            "/realms/{realm}/required-actions/set-challenge-questions",
            get(challenge_questions::page).post(challenge_questions::submit),
        )
        .route(
            "/realms/{realm}/required-actions/configure-totp",
            get(configure_totp::page).post(configure_totp::submit),
        )
        .route(
            "/realms/{realm}/required-actions/save-recovery-codes",
            get(recovery_codes::page).post(recovery_codes::submit),
        )
        .route(
            "/realms/{realm}/required-actions/register-passkey",
            get(register_passkey::page).post(register_passkey::submit),
        )
        .route("/realms/{realm}/required-actions/accept-terms", get(acceptance::page).post(acceptance::submit))
        .route(
            "/realms/{realm}/required-actions/designate-contacts",
            get(designate_contacts::page).post(designate_contacts::submit),
        )
        .route("/realms/{realm}/required-actions/invite-users", get(invite_users::page).post(invite_users::submit))
        .route("/realms/{realm}/required-actions/later", get(steps::page).post(steps::submit))
        .route("/realms/{realm}/terms/{key}/{version}", get(terms::page))
        .route("/realms/{realm}/terms/{key}/{version}/{file}", get(terms::file))
        .route("/realms/{realm}/challenge", get(challenge::page).post(challenge::submit))
        .route("/realms/{realm}/recover/identifier", get(identifier::page).post(identifier::submit))
        .route("/realms/{realm}/recover/identifier/sent", get(identifier::sent).post(identifier::again))
        .route("/realms/{realm}/recover/password", get(ask::page).post(ask::submit))
        .route("/realms/{realm}/recover/password/sent", get(code::page).post(code::submit))
        .route("/realms/{realm}/recover/password/question", get(answer::page).post(answer::submit))
        .route("/realms/{realm}/recover/password/new", get(new_password::page).post(new_password::submit))
        .route("/realms/{realm}/certificate", get(before::page).post(before::submit))
        .route("/realms/{realm}/certificate/result", get(result::page).post(result::submit))
        .route("/realms/{realm}/certificate/associate", get(associate::page).post(associate::submit))
        .route("/realms/{realm}/choose-organisation", get(choose_organisation::page).post(choose_organisation::submit))
        .route("/realms/{realm}/consent", get(consent::page).post(consent::submit))
        .route("/realms/{realm}/device", get(enter::page).post(enter::submit))
        .route("/realms/{realm}/device/confirm", get(confirm::page).post(confirm::submit))
        .merge(of_the_account())
        .route("/realms/{realm}/go-on", get(go_on).post(enter))
        .route("/realms/{realm}/applications", get(applications))
        .route("/realms/{realm}/refused", get(refused))
        .route("/realms/{realm}/sign-out", get(sign_out::page).post(sign_out::submit))
        .route("/realms/{realm}/signed-out", get(sign_out::done))
        .route("/realms/{realm}/{*rest}", get(nowhere).post(nowhere))
}

/// The pages of one's own account.
fn of_the_account() -> Router<Arc<App>> {
    Router::new()
        .route("/realms/{realm}/account", get(account::home::page))
        .route("/realms/{realm}/account/identity", get(account::identity::page).post(account::identity::submit))
        .route("/realms/{realm}/account/email", get(account::email::page).post(account::email::submit))
        .route("/realms/{realm}/email-change", get(account::email_link::page).post(account::email_link::submit))
        .route("/realms/{realm}/account/organisations", get(organisation::list::page))
        .route(
            "/realms/{realm}/account/organisations/{organisation}",
            get(organisation::entity::page).post(organisation::entity::submit),
        )
        .route(
            "/realms/{realm}/account/organisations/{organisation}/details",
            get(organisation::details::page).post(organisation::details::submit),
        )
        .route(
            "/realms/{realm}/account/organisations/{organisation}/contacts",
            get(organisation::contacts::page).post(organisation::contacts::submit),
        )
        .route(
            "/realms/{realm}/account/organisations/{organisation}/invitations",
            get(organisation::invitations::page).post(organisation::invitations::submit),
        )
        .route("/realms/{realm}/account/organisations/{organisation}/users", get(organisation::users::page))
        .route(
            "/realms/{realm}/account/organisations/{organisation}/users/{user}",
            get(organisation::member::page).post(organisation::member::submit),
        )
        .route("/realms/{realm}/account/organisations/{organisation}/requests", get(organisation::requests::page))
        .route(
            "/realms/{realm}/account/organisations/{organisation}/requests/{request}",
            get(organisation::request::page).post(organisation::request::submit),
        )
        .route("/realms/{realm}/account/password", get(account::password::page).post(account::password::submit))
        .route("/realms/{realm}/account/secret-question", get(account::question::page).post(account::question::submit))
        .route(
            "/realms/{realm}/account/challenge-questions",
            get(account::questions::page).post(account::questions::submit),
        )
        .route(
            "/realms/{realm}/account/certificates",
            get(account::certificates::page).post(account::certificates::submit),
        )
        .route("/realms/{realm}/account/passkeys", get(account::passkeys::page).post(account::passkeys::submit))
        .route(
            "/realms/{realm}/account/second-factors",
            get(account::second_factors::page).post(account::second_factors::submit),
        )
        .route("/realms/{realm}/account/session", get(account::lasting::ask).post(account::lasting::stay))
        .route("/realms/{realm}/account/sessions", get(account::sessions::page).post(account::sessions::submit))
        .route(
            "/realms/{realm}/account/applications",
            get(account::applications::page).post(account::applications::submit),
        )
        .route("/realms/{realm}/account/export", get(account::export::page).post(account::export::submit))
        .route("/realms/{realm}/account/close", get(account::close::page).post(account::close::submit))
        .route("/realms/{realm}/keep-account", get(account::close::mailed).post(account::close::kept))
        .route("/realms/{realm}/account/activity", get(account::activity::page))
}

/// The one address that browsers are sent to where certificates are asked for.
pub(crate) fn where_certificates_are_shown() -> Router<Arc<App>> {
    let judged = get(hand_over::judge).head(hand_over::without_effect);
    Router::new().route("/realms/{realm}/certificate/hand-over", judged)
}

/// The files that pages load, named by their content and kept for a year.
pub(crate) fn assets() -> Router<Arc<App>> {
    Router::new().route("/assets/{digest}/{name}", get(asset))
}

async fn asset(State(app): State<Arc<App>>, Path((digest, name)): Path<(String, String)>) -> Response {
    let houses = app.houses.all();
    let mut assets = houses.iter().flat_map(|house| house.theme.assets());
    let Some(asset) = assets.find(|asset| asset.digest == digest && asset.name == name) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let mut response = asset.body.clone().into_response();
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(asset.content_type));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("public, max-age=31536000, immutable"));
    response
}

/// Wherever the journey stands.
async fn go_on(visit: Visit) -> Result<Response, Problem> {
    match visit.place() {
        Place::Enter(_) => visit.show(&ReadyPage { form: visit.form() }),
        place => Ok(see_other(&visit.step(dispatch::page(&place)), &[])),
    }
}

/// On to wherever the journey leads, a session included.
async fn enter(submission: Submission) -> Result<Response, Problem> {
    let (tx, event) = (submission.begin().await?, submission.visit.event(EventKind::PasswordAccepted));
    submission.follow(tx, event).await
}

/// The realm's applications, for somebody who came without a request.
async fn applications(caller: Caller) -> Result<Response, Problem> {
    caller.show(StatusCode::OK, &problem::applications(&caller))
}

/// The account may not be used; told after the right password only.
async fn refused(visit: Visit) -> Result<Response, Problem> {
    if visit.place() != Place::Refused {
        return visit.elsewhere(&Place::Refused);
    }
    let page = Cause::AccountSuspended.page(visit.arrival.reference.as_str(), visit.now());
    visit.show_as(StatusCode::FORBIDDEN, &page)
}

async fn nowhere(_: Caller) -> Problem {
    Problem::NotFound
}

/// Any other address: a true 404, which password managers probe for (UX §1.1).
pub(crate) async fn nowhere_at_all() -> Problem {
    Problem::NotFound
}

/// What browsers and managers look for at the root of the origin.
pub(crate) fn well_known() -> Router<Arc<App>> {
    Router::new()
        .route("/.well-known/change-password", get(change_password))
        .route("/.well-known/passkey-endpoints", get(passkey_endpoints))
}

/// Where passkeys are made and looked after, at the realm in use, else the first that has them (W3C, "A Well-Known URL for
/// Relying Party Passkey Endpoints"): the host is the relying party, whatever its realms are.
async fn passkey_endpoints(State(app): State<Arc<App>>, headers: HeaderMap) -> Result<Response, Problem> {
    let mut houses = app.houses.all();
    houses.retain(|house| house.passkeys.is_some());
    let used = houses.iter().find(|house| cookies::read(&headers, Name::Session(&house.realm.name)).is_some());
    let house = used.or(houses.first()).ok_or(Problem::NotFound)?;
    let page = format!("{}/account/passkeys", house.issuer);
    Ok(Json(json!({ "enroll": page, "manage": page })).into_response())
}

/// The page where a password is changed, of the realm in use; else the one where a forgotten one is replaced (UX §1.1).
async fn change_password(State(app): State<Arc<App>>, headers: HeaderMap) -> Result<Response, Problem> {
    let houses = app.houses.all();
    let used = houses.iter().find(|house| cookies::read(&headers, Name::Session(&house.realm.name)).is_some());
    if let Some(house) = used {
        return Ok(see_other(&format!("/realms/{}/account/password", house.realm.name), &[]));
    }
    let house = houses.first().ok_or(Problem::NotFound)?;
    Ok(see_other(&format!("/realms/{}/recover/password", house.realm.name), &[]))
}
