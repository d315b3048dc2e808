//! Databases on PostgreSQL that are copied from a template, which is migrated once.
//!
//! The name of the template contains a digest of its migrations, so that changed migrations use a
//! new template. Test processes that start together wait for each other at an advisory lock of the
//! server's `postgres` database.

use std::collections::hash_map::DefaultHasher;
use std::fmt::Display;
use std::hash::Hasher;
use std::sync::{Arc, Mutex};

use diesel::connection::{Instrumentation, InstrumentationEvent, SimpleConnection};
use diesel::migration::{Migration, MigrationSource};
use diesel::pg::Pg;
use diesel::sql_types::{BigInt, Bool, Text};
use diesel::{Connection, PgConnection, QueryResult, RunQueryDsl};
use unicom_db::{Db, Migrations};
use unicom_models::Id;

/// The advisory lock under which one process at a time searches for a template. An arbitrary
/// constant.
const LOCK: i64 = 0x7465_6d70_6c61;

/// A separate database on a server. Dropping it deletes the database.
#[derive(Debug)]
pub(crate) struct Clone {
    server: String,
    name: String,
}

impl Clone {
    /// Returns the URL of the database.
    pub fn url(&self) -> String {
        with_name(&self.server, &self.name)
    }
}

impl Drop for Clone {
    fn drop(&mut self) {
        let drop = format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name);
        let dropped =
            PgConnection::establish(&self.server).map(|mut server| server.batch_execute(&drop));
        if !matches!(dropped, Ok(Ok(()))) {
            eprintln!(
                "the test database `{}` was left behind: {dropped:?}",
                self.name
            );
        }
    }
}

/// Creates a database on `server` with the tables of `sets`.
pub(crate) fn clone(server: &str, sets: &[&Migrations]) -> Clone {
    let mut connection = PgConnection::establish(server)
        .unwrap_or_else(|error| panic!("cannot connect to PostgreSQL: {error}"));
    let template = template(&mut connection, server, sets);
    let name = format!("unicom_test_{}", Id::new().to_string().replace('-', ""));
    run(
        &mut connection,
        &format!("CREATE DATABASE {name} TEMPLATE {template}"),
    );
    Clone {
        server: server.to_owned(),
        name,
    }
}

/// Returns the name of the template for `sets`. Creates the template if it is missing.
fn template(connection: &mut PgConnection, server: &str, sets: &[&Migrations]) -> String {
    let name = format!("unicom_template_{:016x}", digest(connection, sets));
    ok(diesel::sql_query("SELECT pg_advisory_lock($1)")
        .bind::<BigInt, _>(LOCK)
        .execute(connection));
    if !exists(connection, &name) {
        // It has another name until it is complete, so that a process that is killed leaves no
        // partial template.
        let unfinished = format!("{name}_unfinished");
        run(
            connection,
            &format!("DROP DATABASE IF EXISTS {unfinished} WITH (FORCE)"),
        );
        run(connection, &format!("CREATE DATABASE {unfinished}"));
        let mut db = ok(Db::connect(&with_name(server, &unfinished)));
        for set in sets {
            ok(set.run(&mut db));
        }
        drop(db);
        run(
            connection,
            &format!("ALTER DATABASE {unfinished} RENAME TO {name}"),
        );
    }
    ok(diesel::sql_query("SELECT pg_advisory_unlock($1)")
        .bind::<BigInt, _>(LOCK)
        .execute(connection));
    name
}

fn exists(connection: &mut PgConnection, name: &str) -> bool {
    #[derive(diesel::QueryableByName)]
    struct Found {
        #[diesel(sql_type = Bool)]
        found: bool,
    }
    let query = "SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1) AS found";
    let found: QueryResult<Found> = diesel::sql_query(query)
        .bind::<Text, _>(name)
        .get_result(connection);
    ok(found).found
}

/// Returns a digest of the SQL of the migrations.
///
/// diesel gives the SQL of migrations only to a connection that runs them. They are therefore run
/// in a read-only transaction, where they fail immediately, and the instrumentation of the
/// connection records the SQL.
fn digest(connection: &mut PgConnection, sets: &[&Migrations]) -> u64 {
    let said = Arc::new(Mutex::new(DefaultHasher::new()));
    run(connection, "BEGIN READ ONLY");
    connection.set_instrumentation(Recorder(Arc::clone(&said)));
    for set in sets {
        let migrations: Vec<Box<dyn Migration<Pg>>> = ok((set.postgres)().migrations());
        for migration in migrations {
            // The migration is expected to fail; its SQL has been recorded.
            let _ = migration.run(connection);
        }
    }
    connection.set_instrumentation(Recorder(Arc::default()));
    run(connection, "ROLLBACK");
    let said = said.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    said.finish()
}

struct Recorder(Arc<Mutex<DefaultHasher>>);

impl Instrumentation for Recorder {
    fn on_connection_event(&mut self, event: InstrumentationEvent<'_>) {
        if let InstrumentationEvent::StartQuery { query, .. } = event {
            let mut said = (self.0.lock()).unwrap_or_else(|poisoned| poisoned.into_inner());
            said.write(query.to_string().as_bytes());
        }
    }
}

/// Returns the URL `server` with another database name.
fn with_name(server: &str, name: &str) -> String {
    let (address, parameters) = server.split_once('?').unwrap_or((server, ""));
    let address = address.rsplit_once('/').map_or(address, |(host, _)| host);
    let separator = if parameters.is_empty() { "" } else { "?" };
    format!("{address}/{name}{separator}{parameters}")
}

fn run(connection: &mut PgConnection, sql: &str) {
    ok(connection
        .batch_execute(sql)
        .map_err(|error| format!("`{sql}`: {error}")));
}

fn ok<T, E: Display>(result: Result<T, E>) -> T {
    result.unwrap_or_else(|error| panic!("the test database could not be made: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn database_name_in_the_url_is_replaced() {
        for (server, expected) in [
            ("postgres://u@h:1/postgres", "postgres://u@h:1/x"),
            (
                "postgres://u@h/postgres?sslmode=disable",
                "postgres://u@h/x?sslmode=disable",
            ),
        ] {
            assert_eq!(with_name(server, "x"), expected);
        }
    }
}
