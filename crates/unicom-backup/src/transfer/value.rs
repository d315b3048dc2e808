//! `Value`: the value of a column, from either engine or from JSON.

use std::io::{self, Write};

use diesel::QueryResult;
use diesel::backend::Backend;
use diesel::deserialize::{self, FromSql};
use diesel::expression::AsExpression;
use diesel::query_builder::AstPass;
use diesel::serialize::{self, Output, ToSql};
use diesel::sql_types::{BigInt, Bool, HasSqlType, Integer, Json, Nullable, Text};
use serde_json::value::RawValue;
use unicom_db::tables::{Column, ColumnKind};
use unicom_models::sql_types::{UtcMicros, UuidAny};
use unicom_models::{Id, UtcTime};

/// The value of a column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Value {
    BigInt(Option<i64>),
    Integer(Option<i32>),
    Bool(Option<bool>),
    Text(Option<String>),
    Json(Option<JsonText>),
    Time(Option<UtcTime>),
    Uuid(Option<Id>),
}

/// JSON exactly as stored in the database: parsing and serializing it again could change its
/// numbers.
#[derive(Debug, Clone, PartialEq, Eq, AsExpression)]
#[diesel(sql_type = Json)]
pub(super) struct JsonText(String);

impl<DB> ToSql<Json, DB> for JsonText
where
    DB: Backend,
    str: ToSql<Text, DB>,
{
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> serialize::Result {
        self.0.as_str().to_sql(out)
    }
}

impl Value {
    /// Reads the engine's value for a column of this kind.
    pub fn from_engine<DB>(
        kind: ColumnKind,
        raw: Option<DB::RawValue<'_>>,
    ) -> deserialize::Result<Self>
    where
        DB: Backend,
        i64: FromSql<BigInt, DB>,
        i32: FromSql<Integer, DB>,
        bool: FromSql<Bool, DB>,
        String: FromSql<Text, DB>,
        UtcTime: FromSql<UtcMicros, DB>,
        Id: FromSql<UuidAny, DB>,
    {
        fn some<ST, T: FromSql<ST, DB>, DB: Backend>(
            raw: Option<DB::RawValue<'_>>,
        ) -> deserialize::Result<Option<T>> {
            raw.map(T::from_sql).transpose()
        }
        Ok(match kind {
            ColumnKind::BigInt => Self::BigInt(some::<BigInt, _, DB>(raw)?),
            ColumnKind::Integer => Self::Integer(some::<Integer, _, DB>(raw)?),
            ColumnKind::Bool => Self::Bool(some::<Bool, _, DB>(raw)?),
            ColumnKind::Text => Self::Text(some::<Text, _, DB>(raw)?),
            // Both engines return the stored text.
            ColumnKind::Json => Self::Json(some::<Text, _, DB>(raw)?.map(JsonText)),
            ColumnKind::Time => Self::Time(some::<UtcMicros, _, DB>(raw)?),
            ColumnKind::Uuid => Self::Uuid(some::<UuidAny, _, DB>(raw)?),
        })
    }

    /// Parses a value from a line of an export. Returns a description of the expected value if it
    /// is invalid.
    pub fn from_json(column: &Column, raw: &RawValue) -> Result<Self, &'static str> {
        let text = raw.get();
        // In a nullable column, a JSON `null` is read as SQL NULL; unicom never stores JSON `null`
        // there.
        let empty = text == "null" && (column.nullable || column.kind != ColumnKind::Json);
        if empty && !column.nullable {
            return Err("must not be null");
        }
        fn some<'a, T: serde::Deserialize<'a>>(
            empty: bool,
            text: &'a str,
            expected: &'static str,
        ) -> Result<Option<T>, &'static str> {
            let parse = || serde_json::from_str(text).map_err(|_| expected);
            (!empty).then(parse).transpose()
        }
        Ok(match column.kind {
            ColumnKind::BigInt => Self::BigInt(some(empty, text, "must be an integer")?),
            ColumnKind::Integer => Self::Integer(some(empty, text, "must be a 32-bit integer")?),
            ColumnKind::Bool => Self::Bool(some(empty, text, "must be true or false")?),
            ColumnKind::Text => {
                let text: Option<String> = some(empty, text, "must be a string")?;
                if text.as_ref().is_some_and(|text| text.contains('\0')) {
                    return Err("must not have a NUL character");
                }
                Self::Text(text)
            }
            ColumnKind::Json => Self::Json((!empty).then(|| JsonText(text.to_owned()))),
            ColumnKind::Time => Self::Time(some(
                empty,
                text,
                "must be a time as in `2025-10-23T12:00:00.000000Z`",
            )?),
            ColumnKind::Uuid => Self::Uuid(some(empty, text, "must be a UUID")?),
        })
    }

    /// Writes the value as JSON without line breaks.
    pub fn write(&self, out: &mut Vec<u8>) -> io::Result<()> {
        match self {
            Self::BigInt(Some(value)) => write!(out, "{value}"),
            Self::Integer(Some(value)) => write!(out, "{value}"),
            Self::Bool(Some(value)) => write!(out, "{value}"),
            Self::Text(Some(value)) => Ok(serde_json::to_writer(out, value)?),
            Self::Json(Some(JsonText(text))) => {
                serde_json::from_str::<serde::de::IgnoredAny>(text)?;
                // Line breaks inside JSON strings are escaped, so these are insignificant
                // whitespace.
                out.extend(text.bytes().map(|byte| match byte {
                    b'\n' | b'\r' => b' ',
                    byte => byte,
                }));
                Ok(())
            }
            Self::Time(Some(value)) => write!(out, "\"{value}\""),
            Self::Uuid(Some(value)) => write!(out, "\"{value}\""),
            Self::BigInt(None)
            | Self::Integer(None)
            | Self::Bool(None)
            | Self::Text(None)
            | Self::Json(None)
            | Self::Time(None)
            | Self::Uuid(None) => out.write_all(b"null"),
        }
    }

    /// Binds the value to a statement.
    pub fn bind<'b, DB>(&'b self, pass: &mut AstPass<'_, 'b, DB>) -> QueryResult<()>
    where
        DB: BindsValues,
    {
        DB::bind(self, pass)
    }
}

/// An engine whose statements can bind a [`Value`].
pub(super) trait BindsValues: Backend {
    fn bind<'b>(value: &'b Value, pass: &mut AstPass<'_, 'b, Self>) -> QueryResult<()>;
}

impl<DB> BindsValues for DB
where
    DB: Backend + HasSqlType<Bool> + HasSqlType<Json> + HasSqlType<UtcMicros> + HasSqlType<UuidAny>,
    i64: ToSql<BigInt, DB>,
    i32: ToSql<Integer, DB>,
    bool: ToSql<Bool, DB>,
    String: ToSql<Text, DB>,
    JsonText: ToSql<Json, DB>,
    UtcTime: ToSql<UtcMicros, DB>,
    Id: ToSql<UuidAny, DB>,
{
    fn bind<'b>(value: &'b Value, pass: &mut AstPass<'_, 'b, Self>) -> QueryResult<()> {
        match value {
            Value::BigInt(value) => pass.push_bind_param::<Nullable<BigInt>, _>(value),
            Value::Integer(value) => pass.push_bind_param::<Nullable<Integer>, _>(value),
            Value::Bool(value) => pass.push_bind_param::<Nullable<Bool>, _>(value),
            Value::Text(value) => pass.push_bind_param::<Nullable<Text>, _>(value),
            Value::Json(value) => pass.push_bind_param::<Nullable<Json>, _>(value),
            Value::Time(value) => pass.push_bind_param::<Nullable<UtcMicros>, _>(value),
            Value::Uuid(value) => pass.push_bind_param::<Nullable<UuidAny>, _>(value),
        }
    }
}
