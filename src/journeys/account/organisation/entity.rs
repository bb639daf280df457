//! `GET`, `POST /realms/{realm}/account/organisations/{organisation}`: one organisation, what its person is in it, and
//! the way out of it.
//!
//! Members see who administers it, to know whom to ask, and nothing else of other people; administrators see the
//! contacts, and find the pages where it is run.

use axum::response::Response;
use http::StatusCode;
use serde::Serialize;

use super::facts::{self, Fact, RoleEntry};
use super::within::{ActWithin, PAGE, Standing, Within};
use crate::clock::Timestamp;
use crate::event::EventKind;
use crate::identity::organisation::{Contact, ContactKind, Role, RoleState};
use crate::journeys::account::owner::Owner;
use crate::journeys::notice::Notice;
use crate::journeys::problem::Problem;
use crate::journeys::{refusals, samples};
use crate::mail::message::contact_label;
use crate::store::{access_requests, contacts, members};
use crate::themes::form::FormState;
use crate::themes::page::{Page, Sample, sample};
use crate::themes::phrase::Phrase;

/// One organisation.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct OrganisationPage {
    /// Sent as `do=leave`; and why that was refused.
    pub(crate) form: FormState,
    /// What has just been done.
    pub(crate) notice: Option<Notice>,
    /// What it is called.
    pub(crate) name: String,
    /// Whether its registry says that it is closed.
    pub(crate) closed: bool,
    /// What it says of itself.
    pub(crate) facts: Vec<Fact>,
    /// What its person is in it.
    pub(crate) roles: Vec<RoleEntry>,
    /// As what they are named besides.
    pub(crate) named: Vec<Phrase>,
    /// Who administers it.
    pub(crate) administrators: Vec<String>,
    /// What administrators see and do.
    pub(crate) run: Option<Run>,
    /// Whether they are its last administrator, who stays.
    pub(crate) last: bool,
}

/// What administrators see and do.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Run {
    /// Whom it names, in the order of the realm.
    pub(crate) contacts: Vec<ContactLine>,
    /// How many belong to it.
    pub(crate) users: Phrase,
    /// How many ask for access, when somebody does.
    pub(crate) asking: Option<Phrase>,
    /// The pages where it is run.
    pub(crate) ways: Ways,
}

/// Whom an organisation names for something.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct ContactLine {
    /// For what.
    pub(crate) kind: Phrase,
    /// Their name; nobody is named yet without one.
    pub(crate) name: Option<String>,
    /// Whether somebody must be named.
    pub(crate) required: bool,
}

/// Pages below.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Ways {
    details: String,
    contacts: String,
    users: String,
    invitations: String,
    requests: String,
}

impl Ways {
    fn of(owner: &Owner, standing: &Standing) -> Self {
        let way = |page| owner.path(&standing.page(page));
        Self {
            details: way("details"),
            contacts: way("contacts"),
            users: way("users"),
            invitations: way("invitations"),
            requests: way("requests"),
        }
    }
}

impl Page for OrganisationPage {
    const NAME: &'static str = "account-organisation";
    const TEMPLATE: &'static str = "account_organisation.html";

    fn title(&self) -> Phrase {
        Phrase::new("account_organisation.title").words("organisation", &self.name)
    }

    fn form(&self) -> Option<&FormState> {
        Some(&self.form)
    }

    fn samples(now: Timestamp) -> Vec<Sample<Self>> {
        let role = |role, state| RoleEntry::sample(role, state, now);
        let member = |name: &str| Self {
            form: samples::form(),
            notice: None,
            name: name.to_owned(),
            closed: false,
            facts: facts::sample(name, now),
            roles: vec![role(Role::User, RoleState::Declared), role(Role::CertificationAgent, RoleState::Verified)],
            named: vec![Phrase::new(contact_label(ContactKind::Billing))],
            administrators: vec!["Marie Durand".to_owned(), samples::LONG_NAME.to_owned()],
            run: None,
            last: false,
        };
        let way =
            |page: &str| format!("/realms/certigna/account/organisations/0199a2b4-0000-7000-8000-000000000001/{page}");
        let line = |kind, name: Option<&str>, required| ContactLine {
            kind: Phrase::new(contact_label(kind)),
            name: name.map(str::to_owned),
            required,
        };
        let run = |asking| Run {
            contacts: vec![
                line(ContactKind::Legal, Some("Marie Durand"), true),
                line(ContactKind::Administrative, None, true),
                line(ContactKind::Billing, None, false),
            ],
            users: Phrase::new("account_organisation.users_count").count(12),
            asking,
            ways: Ways {
                details: way("details"),
                contacts: way("contacts"),
                users: way("users"),
                invitations: way("invitations"),
                requests: way("requests"),
            },
        };
        let roles = || vec![role(Role::Administrator, RoleState::Declared)];
        let last = || Self { roles: roles(), run: Some(run(None)), last: true, ..member("EXEMPLE SAS") };
        let asking = Phrase::new("account_organisation.asking").count(1);
        let refused = samples::form().refuse_all(refusals::last_administrator());
        let done = |done| Self { notice: told(done), last: false, ..last() };
        vec![
            sample("member", member("EXEMPLE SAS")),
            sample("no-role", Self { roles: Vec::new(), named: Vec::new(), ..member(samples::LONG_NAME) }),
            sample("last-administrator", last()),
            sample("administrator", Self { run: Some(run(Some(asking))), roles: roles(), ..member("EXEMPLE SAS") }),
            sample("closed", Self { closed: true, ..last() }),
            sample("refused", Self { form: refused, ..last() }),
            sample("changed", done("details")),
            sample("contacts-changed", done("contacts")),
            sample("stepped-down", Self { run: None, ..done("roles") }),
        ]
    }
}

/// What was just done, by the word that its page leads back with.
fn told(done: &str) -> Option<Notice> {
    let words = match done {
        "details" => Phrase::new("account_organisation.changed"),
        "roles" => Phrase::new("account_organisation.roles_changed"),
        "contacts" => Phrase::new("account_organisation.contacts_changed"),
        _ => return None,
    };
    Some(Notice::done(words))
}

/// `GET`
pub(crate) async fn page(within: Within) -> Result<Response, Problem> {
    show(&within, &within.standing, StatusCode::OK, within.form()).await
}

async fn show(owner: &Owner, standing: &Standing, status: StatusCode, form: FormState) -> Result<Response, Problem> {
    let (reads, id) = (owner.app.store.reads(), standing.organisation.id);
    let people = members::people(&reads, id).await?;
    let named = contacts::of(&reads, id).await?;
    let mine = named.iter().filter(|contact| contact.user == Some(owner.user.id));
    let administrators = people.iter().filter(|(membership, _)| membership.is(Role::Administrator));
    let run = if standing.administers() { Some(run(owner, standing, (&named, people.len())).await?) } else { None };
    let page = OrganisationPage {
        form,
        notice: owner.parameter("done").and_then(told),
        name: standing.name().to_owned(),
        closed: standing.organisation.details.closed,
        facts: facts::of(&standing.organisation, owner.house.realm.registries.check_vat, owner.language),
        roles: standing.membership.held().map(RoleEntry::of).collect(),
        named: mine.map(|contact| Phrase::new(contact_label(contact.kind))).collect(),
        administrators: administrators.map(|(_, user)| user.full_name()).collect(),
        run,
        last: members::is_last_administrator(&reads, id, owner.user.id).await?,
    };
    owner.show(status, &page)
}

async fn run(owner: &Owner, standing: &Standing, (named, count): (&[Contact], usize)) -> Result<Run, Problem> {
    let id = standing.organisation.id;
    let asking = access_requests::count(&owner.app.store.reads(), id, owner.now()).await?;
    Ok(Run {
        contacts: contact_lines(owner, named),
        users: Phrase::new("account_organisation.users_count").count(u64::try_from(count).unwrap_or(u64::MAX)),
        asking: (asking > 0).then(|| Phrase::new("account_organisation.asking").count(asking)),
        ways: Ways::of(owner, standing),
    })
}

/// The contacts that the realm asks for, whether or not somebody is named; then those that it asked for once.
fn contact_lines(owner: &Owner, named: &[Contact]) -> Vec<ContactLine> {
    let policy = owner.house.realm.organisations.as_ref();
    let asked = policy.map(|policy| policy.contacts.clone()).unwrap_or_default();
    let others = named.iter().map(|contact| contact.kind).filter(|kind| !asked.contains(kind));
    let line = |kind| {
        let contact = named.iter().find(|contact| contact.kind == kind);
        ContactLine {
            kind: Phrase::new(contact_label(kind)),
            name: contact.map(|contact| format!("{} {}", contact.first_name.as_str(), contact.last_name.as_str())),
            required: policy.is_some_and(|policy| policy.required_contacts.contains(&kind)),
        }
    };
    asked.iter().copied().chain(others).map(line).collect()
}

/// `POST`
pub(crate) async fn submit(act: ActWithin) -> Result<Response, Problem> {
    act.fresh(&[]).await?;
    match act.fields.raw("do") {
        "leave" => leave(&act).await,
        _ => Err(Problem::Tampered),
    }
}

async fn leave(act: &ActWithin) -> Result<Response, Problem> {
    let (tx, standing) = act.begin_as_member().await?;
    if !members::leave(&tx, standing.organisation.id, act.user.id).await? {
        drop(tx);
        let form = act.form().refuse_all(refusals::last_administrator());
        return show(act, &standing, StatusCode::UNPROCESSABLE_ENTITY, form).await;
    }
    let event = super::event(act, EventKind::MemberLeft, standing.organisation.id);
    act.leads_to(&format!("{PAGE}?done=left"), Vec::new(), (tx, event)).await
}
