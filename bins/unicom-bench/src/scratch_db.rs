//! The database that is measured on: one of its own for each stage, gone with it.

use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};

use anyhow::Context;
use diesel::connection::SimpleConnection;
use serde_json::{Value, json};
use tempfile::TempDir;
use unicom_core::{Bots, CoreError, Platforms, admin::create_channel};
use unicom_db::{Database, DatabaseOptions, Db, on_engine};
use unicom_models::Channel;
use unicom_webchat::WebChat;

/// An empty database, and the folder that goes with it.
pub struct ScratchDb {
    url: String,
    folder: TempDir,
    /// On PostgreSQL: the server, and the database's name there.
    made: Option<(String, String)>,
}

impl ScratchDb {
    /// A database of its own on this PostgreSQL server, or on SQLite in a temporary folder.
    pub fn new(server: Option<&str>) -> anyhow::Result<Self> {
        static STAGES: AtomicU32 = AtomicU32::new(0);
        let folder = tempfile::tempdir().context("no temporary folder")?;
        let Some(server) = server else {
            return Ok(Self {
                url: format!("sqlite://{}", folder.path().join("bench.db").display()),
                folder,
                made: None,
            });
        };
        let number = STAGES.fetch_add(1, Ordering::Relaxed);
        let name = format!("unicom_bench_{}_{number}", std::process::id());
        execute(
            &mut Db::connect(server)?,
            &format!("CREATE DATABASE {name}"),
        )?;
        Ok(Self {
            url: with_database(server, &name),
            folder,
            made: Some((server.to_owned(), name)),
        })
    }

    /// The database's URL.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// A folder for whoever works with the database.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Makes unicom's tables, without those of the bundled server.
    pub fn migrate(&self) -> anyhow::Result<()> {
        self.connect()?.migrate(&[&unicom_db::MIGRATIONS])?;
        Ok(())
    }

    /// Connections as a server has them.
    pub fn connect(&self) -> anyhow::Result<Database> {
        Ok(Database::connect_with(
            &self.url,
            DatabaseOptions::default(),
        )?)
    }

    /// One connection, for measuring bare statements.
    pub fn connection(&self) -> anyhow::Result<Db> {
        Ok(Db::connect(&self.url)?)
    }
}

impl Drop for ScratchDb {
    fn drop(&mut self) {
        let Some((server, name)) = &self.made else {
            return;
        };
        // A server that was killed a moment ago may still be connected.
        let dropped = Db::connect(server)
            .map_err(anyhow::Error::from)
            .and_then(|mut db| execute(&mut db, &format!("DROP DATABASE {name} WITH (FORCE)")));
        if let Err(error) = dropped {
            log::warn!("the database `{name}` could not be dropped: {error}");
        }
    }
}

/// Runs statements that give nothing back.
pub fn execute(db: &mut Db, sql: &str) -> anyhow::Result<()> {
    Ok(on_engine!(db, conn => conn.batch_execute(sql))?)
}

/// The URL with another database's name.
fn with_database(url: &str, name: &str) -> String {
    let (before, parameters) = match url.split_once('?') {
        Some((before, parameters)) => (before, format!("?{parameters}")),
        None => (url, String::new()),
    };
    let authority = before.find("://").map_or(0, |at| at + "://".len());
    let end = before[authority..]
        .find('/')
        .map_or(before.len(), |at| authority + at);
    format!("{}/{name}{parameters}", &before[..end])
}

/// A web chat channel.
pub fn channel(database: &Database, bots: &Bots, config: Value) -> anyhow::Result<Channel> {
    let bots = bots.clone();
    let made: Result<Channel, CoreError> = database
        .write(move |tx| {
            let platforms = Platforms::default().with(WebChat);
            create_channel(
                tx,
                &platforms,
                &bots,
                &WebChat::KIND.into(),
                "Bench",
                &config,
            )
        })
        .wait();
    Ok(made?)
}

/// Settings of a channel whose bot is this one.
pub fn with_bot(name: &str) -> Value {
    json!({ "bot": name })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_database_of_the_same_server() {
        for (url, expected) in [
            ("postgres://u@h:1/old", "postgres://u@h:1/new"),
            ("postgres://u@h", "postgres://u@h/new"),
            (
                "postgres://u@h/old?host=/tmp",
                "postgres://u@h/new?host=/tmp",
            ),
        ] {
            assert_eq!(with_database(url, "new"), expected);
        }
    }
}
