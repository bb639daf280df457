//! A finished message and its one recipient, and the making of MIME out of both.
//!
//! Only the mail library writes headers, from typed values; a control character anywhere near one is refused rather
//! than cleaned (SR-179). The same envelope gives the same bytes at every try, `Message-ID` and `Date` included, so
//! that a message whose receipt got lost is recognised by the receiving side.

use lettre::message::header::ContentTransferEncoding;
use lettre::message::header::{self, ContentType, Header, HeaderName, HeaderValue};
use lettre::message::{Attachment as Attached, Body, Mailbox, MultiPart, SinglePart};
use lettre::{Address, Message};

use super::failure::{Failure, Reason};
use super::render::{Attachment, Rendered};
use crate::clock::Timestamp;
use crate::identity::language::Language;
use crate::ids::MailId;
use crate::realm::model::MailPolicy;

/// A finished message and its one recipient (SR-55).
#[derive(Debug, Clone)]
pub struct Envelope {
    /// Its row in the outbox; makes the `Message-ID`.
    pub id: MailId,
    /// From whom it comes.
    pub sender: MailPolicy,
    /// To whom it goes: the address stored for the account.
    pub recipient: String,
    /// In which language it is.
    pub language: Language,
    /// When it was written: `Date`.
    pub written: Timestamp,
    /// What it says.
    pub content: Rendered,
}

impl Envelope {
    /// The message as the relay gets it.
    pub(super) fn message(&self) -> Result<Message, Failure> {
        self.checked().map_err(|reason| Failure::Permanent(Reason::Unsendable(reason)))
    }

    /// The `Message-ID`, in the domain of `From` (UX: aligned).
    pub(super) fn message_id(&self) -> Option<String> {
        let (_, domain) = self.sender.from.rsplit_once('@')?;
        Some(format!("<{}@{domain}>", self.id))
    }

    fn checked(&self) -> Result<Message, &'static str> {
        let from = mailbox(&self.sender.from_name, &self.sender.from)?;
        let to = Mailbox::new(None, address(&self.recipient)?);
        let message_id = self.message_id().ok_or("the sender's address has no domain")?;
        let builder = Message::builder()
            .from(from)
            .to(to)
            .subject(one_line(&self.content.subject)?)
            .message_id(Some(message_id))
            .header(date(self.written).ok_or("the date is out of range")?)
            .raw_header(plain_header("Auto-Submitted", "auto-generated")) // RFC 3834 §5
            .raw_header(plain_header("Content-Language", self.language.tag())); // RFC 3282
        let builder = match &self.sender.reply_to {
            Some(reply_to) => builder.reply_to(mailbox(&self.sender.from_name, reply_to)?),
            None => builder,
        };
        builder.multipart(self.parts()?).map_err(|_| "a mandatory header is missing")
    }

    /// The words, and behind them the files (RFC 2046 §5.1.3).
    fn parts(&self) -> Result<MultiPart, &'static str> {
        if self.content.attachments.is_empty() {
            return Ok(self.words());
        }
        let mixed = MultiPart::mixed().boundary(format!("guichet-{}-files", self.id)).multipart(self.words());
        self.content.attachments.iter().try_fold(mixed, |mixed, file| Ok(mixed.singlepart(attached(file)?)))
    }

    /// Text first, HTML second: readers show the last part that they understand (RFC 2046 §5.1.4).
    fn words(&self) -> MultiPart {
        let part = |kind, body: &str| SinglePart::builder().header(kind).body(body.to_owned());
        MultiPart::alternative()
            .boundary(format!("guichet-{}", self.id))
            .singlepart(part(ContentType::TEXT_PLAIN, &self.content.text))
            .singlepart(part(ContentType::TEXT_HTML, &self.content.html))
    }
}

/// In Base64 whatever it holds: no line of a file may be touched on the way.
fn attached(file: &Attachment) -> Result<SinglePart, &'static str> {
    let kind = ContentType::parse(file.media_type).map_err(|_| "a file has no media type")?;
    let body = Body::new_with_encoding(file.bytes.clone(), ContentTransferEncoding::Base64);
    Ok(Attached::new(one_line(&file.name)?).body(body.map_err(|_| "a file cannot be encoded")?, kind))
}

fn mailbox(name: &str, address_text: &str) -> Result<Mailbox, &'static str> {
    Ok(Mailbox::new(Some(one_line(name)?), address(address_text)?))
}

fn address(text: &str) -> Result<Address, &'static str> {
    one_line(text)?.parse().map_err(|_| "an address is malformed")
}

fn one_line(text: &str) -> Result<String, &'static str> {
    let unsafe_character = |c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}');
    if text.contains(unsafe_character) { Err("a header holds a control character") } else { Ok(text.to_owned()) }
}

/// Through the HTTP form of dates, the one that the mail library reads; it would ask the system clock otherwise.
fn date(at: Timestamp) -> Option<header::Date> {
    let at = jiff::Timestamp::from_millisecond(at.millis()).ok()?;
    let text = jiff::fmt::rfc2822::DateTimePrinter::new().timestamp_to_rfc9110_string(&at).ok()?;
    header::Date::parse(&text).ok()
}

fn plain_header(name: &'static str, value: &str) -> HeaderValue {
    HeaderValue::new(HeaderName::new_from_ascii_str(name), value.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entropy::SeededEntropy;

    fn envelope() -> Envelope {
        let written = Timestamp::from_seconds(1_772_543_520);
        Envelope {
            id: MailId::new(written, &SeededEntropy::new(1)),
            sender: MailPolicy {
                from: "compte@certinomis.example".to_owned(),
                from_name: "Certinomis, l’espace client".to_owned(),
                reply_to: Some("assistance@certinomis.example".to_owned()),
            },
            recipient: "marie.durand@exemple.example".to_owned(),
            language: Language::French,
            written,
            content: Rendered {
                subject: "Vérifié".to_owned(),
                text: "Bonjour,\r\n.\r\nà bientôt\n".to_owned(),
                html: "<p>Bonjour</p>".to_owned(),
                attachments: Vec::new(),
            },
        }
    }

    #[test]
    fn sr_179_a_message_has_one_recipient_and_the_headers_it_should() {
        let envelope = envelope();
        let message = envelope.message().unwrap();
        let bytes = message.formatted();
        let parsed = mail_parser::MessageParser::default().parse(&bytes).unwrap();
        assert_eq!(message.envelope().to().len(), 1);
        assert_eq!(parsed.to().unwrap().first().unwrap().address(), Some("marie.durand@exemple.example"));
        assert!(parsed.cc().is_none() && parsed.bcc().is_none());
        assert_eq!(parsed.from().unwrap().first().unwrap().name(), Some("Certinomis, l’espace client"));
        assert_eq!(parsed.reply_to().unwrap().first().unwrap().address(), Some("assistance@certinomis.example"));
        assert_eq!(parsed.subject(), Some("Vérifié"));
        assert_eq!(parsed.message_id(), Some(format!("{}@certinomis.example", envelope.id).as_str()));
        assert_eq!(parsed.date().unwrap().to_timestamp(), envelope.written.seconds());
        assert_eq!(parsed.header_raw("Auto-Submitted").map(str::trim), Some("auto-generated"));
        assert_eq!(parsed.header_raw("Content-Language").map(str::trim), Some("fr"));
        assert!(parsed.body_text(0).unwrap().contains("à bientôt"));
        assert!(bytes.is_ascii(), "every relay takes it, 8BITMIME or not");
    }

    #[test]
    fn sr_182_a_second_try_sends_the_same_bytes() {
        let envelope = envelope();
        assert_eq!(envelope.message().unwrap().formatted(), envelope.message().unwrap().formatted());
    }

    #[test]
    fn files_arrive_byte_by_byte() {
        let text = "Conditions\n\r\n. \u{e9}\u{202f}; fin sans fin de ligne".to_owned();
        let file = Attachment {
            name: "cgu-1.fr.txt".to_owned(),
            media_type: "text/plain; charset=utf-8",
            bytes: text.clone().into_bytes(),
        };
        let mut envelope = envelope();
        envelope.content.attachments = vec![file];
        let bytes = envelope.message().unwrap().formatted();
        assert_eq!(bytes, envelope.message().unwrap().formatted(), "SR-182");
        let parsed = mail_parser::MessageParser::default().parse(&bytes).unwrap();
        assert!(parsed.body_text(0).unwrap().contains("Bonjour") && parsed.body_html(0).is_some());
        let attached = parsed.attachment(0).unwrap();
        assert_eq!(attached.contents(), text.as_bytes());
        assert!(bytes.is_ascii());
    }

    #[test]
    fn sr_179_nothing_slips_a_header_or_a_recipient_in() {
        type Tamper = fn(&mut Envelope);
        let table: [(&str, Tamper); 15] = [
            ("recipient with a line", |e| e.recipient = "a@b.example\r\nBcc: c@d.example".to_owned()),
            ("recipient with a line feed", |e| e.recipient = "a@b.example\nBcc: c@d.example".to_owned()),
            ("two recipients, comma", |e| e.recipient = "a@b.example, c@d.example".to_owned()),
            ("two recipients, semicolon", |e| e.recipient = "a@b.example;c@d.example".to_owned()),
            ("two recipients, blank", |e| e.recipient = "a@b.example c@d.example".to_owned()),
            ("recipient with a name", |e| e.recipient = "A <a@b.example>".to_owned()),
            ("recipient with SMTP parameters", |e| e.recipient = "a@b.example> NOTIFY=NEVER".to_owned()),
            ("recipient with a null", |e| e.recipient = "a\0@b.example".to_owned()),
            ("no recipient", |e| e.recipient = String::new()),
            ("subject with a line", |e| e.content.subject = "x\r\nBcc: c@d.example".to_owned()),
            ("subject with a carriage return", |e| e.content.subject = "x\rBcc: c@d.example".to_owned()),
            ("subject with a line separator", |e| e.content.subject = "x\u{2028}Bcc: c@d.example".to_owned()),
            ("sender's name with a line", |e| e.sender.from_name = "x\r\nBcc: c@d.example".to_owned()),
            ("sender with a line", |e| e.sender.from = "a@b.example\r\nBcc: c@d.example".to_owned()),
            ("reply address with a line", |e| e.sender.reply_to = Some("a@b.example\r\nX: y".to_owned())),
        ];
        for (case, tamper) in table {
            let mut envelope = envelope();
            tamper(&mut envelope);
            assert!(matches!(envelope.message(), Err(Failure::Permanent(Reason::Unsendable(_)))), "{case}");
        }
    }
}
