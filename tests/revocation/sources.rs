//! Whom a house asks, what it keeps of it for all nodes, and what becomes of sources that fail.

use guichet::clock::{Duration, Stopwatch, Timestamp, hours, minutes};
use guichet::entropy::SeededEntropy;
use guichet::outbound::Outbound;
use guichet::proofs::certificate::{Doubt, Standing};
use guichet::revocation::Revocation;
use guichet::store::Store;
use guichet::x509::{CertificationPath, RevocationList, TrustAnchors};
use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};
use tokio::sync::Semaphore;

use super::{NOW, certificate, path};
use crate::support::card::{Card, authority};
use crate::support::database::{Database, Engine};
use crate::support::outside::Outside;
use crate::support::peer::Reply;
use crate::support::pki::{List, Responder, answers_at, lists_at, machine_time, person};

const KIND: &str = "application/pkix-crl";
const LIST: &str = "https://crl.example/one.crl";
const OTHER: &str = "https://autre.example/one.crl";
const ANSWERS: &str = "http://ocsp.example/";
const LONG: Duration = Duration::from_secs(5);
const SHORT: Duration = Duration::from_secs(1);

const UNREACHABLE: Standing = Standing::Unknown(Doubt::Unreachable);

/// A node that asks.
struct Asker {
    store: Store,
    outbound: Outbound,
}

impl Asker {
    async fn new(database: &Database, outside: &Outside, time: Duration) -> Self {
        Self { store: database.open().await, outbound: outside.outbound(time) }
    }

    async fn asks(&self, path: &CertificationPath, lists: &[RevocationList], now: Timestamp) -> Standing {
        let entropy = SeededEntropy::new(3);
        let revocation = Revocation { store: &self.store, outbound: &self.outbound, entropy: &entropy };
        revocation.standing(path, lists, now).await.unwrap()
    }
}

async fn on_each_engine(story: impl AsyncFn(&Database, &Outside)) {
    for engine in Engine::available() {
        let (database, outside) = (Database::new(engine).await, Outside::new());
        story(&database, &outside).await;
        database.end().await;
    }
}

#[tokio::test]
async fn sr_90_a_responder_is_believed_and_its_word_is_kept_for_all_nodes_until_it_ends() {
    on_each_engine(async |database, outside| {
        let ours = authority("Autorité");
        let responder = Responder::of(&ours, &[(1, false), (2, true)]);
        let listening = responder.listens();
        outside.names.lead("ocsp.example", &[listening.address]);
        let way = |serial| path(&ours, &certificate(&ours, serial, |params| answers_at(params, ANSWERS)), &[]);
        let (good, revoked, unknown) = (way(1), way(2), way(3));
        let (one, two) = (Asker::new(database, outside, LONG).await, Asker::new(database, outside, LONG).await);
        let now = machine_time();
        assert_eq!(one.asks(&good, &[], now).await, Standing::Good);
        assert!(matches!(one.asks(&revoked, &[], now).await, Standing::Revoked { .. }));
        assert_eq!(one.asks(&unknown, &[], now).await, Standing::Unknown(Doubt::NotTold));
        drop(listening);
        assert_eq!(two.asks(&good, &[], now + minutes(9)).await, Standing::Good, "another node has the copy");
        assert_eq!(two.asks(&good, &[], now + minutes(30)).await, Standing::Good, "it holds although nobody answers");
        assert!(matches!(two.asks(&revoked, &[], now + minutes(30)).await, Standing::Revoked { .. }));
        assert_eq!(one.asks(&good, &[], now + minutes(66)).await, UNREACHABLE, "and not beyond");
    })
    .await;
}

#[tokio::test]
async fn sr_90_who_is_slow_is_not_waited_for_and_not_asked_again_for_a_moment() {
    on_each_engine(async |database, outside| {
        let ours = authority("Autorité");
        let peer = outside.peer("ocsp.example").await;
        peer.says(Reply::document("application/ocsp-response", "").behind(&Arc::new(Semaphore::new(0))));
        let subject = certificate(&ours, 1, |params| answers_at(params, "https://ocsp.example/"));
        let (asker, watch) = (Asker::new(database, outside, LONG).await, Stopwatch::start());
        assert_eq!(asker.asks(&path(&ours, &subject, &[]), &[], NOW).await, UNREACHABLE);
        assert!(watch.elapsed() >= Duration::from_secs(2), "it was waited for");
        assert!(watch.elapsed() < Duration::from_secs(5), "for two seconds, and not five: {:?}", watch.elapsed());
        let almost = NOW + Duration::from_millis(29_999);
        assert_eq!(asker.asks(&path(&ours, &subject, &[]), &[], almost).await, UNREACHABLE);
        assert_eq!(peer.met(), 1);
    })
    .await;
}

#[tokio::test]
async fn sr_90_a_list_that_is_no_good_tells_nothing_and_takes_no_good_one_away() {
    on_each_engine(async |database, outside| {
        let (ours, twin) = (authority("Autorité"), authority("Autorité"));
        let peer = outside.peer("crl.example").await;
        let asker = Asker::new(database, outside, SHORT).await;
        let way = path(&ours, &certificate(&ours, 7, |params| lists_at(params, &[LIST])), &[]);
        let list = |days, serials: &[u64]| List { days, ..List::of(serials) }.by(&ours);
        let bad = [
            ("stale", Reply::document(KIND, list((1, 2), &[])), Doubt::Stale),
            ("forged", Reply::document(KIND, List::of(&[]).by(&twin)), Doubt::Forged),
            ("a page", Reply::document(KIND, "<!doctype html>"), Doubt::Unreadable),
            ("announced as a page", Reply::document("text/html", list((1, 30), &[])), Doubt::Unreachable),
            ("huge", Reply::endless(KIND), Doubt::Unreachable),
            ("half", Reply::half(KIND), Doubt::Unreachable),
            ("gone", Reply::status(404), Doubt::Unreachable),
            ("elsewhere", Reply::redirect("https://autre.example/"), Doubt::Unreachable),
        ];
        let mut now = NOW;
        for (case, reply, doubt) in &bad {
            peer.says(reply.clone());
            assert_eq!(asker.asks(&way, &[], now).await, Standing::Unknown(*doubt), "{case}");
            now = now + Duration::from_secs(30);
        }
        peer.says(Reply::document(KIND, list((2, 30), &[])));
        // The time-out of this story is short, and a machine under load may need a second try.
        while asker.asks(&way, &[], now).await != Standing::Good {
            now = now + Duration::from_secs(30);
        }
        for (case, reply, _) in bad {
            now = now + hours(1);
            peer.says(reply);
            assert_eq!(asker.asks(&way, &[], now).await, Standing::Good, "{case}: the copy holds");
        }
        now = now + hours(1);
        peer.says(Reply::document(KIND, list((1, 30), &[7])));
        assert_eq!(asker.asks(&way, &[], now).await, Standing::Good, "an older list replaces no newer one");
        now = now + hours(1);
        peer.says(Reply::document(KIND, list((3, 30), &[7])));
        while asker.asks(&way, &[], now).await == Standing::Good {
            now = now + Duration::from_secs(30);
        }
        assert!(matches!(asker.asks(&way, &[], now).await, Standing::Revoked { .. }));
    })
    .await;
}

#[tokio::test]
async fn sr_90_every_distribution_point_is_considered_and_a_list_serves_all_certificates_of_its_issuer() {
    on_each_engine(async |database, outside| {
        let ours = authority("Autorité");
        let (dead, peer) = (outside.peer("autre.example").await, outside.peer("crl.example").await);
        peer.says(Reply::document(KIND, List::of(&[8]).by(&ours)));
        let asker = Asker::new(database, outside, LONG).await;
        let way = |serial| {
            let subject = certificate(&ours, serial, |params| {
                answers_at(params, "http://nobody.example/");
                lists_at(params, &["ldap://crl.example/cn=one", OTHER, LIST]);
            });
            path(&ours, &subject, &[])
        };
        assert_eq!(asker.asks(&way(7), &[], NOW).await, Standing::Good);
        assert!(matches!(asker.asks(&way(8), &[], NOW).await, Standing::Revoked { .. }));
        assert_eq!((dead.met(), peer.met()), (1, 1));
    })
    .await;
}

#[tokio::test]
async fn sr_90_lists_of_the_realms_folder_come_first_and_nobody_is_asked() {
    on_each_engine(async |database, outside| {
        let (ours, others) = (authority("Autorité"), authority("Autre"));
        let peer = outside.peer("crl.example").await;
        let asker = Asker::new(database, outside, SHORT).await;
        let way = |serial| path(&ours, &certificate(&ours, serial, |params| lists_at(params, &[LIST])), &[]);
        let pem = List::of(&[1]).pem(&others) + List::of(&[8]).pem(&ours).as_str();
        let lists = RevocationList::read(&pem).unwrap();
        assert_eq!(asker.asks(&way(7), &lists, NOW).await, Standing::Good);
        assert!(matches!(asker.asks(&way(8), &lists, NOW).await, Standing::Revoked { .. }));
        assert_eq!(peer.met(), 0);
        let old = RevocationList::read(&List { days: (1, 2), ..List::of(&[]) }.pem(&ours)).unwrap();
        assert_eq!(asker.asks(&way(7), &old, NOW).await, UNREACHABLE, "an old one is none");
        assert_eq!(peer.met(), 1);
        let silent = path(&ours, &certificate(&ours, 7, |_| {}), &[]);
        assert_eq!(asker.asks(&silent, &[], NOW).await, Standing::Unknown(Doubt::NoSource));
        assert_eq!(asker.asks(&silent, &old, NOW).await, Standing::Unknown(Doubt::Stale));
    })
    .await;
}

#[tokio::test]
async fn sr_90_an_authority_between_may_be_revoked_as_well() {
    on_each_engine(async |database, outside| {
        let root = authority("Racine");
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.distinguished_name.push(DnType::CommonName, "Entre");
        params.serial_number = Some(rcgen::SerialNumber::from(5_u64));
        let between = CertifiedIssuer::signed_by(params, KeyPair::generate().unwrap(), &root).unwrap();
        let card = Card::issued_by(&between, |params| person(params, "Marie", "Durand", 7));
        let way = TrustAnchors::read(&root.pem()).unwrap();
        let way = way.path_to(&card.certificate, &[between.der().to_vec()], NOW).unwrap();
        let asker = Asker::new(database, outside, SHORT).await;
        let below = List::of(&[]).pem(&between);
        for (above, expected) in [(List::of(&[]), true), (List::of(&[5]), false)] {
            let lists = RevocationList::read(&(above.pem(&root) + below.as_str())).unwrap();
            let standing = asker.asks(&way, &lists, NOW).await;
            assert_eq!(standing == Standing::Good, expected, "{standing:?}");
            assert_eq!(matches!(standing, Standing::Revoked { .. }), !expected);
        }
        let alone = RevocationList::read(&below).unwrap();
        assert_eq!(asker.asks(&way, &alone, NOW).await, Standing::Unknown(Doubt::NoSource));
    })
    .await;
}
