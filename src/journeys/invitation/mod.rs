//! `GET`, `POST /realms/{realm}/invitation`: where the link of an invitation lands (SR-60).
//!
//! Opening it changes nothing (SR-47). It shows the organisation, the roles and the name that an administrator wrote, and
//! nothing of that administrator. Only the button spends it, once, and only for the mailbox that it was sent to: by a new
//! account whose address the link has proven, or by an account of that very address whose person has signed in. That the
//! addresses are equal lets nobody into an account (SR-64).

mod answer;
pub(crate) mod form;

use axum::response::Response;
use http::{Method, StatusCode};
use serde::Serialize;

pub(crate) use answer::submit;

use crate::app::cookies::Name;
use crate::app::invitations::LANDING;
use crate::clock::{Duration, Timestamp, days};
use crate::identity::invitation::{self, Invitation};
use crate::identity::organisation::Role;
use crate::identity::user::User;
use crate::journeys::caller::{Caller, append_cookie};
use crate::journeys::link::{LinkIncompletePage, landing};
use crate::journeys::problem::Problem;
use crate::journeys::samples;
use crate::mail::message::role_label;
use crate::secret::SecretHash;
use crate::store::{invitations, organisations, users};
use crate::themes::form::FormState;
use crate::themes::page::{Page, Sample, sample};
use crate::themes::phrase::Phrase;

/// An invitation, as its link finds it.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct InvitationPage {
    /// The buttons.
    pub(crate) form: FormState,
    /// Where the invitation stands, for whoever opened it.
    pub(crate) standing: Standing,
    /// Into which organisation.
    pub(crate) organisation: String,
    /// Who is invited, as an administrator wrote it.
    pub(crate) name: String,
    /// Where the mail went, masked: whoever opens the link may not be its owner.
    pub(crate) address: String,
    /// What they are to be.
    pub(crate) roles: Vec<&'static str>,
    /// Until when it may be accepted.
    pub(crate) until: Timestamp,
    /// When the newest mail was sent.
    pub(crate) sent: Timestamp,
    /// Whose session is open in this browser, when somebody's is.
    pub(crate) signed_in: Option<String>,
    /// The account.
    pub(crate) go_on: String,
}

/// Where an invitation stands, for whoever opened it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Standing {
    /// Nobody has an account of that address: accepting makes one.
    Create,
    /// Somebody has: they sign in first.
    SignIn,
    /// Several may have one: the person chooses.
    Choose,
    /// They are signed in: accepting joins that account.
    Join,
    /// Somebody is signed in with an account of another address.
    SomebodyElse,
    /// It was accepted.
    Accepted,
    /// Its time is over.
    Expired,
    /// It was declined.
    Refused,
    /// An administrator took it back.
    Withdrawn,
    /// A newer mail was sent.
    Replaced,
}

impl Standing {
    const fn status(self) -> StatusCode {
        match self {
            Self::Create | Self::SignIn | Self::Choose | Self::Join | Self::Accepted | Self::Refused => StatusCode::OK,
            Self::SomebodyElse => StatusCode::CONFLICT,
            Self::Expired | Self::Withdrawn | Self::Replaced => StatusCode::GONE,
        }
    }
}

impl Page for InvitationPage {
    const NAME: &'static str = "invitation";
    const TEMPLATE: &'static str = "invitation.html";

    fn title(&self) -> Phrase {
        match self.standing {
            Standing::Create | Standing::SignIn | Standing::Choose | Standing::Join | Standing::SomebodyElse => {
                Phrase::new("invitation.title").words("organisation", &self.organisation)
            }
            Standing::Accepted => Phrase::new("invitation.accepted_title"),
            Standing::Expired => Phrase::new("invitation.expired_title"),
            Standing::Refused => Phrase::new("invitation.refused_title"),
            Standing::Withdrawn => Phrase::new("invitation.withdrawn_title"),
            Standing::Replaced => Phrase::new("link_replaced.title"),
        }
    }

    fn samples(now: Timestamp) -> Vec<Sample<Self>> {
        let page = |standing, signed_in: Option<&str>| Self {
            form: samples::form(),
            standing,
            organisation: "EXEMPLE SAS".to_owned(),
            name: "Marie Durand".to_owned(),
            address: samples::MASKED.to_owned(),
            roles: vec![role_label(Role::ServerCertificateManager), role_label(Role::User)],
            until: now + days(7),
            sent: now - Duration::from_mins(3),
            signed_in: signed_in.map(ToOwned::to_owned),
            go_on: samples::NEXT.to_owned(),
        };
        let long = Self {
            organisation: "Établissement public de coopération intercommunale des vallées du Haut-Exemple".to_owned(),
            name: samples::LONG_NAME.to_owned(),
            roles: Role::ALL.iter().map(|role| role_label(*role)).collect(),
            ..page(Standing::Create, None)
        };
        vec![
            sample("create", page(Standing::Create, None)),
            sample("sign-in", page(Standing::SignIn, None)),
            sample("choose", page(Standing::Choose, None)),
            sample("join", page(Standing::Join, Some("Marie Durand"))),
            sample("somebody-else", page(Standing::SomebodyElse, Some("Paul Lefèvre"))),
            sample("accepted", page(Standing::Accepted, None)),
            sample("expired", page(Standing::Expired, None)),
            sample("refused", page(Standing::Refused, None)),
            sample("withdrawn", page(Standing::Withdrawn, None)),
            sample("replaced", page(Standing::Replaced, None)),
            sample("long-names", long),
        ]
    }
}

/// `GET`, `HEAD`
pub(crate) async fn page(caller: Caller, method: Method) -> Result<Response, Problem> {
    if let Some(token) = caller.parameter("token") {
        return Ok(landing::out_of_the_address(&caller, &method, token, LANDING));
    }
    let (browser, fresh) = caller.browser_or_new();
    let mut response = match presented(&caller).await? {
        Some(presented) => show(&caller, &browser, &presented).await?,
        None => caller.show(StatusCode::NOT_FOUND, &LinkIncompletePage { start: caller.path("sign-in") })?,
    };
    if let Some(cookie) = fresh {
        append_cookie(&mut response, &cookie);
    }
    Ok(response)
}

/// An invitation that a browser carries a link of, and whether the link is its newest.
struct Presented {
    invitation: Invitation,
    newest: bool,
}

async fn presented(caller: &Caller) -> Result<Option<Presented>, Problem> {
    let Some(token) = caller.cookie(Name::Link) else { return Ok(None) };
    let found = invitations::by_token(&caller.app.store.reads(), &caller.house.realm.name, &token.hash()).await?;
    Ok(found.map(|(invitation, newest)| Presented { invitation, newest }))
}

/// Who is at the page, as far as the invitation is concerned.
enum Whoever {
    /// Nobody is signed in; whether an account has the address.
    Nobody {
        /// Somebody's.
        known: bool,
    },
    /// Its own person, with an account whose address is proven.
    Invited(Box<User>),
    /// Somebody with another address.
    SomebodyElse(Box<User>),
}

async fn whoever(caller: &Caller, invitation: &Invitation) -> Result<Whoever, Problem> {
    let (reads, realm) = (caller.app.store.reads(), &caller.house.realm.name);
    let address = invitation.who.email.canonical();
    let signed_in = match caller.session().await? {
        Some(session) => users::by_id(&reads, session.authenticated.user()).await?.filter(User::is_active),
        None => None,
    };
    if let Some(user) = signed_in {
        let is_theirs = user.email_verified_at.is_some() && user.email.canonical() == address;
        return Ok(if is_theirs { Whoever::Invited(user.into()) } else { Whoever::SomebodyElse(user.into()) });
    }
    // Where an address signs in, one that is kept for its owner amid a change counts as well.
    let known = if shares_addresses(caller) {
        !users::by_email(&reads, realm, &address).await?.is_empty()
    } else {
        users::by_identifier(&reads, realm, &address).await?.is_some()
    };
    Ok(Whoever::Nobody { known })
}

/// Whether an address may be several people's here.
fn shares_addresses(caller: &Caller) -> bool {
    caller.house.realm.issued.is_some()
}

fn standing(caller: &Caller, presented: &Presented, whoever: &Whoever) -> Standing {
    match presented.invitation.standing(caller.now()) {
        invitation::Standing::Accepted => Standing::Accepted,
        invitation::Standing::Refused => Standing::Refused,
        invitation::Standing::Withdrawn => Standing::Withdrawn,
        _ if !presented.newest => Standing::Replaced,
        invitation::Standing::Expired => Standing::Expired,
        invitation::Standing::Waiting => match whoever {
            Whoever::Invited(_) => Standing::Join,
            Whoever::SomebodyElse(_) => Standing::SomebodyElse,
            Whoever::Nobody { known: false } => Standing::Create,
            Whoever::Nobody { known: true } if shares_addresses(caller) => Standing::Choose,
            Whoever::Nobody { known: true } => Standing::SignIn,
        },
    }
}

async fn show(caller: &Caller, browser: &SecretHash, presented: &Presented) -> Result<Response, Problem> {
    let invitation = &presented.invitation;
    let found = organisations::in_realm(&caller.app.store.reads(), &invitation.realm, invitation.organisation).await?;
    let organisation = found.ok_or(Problem::NotFound)?;
    let whoever = whoever(caller, invitation).await?;
    let standing = standing(caller, presented, &whoever);
    let subject = invitation.id.uuid();
    let page = InvitationPage {
        form: FormState::new(caller.app.forms.token(browser, subject.as_bytes(), &*caller.app.entropy)),
        standing,
        organisation: organisation.details.legal_name.as_str().to_owned(),
        name: format!("{} {}", invitation.who.first_name.as_str(), invitation.who.last_name.as_str()),
        address: invitation.who.email.masked(),
        roles: invitation.roles.iter().map(|role| role_label(*role)).collect(),
        until: invitation.expires_at,
        sent: invitation.sent_at,
        signed_in: match &whoever {
            Whoever::Invited(user) | Whoever::SomebodyElse(user) => Some(user.full_name()),
            Whoever::Nobody { .. } => None,
        },
        go_on: caller.path("account"),
    };
    caller.show(standing.status(), &page)
}
