//! [`UtcTime`], the time type used throughout unicom.

use std::fmt;
use std::time::Duration;

use chrono::{DateTime, SecondsFormat, Utc};
use diesel::backend::Backend;
use diesel::deserialize::{self, FromSql, FromSqlRow};
use diesel::expression::AsExpression;
use diesel::pg::Pg;
use diesel::serialize::{self, IsNull, Output, ToSql};
use diesel::sql_types::{BigInt, Timestamptz};
use diesel::sqlite::Sqlite;
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::sql_types::UtcMicros;

/// A point in time in UTC, in whole microseconds.
///
/// Times are truncated to microseconds when they are created, so that a time in memory equals the
/// time read back from either database engine. They are written as RFC 3339 with six decimals.
///
/// ```
/// use unicom_models::UtcTime;
/// let time = UtcTime::from_micros(1_761_220_800_000_000).unwrap();
/// assert_eq!(time.to_string(), "2025-10-23T12:00:00.000000Z");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, AsExpression, FromSqlRow)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
#[diesel(sql_type = UtcMicros)]
pub struct UtcTime(DateTime<Utc>);

impl UtcTime {
    /// The start of 1970, earlier than any time that unicom stores.
    pub const BEGINNING: Self = Self(DateTime::UNIX_EPOCH);

    /// Returns the time of the system clock.
    pub fn now() -> Self {
        Self::from_micros(Utc::now().timestamp_micros()).unwrap_or(Self::BEGINNING)
    }

    /// Returns the time `micros` microseconds after the start of 1970.
    ///
    /// Returns `None` if chrono cannot represent it (year ±262,000).
    pub fn from_micros(micros: i64) -> Option<Self> {
        DateTime::from_timestamp_micros(micros).map(Self)
    }

    /// Returns the microseconds since the start of 1970.
    pub fn as_micros(self) -> i64 {
        self.0.timestamp_micros()
    }

    /// Returns the time as a chrono type.
    pub fn as_chrono(self) -> DateTime<Utc> {
        self.0
    }

    /// Returns the time one microsecond later, the smallest step between two messages of a chat.
    #[must_use]
    pub fn next(self) -> Self {
        self.plus(Duration::from_micros(1))
    }

    /// Returns the time `duration` later, or the latest possible time on overflow.
    #[must_use]
    pub fn plus(self, duration: Duration) -> Self {
        let micros = i64::try_from(duration.as_micros()).unwrap_or(i64::MAX);
        Self::from_micros(self.as_micros().saturating_add(micros))
            .unwrap_or(Self(DateTime::<Utc>::MAX_UTC))
    }

    /// Returns the time `duration` earlier, or [`Self::BEGINNING`] if that cannot be represented.
    #[must_use]
    pub fn minus(self, duration: Duration) -> Self {
        let micros = i64::try_from(duration.as_micros()).unwrap_or(i64::MAX);
        Self::from_micros(self.as_micros().saturating_sub(micros)).unwrap_or(Self::BEGINNING)
    }

    /// Returns the duration since `earlier`, or zero if `earlier` is not earlier.
    pub fn since(self, earlier: Self) -> Duration {
        (self.0 - earlier.0).to_std().unwrap_or(Duration::ZERO)
    }
}

impl fmt::Display for UtcTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.to_rfc3339_opts(SecondsFormat::Micros, true))
    }
}

impl Serialize for UtcTime {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for UtcTime {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let time = text.parse::<DateTime<Utc>>().ok();
        time.and_then(|time| Self::from_micros(time.timestamp_micros()))
            .ok_or_else(|| {
                D::Error::custom("must be a time such as `2026-01-31T12:00:00Z` (RFC 3339)")
            })
    }
}

impl FromSql<UtcMicros, Pg> for UtcTime {
    fn from_sql(raw: <Pg as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
        <DateTime<Utc> as FromSql<Timestamptz, Pg>>::from_sql(raw).map(Self)
    }
}

impl ToSql<UtcMicros, Pg> for UtcTime {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        <DateTime<Utc> as ToSql<Timestamptz, Pg>>::to_sql(&self.0, &mut out.reborrow())
    }
}

impl FromSql<UtcMicros, Sqlite> for UtcTime {
    fn from_sql(raw: <Sqlite as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
        let micros = <i64 as FromSql<BigInt, Sqlite>>::from_sql(raw)?;
        Self::from_micros(micros).ok_or_else(|| "time out of range".into())
    }
}

impl ToSql<UtcMicros, Sqlite> for UtcTime {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
        out.set_value(self.as_micros());
        Ok(IsNull::No)
    }
}
