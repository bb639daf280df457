//! The built-in table: who is in it, and how it fails when it is told to.

use guichet::clock::Duration;
use guichet::identity::entity_record::{Disclosure, VatOrigin};
use guichet::identity::organisation::{EntityKind, Line, Registry};
use guichet::identity::territory::Department;
use guichet::realm::model::RegistryPolicy;
use guichet::registries::{FixedMode, Looked, RegistrySettings, Trouble, VatChecked};

use super::{NOW, asks, registries, siren, siret, vat};
use crate::support::outside::Outside;

fn table(mode: FixedMode) -> guichet::registries::Registries {
    registries(&Outside::new(), RegistrySettings::Fixed(mode))
}

#[tokio::test]
async fn each_kind_of_organisation_is_in_the_table() {
    use EntityKind::{Administration, Association, Company};
    let (table, policy) = (table(FixedMode::Answers), RegistryPolicy::default());
    for (number, kind, open, disclosure) in [
        ("00000101600013", Company, true, Disclosure::Full),
        ("00000102400017", Administration, true, Disclosure::Full),
        ("00000103200010", Association, true, Disclosure::Full),
        ("00000104000013", Company, false, Disclosure::Full),
        ("00000105700017", Company, true, Disclosure::Partial),
    ] {
        for asked in [siret(number), siren(&number[..9])] {
            let told = table.look_up(&policy, &asked, NOW).await;
            let expected = match (open, disclosure) {
                (false, _) => matches!(told, Looked::Closed(_)),
                (true, Disclosure::Partial) => matches!(told, Looked::Partial(_)),
                (true, Disclosure::Full) => matches!(told, Looked::Found(_)),
            };
            let record = told.record().unwrap();
            assert!(expected, "{told:?}");
            assert_eq!((record.siret.as_str(), record.kind), (number, Some(kind)));
            assert_eq!((record.source, record.is_open(), record.disclosure), (Registry::Fixed, open, disclosure));
            let whole = [&record.legal_name, &record.address.street, &record.address.postal_code];
            assert!(whole.iter().all(|line| line.is_some() == (disclosure == Disclosure::Full)), "{record:?}");
            assert_eq!(record.address.department.as_ref().map(Department::as_str), Some("59"));
            assert!(record.address.town.is_some() && record.proposed_vat().1 == VatOrigin::Computed);
        }
    }
    assert_eq!(table.look_up(&policy, &siret("73282932000074"), NOW).await, Looked::NotFound);
    assert_eq!(table.look_up(&asks(&[]), &siret("00000101600013"), NOW).await, Looked::NotAsked);
}

#[tokio::test]
async fn some_numbers_of_the_union_are_good_and_all_others_are_not() {
    let (table, policy) = (table(FixedMode::Answers), RegistryPolicy::default());
    for (country, number, name) in [
        ("BE", "0428759497", Some("NV VOORBEELD")),
        ("DE", "136695976", None),
        ("GR", "094259216", Some("PARADEIGMA AE")),
        ("GB", "XI980780684", Some("SAMPLE NORTH LTD")),
        ("FR", "83404833048", Some("EXEMPLE ET FILS")),
    ] {
        let VatChecked::Valid(record) = table.check_vat(&policy, &vat(country, number), NOW).await else {
            panic!("{number}")
        };
        assert_eq!(record.name.as_ref().map(Line::as_str), name, "{number}");
    }
    let company = table.look_up(&policy, &siret("00000101600013"), NOW).await;
    let (own, _) = company.record().unwrap().proposed_vat();
    let VatChecked::Valid(record) = table.check_vat(&policy, &own, NOW).await else { panic!("{own:?}") };
    assert_eq!(record.name, company.record().unwrap().legal_name, "companies of the table pay their taxes");
    let told = table.check_vat(&policy, &vat("FR", "44732829320"), NOW).await;
    assert_eq!(told, VatChecked::Invalid);
}

#[tokio::test]
async fn it_fails_as_it_is_told_to() {
    let rest = Duration::from_secs(30);
    for (mode, trouble) in
        [(FixedMode::Unavailable, Trouble::Unavailable), (FixedMode::RateLimited, Trouble::RateLimited(rest))]
    {
        let (table, policy) = (table(mode), RegistryPolicy::default());
        let told = table.look_up(&policy, &siret("00000101600013"), NOW).await;
        assert_eq!(told, Looked::Unchecked(trouble));
        let told = table.check_vat(&policy, &vat("DE", "136695976"), NOW).await;
        assert_eq!(told, VatChecked::Unchecked(trouble));
    }
}
