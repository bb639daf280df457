//! SR-170: whoever asks learns nothing of the way there, and asks through a shelf that keeps what came and what failed.

use std::sync::Arc;

use guichet::clock::{Duration, Stopwatch, Timestamp, minutes};
use guichet::outbound::{Documents, OutboundSettings, Purpose, Unreachable, Wanted};
use tokio::sync::Semaphore;

use super::{ADDRESS, KIND, LONG, SHORT, figures};
use crate::support::outside::Outside;
use crate::support::peer::Reply;
use crate::support::world::on_each_database;

const NOW: Timestamp = Timestamp::from_seconds(1_772_543_520);

fn wanted(now: Timestamp) -> Wanted<'static> {
    Wanted { client: "shop", purpose: Purpose::Jwks, address: ADDRESS, now }
}

#[tokio::test]
async fn sr_170_closed_ports_closed_networks_and_wrong_answers_sound_the_same_and_take_as_long() {
    let outside = Outside::new();
    let peer = outside.peer("peer.example").await;
    peer.says(Reply::status(404));
    // Nobody listens where somebody did.
    let gone = outside.stranger("127.0.0.1", "gone.example").await;
    outside.names.lead("gone.example", &[gone.address]);
    drop(gone);
    outside.names.lead("closed.example", &["10.0.0.1:443".parse().unwrap()]);
    let documents = Arc::new(Documents::new(outside.outbound(SHORT)));
    let hosts =
        ["peer.example", "gone.example", "closed.example", "unknown.example", "user@peer.example", "peer.example:22"];
    let asking = hosts.map(|host| {
        let documents = Arc::clone(&documents);
        tokio::spawn(async move {
            let (address, watch) = (format!("https://{host}/jwks"), Stopwatch::start());
            let answer = documents.get(Wanted { address: &address, ..wanted(NOW) }).await;
            assert!(watch.elapsed() >= SHORT, "{host} was told as late as silence would have been");
            format!("{answer:?}: {}", answer.as_ref().unwrap_err())
        })
    });
    let mut told = Vec::new();
    for answer in asking {
        told.push(answer.await.unwrap());
    }
    told.dedup();
    assert_eq!(told, ["Err(Unreachable): the address cannot be reached"]);
    let outcomes = "jwks closed_address 1, jwks no_connection 2, jwks status 1, jwks unfit_address 2";
    assert_eq!(figures(|registry| documents.register(registry)), outcomes, "the operator knows better");
}

#[tokio::test]
async fn sr_170_what_came_is_kept_for_its_life_for_the_client_that_it_is_of() {
    let outside = Outside::new();
    let peer = outside.peer("peer.example").await;
    let documents = Documents::new(outside.outbound(LONG));
    peer.says(Reply::document(KIND, "1"));
    assert_eq!(documents.get(wanted(NOW)).await.unwrap().bytes(), b"1");
    peer.says(Reply::document(KIND, "2"));
    let almost = NOW + minutes(10) - Duration::from_millis(1);
    assert_eq!(documents.get(wanted(almost)).await.unwrap().bytes(), b"1");
    assert_eq!(documents.get(Wanted { client: "portal", ..wanted(NOW) }).await.unwrap().bytes(), b"2", "its own");
    assert_eq!(documents.get(wanted(NOW + minutes(10))).await.unwrap().bytes(), b"2");
    assert_eq!(peer.met(), 3);
}

#[tokio::test]
async fn sr_170_failures_are_kept_for_a_moment() {
    let outside = Outside::new();
    let peer = outside.peer("peer.example").await;
    let documents = Documents::new(outside.outbound(SHORT));
    assert_eq!(documents.get(wanted(NOW)).await, Err(Unreachable));
    peer.says(Reply::document(KIND, "{}"));
    let almost = NOW + Duration::from_millis(29_999);
    assert_eq!(documents.get(wanted(almost)).await, Err(Unreachable));
    assert_eq!(documents.refetch(wanted(almost)).await, Err(Unreachable));
    assert_eq!(peer.met(), 1, "those who insist do not knock either");
    // The time-out of this story is short, and a machine under load may need a second try.
    let mut later = NOW + Duration::from_secs(30);
    while documents.get(wanted(later)).await.is_err() {
        later = later + Duration::from_secs(30);
    }
}

/// The suite rolls a client's keys and tries the new one after 60 s (refresh-token-rp-key-rotation).
#[tokio::test]
async fn sr_170_an_unknown_key_is_looked_for_once_in_thirty_seconds() {
    let outside = Outside::new();
    let peer = outside.peer("peer.example").await;
    let documents = Documents::new(outside.outbound(LONG));
    peer.says(Reply::document(KIND, "old"));
    assert_eq!(documents.refetch(wanted(NOW)).await.unwrap().bytes(), b"old");
    peer.says(Reply::document(KIND, "new"));
    let almost = NOW + Duration::from_millis(29_999);
    assert_eq!(documents.refetch(wanted(almost)).await.unwrap().bytes(), b"old");
    assert_eq!(documents.refetch(wanted(NOW + Duration::from_secs(30))).await.unwrap().bytes(), b"new");
    assert_eq!(documents.get(wanted(NOW + Duration::from_secs(31))).await.unwrap().bytes(), b"new");
    assert_eq!(peer.met(), 2);
}

#[tokio::test]
async fn sr_170_insisting_takes_no_good_keys_away() {
    let outside = Outside::new();
    let peer = outside.peer("peer.example").await;
    let documents = Documents::new(outside.outbound(LONG));
    peer.says(Reply::document(KIND, "keys"));
    assert!(documents.get(wanted(NOW)).await.is_ok());
    peer.says(Reply::status(503));
    let later = NOW + Duration::from_secs(30);
    assert_eq!(documents.refetch(wanted(later)).await.unwrap().bytes(), b"keys", "they are good as long as they were");
    assert_eq!(documents.get(wanted(later)).await.unwrap().bytes(), b"keys");
    assert_eq!(peer.met(), 2);
}

#[tokio::test]
async fn sr_170_many_who_ask_at_once_make_one_request() {
    let outside = Outside::new();
    let peer = outside.peer("peer.example").await;
    let gate = Arc::new(Semaphore::new(0));
    peer.says(Reply::document(KIND, "{}").behind(&gate));
    let documents = Arc::new(Documents::new(outside.outbound(LONG)));
    let asking: Vec<_> = (0..20)
        .map(|n| {
            let documents = Arc::clone(&documents);
            let insist = n % 2 == 1;
            tokio::spawn(async move {
                if insist { documents.refetch(wanted(NOW)).await } else { documents.get(wanted(NOW)).await }
            })
        })
        .collect();
    gate.add_permits(20);
    for answer in asking {
        assert!(answer.await.unwrap().is_ok());
    }
    assert_eq!(peer.heard().len(), 1);
}

#[tokio::test]
async fn sr_170_who_gives_up_in_the_middle_blocks_nobody() {
    let outside = Outside::new();
    let peer = outside.peer("peer.example").await;
    let gate = Arc::new(Semaphore::new(0));
    peer.says(Reply::document(KIND, "{}").behind(&gate));
    let documents = Arc::new(Documents::new(outside.outbound(LONG)));
    let asking = {
        let documents = Arc::clone(&documents);
        tokio::spawn(async move { documents.get(wanted(NOW)).await })
    };
    while peer.heard().is_empty() {
        tokio::task::yield_now().await;
    }
    asking.abort();
    assert!(asking.await.unwrap_err().is_cancelled());
    gate.add_permits(2);
    assert!(documents.get(wanted(NOW)).await.is_ok());
}

#[tokio::test]
async fn sr_170_a_client_makes_us_ask_so_often_and_not_more() {
    let outside = Outside::new();
    let peer = outside.peer("peer.example").await;
    peer.says(Reply::document(KIND, "{}"));
    let documents = Documents::new(outside.outbound(LONG));
    let mut refused = 0;
    for n in 0..70 {
        let address = format!("https://peer.example/{n}");
        refused += usize::from(documents.get(Wanted { address: &address, ..wanted(NOW) }).await.is_err());
    }
    assert_eq!((peer.met(), refused), (60, 10));
    assert!(documents.get(Wanted { client: "portal", ..wanted(NOW) }).await.is_ok(), "others have their own share");
    assert!(documents.get(wanted(NOW + minutes(1))).await.is_ok());
}

#[tokio::test]
async fn a_request_object_is_asked_for_each_time_unless_its_address_is_its_hash() {
    let outside = Outside::new();
    let peer = outside.peer("peer.example").await;
    peer.says(Reply::document("application/jwt", "abc"));
    let documents = Documents::new(outside.outbound(LONG));
    for (fragment, asked) in [("", 2), ("#any", 4), ("#ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0", 5)] {
        let address = format!("https://peer.example/request{fragment}");
        let wanted = Wanted { purpose: Purpose::RequestObject, address: &address, ..wanted(NOW) };
        assert!(documents.get(wanted).await.is_ok() && documents.get(wanted).await.is_ok());
        assert_eq!(peer.met(), asked, "{address}");
    }
}

#[tokio::test]
async fn sr_169_nothing_is_listed_by_default() {
    let outside = Outside::new();
    let peer = outside.peer("peer.example").await;
    peer.says(Reply::document(KIND, "{}"));
    let documents = Documents::new(outside.outbound_with(OutboundSettings::default(), SHORT));
    assert_eq!(documents.get(wanted(NOW)).await, Err(Unreachable));
    assert_eq!(peer.met(), 0);
}

#[tokio::test]
async fn sr_168_a_house_fetches_what_its_clients_point_to() {
    on_each_database(async |world| {
        let peer = world.outside.peer("peer.example").await;
        peer.says(Reply::document(KIND, "{\"keys\":[]}"));
        let documents = world.node.house.documents();
        assert_eq!(documents.get(wanted(world.now())).await.unwrap().bytes(), b"{\"keys\":[]}");
        let figures = figures(|registry| world.node.house.register(registry));
        assert_eq!(figures, "jwks good 1");
    })
    .await;
}
