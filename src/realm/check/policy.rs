//! What a realm asks of its people, judged: theme, time zone, required actions, passwords.

use super::second_factor::offers_passkeys;
use super::{Judge, TIME_ZONE, Wording, organisations};
use crate::code::Code;
use crate::realm::document::written::Written;
use crate::realm::document::{PasswordDocument, RealmDocument};
use crate::realm::finding::did_you_mean;
use crate::realm::model::{PasswordPolicy, RegistrationKind, RequiredActionKind};

/// The theme's name; one that is not on board is a finding.
pub(super) fn theme(judge: &mut Judge<'_>, document: &RealmDocument, wording: &dyn Wording) -> String {
    let Some(written) = &document.theme else { return "base".to_owned() };
    let known = wording.themes();
    if !known.is_empty() && !known.contains(written.get()) {
        let hint = match did_you_mean(written.get(), known.iter().map(String::as_str)) {
            Some(meant) => format!("did you mean \"{meant}\"?"),
            None => format!("on board: {}", known.join(", ")),
        };
        judge.refuse(Code::E0307, written, format!("unknown theme `{}`", written.get().escape_debug())).hint =
            Some(hint);
    }
    written.get().clone()
}

impl Judge<'_> {
    pub(super) fn time_zone(&mut self, written: Option<&Written<String>>) -> String {
        let Some(zone) = written else { return TIME_ZONE.to_owned() };
        // The database is compiled in: no file is read here.
        if jiff::tz::TimeZone::get(zone.get()).is_err() {
            let hint = "write an IANA name, such as \"Europe/Paris\"".to_owned();
            self.refuse(Code::E0113, zone, format!("unknown time zone `{}`", zone.get().escape_debug())).hint =
                Some(hint);
        }
        zone.get().clone()
    }

    /// The steps owed, in order. The address comes first, since a password typed before its proof would be a stranger's
    /// (SR-61); with `verified-email` a password must follow, since none was asked for. With `issued-credentials` a password
    /// is chosen in the place of the mailed one, which proves the address by itself.
    pub(super) fn required_actions(&mut self, document: &RealmDocument) -> Vec<RequiredActionKind> {
        use RequiredActionKind::{
            ConfigureTotp, RegisterPasskey, SaveRecoveryCodes, SetChallengeQuestions, SetSecretQuestion,
            UpdatePassword, VerifyEmail,
        };
        let (apps, keys) = (document.totp.is_some(), offers_passkeys(document));
        let registers = document.registration.as_ref().map(|kind| *kind.get());
        let Some(list) = &document.required_actions else {
            return match registers {
                Some(RegistrationKind::VerifiedEmail) => vec![VerifyEmail, UpdatePassword],
                Some(RegistrationKind::ChosenPassword) => vec![VerifyEmail],
                Some(RegistrationKind::IssuedCredentials) => vec![UpdatePassword],
                None => vec![],
            };
        };
        let actions: Vec<_> = list.get().iter().map(|action| *action.get()).collect();
        for (index, action) in list.get().iter().enumerate() {
            if actions.iter().take(index).any(|earlier| earlier == action.get()) {
                self.refuse(Code::E0114, action, "the action is listed twice").hint = Some("remove one".to_owned());
            }
            if *action.get() == VerifyEmail && index > 0 {
                let hint = "put it first: nothing is asked of somebody whose address is unproven".to_owned();
                self.refuse(Code::E0114, action, "`verify_email` comes first").hint = Some(hint);
            }
            let missing = match action.get() {
                ConfigureTotp if !apps => Some(("codes of apps are switched off", "the table [totp]")),
                RegisterPasskey if !keys => Some(("passkeys are switched off", "passkeys = \"offered\"")),
                SaveRecoveryCodes if !apps && !keys => Some(("there are no second factors", "the table [totp]")),
                SetSecretQuestion if document.secret_question.is_none() => {
                    Some(("secret questions are switched off", "the table [secret_question]"))
                }
                SetChallengeQuestions if document.challenge_questions.is_none() => {
                    Some(("challenge questions are switched off", "the table [challenge_questions]"))
                }
                _ => None,
            };
            if let Some((message, what)) = missing {
                let hint = format!("add {what}, or remove the action");
                self.refuse(Code::E0114, action, message).hint = Some(hint);
            }
            if organisations::lacking(document, *action.get()) {
                let hint = "add the table [organisations], or remove the action".to_owned();
                self.refuse(Code::E0114, action, "organisations have no accounts here").hint = Some(hint);
            }
            if *action.get() == VerifyEmail && registers == Some(RegistrationKind::IssuedCredentials) {
                let hint = "remove the action".to_owned();
                self.refuse(Code::E0114, action, "the mailed password proves the address").hint = Some(hint);
            }
        }
        let needs: &[_] = match registers {
            Some(RegistrationKind::VerifiedEmail) => &[
                ("verified-email", VerifyEmail, "verify_email"),
                ("verified-email", UpdatePassword, "update_password"),
            ],
            Some(RegistrationKind::ChosenPassword) => &[("chosen-password", VerifyEmail, "verify_email")],
            Some(RegistrationKind::IssuedCredentials) => &[("issued-credentials", UpdatePassword, "update_password")],
            None => &[],
        };
        for (registration, needed, name) in needs {
            if !actions.contains(needed) {
                let message = format!("registration \"{registration}\" needs `{name}`");
                self.refuse(Code::E0114, list, message).hint = Some(format!("add \"{name}\""));
            }
        }
        actions
    }

    /// By default 15 characters of any kind, for the password is the only factor (SR-21, SR-23). The rules of the
    /// procedures (DOMAIN §9.6) are declared by their realms, as deviation D-5 has it (ADR 0018).
    pub(super) fn password(&mut self, document: Option<&PasswordDocument>) -> PasswordPolicy {
        let said = |pick: fn(&PasswordDocument) -> &Option<Written<usize>>| document.and_then(|d| pick(d).as_ref());
        let number = |written: Option<&Written<usize>>, default| written.map_or(default, |number| *number.get());
        let exempt = number(said(|d| &d.exempt_from_classes_at), 0);
        let policy = PasswordPolicy {
            min_length: number(said(|d| &d.min_length), 15),
            max_length: number(said(|d| &d.max_length), 256),
            min_classes: number(said(|d| &d.min_classes), 0),
            exempt_from_classes_at: (exempt > 0).then_some(exempt),
        };
        let place = [said(|d| &d.min_length), said(|d| &d.min_classes), said(|d| &d.exempt_from_classes_at)];
        if let Some(written) = place.into_iter().flatten().next().filter(|_| is_weak(&policy)) {
            let message = "the password rule stays below 50 bits (deviation D-5)";
            let finding = self.source.finding(Code::E0116, written.span(), message).warning();
            self.found.push(finding.hint("ask for four kinds of characters from 8 on, or for 14 characters"));
        }
        policy
    }
}

/// Below 50 bits by the CNIL's reckoning: bits per character by kinds asked, at the shortest length allowed.
fn is_weak(policy: &PasswordPolicy) -> bool {
    // log2 of the alphabet: 26 letters at least, then 52, 62, and 95 signs (tenths of a bit).
    let bits = |length: usize, kinds: usize| length * [47, 47, 57, 59, 65].get(kinds).copied().unwrap_or(65) / 10;
    let exempted = policy.exempt_from_classes_at.filter(|from| *from > policy.min_length);
    let shortest = if policy.exempt_from_classes_at.is_some_and(|from| from <= policy.min_length) {
        0
    } else {
        policy.min_classes
    };
    bits(policy.min_length, shortest) < 50 || exempted.is_some_and(|from| bits(from, 0) < 50)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proofs::password::{Lack, lacks};
    use crate::realm::check::{NoThemes, check};
    use crate::realm::preset::Preset;
    use crate::secret::Secret;

    /// The policy of a realm whose file has this text in the place of its table `[password]`.
    fn declared(table: &str) -> PasswordPolicy {
        let mut bundle = Preset::Certinomis.bundle("certinomis");
        let file = bundle.files.get_mut("realm.toml").unwrap();
        let (start, end) = (file.find("[password]").unwrap(), file.find("[secret_question]").unwrap());
        file.replace_range(start..end, table);
        check(&bundle, &NoThemes).into_result().unwrap().password
    }

    #[test]
    fn sr_21_sr_23_a_realm_that_declares_nothing_asks_for_fifteen_characters_of_any_kind() {
        let policy = declared("");
        for (password, verdict) in [
            ("quinze lettres.", vec![]),
            ("brouette tilleul nuage", vec![]),
            ("ÉÇÀéçàùôîûäëïöü", vec![]),
            ("🌳 🐗 🧀 🚲 🎩 🌧 ✒ ☂", vec![]),
            ("4071 2268 9153 0", vec![]),
            ("Tilleul-42-bru", vec![Lack::TooShort(14)]),
            ("🌳🐗🧀🚲🎩🌧✒", vec![Lack::TooShort(7)]),
        ] {
            assert_eq!(lacks(&policy, &Secret::new(password.to_owned()), &[]), verdict, "{password}");
        }
        let longer = declared("[password]\nmin_length = 20\n");
        assert_eq!((longer.min_length, longer.min_classes), (20, 0), "what is not said stays as it was");
    }

    #[test]
    fn fifty_bits_need_eight_of_four_kinds_or_more_of_fewer() {
        for (min_length, min_classes, exempt_from_classes_at, weak) in [
            (8, 4, Some(14), false),
            (8, 4, None, false),
            (14, 0, None, false),
            (11, 0, None, false),
            (10, 0, None, true),
            (8, 0, None, true),
            (8, 3, None, true),
            (9, 3, None, false),
            (8, 4, Some(8), true),
            (8, 4, Some(10), true),
            (8, 4, Some(12), false),
        ] {
            let policy = PasswordPolicy { min_length, max_length: 256, min_classes, exempt_from_classes_at };
            assert_eq!(is_weak(&policy), weak, "{policy:?}");
        }
    }
}
