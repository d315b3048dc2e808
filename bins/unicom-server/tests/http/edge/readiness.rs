//! Tests of `/readyz`: it is cheap, however often it is requested, and reports if nothing can be
//! written.

use std::time::Instant;

use diesel::connection::SimpleConnection;
use serde_json::json;
use unicom_db::{Db, DbError, Engine, on_engine};
use unicom_server::Options;
use unicom_testing::TestDatabase;

use crate::app::TestApp;
use crate::both;
use crate::multipart_form::Form;
use crate::raw_connection::RawConnection;
use crate::statements::{cost, recording_with};

const SEND: &str = "/unicom/webchat/send/";

/// Makes the database refuse all further writes.
async fn make_full(app: &TestApp, db: &TestDatabase) {
    match db.engine() {
        // All writes share one connection. The database may not grow beyond its current size.
        Engine::Sqlite => {
            let set = app.database().write(|tx| -> Result<(), DbError> {
                let db: &mut Db = tx;
                Ok(on_engine!(db, conn => conn.batch_execute("PRAGMA max_page_count = 1"))?)
            });
            set.await.unwrap();
        }
        // Like a standby that is not yet promoted. Existing connections are terminated, because
        // they could still write.
        Engine::Postgres => {
            let mut connection = db.connection();
            on_engine!(&mut connection, conn => conn.batch_execute(
                "DO $$ BEGIN \
                    EXECUTE format('ALTER DATABASE %I SET default_transaction_read_only = on', current_database()); \
                    PERFORM pg_terminate_backend(pid) FROM pg_stat_activity \
                        WHERE datname = current_database() AND pid <> pg_backend_pid(); \
                END $$",
            ))
            .unwrap();
        }
    }
}

both! {
    async fn frequent_readiness_checks_do_not_query_the_database(db: &TestDatabase) {
        let (app, recorded) = recording_with(db, Options::default()).await;
        let client = app.guest().await;
        let began = Instant::now();
        let (_, statements) = cost(&recorded, async {
            for _ in 0..300 {
                client.get("/readyz").await.ok();
            }
            // All at the same time, too.
            let many = (0..50).map(|_| client.get("/readyz"));
            for answer in futures_util::future::join_all(many).await {
                answer.ok();
            }
        })
        .await;
        let asks = |statement: &&String| statement.contains("SELECT 1") || statement.contains("transaction_read_only");
        let asked = statements.iter().filter(asks).count();
        let seconds = began.elapsed().as_secs() as usize + 1;
        assert!((1..=seconds).contains(&asked), "{asked} in {seconds} s: {statements:?}");
    }

    async fn failed_write_is_reported_and_stores_nothing(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let guest = app.guest_who_wrote("hi").await;
        app.settled().await;
        let before = app.rows().await;
        make_full(&app, db).await;
        let refused = async |kind: &str, body: &str| {
            TestApp::wait_for("a write that is refused", async || {
                let mut raw = RawConnection::to(&app);
                let headers = format!("content-type: {kind}\r\ncontent-length: {}\r\n", body.len());
                raw.write_request(&format!("POST {SEND}"), &guest, &headers, body);
                let answer = raw.answer();
                assert_eq!(answer.status, 503, "{answer:?}");
                // While its connections are terminated, PostgreSQL is busy.
                (answer.json()["code"] == "storage_full").then_some(())
            })
            .await;
        };
        // More than the free space of a page.
        let text = json!({ "text": "x".repeat(15_000) }).to_string();
        refused("application/json", &text).await;
        let (kind, _) = Form::default().finish();
        let body = format!(
            "------boundary7f3a\r\ncontent-disposition: form-data; name=\"text\"\r\n\r\n{}\r\n\
             ------boundary7f3a\r\ncontent-disposition: form-data; name=\"media\"; filename=\"a.gif\"\r\n\r\n{}\r\n\
             ------boundary7f3a--\r\n",
            "x".repeat(15_000),
            "GIF89a\u{1}\0\u{1}\0\0\0\0,\0\0\0\0\u{1}\0\u{1}\0\0\u{2}\u{2}D\u{1}\0;",
        );
        refused(&kind, &body).await;
        assert_eq!(app.files().len(), 0);
        assert_eq!(app.rows().await, before);
        // Reading still works.
        assert_eq!(guest.texts().await, ["hi"]);
        if db.engine() == Engine::Postgres {
            TestApp::wait_for("the end of being ready", async || {
                let answer = RawConnection::to(&app).get("/readyz");
                (answer.status == 503 && answer.json()["code"] == "storage_full").then_some(())
            })
            .await;
        }
    }
}
