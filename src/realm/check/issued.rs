//! Issued credentials, judged: who declares them is shown the deviation, and they are not mixed with other ways of
//! registering.

use super::Judge;
use crate::code::Code;
use crate::realm::document::RealmDocument;
use crate::realm::document::written::Written;
use crate::realm::model::{IssuedPolicy, RegistrationKind};

impl Judge<'_> {
    /// The table alone says that a realm issues what its people sign in with: whoever closes registration keeps it, and
    /// addresses do not become identifiers (docs/adr/0061).
    pub(super) fn issued(&mut self, document: &RealmDocument) -> Option<IssuedPolicy> {
        let kind = document.registration.as_ref();
        let registers = kind.filter(|kind| *kind.get() == RegistrationKind::IssuedCredentials);
        let table = document.issued_credentials.as_ref();
        if let (Some(written), Some(_), None) = (table, kind, registers) {
            let hint = "write registration = \"issued-credentials\", or remove the table".to_owned();
            self.refuse(Code::E0162, written, "this realm's people register in another way").hint = Some(hint);
        }
        let span = registers.map(Written::span).or_else(|| table.map(Written::span))?;
        let message = "passwords are sent by mail (deviation D-6): temporary ones, each good for one change";
        self.found.push(self.source.finding(Code::E0161, span, message).warning());
        let lasts = table.and_then(|table| table.get().temporary_password.as_ref());
        Some(IssuedPolicy { temporary_password: self.temporary_password(lasts) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::hours;
    use crate::realm::check::{NoThemes, Verdict, check};
    use crate::realm::model::RequiredActionKind;
    use crate::realm::preset::Preset;

    /// The preset with that registration line, these actions, and this table.
    fn judged(registration: &str, actions: &str, table: &str) -> Verdict {
        let mut bundle = Preset::Certinomis.bundle("certinomis");
        let file = bundle.files.get_mut("realm.toml").unwrap();
        *file = file.replace("registration = \"verified-email\"\n", registration);
        let all = "required_actions = [\"verify_email\", \"update_password\", \"set_secret_question\"]\n";
        *file = file.replace(all, actions).replace("[sessions]\n", &format!("{table}\n[sessions]\n"));
        check(&bundle, &NoThemes)
    }

    const ISSUED: &str = "registration = \"issued-credentials\"\n";

    #[test]
    fn what_fits_and_what_does_not() {
        let table = "[issued_credentials]\n";
        let long = "[issued_credentials]\ntemporary_password = \"73h\"\n";
        let short = "[issued_credentials]\ntemporary_password = \"59m\"\n";
        let other = "registration = \"verified-email\"\n";
        let own = "required_actions = [\"update_password\"]\n";
        for (registration, actions, table, told) in [
            (ISSUED, "", "", vec![Code::E0161]),
            (ISSUED, own, table, vec![Code::E0161]),
            ("", own, table, vec![Code::E0161]),
            ("", "", "", vec![]),
            (other, "", table, vec![Code::E0161, Code::E0162]),
            (ISSUED, "", long, vec![Code::E0111, Code::E0161]),
            (ISSUED, "", short, vec![Code::E0111, Code::E0161]),
            (ISSUED, "required_actions = []\n", "", vec![Code::E0114, Code::E0161]),
            (
                ISSUED,
                "required_actions = [\"verify_email\", \"update_password\"]\n",
                "",
                vec![Code::E0114, Code::E0161],
            ),
        ] {
            let mut codes: Vec<_> = judged(registration, actions, table).findings.list.iter().map(|f| f.code).collect();
            codes.retain(|code| *code != Code::E0117);
            codes.sort_unstable();
            assert_eq!(codes, told, "{registration}{actions}{table}");
        }
    }

    #[test]
    fn a_mailed_password_lasts_three_days_and_is_changed_first_of_all() {
        let realm = judged(ISSUED, "", "").into_result().unwrap();
        assert_eq!(realm.issued, Some(IssuedPolicy { temporary_password: hours(72) }));
        assert_eq!(realm.required_actions, [RequiredActionKind::UpdatePassword]);
        let shorter = judged(ISSUED, "", "[issued_credentials]\ntemporary_password = \"4h\"\n").into_result().unwrap();
        assert_eq!(shorter.issued, Some(IssuedPolicy { temporary_password: hours(4) }));
    }

    #[test]
    fn a_closed_registration_leaves_what_was_issued_as_it_is() {
        let realm = judged("", "required_actions = []\n", "[issued_credentials]\n").into_result().unwrap();
        assert!(realm.registration.is_none() && realm.issued.is_some());
        assert!(judged("", "", "").into_result().unwrap().issued.is_none());
    }
}
