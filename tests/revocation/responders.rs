//! What people read of a certificate whose authority is a real one: `openssl ocsp` answers in a process of its own,
//! `openssl ca` writes lists, which are files on a web server (SR-90, SR-95).

use guichet::clock::{days, hours, minutes};

use super::office::{Office, Signer};
use crate::journeys::certificates::{Desk, has_shown};
use crate::support::browser::Browser;
use crate::support::card::Card;
use crate::support::client_app::claims;
use crate::support::people::MARIE;
use crate::support::pki::{Listening, machine_time};
use crate::support::world::{World, on_each_database};

const GOOD: &str = "Ce certificat n’ouvre aucun compte utilisable ici.";
const REVOKED: &str = "Ce certificat a été révoqué.";
const UNKNOWN: &str = "Nous n’avons pas pu vérifier que ce certificat n’est pas révoqué.";

/// A realm that takes the cards of an office.
struct Realm {
    office: Office,
    desk: Desk,
}

impl Realm {
    /// The office opens. OpenSSL knows the machine's time only, so that the world goes there, a minute ahead of what is
    /// issued meanwhile.
    async fn opens(world: &mut World) -> Self {
        let office = Office::opens();
        let listener = world.asks_for_certificates().await;
        let desk = Desk::of(world, listener, &office.certificate()).await;
        world.advance(world.now().until(machine_time() + minutes(1)));
        Self { office, desk }
    }

    /// Its responder answers from now on.
    fn answers(&self, world: &World, signer: Signer) -> Listening {
        let responder = self.office.answers(signer);
        world.outside.names.lead("ocsp.example", &[responder.address]);
        responder
    }

    /// What a browser that shows that card reads.
    async fn told(&self, world: &World, card: &Card) -> &'static str {
        let browser = has_shown(world, &self.desk, Some(card)).await;
        let said = [GOOD, REVOKED, UNKNOWN].into_iter().filter(|words| browser.says(words)).collect::<Vec<_>>();
        assert_eq!(said.len(), 1, "{}", browser.text());
        assert_eq!(browser.status() == 503, said == [UNKNOWN], "{}", browser.text());
        said[0]
    }
}

#[tokio::test]
async fn sr_90_what_a_real_responder_says_of_a_certificate_is_what_the_page_says() {
    on_each_database(async |world| {
        let realm = Realm::opens(world).await;
        for (signer, expected) in [
            (Signer::Authority, [GOOD, REVOKED, UNKNOWN]),
            (Signer::Delegate, [GOOD, REVOKED, UNKNOWN]),
            (Signer::Anybody, [UNKNOWN, UNKNOWN, UNKNOWN]),
        ] {
            let (good, revoked) = (realm.office.issues("asked"), realm.office.issues("asked"));
            realm.office.revokes(&revoked);
            let forgotten = realm.office.issues("asked");
            realm.office.forgets_the_last();
            let _responder = realm.answers(world, signer);
            let mut told = [""; 3];
            for (told, card) in told.iter_mut().zip([&good, &revoked, &forgotten]) {
                *told = realm.told(world, card).await;
            }
            assert_eq!(told, expected, "{signer:?}");
        }
        // What it says is good for an hour, and nothing is said by who is not there.
        let (late, alone) = (realm.office.issues("asked"), realm.office.issues("asked"));
        let responder = realm.answers(world, Signer::Delegate);
        world.advance(minutes(70));
        assert_eq!(realm.told(world, &late).await, UNKNOWN, "stale");
        drop(responder);
        assert_eq!(realm.told(world, &alone).await, UNKNOWN, "gone");
        let trail = world.database.texts("SELECT content FROM events WHERE name = 'certificate.refused'").await;
        for reason in ["revoked", "status_not_told", "status_forged", "status_stale", "status_unreachable"] {
            let told = |event: &String| event.contains(&format!("\"reason\":\"{reason}\""));
            assert!(trail.iter().any(told), "{reason}: {trail:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn sr_95_a_certificate_opens_its_account_until_its_responder_knows_it_as_revoked() {
    on_each_database(async |world| {
        let realm = Realm::opens(world).await;
        world.has(&MARIE).await;
        let card = realm.office.issues("both");
        let before = realm.answers(world, Signer::Authority);
        realm.desk.binds(world, &MARIE, &card).await;
        let mut browser = world.browser();
        let tokens = realm.desk.signs_in(world, &mut browser, &card).await;
        assert_eq!(claims(&tokens.id_token)["acr"], "certificate");
        let known = async |browser: &mut Browser| browser.opens(&world.portal().asks().url()).await.has_left();
        assert!(known(&mut browser).await);
        realm.office.revokes(&card);
        drop(before);
        let _after = realm.answers(world, Signer::Authority);
        world.advance(minutes(10));
        assert_eq!(realm.told(world, &card).await, REVOKED);
        assert!(!known(&mut browser).await, "what it had opened is over");
    })
    .await;
}

#[tokio::test]
async fn sr_90_a_real_list_is_fetched_kept_for_an_hour_and_believed_while_it_is_good() {
    on_each_database(async |world| {
        let realm = Realm::opens(world).await;
        let server = realm.office.publishes();
        let (card, other) = (realm.office.issues("listed"), realm.office.issues("both"));
        world.outside.names.lead("crl.example", &[server.address()]);
        assert_eq!(realm.told(world, &card).await, UNKNOWN, "there is none yet");
        realm.office.lists(1);
        world.advance(minutes(1));
        assert_eq!(realm.told(world, &card).await, GOOD);
        assert_eq!(realm.told(world, &other).await, GOOD, "where the responder is silent, the list tells");
        realm.office.revokes(&card);
        realm.office.lists(1);
        assert_eq!(realm.told(world, &card).await, GOOD, "the copy is not an hour old");
        world.advance(hours(1));
        assert_eq!(realm.told(world, &card).await, REVOKED);
        assert_eq!(realm.told(world, &other).await, GOOD);
        world.advance(days(1));
        assert_eq!(realm.told(world, &other).await, UNKNOWN, "it is over, and no newer one is there");
        // An operator brings one in the realm's folder, as the tool wrote it.
        world.adds_file("revocation-lists/office.pem", realm.office.lists(7)).await;
        assert_eq!(realm.told(world, &other).await, GOOD);
        assert_eq!(realm.told(world, &card).await, REVOKED);
    })
    .await;
}
