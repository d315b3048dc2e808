//! SQL types that map to a native column type of each database engine.

use diesel::query_builder::QueryId;
use diesel::sql_types::{SqlOrd, SqlType};

/// A time: `timestamptz` on PostgreSQL, an integer of microseconds since 1970 on SQLite.
#[derive(Debug, Clone, Copy, SqlType, QueryId)]
#[diesel(postgres_type(oid = 1184, array_oid = 1185))]
#[diesel(sqlite_type(name = "Long"))]
pub struct UtcMicros;

impl SqlOrd for UtcMicros {}

/// A UUID: `uuid` on PostgreSQL, a blob of 16 bytes on SQLite.
#[derive(Debug, Clone, Copy, SqlType, QueryId)]
#[diesel(postgres_type(oid = 2950, array_oid = 2951))]
#[diesel(sqlite_type(name = "Binary"))]
pub struct UuidAny;

impl SqlOrd for UuidAny {}
