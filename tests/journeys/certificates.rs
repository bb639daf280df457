//! Certificates of people: signing in with one, binding one, taking one away (SR-86 to SR-97, DOMAIN.md §6).
//!
//! Long, since all stories begin with one counter and its cards, and each tells one way in which a certificate counts or does not.

use std::ops::Deref;

use guichet::clock::{Duration, Timestamp, minutes};
use http::header::{CONNECTION, HOST};
use http::{Method, Request};
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa,
    KeyPair, KeyUsagePurpose, SanType, date_time_ymd,
};
use url::Url;

use super::second_factors::{adds_an_app, keeps_the_codes, offers_totp};
use crate::oauth::with_client;
use crate::support::browser::Browser;
use crate::support::card::{Card, TlsClient, authority};
use crate::support::client_app::{Tokens, claims, parameter};
use crate::support::http::Answer;
use crate::support::page::Form;
use crate::support::people::{MARIE, PAUL, Person};
use crate::support::pki::{List, person};
use crate::support::world::{CERTIFICATE, PUBLIC, World, link, on_each_database};

const CHOOSE: &str = "Choisir mon certificat";
const ASSOCIATE: &str = "Se connecter et associer ce certificat";
const MINE: &str = "account/certificates";

/// What people have who were issued a card: an authority, and where the card is asked for.
pub(crate) struct Counter {
    pub(crate) authority: CertifiedIssuer<'static, KeyPair>,
    pub(crate) desk: Desk,
}

/// Where browsers are asked for a card.
pub(crate) struct Desk {
    listener: Box<TlsClient>,
    /// What each of them says besides.
    pub(crate) claims: Vec<(&'static str, String)>,
}

impl Deref for Counter {
    type Target = Desk;

    fn deref(&self) -> &Desk {
        &self.desk
    }
}

impl Counter {
    /// The realm takes certificates of a new authority; number 13 is revoked.
    pub(crate) async fn opens(world: &mut World) -> Self {
        let listener = world.asks_for_certificates().await;
        Self::opens_at(world, listener).await
    }

    /// The same, where cards are asked for by that listener, or by what stands before it.
    pub(crate) async fn opens_at(world: &mut World, listener: TlsClient) -> Self {
        let ours = authority("Autorité des personnes");
        let list = List::of(&[13]).pem(&ours);
        let desk = Desk::of(world, listener, &ours.pem()).await;
        world.adds_file("revocation-lists/ours.pem", list).await;
        Self { authority: ours, desk }
    }

    /// A card of that person, with that number.
    pub(crate) fn card(&self, who: &Person, serial: u64) -> Card {
        self.card_with(who, serial, |_| {})
    }

    /// The same, with what else its authority writes into it.
    pub(crate) fn card_with(&self, who: &Person, serial: u64, change: impl FnOnce(&mut CertificateParams)) -> Card {
        Card::issued_by(&self.authority, |params| {
            person(params, who.first_name, who.last_name, serial);
            change(params);
        })
    }

    /// An authority below it, which issues cards in its place.
    pub(crate) fn delegates(&self, name: &str) -> CertifiedIssuer<'static, KeyPair> {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.distinguished_name.push(DnType::CommonName, name);
        CertifiedIssuer::signed_by(params, KeyPair::generate().unwrap(), &self.authority).unwrap()
    }
}

impl Desk {
    /// The realm takes certificates of that authority, in PEM, and they are asked for by that listener.
    pub(crate) async fn of(world: &mut World, listener: TlsClient, authority: &str) -> Self {
        world.adds_file("trust-anchors/people/ours.pem", authority.to_owned()).await;
        let table = ("[operator.accessibility]", "[certificates]\n\n[operator.accessibility]");
        world.rewrites_realm(&[table]).await;
        Self { listener: Box::new(listener), claims: Vec::new() }
    }

    /// What the other host says to a browser that shows that card, or none.
    async fn asks(&self, address: &Url, card: Option<&Card>, method: Method) -> Answer {
        let client = card.map_or_else(|| (*self.listener).clone(), |card| self.listener.showing(card));
        let path = &address[url::Position::BeforePath..url::Position::AfterQuery];
        let host = CERTIFICATE.trim_start_matches("https://");
        let request = Request::builder().method(method).uri(path).header(HOST, host);
        let request = self.claims.iter().fold(request, |request, (name, value)| request.header(*name, value));
        client.asks(request.body("").unwrap()).await.unwrap()
    }

    /// From the page before to the page after.
    pub(crate) async fn shows(&self, browser: &mut Browser, card: Option<&Card>) {
        let there = self.sent(browser).await;
        let back = self.judged(&there, card).await;
        browser.opens(&back).await;
        assert_eq!(browser.place(), "certificate/result", "{}", browser.text());
    }

    /// From the page before to the address of the other host.
    async fn sent(&self, browser: &mut Browser) -> Url {
        browser.presses(CHOOSE).await;
        let there = browser.left_for().clone();
        assert_eq!(there.origin().ascii_serialization(), CERTIFICATE);
        there
    }

    /// Where the other host sends a browser on.
    async fn judged(&self, there: &Url, card: Option<&Card>) -> String {
        let answer = self.asks(there, card, Method::GET).await;
        assert_eq!((answer.status.as_u16(), answer.header(CONNECTION.as_str())), (303, Some("close")));
        assert_eq!(answer.cookies().count(), 0, "no cookie is set there");
        let back = answer.location().unwrap().to_owned();
        assert!(back.starts_with(PUBLIC), "{back}");
        back
    }

    /// Marie's card is hers from now on.
    pub(crate) async fn binds(&self, world: &World, who: &Person, card: &Card) -> Tokens {
        let (mut browser, portal) = (world.browser(), world.portal());
        let asked = portal.asks();
        at_certificate(&mut browser, &asked.url()).await;
        self.shows(&mut browser, Some(card)).await;
        browser.presses(ASSOCIATE).await.submits(&who.credentials()).await;
        assert_eq!(browser.place(), "certificate/associate", "{}", browser.text());
        browser.presses("Associer").await;
        portal.redeems(&asked, browser.left_for()).await
    }

    /// Signs in with that card.
    pub(crate) async fn signs_in(&self, world: &World, browser: &mut Browser, card: &Card) -> Tokens {
        let portal = world.portal();
        let asked = portal.asks();
        at_certificate(browser, &asked.url()).await;
        self.shows(browser, Some(card)).await;
        browser.presses("Continuer").await;
        portal.redeems(&asked, browser.left_for()).await
    }
}

/// From the portal's request to the page before the browser asks.
async fn at_certificate(browser: &mut Browser, address: &str) {
    browser.opens(address).await.follows("Se connecter avec un certificat").await;
    assert_eq!(browser.place(), "certificate");
}

/// Presses the first button that takes a certificate away.
async fn removes(browser: &mut Browser) {
    let first = browser.value("certificate").unwrap();
    browser.submits(&[("certificate", &first)]).await;
}

/// A browser that has shown that card for the portal.
pub(crate) async fn has_shown(world: &World, desk: &Desk, card: Option<&Card>) -> Browser {
    let mut browser = world.browser();
    at_certificate(&mut browser, &world.portal().asks().url()).await;
    desk.shows(&mut browser, card).await;
    browser
}

#[tokio::test]
async fn sr_91_sr_93_a_certificate_is_bound_by_whoever_shows_it_and_then_signs_in_and_signs_in_alone_afterwards() {
    on_each_database(async |world| {
        world.has(&MARIE).await;
        let counter = Counter::opens(world).await;
        let card = counter.card(&MARIE, 7);
        let first = counter.binds(world, &MARIE, &card).await;
        assert_eq!(claims(&first.id_token)["acr"], "password");
        let told = world.mails_to(MARIE.email).await;
        assert!(told.iter().any(|mail| mail.subject == "Un moyen de connexion a été ajouté"));
        world.advance(minutes(1));
        let mut browser = has_shown(world, &counter, Some(&card)).await;
        assert_eq!(browser.h1(), "Continuer avec ce certificat ?");
        assert!(
            browser.says("Ce certificat ouvre le compte de Marie Durand.") && browser.says("Autorité des personnes")
        );
        browser.presses("Continuer").await;
        assert!(browser.has_left());
        let told = counter.signs_in(world, &mut world.browser(), &card).await;
        let told = claims(&told.id_token);
        assert_eq!(
            (told["acr"].as_str(), told["sub"].as_str()),
            (Some("certificate"), claims(&first.id_token)["sub"].as_str())
        );
        assert_eq!(told["amr"], serde_json::json!(["pop", "swk"]));
    })
    .await;
}

#[tokio::test]
async fn sr_86_sr_90_what_proves_nobody_is_told_in_five_ways_and_the_trail_knows_why() {
    on_each_database(async |world| {
        let counter = Counter::opens(world).await;
        let good = |change: &dyn Fn(&mut CertificateParams)| counter.card_with(&MARIE, 7, change);
        let seal = good(&|params| {
            params.distinguished_name = DistinguishedName::new();
            params.distinguished_name.push(DnType::CommonName, "Cachet Exemple");
        });
        let silent = authority("Autorité des personnes");
        let cards = [
            (None, "Aucun certificat n’a été présenté.", "none_presented"),
            (
                Some(good(&|params| params.not_after = date_time_ymd(2026, 3, 2))),
                "La validité de ce certificat est terminée.",
                "expired",
            ),
            (
                Some(good(&|params| params.not_before = date_time_ymd(2026, 3, 9))),
                "La validité de ce certificat n’a pas encore commencé.",
                "not_yet_valid",
            ),
            (Some(counter.card(&MARIE, 13)), "Ce certificat a été révoqué.", "revoked"),
            (
                Some(Card::issued_by(&silent, |params| person(params, "Marie", "Durand", 7))),
                "Ce certificat vient d’une autorité qui n’est pas acceptée ici.",
                "unknown_issuer",
            ),
            (
                Some(Card::new(|params| person(params, "Marie", "Durand", 7))),
                "Ce certificat vient d’une autorité qui n’est pas acceptée ici.",
                "unknown_issuer",
            ),
            (
                Some(good(&|params| params.key_usages = vec![KeyUsagePurpose::ContentCommitment])),
                "Ce certificat n’est pas fait pour la connexion d’une personne.",
                "usage",
            ),
            (
                Some(good(&|params| params.extended_key_usages = vec![ExtendedKeyUsagePurpose::EmailProtection])),
                "Ce certificat n’est pas fait pour la connexion d’une personne.",
                "usage",
            ),
            (
                Some(good(&|params| params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained))),
                "Ce certificat n’est pas fait pour la connexion d’une personne.",
                "authority",
            ),
            (Some(seal), "Ce certificat n’est pas fait pour la connexion d’une personne.", "no_person"),
        ];
        for (card, words, reason) in &cards {
            let mut browser = has_shown(world, &counter, card.as_ref()).await;
            assert!(browser.says(words), "{reason}: {}", browser.text());
            assert!(browser.page().link("Choisir un autre certificat").is_some());
            assert_eq!(browser.says("Délivré par"), card.is_some(), "{reason}");
            let told = world.database.texts("SELECT content FROM events WHERE name = 'certificate.refused'").await;
            assert!(told.iter().any(|event| event.contains(&format!("\"reason\":\"{reason}\""))), "{reason}: {told:?}");
            browser.follows("Se connecter autrement").await;
            assert_eq!(browser.place(), "sign-in");
        }
        // Without the list nobody can say.
        world
            .adds_file("revocation-lists/ours.pem", List { days: (1, 2), ..List::of(&[]) }.pem(&counter.authority))
            .await;
        let browser = has_shown(world, &counter, Some(&counter.card(&MARIE, 7))).await;
        assert!(browser.says("Nous n’avons pas pu vérifier que ce certificat n’est pas révoqué."));
        assert_eq!(browser.status(), 503);
        let switch = [("[certificates]", "[certificates]\nunknown_status = \"accept\"")];
        world.rewrites_realm(&switch).await;
        let browser = has_shown(world, &counter, Some(&counter.card(&MARIE, 7))).await;
        assert!(browser.says("Ce certificat n’ouvre aucun compte utilisable ici."));
        let browser = has_shown(world, &counter, Some(&counter.card(&MARIE, 13))).await;
        assert!(browser.says("Nous n’avons pas pu") || browser.says("aucun compte"), "no list knows of it any more");
    })
    .await;
}

#[tokio::test]
async fn sr_210_a_hand_over_is_judged_once_and_spent_once_in_its_own_journey() {
    on_each_database(async |world| {
        world.has(&MARIE).await;
        let counter = Counter::opens(world).await;
        let card = counter.card(&MARIE, 7);
        counter.binds(world, &MARIE, &card).await;
        let mut browser = world.browser();
        at_certificate(&mut browser, &world.portal().asks().url()).await;
        let there = counter.sent(&mut browser).await;
        assert_eq!(counter.asks(&there, Some(&card), Method::HEAD).await.status, 200, "HEAD judges nothing");
        assert_eq!(counter.asks(&there, Some(&card), Method::POST).await.status, 405);
        let back = counter.judged(&there, Some(&card)).await;
        let again = counter.judged(&there, Some(&card)).await;
        assert!(back.contains("code=") && !again.contains("code="), "{again}");
        // Another browser has nothing of it, another journey neither.
        let mut thief = world.browser();
        at_certificate(&mut thief, &world.portal().asks().url()).await;
        let theirs = thief.at().query().unwrap().to_owned();
        let code = back.split("code=").nth(1).unwrap();
        thief.opens_page(&format!("certificate/result?{theirs}&code={code}")).await;
        assert!(thief.says("Le temps pour choisir un certificat est passé"), "{}", thief.text());
        let mut other_tab = browser.tab();
        at_certificate(&mut other_tab, &world.portal().asks().url()).await;
        let other = other_tab.at().query().unwrap().to_owned();
        other_tab.opens_page(&format!("certificate/result?{other}&code={code}")).await;
        assert!(other_tab.says("Le temps pour choisir un certificat est passé"));
        // Looking spends nothing, pressing does.
        browser.opens(&back).await.reloads().await;
        let form = Form { action: Some(browser.at().to_string()), ..browser.form("Continuer") };
        browser.presses("Continuer").await;
        assert!(browser.has_left());
        let replay = browser.posts(&form).await;
        assert_eq!(replay.status, 303, "the first answer again");
        let mut late = world.browser();
        at_certificate(&mut late, &world.portal().asks().url()).await;
        let there = counter.sent(&mut late).await;
        let back = counter.judged(&there, Some(&card)).await;
        world.advance(minutes(2));
        late.opens(&back).await;
        assert!(late.says("Le temps pour choisir un certificat est passé"));
        let never = format!("{CERTIFICATE}/realms/certinomis/certificate/hand-over?transaction=made-up");
        assert!(!counter.judged(&never.parse().unwrap(), Some(&card)).await.contains("code="));
    })
    .await;
}

#[tokio::test]
async fn sr_92_of_no_account_of_another_and_of_a_closed_one_sound_the_same() {
    on_each_database(async |world| {
        world.has(&MARIE).await;
        world.has(&PAUL).await;
        let counter = Counter::opens(world).await;
        let (hers, his) = (counter.card(&MARIE, 7), counter.card(&PAUL, 8));
        counter.binds(world, &MARIE, &hers).await;
        counter.binds(world, &PAUL, &his).await;
        // Paul signs in with his password after showing her card: she is told of nothing, and he gets nothing.
        let mut paul = world.browser();
        paul.opens(&world.portal().asks().with("prompt", "login").url()).await.submits(&PAUL.credentials()).await;
        world.advance(Duration::from_secs(1));
        let asked = world.portal().asks().with("prompt", "login");
        at_certificate(&mut paul, &asked.url()).await;
        counter.shows(&mut paul, Some(&hers)).await;
        assert!(paul.says("Ce certificat n’ouvre aucun compte utilisable ici."), "{}", paul.text());
        paul.presses(ASSOCIATE).await.submits(&[("password", PAUL.password)]).await;
        assert!(paul.says("Ce certificat est au nom de Marie Durand, le compte au nom de Paul Lefèvre."));
        paul.presses("Associer").await;
        assert!(paul.says("Ce certificat sert déjà à un autre compte."), "{}", paul.text());
        paul.presses("Continuer sans associer").await;
        assert!(paul.has_left());
        let realm = "certinomis".parse().unwrap();
        let marie = world.node.house.user(&realm, MARIE.email).await.unwrap().unwrap();
        world.node.house.switch_user(&realm, &marie, false).await.unwrap();
        let closed = has_shown(world, &counter, Some(&hers)).await;
        let nobody = has_shown(world, &counter, Some(&counter.card(&MARIE, 9))).await;
        assert!(closed.says("Ce certificat n’ouvre aucun compte utilisable ici."));
        assert!(nobody.says("Ce certificat semble remplacer celui d’un compte"));
        // The same subject from another authority is somebody else's.
        let twin = authority("Autre autorité");
        world.adds_file("trust-anchors/people/twin.pem", twin.pem()).await;
        world.adds_file("revocation-lists/twin.pem", List::of(&[]).pem(&twin)).await;
        let same = Card::issued_by(&twin, |params| person(params, "Paul", "Lefèvre", 8));
        let other = has_shown(world, &counter, Some(&same)).await;
        assert!(other.says("Ce certificat n’ouvre aucun compte utilisable ici."), "{}", other.text());
    })
    .await;
}

#[tokio::test]
async fn sr_64_a_certificate_with_the_names_and_the_address_of_an_account_opens_nothing_of_it() {
    on_each_database(async |world| {
        world.has(&MARIE).await;
        world.has(&PAUL).await;
        let counter = Counter::opens(world).await;
        let card = counter.card_with(&MARIE, 7, |params| {
            params.subject_alt_names.push(SanType::Rfc822Name(MARIE.email.try_into().unwrap()));
        });
        let mut browser = has_shown(world, &counter, Some(&card)).await;
        assert!(browser.says("Ce certificat n’ouvre aucun compte utilisable ici."), "{}", browser.text());
        assert!(!browser.says(MARIE.email), "whether there is such an account is not told");
        // Whoever signs in is who it is offered to, whatever is written in it.
        browser.presses(ASSOCIATE).await.submits(&PAUL.credentials()).await;
        browser.presses("Associer").await;
        let bound = "SELECT email FROM users JOIN certificates ON certificates.user_id = users.id";
        assert_eq!(world.database.texts(bound).await, [PAUL.email]);
    })
    .await;
}

#[tokio::test]
async fn sr_93_a_renewed_certificate_is_offered_and_bound_after_one_more_proof() {
    on_each_database(async |world| {
        world.has(&MARIE).await;
        let counter = Counter::opens(world).await;
        counter.binds(world, &MARIE, &counter.card(&MARIE, 7)).await;
        let renewed = counter.card(&MARIE, 8);
        let mut browser = has_shown(world, &counter, Some(&renewed)).await;
        assert!(browser.h1().starts_with("Certificat renouvelé"), "{}", browser.text());
        browser.presses(ASSOCIATE).await;
        assert_eq!(browser.notice().as_deref(), Some("Connectez-vous autrement pour associer votre certificat."));
        browser.submits(&MARIE.credentials()).await;
        assert!(browser.says("Ce certificat semble remplacer celui du compte de Marie Durand"));
        browser.presses("Associer").await;
        assert!(browser.has_left());
        counter.signs_in(world, &mut world.browser(), &renewed).await;
        // Later is an answer, and ten minutes are the end.
        let third = counter.card(&MARIE, 9);
        let mut later = has_shown(world, &counter, Some(&third)).await;
        later.presses(ASSOCIATE).await.submits(&MARIE.credentials()).await.presses("Plus tard").await;
        assert!(later.has_left());
        let mut slow = has_shown(world, &counter, Some(&third)).await;
        slow.presses(ASSOCIATE).await;
        world.advance(minutes(11));
        slow.submits(&MARIE.credentials()).await.presses("Associer").await;
        assert!(slow.says("Le certificat a été présenté il y a trop longtemps."), "{}", slow.text());
        assert!(has_shown(world, &counter, Some(&third)).await.says("remplacer"));
    })
    .await;
}

#[tokio::test]
async fn sr_95_a_session_ends_with_its_certificate() {
    on_each_database(async |world| {
        world.has(&MARIE).await;
        let counter = Counter::opens(world).await;
        // Midnight after the story begins: eleven hours later.
        let card = counter.card_with(&MARIE, 7, |params| params.not_after = date_time_ymd(2026, 3, 4));
        counter.binds(world, &MARIE, &card).await;
        let mut browser = world.browser();
        counter.signs_in(world, &mut browser, &card).await;
        let midnight = Timestamp::from_seconds(1_772_582_400);
        let known = async |browser: &mut Browser| browser.opens(&world.portal().asks().url()).await.has_left();
        while world.now() + minutes(20) < midnight {
            world.advance(minutes(20));
            assert!(known(&mut browser).await, "used every twenty minutes it lives");
        }
        world.advance(world.now().until(midnight));
        assert!(!known(&mut browser).await);
        // The last second is still within (RFC 5280 §4.1.2.5).
        world.advance(Duration::from_secs(1));
        assert!(has_shown(world, &counter, Some(&card)).await.says("La validité de ce certificat est terminée."));
    })
    .await;
}

#[tokio::test]
async fn sr_95_what_was_opened_with_a_certificate_ends_when_it_is_found_revoked() {
    on_each_database(async |world| {
        world.has(&MARIE).await;
        let counter = Counter::opens(world).await;
        let card = counter.card(&MARIE, 7);
        counter.binds(world, &MARIE, &card).await;
        let (mut by_card, mut by_password) = (world.browser(), world.browser());
        counter.signs_in(world, &mut by_card, &card).await;
        MARIE.signs_in(world, &mut by_password).await;
        world
            .adds_file("revocation-lists/ours.pem", List { days: (2, 30), ..List::of(&[7]) }.pem(&counter.authority))
            .await;
        assert!(has_shown(world, &counter, Some(&card)).await.says("Ce certificat a été révoqué."));
        let known = async |browser: &mut Browser| browser.opens(&world.portal().asks().url()).await.has_left();
        assert!(!known(&mut by_card).await && known(&mut by_password).await);
    })
    .await;
}

#[tokio::test]
async fn sr_104_certificates_are_listed_added_and_removed_by_whoever_has_just_proven_themselves() {
    on_each_database(async |world| {
        world.has(&MARIE).await;
        world.has(&PAUL).await;
        let counter = Counter::opens(world).await;
        let card = counter.card(&MARIE, 7);
        let mut browser = world.browser();
        // Nobody is signed in: the page is where it ends.
        browser.opens_page(MINE).await.submits(&MARIE.credentials()).await;
        assert_eq!((browser.place(), browser.h1().as_str()), (MINE, "Certificats"));
        assert!(browser.says("Aucun certificat ne permet de se connecter à votre compte."));
        // Adding begins with the card and ends with the password of the very same person.
        browser.presses("Associer un certificat").await;
        counter.shows(&mut browser, Some(&card)).await;
        browser.presses(ASSOCIATE).await;
        assert_eq!(browser.value("username").as_deref(), Some(MARIE.email));
        browser.submits(&[("password", PAUL.password)]).await;
        assert_eq!(browser.status(), 422);
        browser.submits(&[("password", MARIE.password)]).await.presses("Associer").await;
        assert_eq!(browser.place(), MINE, "{}", browser.text());
        assert!(browser.says("Autorité des personnes") && browser.says("jamais utilisé"));
        let mut by_card = world.browser();
        counter.signs_in(world, &mut by_card, &card).await;
        // Taking away asks again after five minutes, and comes back.
        world.advance(minutes(6));
        removes(browser.reloads().await).await;
        assert_eq!(browser.place(), "sign-in");
        browser.submits(&[("password", MARIE.password)]).await;
        assert_eq!(browser.place(), MINE);
        removes(&mut browser).await;
        assert!(browser.says("Le certificat a été retiré."), "{}", browser.text());
        assert_eq!(world.mail_to(MARIE.email).await.subject, "Un moyen de connexion a été retiré");
        by_card.opens(&world.portal().asks().url()).await;
        assert!(!by_card.has_left(), "what was opened with it is over");
        assert!(has_shown(world, &counter, Some(&card)).await.says("aucun compte"));
    })
    .await;
}

#[tokio::test]
async fn an_account_has_five_certificates_at_most_and_one_way_in_at_least() {
    on_each_database(async |world| {
        world.has(&MARIE).await;
        let counter = Counter::opens(world).await;
        for serial in 1..=5 {
            counter.binds(world, &MARIE, &counter.card(&MARIE, serial)).await;
        }
        let mut browser = has_shown(world, &counter, Some(&counter.card(&MARIE, 6))).await;
        browser.presses(ASSOCIATE).await.submits(&MARIE.credentials()).await.presses("Associer").await;
        assert!(browser.says("Ce compte a déjà 5 certificats."), "{}", browser.text());
        browser.presses("Continuer sans associer").await;
        assert!(browser.has_left());
        browser.opens_page(MINE).await;
        assert!(browser.says("Votre compte a autant de certificats que possible."));
        for _ in 0..4 {
            removes(&mut browser).await;
        }
        world.database.execute("DELETE FROM passwords").await;
        removes(&mut browser).await;
        assert_eq!(browser.status(), 422);
        assert!(browser.says("C’est votre seul moyen de connexion."), "{}", browser.text());
    })
    .await;
}

#[tokio::test]
async fn sr_52_whoever_denies_a_certificate_by_mail_closes_everything_and_takes_none_off() {
    on_each_database(async |world| {
        world.has(&MARIE).await;
        let counter = Counter::opens(world).await;
        let hers = counter.card(&MARIE, 7);
        counter.binds(world, &MARIE, &hers).await;
        let mails = world.mails_to(MARIE.email).await;
        let told = mails.iter().rev().find(|mail| mail.subject == "Un moyen de connexion a été ajouté").unwrap();
        world.advance(minutes(1));
        let mut inside = world.browser();
        counter.signs_in(world, &mut inside, &hers).await;
        let mut browser = world.browser();
        browser.opens(&link(told)).await;
        assert!(browser.says("Un certificat a été associé à ce compte."), "{}", browser.text());
        browser.presses("Ce n’est pas moi").await;
        assert_eq!(browser.place(), "recover/password/sent", "{}", browser.text());
        assert!(!inside.opens(&world.portal().asks().url()).await.has_left(), "the session is closed");
        // Whoever reads the mailbox alone could undo the owner's own (ADR 0049).
        world.advance(Duration::from_secs(1));
        counter.signs_in(world, &mut browser, &hers).await;
    })
    .await;
}

#[tokio::test]
async fn sr_82_sr_93_a_certificate_is_bound_by_whoever_proves_all_that_the_account_has() {
    on_each_database(async |world| {
        world.has(&MARIE).await;
        let counter = Counter::opens(world).await;
        offers_totp(world, "on-demand").await;
        let mut browser = world.browser();
        MARIE.signs_in(world, &mut browser).await;
        browser.opens_page("account/second-factors").await.presses("Ajouter une application de codes").await;
        let app = adds_an_app(world, &mut browser).await;
        keeps_the_codes(&mut browser).await;
        world.advance(minutes(1));
        // The realm asks for no code at sign-in; a stranger with the password still binds no certificate of theirs.
        let mut stranger = has_shown(world, &counter, Some(&counter.card(&PAUL, 8))).await;
        stranger.presses(ASSOCIATE).await.submits(&MARIE.credentials()).await;
        assert_eq!(stranger.place(), "sign-in/code", "{}", stranger.text());
        let bound = "SELECT count(*) FROM certificates";
        assert_eq!(world.database.count(bound).await, 0);
        stranger.submits(&[("code", &app.shows(world.now()))]).await.presses("Associer").await;
        assert_eq!(world.database.count(bound).await, 1, "{}", stranger.text());
    })
    .await;
}

#[tokio::test]
async fn sr_201_the_copy_of_an_account_lists_its_certificates() {
    on_each_database(async |world| {
        world.has(&MARIE).await;
        let counter = Counter::opens(world).await;
        let card = counter.card(&MARIE, 0x1d);
        counter.binds(world, &MARIE, &card).await;
        world.advance(minutes(1));
        let mut browser = world.browser();
        counter.signs_in(world, &mut browser, &card).await;
        browser.opens_page("account/export").await;
        let copy = browser.posts(&browser.form("Télécharger le fichier")).await.json();
        let listed = &copy["sign_in"]["certificates"][0];
        assert_eq!((&listed["serial"], &listed["subject"]), (&"1d".into(), &"Marie Durand".into()), "{copy}");
        assert!(listed["used_at"].is_string() && listed["revoked_at"].is_null(), "{listed}");
    })
    .await;
}

#[tokio::test]
async fn sr_84_an_application_that_takes_certificates_alone_asks_for_one_after_whatever_else_was_proven() {
    on_each_database(async |world| {
        world.has(&MARIE).await;
        world.has(&PAUL).await;
        let counter = Counter::opens(world).await;
        let (hers, his) = (counter.card(&MARIE, 7), counter.card(&PAUL, 8));
        counter.binds(world, &MARIE, &hers).await;
        let vault = with_client(world, "vault", &[("minimum_acr", "\"certificate\"")]).await;
        let mut marie = world.browser();
        MARIE.signs_in(world, &mut marie).await;
        marie.opens(&vault.asks().with("prompt", "none").url()).await;
        assert_eq!(parameter(marie.left_for(), "error").as_deref(), Some("login_required"));
        let asked = vault.asks();
        marie.opens(&asked.url()).await;
        assert_eq!(marie.place(), "certificate", "no password once more: {}", marie.text());
        assert!(marie.says("Cette application s’ouvre avec un certificat."));
        assert!(marie.page().link("Se connecter autrement").is_none(), "there is no other way");
        counter.shows(&mut marie, None).await;
        assert!(marie.says("Aucun certificat n’a été présenté."));
        marie.follows("Choisir un autre certificat").await;
        counter.shows(&mut marie, Some(&hers)).await;
        marie.presses("Continuer").await;
        assert_eq!(claims(&vault.redeems(&asked, marie.left_for()).await.id_token)["acr"], "certificate");
        // Paul has none yet: what he shows and binds on the way is what was waited for; later is no way in.
        let (mut paul, asked) = (world.browser(), vault.asks());
        paul.opens(&asked.url()).await.submits(&PAUL.credentials()).await;
        assert_eq!(paul.place(), "certificate", "{}", paul.text());
        for (button, place) in [("Plus tard", "certificate"), ("Associer", "")] {
            counter.shows(&mut paul, Some(&his)).await;
            paul.presses(ASSOCIATE).await;
            assert_eq!(paul.value("username").as_deref(), Some(PAUL.email));
            paul.submits(&[("password", PAUL.password)]).await.presses(button).await;
            assert!(paul.has_left() == place.is_empty(), "{button}: {}", paul.text());
            assert!(paul.has_left() || paul.place() == place, "{button}: {}", paul.text());
        }
        assert_eq!(claims(&vault.redeems(&asked, paul.left_for()).await.id_token)["acr"], "certificate");
    })
    .await;
}

#[tokio::test]
async fn a_realm_without_certificates_has_none_of_their_pages() {
    on_each_database(async |world| {
        world.has(&MARIE).await;
        let listener = world.asks_for_certificates().await;
        let mut browser = world.browser();
        browser.opens(&world.portal().asks().url()).await;
        assert!(browser.page().link("Se connecter avec un certificat").is_none());
        let query = browser.at().query().unwrap().to_owned();
        for page in ["certificate", "certificate/result"] {
            assert_eq!(browser.opens_page(&format!("{page}?{query}")).await.status(), 404, "{page}");
        }
        let path = "/realms/certinomis/certificate/hand-over?transaction=x";
        let host = CERTIFICATE.trim_start_matches("https://");
        let answer = listener.asks(Request::get(path).header(HOST, host).body("").unwrap()).await.unwrap();
        assert_eq!(answer.status, 404);
        assert_eq!(browser.opens_page("certificate/hand-over").await.status(), 404, "nor is it asked for here");
        MARIE.signs_in(world, &mut browser).await;
        assert_eq!(browser.opens_page(MINE).await.status(), 404);
        assert!(!browser.opens_page("account").await.says("Certificats"));
    })
    .await;
}
