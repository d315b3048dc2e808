//! The options: flags, environment variables, and keys of the configuration file.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::ops::RangeInclusive;
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use serde::Deserialize;

use super::{RateLimit, RateOptions};
use crate::{LogFormat, LoggedAddresses, SecurityLog};

/// The range of the number of connections to PostgreSQL: at least one to read and one to write.
pub(super) const CONNECTIONS: RangeInclusive<i64> = 2..=1000;

/// The range of the number of threads that answer requests. The upper bound is actix's.
pub(super) const WORKERS: RangeInclusive<i64> = 1..=512;

/// The range of the text limit in bytes. A message needs at least one, and is kept in memory as a
/// whole.
pub(super) const MAX_TEXT: RangeInclusive<i64> = 1..=16 << 20;

/// The range of the image limit in pixels.
pub(super) const MAX_PIXELS: RangeInclusive<i64> = 1..=u32::MAX as i64;

/// The range of the limits on concurrent requests and on connections.
pub(super) const MAX_COUNT: RangeInclusive<i64> = 1..=1_000_000;

/// The range of the time for the head of a request, in seconds.
pub(super) const HEADER_TIMEOUT_S: RangeInclusive<i64> = 1..=300;

/// The range of the time for a body, and for a connection without a request, in seconds.
pub(super) const TIMEOUT_S: RangeInclusive<i64> = 1..=3600;

/// The range of the number of requests that bots work on concurrently. With 0, they are left to
/// other processes.
pub(super) const MAX_CONCURRENT_BOTS: RangeInclusive<i64> = 0..=1000;

/// The range of the time that a bot may take, in seconds.
pub(super) const BOT_TIMEOUT_S: RangeInclusive<i64> = 1..=3600;

/// The range of the time that a session is valid, in seconds: at most as long as browsers keep a
/// cookie (RFC 6265bis, 5.5).
pub(super) const SESSION_S: RangeInclusive<i64> = 60..=400 * 24 * 60 * 60;

/// The range of the number of attempts of a request or a delivery.
pub(super) const ATTEMPTS: RangeInclusive<i64> = 1..=100;

/// The options, as flags and environment variables or as keys of the file. Options that are not set
/// have a default.
#[derive(Debug, Clone, Default, Args, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Options {
    /// The configuration file [default: unicom.toml, if it exists]
    #[arg(long, env = "UNICOM_CONFIG_FILE", global = true)]
    #[serde(skip)]
    pub config_file: Option<PathBuf>,

    /// The database: sqlite://FILE or postgres://USER@HOST/NAME [default: sqlite://unicom.db]
    #[arg(
        long,
        env = "UNICOM_DATABASE_URL",
        global = true,
        hide_env_values = true
    )]
    pub database_url: Option<String>,

    /// Number of connections to PostgreSQL [default: 16]
    #[arg(long, env = "UNICOM_DATABASE_CONNECTIONS", global = true, value_parser = clap::value_parser!(u16).range(CONNECTIONS))]
    pub database_connections: Option<u16>,

    /// The address to listen on [default: 127.0.0.1:8080]
    #[arg(long, env = "UNICOM_LISTEN", global = true)]
    pub listen: Option<SocketAddr>,

    /// The origin that browsers use, such as `https://chat.example.com`; with https, cookies are
    /// sent over https only
    #[arg(long, env = "UNICOM_PUBLIC_ORIGIN", global = true)]
    pub public_origin: Option<String>,

    /// Further origins whose pages may use the chat with its cookies, separated by commas
    #[arg(
        long,
        env = "UNICOM_TRUSTED_ORIGINS",
        global = true,
        value_delimiter = ','
    )]
    pub trusted_origins: Option<Vec<String>>,

    /// Further hosts that requests may name, separated by commas, such as the name by which a proxy
    /// reaches the server
    #[arg(
        long,
        env = "UNICOM_ALLOWED_HOSTS",
        global = true,
        value_delimiter = ','
    )]
    pub allowed_hosts: Option<Vec<String>>,

    /// The path that all routes are under [default: /unicom]
    #[arg(long, env = "UNICOM_BASE_PATH", global = true)]
    pub base_path: Option<String>,

    /// The folder for files and the secret key [default: unicom-data beside the SQLite database, or
    /// in the working folder]
    #[arg(long, env = "UNICOM_DATA_DIR", global = true)]
    pub data_dir: Option<PathBuf>,

    /// A folder with the files of the widget, served instead of those in the program: for work on
    /// them
    #[arg(long, env = "UNICOM_UI_DIR", global = true)]
    pub ui_dir: Option<PathBuf>,

    /// Where files of messages are stored: file:///FOLDER or s3://BUCKET/PREFIX [default: media in
    /// the data folder]
    #[arg(long, env = "UNICOM_MEDIA_URL", global = true)]
    pub media_url: Option<String>,

    /// The secret that signs cookies, at least 32 characters: `UNICOM_SECRET_KEY`, or `secret_key`
    /// in the file. There is no flag, because every user of the machine can see flags.
    #[arg(skip)]
    pub secret_key: Option<String>,

    /// The file with the secret that signs cookies [default: unicom.key in the data folder, created
    /// once]
    #[arg(long, env = "UNICOM_SECRET_KEY_FILE", global = true)]
    pub secret_key_file: Option<PathBuf>,

    /// Accepted only to be refused with a message that says what to use instead, without the secret
    /// in it
    #[arg(long = "secret-key", global = true, hide = true, num_args = 0..=1)]
    #[serde(skip)]
    #[doc(hidden)]
    pub secret_key_flag: Option<Option<String>>,

    /// The log filter: a level, and levels for modules, as in `info` or `warn,unicom_http=debug`
    /// [default: info]
    #[arg(long, env = "UNICOM_LOG", global = true)]
    pub log: Option<String>,

    /// The format of log lines [default: text]
    #[arg(long, env = "UNICOM_LOG_FORMAT", global = true)]
    pub log_format: Option<LogFormat>,

    /// Whether each request leaves a line in the log [default: on]
    #[arg(long, env = "UNICOM_ACCESS_LOG", global = true)]
    pub access_log: Option<AccessLog>,

    /// Where the security log is written: stderr, off, or a file that JSON lines are appended to
    /// [default: stderr]
    #[arg(long, env = "UNICOM_SECURITY_LOG", global = true)]
    pub security_log: Option<SecurityLog>,

    /// How the security log shows network addresses [default: hashed]
    #[arg(long, env = "UNICOM_SECURITY_LOG_ADDRESSES", global = true)]
    pub security_log_addresses: Option<LoggedAddresses>,

    /// Networks that may read `/metrics`, separated by commas; if empty, none may
    /// [default: 127.0.0.0/8,::1]
    #[arg(
        long,
        env = "UNICOM_METRICS_NETWORKS",
        global = true,
        value_delimiter = ','
    )]
    pub metrics_networks: Option<Vec<String>>,

    /// Number of threads that answer requests [default: one for each core]
    #[arg(long, env = "UNICOM_WORKERS", global = true, value_parser = clap::value_parser!(u16).range(WORKERS))]
    pub workers: Option<u16>,

    /// Maximum size of a message's text in bytes [default: 16384]
    #[arg(long, env = "UNICOM_MAX_TEXT", global = true, value_parser = clap::value_parser!(u32).range(MAX_TEXT))]
    pub max_text: Option<u32>,

    /// Maximum size of a file in bytes [default: 20971520]
    #[arg(long, env = "UNICOM_MAX_FILE", global = true)]
    pub max_file: Option<usize>,

    /// Maximum number of pixels of an image, width times height [default: 64000000]
    #[arg(long, env = "UNICOM_MAX_PIXELS", global = true, value_parser = clap::value_parser!(u32).range(MAX_PIXELS))]
    pub max_pixels: Option<u32>,

    /// Maximum size in bytes of all files that a user has sent and not deleted; 0: no limit
    /// [default: 1073741824, 1 GiB]
    #[arg(long, env = "UNICOM_ACCOUNT_QUOTA", global = true)]
    pub account_quota: Option<u64>,

    /// Maximum size in bytes of all files that a guest, which any client can be, has sent and not
    /// deleted; 0: no limit [default: 104857600, 100 MiB]
    #[arg(long, env = "UNICOM_GUEST_QUOTA", global = true)]
    pub guest_quota: Option<u64>,

    /// Maximum size in bytes of all files of all guests together; 0: no limit
    /// [default: 10737418240, 10 GiB]
    #[arg(long, env = "UNICOM_ALL_GUESTS_QUOTA", global = true)]
    pub all_guests_quota: Option<u64>,

    /// Bytes that must stay free on the file systems of files and of the database, or no file is
    /// accepted; 0: none [default: 536870912, 512 MiB]
    #[arg(long, env = "UNICOM_MIN_FREE_SPACE", global = true)]
    pub min_free_space: Option<u64>,

    /// Whether rates are limited: `off` admits any number of requests [default: on]
    #[arg(long, env = "UNICOM_RATE_LIMIT", global = true, ignore_case = true)]
    pub rate_limit: Option<RateLimit>,

    /// The rate limits, in the file as the table `[rate]`
    #[command(flatten)]
    pub rate: RateOptions,

    /// Networks of proxies whose `X-Forwarded-For` and `X-Forwarded-Proto` are trusted, separated
    /// by commas [default: none]
    #[arg(
        long,
        env = "UNICOM_TRUSTED_PROXIES",
        global = true,
        value_delimiter = ','
    )]
    pub trusted_proxies: Option<Vec<String>>,

    /// Maximum number of requests that are processed concurrently [default: 1024]
    #[arg(long, env = "UNICOM_REQUESTS_AT_ONCE", global = true, value_parser = clap::value_parser!(u32).range(MAX_COUNT))]
    pub requests_at_once: Option<u32>,

    /// Maximum number of these requests from one network address, if rates are limited
    /// [default: 128]
    #[arg(long, env = "UNICOM_ADDRESS_AT_ONCE", global = true, value_parser = clap::value_parser!(u32).range(MAX_COUNT))]
    pub address_at_once: Option<u32>,

    /// Maximum number of live connections: WebSockets, streams of events and requests that wait
    /// for changes [default: 16384]
    #[arg(long, env = "UNICOM_LIVE_AT_ONCE", global = true, value_parser = clap::value_parser!(u32).range(MAX_COUNT))]
    pub live_at_once: Option<u32>,

    /// Maximum number of live connections from one network address, if rates are limited
    /// [default: 256]
    #[arg(long, env = "UNICOM_ADDRESS_LIVE_AT_ONCE", global = true, value_parser = clap::value_parser!(u32).range(MAX_COUNT))]
    pub address_live_at_once: Option<u32>,

    /// Maximum number of simultaneous connections; further ones wait [default: 20000]
    #[arg(long, env = "UNICOM_MAX_CONNECTIONS", global = true, value_parser = clap::value_parser!(u32).range(MAX_COUNT))]
    pub max_connections: Option<u32>,

    /// Seconds that the first line and the headers of a connection's first request may take
    /// [default: 10]
    #[arg(long, env = "UNICOM_HEADER_TIMEOUT", global = true, value_parser = clap::value_parser!(u16).range(HEADER_TIMEOUT_S))]
    pub header_timeout: Option<u16>,

    /// Seconds that a body may take, and one more for every 8 KiB of it [default: 30]
    #[arg(long, env = "UNICOM_BODY_TIMEOUT", global = true, value_parser = clap::value_parser!(u16).range(TIMEOUT_S))]
    pub body_timeout: Option<u16>,

    /// Seconds that a connection is kept open between requests [default: 75]
    #[arg(long, env = "UNICOM_KEEP_ALIVE", global = true, value_parser = clap::value_parser!(u16).range(TIMEOUT_S))]
    pub keep_alive: Option<u16>,

    /// Networks that bots may call although they are not public, separated by commas, such as
    /// 127.0.0.0/8 [default: none]
    #[arg(
        long,
        env = "UNICOM_PRIVATE_NETWORKS",
        global = true,
        value_delimiter = ','
    )]
    pub private_networks: Option<Vec<String>>,

    /// Maximum number of requests that bots work on concurrently; with 0, they are left to other
    /// processes [default: 16]
    #[arg(long, env = "UNICOM_BOTS_AT_ONCE", global = true, value_parser = clap::value_parser!(u16).range(MAX_CONCURRENT_BOTS))]
    pub bots_at_once: Option<u16>,

    /// Seconds that a session is valid without use [default: 1209600, 14 days]
    #[arg(long, env = "UNICOM_SESSION_IDLE", global = true, value_parser = clap::value_parser!(u32).range(SESSION_S))]
    pub session_idle: Option<u32>,

    /// Seconds that a user's session is valid after the login, used or not [default: 7776000, 90
    /// days]
    #[arg(long, env = "UNICOM_SESSION_LIFETIME", global = true, value_parser = clap::value_parser!(u32).range(SESSION_S))]
    pub session_lifetime: Option<u32>,

    /// Whether visitors may register as users [default: open]
    #[arg(long, env = "UNICOM_REGISTRATION", global = true)]
    pub registration: Option<Registration>,
    /// The name of the session cookie [default: `__Host-sessionid` behind https, else `sessionid`]
    #[arg(long, env = "UNICOM_SESSION_COOKIE", global = true)]
    pub session_cookie: Option<String>,

    /// The name of the CSRF token cookie [default: `__Host-csrftoken` behind https, else
    /// `csrftoken`]
    #[arg(long, env = "UNICOM_CSRF_COOKIE", global = true)]
    pub csrf_cookie: Option<String>,

    /// The name of the cookie of visitors who have not written yet [default: `__Host-visitor`
    /// behind https, else `visitor`]
    #[arg(long, env = "UNICOM_VISITOR_COOKIE", global = true)]
    pub visitor_cookie: Option<String>,

    /// Seconds that a bot may take for a request [default: 60]
    #[arg(long, env = "UNICOM_BOT_TIMEOUT", global = true, value_parser = clap::value_parser!(u16).range(BOT_TIMEOUT_S))]
    pub bot_timeout: Option<u16>,

    /// Number of attempts before a request has failed or a delivery is dead [default: 5]
    #[arg(long, env = "UNICOM_ATTEMPTS", global = true, value_parser = clap::value_parser!(u16).range(ATTEMPTS))]
    pub attempts: Option<u16>,

    /// Settings of the S3 client, in the file only: `region`, `endpoint`, `access_key_id`, …
    #[arg(skip)]
    pub media_options: BTreeMap<String, String>,
}

/// Whether each request leaves a line in the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AccessLog {
    /// Each request leaves a line (the default), because problems are looked into afterwards
    #[default]
    On,
    /// No request leaves a line, for example because a proxy in front writes access lines too
    Off,
}

/// Whether visitors may register as users.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Registration {
    /// Visitors may register (the default)
    #[default]
    Open,
    /// Only the operator creates users, with `unicom user create`
    Closed,
}
