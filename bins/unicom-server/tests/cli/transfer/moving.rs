//! Tests that data is unchanged after export and import, between all engines and during writes.

use std::collections::{BTreeMap, BTreeSet};

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};
use serde_json::{Value, json};
use unicom_core::admin::Actor;
use unicom_core::internal::{Topic, notify};
use unicom_core::{CoreError, OutgoingMessage};
use unicom_db::{Engine, Tx, on_engine};
use unicom_internal::{Author, NewChat, Person, create_chat, send};
use unicom_server::platforms;
use unicom_testing::{TestDatabase, both_engines};

use super::{assert_same, export, exported_rows};
use crate::busy::{Busy, texts_in};
use crate::sample_data::{PASSWORD, fill};
use crate::workspace::{Workspace, has};
use crate::{server::Server, visitor::Visitor};

const GIF: &[u8] = b"GIF89a\x01\0\x01\0\0\0\0,\0\0\0\0\x01\0\x01\0\0\x02\x02D\x01\0;";

both_engines! {
    migrations: [];

    async fn all_data_moves_to_the_other_engine_and_back(db: &TestDatabase) {
        let Some(other) = other_engine(db) else { return };
        let here = Workspace::on(db);
        fill(&here, db).await;
        let first = export(&here);
        assert_eq!(columns_of(&first), columns_in(db));
        assert_eq!(never_set(&first), BTreeSet::new());

        let there = Workspace::on(&other);
        let said = there.run_with_input(&["import"], &first);
        has(&said.ok(), &["imported ", " rows of "]);
        let second = export(&there);
        assert_same(&first, &second);

        let back = Workspace::with_url(&format!("sqlite://{}/back.db", there.path().display()));
        there.write("second.jsonl", &second);
        let file = there.path().join("second.jsonl");
        let imported = back.json(&["import", file.to_str().unwrap()]);
        assert_eq!(imported["rows"], json!(first.lines().count() - 2));
        assert_same(&first, &export(&back));

        // The commands list the same data on both sides.
        for what in ["channel", "user", "account", "member", "group", "category", "bot", "token", "request", "delivery", "audit"] {
            assert_eq!(here.json(&[what, "list"]), there.json(&[what, "list"]), "{what}");
        }
        // Numbers are not reused: the last channel but one was deleted.
        let made = there.json(&["channel", "create", "--platform", "WebChat", "--name", "New"]);
        assert_eq!(made["id"], 5, "{}", there.json(&["channel", "list"]));
        assert_eq!(here.json(&["channel", "create", "--platform", "WebChat", "--name", "New"])["id"], 5);
        there.user("eve", PASSWORD).ok();
        assert_eq!(there.json(&["user", "show", "eve"])["id"], 3);

        let server = Server::serve(&there);
        let person = Visitor::of(&server);
        assert_eq!(person.log_in("bob", PASSWORD).await, 200);
        assert_eq!(person.texts_once(4).await[0], "m0");
        person.send("m2").await;
        person.texts_once(6).await;
    }

    fn export_of_a_busy_server_is_consistent(db: &TestDatabase) {
        let home = Workspace::on(db);
        home.echo_channel();
        let busy = Busy::start(&home);
        for number in 0..5 {
            busy.go_on();
            let before = busy.acknowledged();
            let export = export(&home);
            let missing: Vec<_> = before.difference(&texts_in(&export)).cloned().collect();
            assert_eq!(missing, [""; 0], "acknowledged before it");
            // The import would fail if a request had no message or a message had no chat.
            let target = Workspace::with_url(&format!("sqlite://{number}.db"));
            target.run_with_input(&["import"], &export).ok();
        }
        busy.stop();
    }

    fn export_file_is_private_and_not_overwritten_without_force(db: &TestDatabase) {
        let home = Workspace::on(db);
        has(&home.run(&["export"]).failure(), &["migrations have not run: `unicom migrate` runs them"]);
        home.echo_channel();
        let run = home.run(&["export", "all.jsonl"]);
        has(&run.out, &["exported 2 rows of "]);
        let file = home.path().join("all.jsonl");
        let text = std::fs::read_to_string(&file).unwrap();
        assert_same(&text, &export(&home));
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600);
        }
        has(&home.run(&["export", "all.jsonl"]).wrong_use(), &["`all.jsonl` exists: `--force` replaces it"]);
        assert_eq!(std::fs::read_to_string(&file).unwrap(), text);
        let told = home.json(&["export", "all.jsonl", "--force"]);
        assert_eq!((&told["rows"], &told["tables"]["unicom_channels"]), (&json!(2), &json!(1)));
        let run = home.run(&["export", "--json"]);
        assert_same(&run.out, &text);
        assert_eq!(serde_json::from_str::<Value>(&run.err).unwrap()["rows"], 2);
        let left: Vec<_> = home.path().read_dir().unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert!(left.iter().all(|name| !name.to_string_lossy().ends_with(".part")), "{left:?}");
        home.run(&["export", "no/such/folder.jsonl"]).failure();
    }

    fn byte_order_mark_of_an_export_is_skipped(db: &TestDatabase) {
        let Some(other) = other_engine(db) else { return };
        let (here, there) = (Workspace::on(db), Workspace::on(&other));
        here.echo_channel();
        let good = export(&here);
        let second = good.replacen('\n', "\n\u{feff}", 1);
        has(&there.run_with_input(&["import"], &second).failure(), &["line 2"]);
        there.run_with_input(&["import"], &format!("\u{feff}{good}")).ok();
        assert_same(&good, &export(&there));
    }

    fn conversations_and_notices_move_too(db: &TestDatabase) {
        let Some(other) = other_engine(db) else { return };
        let (here, there) = (Workspace::on(db), Workspace::on(&other));
        here.run(&["channel", "create", "--platform", "Internal", "--name", "Console"]).ok();
        let tell = |tx: &mut Tx<'_>| notify(tx, Topic::CHANNELS, "channel:7", "It does not work");
        assert!(db.write(tell));
        let chat = db.write(|tx| {
            let (ann, actor) = (Person::new("7", "Ann"), Actor::COMMAND_LINE);
            let chat = create_chat(tx, &actor, Some(&ann), NewChat::new("Questions"))?;
            let hello = OutgoingMessage::text("Hello!");
            send(tx, &actor, &platforms(), &chat.id, Author::Person(ann), hello)?;
            Ok::<_, CoreError>(chat.id)
        });
        let first = export(&here);
        has(&first, &["It does not work", "Hello!", "internal_user_7", "internal_system"]);
        there.run_with_input(&["import"], &first).ok();
        assert_same(&first, &export(&there));
        // The notice is known there, and the conversation goes on.
        assert!(!other.write(tell));
        other.write(move |tx| {
            let (ann, hello) = (Person::new("7", "Ann"), OutgoingMessage::text("Hello again!"));
            send(tx, &Actor::COMMAND_LINE, &platforms(), &chat, Author::Person(ann), hello)
        });
        assert_eq!(there.json(&["request", "list"]).as_array().map(Vec::len), Some(2));
    }

    async fn guest_storage_is_recounted_after_an_import(db: &TestDatabase) {
        let Some(other) = other_engine(db) else { return };
        let here = Workspace::on(db);
        here.echo_channel();
        let server = Server::serve(&here);
        for _ in 0..2 {
            Visitor::of(&server).send_file(GIF).await;
        }
        assert_eq!(server.terminate(), Some(0));
        let expected = 2 * i64::try_from(GIF.len()).unwrap();
        assert_eq!(bytes_of_guests(db), expected);
        let there = Workspace::on(&other);
        there.run_with_input(&["import"], &export(&here)).ok();
        assert_eq!(bytes_of_guests(&other), expected);
    }

    async fn export_reports_that_media_files_are_missing(db: &TestDatabase) {
        let home = Workspace::on(db);
        home.echo_channel();
        let data = home.path().join("data");
        let data = data.to_str().unwrap();
        let mut serve = home.command(&["serve", "--listen", "127.0.0.1:0", "--data-dir", data]);
        serve.env_remove("UNICOM_DATA_DIR");
        drop(Server::start(serve));
        let run = home.run(&["export", "--data-dir", data]);
        has(&run.err, &["not included: ", &format!("{data}/media"), &format!("{data}/unicom.key")]);
        let run = home.run(&["export", "--media-url", "s3://bucket/here"]);
        has(&run.err, &["not included: files of messages in `s3://bucket/here`"]);
        run.ok();
    }
}

/// Returns the byte count of all guests' files.
fn bytes_of_guests(db: &TestDatabase) -> i64 {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = BigInt)]
        bytes: i64,
    }
    let query = "SELECT CAST(coalesce(sum(bytes), 0) AS BIGINT) AS bytes FROM unicom_guest_files";
    let row: Row =
        on_engine!(&mut db.connection(), conn => diesel::sql_query(query).get_result(conn))
            .unwrap();
    row.bytes
}

fn other_engine(db: &TestDatabase) -> Option<TestDatabase> {
    match db.engine() {
        Engine::Sqlite => TestDatabase::postgres(&[]),
        Engine::Postgres => Some(TestDatabase::sqlite(&[])),
    }
}

/// Returns every table in an export, with its columns.
fn columns_of(export: &str) -> BTreeMap<String, BTreeSet<String>> {
    let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (table, row) in exported_rows(export) {
        let columns: BTreeSet<_> = row.keys().cloned().collect();
        let known = found.entry(table).or_insert_with(|| columns.clone());
        assert_eq!(*known, columns);
    }
    found
}

/// Returns columns that are null in every row of an export. The loss of these would not be noticed.
fn never_set(export: &str) -> BTreeSet<String> {
    let all = columns_of(export);
    let mut left: BTreeSet<String> = all
        .iter()
        .flat_map(|(table, columns)| {
            columns
                .iter()
                .map(move |column| format!("{table}.{column}"))
        })
        .collect();
    for (table, row) in exported_rows(export) {
        for (column, _) in row.iter().filter(|(_, value)| !value.is_null()) {
            left.remove(&format!("{table}.{column}"));
        }
    }
    left
}

/// Returns every table in the database, with its columns.
fn columns_in(db: &TestDatabase) -> BTreeMap<String, BTreeSet<String>> {
    #[derive(QueryableByName)]
    struct Column {
        #[diesel(sql_type = Text)]
        table_name: String,
        #[diesel(sql_type = Text)]
        column_name: String,
    }
    let query = match db.engine() {
        Engine::Sqlite => {
            "SELECT t.name AS table_name, c.name AS column_name FROM sqlite_schema t, pragma_table_info(t.name) c \
             WHERE t.type = 'table' \
             AND t.name NOT IN ('sqlite_sequence', '__diesel_schema_migrations', 'unicom_guest_files')"
        }
        // Counts derived from other tables are computed again.
        Engine::Postgres => {
            "SELECT table_name::text, column_name::text FROM information_schema.columns \
             WHERE table_schema = 'public' \
             AND table_name NOT IN ('__diesel_schema_migrations', 'unicom_guest_files')"
        }
    };
    let columns: Vec<Column> =
        on_engine!(&mut db.connection(), conn => diesel::sql_query(query).load(conn)).unwrap();
    let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for column in columns {
        found
            .entry(column.table_name)
            .or_default()
            .insert(column.column_name);
    }
    found
}
