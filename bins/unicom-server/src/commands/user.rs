//! The command `unicom user`.

use std::io::{IsTerminal, Read};

use clap::{Args, Subcommand};
use serde_json::{Value, json};
use unicom_auth::users::{self, CreateUserError, InvalidUser, NewUser, User};
use unicom_auth::{end_user_sessions, password, tokens};
use unicom_db::{Database, DbError, Tx};

use super::{audit::note, missing};
use crate::output::Format;
use crate::wiring::open_database;
use crate::{Failure, Settings};

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

pub(crate) fn run(settings: &Settings, format: Format, command: Command) -> Result<(), Failure> {
    let database = &open_database(settings)?;
    match command {
        Command::Create(new) => run_create(database, format, &new),
        Command::List => list(database, format),
        Command::Show { username } => format.one(&get(database, &username)?),
        Command::SetPassword {
            username,
            password_stdin: _,
            revoke_tokens,
        } => set_password(database, format, &username, revoke_tokens),
        Command::VerifyEmail { username } => verify_email(database, format, &username),
        Command::Activate { username } => {
            let done = ("user.activate", "may log in");
            change(database, format, &username, done, |tx, id| {
                users::set_active(tx, id, true)?;
                Ok(json!({}))
            })
        }
        Command::Deactivate { username } => {
            let done = ("user.deactivate", "may no longer log in");
            change(database, format, &username, done, |tx, id| {
                let revoked = users::set_active(tx, id, false)?;
                Ok(json!({ "revoked_tokens": revoked }))
            })
        }
        Command::Logout {
            username: Some(username),
            ..
        } => {
            let done = ("user.logout", "is logged out everywhere");
            change(database, format, &username, done, |tx, id| {
                users::end_sessions(tx, id)?;
                Ok(json!({}))
            })
        }
        Command::Logout { username: None, .. } => log_all_out(database, format),
    }
}

fn run_create(database: &Database, format: Format, new: &New) -> Result<(), Failure> {
    let password = read_password()?;
    let usage = |error: InvalidUser| Failure::Usage(error.to_string());
    let checked = NewUser::check(
        &new.username,
        &password,
        new.email.as_deref(),
        new.display_name.as_deref(),
    );
    let checked = checked.map_err(usage)?;
    let checked = checked
        .with_verified_email(new.verified)
        .with_staff(new.staff);
    checked.check_password(&password).map_err(usage)?;
    let user = create(database, checked, &password).map_err(Failure::failed)?;
    format.done(&format!("user `{}` is created", user.username), &user)
}

fn list(database: &Database, format: Format) -> Result<(), Failure> {
    let all = database.read(users::list).wait()?;
    let columns = [
        "ID", "USERNAME", "NAME", "E-MAIL", "VERIFIED", "STAFF", "ACTIVE",
    ];
    format.list(&all, columns, |user| {
        [
            user.id.to_string(),
            user.username.clone(),
            user.display_name.clone(),
            user.email.clone().unwrap_or_default(),
            user.email_verified.to_string(),
            user.is_staff.to_string(),
            user.is_active.to_string(),
        ]
    })
}

fn set_password(
    database: &Database,
    format: Format,
    username: &str,
    revoke_tokens: bool,
) -> Result<(), Failure> {
    let password = read_password()?;
    let user = get(database, username)?;
    user.check_password("password", &password)
        .map_err(|error| Failure::Usage(error.to_string()))?;
    let hash = password::hash(&password).map_err(Failure::failed)?;
    let done = ("user.set_password", "has another password");
    change(database, format, username, done, move |tx, id| {
        users::set_password(tx, id, &hash)?;
        let revoked = match revoke_tokens {
            true => tokens::revoke_all(tx, id)?,
            false => Vec::new(),
        };
        Ok(json!({ "revoked_tokens": revoked }))
    })
}

fn verify_email(database: &Database, format: Format, username: &str) -> Result<(), Failure> {
    if get(database, username)?.email.is_none() {
        return Err(Failure::Failed(format!(
            "user `{username}` has no e-mail address"
        )));
    }
    let done = ("user.verify_email", "has a verified e-mail address");
    change(database, format, username, done, |tx, id| {
        users::verify_email(tx, id)?;
        Ok(json!({}))
    })
}

/// Creates a user with a password.
pub(crate) fn create(
    database: &Database,
    new: NewUser,
    password: &str,
) -> Result<User, CreateUserError> {
    let hash = password::hash(password).map_err(|error| DbError::Unavailable {
        reason: error.to_string(),
    })?;
    database
        .write(move |tx| {
            let user = users::create(tx, &new, &hash)?;
            let details = json!({ "username": user.username, "is_staff": user.is_staff });
            note(tx, "user.create", subject(user.id), details)?;
            Ok(user)
        })
        .wait()
}

/// Returns the user with this name. Fails if there is none.
pub(crate) fn get(database: &Database, username: &str) -> Result<User, Failure> {
    let name = username.to_owned();
    let found = database.read(move |db| users::by_name(db, &name)).wait()?;
    found.ok_or_else(|| missing("user", username))
}

/// Changes a user with `f`, which returns the details for the audit trail. `action` names the
/// change in the audit trail, and `done` describes it in the output.
fn change(
    database: &Database,
    format: Format,
    username: &str,
    (action, done): (&'static str, &str),
    f: impl FnOnce(&mut Tx<'_>, i64) -> Result<Value, DbError> + Send + 'static,
) -> Result<(), Failure> {
    let user = get(database, username)?;
    let id = user.id;
    database
        .write(move |tx| {
            let details = f(tx, id)?;
            note(tx, action, subject(id), details)
        })
        .wait()?;
    format.done(
        &format!("user `{}` {done}", user.username),
        &get(database, &user.username)?,
    )
}

fn log_all_out(database: &Database, format: Format) -> Result<(), Failure> {
    let ended: Result<usize, DbError> = database
        .write(|tx| {
            let ended = end_user_sessions(tx)?;
            note(tx, "user.logout_all", "users", json!({ "sessions": ended }))?;
            Ok(ended)
        })
        .wait();
    let ended = ended?;
    format.done(
        &format!("all users are logged out: {ended} sessions ended"),
        &json!({ "sessions": ended }),
    )
}

fn subject(id: i64) -> String {
    format!("user:{id}")
}

/// Reads the password from standard input, without the line break at the end.
fn read_password() -> Result<String, Failure> {
    if std::io::stdin().is_terminal() {
        eprintln!("password, then Enter and Ctrl-D:");
    }
    let mut text = String::new();
    std::io::stdin().take(4096).read_to_string(&mut text)?;
    Ok(text.trim_end_matches(['\r', '\n']).to_owned())
}
