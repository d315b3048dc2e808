//! The configuration: flag beats environment beats file.

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;
use ipnet::IpNet;
use serde::Deserialize;
use unicom_auth::Origin;
use unicom_core::PipelineOptions;
use unicom_http::Limits;

use crate::Failure;

/// The file that is read where none is named, if it is there.
const DEFAULT_FILE: &str = "unicom.toml";

/// How many connections to PostgreSQL there may be: one to read and one to write, at the least.
const CONNECTIONS: RangeInclusive<i64> = 2..=1000;

/// How many threads may answer requests.
const WORKERS: RangeInclusive<i64> = 1..=1024;

/// How many requests bots may work on at the same time; with 0, they are left to other processes.
const BOTS_AT_ONCE: RangeInclusive<i64> = 0..=1000;

/// How many seconds a bot may take.
const BOT_TIMEOUT_S: RangeInclusive<i64> = 1..=3600;

/// How often a request or a delivery may be tried.
const ATTEMPTS: RangeInclusive<i64> = 1..=100;

/// What can be set, as flags and environment variables or as keys of the file; what is not set has a default.
#[derive(Debug, Clone, Default, Args, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Options {
    /// The configuration file [default: unicom.toml, if it is there]
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

    /// Connections to PostgreSQL [default: 16]
    #[arg(long, env = "UNICOM_DATABASE_CONNECTIONS", global = true, value_parser = clap::value_parser!(u16).range(CONNECTIONS))]
    pub database_connections: Option<u16>,

    /// The address to listen on [default: 127.0.0.1:8080]
    #[arg(long, env = "UNICOM_LISTEN", global = true)]
    pub listen: Option<SocketAddr>,

    /// The address that browsers use, such as `https://chat.example.com`; with https, cookies go over nothing else
    #[arg(long, env = "UNICOM_PUBLIC_ORIGIN", global = true)]
    pub public_origin: Option<String>,

    /// Further origins whose pages may write, separated by commas
    #[arg(
        long,
        env = "UNICOM_TRUSTED_ORIGINS",
        global = true,
        value_delimiter = ','
    )]
    pub trusted_origins: Option<Vec<String>>,

    /// The path that everything is under [default: /unicom]
    #[arg(long, env = "UNICOM_BASE_PATH", global = true)]
    pub base_path: Option<String>,

    /// The folder for files and the secret key [default: unicom-data beside the SQLite database, or here]
    #[arg(long, env = "UNICOM_DATA_DIR", global = true)]
    pub data_dir: Option<PathBuf>,

    /// Where files of messages are kept: file:///FOLDER or s3://BUCKET/PREFIX [default: media in the data folder]
    #[arg(long, env = "UNICOM_MEDIA_URL", global = true)]
    pub media_url: Option<String>,

    /// The secret that signs cookies, at least 32 characters [default: made once, kept in the data folder]
    #[arg(long, env = "UNICOM_SECRET_KEY", global = true, hide_env_values = true)]
    pub secret_key: Option<String>,

    /// Threads that answer requests [default: one for each core]
    #[arg(long, env = "UNICOM_WORKERS", global = true, value_parser = clap::value_parser!(u16).range(WORKERS))]
    pub workers: Option<u16>,

    /// Bytes of a message's text at the most [default: 16384]
    #[arg(long, env = "UNICOM_MAX_TEXT", global = true)]
    pub max_text: Option<usize>,

    /// Bytes of a file at the most [default: 20971520]
    #[arg(long, env = "UNICOM_MAX_FILE", global = true)]
    pub max_file: Option<usize>,

    /// Networks that bots may call though they are not public, separated by commas, such as 127.0.0.0/8 [default: none]
    #[arg(
        long,
        env = "UNICOM_PRIVATE_NETWORKS",
        global = true,
        value_delimiter = ','
    )]
    pub private_networks: Option<Vec<String>>,

    /// Requests that bots work on at the same time; with 0, they are left to other processes [default: 16]
    #[arg(long, env = "UNICOM_BOTS_AT_ONCE", global = true, value_parser = clap::value_parser!(u16).range(BOTS_AT_ONCE))]
    pub bots_at_once: Option<u16>,

    /// Seconds that a bot may take for a request [default: 60]
    #[arg(long, env = "UNICOM_BOT_TIMEOUT", global = true, value_parser = clap::value_parser!(u16).range(BOT_TIMEOUT_S))]
    pub bot_timeout: Option<u16>,

    /// Attempts before a request has failed or a delivery is dead [default: 5]
    #[arg(long, env = "UNICOM_ATTEMPTS", global = true, value_parser = clap::value_parser!(u16).range(ATTEMPTS))]
    pub attempts: Option<u16>,

    /// Settings of the S3 client, in the file only: `region`, `endpoint`, `access_key_id`, …
    #[arg(skip)]
    pub media_options: BTreeMap<String, String>,
}

/// The configuration as it holds.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The database.
    pub database_url: String,
    /// Connections to PostgreSQL.
    pub database_connections: usize,
    /// The address to listen on.
    pub listen: SocketAddr,
    /// The address that browsers use.
    pub public_origin: Option<Origin>,
    /// Further origins whose pages may write.
    pub trusted_origins: Vec<Origin>,
    /// The path that everything is under, without a slash at its end.
    pub base_path: String,
    /// The folder for files and the secret key.
    pub data_dir: PathBuf,
    /// Where files are kept; in the data folder where nothing is said.
    pub media_url: Option<String>,
    /// Settings of the S3 client.
    pub media_options: BTreeMap<String, String>,
    /// The secret that signs cookies; in the data folder where nothing is said.
    pub secret_key: Option<String>,
    /// Threads that answer requests; one for each core where nothing is said.
    pub workers: Option<usize>,
    /// How large things may be.
    pub limits: Limits,
    /// Networks that bots may call though they are not public.
    pub private_networks: Vec<IpNet>,
    /// How requests are worked on.
    pub pipeline: PipelineOptions,
}

impl Settings {
    /// The configuration of flags and environment (`options`), and of the file that they name.
    ///
    /// # Errors
    /// [`Failure::Usage`] names the setting and what it may be.
    pub fn load(options: Options) -> Result<Self, Failure> {
        let file = read_file(options.config_file.as_deref())?;
        let merged = options.over(file);
        check_range(
            "database_connections",
            merged.database_connections,
            CONNECTIONS,
        )?;
        check_range("workers", merged.workers, WORKERS)?;
        check_range("bots_at_once", merged.bots_at_once, BOTS_AT_ONCE)?;
        check_range("bot_timeout", merged.bot_timeout, BOT_TIMEOUT_S)?;
        check_range("attempts", merged.attempts, ATTEMPTS)?;
        let origin = |text: String| {
            text.parse::<Origin>()
                .map_err(|error| Failure::Usage(error.to_string()))
        };
        let database_url = merged
            .database_url
            .unwrap_or_else(|| "sqlite://unicom.db".to_owned());
        let defaults = Limits::default();
        let file_limit = merged.max_file.unwrap_or(defaults.file);
        let text_limit = merged.max_text.unwrap_or(defaults.text);
        Ok(Self {
            data_dir: merged.data_dir.unwrap_or_else(|| beside(&database_url)),
            database_url,
            database_connections: merged.database_connections.unwrap_or(16).into(),
            listen: merged
                .listen
                .unwrap_or_else(|| SocketAddr::from(([127, 0, 0, 1], 8080))),
            public_origin: merged.public_origin.map(origin).transpose()?,
            trusted_origins: merged
                .trusted_origins
                .unwrap_or_default()
                .into_iter()
                .map(origin)
                .collect::<Result<_, _>>()?,
            base_path: base_path(merged.base_path.as_deref().unwrap_or("/unicom"))?,
            media_url: merged.media_url,
            media_options: merged.media_options,
            secret_key: merged.secret_key,
            workers: merged.workers.map(usize::from),
            private_networks: networks(merged.private_networks.unwrap_or_default())?,
            pipeline: pipeline(merged.bots_at_once, merged.bot_timeout, merged.attempts),
            // A text may grow sixfold in JSON (`\u0001`), and metadata come on top.
            limits: Limits {
                text: text_limit,
                body: defaults.body.max(text_limit.saturating_mul(6)),
                file: file_limit,
            },
        })
    }
}

impl Options {
    /// What is set here, and else what is set in `other`.
    fn over(self, other: Self) -> Self {
        Self {
            config_file: self.config_file,
            database_url: self.database_url.or(other.database_url),
            database_connections: self.database_connections.or(other.database_connections),
            listen: self.listen.or(other.listen),
            public_origin: self.public_origin.or(other.public_origin),
            trusted_origins: self.trusted_origins.or(other.trusted_origins),
            base_path: self.base_path.or(other.base_path),
            data_dir: self.data_dir.or(other.data_dir),
            media_url: self.media_url.or(other.media_url),
            secret_key: self.secret_key.or(other.secret_key),
            workers: self.workers.or(other.workers),
            max_text: self.max_text.or(other.max_text),
            max_file: self.max_file.or(other.max_file),
            private_networks: self.private_networks.or(other.private_networks),
            bots_at_once: self.bots_at_once.or(other.bots_at_once),
            bot_timeout: self.bot_timeout.or(other.bot_timeout),
            attempts: self.attempts.or(other.attempts),
            media_options: other.media_options,
        }
    }
}

fn read_file(named: Option<&Path>) -> Result<Options, Failure> {
    let path = named.unwrap_or(Path::new(DEFAULT_FILE));
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if named.is_none() && error.kind() == std::io::ErrorKind::NotFound => {
            return Ok(Options::default());
        }
        Err(error) => {
            return Err(Failure::Usage(format!(
                "cannot read `{}`: {error}",
                path.display()
            )));
        }
    };
    toml::from_str(&text)
        .map_err(|error| Failure::Usage(format!("`{}`: {}", path.display(), error.message())))
}

/// The file's numbers; those of flags and environment have been looked at.
fn check_range(name: &str, value: Option<u16>, range: RangeInclusive<i64>) -> Result<(), Failure> {
    match value {
        Some(value) if !range.contains(&value.into()) => Err(Failure::Usage(format!(
            "`{name}` is {value}: expected {} to {}",
            range.start(),
            range.end()
        ))),
        _ => Ok(()),
    }
}

fn networks(texts: Vec<String>) -> Result<Vec<IpNet>, Failure> {
    let network = |text: String| {
        let parsed = text.trim().parse::<IpNet>();
        let address = || text.trim().parse::<IpAddr>().map(IpNet::from);
        parsed.or_else(|_| address()).map_err(|_| {
            Failure::Usage(format!(
                "`{text}` is no network: expected an address, or one and its prefix, as in `10.0.0.0/8`"
            ))
        })
    };
    texts
        .into_iter()
        .filter(|text| !text.trim().is_empty())
        .map(network)
        .collect()
}

fn pipeline(
    at_once: Option<u16>,
    timeout_s: Option<u16>,
    attempts: Option<u16>,
) -> PipelineOptions {
    let defaults = PipelineOptions::default();
    PipelineOptions {
        parallel: at_once.map_or(defaults.parallel, usize::from),
        bot_timeout: timeout_s.map_or(defaults.bot_timeout, |s| Duration::from_secs(s.into())),
        attempts: attempts.map_or(defaults.attempts, i32::from),
        ..defaults
    }
}

/// The data folder beside a SQLite database; in the working folder for any other.
fn beside(database_url: &str) -> PathBuf {
    let file = database_url.strip_prefix("sqlite://").map(Path::new);
    file.and_then(Path::parent)
        .unwrap_or(Path::new(""))
        .join("unicom-data")
}

fn base_path(text: &str) -> Result<String, Failure> {
    let path = text.trim_end_matches('/');
    let in_path = |c: char| c.is_ascii_alphanumeric() || "/-_.".contains(c);
    if path.starts_with('/') && !path.contains("//") && path.chars().all(in_path) {
        return Ok(path.to_owned());
    }
    Err(Failure::Usage(format!(
        "`{text}` is no base path: expected letters, digits and `-_.` after a `/`, as in `/unicom`"
    )))
}
