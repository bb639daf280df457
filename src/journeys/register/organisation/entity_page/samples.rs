//! Each way through the page, each answer of a registry, each mistake.

use std::collections::BTreeSet;

use super::super::entity::filled;
use super::{
    Asked, Choice, Enrolment, EntityKind, Entry, Field, FirstQuestion, OrganisationPolicy, Question,
    RegisterOrganisationPage, Registry, Sample, Timestamp, Way, WhereRegistered, told, words,
};
use crate::clock::days;
use crate::identity::enrolment::{Answers, LookedUp, Wrong};
use crate::identity::entity_record::{Disclosure, EntityRecord, RecordedAddress};
use crate::identity::number::WrongNumber;
use crate::identity::number::siren::Siret;
use crate::identity::organisation::Line;
use crate::identity::territory::{Country, Department};
use crate::journeys::{refusals, samples};
use crate::themes::page::sample;

const EVERYWHERE: [WhereRegistered; 3] =
    [WhereRegistered::France, WhereRegistered::EuropeanUnion, WhereRegistered::Elsewhere];

fn policy(first_question: FirstQuestion) -> OrganisationPolicy {
    OrganisationPolicy {
        first_question,
        registered_in: EVERYWHERE.to_vec(),
        fax: true,
        contacts: Vec::new(),
        required_contacts: BTreeSet::new(),
        roles: Vec::new(),
        invitation: days(7),
    }
}

const fn answers(has_siret: Option<bool>, place: Option<WhereRegistered>, has_vat: Option<bool>) -> Answers {
    Answers { has_siret, registered_in: place, has_vat }
}

/// The page of somebody who has come that far.
fn at(first: FirstQuestion, enrolment: &Enrolment) -> RegisterOrganisationPage {
    let policy = policy(first);
    let (questions, way) = enrolment.answers.way(first, &policy.registered_in);
    RegisterOrganisationPage {
        form: filled(samples::form(), enrolment, way),
        notice: enrolment.current().map(told),
        questions: questions.into_iter().map(|question| Choice::of(question, &policy)).collect(),
        asked: way.map(|way| Asked::of(way, &policy, enrolment)),
        keeps_number: false,
        sign_in: samples::NEXT.to_owned(),
        cancel: Some(samples::NEXT.to_owned()),
    }
}

fn answered(answers: Answers) -> Enrolment {
    let mut enrolment = Enrolment::default();
    enrolment.answers = answers;
    enrolment
}

fn with(number: &str) -> Enrolment {
    let mut enrolment = answered(answers(None, Some(WhereRegistered::France), None));
    enrolment.keep(Entry::Number, number);
    enrolment
}

fn looked_up(brought: impl FnOnce(Siret) -> LookedUp, now: Timestamp) -> Enrolment {
    let mut enrolment = with("00000101600013");
    if let Ok(siret) = Siret::parse("00000101600013") {
        enrolment.fill(siret.clone(), brought(siret), now);
    }
    enrolment
}

fn record(siret: Siret, now: Timestamp) -> EntityRecord {
    let line = |text| Line::parse(text).ok();
    EntityRecord {
        siret,
        legal_name: line("EXEMPLE SAS"),
        trade_name: None,
        acronym: None,
        legal_category: None,
        kind: Some(EntityKind::Company),
        address: RecordedAddress {
            complement: line("Bâtiment B"),
            street: line("1 rue des Lilas"),
            postal_code: line("59000"),
            town: line("Lille"),
            department: Department::try_from("59").ok(),
            country: Some(Country::FRANCE),
            ..RecordedAddress::default()
        },
        vat_numbers: Vec::new(),
        rna: None,
        establishment_active: true,
        unit_active: true,
        disclosure: Disclosure::Full,
        source: Registry::Fixed,
        fetched_at: now,
    }
}

/// The page with these mistakes.
fn wrong(enrolment: &Enrolment, way: Way, mistakes: &[(Entry, Wrong)]) -> RegisterOrganisationPage {
    let page = at(FirstQuestion::WhereRegistered, enrolment);
    let form = mistakes
        .iter()
        .fold(page.form, |form, (entry, wrong)| form.refuse(words::field(*entry), words::refusal(way, *entry, *wrong)));
    RegisterOrganisationPage { form, notice: None, ..page }
}

pub(super) fn all(now: Timestamp) -> Vec<Sample<RegisterOrganisationPage>> {
    use WhereRegistered::{Elsewhere, EuropeanUnion, France};
    let first = FirstQuestion::WhereRegistered;
    let place = |place, has_vat| answered(answers(None, Some(place), has_vat));
    let number = |wrong| [(Entry::Number, Wrong::Number(wrong))];
    let siret = |typed, mistake| wrong(&with(typed), Way::Siret, &number(mistake));
    let unanswered = |first, question| {
        let page = at(first, &Enrolment::default());
        let form = page.form.refuse(words::asked(question), refusals::question_unanswered(question));
        RegisterOrganisationPage { form, ..page }
    };
    let missing = |place, has_vat, way| {
        let mut enrolment = answered(answers(None, Some(place), has_vat));
        enrolment.keep(Entry::Country, if place == France { "FR" } else { "" });
        let mistakes = enrolment.read(way, false).err().unwrap_or_default();
        wrong(&enrolment, way, &mistakes)
    };
    let long = {
        let mut enrolment = place(Elsewhere, Some(false));
        for entry in [Entry::Number, Entry::Street, Entry::Complement, Entry::Town] {
            enrolment.keep(entry, samples::LONG_NAME);
        }
        enrolment.keep(Entry::Name, &samples::LONG_NAME.repeat(2));
        wrong(&enrolment, Way::ForeignNumber, &[(Entry::Name, Wrong::TooLong)])
    };
    let vat = |keeps_number, words| {
        let mut enrolment = place(EuropeanUnion, None);
        enrolment.keep(Entry::Number, "DE136695976");
        enrolment.keep(Entry::Country, "DE");
        let page = at(first, &enrolment);
        let form = page.form.refuse(Field::OrganisationNumber, words);
        RegisterOrganisationPage { form, keeps_number, ..page }
    };
    let closed = {
        let page = at(first, &with("00000104000013"));
        let form = page.form.refuse(Field::OrganisationNumber, refusals::closed());
        RegisterOrganisationPage { form, ..page }
    };
    let throttled = {
        let page = at(first, &with("00000101600013"));
        RegisterOrganisationPage { form: page.form.refuse_all(refusals::lookups_throttled(now)), ..page }
    };
    let shut = |siret| LookedUp::Record(Box::new(EntityRecord { establishment_active: false, ..record(siret, now) }));
    let has_siret = |has| at(FirstQuestion::HasSiret, &answered(answers(Some(has), None, None)));
    vec![
        sample("where", at(first, &Enrolment::default())),
        sample("where-unanswered", unanswered(first, Question::RegisteredIn)),
        sample("by-itself", RegisterOrganisationPage { cancel: None, ..at(first, &Enrolment::default()) }),
        sample("has-siret", at(FirstQuestion::HasSiret, &Enrolment::default())),
        sample("has-siret-unanswered", unanswered(FirstQuestion::HasSiret, Question::HasSiret)),
        sample("with-siret", has_siret(true)),
        sample("without", has_siret(false)),
        sample("france", at(first, &place(France, None))),
        sample("france-empty", missing(France, None, Way::Siret)),
        sample("siren", siret("732829320", WrongNumber::LooksLikeSiren)),
        sample("short", siret("7328293200007", WrongNumber::Length { expected: 14, got: 13 })),
        sample("letters", siret("FR 73282932000074", WrongNumber::NotDigits)),
        sample("mistyped", siret("73282932000079", WrongNumber::TypingError)),
        sample("found", at(first, &looked_up(|siret| LookedUp::Record(Box::new(record(siret, now))), now))),
        sample("closed", at(first, &looked_up(shut, now))),
        sample("closed-refused", closed),
        sample("partial", at(first, &looked_up(|_| LookedUp::Partial, now))),
        sample("unknown", at(first, &looked_up(|_| LookedUp::Unknown, now))),
        sample("silent", at(first, &looked_up(|_| LookedUp::Silent, now))),
        sample("throttled", throttled),
        sample("without-siret", at(first, &answered(answers(Some(false), Some(France), None)))),
        sample(
            "without-siret-has-one",
            wrong(
                &answered(answers(Some(false), Some(France), None)),
                Way::WithoutSiret,
                &[(Entry::Number, Wrong::HasSiret)],
            ),
        ),
        sample("union", at(first, &place(EuropeanUnion, None))),
        sample("union-empty", missing(EuropeanUnion, None, Way::EuropeanVat)),
        sample("vat-unknown", vat(true, refusals::vat_unknown())),
        sample("vat-refused", vat(false, refusals::vat_refused())),
        sample("elsewhere", at(first, &place(Elsewhere, None))),
        sample("elsewhere-vat", at(first, &place(Elsewhere, Some(true)))),
        sample("elsewhere-number", at(first, &place(Elsewhere, Some(false)))),
        sample("elsewhere-empty", missing(Elsewhere, Some(false), Way::ForeignNumber)),
        sample("long", long),
    ]
}
