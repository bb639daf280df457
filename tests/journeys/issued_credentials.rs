//! DOMAIN.md §9.1 to §9.3 on the account's side: an identifier and a temporary password by two mails, used once to choose
//! another.
//!
//! Long, since two secrets are followed from the outbox to the day on which neither is worth anything.
//!
//! The realm registers persons; what it issues to whoever registers an organisation is the same.

use guichet::clock::{Duration, days, hours, minutes};
use guichet::mail::mailbox::Letter;

use crate::support::browser::Browser;
use crate::support::client_app::{Tokens, claims};
use crate::support::people::{MARIE, PAUL, Person};
use crate::support::world::{World, code, link, on_each_database};

/// What an account is issued.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Credentials {
    pub(crate) identifier: String,
    pub(crate) password: String,
}

impl Credentials {
    /// The newest that came to that person.
    pub(crate) async fn of(world: &World, person: &Person) -> Self {
        let mails = world.mails_to(person.email).await;
        let newest = |label: &str| mails.iter().rev().find_map(|mail| told(mail, label));
        let identifier = newest("Votre identifiant").unwrap_or_else(|| panic!("no identifier came"));
        let password = newest("Votre mot de passe temporaire").unwrap_or_else(|| panic!("no password came"));
        Self { identifier, password }
    }

    /// The sign-in page's fields.
    pub(crate) fn typed(&self) -> [(&'static str, &str); 2] {
        [("username", &self.identifier), ("password", &self.password)]
    }
}

/// What stands below that label in a mail.
pub(super) fn told(mail: &Letter, label: &str) -> Option<String> {
    let below = mail.text.lines().skip_while(|line| !(line.starts_with(label) && line.ends_with(':'))).nth(1);
    below.map(|line| line.trim().to_owned())
}

/// The realm issues what its people sign in with.
pub(crate) async fn issues_credentials(world: &mut World) {
    let all = "required_actions = [\"verify_email\", \"update_password\", \"set_secret_question\"]";
    world
        .rewrites_realm(&[
            ("registration = \"verified-email\"", "registration = \"issued-credentials\""),
            (all, "required_actions = [\"update_password\"]"),
            ("[sessions]\n", "[issued_credentials]\ntemporary_password = \"72h\"\n\n[sessions]\n"),
        ])
        .await;
}

/// Tells a story of such a realm on each database.
async fn where_credentials_are_issued(story: impl AsyncFn(&mut World)) {
    on_each_database(async |world| {
        issues_credentials(world).await;
        story(world).await;
    })
    .await;
}

/// The registration page's fields.
fn form(person: &Person) -> [(&'static str, &'static str); 4] {
    let [first, last, email] = person.registration();
    [first, last, email, ("emailConfirm", person.email)]
}

/// A browser from the portal to the page that says which mails are on their way.
pub(crate) async fn asks_for_credentials(world: &World, person: &Person) -> Browser {
    let mut browser = world.browser();
    browser.opens(&world.portal().asks().with("prompt", "create").url()).await.submits(&form(person)).await;
    assert_eq!(browser.place(), "register/sent", "{}", browser.text());
    browser
}

/// A browser at the sign-in page.
async fn at_sign_in(world: &World) -> Browser {
    let mut browser = world.browser();
    browser.opens(&world.portal().asks().url()).await;
    browser
}

/// From nothing to an account that its person has made their own, and the portal's tokens.
async fn has_an_account(world: &World, person: &Person) -> (Credentials, Tokens) {
    asks_for_credentials(world, person).await;
    let issued = Credentials::of(world, person).await;
    let (portal, mut browser) = (world.portal(), world.browser());
    let asked = portal.asks();
    browser.opens(&asked.url()).await.submits(&issued.typed()).await.submits(&person.new_password()).await;
    let tokens = portal.redeems(&asked, browser.left_for()).await;
    (Credentials { password: person.password.to_owned(), ..issued }, tokens)
}

/// One text for both (SR-2), in the words of the preset that the realm was made of.
const WRONG: &str = "Le courriel et le mot de passe ne correspondent pas.";

fn is_refused(browser: &Browser) {
    assert_eq!((browser.status(), browser.place()), (422, "sign-in"), "{}", browser.text());
    assert!(browser.error_summary().iter().any(|error| error.starts_with(WRONG)), "{}", browser.text());
}

#[tokio::test]
async fn two_mails_bring_what_opens_an_account_once_and_another_password_opens_it_from_then_on() {
    where_credentials_are_issued(async |world| {
        let mut browser = at_sign_in(world).await;
        browser.follows("S’enregistrer").await;
        let page = browser.page();
        let labels = ["firstName", "lastName", "email", "emailConfirm"].map(|field| page.label(field).unwrap());
        assert_eq!(labels[2..], ["Courriel", "Confirmation de l’adresse e-mail"]);
        browser.submits(&form(&MARIE)).await;
        assert_eq!((browser.place(), browser.h1().as_str()), ("register/sent", "Consultez vos e-mails"));
        assert!(browser.says(MARIE.email) && browser.says("Certinomis") && browser.says("indésirables"));

        let mut mails = world.mails_to(MARIE.email).await;
        mails.sort_by_key(|mail| mail.subject.clone());
        let subjects: Vec<_> = mails.iter().map(|mail| mail.subject.as_str()).collect();
        assert_eq!(subjects, ["Votre identifiant Certinomis", "Votre mot de passe temporaire Certinomis"]);
        let issued = Credentials::of(world, &MARIE).await;
        assert!(!mails[0].text.contains(&issued.password) && !mails[1].text.contains(&issued.identifier));
        assert!(mails.iter().all(|mail| link(mail).ends_with("/realms/certinomis/sign-in")));
        assert_eq!(issued.password.len(), 10);

        // Copied by hand, and typed as people do.
        let (letters, digits) = issued.identifier.split_at(2);
        let typed = format!(" {} {} {}", letters.to_lowercase(), &digits[..3], &digits[3..]);
        let (portal, mut browser) = (world.portal(), world.browser());
        let asked = portal.asks();
        browser.opens(&asked.url()).await;
        browser.submits(&[("username", &typed), ("password", &issued.password)]).await;
        assert_eq!(browser.place(), "required-actions/update-password");
        assert_eq!(browser.value("username").as_deref(), Some(&*issued.identifier));
        for (new, words) in [
            (&*issued.password, "Ce mot de passe est déjà le vôtre."),
            (&*issued.identifier, "Mêlez au moins 4 sortes"),
        ] {
            browser.submits(&[("password-new", new), ("password-confirm", new)]).await;
            assert_eq!(browser.status(), 422);
            let said = browser.field_error("password-new").unwrap_or_default();
            assert!(said.starts_with(words), "{said}\n{}", browser.text());
        }
        browser.submits(&MARIE.new_password()).await;
        let tokens = portal.redeems(&asked, browser.left_for()).await;
        let told = portal.userinfo(&tokens.access_token).await.json();
        assert_eq!(told["preferred_username"], issued.identifier.as_str());
        assert_eq!((told["email"].as_str(), told["email_verified"].as_bool()), (Some(MARIE.email), Some(true)));
        assert_eq!(told["sub"], claims(&tokens.id_token)["sub"]);
        browser.opens_page("account").await;
        assert!(browser.says(&issued.identifier), "{}", browser.text());

        // SR-31: the mailed one is good no more; the address opens nothing, whatever the password.
        for (name, password) in [(&*issued.identifier, &*issued.password), (MARIE.email, MARIE.password)] {
            let mut browser = at_sign_in(world).await;
            browser.submits(&[("username", name), ("password", password)]).await;
            is_refused(&browser);
        }
        let mut browser = at_sign_in(world).await;
        browser.submits(&[("username", &issued.identifier.to_lowercase()), ("password", MARIE.password)]).await;
        assert!(browser.has_left(), "{}", browser.text());
    })
    .await;
}

#[tokio::test]
async fn an_address_that_was_mistyped_once_is_shown_again_both_times() {
    where_credentials_are_issued(async |world| {
        let mut browser = at_sign_in(world).await;
        browser.follows("S’enregistrer").await.submits(&[("email", MARIE.email)]).await;
        assert_eq!(
            browser.field_error("emailConfirm").as_deref(),
            Some("Entrez une seconde fois votre adresse e-mail")
        );
        for again in ["marie.durant@exemple.fr", "Marie.Durand@exemple.fr", "marie"] {
            browser.submits(&form(&MARIE)[..3]).await.submits(&[("emailConfirm", again)]).await;
            let said = browser.field_error("emailConfirm").unwrap_or_default();
            assert!(browser.status() == 422 && said.starts_with("Les deux adresses e-mail diffèrent."), "{again}");
            let kept = [browser.value("email"), browser.value("emailConfirm")];
            assert_eq!(kept, [Some(MARIE.email.to_owned()), Some(again.to_owned())]);
        }
        assert_eq!(world.database.count("SELECT count(*) FROM users").await, 0);
        browser.submits(&[("emailConfirm", "marie.durand@EXEMPLE.fr ")]).await;
        assert_eq!(browser.place(), "register/sent");

        let mut browser = world.browser().in_language("en");
        browser.opens(&world.portal().asks().with("prompt", "create").url()).await;
        browser.submits(&form(&PAUL)).await;
        assert_eq!(browser.h1(), "Check your e-mail");
        let mut subjects: Vec<_> = world.mails_to(PAUL.email).await.into_iter().map(|mail| mail.subject).collect();
        subjects.sort();
        assert_eq!(subjects, ["Your Certinomis identifier", "Your temporary Certinomis password"]);
    })
    .await;
}

/// The address is no identifier: a known one gets another account, on the same page (SR-1, SR-6).
#[tokio::test]
async fn sr_6_an_address_may_have_several_accounts_and_a_known_one_is_answered_as_an_unknown_one() {
    where_credentials_are_issued(async |world| {
        let first = asks_for_credentials(world, &MARIE).await.text();
        let one = Credentials::of(world, &MARIE).await;
        world.advance(Duration::from_secs(1));
        let second = asks_for_credentials(world, &MARIE).await.text();
        let two = Credentials::of(world, &MARIE).await;
        assert_eq!(first, second);
        assert_ne!(one.identifier, two.identifier);
        let (mut left, mut right) = (at_sign_in(world).await, at_sign_in(world).await);
        left.submits(&one.typed()).await;
        right.submits(&two.typed()).await;
        for browser in [&mut left, &mut right] {
            assert_eq!(browser.place(), "required-actions/update-password");
            browser.submits(&MARIE.new_password()).await;
            assert!(browser.has_left());
        }
        let verified = "SELECT count(*) FROM users WHERE email_verified_at IS NOT NULL";
        assert_eq!(world.database.count(verified).await, 2);
        let crossed = [("username", &*one.identifier), ("password", &*two.password)];
        let mut browser = at_sign_in(world).await;
        browser.submits(&crossed).await;
        is_refused(&browser);
    })
    .await;
}

#[tokio::test]
async fn sr_18_a_mailbox_that_has_had_enough_gets_no_more_and_nobody_is_told() {
    where_credentials_are_issued(async |world| {
        let first = asks_for_credentials(world, &MARIE).await.text();
        for _ in 0..2 {
            asks_for_credentials(world, &MARIE).await;
        }
        let mut waits = asks_for_credentials(world, &MARIE).await;
        assert_eq!(waits.text(), first);
        assert_eq!(world.mails_to(MARIE.email).await.len(), 6);
        assert_eq!(world.database.count("SELECT count(*) FROM users").await, 3);
        // What was withheld is made when it is asked for again and may be sent.
        world.advance(hours(1));
        asks_for_credentials(world, &MARIE).await;
        world.advance(hours(1));
        waits.reloads().await;
        assert_eq!(waits.place(), "sign-in", "the page was open for too long: {}", waits.text());
        assert_eq!(world.database.count("SELECT count(*) FROM users").await, 4);
    })
    .await;
}

#[tokio::test]
async fn what_was_withheld_is_made_when_it_is_asked_for_again() {
    where_credentials_are_issued(async |world| {
        for _ in 0..3 {
            asks_for_credentials(world, &MARIE).await;
        }
        world.advance(minutes(30));
        let mut waits = asks_for_credentials(world, &MARIE).await;
        assert_eq!(world.database.count("SELECT count(*) FROM users").await, 3);
        world.advance(minutes(31));
        waits.presses("Renvoyer les deux messages").await;
        assert_eq!(waits.place(), "register/sent");
        assert_eq!(world.database.count("SELECT count(*) FROM users").await, 4);
        assert_eq!(world.mails_to(MARIE.email).await.len(), 8);
    })
    .await;
}

#[tokio::test]
async fn both_mails_may_be_asked_for_again_and_the_newest_password_is_the_one() {
    where_credentials_are_issued(async |world| {
        let mut browser = asks_for_credentials(world, &MARIE).await;
        let former = Credentials::of(world, &MARIE).await;
        browser.presses("Renvoyer les deux messages").await;
        assert_eq!(browser.status(), 429, "{}", browser.text());
        world.advance(minutes(1));
        browser.presses("Renvoyer les deux messages").await;
        assert_eq!((browser.status(), browser.place()), (200, "register/sent"));
        assert!(browser.notice().is_some_and(|notice| notice.contains("14")), "{}", browser.text());
        let present = Credentials::of(world, &MARIE).await;
        assert_eq!(present.identifier, former.identifier);
        assert_ne!(present.password, former.password);
        assert_eq!(world.mails_to(MARIE.email).await.len(), 4);
        let mut old = at_sign_in(world).await;
        old.submits(&former.typed()).await;
        is_refused(&old);
        let mut new = at_sign_in(world).await;
        new.submits(&present.typed()).await;
        assert_eq!(new.place(), "required-actions/update-password");

        // Nothing more is sent to whoever needs nothing more, and the page is the same.
        new.submits(&MARIE.new_password()).await;
        world.advance(minutes(1));
        browser.presses("Renvoyer les deux messages").await;
        assert_eq!((browser.status(), browser.place()), (200, "register/sent"));
        assert_eq!(world.mails_to(MARIE.email).await.len(), 4);
        let mut again = at_sign_in(world).await;
        again.submits(&[("username", &present.identifier), ("password", MARIE.password)]).await;
        assert!(again.has_left());
    })
    .await;
}

/// SR-182: a password that another took the place of while its mail waited is not sent any more.
#[tokio::test]
async fn sr_182_a_password_that_is_good_no_more_does_not_leave() {
    where_credentials_are_issued(async |world| {
        let mut browser = asks_for_credentials(world, &MARIE).await;
        world.advance(minutes(1));
        browser.presses("Renvoyer les deux messages").await;
        let subjects: Vec<_> = world.mails_to(MARIE.email).await.into_iter().map(|mail| mail.subject).collect();
        let passwords = subjects.iter().filter(|subject| subject.contains("mot de passe")).count();
        assert_eq!((subjects.len(), passwords), (3, 1), "{subjects:?}");
        let issued = Credentials::of(world, &MARIE).await;
        let mut browser = at_sign_in(world).await;
        browser.submits(&issued.typed()).await;
        assert_eq!(browser.place(), "required-actions/update-password");
        // Sent or not, no row holds a password any more.
        let kept = world.database.dump().await;
        assert!(!kept.contains(&issued.password));
    })
    .await;
}

#[tokio::test]
async fn sr_2_an_expired_password_is_told_to_whoever_types_it_right_alone_and_is_renewed_there() {
    where_credentials_are_issued(async |world| {
        asks_for_credentials(world, &MARIE).await;
        let former = Credentials::of(world, &MARIE).await;
        world.advance(hours(72).saturating_sub(Duration::from_secs(1)));
        let mut in_time = at_sign_in(world).await;
        in_time.submits(&former.typed()).await;
        assert_eq!(in_time.place(), "required-actions/update-password");
        world.advance(Duration::from_secs(1));
        let mut wrong = at_sign_in(world).await;
        wrong.submits(&[("username", &former.identifier), ("password", "Mauvaise-Pioche-3")]).await;
        is_refused(&wrong);

        let mut browser = at_sign_in(world).await;
        browser.submits(&former.typed()).await;
        let told = (browser.place().to_owned(), browser.h1());
        assert_eq!(told, ("sign-in/lapsed".to_owned(), "Votre mot de passe temporaire a expiré".to_owned()));
        browser.reloads().await;
        assert_eq!(browser.place(), "sign-in/lapsed");
        browser.presses("Recevoir un nouveau mot de passe").await;
        assert_eq!((browser.place(), browser.status()), ("sign-in", 200));
        assert!(browser.notice().is_some_and(|notice| notice.contains("nouveau mot de passe temporaire")));
        let present = Credentials::of(world, &MARIE).await;
        assert_eq!(present.identifier, former.identifier);
        assert_eq!(world.mails_to(MARIE.email).await.len(), 3, "the identifier is known");
        let mut old = at_sign_in(world).await;
        old.submits(&former.typed()).await;
        is_refused(&old);
        // What was proven with the former one opens nothing any more.
        in_time.submits(&MARIE.new_password()).await;
        assert_eq!(in_time.place(), "sign-in", "{}", in_time.text());
        browser.submits(&present.typed()).await.submits(&MARIE.new_password()).await;
        assert!(browser.has_left(), "{}", browser.text());
    })
    .await;
}

/// Two who type the same expired password have one new one sent.
#[tokio::test]
async fn an_expired_password_is_renewed_once() {
    where_credentials_are_issued(async |world| {
        asks_for_credentials(world, &MARIE).await;
        let issued = Credentials::of(world, &MARIE).await;
        world.advance(hours(73));
        let (mut one, mut two) = (at_sign_in(world).await, at_sign_in(world).await);
        for browser in [&mut one, &mut two] {
            browser.submits(&issued.typed()).await;
            assert_eq!(browser.place(), "sign-in/lapsed");
        }
        world.advance(Duration::from_secs(1));
        tokio::join!(
            async {
                one.presses("Recevoir un nouveau mot de passe").await;
            },
            async {
                two.presses("Recevoir un nouveau mot de passe").await;
            },
        );
        assert_eq!([one.place(), two.place()], ["sign-in", "sign-in"]);
        assert_eq!(world.mails_to(MARIE.email).await.len(), 3);
        let present = Credentials::of(world, &MARIE).await;
        one.submits(&present.typed()).await;
        assert_eq!(one.place(), "required-actions/update-password");
    })
    .await;
}

#[tokio::test]
async fn sr_45_of_two_who_use_a_mailed_password_at_once_one_chooses_the_next() {
    where_credentials_are_issued(async |world| {
        asks_for_credentials(world, &MARIE).await;
        let issued = Credentials::of(world, &MARIE).await;
        let (mut one, mut two) = (at_sign_in(world).await, at_sign_in(world).await);
        for browser in [&mut one, &mut two] {
            browser.submits(&issued.typed()).await;
            assert_eq!(browser.place(), "required-actions/update-password");
        }
        world.advance(Duration::from_secs(1));
        let other = Person { password: "Trois-Pommes-vertes-4", ..MARIE };
        let (mine, theirs) = (MARIE.new_password(), other.new_password());
        tokio::join!(
            async {
                one.submits(&mine).await;
            },
            async {
                two.submits(&theirs).await;
            }
        );
        let entered = [one.has_left(), two.has_left()];
        assert_eq!(entered.iter().filter(|entered| **entered).count(), 1, "{entered:?}");
        let (winner, loser) =
            if entered[0] { (MARIE.password, other.password) } else { (other.password, MARIE.password) };
        let mut browser = at_sign_in(world).await;
        browser.submits(&[("username", &issued.identifier), ("password", loser)]).await;
        is_refused(&browser);
        browser.submits(&[("username", &issued.identifier), ("password", winner)]).await;
        assert!(browser.has_left());
    })
    .await;
}

/// SR-31, SR-51: a mailed link sets a password as well, proves the address as well, and ends the mailed password.
#[tokio::test]
async fn sr_31_whoever_still_has_a_mailed_password_may_choose_another_by_a_link() {
    where_credentials_are_issued(async |world| {
        asks_for_credentials(world, &MARIE).await;
        let issued = Credentials::of(world, &MARIE).await;
        world.advance(hours(80));
        let mut browser = at_sign_in(world).await;
        browser
            .follows("Mot de passe oublié ?")
            .await
            .submits(&[("username", &issued.identifier.to_lowercase())])
            .await;
        assert_eq!(browser.place(), "recover/password/sent");
        let mail = world.mail_to(MARIE.email).await;
        assert!(mail.text.contains(&issued.identifier), "{}", mail.text);
        browser.submits(&[("code", &code(&mail))]).await;
        assert_eq!(browser.place(), "recover/password/new");
        browser.submits(&[("password-new", &issued.password), ("password-confirm", &issued.password)]).await;
        assert_eq!(browser.status(), 422, "a mailed password never becomes a chosen one");
        let unproven = "SELECT count(*) FROM users WHERE email_verified_at IS NULL";
        assert_eq!(world.database.count(unproven).await, 1);
        browser.submits(&MARIE.new_password()).await;
        assert_eq!(browser.place(), "sign-in");
        assert_eq!(browser.value("username").as_deref(), Some(&*issued.identifier));
        assert_eq!(world.database.count(unproven).await, 0);
        browser.submits(&issued.typed()).await;
        is_refused(&browser);
        browser.submits(&[("username", &issued.identifier), ("password", MARIE.password)]).await;
        assert!(browser.has_left(), "{}", browser.text());
        assert_eq!(world.node.house.forget_unproven().await.unwrap(), 0);
    })
    .await;
}

/// SR-61, SR-178, SR-200: what nobody used is gone after a week, and its identifier is nobody else's for a while.
#[tokio::test]
async fn sr_61_an_account_that_was_never_used_is_gone_after_a_week() {
    where_credentials_are_issued(async |world| {
        asks_for_credentials(world, &MARIE).await;
        let never = Credentials::of(world, &MARIE).await;
        has_an_account(world, &PAUL).await;
        world.advance(days(7).saturating_sub(Duration::from_secs(1)));
        assert_eq!(world.node.house.forget_unproven().await.unwrap(), 0);
        let mut lapsed = at_sign_in(world).await;
        lapsed.submits(&never.typed()).await;
        assert_eq!(lapsed.place(), "sign-in/lapsed");
        world.advance(Duration::from_secs(1));
        assert_eq!(world.node.house.forget_unproven().await.unwrap(), 1);
        lapsed.presses("Recevoir un nouveau mot de passe").await;
        assert_eq!(world.mails_to(MARIE.email).await.len(), 2, "nobody is left to write to");
        for table in ["users", "identifiers", "passwords"] {
            let left = match table {
                "users" => "SELECT count(*) FROM users",
                "identifiers" => "SELECT count(*) FROM identifiers",
                _ => "SELECT count(*) FROM passwords",
            };
            assert_eq!(world.database.count(left).await, 1, "{table}");
        }
        assert_eq!(world.database.count("SELECT count(*) FROM resting_addresses").await, 1);
        let mut browser = at_sign_in(world).await;
        browser.submits(&never.typed()).await;
        is_refused(&browser);
        let again = has_an_account(world, &MARIE).await.0;
        assert_ne!(again.identifier, never.identifier);
    })
    .await;
}

/// SR-10: case, spaces and dashes make no new counter.
#[tokio::test]
async fn sr_10_every_way_of_writing_an_identifier_is_slowed_as_one() {
    where_credentials_are_issued(async |world| {
        let (known, _) = has_an_account(world, &MARIE).await;
        for identifier in [known.identifier.as_str(), "ZQ000000"] {
            let (letters, digits) = identifier.split_at(2);
            let ways = [
                identifier.to_owned(),
                identifier.to_lowercase(),
                format!("{letters} {digits}"),
                format!("{letters}-{}-{}", &digits[..3], &digits[3..]),
                format!(" {}.{digits}", letters.to_lowercase()),
            ];
            let mut browser = world.browser();
            browser.opens(&world.portal().asks().url()).await;
            for way in &ways {
                browser.submits(&[("username", way), ("password", "Mauvaise-Pioche-3")]).await;
                is_refused(&browser);
            }
            for way in &ways {
                browser.submits(&[("username", way), ("password", "Mauvaise-Pioche-3")]).await;
                assert_eq!(browser.status(), 429, "{way}");
            }
        }
    })
    .await;
}

/// SR-65, SR-67: the address of an account is where its mail goes, and nothing that anybody signs in with.
#[tokio::test]
async fn sr_67_an_address_moves_to_one_that_others_have_and_opens_nothing() {
    where_credentials_are_issued(async |world| {
        let (marie, _) = has_an_account(world, &MARIE).await;
        has_an_account(world, &PAUL).await;
        let mut browser = at_sign_in(world).await;
        browser.submits(&marie.typed()).await;
        browser.opens_page("account/email").await.submits(&[("email", PAUL.email)]).await;
        let confirm = world.mail_to(PAUL.email).await;
        assert!(confirm.subject.starts_with("Confirmez votre nouvelle adresse e-mail"));
        browser.opens(&link(&confirm)).await.presses("Confirmer cette adresse").await;
        let shared = "SELECT count(*) FROM users WHERE email_canonical = 'paul.lefevre@exemple.fr'";
        assert_eq!(world.database.count(shared).await, 2);
        assert_eq!(world.database.count("SELECT count(*) FROM identifiers WHERE kind <> 'issued'").await, 0);
        let mut again = at_sign_in(world).await;
        again.submits(&[("username", PAUL.email), ("password", MARIE.password)]).await;
        is_refused(&again);
        again.submits(&marie.typed()).await;
        assert!(again.has_left(), "{}", again.text());
    })
    .await;
}

/// SR-68: whoever was issued an account keeps it when registration closes.
#[tokio::test]
async fn sr_68_a_closed_registration_issues_nothing_and_leaves_accounts_as_they_are() {
    where_credentials_are_issued(async |world| {
        let mut waits = asks_for_credentials(world, &MARIE).await;
        let mut begun = at_sign_in(world).await;
        begun.follows("S’enregistrer").await;
        world.rewrites_realm(&[("registration = \"issued-credentials\"", "# closed")]).await;
        begun.submits(&form(&PAUL)).await;
        assert_eq!(begun.status(), 403);
        assert_eq!(world.database.count("SELECT count(*) FROM users").await, 1);
        world.advance(minutes(1));
        waits.presses("Renvoyer les deux messages").await;
        let issued = Credentials::of(world, &MARIE).await;
        let mut browser = at_sign_in(world).await;
        browser.submits(&issued.typed()).await.submits(&MARIE.new_password()).await;
        assert!(browser.has_left(), "{}", browser.text());
    })
    .await;
}

/// A closed account's identifier rests, and its address does not: it may have others.
#[tokio::test]
async fn sr_178_the_identifier_of_a_closed_account_rests_and_its_address_does_not() {
    where_credentials_are_issued(async |world| {
        let (marie, _) = has_an_account(world, &MARIE).await;
        let mut browser = at_sign_in(world).await;
        browser.submits(&marie.typed()).await;
        browser.opens_page("account/close").await.presses("Fermer mon compte").await;
        world.advance(days(30));
        assert_eq!(world.node.house.close_accounts().await.unwrap(), 1);
        assert_eq!(world.database.count("SELECT count(*) FROM identifiers").await, 0);
        assert_eq!(world.database.count("SELECT count(*) FROM resting_addresses").await, 1);
        let gone = "SELECT count(*) FROM users WHERE state = 'erased' AND email_canonical IS NULL";
        assert_eq!(world.database.count(gone).await, 1);
        let (next, _) = has_an_account(world, &MARIE).await;
        assert_ne!(next.identifier, marie.identifier);
    })
    .await;
}
