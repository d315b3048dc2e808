//! The configuration: flags override the environment, which overrides the file.

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Duration;

use ipnet::IpNet;
use unicom_auth::{CookieNames, CustomCookieNames, Origin, SessionLife};
use unicom_content::media::ImageLimits;
use unicom_core::PipelineOptions;
use unicom_http::{Limits, admission::AdmissionOptions, target::AllowedHosts};

use crate::{Failure, LogFormat, LoggedAddresses, SecurityLog};

mod config_file;
pub(crate) mod environment;
mod options;
mod rates;

pub use options::{AccessLog, Options, Registration};
pub use rates::{RateLimit, RateOptions, RateSetting};

/// The effective configuration of the server.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The URL of the database.
    pub database_url: String,
    /// The number of connections to PostgreSQL.
    pub database_connections: usize,
    /// The address to listen on.
    pub listen: SocketAddr,
    /// The origin that browsers use.
    pub public_origin: Option<Origin>,
    /// Further origins whose pages may use the chat with its cookies.
    pub trusted_origins: Vec<Origin>,
    /// The hosts that requests may name: loopback, the listening address, those of the origins, and
    /// further ones.
    pub allowed_hosts: AllowedHosts,
    /// The path that all routes are under, without a trailing slash.
    pub base_path: String,
    /// The folder for files and the secret key.
    pub data_dir: PathBuf,
    /// The folder with the files of the widget, if they are not those in the program.
    pub ui_dir: Option<PathBuf>,
    /// The URL of the media store. If it is `None`, files are stored in the data folder.
    pub media_url: Option<String>,
    /// Settings of the S3 client.
    pub media_options: BTreeMap<String, String>,
    /// The secret that signs cookies. If it is `None`, the secret is in a file.
    pub secret_key: Option<String>,
    /// The file with that secret, if it is not the one in the data folder.
    pub secret_key_file: Option<PathBuf>,
    /// The configuration file, if it contains secrets.
    pub secret_file: Option<PathBuf>,
    /// The log filter: a level, and levels for modules.
    pub log: String,
    /// The format of log lines.
    pub log_format: LogFormat,
    /// Whether each request leaves a line in the log.
    pub access_log: AccessLog,
    /// Where the security log is written.
    pub security_log: SecurityLog,
    /// How the security log shows network addresses.
    pub security_log_addresses: LoggedAddresses,
    /// Networks that may read `/metrics`.
    pub metrics_networks: Vec<IpNet>,
    /// The number of threads that answer requests. If it is `None`, there is one for each core.
    pub workers: Option<usize>,
    /// The limits of texts, bodies, files and images, and the quotas of accounts.
    pub limits: Limits,
    /// Bytes that must stay free on the file systems of files and of the database.
    pub min_free_space: u64,
    /// The limits that decide which requests are admitted.
    pub admission: AdmissionOptions,
    /// The maximum number of simultaneous connections.
    pub max_connections: usize,
    /// The time that the head of a connection's first request may take.
    pub header_timeout: Duration,
    /// How long a connection is kept open between requests.
    ///
    /// This is longer than proxies keep theirs, which is mostly 60 s. Otherwise a proxy sends a
    /// request into a connection that is being closed.
    pub keep_alive: Duration,
    /// How long sessions are valid.
    pub session_life: SessionLife,
    /// Whether visitors may register as users.
    pub registration: Registration,
    /// The names of the cookies.
    pub cookie_names: CookieNames,
    /// Networks that bots may call although they are not public.
    pub private_networks: Vec<IpNet>,
    /// The options of the pipeline that works on requests.
    pub pipeline: PipelineOptions,
}

impl Settings {
    /// Loads the configuration from flags and environment (`options`), and from the file that they
    /// name.
    ///
    /// # Errors
    /// Returns [`Failure::Usage`], which names the setting and its allowed values.
    pub fn load(options: Options) -> Result<Self, Failure> {
        let (mut merged, secret_file) = options.with_file()?;
        let limits = limits(&merged);
        let admission = admission(&mut merged)?;
        let origin = |text: String| {
            text.parse::<Origin>()
                .map_err(|error| Failure::Usage(error.to_string()))
        };
        let listen = merged
            .listen
            .unwrap_or_else(|| SocketAddr::from(([127, 0, 0, 1], 8080)));
        let public_origin = merged.public_origin.map(origin).transpose()?;
        let trusted_origins = merged
            .trusted_origins
            .unwrap_or_default()
            .into_iter()
            .map(origin)
            .collect::<Result<Vec<_>, _>>()?;
        let custom_names = CustomCookieNames {
            session: merged.session_cookie,
            csrf: merged.csrf_cookie,
            visitor: merged.visitor_cookie,
        };
        let database_url = merged
            .database_url
            .unwrap_or_else(|| "sqlite://unicom.db".to_owned());
        Ok(Self {
            data_dir: merged.data_dir.unwrap_or_else(|| beside(&database_url)),
            database_url,
            ui_dir: merged.ui_dir,
            database_connections: merged.database_connections.unwrap_or(16).into(),
            listen,
            allowed_hosts: allowed_hosts(
                listen,
                public_origin.iter().chain(&trusted_origins),
                merged.allowed_hosts.unwrap_or_default(),
            )?,
            cookie_names: cookie_names(public_origin.as_ref(), custom_names)?,
            public_origin,
            trusted_origins,
            base_path: base_path(merged.base_path.as_deref().unwrap_or("/unicom"))?,
            media_url: merged.media_url,
            media_options: merged.media_options,
            secret_key: merged.secret_key,
            secret_key_file: merged.secret_key_file,
            secret_file,
            log: merged.log.unwrap_or_else(|| "info".to_owned()),
            log_format: merged.log_format.unwrap_or_default(),
            access_log: merged.access_log.unwrap_or_default(),
            security_log: merged.security_log.unwrap_or_default(),
            security_log_addresses: merged.security_log_addresses.unwrap_or_default(),
            metrics_networks: networks(merged.metrics_networks.unwrap_or_else(loopback))?,
            workers: merged.workers.map(usize::from),
            min_free_space: merged.min_free_space.unwrap_or(512 << 20),
            admission,
            max_connections: merged.max_connections.map_or(20_000, |n| n as usize),
            header_timeout: seconds(merged.header_timeout.unwrap_or(10)),
            keep_alive: seconds(merged.keep_alive.unwrap_or(75)),
            private_networks: networks(merged.private_networks.unwrap_or_default())?,
            session_life: session_life(merged.session_idle, merged.session_lifetime),
            registration: merged.registration.unwrap_or_default(),
            pipeline: pipeline(merged.bots_at_once, merged.bot_timeout, merged.attempts),
            limits,
        })
    }
}

/// Returns the options of admission.
fn admission(merged: &mut Options) -> Result<AdmissionOptions, Failure> {
    let defaults = AdmissionOptions::default();
    let rate_limit = merged.rate_limit.unwrap_or_default();
    Ok(AdmissionOptions {
        rates: std::mem::take(&mut merged.rate).rates(rate_limit),
        max_concurrent: merged
            .requests_at_once
            .map_or(defaults.max_concurrent, |n| n as usize),
        max_concurrent_per_address: match rate_limit {
            RateLimit::Off => None,
            RateLimit::On => merged
                .address_at_once
                .map_or(defaults.max_concurrent_per_address, |n| Some(n as usize)),
        },
        max_long_lived: merged
            .live_at_once
            .map_or(defaults.max_long_lived, |n| n as usize),
        max_long_lived_per_address: match rate_limit {
            RateLimit::Off => None,
            RateLimit::On => merged
                .address_live_at_once
                .map_or(defaults.max_long_lived_per_address, |n| Some(n as usize)),
        },
        trusted_proxies: networks(merged.trusted_proxies.take().unwrap_or_default())?,
        ..defaults
    })
}

/// Returns the limits of texts, bodies and files.
fn limits(merged: &Options) -> Limits {
    let defaults = Limits::default();
    let file_limit = merged.max_file.unwrap_or(defaults.file);
    let text_limit = merged.max_text.map_or(defaults.text, |n| n as usize);
    // A text may grow sixfold in JSON (`\u0001`), and the metadata is added to it.
    Limits {
        text: text_limit,
        body: defaults.body.max(text_limit.saturating_mul(6)),
        file: file_limit,
        image: ImageLimits {
            pixels: merged.max_pixels.map_or(defaults.image.pixels, u64::from),
        },
        user_quota: quota(merged.account_quota, defaults.user_quota),
        guest_quota: quota(merged.guest_quota, defaults.guest_quota),
        all_guests_quota: quota(merged.all_guests_quota, defaults.all_guests_quota),
        body_time: merged.body_timeout.map_or(defaults.body_time, seconds),
    }
}

/// Returns the hosts that a server at `listen` accepts requests for.
fn allowed_hosts<'a>(
    listen: SocketAddr,
    origins: impl Iterator<Item = &'a Origin>,
    further: Vec<String>,
) -> Result<AllowedHosts, Failure> {
    let further = further.into_iter().filter(|host| !host.trim().is_empty());
    let mut all = origins.map(Origin::host).chain(further);
    all.try_fold(AllowedHosts::listening_on(listen.ip()), |hosts, host| {
        hosts.with(&host)
    })
    .map_err(|error| Failure::Usage(format!("`allowed_hosts`: {error}")))
}

/// Returns the loopback networks.
fn loopback() -> Vec<String> {
    ["127.0.0.0/8", "::1"].map(str::to_owned).into()
}

fn networks(texts: Vec<String>) -> Result<Vec<IpNet>, Failure> {
    let network = |text: String| {
        let parsed = text.trim().parse::<IpNet>();
        let address = || text.trim().parse::<IpAddr>().map(IpNet::from);
        parsed.or_else(|_| address()).map_err(|_| {
            Failure::Usage(format!(
                "`{text}` is not a network: expected an address, or one and its prefix, as in `10.0.0.0/8`"
            ))
        })
    };
    texts
        .into_iter()
        .filter(|text| !text.trim().is_empty())
        .map(network)
        .collect()
}

fn cookie_names(
    public_origin: Option<&Origin>,
    custom: CustomCookieNames,
) -> Result<CookieNames, Failure> {
    let is_https = public_origin.is_some_and(Origin::is_https);
    CookieNames::new(is_https, custom).map_err(|error| Failure::Usage(error.to_string()))
}

fn session_life(idle_s: Option<u32>, after_login_s: Option<u32>) -> SessionLife {
    let defaults = SessionLife::default();
    let or =
        |seconds: Option<u32>, default| seconds.map_or(default, |s| Duration::from_secs(s.into()));
    SessionLife {
        idle: or(idle_s, defaults.idle),
        after_login: or(after_login_s, defaults.after_login),
    }
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

/// Returns the quota in bytes. Returns `None` (no limit) if `given` is 0.
fn quota(given: Option<u64>, default: Option<u64>) -> Option<u64> {
    given.map_or(default, |bytes| (bytes > 0).then_some(bytes))
}

fn seconds(seconds: u16) -> Duration {
    Duration::from_secs(seconds.into())
}

/// Returns the default data folder: beside a SQLite database, otherwise in the working folder.
fn beside(database_url: &str) -> PathBuf {
    let file = database_url.strip_prefix("sqlite://").map(Path::new);
    file.and_then(Path::parent)
        .unwrap_or(Path::new(""))
        .join("unicom-data")
}

fn base_path(text: &str) -> Result<String, Failure> {
    let path = text.trim_end_matches('/');
    let in_path = |c: char| c.is_ascii_alphanumeric() || "/-_.".contains(c);
    // Clients resolve these segments before they send a request, so that no path below them is ever
    // requested.
    let is_resolved = |part: &str| part == "." || part == "..";
    let is_path = path.starts_with('/') && !path.contains("//") && path.chars().all(in_path);
    if is_path && !path.split('/').any(is_resolved) {
        return Ok(path.to_owned());
    }
    Err(Failure::Usage(format!(
        "`{text}` is not a base path: expected letters, digits and `-_.` after a `/`, as in `/unicom`, and no part that is `.` or `..`"
    )))
}
