//! A temporary PostgreSQL cluster shared by all test processes of a checkout (Unix only).
//!
//! - The cluster lives in one private folder, named after the user and the path of this crate, so
//!   that two checkouts never share one. A small shell script, the supervisor, runs and removes it.
//! - `users` in that folder is locked shared by every test process until it ends. The kernel
//!   releases the lock however the process ends: exit, panic or SIGKILL.
//! - `owner` is locked exclusively while a supervisor lives: it inherits the lock as its standard
//!   input. The process that gets the lock starts the cluster; all others wait for the file `url`.
//! - Once a second the supervisor tries to lock `users` exclusively. When that has succeeded for
//!   ten seconds in a row, it renames the folder *under that lock*, then stops PostgreSQL and
//!   deletes the folder. A process that waited for the lock notices that the folder has moved and
//!   starts over.
//! - The supervisor has a separate process group: Ctrl-C ends the tests, and the clean-up follows.
//!   If the supervisor itself is killed, the next test process deletes its data, and PostgreSQL
//!   quits within a minute of losing its files.
//!
//! PostgreSQL refuses to run as root, so the supervisor of root becomes `postgres` or `nobody`.

mod cluster;
mod folder;
mod programs;

use std::fs::File;
use std::sync::OnceLock;

use cluster::{Setup, join_or_start};
use folder::service;
use programs::{programs, try_lock_command};

/// The PostgreSQL server for tests.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Postgres {
    /// The URL of a server's `postgres` database, for a role that may create databases.
    Url(String),
    /// Why there is no server, as a sentence.
    Missing(String),
}

/// Finds PostgreSQL, once per process. A cluster started here stays until the process ends.
///
/// `UNICOM_TEST_POSTGRES_URL` names an existing server. Without it, PostgreSQL's programs are
/// searched for on `PATH` and in the usual folders, and a temporary cluster is started, or shared
/// if another process of this checkout runs one. Callers must give their databases unique names.
///
/// # Panics
///
/// Panics if the programs exist but the cluster does not start. The message ends with its log.
///
/// # Examples
///
/// ```no_run
/// use unicom_testing::postgres::{Postgres, postgres};
///
/// match postgres() {
///     Postgres::Url(url) => println!("testing on {url}"),
///     Postgres::Missing(why) => println!("skipped: {why}"),
/// }
/// ```
pub fn postgres() -> &'static Postgres {
    match &FOUND.get_or_init(find).postgres {
        Ok(postgres) => postgres,
        Err(why) => panic!("PostgreSQL is installed but no test cluster came up: {why}"),
    }
}

/// Returns `true` if tests must fail instead of being skipped without PostgreSQL: if
/// `UNICOM_TEST_REQUIRE_POSTGRES=1` is set.
pub fn postgres_required() -> bool {
    std::env::var("UNICOM_TEST_REQUIRE_POSTGRES").is_ok_and(|value| value == "1")
}

static FOUND: OnceLock<Found> = OnceLock::new();

struct Found {
    /// Also stores a failure, so that every test reports it without a second attempt.
    postgres: Result<Postgres, String>,
    /// The shared lock on `users`. A static is never dropped, so it is held until the process ends.
    _users: Option<File>,
}

fn find() -> Found {
    let found = |postgres| Found {
        postgres,
        _users: None,
    };
    if let Ok(url) = std::env::var("UNICOM_TEST_POSTGRES_URL")
        && !url.is_empty()
    {
        return found(Ok(Postgres::Url(url)));
    }
    let Some(programs) = programs() else {
        return found(Ok(Postgres::Missing(
            "PostgreSQL's programs `initdb` and `postgres` are neither on PATH nor in the usual \
             places; install them, or name a server in UNICOM_TEST_POSTGRES_URL."
                .into(),
        )));
    };
    let Some(try_lock) = try_lock_command() else {
        return found(Ok(Postgres::Missing(
            "Neither `flock` nor `lockf`, which share a PostgreSQL cluster between test processes, \
             is on PATH; install one, or name a server in UNICOM_TEST_POSTGRES_URL."
                .into(),
        )));
    };
    match service().and_then(|service| {
        join_or_start(&Setup {
            programs,
            try_lock,
            service,
        })
    }) {
        Ok((url, users)) => Found {
            postgres: Ok(Postgres::Url(url)),
            _users: Some(users),
        },
        Err(why) => found(Err(why)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cluster_is_reachable() {
        match postgres() {
            Postgres::Url(url) => assert!(url.starts_with("postgres"), "{url}"),
            Postgres::Missing(why) => assert!(!postgres_required(), "{why}"),
        }
    }
}
