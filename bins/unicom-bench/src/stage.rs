//! The database that is measured on.

use anyhow::Context;
use serde_json::{Value, json};
use tempfile::TempDir;
use unicom_core::{Bots, CoreError, Platforms, create_channel};
use unicom_db::{Database, DatabaseOptions, Db};
use unicom_models::Channel;
use unicom_webchat::WebChat;

/// A database, and the folder that goes with it.
pub struct Stage {
    url: String,
    _folder: TempDir,
}

impl Stage {
    /// On this PostgreSQL server, or on SQLite in a temporary folder.
    pub fn new(url: Option<&str>) -> anyhow::Result<Self> {
        let folder = tempfile::tempdir().context("no temporary folder")?;
        let url = match url {
            Some(url) => url.to_owned(),
            None => format!("sqlite://{}", folder.path().join("bench.db").display()),
        };
        let stage = Self {
            url,
            _folder: folder,
        };
        stage.connect()?.migrate(&[&unicom_db::MIGRATIONS])?;
        Ok(stage)
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

    /// What the figures were measured on.
    pub fn describe(&self) -> String {
        let engine = if self.url.starts_with("sqlite") {
            "SQLite, synchronous=FULL"
        } else {
            "PostgreSQL"
        };
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        format!("{engine}; {cores} cores")
    }
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
