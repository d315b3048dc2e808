//! The command `unicom user`.

use std::io::{IsTerminal, Read};

use clap::{Args, Subcommand};
use serde_json::json;
use unicom_auth::users::{self, NewUser, User};
use unicom_auth::{admin, password};
use unicom_core::{CoreError, admin::Actor};
use unicom_db::Tx;

use super::Context;
use crate::Failure;
use crate::output::note;

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Create a user
    Create(New),
    /// List all users
    List,
    /// Show a user
    Show {
        /// The name to log in with
        username: String,
    },
    /// Set another password for a user, and log the user out everywhere
    SetPassword {
        /// The name to log in with
        username: String,
        /// Read the password from standard input; there is no other way to give it
        #[arg(long, required = true)]
        password_stdin: bool,
        /// Also revoke the user's API tokens; otherwise, they stay valid
        #[arg(long)]
        revoke_tokens: bool,
    },
    /// Mark a user's e-mail address as verified
    VerifyEmail {
        /// The name to log in with
        username: String,
    },
    /// Let a user log in again
    Activate {
        /// The name to log in with
        username: String,
    },
    /// Prevent a user from logging in, log the user out everywhere, and revoke the user's API
    /// tokens
    Deactivate {
        /// The name to log in with
        username: String,
    },
    /// Log a user or all users out everywhere; guests keep their sessions
    Logout {
        /// The name to log in with
        #[arg(required_unless_present = "all")]
        username: Option<String>,
        /// Log all users out
        #[arg(long, conflicts_with = "username")]
        all: bool,
    },
}

/// The arguments of `unicom user create`.
#[derive(Debug, Args)]
pub(crate) struct New {
    /// The name to log in with
    username: String,
    /// Read the password from standard input; there is no other way to give it
    #[arg(long, required = true)]
    password_stdin: bool,
    /// The e-mail address
    #[arg(long)]
    email: Option<String>,
    /// The address is verified as the user's
    #[arg(long, requires = "email")]
    verified: bool,
    /// The display name
    #[arg(long)]
    display_name: Option<String>,
    /// Let the user manage unicom
    #[arg(long)]
    staff: bool,
}

pub(crate) fn run(context: &Context<'_>, command: Command) -> Result<(), Failure> {
    let done = |user: User, done: &str| {
        let sentence = format!("user `{}` {done}", user.username);
        context.format.done(&sentence, &user)
    };
    match command {
        Command::Create(new) => done(create(context, &new)?, "is created"),
        Command::List => {
            let fields = "id username display_name email email_verified is_staff is_active";
            context.format.list(&context.read(users::list)?, fields)
        }
        Command::Show { username } => context.format.one(&get(context, username)?),
        Command::SetPassword {
            username,
            password_stdin: _,
            revoke_tokens,
        } => {
            let user = set_password(context, username, revoke_tokens)?;
            done(user, "has another password")
        }
        Command::VerifyEmail { username } => {
            let user = change(context, username, admin::verify_email)?;
            done(user, "has a verified e-mail address")
        }
        Command::Activate { username } => {
            done(change(context, username, admin::activate)?, "may log in")
        }
        Command::Deactivate { username } => {
            let user = change(context, username, admin::deactivate)?;
            done(user, "may no longer log in")
        }
        Command::Logout {
            username: Some(username),
            ..
        } => {
            let user = change(context, username, admin::log_out)?;
            done(user, "is logged out everywhere")
        }
        Command::Logout { username: None, .. } => {
            let ended = context.write(admin::log_all_out)?;
            context.format.done(
                &format!("all users are logged out: {ended} sessions ended"),
                &json!({ "sessions": ended }),
            )
        }
    }
}

fn create(context: &Context<'_>, new: &New) -> Result<User, Failure> {
    let password = read_password()?;
    let checked = NewUser::check(
        &new.username,
        &password,
        new.email.as_deref(),
        new.display_name.as_deref(),
    )?;
    let checked = checked
        .with_verified_email(new.verified)
        .with_staff(new.staff);
    checked.check_password(&password)?;
    let hash = password::hash(&password).map_err(Failure::failed)?;
    context.write(move |tx, actor| admin::create_user(tx, actor, &checked, &hash))
}

fn set_password(
    context: &Context<'_>,
    username: String,
    revoke_tokens: bool,
) -> Result<User, Failure> {
    let password = read_password()?;
    let user = get(context, username)?;
    user.check_password("password", &password)?;
    let hash = password::hash(&password).map_err(Failure::failed)?;
    context.write(move |tx, actor| admin::set_password(tx, actor, user.id, &hash, revoke_tokens))
}

fn get(context: &Context<'_>, username: String) -> Result<User, Failure> {
    context.read(move |db| admin::user_by_name(db, &username))
}

/// Changes the user with this name.
fn change(
    context: &Context<'_>,
    username: String,
    change: fn(&mut Tx<'_>, &Actor, i64) -> Result<User, CoreError>,
) -> Result<User, Failure> {
    context.write(move |tx, actor| {
        let user = admin::user_by_name(tx, &username)?;
        change(tx, actor, user.id)
    })
}

/// Reads the password from standard input, without the line break at the end.
fn read_password() -> Result<String, Failure> {
    if std::io::stdin().is_terminal() {
        note(format_args!("password, then Enter and Ctrl-D:"));
    }
    let mut text = String::new();
    std::io::stdin().take(4096).read_to_string(&mut text)?;
    Ok(text.trim_end_matches(['\r', '\n']).to_owned())
}
