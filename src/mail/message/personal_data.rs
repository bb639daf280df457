//! What we tell whom somebody else has named to us, in the first mail that they get (GDPR, article 14): who keeps what,
//! from whom, what for, for how long, and what they can do about it.

use super::Reader;
use crate::mail::quoted;
use crate::themes::phrase::Phrase;

/// The notice, whose first sentence is about what was told and why: `about` is its key.
pub(super) fn notice(about: &'static str, organisation: &str, reader: Reader<'_>) -> Vec<Phrase> {
    let about = Phrase::new(about)
        .words("operator", reader.operator)
        .words("organisation", quoted::organisation(organisation))
        .words("realm", reader.realm);
    let basis = Phrase::new("mail.personal_data.basis").words("realm", reader.realm);
    vec![about, basis, Phrase::new("mail.personal_data.rights").words("support", reader.support)]
}
