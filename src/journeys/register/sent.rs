//! `GET`, `POST /realms/{realm}/register/sent`: two mails are on their way (DOMAIN.md §9.1).
//!
//! The page shows what was typed here, and nothing that we know. What it can do is to have both mails sent again, the
//! password another one, since nobody knows the first but its mail.

use axum::response::Response;
use http::StatusCode;
use serde::Serialize;

use super::{issued, organisation};
use crate::app::issuing::Drawn;
use crate::app::letters;
use crate::authentication::journey::{Issued, Place};
use crate::clock::{Duration, Timestamp};
use crate::event::{Event, EventKind};
use crate::ids::UserId;
use crate::journeys::actions::verification::{self, PAUSE};
use crate::journeys::notice::Notice;
use crate::journeys::problem::Problem;
use crate::journeys::visit::{Submission, Visit};
use crate::journeys::{refusals, samples};
use crate::store::{Tx, users};
use crate::themes::form::FormState;
use crate::themes::page::{Page, Sample, sample};
use crate::themes::phrase::Phrase;

/// « Consultez vos e-mails »: two of them.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct CredentialsSentPage {
    /// The mails once more.
    pub(crate) form: FormState,
    /// What has just happened.
    pub(crate) notice: Option<Notice>,
    /// The address as it was typed here.
    pub(crate) address: String,
    /// Where another address can be given.
    pub(crate) change_address: String,
    /// The name to look for in the mailbox.
    pub(crate) sender: String,
    /// The address to look for, for people's address books (DOMAIN.md §9.3).
    pub(crate) sender_address: String,
    /// How long the temporary password lives.
    pub(crate) lives: Duration,
    /// When the mails may be asked for again, if not now.
    pub(crate) resend_from: Option<Timestamp>,
    /// Where one goes on with what the mails brought.
    pub(crate) sign_in: String,
}

impl Page for CredentialsSentPage {
    const NAME: &'static str = "credentials-sent";
    const TEMPLATE: &'static str = "credentials_sent.html";

    fn title(&self) -> Phrase {
        Phrase::new("credentials_sent.title")
    }

    fn form(&self) -> Option<&FormState> {
        Some(&self.form)
    }

    fn samples(now: Timestamp) -> Vec<Sample<Self>> {
        let fresh = || Self {
            form: samples::form(),
            notice: None,
            address: samples::ADDRESS.to_owned(),
            change_address: "/realms/certinomis/register".to_owned(),
            sender: "Certinomis".to_owned(),
            sender_address: "ne-pas-repondre@certinomis.example".to_owned(),
            lives: Duration::from_hours(72),
            resend_from: Some(now + PAUSE),
            sign_in: samples::NEXT.to_owned(),
        };
        let later = samples::form().refuse_all(refusals::resend_later(now + PAUSE));
        let again = Self { notice: Some(Notice::sent_again(now)), ..fresh() };
        vec![
            sample("first-visit", fresh()),
            sample("resend-allowed", Self { resend_from: None, ..fresh() }),
            sample("resend-later", Self { form: later, ..fresh() }),
            sample("sent-again", again),
            sample("mail-delayed", Self { notice: Some(Notice::mail_delayed()), ..fresh() }),
            sample("long-address", Self { address: samples::LONG_ADDRESS.to_owned(), ..fresh() }),
        ]
    }
}

/// `GET`
pub(crate) async fn page(visit: Visit) -> Result<Response, Problem> {
    let form = visit.form();
    show(&visit, StatusCode::OK, form).await
}

/// `POST`: the mails once more.
pub(crate) async fn submit(mut submission: Submission) -> Result<Response, Problem> {
    let Some(waits) = submission.visit.journey().issued.clone() else {
        return submission.visit.elsewhere(&Place::CredentialsSent);
    };
    if submission.visit.now() < waits.again_at {
        let form = submission.visit.form().refuse_all(refusals::resend_later(waits.again_at));
        return show(&submission.visit, StatusCode::TOO_MANY_REQUESTS, form).await;
    }
    let drawn = submission.visit.app.draw_temporary().await?;
    let mut tx = submission.begin().await?;
    let event = if let Some(user) = waits.user {
        again(&mut submission.visit, &tx, (user, waits), &drawn).await?
    } else {
        verification::registration_is_open(&submission.visit)?;
        issued::issue(&mut submission.visit, &mut tx, waits.who, &drawn).await?
    };
    submission.follow(tx, event).await
}

/// Both mails once more, with another password: nobody knows the first, which is good no more.
async fn again(visit: &mut Visit, tx: &Tx, (user, waits): (UserId, Issued), drawn: &Drawn) -> Result<Event, Problem> {
    let event = issued::renew(visit, tx, (user, None), drawn).await?;
    if event.kind == EventKind::CredentialsRenewed
        && let Some(owner) = users::by_id(tx, user).await?
    {
        visit.app.remind_of_identifier(tx, &visit.house, &owner, visit.occasion()).await?;
    }
    visit.flow.journey.issued = Some(Issued { resent: true, ..issued::waiting(waits.who, waits.user, visit.now()) });
    Ok(event)
}

async fn show(visit: &Visit, status: StatusCode, form: FormState) -> Result<Response, Problem> {
    let Some(waits) = visit.journey().issued.as_ref().filter(|_| visit.place() == Place::CredentialsSent) else {
        return visit.elsewhere(&Place::CredentialsSent);
    };
    let realm = &visit.house.realm;
    let notice = if letters::are_late(&visit.app, &realm.name, visit.now()).await? {
        Some(Notice::mail_delayed())
    } else {
        waits.resent.then(|| Notice::sent_again(waits.asked_at))
    };
    let page = CredentialsSentPage {
        notice: notice.filter(|_| !form.has_errors()),
        form,
        address: waits.who.email.as_str().to_owned(),
        change_address: visit.step(organisation::where_addresses_are_typed(realm)),
        sender: realm.mail.from_name.clone(),
        sender_address: realm.mail.from.clone(),
        lives: realm.temporary_password_life(),
        resend_from: (visit.now() < waits.again_at).then_some(waits.again_at),
        sign_in: visit.step("sign-in"),
    };
    visit.show_as(status, &page)
}
