//! The activation of an account, as its person sees it: the steps that their realm asks of them, and which is next
//! (UX.md P9).
//!
//! It is what a bar above the page shows, and decides nothing: that is [`LoginAttempt::advance`](super::attempt)'s.

use super::attempt::Account;
use super::required_action::RequiredActionKind;

/// What was settled before this journey, as far as the account itself does not tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Past {
    /// Whether a session of the account was ever opened: its activation is over.
    pub entered: bool,
    /// Whether it administers an organisation whose contacts were named since it joined.
    pub contacts: bool,
    /// Whether it administers one whose first users were settled since.
    pub users: bool,
}

/// Where a step stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Standing {
    /// It is settled.
    Done,
    /// It is the page that is shown.
    Here,
    /// It is still owed.
    Ahead,
}

/// The steps of somebody who stands at `here`, in the order of their realm; `None` where `here` is alone, as it is in
/// everyday life: new terms of use are no activation.
pub fn steps(
    asked: &[RequiredActionKind],
    account: &Account,
    settled: &[RequiredActionKind],
    past: Past,
    here: RequiredActionKind,
) -> Option<Vec<(RequiredActionKind, Standing)>> {
    let standing = |action: RequiredActionKind| {
        if action == here {
            Some(Standing::Here)
        } else if action.is_owed_by(account) {
            Some(Standing::Ahead)
        } else if settled.contains(&action) || (!past.entered && was_settled(action, past)) {
            Some(Standing::Done)
        } else {
            None
        }
    };
    let steps = asked.iter().copied().filter(|action| is_step(*action));
    let steps: Vec<_> = steps.filter_map(|action| Some((action, standing(action)?))).collect();
    (steps.len() > 1 && steps.iter().any(|(_, standing)| *standing == Standing::Here)).then_some(steps)
}

/// Waiting for a mail is no step, and what is merely offered is none either.
const fn is_step(action: RequiredActionKind) -> bool {
    use RequiredActionKind::{RegisterPasskey, SaveRecoveryCodes, VerifyEmail};
    !matches!(action, VerifyEmail | RegisterPasskey | SaveRecoveryCodes)
}

/// Whether a step that is not owed was settled by this person in an earlier journey, rather than never asked of them.
const fn was_settled(action: RequiredActionKind, past: Past) -> bool {
    match action {
        RequiredActionKind::DesignateContacts => past.contacts,
        RequiredActionKind::InviteUsers => past.users,
        RequiredActionKind::AcceptTerms => false,
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::RequiredActionKind::{
        AcceptTerms, DesignateContacts, InviteUsers, RegisterPasskey, SetSecretQuestion, UpdatePassword, VerifyEmail,
    };
    use super::*;
    use crate::clock::Timestamp;
    use crate::entropy::SeededEntropy;
    use crate::ids::UserId;

    const NOW: Timestamp = Timestamp::from_seconds(1_700_000_000);
    const CERTIGNA: [RequiredActionKind; 4] = [UpdatePassword, DesignateContacts, InviteUsers, SetSecretQuestion];

    fn account(open: &[RequiredActionKind]) -> Account {
        let owes = |action| open.contains(&action);
        Account {
            user: UserId::new(NOW, &SeededEntropy::new(1)),
            active: true,
            email_verified: !owes(VerifyEmail),
            password_since: (!owes(UpdatePassword)).then_some(NOW),
            password_temporary: false,
            certificate_removed: None,
            has_secret_question: !owes(SetSecretQuestion),
            has_challenge_questions: true,
            totp_since: None,
            passkeys: 0,
            passkey_put_off: None,
            recovery_codes: 0,
            owes_terms: owes(AcceptTerms),
            owes_contacts: owes(DesignateContacts),
            owes_users: owes(InviteUsers),
        }
    }

    /// One row per situation: what is asked, owed, settled in this journey, and was before; the bar in letters.
    #[test]
    fn a_bar_shows_the_steps_of_an_activation_and_of_nothing_else() {
        const ENTERED: Past = Past { entered: true, contacts: true, users: true };
        let fresh = Past::default();
        let (all, none): (&[_], &[_]) = (&CERTIGNA, &[]);
        for (asked, owed, settled, past, here, bar) in [
            (all, all, none, fresh, UpdatePassword, "HAAA"),
            (all, &CERTIGNA[1..], &CERTIGNA[..1], fresh, DesignateContacts, "DHAA"),
            (all, &CERTIGNA[3..], &CERTIGNA[..3], fresh, SetSecretQuestion, "DDDH"),
            // Taken up again after a sign-out: what was settled before is done.
            (all, &CERTIGNA[1..], none, fresh, DesignateContacts, "DHAA"),
            (all, &CERTIGNA[3..], none, Past { entered: false, ..ENTERED }, SetSecretQuestion, "DDDH"),
            // Whoever was invited administers nothing: two steps.
            (all, &[UpdatePassword, SetSecretQuestion], none, fresh, UpdatePassword, "HA"),
            (all, &[SetSecretQuestion], none, fresh, SetSecretQuestion, "DH"),
            // A second organisation of somebody who has been here for long.
            (all, &[DesignateContacts, InviteUsers], none, ENTERED, DesignateContacts, "HA"),
            (all, &[InviteUsers], &[DesignateContacts], ENTERED, InviteUsers, "DH"),
            // Everyday life.
            (all, &[SetSecretQuestion], none, ENTERED, SetSecretQuestion, ""),
            (&[VerifyEmail, AcceptTerms], &[AcceptTerms], none, fresh, AcceptTerms, ""),
            (&[UpdatePassword, AcceptTerms], &[AcceptTerms], none, ENTERED, AcceptTerms, ""),
            // What is offered, and what is not listed, is no step.
            (&[UpdatePassword, RegisterPasskey], &[RegisterPasskey], none, fresh, RegisterPasskey, ""),
            (&[DesignateContacts, InviteUsers], all, none, fresh, UpdatePassword, ""),
        ] {
            let letters = steps(asked, &account(owed), settled, past, here).unwrap_or_default();
            let letters: String = letters
                .iter()
                .map(|(_, standing)| match standing {
                    Standing::Done => 'D',
                    Standing::Here => 'H',
                    Standing::Ahead => 'A',
                })
                .collect();
            assert_eq!(letters, bar, "{asked:?} {owed:?} {settled:?} {past:?} {here:?}");
        }
    }
}
