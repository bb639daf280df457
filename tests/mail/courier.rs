//! The courier in front of relays of every mood.

use std::time::Duration;

use guichet::clock::Timestamp;
use guichet::entropy::SeededEntropy;
use guichet::identity::language::Language;
use guichet::ids::MailId;
use guichet::mail::courier::{Courier, SmtpSettings, TlsMode};
use guichet::mail::envelope::Envelope;
use guichet::mail::failure::{Failure, Reason};
use guichet::mail::render::Rendered;
use guichet::realm::model::MailPolicy;
use guichet::secret::Secret;

use crate::support::smtp::{Answer, Line, Script, SmtpSink};

fn envelope() -> Envelope {
    let written = Timestamp::from_seconds(1_772_543_520);
    Envelope {
        id: MailId::new(written, &SeededEntropy::new(1)),
        sender: MailPolicy {
            from: "compte@certinomis.example".to_owned(),
            from_name: "Certinomis".to_owned(),
            reply_to: Some("assistance@certinomis.example".to_owned()),
        },
        recipient: "marie.durand@exemple.example".to_owned(),
        language: Language::French,
        written,
        content: Rendered {
            subject: "Confirmez votre adresse e-mail – Certinomis".to_owned(),
            text: "Bonjour Zoé,\n\n.\n..deux points\nhttps://compte.example/link?token=abc-_\n".to_owned(),
            html: "<p>Bonjour Zoé</p>".to_owned(),
            attachments: Vec::new(),
        },
    }
}

/// Settings under which the sink is a relay like any other.
fn settings(sink: &SmtpSink, tls: TlsMode) -> SmtpSettings {
    SmtpSettings {
        port: Some(sink.port()),
        tls,
        ca_file: Some(sink.ca_file().to_owned()),
        ..SmtpSettings::to("localhost")
    }
}

/// A sink that follows the script, and a courier that knows it.
async fn meet(script: Script) -> (SmtpSink, Courier) {
    let tls = if script.line == Line::Tls { TlsMode::Tls } else { TlsMode::StartTls };
    let sink = SmtpSink::start(script).await;
    let courier = Courier::new(settings(&sink, tls)).unwrap();
    (sink, courier)
}

#[tokio::test]
async fn sr_172_mail_goes_over_verified_tls_of_either_kind() {
    for line in [Line::StartTls, Line::Tls] {
        let (sink, courier) = meet(Script { line, ..Script::default() }).await;
        let receipt = courier.send(&envelope()).await.unwrap();
        let [taken] = sink.taken().try_into().unwrap();
        assert!(taken.protected, "{line:?}");
        assert_eq!(taken.from, "compte@certinomis.example");
        assert_eq!(taken.to, ["marie.durand@exemple.example"]);
        let parsed = mail_parser::MessageParser::default().parse(&taken.raw).unwrap();
        assert_eq!(format!("<{}>", parsed.message_id().unwrap()), receipt.message_id);
        assert_eq!(parsed.subject(), Some("Confirmez votre adresse e-mail – Certinomis"));
        assert_eq!(parsed.body_text(0).unwrap().replace("\r\n", "\n"), envelope().content.text);
        assert_eq!(parsed.body_html(0).unwrap(), "<p>Bonjour Zoé</p>");
    }
}

#[tokio::test]
async fn sr_172_where_tls_cannot_be_trusted_nothing_is_said() {
    for (case, line, certificate_name) in [
        ("no STARTTLS", Line::Clear, "localhost"),
        ("another's certificate after STARTTLS", Line::StartTls, "elsewhere.example"),
        ("another's certificate at once", Line::Tls, "elsewhere.example"),
    ] {
        let sink = SmtpSink::start(Script { line, certificate_name, ..Script::default() }).await;
        let tls = if line == Line::Tls { TlsMode::Tls } else { TlsMode::StartTls };
        let credentials = Some(("guichet".to_owned(), Secret::new("s3cret".to_owned())));
        let courier = Courier::new(SmtpSettings { credentials, ..settings(&sink, tls) }).unwrap();
        match (line, courier.send(&envelope()).await.unwrap_err()) {
            (Line::Clear, Failure::Temporary(Reason::NotOffered)) => {}
            (_, Failure::Temporary(Reason::Tls(cause))) => assert!(cause.contains("localhost"), "{case}: {cause}"),
            (_, other) => panic!("{case}: {other:?}"),
        }
        assert!(sink.taken().is_empty(), "{case}");
        assert!(!sink.commands().iter().any(|verb| verb == "MAIL" || verb == "AUTH"), "{case}: {:?}", sink.commands());
    }
}

#[tokio::test]
async fn sr_172_an_authority_that_nobody_named_is_not_trusted() {
    let sink = SmtpSink::start(Script::default()).await;
    let courier = Courier::new(SmtpSettings { ca_file: None, ..settings(&sink, TlsMode::StartTls) }).unwrap();
    let failure = courier.send(&envelope()).await.unwrap_err();
    assert!(matches!(failure, Failure::Temporary(Reason::Tls(_))), "{failure:?}");
    assert!(sink.taken().is_empty());
}

#[tokio::test]
async fn what_a_relay_answers_decides_whether_it_is_asked_again() {
    let answered = |code, status: &str| Reason::Answered { code, enhanced: Some(status.to_owned()) };
    for (answer, failure) in [
        (Answer::AtRecipient("550 5.1.1 nobody here"), Failure::Permanent(answered(550, "5.1.1"))),
        (Answer::AtRecipient("450 4.2.1 come back"), Failure::Temporary(answered(450, "4.2.1"))),
        (Answer::AtRecipient("530 5.7.0 sign in first"), Failure::Temporary(answered(530, "5.7.0"))),
        (Answer::AtMessage("554 5.7.1 I saw token=abc-_"), Failure::Permanent(answered(554, "5.7.1"))),
        (Answer::AtMessage("451 4.3.0 disk full"), Failure::Temporary(answered(451, "4.3.0"))),
        (Answer::Drop, Failure::Temporary(Reason::Interrupted)),
    ] {
        let (sink, courier) = meet(Script { answers: vec![answer], ..Script::default() }).await;
        assert_eq!(courier.send(&envelope()).await.unwrap_err(), failure, "{answer:?}");
        assert!(sink.taken().is_empty(), "{answer:?}");
        courier.send(&envelope()).await.unwrap();
        assert_eq!(sink.taken().len(), 1, "the next try starts afresh after {answer:?}");
    }
}

#[tokio::test]
async fn sr_197_what_the_relay_wrote_is_not_repeated() {
    let refusal = Answer::AtMessage("554 5.7.1 listed: https://compte.example/link?token=abc-_");
    let (_sink, courier) = meet(Script { answers: vec![refusal], ..Script::default() }).await;
    let failure = courier.send(&envelope()).await.unwrap_err();
    assert!(!format!("{failure} {failure:?}").contains("token"), "{failure:?}");
}

#[tokio::test]
async fn a_relay_that_falls_silent_is_left() {
    let sink = SmtpSink::start(Script { answers: vec![Answer::Silence], ..Script::default() }).await;
    let patience = Duration::from_millis(500);
    let courier = Courier::new(SmtpSettings { timeout: patience, ..settings(&sink, TlsMode::StartTls) }).unwrap();
    assert_eq!(courier.send(&envelope()).await.unwrap_err(), Failure::Temporary(Reason::TimedOut));
}

#[tokio::test]
async fn a_relay_that_takes_the_message_and_vanishes_has_taken_it() {
    let (sink, courier) = meet(Script { answers: vec![Answer::AcceptAndVanish], ..Script::default() }).await;
    courier.send(&envelope()).await.unwrap();
    assert_eq!(sink.taken().len(), 1);
}

#[tokio::test]
async fn a_relay_that_is_not_there_may_come_back() {
    let free = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let port = free.local_addr().unwrap().port();
    drop(free);
    let courier = Courier::new(SmtpSettings { port: Some(port), ..SmtpSettings::to("127.0.0.1") }).unwrap();
    assert_eq!(courier.send(&envelope()).await.unwrap_err(), Failure::Temporary(Reason::Unreachable));
}

#[tokio::test]
async fn the_relay_learns_who_we_are_when_it_asks() {
    for (password, sent) in [("right", true), ("wrong", false)] {
        let script = Script { credentials: Some(("guichet", "right")), ..Script::default() };
        let sink = SmtpSink::start(script).await;
        let credentials = Some(("guichet".to_owned(), Secret::new(password.to_owned())));
        let courier = Courier::new(SmtpSettings { credentials, ..settings(&sink, TlsMode::StartTls) }).unwrap();
        match courier.send(&envelope()).await {
            Ok(_) => assert!(sent, "{password}"),
            Err(failure) => {
                let refused = Reason::Answered { code: 535, enhanced: Some("5.7.8".to_owned()) };
                assert_eq!(
                    (failure, sent),
                    (Failure::Temporary(refused), false),
                    "the operator's mistake, not the reader's"
                );
            }
        }
        assert_eq!(sink.taken().len(), usize::from(sent));
    }
}

#[tokio::test]
async fn sr_179_a_tampered_envelope_never_reaches_the_relay() {
    let (sink, courier) = meet(Script::default()).await;
    for recipient in ["a@b.example\r\nRCPT TO:<c@d.example>", "a@b.example,c@d.example", "<a@b.example>", ""] {
        let envelope = Envelope { recipient: recipient.to_owned(), ..envelope() };
        let failure = courier.send(&envelope).await.unwrap_err();
        assert!(matches!(failure, Failure::Permanent(Reason::Unsendable(_))), "{recipient:?}: {failure:?}");
    }
    assert!(sink.commands().is_empty());
}

#[tokio::test]
async fn clear_text_works_on_this_machine() {
    let sink = SmtpSink::start(Script { line: Line::Clear, ..Script::default() }).await;
    let local = SmtpSettings { port: Some(sink.port()), tls: TlsMode::None, ..SmtpSettings::to("127.0.0.1") };
    Courier::new(local).unwrap().send(&envelope()).await.unwrap();
    let [taken] = sink.taken().try_into().unwrap();
    assert!(!taken.protected);
}
