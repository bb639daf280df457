//! Who stands behind a realm and from whom its mails come, judged.

use super::{Judge, printable};
use crate::code::Code;
use crate::identity::language::{Language, Localized};
use crate::realm::document::written::Written;
use crate::realm::document::{AccessibilityDocument, MailDocument, OperatorDocument};
use crate::realm::model::{AccessibilityStatement, MailPolicy, Operator};

impl Judge<'_> {
    pub(super) fn mail(
        &mut self,
        document: &MailDocument,
        realm: &Localized,
        language: Language,
    ) -> Option<MailPolicy> {
        let from = document.from.as_ref().and_then(|from| self.mailbox(from));
        let from_name = document.from_name.as_ref().map(|name| self.line(name));
        let reply_to = document.reply_to.as_ref().and_then(|address| self.mailbox(address));
        let from_name = from_name.unwrap_or_else(|| realm.in_language(language).to_owned());
        Some(MailPolicy { from: from?, from_name, reply_to })
    }

    pub(super) fn operator(&mut self, document: &OperatorDocument) -> Option<Operator> {
        let legal_name = document.legal_name.as_ref().map(|name| self.line(name));
        let support_email = document.support_email.as_ref().and_then(|address| self.mailbox(address));
        let support_phone = document.support_phone.as_ref().map(|phone| self.line(phone));
        let [help, terms, privacy] = [&document.help, &document.terms, &document.privacy]
            .map(|address| address.as_ref().and_then(|address| self.page(address)));
        let accessibility = document.accessibility.as_ref().and_then(|document| self.accessibility(document));
        let (legal_name, support_email) = (legal_name?, support_email?);
        Some(Operator { legal_name, support_email, support_phone, help, accessibility, terms, privacy })
    }

    fn accessibility(&mut self, document: &AccessibilityDocument) -> Option<AccessibilityStatement> {
        let page = document.page.as_ref().and_then(|page| self.page(page));
        Some(AccessibilityStatement { page: page?, status: *document.status.as_ref()?.get() })
    }

    /// One line of text for people.
    fn line(&mut self, written: &Written<String>) -> String {
        if !printable(written.get()) {
            self.refuse(Code::E0303, written, "empty or unprintable text");
        }
        written.get().clone()
    }

    /// A bare mailbox; the courier's library reads it again, this is for whoever writes the file.
    fn mailbox(&mut self, written: &Written<String>) -> Option<String> {
        let text = written.get();
        let fits = text.split_once('@').is_some_and(|(local, domain)| {
            let letters = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~.".contains(c);
            let host = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '.';
            (1..=64).contains(&local.len())
                && local.chars().all(letters)
                && (1..=253).contains(&domain.len())
                && domain.chars().all(host)
                && !domain.split('.').chain(local.split('.')).any(str::is_empty)
        });
        if !fits {
            let hint = "write the bare address: name@domain".to_owned();
            self.refuse(Code::E0241, written, "not an e-mail address").hint = Some(hint);
        }
        fits.then(|| text.clone())
    }
}
