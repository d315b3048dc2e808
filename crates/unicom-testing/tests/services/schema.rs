//! Tests of schema rules: names, times, equal columns on both engines, and the indexes used for
//! paging.

use std::collections::BTreeSet;

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Text};
use unicom_core::OutgoingMessage;
use unicom_db::queries::{erasure, messages};
use unicom_db::{Db, DbError, Engine, on_engine};
use unicom_models::UtcTime;
use unicom_testing::{TestDatabase, both_engines};
use unicom_webchat::{NewMessage, Visitor, save_webchat_message, send_webchat_message};

use crate::fixture::{Fixture, access};

/// All tables of unicom's core.
pub const TABLES: [&str; 31] = [
    "unicom_channels",
    "unicom_members",
    "unicom_member_groups",
    "unicom_group_members",
    "unicom_request_categories",
    "unicom_category_channels",
    "unicom_category_members",
    "unicom_category_groups",
    "unicom_accounts",
    "unicom_account_merges",
    "unicom_chats",
    "unicom_account_chats",
    "unicom_messages",
    "unicom_requests",
    "unicom_deliveries",
    "unicom_leases",
    "unicom_channel_holds",
    "unicom_channel_state",
    "unicom_addresses",
    "unicom_provider_messages",
    "unicom_message_edits",
    "unicom_message_failures",
    "unicom_message_details",
    "unicom_files",
    "unicom_deleted_messages",
    "unicom_read_positions",
    "unicom_streams",
    "unicom_chat_holders",
    "unicom_chat_ratings",
    "unicom_bots",
    "unicom_audit",
];

/// Counts that triggers maintain for other tables.
const COUNTED: &str = "unicom_guest_files";

/// Returns the number of rows of a table.
pub fn count(db: &mut Db, table: &str) -> Result<i64, DbError> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = BigInt)]
        rows: i64,
    }
    let query = format!("SELECT count(*) AS rows FROM {table}");
    let row: Row = on_engine!(db, conn => diesel::sql_query(query).get_result(conn))?;
    Ok(row.rows)
}

/// Returns the number of rows of a table for which a condition holds.
pub fn count_where(db: &mut Db, table: &str, condition: &str) -> Result<i64, DbError> {
    count(db, &format!("{table} WHERE {condition}"))
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, QueryableByName)]
struct Column {
    #[diesel(sql_type = Text)]
    table_name: String,
    #[diesel(sql_type = Text)]
    column_name: String,
    #[diesel(sql_type = Text)]
    data_type: String,
    #[diesel(sql_type = Bool)]
    required: bool,
}

#[derive(QueryableByName)]
struct Name {
    #[diesel(sql_type = Text)]
    name: String,
}

fn columns(db: &TestDatabase) -> Vec<Column> {
    let query = match db.engine() {
        Engine::Sqlite => {
            "SELECT t.name AS table_name, c.name AS column_name, lower(c.type) AS data_type, c.\"notnull\" AS required \
             FROM sqlite_schema t, pragma_table_info(t.name) c \
             WHERE t.type = 'table' AND t.name NOT IN ('sqlite_sequence', '__diesel_schema_migrations')"
        }
        Engine::Postgres => {
            "SELECT table_name::text, column_name::text, data_type::text, is_nullable = 'NO' AS required \
             FROM information_schema.columns \
             WHERE table_schema = 'public' AND table_name <> '__diesel_schema_migrations'"
        }
    };
    db.read(move |db| {
        let mut rows: Vec<Column> =
            on_engine!(db, conn => diesel::sql_query(query).load(conn)).map_err(DbError::from)?;
        rows.sort();
        Ok::<_, DbError>(rows)
    })
}

fn indexes(db: &TestDatabase) -> Vec<String> {
    let query = match db.engine() {
        Engine::Sqlite => {
            "SELECT name FROM sqlite_schema WHERE type = 'index' AND name NOT LIKE 'sqlite_autoindex_%'"
        }
        Engine::Postgres => {
            "SELECT indexname::text AS name FROM pg_indexes WHERE schemaname = 'public' \
             AND indexname NOT LIKE '%_pkey'"
        }
    };
    db.read(move |db| {
        let rows: Vec<Name> = on_engine!(db, conn => diesel::sql_query(query).load(conn))?;
        Ok::<_, DbError>(rows.into_iter().map(|row| row.name).collect())
    })
}

both_engines! {
    fn names_begin_with_unicom(db: &TestDatabase) {
        let tables: BTreeSet<_> = columns(db).into_iter().map(|column| column.table_name).collect();
        let known = TABLES.iter().chain([&COUNTED]).map(ToString::to_string);
        assert_eq!(tables, known.collect());
        let strange: Vec<_> = indexes(db).into_iter().filter(|name| !name.starts_with("unicom_")).collect();
        assert!(strange.is_empty(), "{strange:?}");
    }

    fn times_are_stored_in_utc_microseconds(db: &TestDatabase) {
        let expected = match db.engine() {
            Engine::Sqlite => "bigint",
            Engine::Postgres => "timestamp with time zone",
        };
        for column in columns(db) {
            let named_a_time = column.column_name.ends_with("_at") || column.column_name == "timestamp";
            let looks_like_one = column.data_type.contains("time") || column.data_type.contains("date");
            if named_a_time || looks_like_one {
                assert_eq!(column.data_type, expected, "{column:?}");
                assert!(named_a_time, "{column:?}");
            }
        }
    }

    fn message_page_uses_an_index(db: &TestDatabase) {
        let site = Fixture::new(db);
        for guest in 0..8 {
            let channel = site.channel.clone();
            site.write(move |tx| {
                for number in 0..250 {
                    let new = NewMessage::text(number.to_string());
                    let visitor = Visitor::guest(guest.to_string());
                    let saved = save_webchat_message(tx, &channel, &visitor, new)?;
                    let answer = OutgoingMessage::text("answer");
                    send_webchat_message(tx, &channel, &saved.message.chat_id, answer)?;
                }
                Ok(())
            });
        }
        for (walk, plan) in plans(db) {
            let by_index = plan.contains("unicom_messages_page") && plan.contains("timestamp");
            assert!(by_index || walk.starts_with("From") && plan.contains("unicom_messages_page"), "{walk}: {plan}");
            let sorts = plan.contains("Sort") || plan.contains("TEMP B-TREE");
            assert!(!sorts, "{walk}: {plan}");
        }
    }
}

both_engines! {
    fn messages_of_an_admin_are_found_through_an_index(db: &TestDatabase) {
        let site = Fixture::new(db);
        for number in 0..200 {
            let channel = site.channel.clone();
            site.write(move |tx| {
                let visitor = Visitor::User(crate::fixture::user(&number.to_string()));
                let new = NewMessage::text(number.to_string());
                let chat_id = save_webchat_message(tx, &channel, &visitor, new)?.message.chat_id;
                let user_id = (number == 100).then(|| "admin".to_owned());
                let answer = OutgoingMessage { user_id, ..OutgoingMessage::text("answer") };
                send_webchat_message(tx, &channel, &chat_id, answer)?;
                Ok(())
            });
        }
        let mut connection = db.connection();
        let recorder = crate::explain::StatementRecorder::default();
        recorder.listen(&mut connection);
        let users = ["admin".to_owned()];
        let chats = erasure::chats_with_messages_of_admins(&mut connection, &users).unwrap();
        assert_eq!(chats.len(), 1);
        let plan = recorder.explain(&mut connection);
        assert!(plan.contains("unicom_messages_author"), "{plan}");
    }
}

#[cfg(all(feature = "sqlite", feature = "postgres"))]
#[test]
fn both_engines_have_the_same_columns_and_indexes() {
    let sqlite = TestDatabase::sqlite(&[&unicom_db::MIGRATIONS]);
    let Some(postgres) = TestDatabase::postgres(&[&unicom_db::MIGRATIONS]) else {
        return;
    };
    let names = |db: &TestDatabase| -> Vec<_> {
        let columns = columns(db).into_iter();
        columns
            .map(|c| (c.table_name, c.column_name, c.required))
            .collect()
    };
    assert_eq!(names(&sqlite), names(&postgres));
    let sorted = |db: &TestDatabase| indexes(db).into_iter().collect::<BTreeSet<_>>();
    assert_eq!(sorted(&sqlite), sorted(&postgres));
}

/// Returns the engine's query plan for each kind of page walk.
fn plans(db: &TestDatabase) -> Vec<(String, String)> {
    let mut connection = db.connection();
    if db.engine() == Engine::Postgres {
        // As connections of `Database` do: the table of edits is empty here.
        let setting = "SET enable_seqscan = off";
        on_engine!(&mut connection, conn => diesel::sql_query(setting).execute(conn)).unwrap();
    }
    let account = Visitor::guest("7").account_id();
    let access = access(&mut connection, &account, &account.as_str().into());
    let position = messages::Position {
        timestamp: UtcTime::now(),
        id: access.chat().last_message_id.unwrap(),
    };
    use messages::Walk::{After, Before, FromNewest, FromOldest};
    let walks = [FromNewest, FromOldest, Before(position), After(position)];
    let recorder = crate::explain::StatementRecorder::default();
    walks
        .into_iter()
        .map(|walk| {
            recorder.listen(&mut connection);
            messages::page(&mut connection, &access, walk, 51).unwrap();
            let plan = recorder.explain(&mut connection);
            (format!("{walk:?}"), plan)
        })
        .collect()
}
