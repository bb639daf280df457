//! Customer accounts of organisations, judged: what is asked of whoever registers one, and what its administrators owe.

use std::collections::BTreeSet;

use super::Judge;
use super::client::value;
use crate::clock::{days, hours};
use crate::code::Code;
use crate::identity::organisation::{ContactKind, Role};
use crate::realm::document::RealmDocument;
use crate::realm::document::written::Written;
use crate::realm::model::{FirstQuestion, OrganisationPolicy, RequiredActionKind, WhereRegistered};

impl Judge<'_> {
    /// Whoever registers an organisation administers it, so that this role can always be given.
    pub(super) fn organisations(&mut self, document: &RealmDocument) -> Option<OrganisationPolicy> {
        use WhereRegistered::{Elsewhere, EuropeanUnion, France};
        let table = document.organisations.as_ref()?;
        let said = table.get();
        let first_question = value(said.first_question.as_ref()).unwrap_or_default();
        let registered_in = self.each(said.registered_in.as_ref(), &[France, EuropeanUnion, Elsewhere]);
        if first_question == FirstQuestion::HasSiret && !registered_in.contains(&France) {
            let hint = "add \"france\" to `registered_in`, or ask where the organisation is registered".to_owned();
            self.refuse(Code::E0158, table, "a SIRET is asked for, and France is left out").hint = Some(hint);
        }
        let contacts = self.each(said.contacts.as_ref(), ContactKind::ALL);
        let required_contacts = match &said.required_contacts {
            Some(list) => self.required_contacts(list, &contacts),
            None => contacts.iter().copied().filter(|kind| *kind == ContactKind::Legal).collect(),
        };
        let roles = self.each(said.roles.as_ref(), Role::ALL);
        if let Some(list) = said.roles.as_ref().filter(|_| !roles.is_empty() && !roles.contains(&Role::Administrator)) {
            let hint = "add \"administrator\": whoever registers an organisation has that role".to_owned();
            self.refuse(Code::E0158, list, "nobody could become an administrator").hint = Some(hint);
        }
        let invitation = said.invitation.as_ref();
        let invitation = invitation.and_then(|span| self.span("organisations.invitation", span, hours(24), days(30)));
        Some(OrganisationPolicy {
            first_question,
            registered_in,
            fax: value(said.fax.as_ref()).unwrap_or(false),
            contacts,
            required_contacts,
            roles,
            invitation: invitation.unwrap_or(days(7)),
        })
    }

    /// Who must be named is asked for.
    fn required_contacts(
        &mut self,
        list: &Written<Vec<Written<ContactKind>>>,
        asked: &[ContactKind],
    ) -> BTreeSet<ContactKind> {
        for kind in list.get().iter().filter(|kind| !asked.contains(kind.get())) {
            let hint = format!("add \"{}\" to `contacts`, or remove it here", kind.get());
            self.refuse(Code::E0158, kind, "the contact is required, and nobody is asked for it").hint = Some(hint);
        }
        list.get().iter().map(|kind| *kind.get()).collect()
    }

    /// A list in which everything stands once, and something does.
    fn each<T: Copy + PartialEq>(&mut self, written: Option<&Written<Vec<Written<T>>>>, by_default: &[T]) -> Vec<T> {
        let Some(list) = written else { return by_default.to_vec() };
        let mut each: Vec<T> = Vec::new();
        for word in list.get() {
            if each.contains(word.get()) {
                self.refuse(Code::E0158, word, "it is listed twice").hint = Some("remove one".to_owned());
            } else {
                each.push(*word.get());
            }
        }
        if each.is_empty() {
            self.refuse(Code::E0158, list, "the list is empty").hint = Some("leave the line out".to_owned());
        }
        each
    }
}

/// The actions of organisations, in a realm that has none.
pub(super) fn lacking(document: &RealmDocument, action: RequiredActionKind) -> bool {
    let of_organisations = [RequiredActionKind::DesignateContacts, RequiredActionKind::InviteUsers];
    document.organisations.is_none() && of_organisations.contains(&action)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::realm::check::{NoThemes, check};
    use crate::realm::preset::Preset;

    /// What the checks say when these lines stand in the preset's file.
    fn judged(table: &str, actions: &str) -> (Vec<Code>, Option<OrganisationPolicy>) {
        let mut bundle = Preset::Certinomis.bundle("certinomis");
        let realm = bundle.files.get_mut("realm.toml").unwrap();
        *realm = realm.replace("[sessions]\n", &format!("{table}\n[sessions]\n"));
        *realm = realm.replace("\"set_secret_question\"]", &format!("\"set_secret_question\"{actions}]"));
        let verdict = check(&bundle, &NoThemes);
        let codes = [Code::E0108, Code::E0111, Code::E0114, Code::E0158];
        let told = verdict.findings.list.iter().map(|finding| finding.code).filter(|code| codes.contains(code));
        (told.collect(), verdict.realm.and_then(|realm| realm.organisations))
    }

    #[test]
    fn what_is_asked_of_organisations_fits_together() {
        let both = ", \"designate_contacts\", \"invite_users\"";
        for (table, actions, told) in [
            ("[organisations]\n", both, vec![]),
            ("", both, vec![Code::E0114, Code::E0114]),
            (
                "[organisations]\nfirst_question = \"has-siret\"\nregistered_in = [\"elsewhere\"]\n",
                "",
                vec![Code::E0158],
            ),
            ("[organisations]\ncontacts = [\"billing\"]\nrequired_contacts = [\"legal\"]\n", "", vec![Code::E0158]),
            ("[organisations]\ncontacts = [\"billing\", \"billing\"]\n", "", vec![Code::E0158]),
            ("[organisations]\nregistered_in = []\n", "", vec![Code::E0158]),
            ("[organisations]\nroles = [\"user\"]\n", "", vec![Code::E0158]),
            ("[organisations]\nroles = [\"user\", \"boss\"]\n", "", vec![Code::E0158, Code::E0108]),
            ("[organisations]\ninvitation = \"60d\"\n", "", vec![Code::E0111]),
        ] {
            assert_eq!(judged(table, actions).0, told, "{table} {actions}");
        }
    }

    #[test]
    fn a_realm_that_says_nothing_asks_what_the_procedure_does() {
        assert_eq!(judged("", "").1, None);
        let policy = judged("[organisations]\n", "").1.unwrap();
        assert_eq!((policy.first_question, policy.fax), (FirstQuestion::WhereRegistered, false));
        assert_eq!((policy.contacts.len(), policy.roles.len()), (3, 6));
        assert_eq!(policy.required_contacts, BTreeSet::from([ContactKind::Legal]));
        assert_eq!(policy.invitation, days(7));
        let billing = judged("[organisations]\ncontacts = [\"billing\"]\n", "").1.unwrap();
        assert!(billing.required_contacts.is_empty());
    }
}
