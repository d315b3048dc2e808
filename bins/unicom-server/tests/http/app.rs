//! `TestApp`: a running server, its clients, and its stored data.

use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use actix_web::dev::ServerHandle;
use actix_web::rt::System;
use diesel::connection::SimpleConnection;
use futures_util::future::select;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::sync::oneshot;
use unicom_core::admin::{Actor, Extensions, NewChannel, create_channel};
use unicom_core::{Bots, Platforms, bots::Echo};
use unicom_db::queries::{accounts, channels};
use unicom_db::{Database, DbError, on_engine};
use unicom_matchers::Matchers;
use unicom_models::ChannelId;
use unicom_server::{Metrics, Options, RateLimit, Routes, Server, Settings, platforms};
use unicom_testing::{TestClock, TestDatabase};

use crate::client::Client;
use crate::log;

/// Time limit for background work.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// The password of every user in tests.
pub const PASSWORD: &str = "correct horse battery";

/// Returns the echo bot as the only bot.
pub fn echo() -> Bots {
    Bots::default().with("echo", Echo)
}

/// Returns the platforms of the server and the echo bot.
pub fn extensions() -> Extensions {
    Extensions::default()
        .with_platforms(platforms())
        .with_bots(echo())
}

/// Settings of a test server.
pub struct Setup {
    pub channel: Value,
    pub options: Options,
    pub bots: Bots,
    pub platforms: Platforms,
    /// Defaults to the system clock.
    pub clock: Option<TestClock>,
}

impl Default for Setup {
    /// Returns a set-up whose channel has no bot, so that counts stay the same during a test.
    fn default() -> Self {
        Self {
            channel: json!({}),
            options: Options::default(),
            bots: echo(),
            platforms: platforms(),
            clock: None,
        }
    }
}

/// A server on a database with one web chat channel.
pub struct TestApp {
    metrics: Metrics,
    database: Database,
    channel_id: ChannelId,
    folder: TempDir,
    platforms: Platforms,
    running: Option<Running>,
}

struct Running {
    base: String,
    handle: ServerHandle,
    crash: oneshot::Sender<()>,
    thread: JoinHandle<()>,
}

impl TestApp {
    /// Starts a server whose channel has no bot.
    pub async fn start(db: &TestDatabase) -> Self {
        Self::with(db, Setup::default()).await
    }

    /// Starts a server whose channel has the echo bot.
    pub async fn with_echo(db: &TestDatabase) -> Self {
        let channel = json!({ "bot": "echo" });
        Self::with(
            db,
            Setup {
                channel,
                ..Setup::default()
            },
        )
        .await
    }

    pub async fn with_options(db: &TestDatabase, options: Options) -> Self {
        let setup = Setup {
            options,
            ..Setup::default()
        };
        Self::with(db, setup).await
    }

    pub async fn with(db: &TestDatabase, setup: Setup) -> Self {
        log::read();
        let metrics = Metrics::new().unwrap();
        let mut app = Self {
            database: metrics.record(|| match &setup.clock {
                Some(clock) => db.connect_with(clock.options()),
                None => db.connect(),
            }),
            metrics,
            channel_id: ChannelId(0),
            folder: tempfile::tempdir().unwrap(),
            platforms: setup.platforms,
            running: None,
        };
        app.channel_id = app.channel(setup.channel).await;
        app.run(setup.options, setup.bots);
        app
    }

    /// Creates another active web chat channel.
    pub async fn channel(&self, config: Value) -> ChannelId {
        let made = self.database.write(move |tx| {
            let new = NewChannel::new("WebChat", "Site").with_config(config);
            create_channel(tx, &Actor::COMMAND_LINE, &extensions(), new)
        });
        made.await.unwrap().id
    }

    /// Returns the id of the channel that the server started with.
    pub fn channel_id(&self) -> ChannelId {
        self.channel_id
    }

    /// Replaces the configuration of the channel that the server started with.
    pub async fn configure(&self, config: Value) {
        let id = self.channel_id;
        let changed = self.database.write(move |tx| {
            let mut channel = channels::get(tx, id)?.unwrap();
            channel.config = config;
            channels::update(tx, &channel)
        });
        assert!(changed.await.unwrap());
    }

    pub async fn switch_off(&self, id: ChannelId) {
        let switched = self.database.write(move |tx| {
            let mut channel = channels::get(tx, id)?.unwrap();
            channel.active = false;
            channels::update(tx, &channel)
        });
        assert!(switched.await.unwrap());
    }

    /// Starts the server on the stored data, in a separate thread.
    pub fn run(&mut self, options: Options, bots: Bots) {
        let settings = Settings::load(Options {
            listen: Some(([127, 0, 0, 1], 0).into()),
            data_dir: Some(self.folder.path().to_owned()),
            workers: Some(2),
            // Tests send requests faster than people do.
            rate_limit: options.rate_limit.or(Some(RateLimit::Off)),
            // However full the disk is.
            min_free_space: options.min_free_space.or(Some(0)),
            ..options
        })
        .unwrap();
        let database = self.database.clone();
        let extensions = Extensions::default()
            .with_platforms(self.platforms.clone())
            .with_bots(bots)
            .with_matchers(Matchers::default());
        let metrics = self.metrics.clone();
        let (crash, crashed) = oneshot::channel();
        let (ready, is_ready) = mpsc::channel();
        let thread = thread::spawn(move || {
            System::new().block_on(async move {
                let routes = Routes::default();
                let server =
                    Server::bind(&settings, database, extensions, routes, metrics).unwrap();
                let base = format!("http://{}", server.addresses()[0]);
                ready.send((base, server.handle())).unwrap();
                select(Box::pin(server.run_until_stopped()), crashed).await;
            });
        });
        let (base, handle) = is_ready.recv().expect("the server did not start");
        self.running = Some(Running {
            base,
            handle,
            crash,
            thread,
        });
    }

    /// Sets the database handle for the server that [`TestApp::run`] starts.
    pub fn use_database(&mut self, database: Database) {
        self.database = database;
    }

    /// Stops the server without letting it finish anything.
    pub fn crash(&mut self) {
        if let Some(running) = self.running.take() {
            running.crash.send(()).unwrap();
            running.thread.join().unwrap();
        }
    }

    /// Returns the scheme, host and port of the server.
    pub fn base(&self) -> &str {
        &self.running.as_ref().unwrap().base
    }

    /// Returns a client that has loaded a page and has not written yet.
    pub async fn guest(&self) -> Client {
        let client = Client::new(self.base());
        client.get("/unicom/auth/session/").await.ok();
        client
    }

    /// Returns a client with the session of a guest who has written `text`.
    pub async fn guest_who_wrote(&self, text: &str) -> Client {
        let client = self.guest().await;
        client.say(text).await;
        client
    }

    /// Registers a user and returns the client, logged in.
    pub async fn user(&self, name: &str) -> Client {
        let client = self.guest().await;
        client.register(name).await;
        client
    }

    pub async fn block(&self, account_id: &str) {
        self.set_blocked(account_id, true).await;
    }

    pub async fn unblock(&self, account_id: &str) {
        self.set_blocked(account_id, false).await;
    }

    async fn set_blocked(&self, account_id: &str, blocked: bool) {
        let id = account_id.into();
        let known = self
            .database
            .write(move |tx| accounts::set_blocked(tx, &id, blocked));
        assert!(known.await.unwrap());
    }

    /// Makes all housekeeping due, so that the next server does not find it done by the last one.
    pub async fn make_housekeeping_due(&self) {
        let due = "DELETE FROM unicom_leases WHERE kind = 'housekeeping'";
        let due = self.database.write(move |tx| -> Result<(), DbError> {
            Ok(on_engine!(&mut **tx, conn => conn.batch_execute(due))?)
        });
        due.await.unwrap();
    }

    pub fn database(&self) -> &Database {
        &self.database
    }

    /// Returns the files in the media store.
    pub fn files(&self) -> Vec<PathBuf> {
        let mut files = Vec::new();
        list_files(&self.folder.path().join("media"), &mut files);
        files
    }

    /// Returns the server's data folder.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Returns the files that are being received.
    pub fn uploads(&self) -> Vec<PathBuf> {
        let mut files = Vec::new();
        list_files(&self.folder.path().join("uploads"), &mut files);
        let is_lock = |file: &Path| file.file_name().is_some_and(|name| name == "lock");
        files.retain(|file| !is_lock(file) && file.extension().is_none_or(|end| end != "lock"));
        files
    }

    /// Waits until `done` returns a value.
    pub async fn wait_for<T>(what: &str, mut done: impl AsyncFnMut() -> Option<T>) -> T {
        let deadline = Instant::now() + PATIENCE;
        loop {
            if let Some(found) = done().await {
                return found;
            }
            assert!(Instant::now() < deadline, "waited in vain for {what}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

impl Drop for TestApp {
    fn drop(&mut self) {
        assert!(
            !log::logged_a_secret() || thread::panicking(),
            "a secret was logged"
        );
        if let Some(running) = self.running.take() {
            // The stop command is sent immediately. The thread ends when the server has stopped.
            drop(running.handle.stop(false));
            let ended = running.thread.join();
            assert!(
                ended.is_ok() || thread::panicking(),
                "the server's thread panicked"
            );
        }
    }
}

fn list_files(folder: &Path, files: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return;
    };
    for path in entries.map(|entry| entry.unwrap().path()) {
        if path.is_dir() {
            list_files(&path, files);
        } else {
            files.push(path);
        }
    }
}
