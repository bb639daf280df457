//! `GET`, `POST /realms/{realm}/required-actions/invite-users`: the first users of an organisation, or nobody yet
//! (DOMAIN.md §9.1 to §9.3).
//!
//! Each addition is an invitation that leaves at once, and can be taken back. « Terminer » settles the step, whoever was
//! added; later ones are invited at the account pages.

use axum::response::Response;
use http::StatusCode;
use serde::Serialize;

use super::designate_contacts::LONG_ENTITY;
use super::owed::{Entity, Owed, hold, owed, policy};
use crate::app::invitations::{Invitee, about};
use crate::authentication::journey::Place;
use crate::authentication::required_action::RequiredActionKind;
use crate::clock::{Timestamp, days};
use crate::event::EventKind;
use crate::identity::invitation::Uninvited;
use crate::identity::organisation::Role;
use crate::ids::InvitationId;
use crate::journeys::dispatch::GO_ON;
use crate::journeys::invitation::form::{self, FIELDS, RoleBox};
use crate::journeys::problem::Problem;
use crate::journeys::visit::{Submission, Visit};
use crate::journeys::{refusals, samples, steps};
use crate::mail::message::role_label;
use crate::store::organisations::{self, Settled};
use crate::store::{invitations, members, users};
use crate::themes::form::{Field, FormState};
use crate::themes::page::{Page, Sample, sample};
use crate::themes::phrase::Phrase;

const PLACE: Place = Place::Action(RequiredActionKind::InviteUsers);

/// « Utilisateurs »
#[derive(Debug, Clone, Serialize)]
pub(crate) struct InviteUsersPage {
    /// « Ajout d’un utilisateur », sent as `do=add`.
    pub(crate) form: FormState,
    /// The roles that may be given.
    pub(crate) roles: Vec<RoleBox>,
    /// Whose users.
    pub(crate) organisation: Entity,
    /// Who is there, and who is invited.
    pub(crate) people: Vec<Row>,
    /// « Terminer », sent as `do=finish`.
    pub(crate) finish: FormState,
}

/// A line of the table.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Row {
    /// « Prénom Nom »
    pub(crate) name: String,
    /// « Courriel »
    pub(crate) address: String,
    /// « Rôle(s) »
    pub(crate) roles: Vec<&'static str>,
    /// Whoever has not come yet.
    pub(crate) invited: Option<Invited>,
}

/// An invitation that waits.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Invited {
    /// Takes it back, sent as `do=withdraw`.
    pub(crate) form: FormState,
    /// Which.
    pub(crate) id: String,
    /// Until when it can be accepted.
    pub(crate) until: Timestamp,
}

impl InviteUsersPage {
    fn sample(form: FormState, people: Vec<Row>) -> Self {
        let one = |role: &Role| RoleBox {
            name: format!("role-{role}"),
            label: role_label(*role),
            ticked: *role == Role::User,
        };
        Self {
            form,
            roles: Role::ALL.iter().map(one).collect(),
            organisation: Entity::sample("EXEMPLE SAS"),
            people,
            finish: samples::form(),
        }
    }
}

impl Page for InviteUsersPage {
    const NAME: &'static str = "invite-users";
    const TEMPLATE: &'static str = "invite_users.html";

    fn title(&self) -> Phrase {
        Phrase::new("invite_users.title")
    }

    fn form(&self) -> Option<&FormState> {
        Some(&self.form)
    }

    fn samples(now: Timestamp) -> Vec<Sample<Self>> {
        let row = |name: &str, address: &str, roles: &[Role], invited| Row {
            name: name.to_owned(),
            address: address.to_owned(),
            roles: roles.iter().map(|role| role_label(*role)).collect(),
            invited,
        };
        let invited = || {
            let id = "0199a2b4-0000-7000-8000-000000000003".to_owned();
            Some(Invited { form: samples::form(), id, until: now + days(7) })
        };
        let camille =
            || row("Camille Durand", samples::ADDRESS, &[Role::LegalRepresentative, Role::Administrator], None);
        let lea = || row("Léa Martin", "lea.martin@exemple.fr", &[Role::User], invited());
        let long = || row(samples::LONG_NAME, samples::LONG_ADDRESS, Role::ALL, invited());
        let alone = |form| Self::sample(form, vec![camille()]);
        let typed = || {
            let form = samples::form().keep(Field::FirstName, "Léa").keep(Field::LastName, "Martin");
            form.keep(Field::Email, "lea.martin@exemple.fr")
        };
        let refused =
            |why| Self::sample(typed().refuse(Field::Email, refusals::uninvited(why)), vec![camille(), lea()]);
        let empty = samples::form()
            .refuse(Field::FirstName, refusals::theirs_empty(Field::FirstName))
            .refuse(Field::LastName, refusals::theirs_empty(Field::LastName))
            .refuse(Field::Email, refusals::theirs_empty(Field::Email))
            .refuse(Field::Roles, refusals::roles_unticked());
        let full = typed().refuse_all(refusals::uninvited(Uninvited::TooMany));
        let wide = Self { organisation: Entity::sample(LONG_ENTITY), ..Self::sample(samples::form(), vec![long()]) };
        vec![
            sample("first-visit", alone(samples::form())).in_steps(steps::sampled(3)),
            sample("invited", Self::sample(samples::form(), vec![camille(), lea()])).in_steps(steps::sampled(3)),
            sample("empty", alone(empty)).in_steps(steps::sampled(3)),
            sample("oneself", refused(Uninvited::Oneself)),
            sample("member", refused(Uninvited::Member)),
            sample("invited-already", refused(Uninvited::Waits)),
            sample("too-many", alone(full)),
            sample("long-names", wide),
        ]
    }
}

/// `GET`
pub(crate) async fn page(visit: Visit) -> Result<Response, Problem> {
    if visit.place() != PLACE {
        return visit.elsewhere(&PLACE);
    }
    let owed = owed(&visit, Settled::Users).await?;
    let (form, roles) = (visit.form(), form::first_boxes(policy(&visit)?));
    show(&visit, StatusCode::OK, &owed, (form, roles)).await
}

/// `POST`
pub(crate) async fn submit(submission: Submission) -> Result<Response, Problem> {
    if submission.visit.place() != PLACE {
        return submission.visit.elsewhere(&PLACE);
    }
    let owed = owed(&submission.visit, Settled::Users).await?;
    match submission.fields.raw("do") {
        "finish" => Box::pin(finish(submission, &owed)).await,
        "withdraw" => Box::pin(withdraw(submission, &owed)).await,
        _ => Box::pin(add(submission, &owed)).await,
    }
}

async fn add(submission: Submission, owed: &Owed) -> Result<Response, Problem> {
    let visit = &submission.visit;
    match form::read(&submission.fields, submission.again(&FIELDS), policy(visit)?, visit.language) {
        Ok(invitee) => invite(submission, owed, &invitee).await,
        Err(form) => again(&submission, owed, *form).await,
    }
}

async fn invite(submission: Submission, owed: &Owed, invitee: &Invitee) -> Result<Response, Problem> {
    let tx = submission.begin().await?;
    let visit = &submission.visit;
    let (app, now) = (&visit.app, visit.now());
    hold(&submission, &tx, owed, Settled::Users).await?;
    app.throttle.request_for_mail(&tx, &visit.network(), now).await?.map_err(Problem::Slowed)?;
    let whose = (&owed.organisation, &owed.user);
    if let Err(why) = app.invite(&tx, &visit.house, whose, invitee, now).await? {
        drop(tx);
        let form = submission.again(&FIELDS);
        let form = match why {
            Uninvited::TooMany => form.refuse_all(refusals::uninvited(why)),
            _ => form.refuse(Field::Email, refusals::uninvited(why)),
        };
        return again(&submission, owed, form).await;
    }
    let event = about(visit.event(EventKind::InvitationSent), owed.organisation.id);
    submission.follow(tx, event).await
}

async fn withdraw(submission: Submission, owed: &Owed) -> Result<Response, Problem> {
    let tx = submission.begin().await?;
    let visit = &submission.visit;
    hold(&submission, &tx, owed, Settled::Users).await?;
    let gone = || Problem::Overtaken(visit.step(GO_ON));
    let id: InvitationId = submission.fields.raw("invitation").parse().map_err(|_| gone())?;
    invitations::withdraw(&tx, (owed.organisation.id, id), visit.now()).await?.ok_or_else(gone)?;
    let event = about(visit.event(EventKind::InvitationWithdrawn), owed.organisation.id);
    submission.follow(tx, event).await
}

async fn finish(mut submission: Submission, owed: &Owed) -> Result<Response, Problem> {
    let tx = submission.begin().await?;
    hold(&submission, &tx, owed, Settled::Users).await?;
    organisations::settle(&tx, owed.organisation.id, Settled::Users, submission.visit.now()).await?;
    let event = about(submission.visit.event(EventKind::UsersSettled), owed.organisation.id);
    submission.visit.flow.journey.settled.push(RequiredActionKind::InviteUsers);
    submission.follow(tx, event).await
}

/// The page again, with what was typed and ticked.
async fn again(submission: &Submission, owed: &Owed, form: FormState) -> Result<Response, Problem> {
    let policy = policy(&submission.visit)?;
    let roles = form::boxes(policy, &form::ticked(&submission.fields, policy));
    show(&submission.visit, StatusCode::UNPROCESSABLE_ENTITY, owed, (form, roles)).await
}

async fn show(
    visit: &Visit,
    status: StatusCode,
    owed: &Owed,
    (form, roles): (FormState, Vec<RoleBox>),
) -> Result<Response, Problem> {
    let people = people(visit, owed).await?;
    let (organisation, finish) = (Entity::of(&owed.organisation), visit.form());
    visit.show_as(status, &InviteUsersPage { form, roles, organisation, people, finish })
}

async fn people(visit: &Visit, owed: &Owed) -> Result<Vec<Row>, Problem> {
    let (reads, organisation) = (visit.app.store.reads(), owed.organisation.id);
    let memberships = members::of_organisation(&reads, organisation).await?;
    let members = users::of_organisation(&reads, organisation).await?.into_iter().map(|user| {
        let held = memberships.iter().find(|membership| membership.user == user.id);
        let roles = held.into_iter().flat_map(|membership| membership.held().map(|held| role_label(held.role)));
        Row { name: user.full_name(), address: user.email.as_str().to_owned(), roles: roles.collect(), invited: None }
    });
    let mut waiting = invitations::of_organisation(&reads, organisation).await?;
    waiting.retain(|invitation| invitation.waits(visit.now()));
    let waiting = waiting.into_iter().map(|invitation| Row {
        name: format!("{} {}", invitation.who.first_name.as_str(), invitation.who.last_name.as_str()),
        address: invitation.who.email.as_str().to_owned(),
        roles: invitation.roles.iter().map(|role| role_label(*role)).collect(),
        invited: Some(Invited { form: visit.form(), id: invitation.id.to_string(), until: invitation.expires_at }),
    });
    Ok(members.chain(waiting).collect())
}
