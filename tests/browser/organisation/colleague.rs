//! *Ce compte client existe déjà*: a colleague is told that, and of nobody; asks for access, or registers another one.

use super::administrator::EMAIL as ADMINISTRATOR;
use super::entity::COMPANY;
use super::visit::Visit;
use crate::support::demo::link;

const EMAIL: &str = "dominique.petit@exemple.fr";

impl Visit {
    /// The number of the first organisation, all by hand.
    pub(super) async fn finds_the_organisation_there(&self) {
        let (entity, words) = (&self.words.entity, &self.words.known);
        self.comes_to_register().await;
        self.page.answers(entity.registered_in, entity.places[0]).await;
        self.page.sends(entity.next).await;
        self.page.says(entity.siret_help).await;
        self.page.fill_named("organisation-number", COMPANY).await;
        self.page.answers(entity.french_fields[0], entity.kinds[0]).await;
        for (field, typed) in [
            ("organisation", "Filature"),
            ("organisation-phone", "03.20.20.20.20"),
            ("street-address", "12 bis, rue des Canonniers"),
            ("fax", "+33 3 20 20 20 21"),
            ("postal-code", "59000"),
            ("town", "Lille"),
        ] {
            self.page.fill_named(field, typed).await;
        }
        self.page.picks("department", "59 ").await;
        self.page.sends(entity.next).await;
        self.arrives(words.title, "known").await;
        self.reads(&words.says).await;
        self.tells_of_nobody().await;
    }

    async fn tells_of_nobody(&self) {
        let read = self.page.reads().await;
        for secret in ["Camille", "Durand", ADMINISTRATOR, "FILATURE"] {
            assert!(!read.contains(secret), "SR-1: {secret} in\n{read}");
        }
    }

    /// *Demander l’accès aux administrateurs*: who they are is told to nobody, and they are told of a mailbox that was read.
    pub(super) async fn asks_for_access(&self) {
        let words = &self.words.access;
        self.page.follow(self.words.known.request).await;
        self.arrives(words.title, "access").await;
        for (field, typed) in [("firstName", "Dominique"), ("lastName", "Petit"), ("email", EMAIL)] {
            self.page.fill_named(field, typed).await;
        }
        let before = self.demo.mails_to(ADMINISTRATOR).await.len();
        self.page.sends(words.submit).await;
        self.arrives(words.sent[0], "access-sent").await;
        self.page.says(words.sent[1]).await;
        self.tells_of_nobody().await;
        let here = self.page.address().await;
        let mail = self.demo.mail_to(EMAIL, 0).await;
        assert_eq!(mail["subject"], words.subject);
        self.page.goto(&link(&mail)).await;
        self.arrives(words.confirm[0], "access-confirm").await;
        self.page.sends(words.confirm[1]).await;
        self.arrives(words.passed_on[0], "access-passed-on").await;
        self.page.says(words.passed_on[1]).await;
        self.tells_of_nobody().await;
        let told = self.demo.mail_to(ADMINISTRATOR, before).await;
        assert_eq!(told["subject"], words.told);
        self.page.goto(&here).await;
        self.page.follow(words.back).await;
        self.page.shows(self.words.known.title).await;
    }

    /// *Other* without a VAT number, then after all *European Union*: each number goes on, and the last one registers.
    pub(super) async fn registers_another_one(&self) {
        let (entity, words) = (&self.words.entity, &self.words.administrator);
        self.page.sends(self.words.known.correct).await;
        self.page.shows(entity.title).await;
        self.page.answers(entity.registered_in, entity.places[2]).await;
        self.page.sends(entity.next).await;
        self.page.answers(entity.has_vat, entity.yes_no[1]).await;
        self.page.sends(entity.next).await;
        self.page.says(entity.foreign_number).await;
        self.page.fill_named("organisation-number", "1 234 567.001").await;
        self.page.fill_named("organisation-phone", "+687 25 00 00").await;
        self.page.picks("country", entity.countries[2]).await;
        self.page.sends(entity.next).await;
        self.page.shows(words.title).await;
        self.page.follow(words.change).await;
        self.page.answers(entity.registered_in, entity.places[1]).await;
        self.page.sends(entity.next).await;
        self.page.says(entity.european_vat).await;
        self.page.fill_named("organisation-number", "DE 136 695 976").await;
        self.page.picks("country", entity.countries[1]).await;
        self.page.sends(entity.next).await;
        self.page.shows(words.title).await;
        self.is_the_administrator("Dominique", EMAIL, EMAIL).await;
        self.page.shows(self.words.sent.title).await;
        self.demo.mail_to(EMAIL, 2).await;
        let mails = self.demo.mails_to(EMAIL).await;
        for words in [&self.words.mails.identifier, &self.words.mails.password] {
            assert!(mails.iter().any(|mail| mail["subject"] == words.subject), "{mails:?}");
        }
    }
}
