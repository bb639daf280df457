//! Whoever asks at a page has a share of look-ups, and the realm's own registries.

use guichet::clock::hours;
use guichet::ids::RealmName;
use guichet::registries::{FixedMode, Looked, RegistrySettings, Trouble, VatChecked};

use super::{siret, vat};
use crate::support::world::{REALM, on_each_database};

#[tokio::test]
async fn sr_9_a_journey_and_a_network_look_up_no_more_than_their_share() {
    on_each_database(async |world| {
        let (realm, house) = (REALM.parse::<RealmName>().unwrap(), &world.node.house);
        let number = siret("00000101600013");
        let looks_up = async |asker| house.look_up(&realm, &number, asker).await.unwrap();
        for _ in 0..29 {
            assert!(matches!(looks_up(("one", "192.0.2.1/32")).await, Some(Looked::Found(_))));
        }
        let told = house.check_vat(&realm, &vat("DE", "136695976"), ("one", "192.0.2.1/32")).await.unwrap();
        assert!(matches!(told, Some(VatChecked::Valid(_))), "both kinds count alike");
        assert_eq!(looks_up(("one", "192.0.2.2/32")).await, None, "another network, the same journey");
        for journey in ["two", "three", "four"] {
            for _ in 0..30 {
                assert!(looks_up((journey, "192.0.2.1/32")).await.is_some());
            }
        }
        assert_eq!(looks_up(("five", "192.0.2.1/32")).await, None, "another journey, the same network");
        assert!(looks_up(("five", "192.0.2.3/32")).await.is_some(), "nobody else is held up");
        world.advance(hours(1));
        let house = &world.node.house;
        assert!(house.look_up(&realm, &number, ("one", "192.0.2.1/32")).await.unwrap().is_some());
    })
    .await;
}

#[tokio::test]
async fn a_realm_asks_whom_its_files_say() {
    on_each_database(async |world| {
        let realm = REALM.parse::<RealmName>().unwrap();
        let table = "[registries]\norder = []\ncheck_vat = false\n\n[mail]";
        world.rewrites_realm(&[("[mail]", table)]).await;
        let (house, asker) = (&world.node.house, ("one", "192.0.2.1/32"));
        let looked = house.look_up(&realm, &siret("00000101600013"), asker).await.unwrap();
        let checked = house.check_vat(&realm, &vat("DE", "136695976"), asker).await.unwrap();
        assert_eq!((looked, checked), (Some(Looked::NotAsked), Some(VatChecked::NotAsked)));
    })
    .await;
}

#[tokio::test]
async fn a_house_whose_registries_are_out_of_order_says_that_nobody_could_check() {
    on_each_database(async |world| {
        world.asks(RegistrySettings::Fixed(FixedMode::Unavailable)).await;
        let realm = REALM.parse::<RealmName>().unwrap();
        let asker = ("one", "192.0.2.1/32");
        let told = world.node.house.look_up(&realm, &siret("00000101600013"), asker).await.unwrap();
        assert_eq!(told, Some(Looked::Unchecked(Trouble::Unavailable)));
    })
    .await;
}
