//! The command `unicom token`.

use std::time::Duration;

use clap::Subcommand;
use serde::Serialize;
use serde_json::json;
use unicom_auth::Scope;
use unicom_auth::tokens::{self, ApiToken, CreateTokenError};
use unicom_db::{Database, Tx};

use super::audit::{audited_change, note};
use super::{missing, user};
use crate::output::Format;
use crate::wiring::open_database;
use crate::{Failure, Settings};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Create a token with which a program acts for a user, and print its secret once
    Create {
        /// The user's name
        username: String,
        /// What the token is for
        #[arg(long)]
        name: String,
        /// What the token may do: read, write (in conversations; includes read) or admin (includes
        /// both)
        #[arg(long, default_value_t = Scope::Read)]
        scope: Scope,
        /// Days until the token expires, from 1 to 36500, or `never`
        #[arg(long, value_name = "N", default_value = "90", value_parser = expiry)]
        expires_in_days: Expiry,
    },
    /// List all tokens; only their holders know the secrets
    List,
    /// Revoke a token
    Revoke {
        /// The token's id
        id: i64,
    },
}

/// The time until a token expires.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Expiry {
    Days(u32),
    Never,
}

fn expiry(text: &str) -> Result<Expiry, String> {
    if text == "never" {
        return Ok(Expiry::Never);
    }
    let days = text.parse().ok().filter(|days| (1..=36_500).contains(days));
    days.map(Expiry::Days)
        .ok_or_else(|| "expected an integer from 1 to 36500, or `never`".to_owned())
}

/// A new token with its secret.
#[derive(Serialize)]
struct Made {
    #[serde(flatten)]
    token: ApiToken,
    secret: String,
}

pub(crate) fn run(settings: &Settings, format: Format, command: Command) -> Result<(), Failure> {
    let database = open_database(settings)?;
    match command {
        Command::Create {
            username,
            name,
            scope,
            expires_in_days,
        } => create(&database, format, &username, name, (scope, expires_in_days)),
        Command::List => {
            let all = database.read(tokens::list).wait()?;
            format.list(
                &all,
                [
                    "ID",
                    "USER",
                    "NAME",
                    "SCOPE",
                    "CREATED",
                    "EXPIRES",
                    "LAST USED",
                ],
                |token| {
                    let time =
                        |time: Option<_>| time.map_or("-".to_owned(), |time| format!("{time}"));
                    [
                        token.id.to_string(),
                        token.user_id.to_string(),
                        token.name.clone(),
                        token.scope.to_string(),
                        token.created_at.to_string(),
                        time(token.expires_at),
                        time(token.last_used_at),
                    ]
                },
            )
        }
        Command::Revoke { id } => revoke(&database, format, id),
    }
}

fn create(
    database: &Database,
    format: Format,
    username: &str,
    name: String,
    (scope, expiry): (Scope, Expiry),
) -> Result<(), Failure> {
    let user = user::get(database, username)?;
    let made: Result<Made, CreateTokenError> = database
        .write(move |tx| {
            let expires_at = match expiry {
                Expiry::Days(days) => Some(tx.now().plus(DAY * days)),
                Expiry::Never => None,
            };
            let (token, secret) = tokens::create(tx, user.id, &name, scope, expires_at)?;
            let details = json!({
                "user_id": user.id, "name": token.name, "scope": scope, "expires_at": expires_at,
            });
            note(tx, "token.create", subject(token.id), details)?;
            Ok(Made { token, secret })
        })
        .wait();
    let made = made.map_err(|error| match error {
        CreateTokenError::Name => Failure::Usage(error.to_string()),
        error => Failure::failed(error),
    })?;
    if !user.is_staff {
        eprintln!(
            "unicom: user `{}` is not staff: the token may not manage unicom",
            user.username
        );
    }
    if format == Format::Text {
        let until = match made.token.expires_at {
            Some(time) => format!("until {time}"),
            None => "for good".to_owned(),
        };
        eprintln!(
            "unicom: token `{}` is made, with the scope `{}`, {until}; its secret is shown this once:",
            made.token.id, made.token.scope
        );
    }
    // Standard output contains only the secret, so that it can go into a file or a variable.
    format.done(&made.secret, &made)
}

fn revoke(database: &Database, format: Format, id: i64) -> Result<(), Failure> {
    let revoke = move |tx: &mut Tx<'_>| tokens::revoke(tx, id);
    if !audited_change(database, "token.revoke", subject(id), json!({}), revoke)? {
        return Err(missing("token", id));
    }
    format.done(&format!("token `{id}` is revoked"), &json!({ "id": id }))
}

fn subject(id: i64) -> String {
    format!("token:{id}")
}
