//! `StatementRecorder`: records a statement that a query function sends, and returns the engine's
//! query plan for it.

use std::sync::{Arc, Mutex};

use diesel::connection::{Instrumentation, InstrumentationEvent};
use diesel::prelude::*;
use diesel::sql_types::Text;
use unicom_db::{Db, Engine, on_engine};

/// The last recorded statement.
#[derive(Debug, Clone, Default)]
pub struct StatementRecorder(Arc<Mutex<String>>);

impl Instrumentation for StatementRecorder {
    fn on_connection_event(&mut self, event: InstrumentationEvent<'_>) {
        if let InstrumentationEvent::StartQuery { query, .. } = event {
            *self.0.lock().unwrap() = query.to_string();
        }
    }
}

impl StatementRecorder {
    /// Records the statements sent through the connection from now on.
    pub fn listen(&self, db: &mut Db) {
        on_engine!(db, conn => conn.set_instrumentation(self.clone()));
    }

    /// Returns the query plan of the last recorded statement.
    pub fn explain(&self, db: &mut Db) -> String {
        let recorded = self.0.lock().unwrap().clone();
        let statement = recorded
            .split("-- binds:")
            .next()
            .unwrap()
            .trim()
            .to_owned();
        match db.engine() {
            Engine::Postgres => {
                // Prepared, so that PostgreSQL infers the types of the parameters, and planned
                // without their values, as for a statement that is sent often.
                let parameters = (1..)
                    .take_while(|n| statement.contains(&format!("${n}")))
                    .count();
                let nulls = vec!["NULL"; parameters].join(", ");
                execute(db, "ANALYZE");
                execute(db, &format!("PREPARE heard AS {statement}"));
                execute(db, "SET plan_cache_mode = force_generic_plan");
                let plan = postgres_lines(db, &format!("EXPLAIN EXECUTE heard({nulls})"));
                execute(db, "DEALLOCATE heard");
                plan
            }
            Engine::Sqlite => sqlite_lines(db, &format!("EXPLAIN QUERY PLAN {statement}")),
        }
    }
}

fn execute(db: &mut Db, sql: &str) {
    on_engine!(db, conn => diesel::sql_query(sql).execute(conn)).unwrap();
}

fn sqlite_lines(db: &mut Db, sql: &str) -> String {
    #[derive(QueryableByName)]
    struct Line {
        #[diesel(sql_type = Text)]
        detail: String,
    }
    let lines: Vec<Line> = on_engine!(db, conn => diesel::sql_query(sql).load(conn)).unwrap();
    lines.into_iter().map(|line| line.detail + "\n").collect()
}

fn postgres_lines(db: &mut Db, sql: &str) -> String {
    #[derive(QueryableByName)]
    struct Line {
        #[diesel(sql_type = Text, column_name = "QUERY PLAN")]
        line: String,
    }
    let lines: Vec<Line> = on_engine!(db, conn => diesel::sql_query(sql).load(conn)).unwrap();
    lines.into_iter().map(|line| line.line + "\n").collect()
}
