//! `Id`, the UUIDv7 under every id that unicom makes, and the macros for the nouns' own id types.

use std::fmt;
use std::str::FromStr;

use diesel::backend::Backend;
use diesel::deserialize::{self, FromSql, FromSqlRow};
use diesel::expression::AsExpression;
use diesel::pg::Pg;
use diesel::serialize::{self, Output, ToSql};
use diesel::sql_types::Binary;
use diesel::sqlite::Sqlite;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::sql_types::UuidAny;

/// A UUID made by unicom: version 7, so later ids sort after earlier ones.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    AsExpression,
    FromSqlRow,
    Serialize,
    Deserialize,
)]
#[diesel(sql_type = UuidAny)]
#[serde(transparent)]
pub struct Id(Uuid);

impl Id {
    /// A new id, different from every other.
    #[expect(
        clippy::new_without_default,
        reason = "a default would hide that every call differs"
    )]
    pub fn new() -> Self {
        Self(Uuid::now_v7())
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for Id {
    type Err = uuid::Error;

    fn from_str(value: &str) -> Result<Self, Self::Err> {
        Uuid::try_parse(value).map(Self)
    }
}

impl FromSql<UuidAny, Pg> for Id {
    fn from_sql(raw: <Pg as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
        <Uuid as FromSql<diesel::sql_types::Uuid, Pg>>::from_sql(raw).map(Self)
    }
}

impl ToSql<UuidAny, Pg> for Id {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        <Uuid as ToSql<diesel::sql_types::Uuid, Pg>>::to_sql(&self.0, &mut out.reborrow())
    }
}

impl FromSql<UuidAny, Sqlite> for Id {
    fn from_sql(mut raw: <Sqlite as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
        Ok(Self(Uuid::from_slice(raw.read_blob())?))
    }
}

impl ToSql<UuidAny, Sqlite> for Id {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
        <[u8] as ToSql<Binary, Sqlite>>::to_sql(self.0.as_bytes(), out)
    }
}

/// Defines the id of one noun over [`Id`], so that one noun's id cannot be passed for another's.
macro_rules! uuid_id {
    ($(#[$meta:meta])* $name:ident) => {
        $(#[$meta])*
        #[derive(
            Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash,
            diesel::expression::AsExpression, diesel::deserialize::FromSqlRow, serde::Serialize, serde::Deserialize,
        )]
        #[diesel(sql_type = $crate::sql_types::UuidAny)]
        #[serde(transparent)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        #[cfg_attr(feature = "openapi", schema(value_type = String, format = "uuid"))]
        pub struct $name($crate::Id);

        impl $name {
            /// A new id, different from every other.
            #[expect(clippy::new_without_default, reason = "a default would hide that every call differs")]
            pub fn new() -> Self { Self($crate::Id::new()) }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { self.0.fmt(f) }
        }

        impl std::str::FromStr for $name {
            type Err = uuid::Error;
            fn from_str(value: &str) -> Result<Self, Self::Err> { value.parse().map(Self) }
        }

        impl<DB> diesel::deserialize::FromSql<$crate::sql_types::UuidAny, DB> for $name
        where
            DB: diesel::backend::Backend,
            $crate::Id: diesel::deserialize::FromSql<$crate::sql_types::UuidAny, DB>,
        {
            fn from_sql(raw: DB::RawValue<'_>) -> diesel::deserialize::Result<Self> {
                $crate::Id::from_sql(raw).map(Self)
            }
        }

        impl<DB> diesel::serialize::ToSql<$crate::sql_types::UuidAny, DB> for $name
        where
            DB: diesel::backend::Backend,
            $crate::Id: diesel::serialize::ToSql<$crate::sql_types::UuidAny, DB>,
        {
            fn to_sql<'b>(&'b self, out: &mut diesel::serialize::Output<'b, '_, DB>) -> diesel::serialize::Result {
                self.0.to_sql(out)
            }
        }
    };
}

/// Defines a newtype over text: an id in a form that its platform gives it, or an open set of names.
macro_rules! text_newtype {
    ($(#[$meta:meta])* $name:ident) => {
        $(#[$meta])*
        #[derive(
            Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash,
            diesel::expression::AsExpression, diesel::deserialize::FromSqlRow, serde::Serialize, serde::Deserialize,
        )]
        #[diesel(sql_type = diesel::sql_types::Text)]
        #[serde(transparent)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        pub struct $name(String);

        impl $name {
            /// The text as it is stored and sent.
            pub fn as_str(&self) -> &str { &self.0 }
        }

        impl From<String> for $name {
            fn from(value: String) -> Self { Self(value) }
        }

        impl From<&str> for $name {
            fn from(value: &str) -> Self { Self(value.to_owned()) }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { f.write_str(&self.0) }
        }

        $crate::text_enum::stored_as_text!($name, |value| Ok(Self(value)));
    };
}

pub(crate) use {text_newtype, uuid_id};
