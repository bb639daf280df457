//! *Informations sur l’administrateur du compte client*, and the page that tells of two mails.

use std::time::Duration;

use super::visit::Visit;

/// Who registers the organisation.
pub(super) const EMAIL: &str = "camille.durand@exemple.fr";

impl Visit {
    /// Fills the second page in, and goes on.
    pub(super) async fn is_the_administrator(&self, first_name: &str, email: &str, again: &str) {
        for (field, typed) in [
            ("firstName", first_name),
            ("lastName", "Durand"),
            ("phoneNumber", "+33 6 12 34 56 78"),
            ("email", email),
            ("emailConfirm", again),
        ] {
            self.page.fill_named(field, typed).await;
        }
        self.page.sends(self.words.administrator.submit).await;
    }

    /// Nothing typed, then two addresses that differ, then all of it.
    pub(super) async fn describes_the_administrator(&self) {
        let words = &self.words.administrator;
        self.arrives(words.title, "administrator").await;
        self.reads(&[words.step, "FILATURE DES DEUX MONTS", self.words.entity.required]).await;
        assert_eq!(self.page.asked().await, words.fields);
        self.page.sends(words.submit).await;
        self.arrives(words.title, "administrator-empty").await;
        let missing = [&[words.problem], &words.missing[..]].concat();
        assert_eq!(self.page.refused().await, missing);
        self.is_the_administrator("Camille", EMAIL, "camille.durant@exemple.fr").await;
        assert_eq!(self.page.refused().await, [words.problem, words.differs]);
        assert_eq!(self.page.value_of("email").await, EMAIL);
        // Back to the first page and forth again, everything is still there.
        self.page.follow(words.change).await;
        self.page.shows(self.words.entity.title).await;
        assert_eq!(self.page.value_of("organisation-phone").await, "03 20 20 20 20");
        self.page.sends(self.words.entity.next).await;
        self.page.shows(words.title).await;
        assert_eq!(self.page.value_of("firstName").await, "Camille");
        self.page.fill_named("emailConfirm", " camille.durand@EXEMPLE.fr ").await;
        self.page.sends(words.submit).await;
    }

    /// *Mails not received*: where to look, and how to have them once more.
    pub(super) async fn waits_for_the_mails(&self) {
        let words = &self.words.sent;
        self.arrives(words.title, "sent").await;
        self.reads(&words.says).await;
        self.page.sends(words.resend).await;
        assert!(self.page.refused().await[1].starts_with(words.too_early));
        self.demo.advance(Duration::from_mins(1)).await;
        self.page.sends(words.resend).await;
        self.page.says(words.resent).await;
        self.demo.mail_to(EMAIL, 3).await;
    }
}
