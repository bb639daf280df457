use super::*;
use crate::identity::entity_record::RecordedAddress;
use crate::identity::number::WrongNumber;
use crate::identity::organisation::{EntityField, EntityKind};
use crate::identity::territory::{Country, Department};

const NOW: Timestamp = Timestamp::from_seconds(1_772_543_520);

#[expect(clippy::unnecessary_wraps, reason = "what a record may lack is said as it stands there")]
fn line(text: &str) -> Option<Line> {
    Some(Line::parse(text).unwrap())
}

fn siret(text: &str) -> Siret {
    Siret::parse(text).unwrap()
}

fn record(number: &str, name: &str) -> EntityRecord {
    EntityRecord {
        siret: siret(number),
        legal_name: line(name),
        trade_name: line("L’enseigne"),
        acronym: None,
        legal_category: None,
        kind: Some(EntityKind::Company),
        address: RecordedAddress {
            street: line("1 rue des Lilas"),
            postal_code: line("59000"),
            town: line("Lille"),
            department: Some(Department::try_from("59").unwrap()),
            country: Some(Country::FRANCE),
            ..RecordedAddress::default()
        },
        vat_numbers: Vec::new(),
        rna: None,
        establishment_active: true,
        unit_active: true,
        disclosure: Disclosure::Full,
        source: Registry::Fixed,
        fetched_at: NOW,
    }
}

fn typed(fields: &[(Entry, &str)]) -> Enrolment {
    let mut enrolment = Enrolment::default();
    for (entry, typed) in fields {
        enrolment.keep(*entry, typed);
    }
    enrolment
}

fn filled(number: &str, name: &str) -> Enrolment {
    let mut enrolment = typed(&[(Entry::Number, number), (Entry::Country, "FR"), (Entry::Phone, "03 20 20 20 20")]);
    enrolment.fill(siret(number), LookedUp::Record(Box::new(record(number, name))), NOW);
    enrolment
}

#[test]
fn domain_2_a_registry_fills_what_nobody_wrote_and_all_of_it_is_read() {
    let enrolled = filled("00000101600013", "EXEMPLE SAS").read(Way::Siret, false).unwrap();
    assert_eq!(enrolled.number.value(), "00000101600013");
    assert_eq!(enrolled.details.legal_name.as_str(), "EXEMPLE SAS");
    assert_eq!(enrolled.details.phone.unwrap().as_str(), "+33320202020");
    assert_eq!(enrolled.details.sources.get(&EntityField::Street), Some(&Registry::Fixed));
    assert_eq!(enrolled.details.sources.get(&EntityField::VatNumber), None, "computed, and told by nobody");
    assert_eq!(enrolled.details.vat_status, VatStatus::Computed);
    assert_eq!((enrolled.details.registry, enrolled.details.checked_at), (Some(Registry::Fixed), Some(NOW)));
}

#[test]
fn domain_2_autofill_never_takes_the_place_of_what_a_person_wrote() {
    let mut enrolment = typed(&[(Entry::Number, "00000101600013"), (Entry::Town, "Roubaix")]);
    enrolment.fill(siret("00000101600013"), LookedUp::Record(Box::new(record("00000101600013", "EXEMPLE SAS"))), NOW);
    assert_eq!((enrolment.typed(Entry::Name), enrolment.typed(Entry::Town)), ("EXEMPLE SAS", "Roubaix"));
    assert!(enrolment.is_filled(Entry::Name) && !enrolment.is_filled(Entry::Town));
    // Changed by hand: written from now on, whatever is looked up next.
    enrolment.keep(Entry::Name, "Exemple");
    enrolment.keep(Entry::Number, "00000102400017");
    enrolment.fill(siret("00000102400017"), LookedUp::Record(Box::new(record("00000102400017", "MAIRIE"))), NOW);
    assert_eq!((enrolment.typed(Entry::Name), enrolment.typed(Entry::Street)), ("Exemple", "1 rue des Lilas"));
}

#[test]
fn domain_2_what_a_person_wrote_stays_theirs_were_it_what_the_register_tells() {
    let mut enrolment = typed(&[(Entry::Number, "00000101600013"), (Entry::Town, "Lille")]);
    enrolment.fill(siret("00000101600013"), LookedUp::Record(Box::new(record("00000101600013", "EXEMPLE SAS"))), NOW);
    assert!(enrolment.is_filled(Entry::Town), "the register confirms it");
    enrolment.keep(Entry::Number, "00000105700017");
    enrolment.fill(siret("00000105700017"), LookedUp::Unknown, NOW);
    assert_eq!((enrolment.typed(Entry::Town), enrolment.typed(Entry::Street)), ("Lille", ""));
}

#[test]
fn domain_2_what_was_filled_in_for_another_number_goes_with_it() {
    for nothing in [LookedUp::Unknown, LookedUp::Silent, LookedUp::Partial, LookedUp::Closed] {
        let mut enrolment = filled("00000101600013", "EXEMPLE SAS");
        enrolment.keep(Entry::Number, "00000105700017");
        enrolment.fill(siret("00000105700017"), nothing, NOW);
        assert_eq!((enrolment.typed(Entry::Name), enrolment.typed(Entry::Town)), ("", ""));
        assert_eq!(enrolment.typed(Entry::Phone), "03 20 20 20 20");
    }
    // A number that was changed and not looked up again is nobody's answer.
    let mut enrolment = filled("00000101600013", "EXEMPLE SAS");
    enrolment.keep(Entry::Number, "00000102400017");
    assert!(enrolment.current().is_none());
    assert!(enrolment.read(Way::Siret, false).unwrap().details.sources.is_empty());
    let mut enrolment = filled("00000101600013", "EXEMPLE SAS");
    enrolment.forget();
    assert_eq!((enrolment.typed(Entry::Number), enrolment.typed(Entry::Name)), ("", ""));
    assert_eq!(enrolment.typed(Entry::Phone), "03 20 20 20 20");
}

#[test]
fn everything_that_is_missing_is_said_at_once_in_the_order_of_the_page() {
    use Entry::{Country, Department, Kind, Name, Number, Phone, PostalCode, Street, Town};
    let missing = |way| Enrolment::default().read(way, true).unwrap_err();
    let all = [Number, Kind, Name, Phone, Street, PostalCode, Town, Department, Country];
    assert_eq!(missing(Way::Siret), all.map(|entry| (entry, Wrong::Empty)));
    let abroad = [Number, Kind, Name, Phone, Street, Town, Country];
    assert_eq!(missing(Way::ForeignNumber), abroad.map(|entry| (entry, Wrong::Empty)));
}

#[test]
fn each_way_takes_the_numbers_of_its_registers() {
    let read = |way, country: &str, number: &str| {
        let mut enrolment = typed(&[
            (Entry::Number, number),
            (Entry::Country, country),
            (Entry::Kind, "company"),
            (Entry::Name, "Exemple"),
            (Entry::Phone, "+33320202020"),
            (Entry::Street, "1 rue des Lilas"),
            (Entry::PostalCode, "59000"),
            (Entry::Town, "Lille"),
        ]);
        enrolment.keep(Entry::Department, if way == Way::Siret || way == Way::WithoutSiret { "59" } else { "" });
        let enrolled = enrolment.read(way, false).map_err(|wrong| wrong[0]);
        enrolled.map(|enrolled| String::from(enrolled.number))
    };
    let number = |wrong| Err((Entry::Number, Wrong::Number(wrong)));
    for (way, country, typed, verdict) in [
        (Way::Siret, "FR", "732 829 320 00074", Ok("siret:FR:73282932000074")),
        (Way::Siret, "RE", "73282932000074", Ok("siret:FR:73282932000074")),
        (Way::Siret, "FR", "732829320", number(WrongNumber::LooksLikeSiren)),
        (Way::Siret, "FR", "7328293200007", number(WrongNumber::Length { expected: 14, got: 13 })),
        (Way::Siret, "FR", "73282932000079", number(WrongNumber::TypingError)),
        (Way::Siret, "DE", "73282932000074", Err((Entry::Country, Wrong::NotListed))),
        (Way::WithoutSiret, "FR", "w751234567", Ok("rna:FR:W751234567")),
        (Way::WithoutSiret, "FR", "73282932000074", Err((Entry::Number, Wrong::HasSiret))),
        (Way::WithoutSiret, "FR", "732 829 320", Err((Entry::Number, Wrong::HasSiret))),
        (Way::EuropeanVat, "DE", "DE 136 695 976", Ok("vat:DE:DE136695976")),
        (Way::EuropeanVat, "DE", "136695977", number(WrongNumber::TypingError)),
        (Way::EuropeanVat, "FR", "83404833048", Err((Entry::Country, Wrong::NotListed))),
        (Way::EuropeanVat, "XI", "980780684", Ok("vat:GB:XI980780684")),
        (Way::ForeignNumber, "NC", "1234567001", Ok("ridet:NC:1234567001")),
        (Way::ForeignNumber, "PF", "A12345-001", Ok("tahiti:PF:A12345001")),
        (Way::ForeignNumber, "FR", "A12345", Err((Entry::Country, Wrong::NotListed))),
    ] {
        assert_eq!(read(way, country, typed).as_deref().map_err(|wrong| *wrong), verdict, "{way:?} {country} {typed}");
    }
}

#[test]
fn domain_3_vies_overrules_a_check_digit() {
    let mut enrolment = typed(&[(Entry::Number, "136695977"), (Entry::Country, "DE")]);
    let wrong = |enrolment: &Enrolment| enrolment.read(Way::EuropeanVat, false).unwrap_err()[0];
    assert_eq!(wrong(&enrolment), (Entry::Number, Wrong::Number(WrongNumber::TypingError)));
    enrolment.judge_vat("DE136695977", VatStatus::Valid, check());
    assert_ne!(wrong(&enrolment).0, Entry::Number);
}

fn check() -> VatCheck {
    VatCheck { registry: Registry::Vies, at: NOW, consultation: Some("WAPIAAAAWf0cH3Jk".to_owned()) }
}

#[test]
fn domain_3_what_vies_says_is_kept_with_its_consultation_number() {
    let mut enrolment = typed(&[
        (Entry::Number, "136695976"),
        (Entry::Country, "DE"),
        (Entry::Kind, "company"),
        (Entry::Name, "Beispiel"),
        (Entry::Phone, "+49 30 1234567"),
        (Entry::Street, "Am Beispiel 1"),
        (Entry::Town, "Berlin"),
    ]);
    for (judged, status, proof, source) in [
        (None, VatStatus::Pending, None, None),
        (Some(VatStatus::Invalid), VatStatus::Invalid, Some(check()), None),
        (Some(VatStatus::Valid), VatStatus::Valid, Some(check()), Some(Registry::Vies)),
    ] {
        if let Some(status) = judged {
            enrolment.judge_vat("DE136695976", status, check());
        }
        let details = enrolment.read(Way::EuropeanVat, false).unwrap().details;
        assert_eq!((details.vat_status, details.vat_check, details.registry), (status, proof, source), "{judged:?}");
    }
}

#[test]
fn domain_2_the_number_of_an_association_that_a_registry_tells_is_kept() {
    let mut enrolment =
        typed(&[(Entry::Number, "00000103200010"), (Entry::Country, "FR"), (Entry::Phone, "0320202020")]);
    let rna = RegisteredNumber::parse(crate::identity::number::Scheme::Rna, Country::FRANCE, "W595000103").ok();
    let told = EntityRecord { rna: rna.clone(), ..record("00000103200010", "LES AMIS") };
    enrolment.fill(siret("00000103200010"), LookedUp::Record(Box::new(told)), NOW);
    let details = enrolment.read(Way::Siret, false).unwrap().details;
    assert_eq!((details.rna, details.sources.get(&EntityField::Rna)), (rna, Some(&Registry::Fixed)));
}

#[test]
fn an_enrolment_of_an_older_journey_is_read() {
    assert_eq!(serde_json::from_str::<Enrolment>("{}").unwrap(), Enrolment::default());
    let enrolment = filled("00000101600013", "EXEMPLE SAS");
    let written = serde_json::to_string(&enrolment).unwrap();
    assert_eq!(serde_json::from_str::<Enrolment>(&written).unwrap(), enrolment);
}
