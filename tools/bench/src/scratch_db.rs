//! Temporary databases: each fixture has a separate one, which is removed with it.

use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};

use anyhow::Context;
use diesel::connection::SimpleConnection;
use serde_json::{Value, json};
use tempfile::TempDir;
use unicom_core::admin::{Actor, Extensions, NewChannel, create_channel};
use unicom_core::{Bots, Platforms};
use unicom_db::{Database, DatabaseOptions, Db, on_engine};
use unicom_models::Channel;
use unicom_webchat::WebChat;

/// An empty database and the folder that belongs to it. Both are removed on drop.
pub struct ScratchDb {
    url: String,
    folder: TempDir,
    /// On PostgreSQL: the URL of the server and the name of the database.
    made: Option<(String, String)>,
}

impl ScratchDb {
    /// Creates a database on this PostgreSQL server, or an SQLite database in a temporary folder.
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

    /// Returns the database's URL.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Returns a folder for the processes that use the database.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Creates unicom's tables, without those of the bundled server.
    pub fn migrate(&self) -> anyhow::Result<()> {
        self.connect()?.migrate(&[&unicom_db::MIGRATIONS])?;
        Ok(())
    }

    /// Connects as a server does.
    pub fn connect(&self) -> anyhow::Result<Database> {
        Ok(Database::connect_with(
            &self.url,
            DatabaseOptions::default(),
        )?)
    }

    /// Opens a single connection, for measuring bare statements.
    pub fn connection(&self) -> anyhow::Result<Db> {
        Ok(Db::connect(&self.url)?)
    }
}

impl Drop for ScratchDb {
    fn drop(&mut self) {
        let Some((server, name)) = &self.made else {
            return;
        };
        // A server that was killed just before may still be connected.
        let dropped = Db::connect(server)
            .map_err(anyhow::Error::from)
            .and_then(|mut db| execute(&mut db, &format!("DROP DATABASE {name} WITH (FORCE)")));
        if let Err(error) = dropped {
            log::warn!("the database `{name}` could not be dropped: {error}");
        }
    }
}

/// Runs statements that return no rows.
pub fn execute(db: &mut Db, sql: &str) -> anyhow::Result<()> {
    Ok(on_engine!(db, conn => conn.batch_execute(sql))?)
}

/// Returns the URL with another database name.
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

/// Creates a web chat channel.
pub fn channel(database: &Database, bots: &Bots, config: Value) -> anyhow::Result<Channel> {
    let extensions = Extensions::default()
        .with_platforms(Platforms::default().with(WebChat))
        .with_bots(bots.clone());
    let new = NewChannel::new(WebChat::kind(), "Bench").with_config(config);
    let made = database.write(move |tx| create_channel(tx, &Actor::COMMAND_LINE, &extensions, new));
    Ok(made.wait()?)
}

/// Returns the configuration of a channel with this bot.
pub fn with_bot(name: &str) -> Value {
    json!({ "bot": name })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn database_name_in_the_url_is_replaced() {
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
