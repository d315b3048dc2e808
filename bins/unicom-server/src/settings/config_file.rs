//! Merges the options with those of the configuration file.

use std::env::VarError;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};

use url::Url;

use super::options::{
    ATTEMPTS, BOT_TIMEOUT_S, CONNECTIONS, HEADER_TIMEOUT_S, MAX_CONCURRENT_BOTS, MAX_COUNT,
    MAX_PIXELS, MAX_TEXT, Options, SESSION_S, TIMEOUT_S, WORKERS,
};
use crate::most_like::most_like;
use crate::{Failure, file_permissions};

/// The configuration file that is read by default, if it exists.
const DEFAULT_FILE: &str = "unicom.toml";

/// The environment variable of the secret key, which has no flag.
pub(super) const SECRET_KEY: &str = "UNICOM_SECRET_KEY";

impl Options {
    /// Adds the option that is read from the environment and has no flag: the secret key.
    ///
    /// # Errors
    /// Returns [`Failure::Usage`] if the key is not valid UTF-8.
    pub(crate) fn with_environment(self) -> Result<Self, Failure> {
        match std::env::var(SECRET_KEY) {
            Ok(key) => Ok(Self {
                secret_key: Some(key),
                ..self
            }),
            Err(VarError::NotPresent) => Ok(self),
            Err(VarError::NotUnicode(_)) => {
                Err(Failure::Usage(format!("`{SECRET_KEY}` is not UTF-8")))
            }
        }
    }

    /// Merges these options with those of the configuration file. Returns the merged options, and
    /// the path of the file if it contains secrets. These options take precedence.
    ///
    /// # Errors
    /// Returns [`Failure::Usage`] if the file cannot be read, if a number is out of its range, or
    /// if a secret key is given as a flag, in two places, or in a file that others may read.
    pub(super) fn with_file(self) -> Result<(Self, Option<PathBuf>), Failure> {
        if self.secret_key_flag.is_some() {
            return Err(Failure::Usage(format!(
                "`--secret-key` is not a flag, because every user of the machine can see flags: set `{SECRET_KEY}` in the \
                 environment, or name a file with the key by `--secret-key-file`; a key that was shown so is best replaced"
            )));
        }
        let (file, path) = read_file(self.config_file.as_deref())?;
        let secret_file = path.filter(|_| file.has_secrets());
        if let Some(path) = secret_file.as_ref().filter(|_| file.secret_key.is_some()) {
            file_permissions::refuse_if_public(path, "secret_key")?;
        }
        let merged = self.over(file);
        merged.check_ranges()?;
        if merged.secret_key.is_some() && merged.secret_key_file.is_some() {
            return Err(Failure::Usage(
                "the secret key is given twice, as `secret_key` and by `secret_key_file`: one of them is enough".to_owned(),
            ));
        }
        Ok((merged, secret_file))
    }

    /// Returns `true` if these options contain a secret that others must not read.
    fn has_secrets(&self) -> bool {
        let url = self.database_url.as_deref().map(Url::parse);
        let has_password = matches!(url, Some(Ok(url)) if url.password().is_some());
        let mut names = self.media_options.keys();
        let has_credentials = names.any(|name| name.contains("secret") || name.contains("token"));
        self.secret_key.is_some() || has_password || has_credentials
    }

    /// Returns these options. Those that are not set are taken from `other`.
    fn over(self, other: Self) -> Self {
        // A key given here replaces one in the file, whether it is given directly or by a file.
        let has_key = self.secret_key.is_some() || self.secret_key_file.is_some();
        let (key, key_file) = match has_key {
            true => (self.secret_key, self.secret_key_file),
            false => (other.secret_key, other.secret_key_file),
        };
        Self {
            config_file: self.config_file,
            database_url: self.database_url.or(other.database_url),
            database_connections: self.database_connections.or(other.database_connections),
            listen: self.listen.or(other.listen),
            public_origin: self.public_origin.or(other.public_origin),
            trusted_origins: self.trusted_origins.or(other.trusted_origins),
            allowed_hosts: self.allowed_hosts.or(other.allowed_hosts),
            base_path: self.base_path.or(other.base_path),
            data_dir: self.data_dir.or(other.data_dir),
            ui_dir: self.ui_dir.or(other.ui_dir),
            media_url: self.media_url.or(other.media_url),
            secret_key: key,
            secret_key_file: key_file,
            secret_key_flag: self.secret_key_flag,
            log: self.log.or(other.log),
            log_format: self.log_format.or(other.log_format),
            access_log: self.access_log.or(other.access_log),
            security_log: self.security_log.or(other.security_log),
            security_log_addresses: self.security_log_addresses.or(other.security_log_addresses),
            metrics_networks: self.metrics_networks.or(other.metrics_networks),
            workers: self.workers.or(other.workers),
            max_text: self.max_text.or(other.max_text),
            max_file: self.max_file.or(other.max_file),
            max_pixels: self.max_pixels.or(other.max_pixels),
            account_quota: self.account_quota.or(other.account_quota),
            guest_quota: self.guest_quota.or(other.guest_quota),
            all_guests_quota: self.all_guests_quota.or(other.all_guests_quota),
            min_free_space: self.min_free_space.or(other.min_free_space),
            rate_limit: self.rate_limit.or(other.rate_limit),
            rate: self.rate.over(other.rate),
            trusted_proxies: self.trusted_proxies.or(other.trusted_proxies),
            requests_at_once: self.requests_at_once.or(other.requests_at_once),
            address_at_once: self.address_at_once.or(other.address_at_once),
            live_at_once: self.live_at_once.or(other.live_at_once),
            address_live_at_once: self.address_live_at_once.or(other.address_live_at_once),
            max_connections: self.max_connections.or(other.max_connections),
            header_timeout: self.header_timeout.or(other.header_timeout),
            body_timeout: self.body_timeout.or(other.body_timeout),
            keep_alive: self.keep_alive.or(other.keep_alive),
            private_networks: self.private_networks.or(other.private_networks),
            bots_at_once: self.bots_at_once.or(other.bots_at_once),
            session_idle: self.session_idle.or(other.session_idle),
            session_lifetime: self.session_lifetime.or(other.session_lifetime),
            registration: self.registration.or(other.registration),
            session_cookie: self.session_cookie.or(other.session_cookie),
            csrf_cookie: self.csrf_cookie.or(other.csrf_cookie),
            visitor_cookie: self.visitor_cookie.or(other.visitor_cookie),
            bot_timeout: self.bot_timeout.or(other.bot_timeout),
            attempts: self.attempts.or(other.attempts),
            media_options: other.media_options,
        }
    }

    /// Checks the numbers of the file. Those of flags and environment have already been checked.
    fn check_ranges(&self) -> Result<(), Failure> {
        check_range(
            "database_connections",
            self.database_connections,
            CONNECTIONS,
        )?;
        check_range("workers", self.workers, WORKERS)?;
        check_range("max_text", self.max_text, MAX_TEXT)?;
        check_range("max_pixels", self.max_pixels, MAX_PIXELS)?;
        check_range("requests_at_once", self.requests_at_once, MAX_COUNT)?;
        check_range("address_at_once", self.address_at_once, MAX_COUNT)?;
        check_range("live_at_once", self.live_at_once, MAX_COUNT)?;
        check_range("address_live_at_once", self.address_live_at_once, MAX_COUNT)?;
        check_range("max_connections", self.max_connections, MAX_COUNT)?;
        check_range("header_timeout", self.header_timeout, HEADER_TIMEOUT_S)?;
        check_range("body_timeout", self.body_timeout, TIMEOUT_S)?;
        check_range("keep_alive", self.keep_alive, TIMEOUT_S)?;
        check_range("bots_at_once", self.bots_at_once, MAX_CONCURRENT_BOTS)?;
        check_range("session_idle", self.session_idle, SESSION_S)?;
        check_range("session_lifetime", self.session_lifetime, SESSION_S)?;
        check_range("bot_timeout", self.bot_timeout, BOT_TIMEOUT_S)?;
        check_range("attempts", self.attempts, ATTEMPTS)
    }
}

/// Reads the options of the configuration file. Also returns its path, or `None` if no file is
/// named and the default one does not exist.
fn read_file(named: Option<&Path>) -> Result<(Options, Option<PathBuf>), Failure> {
    let path = named.unwrap_or(Path::new(DEFAULT_FILE));
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if named.is_none() && error.kind() == std::io::ErrorKind::NotFound => {
            return Ok((Options::default(), None));
        }
        Err(error) => {
            return Err(Failure::Usage(format!(
                "cannot read `{}`: {error}",
                path.display()
            )));
        }
    };
    let options = toml::from_str(&text).map_err(|error| {
        Failure::Usage(format!("`{}`{}", path.display(), reason(&text, &error)))
    })?;
    Ok((options, Some(path.to_owned())))
}

/// Returns the line and the key that an error of the configuration file is about, and what is wrong
/// with it. Does not quote the line, which may contain a secret.
fn reason(text: &str, error: &toml::de::Error) -> String {
    let start = error.span().map_or(0, |span| span.start);
    let before = text.get(..start).unwrap_or_default();
    let number = before.matches('\n').count() + 1;
    let line = text.lines().nth(number - 1).unwrap_or_default();
    let key = line
        .split_once('=')
        .map(|(key, _)| key.trim())
        .unwrap_or_default();
    let mut message = error.message().to_owned();
    for integer in ["u8", "u16", "u32", "u64", "usize", "i64"] {
        let expected = format!("expected {integer}");
        if message.ends_with(&expected) {
            message.truncate(message.len() - expected.len());
            message.push_str("expected a whole number");
        }
    }
    match message.split_once("unknown field") {
        Some((_, fields)) => {
            let mut names = fields.split('`').skip(1).step_by(2).map(str::to_owned);
            let unknown = names.next().unwrap_or_default();
            match most_like(&unknown, names.collect()) {
                Some(meant) => format!(
                    ", line {number}: `{unknown}` is not a setting: did you mean `{meant}`?"
                ),
                None => format!(", line {number}: {message}"),
            }
        }
        None if key.is_empty() => format!(", line {number}: {message}"),
        None => format!(", line {number}: `{key}`: {message}"),
    }
}

fn check_range(
    name: &str,
    value: Option<impl Into<i64>>,
    range: RangeInclusive<i64>,
) -> Result<(), Failure> {
    match value.map(Into::into) {
        Some(value) if !range.contains(&value) => Err(Failure::Usage(format!(
            "`{name}` is {value}: expected {} to {}",
            range.start(),
            range.end()
        ))),
        _ => Ok(()),
    }
}
