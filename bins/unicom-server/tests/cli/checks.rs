//! `unicom check`: its exit code and its lines.

use serde_json::json;
use unicom_db::{DbError, queries::channels};
use unicom_testing::{TestDatabase, both_engines};

use crate::home::{Home, Run, has};
use crate::server::Server;

both_engines! {
    migrations: [unicom_db::MIGRATIONS, unicom_auth::MIGRATIONS];

    fn all_is_well(db: &TestDatabase) {
        let home = Home::on(db);
        let id = home.echo_channel();
        has(&home.run(&["check"]).ok(), &["up to date", &format!("{id} `Site` is active")]);
        let findings = home.json(&["check"]);
        assert!(findings.as_array().unwrap().iter().all(|found| found["ok"] == true));
    }

    fn no_channel(db: &TestDatabase) {
        wrong(Home::on(db).run(&["check"]), &["channels", "unicom channel create"]);
    }

    fn a_channel_of_an_unknown_platform(db: &TestDatabase) {
        channel(db, "Pigeon", json!({}), true);
        wrong(Home::on(db).run(&["check"]), &["`Broken`", "`Pigeon`", "expected one of WebChat"]);
    }

    fn a_channel_with_an_unknown_bot(db: &TestDatabase) {
        channel(db, "WebChat", json!({ "bot": "nobody" }), true);
        wrong(Home::on(db).run(&["check"]), &["`Broken`", "`nobody`", "expected one of echo"]);
    }

    fn a_channel_that_is_switched_off_is_not_wrong(db: &TestDatabase) {
        channel(db, "Pigeon", json!({}), false);
        has(&Home::on(db).run(&["check"]).ok(), &["`Broken` is switched off"]);
    }

    fn it_can_be_asked_while_a_server_runs(db: &TestDatabase) {
        let home = Home::on(db);
        home.echo_channel();
        let _server = Server::serve(&home);
        home.run(&["check"]).ok();
    }
}

mod of_a_new_database {
    use super::*;

    both_engines! {
        migrations: [];

        fn migrations_have_not_run(db: &TestDatabase) {
            let home = Home::on(db);
            for _ in 0..2 {
                wrong(home.run(&["check"]), &["migrations have not run: `unicom migrate` runs them"]);
            }
        }
    }
}

#[test]
fn no_database() {
    let home = Home::new();
    wrong(
        home.run(&["check"]),
        &["`unicom.db` does not exist: `unicom migrate` makes it"],
    );
    let made = std::fs::read_dir(home.path()).unwrap().count();
    assert_eq!(made, 0, "checking makes nothing");
}

#[test]
fn no_server_answers() {
    let home = Home::with_url("postgres://ada:sesame@127.0.0.1:1/unicom");
    let said = wrong(home.run(&["check"]), &["cannot connect to the database"]);
    assert!(!said.contains("sesame"), "{said}");
}

/// It found something wrong, listed all it found, and said so at the end; what it listed.
fn wrong(run: Run, parts: &[&str]) -> String {
    assert_eq!(run.code, Some(1), "{run:?}");
    has(&run.err, &["unicom: 1 of", "checks failed"]);
    has(&run.out, parts);
    run.out
}

fn channel(db: &TestDatabase, platform: &'static str, config: serde_json::Value, active: bool) {
    db.write(move |tx| -> Result<(), DbError> {
        let mut channel = channels::insert(tx, &platform.into(), "Broken", &config)?;
        channel.active = active;
        channels::update(tx, &channel)?;
        Ok(())
    });
}
