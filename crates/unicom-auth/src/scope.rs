//! [`Scope`]: what an API token may do, and what a request requires.

use std::fmt;
use std::str::FromStr;

use actix_web::http::Method;
use diesel::backend::Backend;
use diesel::deserialize::{self, FromSql, FromSqlRow};
use diesel::expression::AsExpression;
use diesel::serialize::{self, Output, ToSql};
use diesel::sql_types::Text;
use serde::Serialize;

/// What an API token may do. Each scope includes those before it.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, FromSqlRow, AsExpression,
)]
#[serde(rename_all = "snake_case")]
#[diesel(sql_type = Text)]
pub enum Scope {
    /// Allows reading whatever the user may read: `GET` and `HEAD`.
    Read,
    /// Allows taking part in chats: writing and reading messages and changing the user's chats. For
    /// admins, also answering chats and retrying requests and deliveries.
    Write,
    /// Allows everything that the user may do: channels, bots, categories, members, groups,
    /// blocking and erasure. Blocking requires this scope because an admin whose account is blocked
    /// cannot manage anything.
    Admin,
}

/// The error for a text that is not a scope.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected one of read, write, admin")]
pub struct UnknownScope;

impl Scope {
    /// All scopes, the narrowest first.
    pub const ALL: [Self; 3] = [Self::Read, Self::Write, Self::Admin];

    /// Returns the name as it is stored and displayed.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Write => "write",
            Self::Admin => "admin",
        }
    }

    /// Returns the scope that a request requires, by its method and its path below the base path.
    ///
    /// A writing route under `admin/` requires [`Scope::Admin`] unless it is listed in this
    /// function, so that new routes are closed by default.
    ///
    /// ```
    /// use actix_web::http::Method;
    /// use unicom_auth::Scope;
    ///
    /// assert_eq!(Scope::needed(&Method::GET, "/admin/members/"), Scope::Read);
    /// assert_eq!(Scope::needed(&Method::POST, "/webchat/send/"), Scope::Write);
    /// assert_eq!(Scope::needed(&Method::POST, "/admin/chats/7/messages"), Scope::Write);
    /// assert_eq!(Scope::needed(&Method::POST, "/admin/members/"), Scope::Admin);
    /// ```
    pub fn needed(method: &Method, path: &str) -> Self {
        let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
        // Through it, an admin is shown to visitors as writing.
        if parts[..] == ["admin", "ws"] {
            return Self::Write;
        }
        if matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS) {
            return Self::Read;
        }
        match parts[..] {
            [
                "admin",
                "chats",
                _,
                "messages" | "take" | "release" | "end" | "reopen",
            ]
            | ["admin", "internal", "chats"]
            | ["admin", "internal", "chats", _, "messages" | "read"]
            | ["admin", "requests" | "deliveries", _, "retry"] => Self::Write,
            ["admin", ..] => Self::Admin,
            _ => Self::Write,
        }
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Scope {
    type Err = UnknownScope;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut all = Self::ALL.into_iter();
        all.find(|scope| scope.as_str() == text).ok_or(UnknownScope)
    }
}

impl<DB> FromSql<Text, DB> for Scope
where
    DB: Backend,
    String: FromSql<Text, DB>,
{
    fn from_sql(raw: DB::RawValue<'_>) -> deserialize::Result<Self> {
        Ok(String::from_sql(raw)?.parse()?)
    }
}

impl<DB> ToSql<Text, DB> for Scope
where
    DB: Backend,
    str: ToSql<Text, DB>,
{
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> serialize::Result {
        self.as_str().to_sql(out)
    }
}
