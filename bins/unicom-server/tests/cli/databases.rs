//! Tests of databases that cannot be used: they are refused with a sentence that says why.

use diesel::connection::SimpleConnection;
use unicom_db::on_engine;
use unicom_testing::TestDatabase;

use crate::workspace::{Workspace, has};

/// Runs a statement outside of a transaction.
fn execute(db: &TestDatabase, statement: &str) {
    on_engine!(&mut db.connection(), conn => conn.batch_execute(statement)).unwrap();
}

/// Returns the URL of another database on the server of `db`.
fn beside(db: &TestDatabase, name: &str) -> String {
    let (server, _) = db.url().rsplit_once('/').unwrap();
    let query = db.url().split_once('?').map_or("", |(_, query)| query);
    format!("{server}/{name}?{query}")
        .trim_end_matches('?')
        .to_owned()
}

/// Returns the name of the database.
fn name(db: &TestDatabase) -> &str {
    let (_, name) = db.url().rsplit_once('/').unwrap();
    name.split('?').next().unwrap()
}

#[test]
fn path_of_sqlite_is_not_a_url() {
    let home = Workspace::new();
    for (url, part) in [
        ("sqlite://other.db?mode=rwc", "`?`"),
        ("sqlite://other.db?", "`?`"),
        ("sqlite://a%20b.db", "`%20`"),
        ("sqlite:///tmp/%C3%A4.db", "`%20`"),
        ("sqlite://other.db#main", "`#`"),
        ("sqlite://file:other.db", "`file:`"),
    ] {
        for command in [&["migrate"][..], &["serve"], &["channel", "list"]] {
            let said = home
                .run(&[command, &["--database-url", url]].concat())
                .wrong_use();
            has(&said, &["taken as it stands", url, part]);
        }
    }
    assert_eq!(std::fs::read_dir(home.path()).unwrap().count(), 0);
    home.run(&["migrate", "--database-url", "sqlite://100%.db"])
        .ok();
    assert!(home.path().join("100%.db").exists());
}

#[test]
fn database_that_is_not_in_utf8_is_refused() {
    let Some(db) = TestDatabase::postgres(&[]) else {
        return;
    };
    for encoding in ["LATIN1", "SQL_ASCII"] {
        let other = format!("{}_{}", name(&db), encoding.to_lowercase());
        execute(
            &db,
            &format!(
                "CREATE DATABASE {other} ENCODING '{encoding}' TEMPLATE template0 LC_COLLATE 'C' LC_CTYPE 'C'"
            ),
        );
        let home = Workspace::with_url(&beside(&db, &other));
        for command in [&["migrate"][..], &["serve"], &["channel", "list"]] {
            has(&home.run(command).failure(), &[encoding, "ENCODING 'UTF8'"]);
        }
        has(&home.run(&["check"]).out, &["WRONG", encoding]);
        execute(&db, &format!("DROP DATABASE {other}"));
    }
}

#[test]
fn read_only_database_is_refused() {
    let Some(db) = TestDatabase::postgres(&[&unicom_db::MIGRATIONS, &unicom_auth::MIGRATIONS])
    else {
        return;
    };
    let home = Workspace::on(&db);
    home.echo_channel();
    home.run(&["check"]).ok();
    let set = format!(
        "ALTER DATABASE {} SET default_transaction_read_only",
        name(&db)
    );
    execute(&db, &format!("{set} = on"));
    for command in ["migrate", "serve"] {
        has(
            &home.run(&[command]).failure(),
            &["cannot be written", "read-only"],
        );
    }
    has(&home.run(&["check"]).out, &["WRONG", "read-only"]);
    // The connection itself is read-only, and a batch would be one transaction.
    let mut connection = db.connection();
    for statement in [
        "SET default_transaction_read_only = off".to_owned(),
        format!("{set} = off"),
    ] {
        on_engine!(&mut connection, conn => conn.batch_execute(&statement)).unwrap();
    }
    home.run(&["migrate"]).ok();
}
