//! Calling addresses that others chose, and only public ones.
//!
//! Staff configure where a bot is asked, and whatever answers there may point elsewhere: without care, unicom would
//! call its own network for them (server-side request forgery). The rules, after OWASP ASVS 5.0, requirement 1.3.6, and
//! the section on it in Standard Webhooks 1.0.0:
//!
//! - Only `http` and `https`, and no user or password in the address.
//! - Only public IP addresses, and those that [`OutboundOptions::allowed_networks`] opens. A name is looked up once:
//!   what it resolves to is checked and then connected to, so that a second answer cannot differ. One address that is
//!   not public refuses the whole name. An address that is written as a number is checked in every way of writing it.
//! - Redirects are followed where they keep the POST (307 and 308, RFC 9110 section 15.4) and the origin, three at most,
//!   each hop by the same rules: what is sent has keys, tokens and what people wrote in it, and goes to nobody else.
//! - No proxy from the environment, no cookies, no `referer`, no decompression.
//!
//! Which public hosts and ports may be called is not restricted: where that is wanted (ASVS 13.2.4), a firewall says so.
//! It also guards a NAT64 gateway with a prefix of the operator's own, which is not known here.

mod address;
mod error;
mod post;
mod redirect;
mod resolver;
mod retry_after;

use std::sync::Arc;
use std::time::Duration;

use ipnet::IpNet;
use reqwest::Client;
use reqwest::redirect::Policy;
use rustls::crypto::{CryptoProvider, ring};
use tokio::sync::OnceCell;
use url::{Host, Url};

pub use error::OutboundError;
pub use post::{Answer, Post};

use self::resolver::PublicOnly;

/// How long a connection may take to be there, TLS included.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// What an [`Outbound`] may call.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OutboundOptions {
    /// Networks that may be called though they are not public, such as that of a model's own server. Defaults to none.
    pub allowed_networks: Vec<IpNet>,
}

/// An HTTP client for addresses that others chose: the [rules](self). Cheap to clone; clones share their connections.
///
/// The client is built when it is first used: it reads the system's certificates, which a process that calls nobody need
/// not keep in memory.
#[derive(Debug, Clone)]
pub struct Outbound {
    client: Arc<OnceCell<Client>>,
    rules: PublicOnly,
}

impl Outbound {
    /// A client with these options.
    pub fn new(options: OutboundOptions) -> Self {
        Self {
            client: Arc::default(),
            rules: PublicOnly::new(options.allowed_networks),
        }
    }

    /// The client, which reads the system's certificates. Where there are none, it warns in the log, and every `https`
    /// address fails.
    ///
    /// # Errors
    /// [`OutboundError::Unusable`] where there can be no client at all.
    async fn client(&self) -> Result<&Client, OutboundError> {
        let rules = self.rules.clone();
        let build = || async {
            let built = tokio::task::spawn_blocking(move || build(&rules)).await;
            built.unwrap_or_else(|error| {
                let reason = error.to_string();
                Err(OutboundError::Unusable { reason })
            })
        };
        self.client.get_or_try_init(build).await
    }

    /// Says whether the address may be called, as far as that can be told without looking its name up.
    ///
    /// # Errors
    /// [`OutboundError::Refused`].
    pub fn check(&self, url: &Url) -> Result<(), OutboundError> {
        let refuse = |reason: String| Err(OutboundError::Refused { reason });
        if !matches!(url.scheme(), "https" | "http") {
            return refuse("the address must begin with `https://` or `http://`".to_owned());
        }
        if !url.username().is_empty() || url.password().is_some() {
            return refuse("the address must have no user and no password".to_owned());
        }
        let ip = match url.host() {
            None => return refuse("the address has no host".to_owned()),
            Some(Host::Domain(_)) => return Ok(()),
            Some(Host::Ipv4(ip)) => ip.into(),
            Some(Host::Ipv6(ip)) => ip.into(),
        };
        self.rules.check_ip(ip)
    }
}

fn build(rules: &PublicOnly) -> Result<Client, OutboundError> {
    install_crypto_provider();
    builder(rules).build().or_else(|error| {
        let reason = error::chain(&error);
        log::warn!("no https address can be called: {reason}");
        let client = builder(rules).tls_certs_only([]).build();
        client.map_err(|_| OutboundError::Unusable { reason })
    })
}

fn builder(rules: &PublicOnly) -> reqwest::ClientBuilder {
    Client::builder()
        .user_agent(concat!("unicom/", env!("CARGO_PKG_VERSION")))
        .dns_resolver(rules.clone())
        .redirect(Policy::none())
        .referer(false)
        .no_proxy()
        // Others may have built the client with more features than this crate.
        .no_gzip()
        .no_brotli()
        .no_zstd()
        .no_deflate()
        .connect_timeout(CONNECT_TIMEOUT)
}

/// rustls is built without a default provider; the host's own choice stands where it made one.
fn install_crypto_provider() {
    if CryptoProvider::get_default().is_none() {
        // It fails only when another thread was first, and then there is a provider too.
        let _ = ring::default_provider().install_default();
    }
}
