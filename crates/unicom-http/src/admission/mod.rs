//! Admission control: limits that a request must pass before any work is done for it (API.md: 429
//! `rate_limited`, 503 `busy`).

mod address;
mod admit;
mod buckets;
mod clock;
mod concurrency;
mod header_limits;
mod limiter;
mod login;
mod long_lived;
mod rates;

use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use actix_web::HttpRequest;
use actix_web::http::Method;
use ipnet::IpNet;
use tokio::sync::Semaphore;
use unicom_models::{AccountId, ChannelId};

use crate::ApiError;
use concurrency::ConcurrencyLimit;
use limiter::Limiter;

pub use admit::{admit, count_refusal};
pub use clock::Clock;
pub use login::{Login, LoginLimit, LoginRefused};
pub use long_lived::LongLivedPlace;
pub use rates::{InvalidRate, Rate, Rates};

/// Options of [`Admission`].
#[derive(Debug, Clone)]
pub struct AdmissionOptions {
    /// Rate limits by sender and purpose.
    pub rates: Rates,
    /// Maximum number of requests that this process handles concurrently. Defaults to 1,024.
    pub max_concurrent: usize,
    /// Maximum number of concurrent requests from one network address, so that a client that sends
    /// slowly or asks for slow operations leaves room for others. `None` means no limit. Defaults
    /// to 128.
    pub max_concurrent_per_address: Option<usize>,
    /// Maximum number of long-lived requests of this process, such as streams of events, in
    /// addition to the others. Defaults to 16,384.
    pub max_long_lived: usize,
    /// Maximum number of long-lived requests from one network address. `None` means no limit.
    /// Defaults to 256.
    pub max_long_lived_per_address: Option<usize>,
    /// How long a request waits for a free place when `max_concurrent` is reached; at least 1 ms.
    /// Defaults to 1 s.
    pub patience: Duration,
    /// Proxies whose `X-Forwarded-For` and `X-Forwarded-Proto` are trusted. Defaults to none.
    pub trusted_proxies: Vec<IpNet>,
    /// The clock for rates. Defaults to the system's monotonic clock.
    pub clock: Clock,
}

impl Default for AdmissionOptions {
    fn default() -> Self {
        Self {
            rates: Rates::default(),
            max_concurrent: 1024,
            max_concurrent_per_address: Some(128),
            max_long_lived: 16_384,
            max_long_lived_per_address: Some(256),
            patience: Duration::from_secs(1),
            trusted_proxies: Vec::new(),
            clock: Clock::default(),
        }
    }
}

/// Decides which requests are admitted. Cheap to clone; clones share their counts. Counts are per
/// process.
///
/// [`admit`] is the middleware that checks every request. Code that knows the session or the
/// account, or handles logins, calls the other methods: the bundled server does this in
/// `unicom-auth`, a host wherever it wants.
#[derive(Debug, Clone)]
pub struct Admission(Arc<Parts>);

#[derive(Debug)]
struct Parts {
    places: Arc<Semaphore>,
    of_addresses: Arc<ConcurrencyLimit>,
    long_lived_places: Arc<Semaphore>,
    long_lived_of_addresses: Arc<ConcurrencyLimit>,
    patience: Duration,
    clock: Clock,
    trusted_proxies: Vec<IpNet>,
    has_warned: AtomicBool,
    address_reads: Limiter<IpAddr>,
    address_writes: Limiter<IpAddr>,
    address_kib: Limiter<IpAddr>,
    session_reads: Limiter<str>,
    session_writes: Limiter<str>,
    account_reads: Limiter<str>,
    account_writes: Limiter<str>,
    login_address: Limiter<IpAddr>,
    login_name: Limiter<str>,
    registrations: Limiter<IpAddr>,
    new_guests: Limiter<IpAddr>,
    webhooks: Limiter<i64>,
}

impl Admission {
    /// Creates an admission control with these options.
    pub fn new(options: AdmissionOptions) -> Self {
        let (rates, clock) = (options.rates, &options.clock);
        Self(Arc::new(Parts {
            places: places(options.max_concurrent),
            of_addresses: ConcurrencyLimit::new("requests", options.max_concurrent_per_address),
            long_lived_places: places(options.max_long_lived),
            long_lived_of_addresses: ConcurrencyLimit::new(
                "long-lived requests",
                options.max_long_lived_per_address,
            ),
            patience: options.patience.max(Duration::from_millis(1)),
            clock: options.clock.clone(),
            trusted_proxies: options.trusted_proxies,
            has_warned: AtomicBool::new(false),
            address_reads: Limiter::new(rates.address_reads, clock, REQUESTS_ADDRESS),
            address_writes: Limiter::new(rates.address_writes, clock, REQUESTS_ADDRESS),
            address_kib: Limiter::new(rates.address_kib, clock, BYTES_ADDRESS),
            session_reads: Limiter::new(rates.session_reads, clock, REQUESTS_SESSION),
            session_writes: Limiter::new(rates.session_writes, clock, REQUESTS_SESSION),
            account_reads: Limiter::new(rates.account_reads, clock, REQUESTS_ACCOUNT),
            account_writes: Limiter::new(rates.account_writes, clock, REQUESTS_ACCOUNT),
            login_address: Limiter::new(rates.login_address, clock, LOGINS_ADDRESS),
            login_name: Limiter::new(rates.login_name, clock, LOGINS_NAME),
            registrations: Limiter::new(rates.registrations, clock, REGISTRATIONS),
            new_guests: Limiter::new(rates.new_guests, clock, NEW_GUESTS),
            webhooks: Limiter::new(rates.webhooks, clock, WEBHOOKS),
        }))
    }

    /// Counts a request of the session with this public key.
    ///
    /// # Errors
    /// [`ApiError::rate_limited`] if the session sends too many requests.
    pub fn check_session(&self, request: &HttpRequest, session_key: &str) -> Result<(), ApiError> {
        if reads(request) {
            self.0.session_reads.take(session_key)
        } else {
            self.0.session_writes.take(session_key)
        }
    }

    /// Counts a request of the account.
    ///
    /// # Errors
    /// [`ApiError::rate_limited`] if the account sends too many requests.
    pub fn check_account(&self, request: &HttpRequest, id: &AccountId) -> Result<(), ApiError> {
        if reads(request) {
            self.0.account_reads.take(id.as_str())
        } else {
            self.0.account_writes.take(id.as_str())
        }
    }

    /// Counts bytes of a body sent by the request's address, rounded up to whole KiB. Must be
    /// called before the bytes are stored.
    ///
    /// # Errors
    /// [`ApiError::rate_limited`] if the address sends too many bytes.
    pub fn check_bytes(&self, request: &HttpRequest, bytes: u64) -> Result<(), ApiError> {
        match self.address(request) {
            Some(address) => self
                .0
                .address_kib
                .take_many(&address, bytes.div_ceil(1 << 10)),
            None => Ok(()),
        }
    }

    /// Counts a guest's first write.
    ///
    /// # Errors
    /// [`ApiError::rate_limited`] if there are too many new guests from the address.
    pub fn check_new_guest(&self, request: &HttpRequest) -> Result<(), ApiError> {
        self.by_address(request, &self.0.new_guests)
    }

    /// Counts a registration.
    ///
    /// # Errors
    /// [`ApiError::rate_limited`] if there are too many registrations from the address.
    pub fn check_registration(&self, request: &HttpRequest) -> Result<(), ApiError> {
        self.by_address(request, &self.0.registrations)
    }

    /// Counts a call of the provider of a channel.
    ///
    /// # Errors
    /// [`ApiError::rate_limited`] if the provider makes too many calls for the channel.
    pub fn check_webhook(&self, channel: ChannelId) -> Result<(), ApiError> {
        self.0.webhooks.take(&channel.0)
    }

    /// Returns the scheme that the client used, as reported by the proxy if it is trusted or if no
    /// trusted proxies are configured.
    ///
    /// Without configured proxies, `X-Forwarded-Proto` is accepted from any sender, as in actix. No
    /// page of another site can make a browser send one.
    pub fn scheme(&self, request: &HttpRequest) -> String {
        let trusted = &self.0.trusted_proxies;
        if trusted.is_empty() || address::is_proxied(request, trusted) {
            return request.connection_info().scheme().to_owned();
        }
        let is_tls = request.app_config().secure();
        if is_tls { "https" } else { "http" }.to_owned()
    }

    fn by_address(&self, request: &HttpRequest, limiter: &Limiter<IpAddr>) -> Result<(), ApiError> {
        match self.address(request) {
            Some(address) => limiter.take(&address),
            None => Ok(()),
        }
    }

    /// Returns the clock for rates.
    pub(crate) fn clock(&self) -> Clock {
        self.0.clock.clone()
    }

    /// Returns the address that a request is counted for, or `None` if it is unknown.
    pub(crate) fn address(&self, request: &HttpRequest) -> Option<IpAddr> {
        address::client(request, &self.0.trusted_proxies).map(address::network)
    }
}

fn places(most: usize) -> Arc<Semaphore> {
    Arc::new(Semaphore::new(most.min(Semaphore::MAX_PERMITS)))
}

const REQUESTS_ADDRESS: &str = "too many requests from this network address";
const BYTES_ADDRESS: &str = "too many bytes from this network address";
const REQUESTS_SESSION: &str = "too many requests of this session";
const REQUESTS_ACCOUNT: &str = "too many requests of this account";
const LOGINS_ADDRESS: &str = "too many failed logins from this network address";
const LOGINS_NAME: &str = "too many failed logins with this name";
const REGISTRATIONS: &str = "too many registrations from this network address";
const NEW_GUESTS: &str = "too many new visitors from this network address";
const WEBHOOKS: &str = "too many calls for this channel";

fn reads(request: &HttpRequest) -> bool {
    matches!(
        *request.method(),
        Method::GET | Method::HEAD | Method::OPTIONS
    )
}

#[cfg(test)]
mod tests;
