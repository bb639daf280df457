//! `GET`, `POST /realms/{realm}/account/organisations/{organisation}/requests/{request}`: somebody asks for access, and an
//! administrator says yes or no.
//!
//! Yes is an invitation with the roles chosen here: it is accepted as any other, by whoever reads that mailbox. No is told
//! by mail, without who said so.

use axum::response::Response;
use http::StatusCode;
use serde::Serialize;

use super::event;
use super::member::{RoleChoice, offered, ticked};
use super::within::{ActWithin, Named, Standing, Within};
use crate::app::invitations::Invitee;
use crate::app::letters::{self, Recipient};
use crate::clock::{Duration, Timestamp, days};
use crate::event::EventKind;
use crate::identity::invitation::Uninvited;
use crate::identity::organisation::Role;
use crate::ids::AccessRequestId;
use crate::journeys::account::owner::Owner;
use crate::journeys::problem::Problem;
use crate::journeys::{refusals, samples};
use crate::mail::message::{Mail, Membership};
use crate::store::Tx;
use crate::store::access_requests::{self, AccessRequest, Decision};
use crate::themes::form::{Field, FormState};
use crate::themes::page::{Page, Sample, sample};
use crate::themes::phrase::Phrase;

/// Somebody who asks.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct RequestPage {
    /// The roles, sent as `do=accept`; and `do=refuse`.
    pub(crate) form: FormState,
    /// What the organisation is called.
    pub(crate) organisation: String,
    /// How they call themselves.
    pub(crate) name: String,
    /// Their address; they read its mailbox.
    pub(crate) email: String,
    /// When they asked.
    pub(crate) asked: Timestamp,
    /// Until when it may be decided.
    pub(crate) ends: Timestamp,
    /// The roles that they may be given.
    pub(crate) roles: Vec<RoleChoice>,
    /// All requests.
    pub(crate) back: String,
}

impl Page for RequestPage {
    const NAME: &'static str = "account-organisation-request";
    const TEMPLATE: &'static str = "account_organisation_request.html";

    fn title(&self) -> Phrase {
        Phrase::new("account_request.title").words("name", &self.name)
    }

    fn form(&self) -> Option<&FormState> {
        Some(&self.form)
    }

    fn samples(now: Timestamp) -> Vec<Sample<Self>> {
        let page = |name: &str, email: &str, form| Self {
            form,
            organisation: "EXEMPLE SAS".to_owned(),
            name: name.to_owned(),
            email: email.to_owned(),
            asked: now - Duration::from_hours(20),
            ends: now + days(29),
            roles: RoleChoice::first(Role::ALL),
            back: samples::NEXT.to_owned(),
        };
        let member = samples::form().refuse_all(refusals::uninvited(Uninvited::Member));
        let unticked = samples::form().refuse(Field::Roles, refusals::roles_unticked());
        let paul = |form| page("Paul Lefèvre", "paul.lefevre@exemple.fr", form);
        vec![
            sample("usual", paul(samples::form())),
            sample("long", page(samples::LONG_NAME, samples::LONG_ADDRESS, samples::form())),
            sample("no-role", paul(unticked)),
            sample("member", paul(member)),
        ]
    }
}

/// `GET`
pub(crate) async fn page(Named(id): Named<AccessRequestId>, within: Within) -> Result<Response, Problem> {
    let within = within.administered().await?;
    let request = waiting(&within, &within.standing, id).await?;
    show(&within, &within.standing, &request, within.form())
}

/// One that waits; any other was decided in another tab, or is over.
async fn waiting(owner: &Owner, standing: &Standing, id: AccessRequestId) -> Result<AccessRequest, Problem> {
    let waiting = access_requests::waiting(&owner.app.store.reads(), standing.organisation.id, owner.now()).await?;
    let found = waiting.into_iter().find(|request| request.id == id);
    found.ok_or_else(|| Problem::Overtaken(owner.path(&standing.page("requests"))))
}

fn show(owner: &Owner, standing: &Standing, request: &AccessRequest, form: FormState) -> Result<Response, Problem> {
    let status = if form.has_errors() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    owner.show(
        status,
        &RequestPage {
            form,
            organisation: standing.name().to_owned(),
            name: request.full_name(),
            email: request.who.email.as_str().to_owned(),
            asked: request.asked_at,
            ends: request.expires_at,
            roles: RoleChoice::first(offered(owner)),
            back: owner.path(&standing.page("requests")),
        },
    )
}

/// `POST`
pub(crate) async fn submit(Named(id): Named<AccessRequestId>, act: ActWithin) -> Result<Response, Problem> {
    act.standing.only_administrators()?;
    act.fresh(&[]).await?;
    match act.fields.raw("do") {
        "accept" => Box::pin(accept(&act, id)).await,
        "refuse" => refuse(&act, id).await,
        _ => Err(Problem::Tampered),
    }
}

/// Decides it, once: who comes second is shown what is left.
async fn decide(
    act: &ActWithin,
    (tx, standing): (&Tx, &Standing),
    id: AccessRequestId,
    decision: Decision,
) -> Result<AccessRequest, Problem> {
    let by = (act.user.id, act.now());
    let decided = access_requests::decide(tx, (standing.organisation.id, id), decision, by).await?;
    decided.ok_or_else(|| Problem::Overtaken(act.path(&standing.page("requests"))))
}

async fn accept(act: &ActWithin, id: AccessRequestId) -> Result<Response, Problem> {
    let offered = offered(act);
    let roles: Vec<Role> = ticked(&act.fields).into_iter().filter(|role| offered.contains(role)).collect();
    if roles.is_empty() {
        let form = act.form().refuse(Field::Roles, refusals::roles_unticked());
        return show(act, &act.standing, &waiting(act, &act.standing, id).await?, form);
    }
    let (tx, standing) = act.begin_as_administrator().await?;
    let request = decide(act, (&tx, &standing), id, Decision::Accept).await?;
    act.app.throttle.request_for_mail(&tx, &act.network(), act.now()).await?.map_err(Problem::Slowed)?;
    let invitee = Invitee { who: request.who.clone(), roles };
    let by = (&standing.organisation, &act.user);
    if let Err(why) = act.app.invite(&tx, &act.house, by, &invitee, act.now()).await? {
        drop(tx);
        return show(act, &standing, &request, act.form().refuse_all(refusals::uninvited(why)));
    }
    let event = event(act, EventKind::AccessAccepted, standing.organisation.id);
    act.leads_to(&format!("{}?done=accepted", standing.page("requests")), Vec::new(), (tx, event)).await
}

async fn refuse(act: &ActWithin, id: AccessRequestId) -> Result<Response, Problem> {
    let (tx, standing) = act.begin_as_administrator().await?;
    let request = decide(act, (&tx, &standing), id, Decision::Refuse).await?;
    let mail = Mail::AccessRefused(Membership {
        first_name: request.who.first_name.as_str().to_owned(),
        organisation: standing.name().to_owned(),
        roles: Vec::new(),
        page: act.address("sign-in"),
        at: act.now(),
    });
    let to = Recipient { address: request.who.email.as_str().to_owned(), language: request.who.language, held: false };
    letters::post(&act.app, &tx, &act.house.realm.name, to, &mail, act.now()).await?;
    let event = event(act, EventKind::AccessRefused, standing.organisation.id);
    act.leads_to(&format!("{}?done=refused", standing.page("requests")), Vec::new(), (tx, event)).await
}
