//! « Informations sur votre entité »: the questions that come first, then the fields that go with the answers.

use serde::Serialize;

use super::lists::{Countries, Listed, countries, departments};
use super::words;
use crate::clock::Timestamp;
use crate::identity::enrolment::{Answer, Enrolment, Entry, FirstQuestion, Question, Verdict, Way, WhereRegistered};
use crate::identity::organisation::{EntityKind, Registry};
use crate::journeys::notice::Notice;
use crate::realm::model::OrganisationPolicy;
use crate::themes::form::{Field, FormState};
use crate::themes::page::{Page, Sample};
use crate::themes::phrase::Phrase;

/// The first step of registering an organisation.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct RegisterOrganisationPage {
    /// What is typed.
    pub(super) form: FormState,
    /// What a registry said, or why one is back here.
    pub(super) notice: Option<Notice>,
    /// What is asked before the fields.
    pub(super) questions: Vec<Choice>,
    /// The fields, once the questions are answered.
    pub(super) asked: Option<Asked>,
    /// Whether one may go on with a number that its tax administration does not know.
    pub(super) keeps_number: bool,
    /// « Déjà client ? »
    pub(super) sign_in: String,
    /// « Annuler », where an application waits for an answer.
    pub(super) cancel: Option<String>,
}

/// One of a few.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Choice {
    field: Field,
    legend: Phrase,
    options: Vec<Alternative>,
}

/// What may be chosen.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Alternative {
    value: &'static str,
    words: Phrase,
}

/// The fields that are asked of an organisation registered one way.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Asked {
    way: &'static str,
    number: Phrase,
    number_hint: Phrase,
    looks_up: bool,
    door: Option<Door>,
    card: Option<Card>,
    kinds: Vec<Alternative>,
    name: Phrase,
    vat: Option<VatField>,
    fax: bool,
    departments: Vec<Listed>,
    countries: Countries,
    /// Whether a country is sent by its name: half the weight of the long list.
    names_countries: bool,
}

/// The way that was not taken.
#[derive(Debug, Clone, Serialize)]
struct Door {
    act: &'static str,
    words: Phrase,
}

/// The optional number beside a SIRET.
#[derive(Debug, Clone, Serialize)]
struct VatField {
    computed: bool,
}

/// What a registry told, to be confirmed.
#[derive(Debug, Clone, Serialize)]
struct Card {
    lines: Vec<String>,
    siret: String,
    source: Option<Phrase>,
}

impl Page for RegisterOrganisationPage {
    const NAME: &'static str = "register-organisation";
    const TEMPLATE: &'static str = "register_organisation.html";

    fn title(&self) -> Phrase {
        Phrase::new("register_organisation.title")
    }

    fn form(&self) -> Option<&FormState> {
        Some(&self.form)
    }

    fn samples(now: Timestamp) -> Vec<Sample<Self>> {
        samples::all(now)
    }
}

impl Choice {
    /// A question that comes first, with the answers that the realm takes.
    pub(super) fn of(question: Question, policy: &OrganisationPolicy) -> Self {
        let alternative = |value, words| Alternative { value, words: Phrase::new(words) };
        let yes_no =
            || vec![alternative("yes", "register_organisation.yes"), alternative("no", "register_organisation.no")];
        let (legend, options) = match question {
            Question::HasSiret => ("register_organisation.has_siret", yes_no()),
            Question::HasVat => ("register_organisation.has_vat", yes_no()),
            Question::RegisteredIn => {
                let words = |place| match place {
                    WhereRegistered::France => "register_organisation.france",
                    WhereRegistered::EuropeanUnion => "register_organisation.european_union",
                    WhereRegistered::Elsewhere => "register_organisation.elsewhere",
                };
                let places = policy.registered_in.iter();
                let options = places.map(|place| alternative(place.as_str(), words(*place))).collect();
                ("register_organisation.registered_in", options)
            }
        };
        Self { field: words::asked(question), legend: Phrase::new(legend), options }
    }
}

impl Asked {
    /// The fields of a way, as far as the registration has come.
    pub(super) fn of(way: Way, policy: &OrganisationPolicy, enrolment: &Enrolment) -> Self {
        let (number, number_hint) = words::number_of(way);
        let kind = enrolment.typed(Entry::Kind).parse().ok();
        Self {
            way: way.as_str(),
            number,
            number_hint,
            looks_up: way == Way::Siret,
            door: door(way),
            card: enrolment.current().filter(|_| way == Way::Siret).and_then(Card::of),
            kinds: kinds(),
            name: words::name_of(kind),
            vat: (way == Way::Siret).then(|| VatField { computed: enrolment.computed_vat() }),
            fax: policy.fax,
            departments: if way.is_french() { departments() } else { Vec::new() },
            countries: countries(way),
            names_countries: matches!(way, Way::ForeignVat | Way::ForeignNumber),
        }
    }
}

fn kinds() -> Vec<Alternative> {
    let words = |kind| match kind {
        EntityKind::Company => "register_organisation.company",
        EntityKind::Administration => "register_organisation.administration",
        EntityKind::Association => "register_organisation.association",
    };
    EntityKind::ALL.iter().map(|kind| Alternative { value: kind.as_str(), words: Phrase::new(words(*kind)) }).collect()
}

/// Between a SIRET and none there is a door, whatever was asked first.
fn door(way: Way) -> Option<Door> {
    let (act, words) = match way {
        Way::Siret => ("without-siret", "register_organisation.without_siret"),
        Way::WithoutSiret => ("with-siret", "register_organisation.with_siret"),
        Way::EuropeanVat | Way::ForeignVat | Way::ForeignNumber => return None,
    };
    Some(Door { act, words: Phrase::new(words) })
}

impl Card {
    /// What a registry told; nothing to confirm when it told nothing.
    fn of(answer: &Answer) -> Option<Self> {
        let value = |entry| answer.value(entry).unwrap_or_default();
        let town = format!("{} {}", value(Entry::PostalCode), value(Entry::Town));
        let lines = [value(Entry::Name), value(Entry::Complement), value(Entry::Street), town.trim()];
        let lines: Vec<String> = lines.into_iter().filter(|line| !line.is_empty()).map(str::to_owned).collect();
        let source = answer.registry.and_then(|registry| match registry {
            Registry::Insee => Some("register_organisation.source_insee"),
            Registry::Dinum => Some("register_organisation.source_dinum"),
            Registry::Fixed => Some("register_organisation.source_fixed"),
            Registry::Vies => None,
        });
        let source = source.map(Phrase::new);
        (!lines.is_empty()).then(|| Self { lines, siret: answer.siret().shown(), source })
    }
}

/// What is said above the form of what a registry said.
pub(super) fn told(answer: &Answer) -> Notice {
    match answer.verdict {
        Verdict::Found => Notice::done(Phrase::new("register_organisation.told_found")),
        Verdict::Closed => Notice::warning(Phrase::new("register_organisation.told_closed")),
        Verdict::Partial => Notice::warning(Phrase::new("register_organisation.told_partial")),
        Verdict::Unknown => {
            let words = Phrase::new("register_organisation.told_unknown").words("siret", answer.siret().shown());
            Notice::warning(words)
        }
        Verdict::Silent => Notice::warning(Phrase::new("register_organisation.told_silent")),
    }
}

/// The page in each of its states.
mod samples;
