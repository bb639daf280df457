//! A mail in words: subject, text part and HTML part, in one language and one realm's look.
//!
//! Both parts come from the same sheet by two templates (`mail/message.txt`, `mail/message.html`) and hold the same
//! things; the HTML one loads nothing. A missing text or variable is an error: a mail is whole, or it is not sent.

use serde::Serialize;
use url::Url;

use super::message::Mail;
use super::sheet::{Reader, Sheet};
use crate::identity::language::Language;
use crate::realm::model::{Operator, Realm};
use crate::themes::frame::LANGUAGE_PARAMETER;
use crate::themes::phrase::Phrase;
use crate::themes::theme::{RenderError, Theme};

/// A mail in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendered {
    /// Its subject.
    pub subject: String,
    /// Its text part.
    pub text: String,
    /// Its HTML part.
    pub html: String,
    /// The files that go with it.
    pub attachments: Vec<Attachment>,
}

/// A file that goes with a mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attachment {
    /// What it is saved as.
    pub name: String,
    /// What it is.
    pub media_type: &'static str,
    /// What it holds.
    pub bytes: Vec<u8>,
}

/// What both templates know.
#[derive(Serialize)]
struct Variables<'a> {
    sheet: &'a Sheet,
    besides: Vec<Phrase>,
    subject: &'a str,
    realm: &'a str,
    language: Language,
    contact: Phrase,
    operator: &'a str,
    elsewhere: Option<Elsewhere>,
}

/// The way to the same page in the other language, in that language's words.
#[derive(Serialize)]
struct Elsewhere {
    language: Language,
    label: String,
    before_address: String,
    link: String,
}

/// Words `mail` in `language` for the account of that address.
pub fn render(
    mail: &Mail,
    realm: &Realm,
    theme: &Theme,
    language: Language,
    account: &str,
) -> Result<Rendered, RenderError> {
    let name = realm.display_name.in_language(language);
    let zone = theme.voice(language).teller().zone();
    let Operator { legal_name: operator, support_email: support, .. } = &realm.operator;
    let reader = Reader { realm: name, account, zone, operator, support };
    let sheet = mail.sheet(reader);
    let subject = theme.say(language, &sheet.subject)?;
    let variables = Variables {
        sheet: &sheet,
        besides: mail.besides(reader),
        subject: &subject,
        realm: name,
        language,
        contact: contact(&realm.operator),
        operator,
        elsewhere: elsewhere(&sheet, theme, language.other())?,
    };
    let text = theme.render_template(language, "mail/message.txt", &variables)?;
    let html = theme.render_template(language, "mail/message.html", &variables)?;
    Ok(Rendered { subject, text, html, attachments: mail.attachments() })
}

fn contact(operator: &Operator) -> Phrase {
    let phrase = match &operator.support_phone {
        Some(phone) => Phrase::new("mail.contact.phone").words("phone", phone),
        None => Phrase::new("mail.contact.email"),
    };
    phrase.words("email", &operator.support_email)
}

/// For the first thing to press, when there is any.
fn elsewhere(sheet: &Sheet, theme: &Theme, other: Language) -> Result<Option<Elsewhere>, RenderError> {
    let first = sheet.actions.first().or(sheet.remedy.as_ref());
    let Some(mut link) = first.and_then(|action| Url::parse(action.link()).ok()) else { return Ok(None) };
    link.query_pairs_mut().append_pair(LANGUAGE_PARAMETER, other.tag());
    let label = theme.say(other, &Phrase::new("mail.other_language"))?;
    let before_address = theme.say(other, &Phrase::new("mail.action").words("label", &label))?;
    Ok(Some(Elsewhere { language: other, label, before_address, link: link.into() }))
}
