//! Tests of a database migrated by a later version, and of servers that start at the same time.

use diesel::prelude::*;
use diesel::sql_types::Text;
use serde_json::json;
use unicom_db::{DbError, Engine, on_engine};
use unicom_testing::{TestDatabase, both_engines};

use crate::workspace::{Workspace, has};
use crate::{server::Server, visitor::Visitor};

/// An address that no machine has: a server that is not refused ends nevertheless.
const NOT_HERE: &str = "203.0.113.1:1";

both_engines! {
    migrations: [];

    fn every_command_rejects_a_newer_database(db: &TestDatabase) {
        let home = Workspace::on(db);
        home.echo_channel();
        for version in ["unicom9999", "unicomauth9999"] {
            add(db, version);
            let said = format!("the database is newer than this unicom: it has migration `{version}`");
            let commands: [&[&str]; 7] = [
                &["serve", "--listen", NOT_HERE], &["migrate"], &["channel", "list"], &["user", "list"],
                &["export"], &["import"], &["quickstart", "--listen", NOT_HERE],
            ];
            for command in commands {
                has(&home.run(command).failure(), &[&said, "use the version that ran it, or a later one"]);
            }
            let check = home.run(&["check"]);
            assert_eq!(check.code, Some(1));
            has(&check.out, &[&said, "WRONG"]);
            change(db, "DELETE FROM __diesel_schema_migrations WHERE version =", version);
        }
        assert_eq!(home.json(&["channel", "list"]).as_array().map(Vec::len), Some(1));
    }

    fn migrations_of_the_host_are_reported_and_ignored(db: &TestDatabase) {
        let home = Workspace::on(db);
        home.echo_channel();
        assert!(!home.run(&["migrate"]).ok().contains("beside"));
        let own = ["20251023120000", "shop0001", "unicornhorn0009", "zzz"];
        for (version, said) in own.into_iter().zip(["1 migration of the host: 20251023120000", "2 migrations", "3", "4"]) {
            add(db, version);
            has(&home.run(&["migrate"]).ok(), &["database is up to date, beside ", said]);
        }
        home.run(&["check"]).ok();
        let migrated = home.json(&["migrate"]);
        assert_eq!((&migrated["migrations"], &migrated["host_migrations"]), (&json!(0), &json!(own)));
        for version in ["zzz1", "zzz2"] {
            add(db, version);
        }
        let said = "beside 6 migrations of the host: 20251023120000, shop0001, unicornhorn0009, zzz, zzz1, …";
        has(&home.run(&["migrate"]).ok(), &[said]);
    }

    async fn servers_starting_concurrently_migrate_once(db: &TestDatabase) {
        let home = Workspace::on(db);
        let servers = std::thread::scope(|scope| {
            let starts = [(); 4].map(|()| scope.spawn(|| Server::serve(&home)));
            starts.map(|start| start.join().unwrap())
        });
        let versions = versions(db);
        let alone = TestDatabase::sqlite(&[&unicom_db::MIGRATIONS, &unicom_auth::MIGRATIONS]);
        assert_eq!(versions, self::versions(&alone), "each once");
        home.echo_channel();
        // All of them serve: the next one shows what the previous one received.
        let mut visitor = Visitor::of(&servers[0]);
        for (count, server) in servers.iter().enumerate() {
            visitor = visitor.at(server);
            visitor.send("m").await;
            visitor.texts_once(2 * (count + 1)).await;
        }
        for server in servers {
            assert_eq!(server.terminate(), Some(0));
        }
    }
}

fn add(db: &TestDatabase, version: &'static str) {
    change(
        db,
        "INSERT INTO __diesel_schema_migrations (version) SELECT",
        version,
    );
}

fn change(db: &TestDatabase, statement: &'static str, version: &'static str) {
    db.write(move |tx| -> Result<(), DbError> {
        let statement = format!("{statement} '{version}'");
        on_engine!(&mut **tx, conn => diesel::sql_query(statement).execute(conn))?;
        Ok(())
    });
}

fn versions(db: &TestDatabase) -> Vec<String> {
    #[derive(QueryableByName)]
    struct Ran {
        #[diesel(sql_type = Text)]
        version: String,
    }
    let query = match db.engine() {
        Engine::Sqlite => "SELECT version FROM __diesel_schema_migrations ORDER BY version",
        Engine::Postgres => {
            "SELECT version::text FROM __diesel_schema_migrations ORDER BY version COLLATE \"C\""
        }
    };
    let ran: Vec<Ran> =
        on_engine!(&mut db.connection(), conn => diesel::sql_query(query).load(conn)).unwrap();
    ran.into_iter().map(|ran| ran.version).collect()
}
