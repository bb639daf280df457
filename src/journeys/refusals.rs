//! What we tell people to do about a field, in one place: one wording for one mistake on every page.
//!
//! Each says what to do, none says whether an account exists (SR-1).
//!
//! Long, for it is the list of them all: whoever words another one sees how the others are worded.

use crate::clock::Timestamp;
use crate::identity::enrolment::{Question, Way};
use crate::identity::identifier::NotAnEmailAddress;
use crate::identity::invitation::{MOST_WAITING, Uninvited};
use crate::identity::name::{self, NotAName};
use crate::identity::number::WrongNumber;
use crate::themes::form::Field;
use crate::themes::phrase::Phrase;

/// Identifier and password do not go together; the same words whether or not there is such an account.
pub(crate) fn credentials_wrong() -> Phrase {
    Phrase::new("refusal.credentials_wrong")
}

/// Guesses are slowed until then.
pub(crate) fn throttled(until: Timestamp) -> Phrase {
    Phrase::new("refusal.throttled").clock("until", until)
}

/// The identifier is empty.
pub(crate) fn username_empty() -> Phrase {
    Phrase::new("refusal.username_empty")
}

/// The password is empty.
pub(crate) fn password_empty() -> Phrase {
    Phrase::new("refusal.password_empty")
}

/// The first name is empty.
pub(crate) fn first_name_empty() -> Phrase {
    Phrase::new("refusal.first_name_empty")
}

/// The last name is empty.
pub(crate) fn last_name_empty() -> Phrase {
    Phrase::new("refusal.last_name_empty")
}

/// A first or last name is none.
pub(crate) fn name(field: Field, wrong: &NotAName) -> Phrase {
    match wrong {
        NotAName::Empty if field == Field::FirstName => first_name_empty(),
        NotAName::Empty => last_name_empty(),
        NotAName::TooLong => too_long(field, u64::try_from(name::LONGEST).unwrap_or(0)),
        NotAName::Character(_) | NotAName::NotText => unreadable(field),
    }
}

/// An e-mail address is none.
pub(crate) fn email(wrong: NotAnEmailAddress) -> Phrase {
    match wrong {
        NotAnEmailAddress::Empty => email_empty(),
        NotAnEmailAddress::NoAt => email_without_at(),
        _ => email_malformed(),
    }
}

/// Somebody else is to be named, and a name or the address of theirs is missing.
pub(crate) fn theirs_empty(field: Field) -> Phrase {
    Phrase::new("refusal.theirs_empty").named("field", label(field))
}

/// A text is longer than we keep.
pub(crate) fn too_long(field: Field, most: u64) -> Phrase {
    Phrase::new("refusal.too_long").named("field", label(field)).number("most", most)
}

/// A text holds control characters, or characters that turn or disguise what surrounds them.
pub(crate) fn unreadable(field: Field) -> Phrase {
    Phrase::new("refusal.unreadable").named("field", label(field))
}

/// The e-mail address is empty.
pub(crate) fn email_empty() -> Phrase {
    Phrase::new("refusal.email_empty")
}

/// The e-mail address has no `@`.
pub(crate) fn email_without_at() -> Phrase {
    Phrase::new("refusal.email_without_at")
}

/// The e-mail address is not typed a second time.
pub(crate) fn email_confirmation_empty() -> Phrase {
    Phrase::new("refusal.email_confirmation_empty")
}

/// The e-mail address was typed otherwise the second time.
pub(crate) fn email_confirmation_differs() -> Phrase {
    Phrase::new("refusal.email_confirmation_differs")
}

/// The new e-mail address is the present one.
pub(crate) fn email_same() -> Phrase {
    Phrase::new("refusal.email_same")
}

/// The e-mail address has another shape than addresses have.
pub(crate) fn email_malformed() -> Phrase {
    Phrase::new("refusal.email_malformed")
}

/// The new password is empty.
pub(crate) fn new_password_empty() -> Phrase {
    Phrase::new("refusal.new_password_empty")
}

/// The new password is too short.
pub(crate) fn password_short(least: u64, count: u64) -> Phrase {
    Phrase::new("refusal.password_short").number("least", least).count(count)
}

/// The new password is too long.
pub(crate) fn password_long(most: u64) -> Phrase {
    Phrase::new("refusal.password_long").number("most", most)
}

/// The new password mixes too few kinds of characters.
pub(crate) fn password_plain(kinds: u64) -> Phrase {
    Phrase::new("refusal.password_plain").number("kinds", kinds)
}

/// The new password is in the list of known ones (SR-25).
pub(crate) fn password_common() -> Phrase {
    Phrase::new("refusal.password_common")
}

/// The new password is a name, the address, the organisation or the product (SR-25).
pub(crate) fn password_personal() -> Phrase {
    Phrase::new("refusal.password_personal")
}

/// The new password is the present one.
pub(crate) fn password_same() -> Phrase {
    Phrase::new("refusal.password_same")
}

/// The confirmation is empty.
pub(crate) fn confirmation_empty() -> Phrase {
    Phrase::new("refusal.confirmation_empty")
}

/// The confirmation differs.
pub(crate) fn confirmation_differs() -> Phrase {
    Phrase::new("refusal.confirmation_differs")
}

/// The box of the terms is not ticked.
pub(crate) fn terms_unticked() -> Phrase {
    Phrase::new("refusal.terms_unticked")
}

/// The present password is empty.
pub(crate) fn current_password_empty() -> Phrase {
    Phrase::new("refusal.current_password_empty")
}

/// The present password is another one.
pub(crate) fn current_password_wrong() -> Phrase {
    Phrase::new("refusal.current_password_wrong")
}

/// The telephone number cannot be called from anywhere.
pub(crate) fn phone_malformed() -> Phrase {
    Phrase::new("refusal.phone_malformed")
}

/// The language is none that we speak.
pub(crate) fn language_unknown() -> Phrase {
    Phrase::new("refusal.language_unknown")
}

/// No question was chosen or written.
pub(crate) fn question_empty() -> Phrase {
    Phrase::new("refusal.question_empty")
}

/// The question is not one of the list.
pub(crate) fn question_unknown() -> Phrase {
    Phrase::new("refusal.question_unknown")
}

/// Another question of the set asks the same.
pub(crate) fn question_repeated() -> Phrase {
    Phrase::new("refusal.question_repeated")
}

/// The answer is empty.
pub(crate) fn answer_empty() -> Phrase {
    Phrase::new("refusal.answer_empty")
}

/// The answer is too short (SR-38).
pub(crate) fn answer_short(least: u64) -> Phrase {
    Phrase::new("refusal.answer_short").number("least", least)
}

/// The answer can be guessed: a name, the address, the question itself (SR-38).
pub(crate) fn answer_guessable() -> Phrase {
    Phrase::new("refusal.answer_guessable")
}

/// The answer is not the one that was set.
pub(crate) fn answer_wrong() -> Phrase {
    Phrase::new("refusal.answer_wrong")
}

/// The answers are not all those that were set; which is wrong is not told.
pub(crate) fn answers_wrong() -> Phrase {
    Phrase::new("refusal.answers_wrong")
}

/// Too many wrong answers: nobody answers these questions before then.
pub(crate) fn answers_locked(until: Timestamp) -> Phrase {
    Phrase::new("refusal.answers_locked").moment("until", until)
}

/// Too many wrong answers: this link is void (SR-39).
pub(crate) fn answers_used_up() -> Phrase {
    Phrase::new("refusal.answers_used_up")
}

/// The code is empty.
pub(crate) fn code_empty() -> Phrase {
    Phrase::new("refusal.code_empty")
}

/// The code does not have six digits.
pub(crate) fn code_malformed() -> Phrase {
    Phrase::new("refusal.code_malformed")
}

/// The code is not the last one sent.
pub(crate) fn code_wrong(sent: Timestamp) -> Phrase {
    Phrase::new("refusal.code_wrong").clock("sent", sent)
}

/// The code was good once.
pub(crate) fn code_spent() -> Phrase {
    Phrase::new("refusal.code_spent")
}

/// The time of the code is over.
pub(crate) fn code_expired() -> Phrase {
    Phrase::new("refusal.code_expired")
}

/// The code of an app is empty.
pub(crate) fn one_time_empty(digits: u64) -> Phrase {
    Phrase::new("refusal.one_time_empty").number("digits", digits)
}

/// The code of an app does not have its digits.
pub(crate) fn one_time_malformed(digits: u64) -> Phrase {
    Phrase::new("refusal.one_time_malformed").number("digits", digits)
}

/// The code of an app is not the one that it shows now, or was used.
pub(crate) fn one_time_wrong() -> Phrase {
    Phrase::new("refusal.one_time_wrong")
}

/// One text for every passkey that does not open anything here (SR-85).
pub(crate) fn passkey_refused() -> Phrase {
    Phrase::new("refusal.passkey_refused")
}

/// The page was open for too long for the passkey to count.
pub(crate) fn passkey_late() -> Phrase {
    Phrase::new("refusal.passkey_late")
}

/// The device made nothing that can be kept.
pub(crate) fn passkey_not_added() -> Phrase {
    Phrase::new("refusal.passkey_not_added")
}

/// The account could not be opened without it.
pub(crate) fn passkey_last() -> Phrase {
    Phrase::new("refusal.passkey_last")
}

/// A second factor is demanded, and there is no other.
pub(crate) fn passkey_demanded() -> Phrase {
    Phrase::new("refusal.passkey_demanded")
}

/// The recovery code is empty.
pub(crate) fn recovery_code_empty() -> Phrase {
    Phrase::new("refusal.recovery_code_empty")
}

/// The recovery code is none of this account's, or was used.
pub(crate) fn recovery_code_wrong() -> Phrase {
    Phrase::new("refusal.recovery_code_wrong")
}

/// The recovery codes were not put away.
pub(crate) fn codes_not_kept() -> Phrase {
    Phrase::new("refusal.codes_not_kept")
}

/// The code of a device is empty.
pub(crate) fn user_code_empty() -> Phrase {
    Phrase::new("refusal.user_code_empty")
}

/// The code of a device does not have its eight letters.
pub(crate) fn user_code_malformed() -> Phrase {
    Phrase::new("refusal.user_code_malformed")
}

/// No device waits under that code.
pub(crate) fn user_code_wrong() -> Phrase {
    Phrase::new("refusal.user_code_wrong")
}

/// Codes of devices are looked at again from then on.
pub(crate) fn user_code_throttled(until: Timestamp) -> Phrase {
    Phrase::new("refusal.user_code_throttled").clock("until", until)
}

/// Nobody was chosen for something that somebody must be named for.
pub(crate) fn contact_unchosen() -> Phrase {
    Phrase::new("refusal.contact_unchosen")
}

/// The legal representative was chosen for it, and is not named.
pub(crate) fn legal_unnamed() -> Phrase {
    Phrase::new("refusal.legal_unnamed")
}

/// No role is ticked.
pub(crate) fn roles_unticked() -> Phrase {
    Phrase::new("refusal.roles_unticked")
}

/// Somebody cannot be invited.
pub(crate) fn uninvited(why: Uninvited) -> Phrase {
    match why {
        Uninvited::Oneself => Phrase::new("refusal.invited_oneself"),
        Uninvited::Member => Phrase::new("refusal.invited_member"),
        Uninvited::Waits => Phrase::new("refusal.invited_already"),
        Uninvited::TooMany => {
            Phrase::new("refusal.invited_too_many").number("most", u64::try_from(MOST_WAITING).unwrap_or(0))
        }
    }
}

/// Mails are sent again from then on.
pub(crate) fn resend_later(at: Timestamp) -> Phrase {
    Phrase::new("refusal.resend_later").clock("at", at)
}

/// Nothing was typed into a field of the organisation's page, or nothing chosen.
pub(crate) fn entry_empty(field: Field) -> Phrase {
    Phrase::new(match field {
        Field::OrganisationKind => "refusal.organisation_kind_empty",
        Field::OrganisationName => "refusal.organisation_name_empty",
        Field::OrganisationPhone | Field::PhoneNumber => "refusal.phone_empty",
        Field::StreetAddress => "refusal.street_address_empty",
        Field::PostalCode => "refusal.postal_code_empty",
        Field::Town => "refusal.town_empty",
        Field::Department => "refusal.department_empty",
        Field::Country => "refusal.country_empty",
        _ => "refusal.organisation_number_empty",
    })
}

/// The department is proposed after the postal code, and to be checked.
pub(crate) fn department_proposed() -> Phrase {
    Phrase::new("refusal.department_proposed")
}

/// A choice that is not in its list.
pub(crate) fn not_listed(field: Field) -> Phrase {
    Phrase::new("refusal.not_listed").named("field", label(field))
}

/// A first question was not answered.
pub(crate) fn question_unanswered(question: Question) -> Phrase {
    Phrase::new(match question {
        Question::HasSiret => "refusal.has_siret_empty",
        Question::RegisteredIn => "refusal.registered_in_empty",
        Question::HasVat => "refusal.has_vat_empty",
    })
}

/// The SIRET is empty.
pub(crate) fn siret_empty() -> Phrase {
    Phrase::new("refusal.siret_empty")
}

/// The number is none of its register.
pub(crate) fn number_wrong(way: Way, wrong: WrongNumber) -> Phrase {
    let siret = way == Way::Siret;
    match wrong {
        WrongNumber::Empty if siret => siret_empty(),
        WrongNumber::Empty => entry_empty(Field::OrganisationNumber),
        WrongNumber::NotDigits if siret => Phrase::new("refusal.siret_digits"),
        WrongNumber::LooksLikeSiren => Phrase::new("refusal.siret_is_siren"),
        WrongNumber::Length { got, .. } if siret => {
            Phrase::new("refusal.siret_length").count(u64::try_from(got).unwrap_or(u64::MAX))
        }
        WrongNumber::AllZeros | WrongNumber::TypingError if siret => Phrase::new("refusal.number_typing_error"),
        WrongNumber::TypingError => Phrase::new("refusal.number_mistyped"),
        WrongNumber::OtherCountry => Phrase::new("refusal.number_other_country"),
        _ if matches!(way, Way::EuropeanVat | Way::ForeignVat) => Phrase::new("refusal.vat_malformed"),
        _ if way == Way::WithoutSiret => Phrase::new("refusal.rna_malformed"),
        _ => Phrase::new("refusal.number_malformed"),
    }
}

/// The number beside the SIRET is no French number for value added tax.
pub(crate) fn french_vat_malformed() -> Phrase {
    Phrase::new("refusal.french_vat_malformed")
}

/// A SIRET, in the way of who has none.
pub(crate) fn has_a_siret() -> Phrase {
    Phrase::new("refusal.has_a_siret")
}

/// The tax administration does not know the number.
pub(crate) fn vat_unknown() -> Phrase {
    Phrase::new("refusal.vat_unknown")
}

/// The same, where a realm takes none that is not known.
pub(crate) fn vat_refused() -> Phrase {
    Phrase::new("refusal.vat_refused")
}

/// The establishment is closed, and the realm takes none that is.
pub(crate) fn closed() -> Phrase {
    Phrase::new("refusal.closed")
}

/// Numbers are looked up again from then on; the form can be filled in meanwhile.
pub(crate) fn lookups_throttled(until: Timestamp) -> Phrase {
    Phrase::new("refusal.lookups_throttled").clock("until", until)
}

/// A telephone number that cannot be called.
pub(crate) fn phone_unreadable() -> Phrase {
    Phrase::new("refusal.phone_unreadable")
}

/// A French postal code has five digits.
pub(crate) fn five_digits() -> Phrase {
    Phrase::new("refusal.postal_code_digits")
}

/// No postal code.
pub(crate) fn postal_code_malformed() -> Phrase {
    Phrase::new("refusal.postal_code_malformed")
}

/// The last administrator stays one until another is named (SR-191).
pub(crate) fn last_administrator() -> Phrase {
    Phrase::new("refusal.last_administrator")
}

/// What a field is called, for errors that any field can have.
pub(crate) const fn label(field: Field) -> &'static str {
    match field {
        Field::Username => "field.username",
        Field::FirstName | Field::LegalFirstName | Field::AdministrativeFirstName | Field::BillingFirstName => {
            "field.first_name"
        }
        Field::LastName | Field::LegalLastName | Field::AdministrativeLastName | Field::BillingLastName => {
            "field.last_name"
        }
        Field::Email | Field::EmailConfirm | Field::LegalEmail | Field::AdministrativeEmail | Field::BillingEmail => {
            "field.email"
        }
        Field::Legal => "contact.legal",
        Field::Administrative => "contact.administrative",
        Field::Billing => "contact.billing",
        Field::Roles => "field.roles",
        Field::Password | Field::PasswordNew | Field::PasswordConfirm => "field.password",
        Field::Question | Field::QuestionAt(_) => "field.question",
        Field::Answer | Field::AnswerAt(_) => "field.answer",
        Field::Code => "field.code",
        Field::UserCode => "field.user_code",
        Field::PhoneNumber | Field::OrganisationPhone => "field.phone_number",
        Field::Locale => "field.locale",
        Field::DeviceName => "field.device_name",
        Field::RecoveryCode => "field.recovery_code",
        Field::RegisteredIn => "field.registered_in",
        Field::HasSiret => "field.has_siret",
        Field::HasVat => "field.has_vat",
        Field::OrganisationNumber => "field.organisation_number",
        Field::OrganisationKind => "field.organisation_kind",
        Field::OrganisationName => "field.organisation_name",
        Field::VatNumber => "field.vat_number",
        Field::StreetAddress => "field.street_address",
        Field::AddressComplement => "field.address_complement",
        Field::Fax => "field.fax",
        Field::PostalCode => "field.postal_code",
        Field::Town => "field.town",
        Field::Department => "field.department",
        Field::Country => "field.country",
        Field::LogoutSessions | Field::RememberMe | Field::CodesKept | Field::Accept => "field.box",
    }
}
