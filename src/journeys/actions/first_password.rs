//! `GET`, `POST /realms/{realm}/required-actions/update-password`: the password that activates an account, the first one or
//! in the place of one that was mailed.

use axum::response::Response;
use http::StatusCode;

use super::update_password::{Criterion, Holder, Reason, Rule, UpdatePasswordPage};
use crate::authentication::journey::Place;
use crate::authentication::required_action::RequiredActionKind;
use crate::event::EventKind;
use crate::identity::user::User;
use crate::ids::UserId;
use crate::journeys::login::sign_in::{hash, verify};
use crate::journeys::problem::Problem;
use crate::journeys::refusals;
use crate::journeys::visit::{Submission, Visit};
use crate::proofs::password::{self, Lack, StoredHash};
use crate::realm::model::Realm;
use crate::secret::Secret;
use crate::store::{Tx, credentials, users};
use crate::themes::form::{Field, FormState};

const PLACE: Place = Place::Action(RequiredActionKind::UpdatePassword);

/// `GET`
pub(crate) async fn page(visit: Visit) -> Result<Response, Problem> {
    if visit.place() != PLACE {
        return visit.elsewhere(&PLACE);
    }
    let user = owner(&visit, visit.journey().attempt.user()).await?;
    let criteria = Criterion::of(&visit.house.realm.password);
    visit.show(&UpdatePasswordPage {
        form: visit.form().tick(Field::LogoutSessions),
        notice: None,
        reason: Reason::Activation,
        account: user.sign_in_name().to_owned(),
        holder: Holder::of(&user),
        criteria,
    })
}

/// `POST`
pub(crate) async fn submit(mut submission: Submission) -> Result<Response, Problem> {
    if submission.visit.place() != PLACE {
        return submission.visit.elsewhere(&PLACE);
    }
    let user = owner(&submission.visit, submission.visit.journey().attempt.user()).await?;
    let stored = match choose(&submission, &user, Reason::Activation).await? {
        Ok(stored) => stored,
        Err(again) => return Ok(again),
    };
    let now = submission.visit.now();
    let tx = submission.begin().await?;
    if !keep(&submission.visit, &tx, &stored).await? {
        // Chosen in another journey while this one was hashing: that one stands.
        return Err(Problem::Overtaken(submission.visit.step("sign-in")));
    }
    if submission.fields.ticked(Field::LogoutSessions) {
        let visit = &submission.visit;
        visit.app.end_sessions_of(&tx, &visit.house, user.id, now).await?;
    }
    let journey = &mut submission.visit.flow.journey;
    let proof = password::chosen(user.id, now);
    let accepted = std::mem::take(&mut journey.attempt).accept_password(&proof);
    journey.attempt = accepted.map_err(|fault| Problem::ours("a journey of two people", fault))?;
    journey.settled.push(RequiredActionKind::UpdatePassword);
    let event = submission.visit.event(EventKind::PasswordChanged);
    submission.follow(tx, event).await
}

/// Keeps the password: the first of the account, or in the place of the mailed one that it stood with when this page was
/// asked for; `false` when there is another one meanwhile.
async fn keep(visit: &Visit, tx: &Tx, stored: &StoredHash) -> Result<bool, Problem> {
    let (account, now) = (visit.account.as_ref().ok_or(Problem::JourneyLost)?, visit.now());
    let mailed = account.password_since.filter(|_| account.password_temporary);
    Ok(match mailed {
        Some(since) => credentials::settle_temporary(tx, (account.user, since), stored, now).await?,
        None => credentials::first_password(tx, account.user, stored, now).await?,
    })
}

/// The account that a password is chosen for.
pub(crate) async fn owner(visit: &Visit, user: Option<UserId>) -> Result<User, Problem> {
    let user = user.ok_or(Problem::JourneyLost)?;
    users::by_id(&visit.app.store.reads(), user).await?.ok_or(Problem::JourneyLost)
}

/// The hash of the password that was chosen, or the page again with all that it lacks.
pub(crate) async fn choose(
    submission: &Submission,
    user: &User,
    reason: Reason,
) -> Result<Result<StoredHash, Response>, Problem> {
    let visit = &submission.visit;
    let realm = &visit.house.realm;
    let password = submission.fields.secret(Field::PasswordNew);
    let confirmation = submission.fields.secret(Field::PasswordConfirm);
    let lacks = lacks(realm, &password, &user.own_words());
    let form = judge(submission.again(&[Field::LogoutSessions]), realm, (&password, &confirmation), &lacks);
    let form = if !form.has_errors() && is_mailed(visit, user, &password).await? {
        form.refuse(Field::PasswordNew, refusals::password_same())
    } else {
        form
    };
    if !form.has_errors() {
        return Ok(Ok(hash(visit, &password).await?));
    }
    let page = UpdatePasswordPage {
        form,
        notice: None,
        reason,
        account: user.sign_in_name().to_owned(),
        holder: Holder::of(user).filter(|_| reason == Reason::Activation),
        criteria: tried(realm, &lacks),
    };
    Ok(Err(visit.show_as(StatusCode::UNPROCESSABLE_ENTITY, &page)?))
}

/// Whether that is the password that the account was mailed: it would stay in the mailbox (D-6).
async fn is_mailed(visit: &Visit, user: &User, password: &Secret<String>) -> Result<bool, Problem> {
    let Some(mailed) = credentials::temporary_hash(&visit.app.store.reads(), user.id).await? else { return Ok(false) };
    Ok(verify(visit, Some((user.id, mailed)), password).await?.is_some())
}

/// What a password lacks to be one of this realm; it must not be a name or address of its owner, nor the realm's own
/// words (SR-25).
pub(crate) fn lacks(realm: &Realm, password: &Secret<String>, owner: &[&str]) -> Vec<Lack> {
    let name = &realm.display_name;
    let own = [realm.name.as_str(), &name.fr, &name.en, &realm.operator.legal_name];
    password::lacks(&realm.password, password, &[owner, &own].concat())
}

/// The form with what is to be mended about the password that was chosen, and its confirmation.
pub(crate) fn judge(
    mut form: FormState,
    realm: &Realm,
    (password, confirmation): (&Secret<String>, &Secret<String>),
    lacks: &[Lack],
) -> FormState {
    let policy = &realm.password;
    let number = |n: usize| u64::try_from(n).unwrap_or(u64::MAX);
    if password.expose().is_empty() {
        return form.refuse(Field::PasswordNew, refusals::new_password_empty());
    }
    for lack in lacks {
        form = form.refuse(
            Field::PasswordNew,
            match lack {
                Lack::TooShort(has) => refusals::password_short(number(policy.min_length), number(*has)),
                Lack::TooLong => refusals::password_long(number(policy.max_length)),
                Lack::Kinds => refusals::password_plain(number(policy.min_classes)),
                Lack::Common => refusals::password_common(),
                Lack::Context => refusals::password_personal(),
            },
        );
    }
    if confirmation.expose().is_empty() {
        form.refuse(Field::PasswordConfirm, refusals::confirmation_empty())
    } else if password.expose() == confirmation.expose() {
        form
    } else {
        form.refuse(Field::PasswordConfirm, refusals::confirmation_differs())
    }
}

/// The criteria, each marked with whether the last try kept it.
pub(crate) fn tried(realm: &Realm, lacks: &[Lack]) -> Vec<Criterion> {
    let broken = |rule: Rule| match rule {
        Rule::Length { .. } => lacks.iter().any(|lack| matches!(lack, Lack::TooShort(_) | Lack::TooLong)),
        Rule::Kinds { .. } => lacks.contains(&Lack::Kinds),
        Rule::Uncommon => lacks.iter().any(|lack| matches!(lack, Lack::Common | Lack::Context)),
    };
    let marked = |criterion: Criterion| Criterion { met: Some(!broken(criterion.rule)), ..criterion };
    Criterion::of(&realm.password).into_iter().map(marked).collect()
}
