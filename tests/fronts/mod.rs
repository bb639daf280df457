//! Certificates of people through what stands before a house: nginx and HAProxy as `deploy/` sets them up, in processes
//! of their own, and nothing. Whoever ends TLS, the pages say the same (SR-86, SR-87, SR-89, SR-95).

mod front;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::Request;
use http::header::{CONNECTION, HOST, HeaderName};
use rcgen::date_time_ymd;
use rustls::HandshakeKind;
use rustls::version::{TLS12, TLS13};

use self::front::Kind;
use crate::journeys::certificates::{Counter, has_shown};
use crate::support::card::{Card, authority};
use crate::support::client_app::claims;
use crate::support::database::Engine;
use crate::support::http::exchange_over;
use crate::support::log::Lines;
use crate::support::people::{MARIE, PAUL};
use crate::support::pki::{List, person};
use crate::support::world::{CERTIFICATE, World, on_each_database};

const NO_ACCOUNT: &str = "Ce certificat n’ouvre aucun compte utilisable ici.";
const NONE: &str = "Aucun certificat n’a été présenté.";
const STRANGE: &str = "Ce certificat vient d’une autorité qui n’est pas acceptée ici.";

#[tokio::test]
async fn sr_86_a_certificate_opens_an_account_or_is_told_why_not_directly() {
    told_by(Kind::Itself).await;
}

#[tokio::test]
async fn sr_86_a_certificate_opens_an_account_or_is_told_why_not_through_nginx() {
    told_by(Kind::Nginx).await;
}

#[tokio::test]
async fn sr_86_a_certificate_opens_an_account_or_is_told_why_not_through_nginx_without_njs() {
    told_by(Kind::PlainNginx).await;
}

#[tokio::test]
async fn sr_86_a_certificate_opens_an_account_or_is_told_why_not_through_haproxy() {
    told_by(Kind::Haproxy).await;
}

/// Binding, signing in, and every way in which a certificate is turned down.
async fn told_by(kind: Kind) {
    on_each_database(async |world| {
        let Some(front) = kind.stands_before(world).await else { return };
        let counter = Counter::opens_at(world, front.certificates.clone()).await;
        world.has(&MARIE).await;
        let hers = counter.card(&MARIE, 7);
        let bound = claims(&counter.binds(world, &MARIE, &hers).await.id_token);
        let signed_in = claims(&counter.signs_in(world, &mut world.browser(), &hers).await.id_token);
        assert_eq!((&signed_in["acr"], &signed_in["sub"]), (&"certificate".into(), &bound["sub"]));

        let expired = counter.card_with(&MARIE, 8, |params| params.not_after = date_time_ymd(2026, 3, 2));
        let early = counter.card_with(&MARIE, 8, |params| params.not_before = date_time_ymd(2026, 3, 9));
        let strange = Card::issued_by(&authority("Autre autorité"), |params| person(params, "Marie", "Durand", 7));
        let own = Card::new(|params| person(params, "Marie", "Durand", 7));
        for (card, words) in [
            (None, NONE),
            (Some(&expired), "La validité de ce certificat est terminée."),
            (Some(&early), "La validité de ce certificat n’a pas encore commencé."),
            (Some(&counter.card(&MARIE, 13)), "Ce certificat a été révoqué."),
            (Some(&strange), STRANGE),
            (Some(&own), STRANGE),
            (Some(&counter.card(&PAUL, 8)), NO_ACCOUNT),
        ] {
            let mut browser = has_shown(world, &counter, card).await;
            assert!(browser.says(words), "{words}: {}", browser.text());
            browser.follows("Se connecter autrement").await;
            assert_eq!(browser.place(), "sign-in");
        }
        let copied = front.certificates.showing(&hers.copied());
        assert!(copied.asks(hand_over()).await.is_none(), "its key is not there");
        shows_what_is_between(world, &counter, kind).await;
        claims_no_address(world, kind).await;
    })
    .await;
}

/// A card of an authority that was certified by the listed one, and shows that.
async fn shows_what_is_between(world: &mut World, counter: &Counter, kind: Kind) {
    let between = counter.delegates("Autorité déléguée");
    world.adds_file("revocation-lists/between.pem", List::of(&[]).pem(&between)).await;
    let mut card = Card::issued_by(&between, |params| person(params, "Paul", "Lefèvre", 9));
    card.chain = vec![between.der().clone()];
    // nginx hands over no chain: the one below has to be listed, as deploy/nginx.conf says.
    let words = if matches!(kind, Kind::Nginx | Kind::PlainNginx) { STRANGE } else { NO_ACCOUNT };
    let browser = has_shown(world, counter, Some(&card)).await;
    assert!(browser.says(words), "{}", browser.text());
    world.adds_file("trust-anchors/people/between.pem", between.pem()).await;
    let browser = has_shown(world, counter, Some(&card)).await;
    assert!(browser.says(NO_ACCOUNT), "{}", browser.text());
}

/// Every browser of a story says in `X-Forwarded-For` where it is: behind a front, nobody believes it.
async fn claims_no_address(world: &World, kind: Kind) {
    let trail = world.database.texts("SELECT content FROM events").await;
    let claimed = trail.iter().any(|event| event.contains("198.18.") || event.contains("198.19."));
    assert_eq!(claimed, kind == Kind::Itself, "{trail:?}");
}

#[tokio::test]
async fn sr_87_sr_89_nobody_passes_on_a_certificate_that_is_only_claimed() {
    for kind in Kind::ALL {
        on_each_database(async |world| {
            let Some(front) = kind.stands_before(world).await else { return };
            let mut counter = Counter::opens_at(world, front.certificates.clone()).await;
            world.has(&MARIE).await;
            let (hers, his) = (counter.card(&MARIE, 7), counter.card(&PAUL, 8));
            counter.binds(world, &MARIE, &hers).await;
            let base64 = STANDARD.encode(&hers.certificate);
            let pem = format!("-----BEGIN CERTIFICATE-----%0A{base64}%0A-----END CERTIFICATE-----%0A");
            for claim in [format!(":{base64}:"), pem] {
                let (lines, listening) = Lines::listening("warn");
                counter.desk.claims = vec![("client-cert", claim.clone()), ("client-cert-chain", claim.clone())];
                for (card, words) in [(None, NONE), (Some(&his), NO_ACCOUNT)] {
                    let browser = has_shown(world, &counter, card).await;
                    assert!(browser.says(words), "{kind:?}: {}", browser.text());
                }
                let header = HeaderName::from_static("client-cert");
                let mut browser = world.browser().always_sending(header, &claim);
                browser.opens(&world.portal().asks().url()).await;
                assert_eq!((browser.status(), browser.place()), (200, "sign-in"));
                drop(listening);
                // A front removes it, so that the house hears nothing of it.
                let heard = lines.text().contains("a header claimed a client certificate");
                assert_eq!(heard, kind == Kind::Itself, "{kind:?}: {}", lines.text());
            }
        })
        .await;
    }
}

#[tokio::test]
async fn sr_95_nobody_resumes_a_session_or_keeps_the_connection_of_who_has_shown_a_certificate() {
    for kind in Kind::ALL {
        let mut world = World::new(Engine::Sqlite).await;
        if let Some(front) = kind.stands_before(&mut world).await {
            let counter = Counter::opens_at(&mut world, front.certificates.clone()).await;
            for versions in [[&TLS12], [&TLS13]] {
                for card in [counter.card(&MARIE, 7), Card::new(|_| {})] {
                    let client = front.certificates.knowing(&versions).showing(&card);
                    let memory = client.memory();
                    let answer = exchange_over(client.connects(&memory).await.unwrap(), hand_over()).await.unwrap();
                    let told = (answer.status.as_u16(), answer.header(CONNECTION.as_str()));
                    assert_eq!(told, (303, Some("close")), "{kind:?}");
                    let again = client.connects(&memory).await.unwrap();
                    let handshake = again.get_ref().1.handshake_kind();
                    assert!(handshake == Some(HandshakeKind::Full), "{kind:?} {versions:?}: {handshake:?}");
                }
            }
        }
        world.end().await;
    }
}

/// What a browser asks of the host for certificates, without any journey.
fn hand_over() -> Request<&'static str> {
    let request = Request::get("/realms/certinomis/certificate/hand-over?transaction=nothing");
    request.header(HOST, CERTIFICATE.trim_start_matches("https://")).body("").unwrap()
}
