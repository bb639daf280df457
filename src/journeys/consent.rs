//! `GET`, `POST /realms/{realm}/consent`: may this application learn that of you?
//!
//! After sign-in and required actions, before the code (SR-77). The page names the application, its domain, what it asks
//! and whose account it is about; its form is good for this very request in this very session. Entered and left by the
//! protocol's door: what is said here is kept in the journey and read there.

use axum::response::Response;
use http::StatusCode;
use serde::Serialize;
use url::Url;

use super::caller::see_other;
use super::dispatch::{self, Outcome};
use super::interruptions::StepDonePage;
use super::problem::Problem;
use super::samples;
use super::visit::{Submission, Visit};
use crate::app::consents::Answered;
use crate::authentication::journey::Place;
use crate::authentication::session::BrowserSession;
use crate::clock::Timestamp;
use crate::event::{Event, EventKind};
use crate::protocol::client::Client;
use crate::protocol::consent::Wanted;
use crate::protocol::request::AuthorizationRequest;
use crate::protocol::scope::{
    ADDRESS, CERTIFICATE, EMAIL, ENTITY, OF_ORGANISATIONS, OFFLINE_ACCESS, OPENID, ORG_ROLES, ORGANIZATION,
    ORGANIZATIONAL_UNIT, PHONE, PROFILE, SIREN, SIRET, STANDARD, TERMS, UID, USUAL_NAME, is_of_a_person,
};
use crate::realm::model::Resource;
use crate::store::{consents, users};
use crate::themes::form::FormState;
use crate::themes::page::{Page, Sample, sample};
use crate::themes::phrase::Phrase;

/// « Autoriser Espace documents ? »
#[derive(Debug, Clone, Serialize)]
pub(crate) struct ConsentPage {
    /// Sent as `do=allow` or `do=refuse`.
    pub(crate) form: FormState,
    /// The session that answers.
    pub(crate) session: String,
    /// Who asks.
    pub(crate) asker: Asker,
    /// Whose account it is about.
    pub(crate) account: String,
    /// What is asked, one sentence each.
    pub(crate) abilities: Vec<Phrase>,
}

/// An application that asks, as people may know it. Its logo is not shown: pages load nothing from third parties.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Asker {
    /// What it is called.
    pub(crate) name: String,
    /// The host that the answer goes to, or where it is at home.
    pub(crate) domain: Option<String>,
    /// How it treats personal data.
    pub(crate) policy: Option<String>,
    /// Its terms of use.
    pub(crate) terms: Option<String>,
}

impl Page for ConsentPage {
    const NAME: &'static str = "consent";
    const TEMPLATE: &'static str = "consent.html";

    fn title(&self) -> Phrase {
        Phrase::new("consent.title").words("application", self.asker.name.as_str())
    }

    fn samples(_now: Timestamp) -> Vec<Sample<Self>> {
        let page = |asker, account: &str, abilities| Self {
            form: samples::form(),
            session: "0199a2b4-0000-7000-8000-000000000002".to_owned(),
            asker,
            account: account.to_owned(),
            abilities,
        };
        let everything =
            [&STANDARD[..], &OF_ORGANISATIONS[..], &["organization:*", "orders:read", "orders:write"]].concat();
        let orders = Resource { uri: ORDERS.to_owned(), scopes: ["orders:read".to_owned()].into(), server: None };
        let wanted = Wanted {
            scope: everything.join(" ").try_into().unwrap_or_default(),
            resources: [ORDERS, "https://archives.exemple.fr/"].map(str::to_owned).into(),
        };
        let little = Wanted { scope: OPENID.to_owned().try_into().unwrap_or_default(), resources: [].into() };
        vec![
            sample("usual", page(Asker::sample(), "Marie Durand", abilities(&little, &[]))),
            sample("everything", page(Asker::sample(), samples::LONG_NAME, abilities(&wanted, &[orders]))),
            sample("unknown-home", page(Asker::bare_sample(), "Marie Durand", abilities(&little, &[]))),
        ]
    }
}

/// An API of the samples.
const ORDERS: &str = "https://commandes.exemple.fr/";

impl Asker {
    /// One that tells everything of itself.
    pub(crate) fn sample() -> Self {
        Self {
            name: "Espace documents".to_owned(),
            domain: Some("documents.exemple.fr".to_owned()),
            policy: Some("https://documents.exemple.fr/donnees-personnelles".to_owned()),
            terms: Some("https://documents.exemple.fr/conditions".to_owned()),
        }
    }

    /// One of which nothing but a name is known.
    pub(crate) fn bare_sample() -> Self {
        Self { name: "Télévision du salon".to_owned(), domain: None, policy: None, terms: None }
    }
}

/// What somebody is asked.
struct Question<'a> {
    request: &'a AuthorizationRequest,
    client: &'a Client,
    session: BrowserSession,
}

/// `GET`
pub(crate) async fn page(visit: Visit) -> Result<Response, Problem> {
    match question(&visit).await? {
        Some(question) => show(&visit, &question).await,
        None => elsewhere(&visit),
    }
}

/// `POST`
pub(crate) async fn submit(mut submission: Submission) -> Result<Response, Problem> {
    let Some(Question { request, session, .. }) = question(&submission.visit).await? else {
        return elsewhere(&submission.visit);
    };
    // SR-77: what was shown to another session is no answer of this one.
    if submission.fields.raw("session") != session.id.to_string() {
        return Err(Problem::ForeignForm);
    }
    let (client, wanted) = (request.client_id().clone(), Wanted::by(request));
    let user = session.authenticated.user();
    let event = |visit: &Visit, kind| Event { user: Some(user), session: Some(session.id), ..visit.event(kind) };
    let tx = submission.begin().await?;
    match submission.fields.raw("do") {
        "allow" => {
            consents::remember(&tx, user, &client, &wanted, submission.visit.now()).await?;
            submission.visit.flow.journey.consented = Some(session.id);
            let event = event(&submission.visit, EventKind::ConsentGiven);
            submission.follow(tx, event).await
        }
        "refuse" => {
            let Submission { visit, form, .. } = submission;
            let outcome = Outcome { location: visit.step(dispatch::TURN_BACK), cookies: Vec::new() };
            dispatch::keep(&visit, &tx, &form, &outcome).await?;
            tx.commit(&event(&visit, EventKind::ConsentRefused)).await?;
            Ok(outcome.response())
        }
        _ => Err(Problem::Tampered),
    }
}

/// What the person is asked now; `None` when it is not their turn, or nothing is to be asked any more.
async fn question(visit: &Visit) -> Result<Option<Question<'_>>, Problem> {
    let (Some(request), Some(client)) = (visit.request(), visit.client()) else { return Ok(None) };
    let entered = visit.journey().entered;
    let Some(session) = visit.session().await?.filter(|session| entered == Some(session.id)) else { return Ok(None) };
    let answered = Answered { in_session: visit.journey().consented, session: session.id };
    let owed = visit.app.owes_consent(client, request, session.authenticated.user(), answered).await?;
    Ok(owed.then_some(Question { request, client, session }))
}

/// It is said already, or something else comes first.
fn elsewhere(visit: &Visit) -> Result<Response, Problem> {
    let here = visit.step(dispatch::page(&visit.place()));
    match (visit.place(), visit.journey().consented) {
        (Place::Entered(session), Some(consented)) if session == consented => visit.show(&StepDonePage { go_on: here }),
        _ => Ok(see_other(&here, &[])),
    }
}

async fn show(visit: &Visit, question: &Question<'_>) -> Result<Response, Problem> {
    let Question { request, client, session } = question;
    let account = users::by_id(&visit.app.store.reads(), session.authenticated.user()).await?;
    let goes_to = Url::parse(request.redirect_uri().as_str()).ok();
    visit.show_as(
        StatusCode::OK,
        &ConsentPage {
            form: visit.form(),
            session: session.id.to_string(),
            asker: asker(client, goes_to.as_ref(), visit),
            account: account.map(|user| user.full_name()).unwrap_or_default(),
            abilities: abilities(&Wanted::by(request), &visit.house.realm.resources),
        },
    )
}

/// The client as the person is told of it, where the answer `goes_to`.
pub(crate) fn asker(client: &Client, goes_to: Option<&Url>, caller: &super::caller::Caller) -> Asker {
    // An application on a telephone takes its answers by a scheme of its own, which says nothing to anybody.
    let domain = |url: &Url| url.host_str().filter(|_| url.scheme() == "https").map(str::to_owned);
    let linked = |url: &Option<Url>| url.as_ref().map(ToString::to_string);
    Asker {
        name: client.name.in_language(caller.language).to_owned(),
        domain: goes_to.and_then(domain).or_else(|| client.home.as_ref().and_then(domain)),
        policy: linked(&client.policy),
        terms: linked(&client.terms),
    }
}

/// What is wanted, in plain words: a sentence for each scope, then for each resource that no scope speaks of.
pub(crate) fn abilities(wanted: &Wanted, resources: &[Resource]) -> Vec<Phrase> {
    let place = |word: &str| resources.iter().find(|resource| resource.scopes.contains(word));
    let standard = [OPENID, PROFILE, EMAIL, PHONE, ADDRESS, TERMS, CERTIFICATE].into_iter();
    let named =
        wanted.scope.words().filter(|word| word.strip_prefix(ORGANIZATION).is_some_and(|it| it.starts_with(':')));
    let organisations = OF_ORGANISATIONS.into_iter().chain(named);
    let first = standard.chain(organisations).chain([OFFLINE_ACCESS]).filter(|word| wanted.scope.contains(word));
    let first = first.map(ability);
    let own = wanted.scope.words().filter(|word| !is_of_a_person(word)).map(|word| match place(word) {
        Some(resource) => Phrase::new("consent.at_resource").words("scope", word).words("resource", &resource.uri),
        None => Phrase::new("consent.scope").words("scope", word),
    });
    let told = |uri: &String| wanted.scope.words().filter_map(place).any(|resource| resource.uri == *uri);
    let further = wanted.resources.iter().filter(|uri| !told(uri));
    let further = further.map(|uri| Phrase::new("consent.resource").words("resource", uri));
    first.chain(own).chain(further).collect()
}

/// What an application may do by that scope, one that speaks of people.
fn ability(scope: &str) -> Phrase {
    Phrase::new(match scope {
        OPENID => "consent.openid",
        PROFILE => "consent.profile",
        EMAIL => "consent.email",
        PHONE => "consent.phone",
        ADDRESS => "consent.address",
        TERMS => "consent.accepted_terms",
        CERTIFICATE => "consent.certificate",
        ORGANIZATION => "consent.organization",
        ENTITY => "consent.entity",
        SIRET => "consent.siret",
        SIREN => "consent.siren",
        ORG_ROLES => "consent.org_roles",
        USUAL_NAME => "consent.usual_name",
        ORGANIZATIONAL_UNIT => "consent.organizational_unit",
        UID => "consent.uid",
        OFFLINE_ACCESS => "consent.offline_access",
        "organization:*" => "consent.organizations",
        // One that the client names, which the person need not belong to.
        _ => "consent.organization",
    })
}
