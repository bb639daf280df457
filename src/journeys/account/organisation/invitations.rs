//! `GET`, `POST /realms/{realm}/account/organisations/{organisation}/invitations`: who is invited, and others to invite, at
//! any time. The form is the activation's.

use axum::response::Response;
use http::StatusCode;
use serde::Serialize;

use super::event;
use super::within::{ActWithin, Standing, Within};
use crate::app::invitations::Invitee;
use crate::clock::{Timestamp, days};
use crate::event::EventKind;
use crate::identity::invitation::{Invitation, Uninvited};
use crate::identity::organisation::Role;
use crate::ids::InvitationId;
use crate::journeys::account::owner::Owner;
use crate::journeys::invitation::form::{self, FIELDS, RoleBox};
use crate::journeys::notice::Notice;
use crate::journeys::problem::Problem;
use crate::journeys::{refusals, samples};
use crate::mail::message::role_label;
use crate::realm::model::OrganisationPolicy;
use crate::store::invitations;
use crate::themes::form::{Field, FormState};
use crate::themes::page::{Page, Sample, sample};
use crate::themes::phrase::Phrase;

/// Most invitations that are shown; as many may wait at once.
const SHOWN: usize = 50;

/// « Invitations ».
#[derive(Debug, Clone, Serialize)]
pub(crate) struct InvitationsPage {
    /// Who is invited, sent as `do=add`.
    pub(crate) form: FormState,
    /// What has just been done.
    pub(crate) notice: Option<Notice>,
    /// The roles that may be given.
    pub(crate) roles: Vec<RoleBox>,
    /// What the organisation is called.
    pub(crate) organisation: String,
    /// Those that are open, the oldest first.
    pub(crate) entries: Vec<InvitationEntry>,
    /// The organisation's own page.
    pub(crate) back: String,
}

/// One invitation.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct InvitationEntry {
    /// Sent as `do=resend` or `do=withdraw`.
    pub(crate) form: FormState,
    /// Which.
    pub(crate) id: String,
    /// Whom it invites.
    pub(crate) name: String,
    /// Where it was sent.
    pub(crate) email: String,
    /// What they are to be.
    pub(crate) roles: Vec<&'static str>,
    /// Until when it may be accepted.
    pub(crate) until: Timestamp,
    /// Whether that is over.
    pub(crate) expired: bool,
}

impl Page for InvitationsPage {
    const NAME: &'static str = "account-organisation-invitations";
    const TEMPLATE: &'static str = "account_organisation_invitations.html";

    fn title(&self) -> Phrase {
        Phrase::new("account_organisation.see_invitations")
    }

    fn form(&self) -> Option<&FormState> {
        Some(&self.form)
    }

    fn samples(now: Timestamp) -> Vec<Sample<Self>> {
        let entry = |name: &str, email: &str, expired| InvitationEntry {
            form: samples::form(),
            id: "0199a2b4-0000-7000-8000-000000000003".to_owned(),
            name: name.to_owned(),
            email: email.to_owned(),
            roles: vec![role_label(Role::User), role_label(Role::CertificationAgent)],
            until: now + days(7),
            expired,
        };
        let one = |role: &Role| RoleBox {
            name: format!("role-{role}"),
            label: role_label(*role),
            ticked: *role == Role::User,
        };
        let page = |form, entries| Self {
            form,
            notice: None,
            roles: Role::ALL.iter().map(one).collect(),
            organisation: "EXEMPLE SAS".to_owned(),
            entries,
            back: samples::NEXT.to_owned(),
        };
        let lea = || entry("Léa Martin", "lea.martin@exemple.fr", false);
        let long = || entry(samples::LONG_NAME, samples::LONG_ADDRESS, true);
        let empty = samples::form()
            .refuse(Field::FirstName, refusals::first_name_empty())
            .refuse(Field::LastName, refusals::last_name_empty())
            .refuse(Field::Email, refusals::email_empty())
            .refuse(Field::Roles, refusals::roles_unticked());
        let member = samples::form().refuse(Field::Email, refusals::uninvited(Uninvited::Member));
        let done = |done| Self { notice: told(done), ..page(samples::form(), vec![lea()]) };
        vec![
            sample("none", page(samples::form(), Vec::new())),
            sample("several", page(samples::form(), vec![lea(), long()])),
            sample("empty", page(empty, Vec::new())),
            sample("member", page(member, Vec::new())),
            sample("sent", done("sent")),
            sample("withdrawn", done("withdrawn")),
        ]
    }
}

fn told(done: &str) -> Option<Notice> {
    let words = match done {
        "sent" => Phrase::new("account_invitations.sent"),
        "withdrawn" => Phrase::new("account_invitations.withdrawn"),
        _ => return None,
    };
    Some(Notice::done(words))
}

/// What the realm lets administrators give; one without organisations has no such page.
fn policy(owner: &Owner) -> Result<&OrganisationPolicy, Problem> {
    owner.house.realm.organisations.as_ref().ok_or(Problem::NotFound)
}

/// `GET`
pub(crate) async fn page(within: Within) -> Result<Response, Problem> {
    let within = within.administered().await?;
    let form = within.resumed(within.form(), &FIELDS).await?;
    let roles = form::first_boxes(policy(&within)?);
    show(&within, &within.standing, (form, roles)).await
}

async fn show(
    owner: &Owner,
    standing: &Standing,
    (form, roles): (FormState, Vec<RoleBox>),
) -> Result<Response, Problem> {
    let status = if form.has_errors() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let open = invitations::of_organisation(&owner.app.store.reads(), standing.organisation.id).await?;
    owner.show(
        status,
        &InvitationsPage {
            form,
            notice: owner.parameter("done").and_then(told),
            roles,
            organisation: standing.name().to_owned(),
            entries: open.iter().take(SHOWN).map(|invitation| entry(owner, invitation)).collect(),
            back: owner.path(&standing.home()),
        },
    )
}

fn entry(owner: &Owner, invitation: &Invitation) -> InvitationEntry {
    InvitationEntry {
        form: owner.form(),
        id: invitation.id.to_string(),
        name: format!("{} {}", invitation.who.first_name.as_str(), invitation.who.last_name.as_str()),
        email: invitation.who.email.as_str().to_owned(),
        roles: invitation.roles.iter().map(|role| role_label(*role)).collect(),
        until: invitation.expires_at,
        expired: !invitation.waits(owner.now()),
    }
}

/// `POST`
pub(crate) async fn submit(act: ActWithin) -> Result<Response, Problem> {
    act.standing.only_administrators()?;
    act.fresh(&FIELDS).await?;
    match act.fields.raw("do") {
        "add" => Box::pin(add(&act)).await,
        "resend" => Box::pin(resend(&act)).await,
        "withdraw" => withdraw(&act).await,
        _ => Err(Problem::Tampered),
    }
}

async fn add(act: &ActWithin) -> Result<Response, Problem> {
    let policy = policy(act)?;
    let boxes = || form::boxes(policy, &form::ticked(&act.fields, policy));
    let invitee: Invitee = match form::read(&act.fields, act.again(&FIELDS), policy, act.language) {
        Ok(invitee) => invitee,
        Err(form) => return show(act, &act.standing, (*form, boxes())).await,
    };
    let (tx, standing) = act.begin_as_administrator().await?;
    act.app.throttle.request_for_mail(&tx, &act.network(), act.now()).await?.map_err(Problem::Slowed)?;
    let by = (&standing.organisation, &act.user);
    if let Err(why) = act.app.invite(&tx, &act.house, by, &invitee, act.now()).await? {
        drop(tx);
        let form = act.again(&FIELDS);
        let form = match why {
            Uninvited::TooMany => form.refuse_all(refusals::uninvited(why)),
            _ => form.refuse(Field::Email, refusals::uninvited(why)),
        };
        return show(act, &standing, (form, boxes())).await;
    }
    let event = event(act, EventKind::InvitationSent, standing.organisation.id);
    act.leads_to(&format!("{}?done=sent", standing.page("invitations")), Vec::new(), (tx, event)).await
}

/// Which invitation a button is of.
fn chosen(act: &ActWithin) -> Result<InvitationId, Problem> {
    act.fields.raw("invitation").parse().map_err(|_| Problem::Tampered)
}

async fn resend(act: &ActWithin) -> Result<Response, Problem> {
    let id = chosen(act)?;
    let (tx, standing) = act.begin_as_administrator().await?;
    act.app.throttle.request_for_mail(&tx, &act.network(), act.now()).await?.map_err(Problem::Slowed)?;
    if !act.app.invite_again(&tx, &act.house, (&standing.organisation, id), act.now()).await? {
        return Err(Problem::Overtaken(act.path(&standing.page("invitations"))));
    }
    let event = event(act, EventKind::InvitationSent, standing.organisation.id);
    act.leads_to(&format!("{}?done=sent", standing.page("invitations")), Vec::new(), (tx, event)).await
}

async fn withdraw(act: &ActWithin) -> Result<Response, Problem> {
    let id = chosen(act)?;
    let (tx, standing) = act.begin_as_administrator().await?;
    let withdrawn = invitations::withdraw(&tx, (standing.organisation.id, id), act.now()).await?;
    withdrawn.ok_or_else(|| Problem::Overtaken(act.path(&standing.page("invitations"))))?;
    let event = event(act, EventKind::InvitationWithdrawn, standing.organisation.id);
    act.leads_to(&format!("{}?done=withdrawn", standing.page("invitations")), Vec::new(), (tx, event)).await
}
