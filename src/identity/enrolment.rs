//! An organisation that is being registered: what was answered and typed so far, and what a registry filled in.
//!
//! What a registry tells never takes the place of what a person wrote (DOMAIN.md §2): a field is filled while it is empty
//! or still holds what was filled in last, and stays open to be changed. All is kept as it was typed; [`Enrolment::read`]
//! alone makes an organisation of it.

mod question;
mod reading;

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

pub use self::question::{Answers, FirstQuestion, Question, Way, WhereRegistered};
pub use self::reading::{Enrolled, Wrong};
use super::entity_record::{Disclosure, EntityRecord, VatOrigin};
use super::number::RegisteredNumber;
use super::number::siren::Siret;
use super::organisation::vat_check::VatCheck;
use super::organisation::{Line, Registry, VatStatus};
use crate::clock::Timestamp;

/// Most code points that are kept of what was typed into a field: more than any of them may hold.
const KEPT: usize = 400;

/// A field that is asked about an organisation or its administrator, and is kept as it was typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Entry {
    /// The number that it is registered as.
    Number,
    /// « Typologie de l’entité »
    Kind,
    /// Its legal name.
    Name,
    /// Its number for value added tax, beside a SIRET.
    VatNumber,
    /// « Téléphone »
    Phone,
    /// « Adresse »
    Street,
    /// A second line of it.
    Complement,
    /// « Fax »
    Fax,
    /// « Code postal »
    PostalCode,
    /// « Ville »
    Town,
    /// « Département »
    Department,
    /// « Pays »
    Country,
    /// « Téléphone (direct) » of the administrator.
    DirectPhone,
    /// « Confirmation de l’email »
    EmailAgain,
}

impl Entry {
    /// What a registry may fill in.
    const FILLED: [Self; 8] = [
        Self::Kind,
        Self::Name,
        Self::VatNumber,
        Self::Street,
        Self::Complement,
        Self::PostalCode,
        Self::Town,
        Self::Department,
    ];
}

/// One registration of an organisation, as far as it has come.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Enrolment {
    /// What was answered to the questions that come first.
    pub answers: Answers,
    /// What stands in the fields.
    typed: BTreeMap<Entry, String>,
    /// What a registry answered last.
    answer: Option<Answer>,
    /// What the tax administrations answered last.
    vat: Option<VatAnswer>,
    /// The organisation, once its page is complete.
    pub enrolled: Option<Box<Enrolled>>,
    /// Its number has a customer account already.
    pub taken: bool,
}

/// What a registry said of a number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// Which number was looked up.
    siret: Siret,
    /// What came of it.
    pub verdict: Verdict,
    /// Who answered.
    pub registry: Option<Registry>,
    /// When.
    at: Timestamp,
    /// What it told.
    values: BTreeMap<Entry, String>,
    /// Where that was put, for nobody had written there.
    filled: BTreeSet<Entry>,
    /// What the establishment is known as.
    trade_name: Option<Line>,
    /// Its number in the register of associations.
    #[serde(default)]
    rna: Option<RegisteredNumber>,
    /// Whether the number for value added tax was made from the SIREN.
    computed: bool,
}

/// What came of looking a number up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// It was found.
    Found,
    /// It was found, and is closed.
    Closed,
    /// It was found, and its owner objected to its being published.
    Partial,
    /// No registry knows it.
    Unknown,
    /// No registry answered: it is looked up another time.
    Silent,
}

/// What looking a number up brought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LookedUp {
    /// A registry knows it.
    Record(Box<EntityRecord>),
    /// It is closed, and nothing else is told.
    Closed,
    /// Its owner objected to its being published, and nothing else is told.
    Partial,
    /// No registry knows it.
    Unknown,
    /// No registry answered.
    Silent,
}

/// What the tax administrations said of a number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct VatAnswer {
    number: String,
    status: VatStatus,
    check: VatCheck,
}

impl Enrolment {
    /// What stands in a field.
    pub fn typed(&self, entry: Entry) -> &str {
        self.typed.get(&entry).map(String::as_str).unwrap_or_default()
    }

    /// Keeps what was typed.
    pub fn keep(&mut self, entry: Entry, typed: &str) {
        self.typed.insert(entry, typed.chars().take(KEPT).collect());
    }

    /// Whether a field holds what a registry filled in.
    pub fn is_filled(&self, entry: Entry) -> bool {
        let filled = self.current().and_then(|answer| answer.values.get(&entry));
        filled.is_some_and(|filled| filled == self.typed(entry))
    }

    /// What a registry said of the number that stands in the form.
    pub fn current(&self) -> Option<&Answer> {
        let siret = Siret::parse(self.typed(Entry::Number)).ok()?;
        self.answer.as_ref().filter(|answer| answer.siret == siret)
    }

    /// Whether the number for value added tax is one that was made from the SIREN.
    pub fn computed_vat(&self) -> bool {
        self.is_filled(Entry::VatNumber) && self.current().is_some_and(|answer| answer.computed)
    }

    /// Takes what a registry said: what it tells goes where nobody wrote, and what was filled in for another number goes.
    pub fn fill(&mut self, siret: Siret, looked_up: LookedUp, now: Timestamp) {
        let mut answer = Answer::of(siret, looked_up, now);
        let before = self.answer.take();
        for entry in Entry::FILLED {
            let typed = self.typed(entry);
            let put = before.as_ref().is_some_and(|before| before.put(entry, typed));
            if typed.is_empty() || put {
                self.typed.insert(entry, answer.values.get(&entry).cloned().unwrap_or_default());
                answer.filled.insert(entry);
            }
        }
        self.answer = Some(answer);
    }

    /// Somebody has the number already.
    pub fn overtake(&mut self, enrolled: Enrolled) {
        self.enrolled = Some(Box::new(enrolled));
        self.taken = true;
    }

    /// Forgets the number, and what was filled in for it.
    pub fn forget(&mut self) {
        let before = self.answer.take();
        let put = |entry, typed: &str| before.as_ref().is_some_and(|before| before.put(entry, typed));
        self.typed.retain(|entry, typed| *entry != Entry::Number && !put(*entry, typed));
    }

    /// Takes what the tax administrations said of a number.
    pub fn judge_vat(&mut self, number: &str, status: VatStatus, check: VatCheck) {
        self.vat = Some(VatAnswer { number: number.to_owned(), status, check });
    }

    /// What they said of that number.
    pub fn vat_status(&self, number: &str) -> Option<VatStatus> {
        self.judged(number).map(|answer| answer.status)
    }

    fn judged(&self, number: &str) -> Option<&VatAnswer> {
        self.vat.as_ref().filter(|answer| answer.number == number)
    }
}

impl Answer {
    fn of(siret: Siret, looked_up: LookedUp, now: Timestamp) -> Self {
        let without = |verdict| Self {
            siret: siret.clone(),
            verdict,
            registry: None,
            at: now,
            values: BTreeMap::new(),
            filled: BTreeSet::new(),
            trade_name: None,
            rna: None,
            computed: false,
        };
        match looked_up {
            LookedUp::Record(record) => Self::told(siret, *record),
            LookedUp::Closed => without(Verdict::Closed),
            LookedUp::Partial => without(Verdict::Partial),
            LookedUp::Unknown => without(Verdict::Unknown),
            LookedUp::Silent => without(Verdict::Silent),
        }
    }

    fn told(siret: Siret, record: EntityRecord) -> Self {
        let verdict = match (record.is_open(), record.disclosure) {
            (false, _) => Verdict::Closed,
            (true, Disclosure::Partial) => Verdict::Partial,
            (true, Disclosure::Full) => Verdict::Found,
        };
        let (vat, origin) = record.proposed_vat();
        let EntityRecord { legal_name, trade_name, kind, address, rna, source, fetched_at, .. } = record;
        let line = |line: Option<Line>| line.map(String::from);
        let values = [
            (Entry::Kind, kind.map(|kind| kind.as_str().to_owned())),
            (Entry::Name, line(legal_name)),
            // A closed one pays no tax any more.
            (Entry::VatNumber, Some(vat.shown()).filter(|_| verdict != Verdict::Closed)),
            (Entry::Street, line(address.street.or(address.distribution))),
            (Entry::Complement, line(address.complement)),
            (Entry::PostalCode, line(address.postal_code)),
            (Entry::Town, line(address.town)),
            (Entry::Department, address.department.map(|department| department.as_str().to_owned())),
        ];
        let values = values.into_iter().filter_map(|(entry, value)| Some((entry, value?)));
        Self {
            siret,
            verdict,
            registry: Some(source),
            at: fetched_at,
            values: values.collect(),
            filled: BTreeSet::new(),
            trade_name,
            rna,
            computed: origin == VatOrigin::Computed,
        }
    }

    /// Whether `typed` stands in a field because it was put there: what a person wrote is theirs, were it the same.
    fn put(&self, entry: Entry, typed: &str) -> bool {
        self.filled.contains(&entry) && self.value(entry) == Some(typed)
    }

    /// The number that was looked up.
    pub const fn siret(&self) -> &Siret {
        &self.siret
    }

    /// What the registry told of a field.
    pub fn value(&self, entry: Entry) -> Option<&str> {
        self.values.get(&entry).map(String::as_str)
    }
}

#[cfg(test)]
mod tests;
