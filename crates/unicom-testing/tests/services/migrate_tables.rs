//! Tests of schema migrations: from an empty database to all tables, exactly once, with concurrent
//! processes.

use unicom_db::{Database, MIGRATIONS};
use unicom_testing::{TestDatabase, both_engines};

use crate::schema::TABLES;

both_engines! {
    migrations: [];

    fn concurrent_migrations_of_an_empty_database_succeed(db: &TestDatabase) {
        let threads: Vec<_> = (0..8)
            .map(|_| {
                let database: Database = db.connect_with(unicom_db::DatabaseOptions::default());
                std::thread::spawn(move || database.migrate(&[&MIGRATIONS]))
            })
            .collect();
        for thread in threads {
            thread.join().unwrap().unwrap();
        }
        assert_eq!(db.read(|db| MIGRATIONS.pending(db)), 0);
        for table in TABLES {
            assert_eq!(db.read(move |db| crate::schema::count(db, table)), 0, "{table}");
        }
    }

    fn empty_database_has_pending_migrations(db: &TestDatabase) {
        assert!(db.read(|db| MIGRATIONS.pending(db)) > 0);
        db.database().migrate(&[&MIGRATIONS]).unwrap();
        assert_eq!(db.read(|db| MIGRATIONS.pending(db)), 0);
        db.database().migrate(&[&MIGRATIONS]).unwrap();
    }
}
