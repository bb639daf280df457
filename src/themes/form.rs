//! What a form remembers between two answers: what was typed, and what was wrong with it.
//!
//! Nothing typed is asked twice, except what must never travel back: passwords, codes and answers are not kept, by the
//! type of their field. Field names are part of the public contract (DESIGN.md §3).

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use serde::{Serialize, Serializer};

use super::phrase::Phrase;
use crate::proofs::question::MOST;

/// A field of a hosted form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[expect(missing_docs, reason = "each is what its name says")]
pub enum Field {
    #[serde(rename = "username")]
    Username,
    #[serde(rename = "password")]
    Password,
    #[serde(rename = "firstName")]
    FirstName,
    #[serde(rename = "lastName")]
    LastName,
    #[serde(rename = "email")]
    Email,
    #[serde(rename = "emailConfirm")]
    EmailConfirm,
    #[serde(rename = "password-new")]
    PasswordNew,
    #[serde(rename = "password-confirm")]
    PasswordConfirm,
    #[serde(rename = "logout-sessions")]
    LogoutSessions,
    #[serde(rename = "rememberMe")]
    RememberMe,
    #[serde(rename = "question")]
    Question,
    #[serde(rename = "answer")]
    Answer,
    #[serde(rename = "code")]
    Code,
    #[serde(rename = "user_code")]
    UserCode,
    #[serde(rename = "device-name")]
    DeviceName,
    #[serde(rename = "recovery-code")]
    RecoveryCode,
    #[serde(rename = "codes-kept")]
    CodesKept,
    #[serde(rename = "accept")]
    Accept,
    #[serde(rename = "phoneNumber")]
    PhoneNumber,
    #[serde(rename = "locale")]
    Locale,
    #[serde(rename = "legal")]
    Legal,
    #[serde(rename = "legal-firstName")]
    LegalFirstName,
    #[serde(rename = "legal-lastName")]
    LegalLastName,
    #[serde(rename = "legal-email")]
    LegalEmail,
    #[serde(rename = "administrative")]
    Administrative,
    #[serde(rename = "administrative-firstName")]
    AdministrativeFirstName,
    #[serde(rename = "administrative-lastName")]
    AdministrativeLastName,
    #[serde(rename = "administrative-email")]
    AdministrativeEmail,
    #[serde(rename = "billing")]
    Billing,
    #[serde(rename = "billing-firstName")]
    BillingFirstName,
    #[serde(rename = "billing-lastName")]
    BillingLastName,
    #[serde(rename = "billing-email")]
    BillingEmail,
    #[serde(rename = "roles")]
    Roles,
    #[serde(rename = "registered-in")]
    RegisteredIn,
    #[serde(rename = "has-siret")]
    HasSiret,
    #[serde(rename = "has-vat")]
    HasVat,
    #[serde(rename = "organisation-number")]
    OrganisationNumber,
    #[serde(rename = "organisation-kind")]
    OrganisationKind,
    #[serde(rename = "organisation")]
    OrganisationName,
    #[serde(rename = "vat-number")]
    VatNumber,
    #[serde(rename = "organisation-phone")]
    OrganisationPhone,
    #[serde(rename = "street-address")]
    StreetAddress,
    #[serde(rename = "address-complement")]
    AddressComplement,
    #[serde(rename = "fax")]
    Fax,
    #[serde(rename = "postal-code")]
    PostalCode,
    #[serde(rename = "town")]
    Town,
    #[serde(rename = "department")]
    Department,
    #[serde(rename = "country")]
    Country,
    #[serde(untagged)]
    QuestionAt(QuestionAt),
    #[serde(untagged)]
    AnswerAt(AnswerAt),
}

/// Which of several questions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "each is what its name says")]
pub enum Nth {
    First,
    Second,
    Third,
    Fourth,
    Fifth,
    Sixth,
}

/// A question of a set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct QuestionAt(pub Nth);

/// The answer to a question of a set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AnswerAt(pub Nth);

impl Nth {
    /// All of them, in their order: as many as a set of questions has at most.
    pub const ALL: [Self; MOST] = [Self::First, Self::Second, Self::Third, Self::Fourth, Self::Fifth, Self::Sixth];
}

impl QuestionAt {
    const fn name(self) -> &'static str {
        match self.0 {
            Nth::First => "question-1",
            Nth::Second => "question-2",
            Nth::Third => "question-3",
            Nth::Fourth => "question-4",
            Nth::Fifth => "question-5",
            Nth::Sixth => "question-6",
        }
    }
}

impl AnswerAt {
    const fn name(self) -> &'static str {
        match self.0 {
            Nth::First => "answer-1",
            Nth::Second => "answer-2",
            Nth::Third => "answer-3",
            Nth::Fourth => "answer-4",
            Nth::Fifth => "answer-5",
            Nth::Sixth => "answer-6",
        }
    }
}

impl Serialize for QuestionAt {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

impl Serialize for AnswerAt {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

impl Field {
    /// Every field; of the questions of a set, whose fields are many, the first.
    pub const ALL: [Self; 50] = [
        Self::Username,
        Self::Password,
        Self::FirstName,
        Self::LastName,
        Self::Email,
        Self::EmailConfirm,
        Self::PasswordNew,
        Self::PasswordConfirm,
        Self::LogoutSessions,
        Self::RememberMe,
        Self::Question,
        Self::Answer,
        Self::Code,
        Self::UserCode,
        Self::DeviceName,
        Self::RecoveryCode,
        Self::CodesKept,
        Self::Accept,
        Self::PhoneNumber,
        Self::Locale,
        Self::Legal,
        Self::LegalFirstName,
        Self::LegalLastName,
        Self::LegalEmail,
        Self::Administrative,
        Self::AdministrativeFirstName,
        Self::AdministrativeLastName,
        Self::AdministrativeEmail,
        Self::Billing,
        Self::BillingFirstName,
        Self::BillingLastName,
        Self::BillingEmail,
        Self::Roles,
        Self::RegisteredIn,
        Self::HasSiret,
        Self::HasVat,
        Self::OrganisationNumber,
        Self::OrganisationKind,
        Self::OrganisationName,
        Self::VatNumber,
        Self::OrganisationPhone,
        Self::StreetAddress,
        Self::AddressComplement,
        Self::Fax,
        Self::PostalCode,
        Self::Town,
        Self::Department,
        Self::Country,
        Self::QuestionAt(QuestionAt(Nth::First)),
        Self::AnswerAt(AnswerAt(Nth::First)),
    ];

    /// Its name in the form.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Username => "username",
            Self::Password => "password",
            Self::FirstName => "firstName",
            Self::LastName => "lastName",
            Self::Email => "email",
            Self::EmailConfirm => "emailConfirm",
            Self::PasswordNew => "password-new",
            Self::PasswordConfirm => "password-confirm",
            Self::LogoutSessions => "logout-sessions",
            Self::RememberMe => "rememberMe",
            Self::Question => "question",
            Self::Answer => "answer",
            Self::Code => "code",
            Self::UserCode => "user_code",
            Self::DeviceName => "device-name",
            Self::RecoveryCode => "recovery-code",
            Self::CodesKept => "codes-kept",
            Self::Accept => "accept",
            Self::PhoneNumber => "phoneNumber",
            Self::Locale => "locale",
            Self::Legal => "legal",
            Self::LegalFirstName => "legal-firstName",
            Self::LegalLastName => "legal-lastName",
            Self::LegalEmail => "legal-email",
            Self::Administrative => "administrative",
            Self::AdministrativeFirstName => "administrative-firstName",
            Self::AdministrativeLastName => "administrative-lastName",
            Self::AdministrativeEmail => "administrative-email",
            Self::Billing => "billing",
            Self::BillingFirstName => "billing-firstName",
            Self::BillingLastName => "billing-lastName",
            Self::BillingEmail => "billing-email",
            Self::Roles => "roles",
            Self::RegisteredIn => "registered-in",
            Self::HasSiret => "has-siret",
            Self::HasVat => "has-vat",
            Self::OrganisationNumber => "organisation-number",
            Self::OrganisationKind => "organisation-kind",
            Self::OrganisationName => "organisation",
            Self::VatNumber => "vat-number",
            Self::OrganisationPhone => "organisation-phone",
            Self::StreetAddress => "street-address",
            Self::AddressComplement => "address-complement",
            Self::Fax => "fax",
            Self::PostalCode => "postal-code",
            Self::Town => "town",
            Self::Department => "department",
            Self::Country => "country",
            Self::QuestionAt(question) => question.name(),
            Self::AnswerAt(answer) => answer.name(),
        }
    }

    /// Whether its value must never be sent back.
    pub const fn is_secret(self) -> bool {
        matches!(
            self,
            Self::Password
                | Self::PasswordNew
                | Self::PasswordConfirm
                | Self::Answer
                | Self::AnswerAt(_)
                | Self::Code
                | Self::RecoveryCode
        )
    }
}

/// The state of a form on a page.
#[derive(Debug, Clone, Default, Serialize)]
pub struct FormState {
    /// The hidden `_form` field: one-time id and CSRF proof in one (SR-107).
    token: String,
    values: BTreeMap<Field, String>,
    errors: Vec<FormError>,
    by_field: BTreeMap<Field, Phrase>,
}

/// Something wrong with what was sent.
#[derive(Debug, Clone, Serialize)]
struct FormError {
    field: Option<Field>,
    words: Phrase,
}

impl FormState {
    /// A form nobody has filled yet, with the value of its hidden `_form` field.
    pub fn new(token: impl Into<String>) -> Self {
        Self { token: token.into(), ..Self::default() }
    }

    /// Keeps what was typed; secret fields are left empty.
    pub fn keep(mut self, field: Field, value: impl Into<String>) -> Self {
        if !field.is_secret() {
            self.values.insert(field, value.into());
        }
        self
    }

    /// Ticks a box.
    pub fn tick(self, field: Field) -> Self {
        self.keep(field, "on")
    }

    /// Tells what to do about a field; the first error of a field stands.
    pub fn refuse(mut self, field: Field, words: Phrase) -> Self {
        if let Entry::Vacant(free) = self.by_field.entry(field) {
            free.insert(words.clone());
            self.errors.push(FormError { field: Some(field), words });
        }
        self
    }

    /// Tells what to do about the form as a whole.
    pub fn refuse_all(mut self, words: Phrase) -> Self {
        self.errors.push(FormError { field: None, words });
        self
    }

    /// Tells of mistakes in the order in which a page has these fields, by whomever and whenever each was found.
    pub fn in_order_of(mut self, fields: &[Field]) -> Self {
        let place = |field| fields.iter().position(|listed| *listed == field).unwrap_or(fields.len());
        self.errors.sort_by_key(|error| error.field.map(place));
        self
    }

    /// Whether something is wrong: such a page is an answer 422, or 429 when slowed.
    pub fn has_errors(&self) -> bool {
        !self.errors.is_empty()
    }

    /// What was typed into a field.
    pub fn value(&self, field: Field) -> Option<&str> {
        self.values.get(&field).map(String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_never_sent_back() {
        let password = [Field::Password, Field::PasswordNew, Field::PasswordConfirm];
        let answer = Field::AnswerAt(AnswerAt(Nth::Third));
        let fields = password.into_iter().chain([Field::Answer, answer, Field::Code, Field::RecoveryCode]);
        let form = fields.fold(FormState::new("t"), |form, field| form.keep(field, "tilleul"));
        assert!(!serde_json::to_string(&form).unwrap().contains("tilleul"));
    }

    #[test]
    fn a_field_is_written_as_it_is_named() {
        for field in Field::ALL {
            assert_eq!(serde_json::to_value(field).unwrap(), field.name());
        }
    }

    #[test]
    fn one_error_a_field_and_the_order_is_kept() {
        let form = FormState::new("t")
            .refuse(Field::LastName, Phrase::new("one"))
            .refuse(Field::LastName, Phrase::new("two"))
            .refuse_all(Phrase::new("three"));
        let keys: Vec<_> = form.errors.iter().map(|error| error.words.key.as_str()).collect();
        assert_eq!(keys, ["one", "three"]);
        assert!(form.has_errors());
    }

    #[test]
    fn mistakes_are_told_in_the_order_of_the_page() {
        let found = [(Field::Fax, "unlisted"), (Field::Email, "third"), (Field::FirstName, "second")];
        let form =
            found.into_iter().fold(FormState::new("t"), |form, (field, key)| form.refuse(field, Phrase::new(key)));
        let form = form.refuse_all(Phrase::new("first")).in_order_of(&[Field::FirstName, Field::Email]);
        let keys: Vec<_> = form.errors.iter().map(|error| error.words.key.as_str()).collect();
        assert_eq!(keys, ["first", "second", "third", "unlisted"]);
    }
}
