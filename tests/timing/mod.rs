//! Nobody learns with a stopwatch who has an account: known and unknown addresses are told apart with an area under the
//! ROC curve of 0.55 at most, over a thousand interleaved requests of each (SR-4).

mod auc;
mod counter;

use auc::auc;
use counter::{Counter, known, unknown};
use guichet::realm::preset::Preset::{self, Certigna, Certinomis, ChamberSign};

/// Requests of each class.
const EACH: u32 = 1_000;

/// The most that may be told.
const MOST: f64 = 0.55;

/// Sends forms for known and unknown addresses in turn, and compares how long the answers took.
async fn told_apart(
    (preset, page): (Preset, &'static str),
    expected: u16,
    fields: impl Fn(&str) -> Vec<(&'static str, String)>,
) {
    let counter = Counter::open(preset, page, |_| Vec::new()).await;
    told_apart_by(counter, page, expected, fields).await;
}

async fn told_apart_by(
    mut counter: Counter,
    page: &str,
    expected: u16,
    fields: impl Fn(&str) -> Vec<(&'static str, String)>,
) {
    let mut times = [Vec::new(), Vec::new()];
    for number in 1..=EACH {
        // ABBA: whichever comes first in a pair may be slower for that alone.
        let order = if number.is_multiple_of(2) { [0, 1] } else { [1, 0] };
        for class in order {
            let address = if class == 0 { known(number) } else { unknown(number) };
            let fields = fields(&address);
            let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
            let (took, status) = counter.send(&fields).await;
            assert_eq!(status, expected, "{address}");
            times[class].push(took);
        }
    }
    let area = auc(&times[0], &times[1]);
    let [known, unknown] = times.map(median);
    println!("{page}: AUC {area:.3}; median {known:.0} µs known, {unknown:.0} µs unknown");
    assert!(area <= MOST, "{page}: AUC {area:.3}; median {known:.0} µs known, {unknown:.0} µs unknown");
}

fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

#[tokio::test]
async fn sr_3_sr_4_time_does_not_tell_accounts_apart_at_sign_in() {
    told_apart((Certinomis, "sign-in"), 422, |address| {
        vec![("username", address.to_owned()), ("password", "Tilleul-brouette-42".to_owned())]
    })
    .await;
}

#[tokio::test]
async fn sr_4_time_does_not_tell_accounts_apart_at_registration() {
    told_apart((Certinomis, "register"), 303, |address| {
        vec![("firstName", "Marie".to_owned()), ("lastName", "Durand".to_owned()), ("email", address.to_owned())]
    })
    .await;
}

#[tokio::test]
async fn sr_4_time_does_not_tell_accounts_apart_at_recovery() {
    told_apart((Certinomis, "recover/password"), 303, |address| vec![("username", address.to_owned())]).await;
}

#[tokio::test]
async fn sr_4_time_does_not_tell_accounts_apart_at_registration_with_a_password() {
    told_apart((ChamberSign, "register"), 303, |address| {
        vec![
            ("firstName", "Marie".to_owned()),
            ("lastName", "Durand".to_owned()),
            ("email", address.to_owned()),
            ("password-new", "Tilleul-brouette-42".to_owned()),
            ("password-confirm", "Tilleul-brouette-42".to_owned()),
        ]
    })
    .await;
}

#[tokio::test]
async fn sr_4_time_does_not_tell_accounts_apart_at_a_change_of_address() {
    told_apart((Certinomis, "account/email"), 303, |address| vec![("email", address.to_owned())]).await;
}

#[tokio::test]
async fn sr_4_sr_59_time_does_not_tell_accounts_apart_at_recovery_of_the_identifier() {
    told_apart((Certigna, "recover/identifier"), 303, |address| vec![("email", address.to_owned())]).await;
}

#[tokio::test]
async fn sr_4_sr_61_time_does_not_tell_accounts_apart_at_registration_of_an_organisation() {
    let page = "register/administrator";
    let counter = Counter::open(Certigna, page, |number| {
        let entity = [
            ("way", "shown"),
            ("organisation-kind", "company"),
            ("organisation", "Exemple et filles"),
            ("street-address", "12, chemin de l’Égalité"),
            ("town", "Mata-Utu"),
            ("country", "WF"),
            ("organisation-phone", "+681 72 00 00"),
        ];
        let mut entity: Vec<_> = entity.map(|(name, value)| (name, value.to_owned())).into();
        entity.push(("organisation-number", format!("2024/{number}")));
        vec![vec![("registered-in", "elsewhere".to_owned())], vec![("has-vat", "no".to_owned())], entity]
    });
    told_apart_by(counter.await, page, 303, |address| {
        vec![
            ("firstName", "Marie".to_owned()),
            ("lastName", "Durand".to_owned()),
            ("phoneNumber", "+33 6 12 34 56 78".to_owned()),
            ("email", address.to_owned()),
            ("emailConfirm", address.to_owned()),
        ]
    })
    .await;
}
