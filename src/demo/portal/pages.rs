//! The portal's pages as HTML.
//!
//! One skeleton for all: skip link, banner, header with name and language, `<main>` with one `<h1>`. Names and codes
//! come from elsewhere and go through [`html`](crate::demo::html), which escapes them.

use axum::http::StatusCode;
use axum::response::{Html as Page, IntoResponse as _, Response};

use super::certificates::issued;
use super::organisation::{HeldRole, Organisation};
use super::visitor::Visitor;
use super::words::{List, Words, words};
use super::{Offer, Portal};
use crate::clock::Timestamp;
use crate::demo::html::{Html, document, element, empty, group, labelled, text};
use crate::identity::language::Language;

/// Who is signed in, as the provider told it at this visit.
pub(super) struct Person {
    pub(super) name: String,
    pub(super) email: Option<String>,
    /// The organisation that they act for.
    pub(super) organisation: Option<Organisation>,
    /// When each of their orders was validated.
    pub(super) orders: Vec<Timestamp>,
}

/// Why there is no other page to show.
pub(super) enum Trouble {
    /// The person pressed *Cancel* at the provider.
    Declined,
    /// The provider answered with another error.
    Refused { error: String },
    /// The questions were not answered.
    Unanswered,
    /// An answer nobody here waits for.
    Stray,
    /// An answer that fails a check.
    Untrusted,
    /// The provider does not answer.
    Unreachable,
    /// No such page.
    NotFound,
}

impl Trouble {
    /// The status of its page.
    const fn status(&self) -> StatusCode {
        match self {
            Self::Declined => StatusCode::OK,
            Self::Refused { .. } | Self::Stray => StatusCode::BAD_REQUEST,
            Self::Unanswered => StatusCode::FORBIDDEN,
            Self::Untrusted | Self::Unreachable => StatusCode::BAD_GATEWAY,
            Self::NotFound => StatusCode::NOT_FOUND,
        }
    }
}

/// The page for whoever is not signed in.
pub(super) fn front(portal: &Portal, visitor: &Visitor, ended: bool) -> Response {
    let words = words(visitor.language);
    let notice = ended.then(|| element("div", &[("class", "notice"), ("role", "status")], [paragraph(words.ended)]));
    let door = |question, class, href, label| {
        element("div", &[("class", "door")], [paragraph(question), link(class, href, label)])
    };
    let doors = match portal.settings.offer {
        Offer::Overview | Offer::Organisations => [
            door(words.already, "button", "/sign-in", words.sign_in),
            door(words.newcomer, "button second", "/register", words.register),
        ],
        Offer::Orders => [
            door(words.newcomer, "button", "/order", words.order),
            door(words.already, "button second", "/sign-in", words.sign_in),
        ],
    };
    let main = group(notice.into_iter().chain([
        element(
            "div",
            &[("class", "hero")],
            [labelled("h1", &[], words.lead), labelled("p", &[("class", "offer")], words.offer)],
        ),
        element("div", &[("class", "doors")], doors),
        element("ol", &[("class", "steps")], words.steps.map(step)),
    ]));
    page(portal, visitor, words.lead, None, main).into_response()
}

/// *Accueil*: what waits, what was issued, what ends soon.
pub(super) fn home(portal: &Portal, visitor: &Visitor, person: &Person) -> Response {
    let words = words(visitor.language);
    let greeting = element(
        "h1",
        &[],
        [
            text(words.greeting),
            text(" "),
            labelled("span", &[("id", "person-name"), ("translate", "no")], &person.name),
        ],
    );
    let email = person.email.as_ref().map(|email| labelled("p", &[("id", "person-email"), ("translate", "no")], email));
    let cards =
        element("div", &[("class", "cards")], List::OVERVIEW.map(|list| card(words, list, portal.settings.offer)));
    let organisation = (portal.settings.offer == Offer::Organisations).then(|| acts_for(words, person));
    let main = group([greeting].into_iter().chain(email).chain(organisation).chain([cards]));
    page(portal, visitor, words.home, Some(person), main).into_response()
}

/// For which organisation, with which roles: what a portal opens its menus by.
fn acts_for(words: &Words, person: &Person) -> Html {
    let title = labelled("h2", &[("id", "organisation")], words.organisation);
    let Some(Organisation { name, number, roles }) = &person.organisation else {
        let nothing = labelled("p", &[("class", "nothing")], words.no_organisation);
        return element("section", &[("class", "card"), ("aria-labelledby", "organisation")], [title, nothing]);
    };
    let role = |HeldRole { code, verified }: &HeldRole| {
        let state = if *verified { words.verified } else { words.declared };
        let named = labelled("span", &[], words.role(code).unwrap_or(code));
        element("li", &[("data-role", code)], [named, text(" – "), labelled("strong", &[], state)])
    };
    element(
        "section",
        &[("class", "card"), ("aria-labelledby", "organisation")],
        [
            title,
            labelled("p", &[("id", "organisation-name"), ("translate", "no")], name),
            labelled("p", &[("id", "organisation-number"), ("translate", "no")], number),
            labelled("h3", &[], words.roles),
            element("ul", &[("id", "roles")], roles.iter().map(role)),
            element("p", &[], [link("", "/sign-in/organisation", words.another_organisation)]),
        ],
    )
}

/// One list, whole.
pub(super) fn list(portal: &Portal, visitor: &Visitor, person: &Person, list: List) -> Response {
    let words = words(visitor.language);
    let title = list.title(portal.settings.offer, words);
    let what = if list == List::Requests && !person.orders.is_empty() {
        requests(visitor, person, words)
    } else if list == List::Certificates && portal.settings.offer == Offer::Organisations {
        issued(words, person)
    } else {
        labelled("p", &[("class", "nothing")], words.nothing_yet)
    };
    let back = (portal.settings.offer != Offer::Orders).then(|| element("p", &[], [link("", "/home", words.back)]));
    let main = group([labelled("h1", &[], title), what].into_iter().chain(back));
    page(portal, visitor, title, Some(person), main).into_response()
}

/// The person's requests, newest last.
fn requests(visitor: &Visitor, person: &Person, words: &Words) -> Html {
    let head = words.columns.map(|name| labelled("th", &[("scope", "col")], name));
    let row = |(number, at): (usize, &Timestamp)| {
        let cells =
            [day(*at, visitor), format!("D{:06}", number + 1), words.certificate.to_owned(), person.name.clone()];
        let cells = cells.into_iter().map(|cell| labelled("td", &[], &cell));
        element("tr", &[], cells.chain([labelled("td", &[], words.to_complete)]))
    };
    let body = element("tbody", &[], person.orders.iter().enumerate().map(row));
    let table = element("table", &[], [element("thead", &[], [element("tr", &[], head)]), body]);
    // A table wider than a telephone is moved sideways, by keys too.
    element(
        "div",
        &[("class", "wide"), ("tabindex", "0"), ("role", "region"), ("aria-label", words.my_requests)],
        [table],
    )
}

fn day(at: Timestamp, visitor: &Visitor) -> String {
    let day = jiff::Timestamp::from_millisecond(at.millis()).unwrap_or_default();
    let day = day.to_zoned(jiff::tz::TimeZone::get("Europe/Paris").unwrap_or(jiff::tz::TimeZone::UTC));
    match visitor.language {
        Language::French => day.strftime("%d/%m/%Y").to_string(),
        Language::English => day.strftime("%Y-%m-%d").to_string(),
    }
}

/// An order before it is validated.
pub(super) fn order(portal: &Portal, visitor: &Visitor) -> Response {
    let words = words(visitor.language);
    let fact = |(name, value): (&str, &str)| group([labelled("dt", &[], name), labelled("dd", &[], value)]);
    let main = group([
        labelled("h1", &[], words.order_title),
        element("dl", &[("class", "order")], words.order_facts.map(fact)),
        paragraph(words.order_needs),
        element(
            "p",
            &[("class", "ways")],
            [link("button", "/order/validate", words.validate), link("back", "/", words.back)],
        ),
    ]);
    page(portal, visitor, words.order_title, None, main).into_response()
}

/// *Mon compte*: what the provider says of the person, and where it is changed.
pub(super) fn account(portal: &Portal, visitor: &Visitor, person: &Person) -> Response {
    let words = words(visitor.language);
    let email = person.email.as_ref().map(|email| labelled("p", &[("id", "person-email"), ("translate", "no")], email));
    let account = portal.provider.page("account");
    let main = group(
        [
            labelled("h1", &[], words.my_account),
            labelled("p", &[("id", "person-name"), ("translate", "no")], &person.name),
        ]
        .into_iter()
        .chain(email)
        .chain([element("p", &[("class", "ways")], [link("", &account, words.manage_account)])]),
    );
    page(portal, visitor, words.my_account, Some(person), main).into_response()
}

/// What went wrong, and where to go from there.
pub(super) fn trouble(portal: &Portal, visitor: &Visitor, trouble: &Trouble) -> Response {
    let words = words(visitor.language);
    let (title, advice) = match trouble {
        Trouble::Declined => words.declined,
        Trouble::Refused { .. } => words.refused,
        Trouble::Unanswered => words.unanswered,
        Trouble::Stray => words.stray,
        Trouble::Untrusted => words.untrusted,
        Trouble::Unreachable => words.unreachable,
        Trouble::NotFound => words.not_found,
    };
    let code = match trouble {
        Trouble::Refused { error } => {
            let error: String = error.chars().take(60).collect();
            let shown = labelled("code", &[("translate", "no")], &error);
            Some(element("p", &[], [text(words.code), text(" "), shown]))
        }
        _ => None,
    };
    let again = match trouble {
        Trouble::NotFound => None,
        Trouble::Unanswered => Some(link("button", "/certificates/code", words.retry)),
        _ => Some(link("button", "/sign-in", words.retry)),
    };
    let ways = element("p", &[("class", "ways")], again.into_iter().chain([link("back", "/", words.back)]));
    let main = group([labelled("h1", &[], title), paragraph(advice)].into_iter().chain(code).chain([ways]));
    (trouble.status(), page(portal, visitor, title, None, main)).into_response()
}

fn step((title, text): (&str, &str)) -> Html {
    element("li", &[], [labelled("h2", &[], title), paragraph(text)])
}

fn card(words: &Words, list: List, offer: Offer) -> Html {
    let title = list.title(offer, words);
    let issued = list == List::Certificates && offer == Offer::Organisations;
    let id = list.path().trim_start_matches('/');
    let mut inside = vec![labelled("h2", &[("id", id)], title)];
    if list == List::Certificates {
        let figures = [(words.active, if issued { "1" } else { "0" }), (words.expired, "0"), (words.other, "0")]
            .map(|(label, figure)| element("div", &[], [labelled("dt", &[], label), labelled("dd", &[], figure)]));
        inside.push(element("dl", &[], figures));
    }
    inside.extend((!issued).then(|| labelled("p", &[("class", "nothing")], words.nothing_yet)));
    // The visible words come first in the name, the list tells the three links apart (WCAG 2.5.3, 2.4.4).
    let which = element("span", &[("class", "vh")], [text(" – "), text(title)]);
    inside.push(element("p", &[], [element("a", &[("href", list.path())], [text(words.see_all), which])]));
    element("section", &[("class", "card"), ("aria-labelledby", id)], inside)
}

/// A page around what it is about.
pub(super) fn page(
    portal: &Portal,
    visitor: &Visitor,
    title: &str,
    person: Option<&Person>,
    main: Html,
) -> Page<String> {
    let words = words(visitor.language);
    let name = portal.settings.name.in_language(visitor.language);
    let head = group([
        empty("meta", &[("charset", "utf-8")]),
        labelled("title", &[], &format!("{title} – {name}")),
        empty("meta", &[("name", "viewport"), ("content", "width=device-width, initial-scale=1")]),
        empty("meta", &[("name", "color-scheme"), ("content", "light dark")]),
        empty("link", &[("rel", "stylesheet"), ("href", "/portal.css")]),
        empty("link", &[("rel", "icon"), ("href", "data:,")]),
    ]);
    let body = group([
        labelled("a", &[("class", "skip"), ("href", "#main")], words.skip),
        header(portal, visitor, name, person),
        element("main", &[("id", "main"), ("tabindex", "-1")], [main]),
        element("footer", &[], [paragraph(words.demo)]),
    ]);
    Page(document(visitor.language.tag(), head, body))
}

fn header(portal: &Portal, visitor: &Visitor, name: &str, person: Option<&Person>) -> Html {
    let words = words(visitor.language);
    let other = visitor.language.other();
    let here = if person.is_some() { portal.home() } else { "/" };
    let address = format!("{here}?lang={}", other.tag());
    let switch =
        labelled("a", &[("href", &address), ("lang", other.tag()), ("hreflang", other.tag())], other.own_name());
    let out = person.map(|_| {
        let button = labelled("button", &[("class", "plain")], words.sign_out);
        element("form", &[("method", "post"), ("action", "/sign-out")], [button])
    });
    element(
        "header",
        &[],
        [
            element("p", &[("class", "brand")], [labelled("a", &[("href", "/")], name)]),
            element("div", &[("class", "tools")], [switch].into_iter().chain(out)),
        ]
        .into_iter()
        .chain(person.filter(|_| portal.settings.offer == Offer::Orders).map(|_| menu(words))),
    )
}

/// *Mes demandes*, *Mes pilotes*, *Certificats*, *Mon compte*.
fn menu(words: &Words) -> Html {
    let lists = List::ORDERS.map(|list| (list.path(), list.title(Offer::Orders, words)));
    let entries = lists.into_iter().chain([("/account", words.my_account)]);
    let entries = entries.map(|(path, title)| element("li", &[], [labelled("a", &[("href", path)], title)]));
    element("nav", &[("aria-label", words.menu)], [element("ul", &[], entries)])
}

/// A paragraph.
pub(super) fn paragraph(words: &str) -> Html {
    labelled("p", &[], words)
}

/// A link.
pub(super) fn link(class: &str, href: &str, label: &str) -> Html {
    labelled("a", &[("class", class), ("href", href)], label)
}
