//! The settings of rates: how many requests are allowed, from whom and for what.

use std::str::FromStr;

use clap::{Args, ValueEnum};
use serde::{Deserialize, Deserializer, de};
use unicom_http::admission::{InvalidRate, Rate, Rates};

/// Whether rates are limited.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RateLimit {
    /// Rates are limited (the default)
    #[default]
    On,
    /// Any number of requests is admitted: for load tests, and behind a proxy that already limits
    /// rates
    Off,
}

/// The setting of one rate: a rate, or no limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RateSetting(Option<Rate>);

impl FromStr for RateSetting {
    type Err = InvalidRate;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.trim() {
            "off" => Ok(Self(None)),
            rate => Ok(Self(Some(rate.parse()?))),
        }
    }
}

impl<'de> Deserialize<'de> for RateSetting {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged, expecting = "expected a rate, as in `\"300:600\"`")]
        enum Written {
            Number(u32),
            Text(String),
        }
        let text = match Written::deserialize(deserializer)? {
            Written::Number(number) => number.to_string(),
            Written::Text(text) => text,
        };
        text.parse().map_err(de::Error::custom)
    }
}

/// The rate limits. Each is a number of requests per minute and, after a colon, the number of
/// requests in a burst, as in `300:600`; or `off`. In the file they are the table `[rate]`.
#[derive(Debug, Clone, Copy, Default, Args, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RateOptions {
    /// Reads from one address, per minute and in a burst [default: 60000:6000]
    #[arg(
        long = "rate-address-reads",
        env = "UNICOM_RATE_ADDRESS_READS",
        global = true,
        value_name = "RATE"
    )]
    pub address_reads: Option<RateSetting>,

    /// Writes from one address [default: 6000:3000]
    #[arg(
        long = "rate-address-writes",
        env = "UNICOM_RATE_ADDRESS_WRITES",
        global = true,
        value_name = "RATE"
    )]
    pub address_writes: Option<RateSetting>,

    /// KiB of bodies from one address, mostly files [default: 20480:204800]
    #[arg(
        long = "rate-address-kib",
        env = "UNICOM_RATE_ADDRESS_KIB",
        global = true,
        value_name = "RATE"
    )]
    pub address_kib: Option<RateSetting>,

    /// Reads in one session [default: 3000:1500]
    #[arg(
        long = "rate-session-reads",
        env = "UNICOM_RATE_SESSION_READS",
        global = true,
        value_name = "RATE"
    )]
    pub session_reads: Option<RateSetting>,

    /// Writes in one session [default: 300:600]
    #[arg(
        long = "rate-session-writes",
        env = "UNICOM_RATE_SESSION_WRITES",
        global = true,
        value_name = "RATE"
    )]
    pub session_writes: Option<RateSetting>,

    /// Reads of one account, with any session or token [default: 6000:3000]
    #[arg(
        long = "rate-account-reads",
        env = "UNICOM_RATE_ACCOUNT_READS",
        global = true,
        value_name = "RATE"
    )]
    pub account_reads: Option<RateSetting>,

    /// Writes of one account [default: 600:1200]
    #[arg(
        long = "rate-account-writes",
        env = "UNICOM_RATE_ACCOUNT_WRITES",
        global = true,
        value_name = "RATE"
    )]
    pub account_writes: Option<RateSetting>,

    /// Failed logins from one address [default: 30:100]
    #[arg(
        long = "rate-login-address",
        env = "UNICOM_RATE_LOGIN_ADDRESS",
        global = true,
        value_name = "RATE"
    )]
    pub login_address: Option<RateSetting>,

    /// Failed logins for one name [default: 10:50]
    #[arg(
        long = "rate-login-name",
        env = "UNICOM_RATE_LOGIN_NAME",
        global = true,
        value_name = "RATE"
    )]
    pub login_name: Option<RateSetting>,

    /// Registrations from one address [default: 30:200]
    #[arg(
        long = "rate-registrations",
        env = "UNICOM_RATE_REGISTRATIONS",
        global = true,
        value_name = "RATE"
    )]
    pub registrations: Option<RateSetting>,

    /// First writes of guests from one address [default: 120:600]
    #[arg(
        long = "rate-new-guests",
        env = "UNICOM_RATE_NEW_GUESTS",
        global = true,
        value_name = "RATE"
    )]
    pub new_guests: Option<RateSetting>,

    /// Calls of the provider of one channel [default: 6000:3000]
    #[arg(
        long = "rate-webhooks",
        env = "UNICOM_RATE_WEBHOOKS",
        global = true,
        value_name = "RATE"
    )]
    pub webhooks: Option<RateSetting>,
}

impl RateOptions {
    /// Returns these rates. Those that are not set are taken from `other`.
    pub(super) fn over(self, other: Self) -> Self {
        Self {
            address_reads: self.address_reads.or(other.address_reads),
            address_writes: self.address_writes.or(other.address_writes),
            address_kib: self.address_kib.or(other.address_kib),
            session_reads: self.session_reads.or(other.session_reads),
            session_writes: self.session_writes.or(other.session_writes),
            account_reads: self.account_reads.or(other.account_reads),
            account_writes: self.account_writes.or(other.account_writes),
            login_address: self.login_address.or(other.login_address),
            login_name: self.login_name.or(other.login_name),
            registrations: self.registrations.or(other.registrations),
            new_guests: self.new_guests.or(other.new_guests),
            webhooks: self.webhooks.or(other.webhooks),
        }
    }

    /// Returns the effective rates.
    pub(super) fn rates(self, limit: RateLimit) -> Rates {
        if limit == RateLimit::Off {
            return Rates::OFF;
        }
        let defaults = Rates::default();
        let set = |setting: Option<RateSetting>, default| setting.map_or(default, |rate| rate.0);
        Rates {
            address_reads: set(self.address_reads, defaults.address_reads),
            address_writes: set(self.address_writes, defaults.address_writes),
            address_kib: set(self.address_kib, defaults.address_kib),
            session_reads: set(self.session_reads, defaults.session_reads),
            session_writes: set(self.session_writes, defaults.session_writes),
            account_reads: set(self.account_reads, defaults.account_reads),
            account_writes: set(self.account_writes, defaults.account_writes),
            login_address: set(self.login_address, defaults.login_address),
            login_name: set(self.login_name, defaults.login_name),
            registrations: set(self.registrations, defaults.registrations),
            new_guests: set(self.new_guests, defaults.new_guests),
            webhooks: set(self.webhooks, defaults.webhooks),
        }
    }
}
