//! The audit trail: written with what it explains or not at all, sealed in order, gone after a year and not otherwise.

mod every_kind;
mod memberships;

use guichet::audit::Verdict;
use guichet::clock::{days, hours};

use crate::support::client_app::parameter;
use crate::support::database::Engine;
use crate::support::people::{MARIE, PAUL};
use crate::support::world::{World, on_each_database};

const EVENTS: &str = "SELECT count(*) FROM events";

impl World {
    /// Seals what waits, and what `guichet audit verify` then says.
    async fn trail(&self) -> Verdict {
        while self.node.house.seal_events("story").await.unwrap() > 0 {}
        self.node.house.verify_events().await.unwrap()
    }

    /// As [`World::trail`], once what is over was deleted; how many those were.
    async fn tidied(&self) -> (u64, Verdict) {
        (self.node.house.forget_events().await.unwrap(), self.trail().await)
    }

    async fn events(&self) -> u64 {
        u64::try_from(self.database.count(EVENTS).await).unwrap()
    }
}

#[tokio::test]
async fn sr_195_what_is_sealed_cannot_be_changed_removed_or_reordered_unseen() {
    on_each_database(async |world| {
        world.has(&MARIE).await;
        let events = world.events().await;
        assert!(events >= 6);
        assert_eq!(world.trail().await, Verdict::Sound { sealed: events, forgotten: 0, waiting: 0 });
        let swap = |one, other| {
            [(one, 0), (other, one), (0, other)]
                .map(|(from, to)| format!("UPDATE events SET sequence = {to} WHERE sequence = {from}"))
        };
        let one = |sql: &str| vec![format!("UPDATE events SET {sql} WHERE sequence = 3")];
        let name = world.database.texts("SELECT name FROM events WHERE sequence = 3").await.remove(0);
        for (tampered, fault, undone) in [
            (one("content = content || ' '"), "the seal is wrong", one("content = rtrim(content)")),
            (
                one("name = 'journey.restarted'"),
                "the columns do not say what the event says",
                one(&format!("name = '{name}'")),
            ),
            (swap(3, 4).to_vec(), "the seal is wrong", swap(4, 3).to_vec()),
            (one("sequence = 3003"), "an event is missing", vec![]),
        ] {
            for statement in &tampered {
                assert_eq!(world.database.execute(statement).await, 1, "{statement}");
            }
            assert_eq!(world.trail().await, Verdict::Broken { sequence: 3, fault }, "{tampered:?}");
            for statement in &undone {
                assert_eq!(world.database.execute(statement).await, 1, "{statement}");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn sr_195_what_cannot_be_written_down_does_not_happen() {
    on_each_database(async |world| {
        world.has(&MARIE).await;
        let (forbid, allow) = match world.database.engine {
            Engine::Sqlite => (
                "CREATE TRIGGER full BEFORE INSERT ON events BEGIN SELECT RAISE(ABORT, 'full'); END",
                "DROP TRIGGER full",
            ),
            Engine::Postgres => (
                "ALTER TABLE events ADD CONSTRAINT full_ CHECK (name = '') NOT VALID",
                "ALTER TABLE events DROP CONSTRAINT full_",
            ),
        };
        let (portal, mut browser) = (world.portal(), world.browser());
        browser.opens(&portal.asks().url()).await;
        let before = world.database.count("SELECT count(*) FROM sessions").await;
        world.database.execute(forbid).await;
        browser.submits(&MARIE.credentials()).await;
        assert!(!browser.has_left() && browser.status() >= 500, "{}: {}", browser.status(), browser.text());
        assert_eq!(world.database.count("SELECT count(*) FROM sessions").await, before);
        world.database.execute(allow).await;
        // Nor is a code or a token given.
        let (mut signed_in, asked) = (world.browser(), portal.asks());
        MARIE.signs_in(world, &mut signed_in).await;
        signed_in.opens(&asked.url()).await;
        let code = portal.code(&asked, signed_in.left_for());
        let another = portal.asks();
        world.database.execute(forbid).await;
        assert!(portal.exchanges(&code, &asked).await.status.is_server_error());
        signed_in.opens(&another.url()).await;
        assert_eq!(parameter(signed_in.left_for(), "error").as_deref(), Some("server_error"));
        world.database.execute(allow).await;
        assert_eq!(portal.exchanges(&code, &asked).await.status, 200, "the code was not spent either");
    })
    .await;
}

#[tokio::test]
async fn sr_200_events_go_after_a_year_from_the_front_and_the_trail_still_verifies() {
    on_each_database(async |world| {
        world.has(&MARIE).await;
        let old = world.events().await;
        world.advance(days(200));
        let mut browser = world.browser();
        MARIE.signs_in(world, &mut browser).await;
        let young = world.events().await - old;
        let sound = |sealed, forgotten| Verdict::Sound { sealed, forgotten, waiting: 0 };
        assert_eq!(world.trail().await, sound(old + young, 0));
        world.advance(days(164) + hours(23));
        assert_eq!(world.tidied().await, (0, sound(old + young, 0)), "not too early");
        world.advance(hours(1));
        assert_eq!(world.tidied().await, (old, sound(young, old)));
        assert_eq!(world.events().await, young);
        // Once all are gone the next one hangs on the last.
        world.advance(days(365));
        assert_eq!(world.tidied().await, (young, sound(0, old + young)));
        assert_eq!(world.events().await, 0);
        let mut later = world.browser();
        later.opens(&world.portal().asks().url()).await;
        assert_eq!(world.trail().await, sound(1, old + young));
        let first = world.database.count("SELECT sequence FROM events").await;
        assert_eq!(first, i64::try_from(old + young + 1).unwrap());
    })
    .await;
}

#[tokio::test]
async fn sr_195_where_the_trail_begins_is_sealed_too() {
    on_each_database(async |world| {
        world.has(&MARIE).await;
        world.trail().await;
        let stolen = world.database.texts("SELECT name FROM events WHERE sequence = 2").await;
        assert_eq!(stolen.len(), 1);
        world.advance(days(366));
        world.has(&PAUL).await;
        let (gone, sound) = world.tidied().await;
        assert!(gone > 0 && matches!(sound, Verdict::Sound { forgotten, .. } if forgotten == gone), "{sound:?}");
        let changed = Verdict::Broken { sequence: 1, fault: "where the trail begins was changed" };
        let missing = Verdict::Broken { sequence: 1, fault: "an event is missing" };
        let fact = world.database.texts("SELECT value FROM facts WHERE name = 'audit_beginning'").await.remove(0);
        let put = async |value: &str| {
            let sql = format!("UPDATE facts SET value = '{value}' WHERE name = 'audit_beginning'");
            assert_eq!(world.database.execute(&sql).await, 1);
        };
        let parts: Vec<_> = fact.split(' ').collect();
        // One event more, with the seal that it really has: without the key its proof cannot be made.
        let further = format!("{} {} {}", gone + 1, parts[1], parts[2]);
        let other_seal = format!("{} {} {}", parts[0], parts[2], parts[2]);
        for forged in [&further, &other_seal, "", "0  ", parts[0]] {
            put(forged).await;
            assert_eq!(world.node.house.verify_events().await.unwrap(), changed, "{forged}");
            assert!(world.node.house.forget_events().await.is_err(), "and nothing is deleted on its word");
        }
        put(&fact).await;
        assert_eq!(world.trail().await, sound);
        // An event that went before its time is missed, and so is the fact itself.
        world.database.execute("DELETE FROM facts WHERE name = 'audit_beginning'").await;
        assert_eq!(world.trail().await, missing);
    })
    .await;
}

#[tokio::test]
async fn sr_195_what_the_database_keeps_the_trail_does_not_forget() {
    on_each_database(async |world| {
        world.has(&MARIE).await;
        let sound = world.trail().await;
        world.advance(days(366));
        let (keep, let_go) = match world.database.engine {
            Engine::Sqlite => {
                ("CREATE TRIGGER keep BEFORE DELETE ON events BEGIN SELECT RAISE(IGNORE); END", "DROP TRIGGER keep")
            }
            // A rule `DO INSTEAD NOTHING` would stay in the plans of connections that met it.
            Engine::Postgres => {
                let nothing = "CREATE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'";
                world.database.execute(nothing).await;
                (
                    "CREATE TRIGGER keep BEFORE DELETE ON events FOR EACH ROW EXECUTE FUNCTION keep()",
                    "DROP TRIGGER keep ON events",
                )
            }
        };
        world.database.execute(keep).await;
        assert!(world.node.house.forget_events().await.is_err());
        assert_eq!(world.trail().await, sound);
        world.database.execute(let_go).await;
        assert!(world.node.house.forget_events().await.unwrap() > 0);
    })
    .await;
}

#[tokio::test]
async fn sr_195_a_broken_trail_is_kept_as_evidence() {
    on_each_database(async |world| {
        world.has(&MARIE).await;
        let events = world.events().await;
        world.trail().await;
        world.database.execute("UPDATE events SET content = content || ' ' WHERE sequence = 3").await;
        world.advance(days(400));
        let broken = Verdict::Broken { sequence: 3, fault: "the seal is wrong" };
        assert_eq!(world.tidied().await, (2, broken.clone()), "what is right up to there may go");
        assert_eq!(world.tidied().await, (0, broken));
        assert_eq!(world.events().await, events - 2);
    })
    .await;
}
