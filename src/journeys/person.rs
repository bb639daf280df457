//! A person as a form names one, who is not the one that fills it in: first name, last name, address.

use super::fields::Fields;
use super::refusals;
use crate::identity::identifier::{EmailAddress, NotAnEmailAddress};
use crate::identity::name::{NotAName, PersonName};
use crate::themes::form::{Field, FormState};

/// Somebody who was named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Named {
    /// First name.
    pub(crate) first_name: PersonName,
    /// Last name.
    pub(crate) last_name: PersonName,
    /// Where they are written to, when that was asked and told.
    pub(crate) email: Option<EmailAddress>,
}

/// Whether an address has to be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Address {
    /// It has.
    Asked,
    /// It may be.
    Optional,
}

/// Who is named in these fields: first name, last name, address; what is to be mended goes into the form.
pub(crate) fn read(
    fields: &Fields,
    [first, last, email]: [Field; 3],
    address: Address,
    form: &mut FormState,
) -> Option<Named> {
    let mut refuse = |field, words| *form = std::mem::take(form).refuse(field, words);
    let names = [first, last].map(|field| (field, PersonName::parse(fields.text(field))));
    for (field, name) in &names {
        if let Err(wrong) = name {
            refuse(
                *field,
                if *wrong == NotAName::Empty { refusals::theirs_empty(*field) } else { refusals::name(*field, wrong) },
            );
        }
    }
    let told = match EmailAddress::parse(fields.text(email)) {
        Ok(told) => Ok(Some(told)),
        Err(NotAnEmailAddress::Empty) if address == Address::Optional => Ok(None),
        Err(wrong) => Err(wrong),
    };
    if let Err(wrong) = &told {
        let is_empty = *wrong == NotAnEmailAddress::Empty;
        refuse(email, if is_empty { refusals::theirs_empty(email) } else { refusals::email(*wrong) });
    }
    let [(_, first_name), (_, last_name)] = names;
    Some(Named { first_name: first_name.ok()?, last_name: last_name.ok()?, email: told.ok()? })
}
