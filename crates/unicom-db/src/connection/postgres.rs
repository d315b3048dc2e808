//! Connections to PostgreSQL.

use diesel::prelude::*;

use crate::DbError;

pub(super) fn connect(url: &str) -> Result<PgConnection, DbError> {
    PgConnection::establish(url).map_err(|error| DbError::Unavailable {
        reason: reason(url, &error),
    })
}

/// Returns the error of PostgreSQL's client on one line. The client quotes its input, so quoted
/// text is removed if the client may have mistaken a part of the password for the host.
fn reason(url: &str, error: &ConnectionError) -> String {
    let said = error.to_string();
    let lines = said.lines().map(str::trim).filter(|line| !line.is_empty());
    let mut reason = lines.collect::<Vec<_>>().join("; ");
    if reason.contains("SSL support is not compiled in") {
        reason.push_str("; enable the feature `postgres-tls` of unicom-db");
    }
    if !has_unescaped_password(url) {
        return reason;
    }
    let plain: Vec<&str> = reason.split('"').step_by(2).collect();
    plain.join("`…`") + " (in a URL, a password's special characters are written as `%2F`)"
}

/// Returns `true` if the part before the `@` has unescaped special characters, which are only valid
/// after the `@`.
fn has_unescaped_password(url: &str) -> bool {
    let user = url
        .split_once("://")
        .and_then(|(_, rest)| rest.rsplit_once('@'));
    user.is_some_and(|(user, _)| {
        let mut escapes = user.split('%').skip(1);
        let is_escape = |text: &str| {
            text.len() >= 2 && text.bytes().take(2).all(|byte| byte.is_ascii_hexdigit())
        };
        user.contains(['/', '?', '#', '[', ']', '@']) || !escapes.all(is_escape)
    })
}
