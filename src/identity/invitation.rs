//! Invitations into an organisation: who is asked, to be what, and whether they may still come.
//!
//! An invitation is bound to the address that it was sent to and to the roles that it names (SR-60). Who may be invited
//! at all is decided here, from those who are there and those who were asked.

use super::identifier::EmailAddress;
use super::organisation::Role;
use super::user::Registrant;
use crate::clock::{Duration, Timestamp, days};
use crate::ids::{InvitationId, OrganisationId, RealmName, UserId};

/// Most invitations of one organisation that wait at once.
pub const MOST_WAITING: usize = 50;
/// How long before its end somebody is reminded of an invitation.
pub const REMINDED_AHEAD: Duration = days(2);
/// The shortest life of an invitation that is reminded of: a mail on the heels of another would only annoy.
pub const REMINDED_FROM: Duration = days(4);

/// One invitation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invitation {
    /// Its identifier, not secret.
    pub id: InvitationId,
    /// The realm that it belongs to; its link is unknown in any other.
    pub realm: RealmName,
    /// Into which organisation.
    pub organisation: OrganisationId,
    /// Who is invited, as an administrator wrote it, and the language of the mail.
    pub who: Registrant,
    /// What they are to be, in order.
    pub roles: Vec<Role>,
    /// Whose act it was, as long as they have an account.
    pub invited_by: Option<UserId>,
    /// Since when.
    pub created_at: Timestamp,
    /// When the newest mail was sent.
    pub sent_at: Timestamp,
    /// Until when the link of that mail may be used.
    pub expires_at: Timestamp,
    /// When somebody was reminded of it.
    pub reminded_at: Option<Timestamp>,
    /// When it was accepted, and whose account joined by it.
    pub accepted: Option<(Timestamp, UserId)>,
    /// When the invited said no.
    pub refused_at: Option<Timestamp>,
    /// When an administrator took it back.
    pub withdrawn_at: Option<Timestamp>,
}

/// Where an invitation stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It may be accepted.
    Waiting,
    /// Its time is over; another mail may be sent.
    Expired,
    /// Somebody joined by it.
    Accepted,
    /// The invited said no.
    Refused,
    /// An administrator took it back.
    Withdrawn,
}

impl Invitation {
    /// Where it stands.
    pub fn standing(&self, now: Timestamp) -> Standing {
        if self.accepted.is_some() {
            Standing::Accepted
        } else if self.refused_at.is_some() {
            Standing::Refused
        } else if self.withdrawn_at.is_some() {
            Standing::Withdrawn
        } else if now >= self.expires_at {
            Standing::Expired
        } else {
            Standing::Waiting
        }
    }

    /// Whether it may be accepted.
    pub fn waits(&self, now: Timestamp) -> bool {
        self.standing(now) == Standing::Waiting
    }
}

/// Somebody, as far as the question is whether they are somebody else.
#[derive(Debug, Clone, Copy)]
pub struct Known<'a> {
    /// Their address.
    pub email: &'a EmailAddress,
    /// Their first name.
    pub first_name: &'a str,
    /// Their last name.
    pub last_name: &'a str,
}

/// Why somebody is not invited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Uninvited {
    /// It is the inviter.
    Oneself,
    /// They belong to the organisation.
    Member,
    /// An invitation waits for them already.
    Waits,
    /// Too many wait.
    TooMany,
}

/// Whether somebody may be invited. Where addresses are identifiers an address is a person; where several accounts may
/// `share` one, the names tell people apart.
pub fn judge(
    who: Known<'_>,
    (inviter, members): (Known<'_>, &[Known<'_>]),
    waiting: &[Known<'_>],
    share: bool,
) -> Result<(), Uninvited> {
    let is = |other: &Known<'_>| is_the_same(who, *other, share);
    if is(&inviter) {
        return Err(Uninvited::Oneself);
    }
    if members.iter().any(is) {
        return Err(Uninvited::Member);
    }
    if waiting.iter().any(is) {
        return Err(Uninvited::Waits);
    }
    if waiting.len() >= MOST_WAITING { Err(Uninvited::TooMany) } else { Ok(()) }
}

fn is_the_same(one: Known<'_>, other: Known<'_>, share: bool) -> bool {
    let named = |known: Known<'_>| (known.first_name.to_lowercase(), known.last_name.to_lowercase());
    one.email.canonical() == other.email.canonical() && (!share || named(one) == named(other))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_is_there_or_was_asked_is_not_invited_again() {
        let address = |text: &str| EmailAddress::parse(text).unwrap();
        let [camille, lea, office] = ["camille@exemple.fr", "lea@exemple.fr", "bureau@exemple.fr"].map(address);
        let known = |email, first_name, last_name| Known { email, first_name, last_name };
        let inviter = known(&camille, "Camille", "Durand");
        let members = [inviter, known(&office, "Noé", "Petit")];
        let waiting = [known(&lea, "Léa", "Martin")];
        let [shouted, plain, asked] = ["CAMILLE@Exemple.FR", "bureau@exemple.fr", "Lea@exemple.fr"].map(address);
        for (who, share, verdict) in [
            (known(&shouted, "Camille", "Durand"), false, Err(Uninvited::Oneself)),
            (known(&shouted, "camille", "DURAND"), true, Err(Uninvited::Oneself)),
            (known(&shouted, "Zoé", "Roux"), false, Err(Uninvited::Oneself)),
            (known(&shouted, "Zoé", "Roux"), true, Ok(())),
            (known(&plain, "Zoé", "Roux"), false, Err(Uninvited::Member)),
            (known(&plain, "Zoé", "Roux"), true, Ok(())),
            (known(&plain, "NOÉ", "petit"), true, Err(Uninvited::Member)),
            (known(&asked, "Léa", "Martin"), false, Err(Uninvited::Waits)),
            (known(&asked, "Zoé", "Roux"), true, Ok(())),
        ] {
            assert_eq!(judge(who, (inviter, &members), &waiting, share), verdict, "{who:?} {share}");
        }
        let many: Vec<_> = (0..MOST_WAITING).map(|n| address(&format!("n{n}@exemple.fr"))).collect();
        let many: Vec<_> = many.iter().map(|email| known(email, "N", "N")).collect();
        let zoe = address("zoe@exemple.fr");
        let zoe = known(&zoe, "Zoé", "Roux");
        assert_eq!(judge(zoe, (inviter, &members), &many, false), Err(Uninvited::TooMany));
        assert_eq!(judge(zoe, (inviter, &members), &many[1..], false), Ok(()));
    }
}
