//! *Informations sur votre entité*: where it is registered, which number goes with that, and what a register fills in.

use super::visit::Visit;

/// A company of the demonstration's register.
pub(super) const COMPANY: &str = "00000101600013";
const CLOSED: &str = "00000104000013";
const PARTIAL: &str = "00000105700017";
const UNKNOWN: &str = "732 829 320 00074";

impl Visit {
    /// *Suivant* is never dead: it says what is missing.
    pub(super) async fn leaves_the_first_question_open(&self) {
        let words = &self.words.entity;
        self.arrives(words.title, "entity").await;
        self.reads(&[words.step]).await;
        self.reads(&words.intro).await;
        self.reads(&[words.required]).await;
        assert_eq!(self.page.asked().await, [words.registered_in]);
        assert_eq!(self.page.choices(words.registered_in).await, words.places);
        self.page.sends(words.next).await;
        self.arrives(words.title, "entity-unanswered").await;
        assert_eq!(self.page.refused().await, [words.problem, words.unanswered]);
        assert!(self.page.focused().await.starts_with(words.problem), "{}", self.page.focused().await);
    }

    pub(super) async fn leaves_everything_empty_in_france(&self) {
        let words = &self.words.entity;
        self.page.answers(words.registered_in, words.places[0]).await;
        self.page.sends(words.next).await;
        self.page.says(words.siret_help).await;
        self.arrives(words.title, "entity-france").await;
        let fields = [&[words.registered_in, words.siret], &words.french_fields[..]].concat();
        assert_eq!(self.page.asked().await, fields);
        assert_eq!(self.page.choices(words.french_fields[0]).await, words.kinds);
        assert_eq!(self.page.picked("country").await, words.countries[0]);
        self.page.sends(words.next).await;
        self.arrives(words.title, "entity-empty").await;
        let missing = [&[words.problem], &words.french_missing[..]].concat();
        assert_eq!(self.page.refused().await, missing);
        // The label of the name follows the kind, and a department is proposed after the postal code.
        self.page.answers(words.french_fields[0], words.kinds[2]).await;
        self.page.fill_named("postal-code", "20200").await;
        self.page.sends(words.next).await;
        self.page.says(words.association_name).await;
        let proposed = self.page.said_at("department").await;
        assert!(proposed.ends_with(words.department_proposed), "{proposed}");
        assert!(self.page.picked("department").await.starts_with("2B"));
        self.page.fill_named("postal-code", "").await;
        self.page.picks("department", "59 ").await;
    }

    pub(super) async fn mistypes_the_siret(&self) {
        let words = &self.words.entity;
        for (typed, said) in ["732829320", "73282932000079"].into_iter().zip(words.mistyped) {
            self.page.fill_named("organisation-number", typed).await;
            self.page.sends(words.next).await;
            let told = self.page.said_at("organisation-number").await;
            assert!(told.contains(said), "{typed}: {told}");
            assert_eq!(self.page.value_of("organisation-number").await, typed);
        }
        self.page.fill_named("organisation-number", "").await;
    }

    /// *European Union* and *Other*, with a VAT number and without: each its own number.
    pub(super) async fn leaves_everything_empty_elsewhere(&self) {
        let words = &self.words.entity;
        let missing = [&[words.problem], &words.foreign_missing[..]].concat();
        self.page.answers(words.registered_in, words.places[1]).await;
        // An association stays one, and is called one.
        self.page.answers(words.french_fields[0], words.kinds[0]).await;
        self.page.sends(words.next).await;
        self.arrives(words.title, "entity-union").await;
        let fields = [&[words.registered_in, words.european_vat], &words.foreign_fields[..]].concat();
        assert_eq!(self.page.asked().await, fields);
        self.page.sends(words.next).await;
        let kind_is_said: Vec<_> = missing.iter().filter(|line| **line != words.foreign_missing[1]).copied().collect();
        assert_eq!(self.page.refused().await, kind_is_said);

        self.page.answers(words.registered_in, words.places[2]).await;
        self.page.sends(words.next).await;
        self.arrives(words.title, "entity-elsewhere").await;
        assert_eq!(self.page.asked().await, [words.registered_in, words.has_vat]);
        assert_eq!(self.page.choices(words.has_vat).await, words.yes_no);
        for (answer, number) in words.yes_no.into_iter().zip([words.foreign_vat, words.foreign_number]) {
            self.page.answers(words.has_vat, answer).await;
            self.page.sends(words.next).await;
            self.page.shows(words.title).await;
            let fields = [&[words.registered_in, words.has_vat, number], &words.foreign_fields[..]].concat();
            assert_eq!(self.page.asked().await, fields);
            self.page.sends(words.next).await;
            assert_eq!(self.page.refused().await, kind_is_said);
        }
        self.page.says("RIDET").await;
        self.arrives(words.title, "entity-elsewhere-empty").await;
        self.page.answers(words.registered_in, words.places[0]).await;
        self.page.sends(words.next).await;
        self.page.says(words.siret_help).await;
    }

    /// What is known of the number fills the form in; what is not is told, and typed.
    pub(super) async fn asks_the_register(&self) {
        let words = &self.words.register;
        for (siret, told) in [(UNKNOWN, words.unknown), (CLOSED, words.closed), (PARTIAL, words.partial)] {
            self.page.fill_named("organisation-number", siret).await;
            self.page.sends(words.look_up).await;
            self.page.says(told).await;
        }
        self.page.fill_named("organisation-number", COMPANY).await;
        self.page.sends(words.look_up).await;
        self.page.says(words.found[0]).await;
        self.arrives(self.words.entity.title, "entity-found").await;
        self.reads(&words.found).await;
        assert_eq!(self.page.value_of("organisation").await, "FILATURE DES DEUX MONTS");
        // One that is another's takes along what came with it.
        self.page.sends(words.not_mine).await;
        self.page.says(self.words.entity.siret_help).await;
        assert_eq!(self.page.value_of("organisation").await, "");
        self.page.fill_named("organisation-number", "000 001 016 00013").await;
        self.page.sends(words.look_up).await;
        self.page.says(words.found[0]).await;
        for (field, filled) in [
            ("organisation", "FILATURE DES DEUX MONTS"),
            ("street-address", "12 B RUE DES CANONNIERS"),
            ("postal-code", "59000"),
            ("town", "LILLE"),
        ] {
            assert_eq!(self.page.value_of(field).await, filled);
        }
        self.page.sends(words.mine).await;
        assert_eq!(self.page.refused().await, [self.words.entity.problem, words.phone_missing]);
        self.page.fill_named("organisation-phone", "03 20 20 20 20").await;
        self.page.sends(words.mine).await;
    }
}
