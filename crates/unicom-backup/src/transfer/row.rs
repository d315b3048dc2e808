//! Reading the rows of a table one by one.

use diesel::QueryableByName;
use diesel::RunQueryDsl;
use diesel::backend::Backend;
use diesel::deserialize::{self, FromSql};
use diesel::row::{Field, NamedRow};
use diesel::sql_types::{BigInt, Bool, Integer, Text};
use unicom_db::tables::{Column, ColumnKind, Table};
use unicom_db::{Db, Engine, by_engine};
use unicom_models::sql_types::{UtcMicros, UuidAny};
use unicom_models::{Id, UtcTime};

use super::TransferError;
use super::value::Value;

/// Calls `f` with every row of a table in the order of keys, which is the same on both engines.
/// Keeps one row in memory.
pub(super) fn each_row(
    db: &mut Db,
    table: &Table,
    mut f: impl FnMut(&[Value]) -> Result<(), TransferError>,
) -> Result<(), TransferError> {
    let query = diesel::sql_query(select(table, db.engine()));
    let mut count = 0;
    let mut take = |row: diesel::QueryResult<Row>| {
        count += 1;
        let row = row.map_err(|error| match error {
            diesel::result::Error::DeserializationError(error) => TransferError::Row {
                table: table.name(),
                row: count,
                reason: error.to_string(),
            },
            error => error.into(),
        });
        f(&row?.0)
    };
    by_engine!(
        db,
        Postgres(conn) => query
            .load_iter::<Row, diesel::pg::PgRowByRowLoadingMode>(conn)?
            .try_for_each(&mut take),
        Sqlite(conn) => query
            .load_iter::<Row, diesel::connection::DefaultLoadingMode>(conn)?
            .try_for_each(&mut take),
    )
}

/// Returns a query that names each column after its kind, since a loaded row knows only the names
/// of its columns.
fn select(table: &Table, engine: Engine) -> String {
    let columns = table
        .columns()
        .iter()
        .map(|column| format!("\"{}\" AS \"{}\"", column.name, name_of(column.kind)));
    let order = table.key().iter().map(|name| {
        let is_text = |known: &&Column| known.name == *name && known.kind == ColumnKind::Text;
        let by_bytes =
            engine == Engine::Postgres && table.columns().iter().any(|known| is_text(&known));
        format!("\"{name}\"{}", if by_bytes { " COLLATE \"C\"" } else { "" })
    });
    format!(
        "SELECT {} FROM {} ORDER BY {}",
        columns.collect::<Vec<_>>().join(", "),
        table.name(),
        order.collect::<Vec<_>>().join(", ")
    )
}

const KINDS: [(ColumnKind, &str); 7] = [
    (ColumnKind::BigInt, "bigint"),
    (ColumnKind::Integer, "integer"),
    (ColumnKind::Bool, "bool"),
    (ColumnKind::Text, "text"),
    (ColumnKind::Json, "json"),
    (ColumnKind::Time, "time"),
    (ColumnKind::Uuid, "uuid"),
];

fn name_of(kind: ColumnKind) -> &'static str {
    let found = KINDS.iter().find(|(known, _)| *known == kind);
    found.map_or("", |(_, name)| name)
}

struct Row(Vec<Value>);

impl<DB> QueryableByName<DB> for Row
where
    DB: Backend,
    i64: FromSql<BigInt, DB>,
    i32: FromSql<Integer, DB>,
    bool: FromSql<Bool, DB>,
    String: FromSql<Text, DB>,
    UtcTime: FromSql<UtcMicros, DB>,
    Id: FromSql<UuidAny, DB>,
{
    fn build<'a>(row: &impl NamedRow<'a, DB>) -> deserialize::Result<Self> {
        let value = |index| {
            let field = diesel::row::Row::get(row, index).ok_or("a column is missing")?;
            let name = field.field_name().unwrap_or_default();
            let kind = KINDS.iter().find(|(_, known)| *known == name);
            let (kind, _) = kind.ok_or("a column has no kind")?;
            Value::from_engine::<DB>(*kind, field.value())
        };
        (0..row.field_count())
            .map(value)
            .collect::<Result<_, _>>()
            .map(Self)
    }
}
