//! Second factors, judged: what a realm offers, of whom it asks it, and whether its applications can be satisfied.

use super::Judge;
use super::client::value;
use crate::authentication::level::Acr;
use crate::code::Code;
use crate::realm::document::bundle::Documents;
use crate::realm::document::written::Written;
use crate::realm::document::{RealmDocument, TotpDocument};
use crate::realm::finding::Finding;
use crate::realm::model::{Asked, Passkeys, TotpPolicy};

impl Judge<'_> {
    /// SR-80: the present step and at most one past one; six digits are what every app knows.
    pub(super) fn totp(document: Option<&Written<TotpDocument>>) -> Option<TotpPolicy> {
        let document = document?.get();
        Some(TotpPolicy {
            digits: value(document.digits.as_ref()).unwrap_or(6),
            past_steps: value(document.past_steps.as_ref()).unwrap_or(1),
        })
    }

    pub(super) fn second_factor(&mut self, document: &RealmDocument) -> Asked {
        let Some(written) = &document.second_factor else { return Asked::default() };
        if !offers(document) {
            let hint = "add the table [totp] or passkeys = \"offered\", or remove [second_factor]".to_owned();
            self.refuse(Code::E0152, written, "a second factor is asked, and none is offered").hint = Some(hint);
        }
        value(written.get().asked.as_ref()).unwrap_or_default()
    }
}

/// Whether the realm has anything to show beside a password.
fn offers(document: &RealmDocument) -> bool {
    document.totp.is_some() || offers_passkeys(document)
}

/// Whether people may have passkeys.
pub(super) fn offers_passkeys(document: &RealmDocument) -> bool {
    document.passkeys.as_ref().is_some_and(|passkeys| *passkeys.get() == Passkeys::Offered)
}

/// An application that demands more than anybody can reach would let nobody in.
pub(super) fn reachable(documents: &Documents<'_>, found: &mut Vec<Finding>) {
    let offers =
        |offered: fn(&RealmDocument) -> bool| documents.realm.as_ref().is_some_and(|(_, realm)| offered(realm));
    for (level, offered, missing) in [
        (Acr::TwoFactors, offers(self::offers), "the table [totp] or passkeys = \"offered\""),
        (Acr::Certificate, offers(|realm| realm.certificates.is_some()), "the table [certificates]"),
    ] {
        for (source, client) in documents.clients.iter().filter(|_| !offered) {
            let minimum = client.minimum_acr.as_ref().filter(|written| written.get() == level.as_str());
            found.extend(minimum.map(|written| {
                let finding = source.finding(Code::E0271, written.span(), "nobody of this realm can reach that level");
                finding.hint(format!("add {missing} to realm.toml, or remove the line"))
            }));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::realm::check::{NoThemes, check};
    use crate::realm::preset::{PORTAL, Preset};

    const TOTP: &str = "[totp]\n";
    /// Above the line: what stands before the tables.
    const PASSKEYS: &str = "passkeys = \"offered\"\n---\n";

    /// What the checks say of errors when these lines stand in the preset's files.
    fn errors(tables: &str, actions: &str, client: &str) -> Vec<Code> {
        let mut bundle = Preset::Certinomis.bundle("certinomis");
        let realm = bundle.files.get_mut("realm.toml").unwrap();
        let (above, tables) = tables.split_once("---\n").unwrap_or(("", tables));
        *realm = format!("{above}{}", realm.replace("[sessions]\n", &format!("{tables}\n[sessions]\n")));
        *realm = realm.replace("\"set_secret_question\"]", &format!("\"set_secret_question\"{actions}]"));
        let portal = bundle.files.get_mut(PORTAL).unwrap();
        *portal = format!("{client}{portal}");
        let findings = check(&bundle, &NoThemes).findings;
        let codes = [Code::E0109, Code::E0114, Code::E0152, Code::E0224, Code::E0271];
        findings.list.iter().map(|finding| finding.code).filter(|code| codes.contains(code)).collect()
    }

    #[test]
    fn what_is_asked_is_offered() {
        let (asked, minimum) = ("[second_factor]\nasked = \"always\"\n", "minimum_acr = \"two-factors\"\n");
        for (tables, actions, client, told) in [
            ("", "", "", vec![]),
            (TOTP, ", \"configure_totp\", \"save_recovery_codes\"", minimum, vec![]),
            (&*format!("{TOTP}{asked}"), "", "", vec![]),
            ("", ", \"configure_totp\"", "", vec![Code::E0114]),
            ("", ", \"save_recovery_codes\"", "", vec![Code::E0114]),
            (asked, "", "", vec![Code::E0152]),
            ("", "", minimum, vec![Code::E0271]),
            (&*format!("{PASSKEYS}{asked}"), ", \"register_passkey\", \"save_recovery_codes\"", minimum, vec![]),
            (PASSKEYS, ", \"configure_totp\"", "", vec![Code::E0114]),
            (TOTP, ", \"register_passkey\"", "", vec![Code::E0114]),
            (&*format!("passkeys = \"off\"\n---\n{asked}"), "", minimum, vec![Code::E0271, Code::E0152]),
            ("", "", "minimum_acr = \"password\"\n", vec![]),
            ("", "", "minimum_acr = \"certificate\"\n", vec![Code::E0271]),
            (TOTP, "", "minimum_acr = \"certificat\"\n", vec![Code::E0224]),
            ("[totp]\npast_steps = 2\n", "", "", vec![Code::E0109]),
        ] {
            assert_eq!(errors(tables, actions, client), told, "{tables} {actions} {client}");
        }
    }

    #[test]
    fn sr_80_a_realm_that_says_nothing_takes_six_digits_and_the_last_step() {
        let policy = |table: &str| {
            let mut bundle = Preset::Certinomis.bundle("certinomis");
            let realm = bundle.files.get_mut("realm.toml").unwrap();
            *realm = realm.replace("[sessions]\n", &format!("{table}\n[sessions]\n"));
            let realm = check(&bundle, &NoThemes).into_result().unwrap();
            (realm.totp, realm.levels(true))
        };
        let two = vec![Acr::Password, Acr::TwoFactors];
        assert_eq!(policy(""), (None, vec![Acr::Password]));
        assert_eq!(policy(TOTP), (Some(TotpPolicy { digits: 6, past_steps: 1 }), two.clone()));
        let strict = Some(TotpPolicy { digits: 8, past_steps: 0 });
        assert_eq!(policy("[totp]\ndigits = 8\npast_steps = 0\n"), (strict, two.clone()));
    }
}
