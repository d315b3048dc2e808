//! Tests of a guest's chats that a login could not give to the user: the migration is pending,
//! whatever happens to the session.

use diesel::RunQueryDsl;
use serde_json::json;
use unicom_auth::{migrate_pending_guests, users};
use unicom_db::{Db, DbError, Engine, on_engine};
use unicom_server::Options;
use unicom_testing::TestDatabase;

use crate::app::{TestApp, echo};
use crate::both;
use crate::client::Client;

/// Has a guest write `hi`, blocks it, and logs it in as alice. Returns the client and the guest's
/// account.
async fn held_up(app: &TestApp) -> (Client, String) {
    app.user("alice").await.log_out().await;
    let (client, guest) = another_held_up(app, "hi").await;
    assert_eq!(client.texts().await, [""; 0]);
    (client, guest)
}

/// Has another blocked guest log in as alice, who must exist.
async fn another_held_up(app: &TestApp, text: &str) -> (Client, String) {
    let client = app.guest_who_wrote(text).await;
    let guest = client.account_id().await;
    app.block(&guest).await;
    client.log_in("alice").await;
    (client, guest)
}

async fn pending(app: &TestApp) -> usize {
    app.count("unicom_pending_migrations").await
}

async fn alices_texts(app: &TestApp) -> Vec<String> {
    let phone = app.guest().await;
    phone.log_in("alice").await;
    phone.texts().await
}

async fn run(app: &TestApp, statements: &'static [&'static str]) {
    let ran = app.database().write(move |tx| -> Result<(), DbError> {
        for statement in statements {
            let db: &mut Db = tx;
            on_engine!(db, conn => diesel::sql_query(*statement).execute(conn))?;
        }
        Ok(())
    });
    ran.await.unwrap();
}

/// Makes every migration of a guest fail.
async fn break_moving(app: &TestApp) {
    let statements: &[&str] = match app.database().engine() {
        Engine::Sqlite => &[
            "CREATE TRIGGER broken BEFORE INSERT ON unicom_account_merges BEGIN SELECT RAISE(ABORT, 'broken'); END",
        ],
        Engine::Postgres => &[
            "CREATE FUNCTION broken() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'broken'; END $$",
            "CREATE TRIGGER broken BEFORE INSERT ON unicom_account_merges FOR EACH ROW EXECUTE FUNCTION broken()",
        ],
    };
    run(app, statements).await;
}

async fn mend_moving(app: &TestApp) {
    let statements: &[&str] = match app.database().engine() {
        Engine::Sqlite => &["DROP TRIGGER broken"],
        Engine::Postgres => &[
            "DROP TRIGGER broken ON unicom_account_merges",
            "DROP FUNCTION broken",
        ],
    };
    run(app, statements).await;
}

both! {
    async fn pending_migration_survives_a_logout_and_completes_at_the_next_login(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let (client, guest) = held_up(&app).await;
        client.log_out().await;
        assert_eq!(pending(&app).await, 1);
        assert_eq!(alices_texts(&app).await, [""; 0], "the guest is blocked");
        app.unblock(&guest).await;
        assert_eq!(alices_texts(&app).await, ["hi"]);
        assert_eq!(pending(&app).await, 0);
        // Only once, and to no other user.
        client.session().await;
        client.register("bob").await;
        assert_eq!(client.texts().await, [""; 0]);
        assert_eq!(alices_texts(&app).await, ["hi"]);
    }

    async fn pending_migration_completes_without_a_login(db: &TestDatabase) {
        let mut app = TestApp::start(db).await;
        let (client, guest) = held_up(&app).await;
        client.log_out().await;
        app.unblock(&guest).await;
        // Pending migrations are retried every ten minutes.
        app.crash();
        app.make_housekeeping_due().await;
        app.run(Options::default(), echo());
        TestApp::wait_for("the history", async || (pending(&app).await == 0).then_some(())).await;
        assert_eq!(alices_texts(&app).await, ["hi"]);
    }

    async fn pending_migration_survives_an_ended_session(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let (client, guest) = held_up(&app).await;
        let id = client.session().await["user"]["id"].as_str().unwrap().parse().unwrap();
        let ended: Result<(), DbError> = app.database().write(move |tx| users::end_sessions(tx, id)).await;
        ended.unwrap();
        app.unblock(&guest).await;
        assert_eq!(alices_texts(&app).await, ["hi"]);
    }

    async fn pending_migration_is_not_given_to_the_next_user(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let (client, guest) = held_up(&app).await;
        client.register("bob").await;
        app.unblock(&guest).await;
        assert_eq!(client.texts().await, [""; 0]);
        assert_eq!(alices_texts(&app).await, ["hi"]);
        assert_eq!(client.texts().await, [""; 0]);
    }

    async fn one_user_may_have_several_pending_migrations(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let (first, guest) = held_up(&app).await;
        let (second, other) = another_held_up(&app, "hi again").await;
        assert_eq!(pending(&app).await, 2);
        app.unblock(&other).await;
        // Each session of the user retries all pending migrations, as long as there are any.
        assert_eq!(first.texts().await, ["hi again"]);
        app.unblock(&guest).await;
        assert_eq!(first.texts().await, ["hi", "hi again"]);
        assert_eq!(second.texts().await, ["hi", "hi again"]);
        assert_eq!(pending(&app).await, 0);
    }

    async fn retry_returns_the_number_of_completed_migrations(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let (_, first) = held_up(&app).await;
        let (_, second) = another_held_up(&app, "and").await;
        another_held_up(&app, "so on").await;
        for guest in [&first, &second] {
            app.unblock(guest).await;
        }
        assert_eq!(migrate_pending_guests(app.database()).await.unwrap(), 2);
        assert_eq!(pending(&app).await, 1);
        assert_eq!(migrate_pending_guests(app.database()).await.unwrap(), 0);
    }

    async fn failed_migration_does_not_prevent_a_login(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        app.user("alice").await.log_out().await;
        let client = app.guest_who_wrote("hi").await;
        break_moving(&app).await;
        client.log_in("alice").await;
        assert_eq!(client.texts().await, [""; 0]);
        client.say("as alice").await;
        client.log_out().await;
        mend_moving(&app).await;
        assert_eq!(alices_texts(&app).await, ["hi", "as alice"]);
    }

    async fn erasure_deletes_pending_migrations(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let admin = app.program().await;
        let (client, guest) = held_up(&app).await;
        let user = client.account_id().await;
        let erase = async |account: &str| {
            let path = format!("/unicom/admin/accounts/{account}/erase/");
            admin.post(&path, json!({})).await.ok();
        };
        erase(&guest).await;
        assert_eq!(pending(&app).await, 0);
        another_held_up(&app, "hi").await;
        assert_eq!(pending(&app).await, 1);
        erase(&user).await;
        assert_eq!(pending(&app).await, 0);
    }
}
