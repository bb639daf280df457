//! Numbers for value added tax that nobody could check when they were typed: when VIES is asked again, and what comes of
//! it (DOMAIN.md §3, ADR 0069).
//!
//! No verdict is not "invalid": silence takes nothing away. After a week the number stands as it was typed, and says that
//! nobody confirmed it. A verdict comes with who gave it, when, and the number under which VIES has it on record.

use serde::{Deserialize, Serialize};

use super::{Details, Organisation, Registry, VatStatus};
use crate::clock::{Duration, Timestamp, days, hours, minutes};
use crate::identity::entity_record::VatRecord;
use crate::identity::number::Scheme;
use crate::identity::number::vat::VatNumber;

/// When VIES is asked again, counted from the moment at which the number was taken without its word.
const AGAIN: [Duration; 10] =
    [minutes(5), hours(1), hours(6), days(1), days(2), days(3), days(4), days(5), days(6), days(7)];

/// A check of a number for value added tax.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VatCheck {
    /// Who answered.
    pub registry: Registry,
    /// When.
    pub at: Timestamp,
    /// The number under which VIES has the check on record: the proof that it was made, for who gave their own number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub consultation: Option<String>,
}

impl VatCheck {
    /// The check that brought that record.
    pub fn of(record: &VatRecord) -> Self {
        Self { registry: record.source, at: record.checked_at, consultation: record.consultation.clone() }
    }
}

/// What came of asking again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum VatVerdict {
    /// Its administration calls the number good.
    Valid(VatCheck),
    /// It does not know it, or not yet.
    Invalid(VatCheck),
    /// It did not answer for a week.
    Unanswered,
}

/// When VIES is asked next about a number that waits since then; never, once the week is over. Turns that nobody took are
/// not made up for.
pub fn next_turn(since: Timestamp, now: Timestamp) -> Option<Timestamp> {
    AGAIN.into_iter().map(|after| since + after).find(|turn| now < *turn)
}

impl Details {
    /// The number that waits for VIES, if there is one and VIES can tell: it knows those of the Union alone.
    pub fn awaits_vies(&self) -> Option<&VatNumber> {
        self.vat_number.as_ref().filter(|number| self.vat_status == VatStatus::Pending && number.prefix().is_in_vies())
    }

    /// A number that its administration does not know, kept by whoever registers: fresh registrations lag behind
    /// (DOMAIN.md §3).
    #[must_use]
    pub fn keeping_its_number(self) -> Self {
        match self.vat_status {
            VatStatus::Invalid => Self { vat_status: VatStatus::Unverified, ..self },
            _ => self,
        }
    }
}

impl Organisation {
    /// What is known of it with that verdict. Who is registered by the number itself has VIES for a source from then on;
    /// who has a SIRET keeps the register that knows it.
    pub fn judged(&self, verdict: VatVerdict) -> Details {
        let details = self.details.clone();
        match verdict {
            VatVerdict::Valid(check) => {
                let told = Some((check.registry, check.at)).filter(|_| self.number.scheme() == Scheme::Vat);
                let (registry, checked_at) = (details.registry, details.checked_at);
                Details {
                    vat_status: VatStatus::Valid,
                    registry: told.map(|(registry, _)| registry).or(registry),
                    checked_at: told.map(|(_, at)| at).or(checked_at),
                    vat_check: Some(check),
                    ..details
                }
            }
            VatVerdict::Invalid(check) => Details { vat_status: VatStatus::Invalid, vat_check: Some(check), ..details },
            VatVerdict::Unanswered => Details { vat_status: VatStatus::Unverified, ..details },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entropy::SeededEntropy;
    use crate::identity::number::RegisteredNumber;
    use crate::identity::organisation::{EntityAddress, EntityKind, Line};
    use crate::identity::territory::Country;
    use crate::ids::OrganisationId;

    const NOW: Timestamp = Timestamp::from_seconds(1_772_543_520);

    #[test]
    fn domain_3_vies_is_asked_after_5_minutes_1_hour_6_hours_and_daily_for_7_days() {
        for (waited, next) in [
            (Duration::ZERO, Some(minutes(5))),
            (Duration::from_secs(299), Some(minutes(5))),
            (minutes(5), Some(hours(1))),
            (hours(1), Some(hours(6))),
            (hours(6), Some(days(1))),
            (days(1), Some(days(2))),
            (days(5) + hours(3), Some(days(6))),
            (days(6) + hours(23), Some(days(7))),
            (days(7), None),
            (days(70), None),
        ] {
            assert_eq!(next_turn(NOW, NOW + waited), next.map(|after| NOW + after), "{waited:?}");
        }
    }

    fn details() -> Details {
        let line = |text: &str| Line::parse(text).unwrap();
        Details {
            legal_name: line("EXEMPLE"),
            trade_name: None,
            kind: EntityKind::Company,
            address: EntityAddress {
                street: line("1 rue de l’Exemple"),
                complement: None,
                postal_code: None,
                town: line("Lille"),
                department: None,
                country: Country::FRANCE,
            },
            phone: None,
            fax: None,
            vat_number: None,
            vat_status: VatStatus::Pending,
            vat_check: None,
            rna: None,
            registry: None,
            checked_at: None,
            closed: false,
            sources: std::collections::BTreeMap::new(),
        }
    }

    fn organisation(scheme: Scheme, country: &str, number: &str) -> Organisation {
        let number = RegisteredNumber::parse(scheme, Country::try_from(country).unwrap(), number).unwrap();
        Organisation {
            id: OrganisationId::new(NOW, &SeededEntropy::new(1)),
            details: Details { vat_number: number.vat(), ..details() },
            number,
            created_at: NOW,
            updated_at: NOW,
            contacts_at: None,
            users_at: None,
        }
    }

    fn german() -> Organisation {
        organisation(Scheme::Vat, "DE", "DE136695976")
    }

    fn check() -> VatCheck {
        VatCheck { registry: Registry::Vies, at: NOW, consultation: Some("WAPIAAAAWf0cH3Jk".to_owned()) }
    }

    #[test]
    fn domain_3_a_verdict_is_kept_with_its_proof_and_silence_takes_nothing_away() {
        let german = german();
        for (verdict, status, source, proof) in [
            (VatVerdict::Valid(check()), VatStatus::Valid, Some(Registry::Vies), Some(check())),
            (VatVerdict::Invalid(check()), VatStatus::Invalid, None, Some(check())),
            (VatVerdict::Unanswered, VatStatus::Unverified, None, None),
        ] {
            let judged = german.judged(verdict);
            assert_eq!((judged.vat_status, judged.registry, &judged.vat_check), (status, source, &proof));
            assert_eq!(judged.checked_at, source.map(|_| NOW));
            let (vat_status, vat_check) = (VatStatus::Pending, None);
            let before = Details { vat_status, vat_check, registry: None, checked_at: None, ..judged };
            assert_eq!(before, german.details, "nothing else changes");
        }
    }

    #[test]
    fn who_has_a_siret_keeps_the_register_that_knows_it() {
        let mut french = organisation(Scheme::Siret, "FR", "00000101600013");
        french.details.registry = Some(Registry::Insee);
        let judged = french.judged(VatVerdict::Valid(check()));
        assert_eq!((judged.registry, judged.checked_at), (Some(Registry::Insee), None));
        assert_eq!(judged.vat_check, Some(check()));
    }

    #[test]
    fn domain_3_only_a_pending_number_that_vies_can_know_waits() {
        let waits = |country: &str, number: &str, vat_status| {
            let number = VatNumber::parse(Country::try_from(country).unwrap(), number).unwrap();
            let details = Details { vat_number: Some(number), vat_status, ..details() };
            details.awaits_vies().is_some()
        };
        for (country, number, status, verdict) in [
            ("DE", "136695976", VatStatus::Pending, true),
            ("FR", "83404833048", VatStatus::Pending, true),
            ("GB", "XI980780684", VatStatus::Pending, true),
            ("GB", "980780684", VatStatus::Pending, false),
            ("DE", "136695976", VatStatus::Valid, false),
            ("DE", "136695976", VatStatus::Invalid, false),
            ("DE", "136695976", VatStatus::Unverified, false),
            ("FR", "83404833048", VatStatus::Computed, false),
        ] {
            assert_eq!(waits(country, number, status), verdict, "{country} {number} {status}");
        }
        assert_eq!(details().awaits_vies(), None, "no number");
    }

    #[test]
    fn domain_3_whoever_keeps_an_unknown_number_continues_as_unverified() {
        for (status, kept) in [
            (VatStatus::Invalid, VatStatus::Unverified),
            (VatStatus::Valid, VatStatus::Valid),
            (VatStatus::Pending, VatStatus::Pending),
        ] {
            let details = Details { vat_status: status, ..german().details };
            assert_eq!(details.keeping_its_number().vat_status, kept);
        }
    }
}
