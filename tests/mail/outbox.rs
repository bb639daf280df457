//! What becomes of a waiting mail, one try at a time.

use guichet::clock::{Timestamp, hours, minutes};
use guichet::entropy::SeededEntropy;
use guichet::identity::language::Language;
use guichet::ids::MailId;
use guichet::mail::courier::{Courier, SmtpSettings};
use guichet::mail::delivery::Delivery;
use guichet::mail::mailbox::Mailbox;
use guichet::mail::message::Mail;
use guichet::mail::outbox::{Outcome, Waiting, attempt};
use guichet::themes::theme::Theme;

use super::texts::{ACCOUNT, NOW, realm};
use crate::support::smtp::{Answer, Script, SmtpSink};

fn waiting(kind: &str, tries: u32) -> Waiting {
    let sample = Mail::samples(NOW).into_iter().find(|sample| sample.mail.kind() == kind).unwrap();
    Waiting {
        id: MailId::new(NOW, &SeededEntropy::new(3)),
        realm: "certinomis".parse().unwrap(),
        recipient: ACCOUNT.to_owned(),
        language: Language::French,
        mail: sample.mail,
        tries,
        queued_at: NOW,
    }
}

/// Tries once in front of that delivery.
async fn try_once(waiting: &Waiting, delivery: &Delivery, now: Timestamp) -> Outcome {
    let realm = realm("base");
    let theme = Theme::of(&realm).unwrap();
    attempt(waiting, Some((&realm, &theme)), delivery, now).await
}

async fn relay(answers: Vec<Answer>) -> (SmtpSink, Delivery) {
    let sink = SmtpSink::start(Script { answers, ..Script::default() }).await;
    let settings = SmtpSettings {
        port: Some(sink.port()),
        ca_file: Some(sink.ca_file().to_owned()),
        ..SmtpSettings::to("localhost")
    };
    (sink, Delivery::Smtp(Courier::new(settings).unwrap()))
}

#[tokio::test]
async fn a_mail_reaches_the_relay_in_the_readers_language() {
    let (sink, delivery) = relay(Vec::new()).await;
    let waiting = waiting("verify_address", 0);
    let outcome = try_once(&waiting, &delivery, NOW).await;
    assert_eq!(outcome, Outcome::Sent { message_id: format!("<{}@certinomis.example>", waiting.id) });
    let [taken] = sink.taken().try_into().unwrap();
    let mail = mail_parser::MessageParser::default().parse(&taken.raw).unwrap();
    assert_eq!(mail.subject(), Some("Confirmez votre adresse e-mail – Certinomis"));
    assert_eq!(mail.header_raw("Content-Language").map(str::trim), Some("fr"));
    assert_eq!((mail.text_body_count(), mail.html_body_count()), (1, 1));
    assert!(mail.body_text(0).unwrap().contains("\n482913"));
}

#[tokio::test]
async fn sr_182_a_refusal_that_may_pass_is_tried_again_and_one_that_stays_is_not() {
    for (answer, tries, outcome) in [
        (
            Answer::AtMessage("451 4.3.0 later"),
            0,
            Outcome::Retry {
                at: NOW + std::time::Duration::from_secs(10),
                reason: "the relay answered 451 4.3.0".to_owned(),
            },
        ),
        (
            Answer::AtMessage("451 4.3.0 later"),
            2,
            Outcome::Retry { at: NOW + minutes(5), reason: "the relay answered 451 4.3.0".to_owned() },
        ),
        (
            Answer::AtRecipient("550 5.1.1 nobody"),
            0,
            Outcome::GaveUp { reason: "the relay answered 550 5.1.1".to_owned() },
        ),
    ] {
        let (sink, delivery) = relay(vec![answer]).await;
        assert_eq!(try_once(&waiting("verify_address", tries), &delivery, NOW).await, outcome, "{answer:?}");
        assert!(sink.taken().is_empty());
    }
}

#[tokio::test]
async fn sr_182_nothing_is_sent_once_the_link_or_the_day_is_over() {
    for (kind, late, sent) in [
        ("reset_password", minutes(29), true),
        ("reset_password", minutes(30), false),
        ("verify_address", hours(23), true),
        ("verify_address", hours(24), false),
        ("password_changed", hours(23), true),
        ("password_changed", hours(24), false),
    ] {
        let mailbox = Mailbox::default();
        let outcome = try_once(&waiting(kind, 4), &Delivery::Mailbox(mailbox.clone()), NOW + late).await;
        assert_eq!(matches!(outcome, Outcome::Sent { .. }), sent, "{kind} after {late:?}: {outcome:?}");
        assert_eq!(mailbox.letters().len(), usize::from(sent));
    }
}

#[tokio::test]
async fn sr_182_a_mail_tried_twice_after_a_crash_is_one_mail() {
    let (sink, delivery) = relay(Vec::new()).await;
    let waiting = waiting("reset_password", 0);
    let first = try_once(&waiting, &delivery, NOW).await;
    let second = try_once(&waiting, &delivery, NOW + minutes(3)).await;
    assert_eq!(first, second);
    let [one, other] = sink.taken().try_into().unwrap();
    assert_eq!(one.raw, other.raw, "the receiving side can tell that it is the same");
}

#[tokio::test]
async fn a_mail_of_a_realm_that_is_gone_is_given_up() {
    let mailbox = Delivery::Mailbox(Mailbox::default());
    let outcome = attempt(&waiting("verify_address", 0), None, &mailbox, NOW).await;
    assert_eq!(outcome, Outcome::GaveUp { reason: "there is no realm certinomis".to_owned() });
}

#[tokio::test]
async fn the_demonstrations_mailbox_shows_what_was_sent() {
    let mailbox = Mailbox::default();
    let waiting = waiting("verify_address", 0);
    try_once(&waiting, &Delivery::Mailbox(mailbox.clone()), NOW).await;
    let letter = mailbox.latest_to("Marie.Durand@exemple.example").unwrap();
    assert_eq!((letter.id, letter.sent_at, letter.from.as_str()), (waiting.id, NOW, "compte@certinomis.example"));
    assert!(letter.links[0].contains("/link/verify?token="), "{:?}", letter.links);
    assert_eq!(letter.links.len(), 2, "the page, and the page in the other language");
    assert!(letter.headers.contains("Auto-Submitted: auto-generated\r\n"), "{}", letter.headers);
    let json = serde_json::to_value(&letter).unwrap();
    for field in ["id", "sent_at", "from", "to", "subject", "text", "html", "links", "headers"] {
        assert!(json.get(field).is_some(), "{field}");
    }
}
