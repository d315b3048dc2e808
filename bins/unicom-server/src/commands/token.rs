//! The command `unicom token`.

use std::time::Duration;

use clap::Subcommand;
use serde::Serialize;
use serde_json::json;
use unicom_auth::tokens::{self, ApiToken};
use unicom_auth::{Scope, admin};

use super::{Context, confirm::Confirm};
use crate::output::note;
use crate::{Failure, output::Format};

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
        #[command(flatten)]
        confirm: Confirm,
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

pub(crate) fn run(context: &Context<'_>, command: Command) -> Result<(), Failure> {
    match command {
        Command::Create {
            username,
            name,
            scope,
            expires_in_days,
        } => create(context, username, name, scope, expires_in_days),
        Command::List => {
            let fields = "id user_id name scope created_at expires_at last_used_at";
            context.format.list(&context.read(tokens::list)?, fields)
        }
        Command::Revoke { id, confirm } => {
            confirm.ask(|| {
                let mut all = context.read(tokens::list)?.into_iter();
                let token = all.find(|token| token.id == id);
                let token = token.ok_or_else(|| Failure::missing("token", id))?;
                Ok(format!("Revoke token `{id}` ({})?", token.name))
            })?;
            context.write(move |tx, actor| admin::revoke_token(tx, actor, id))?;
            let sentence = format!("token `{id}` is revoked");
            context.format.done(&sentence, &json!({ "id": id }))
        }
    }
}

fn create(
    context: &Context<'_>,
    username: String,
    name: String,
    scope: Scope,
    expiry: Expiry,
) -> Result<(), Failure> {
    let user = context.read(move |db| admin::user_by_name(db, &username))?;
    let id = user.id;
    let (token, secret) = context.write(move |tx, actor| {
        let expires_at = match expiry {
            Expiry::Days(days) => Some(tx.now().plus(DAY * days)),
            Expiry::Never => None,
        };
        admin::create_token(tx, actor, id, &name, scope, expires_at)
    })?;
    if !user.is_staff {
        note(format_args!(
            "unicom: user `{}` is not staff: the token may not manage unicom",
            user.username
        ));
    }
    if context.format == Format::Text {
        let until = match token.expires_at {
            Some(time) => format!("until {time}"),
            None => "for good".to_owned(),
        };
        note(format_args!(
            "unicom: token `{}` is made, with the scope `{}`, {until}; its secret is shown this once:",
            token.id, token.scope
        ));
    }
    let made = Made { token, secret };
    // Standard output contains only the secret, so that it can go into a file or a variable.
    context.format.done(&made.secret, &made)
}
