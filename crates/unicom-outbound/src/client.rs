//! `Outbound`: the HTTP client.

use std::sync::Arc;
use std::time::Duration;

use ipnet::IpNet;
use reqwest::Client;
use reqwest::redirect::Policy;
use rustls::crypto::{CryptoProvider, ring};
use tokio::sync::OnceCell;
use url::{Host, Url};

use crate::error::{OutboundError, chain};
use crate::resolver::PublicOnly;

/// Maximum time to establish a connection, including TLS.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// Options of an [`Outbound`].
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OutboundOptions {
    /// Networks that may be called although they are not public, such as that of a self-hosted
    /// model. Defaults to none.
    pub allowed_networks: Vec<IpNet>,
}

/// An HTTP client for configured addresses, which follows the [rules](crate#rules-for-calls). It is
/// cheap to clone. Clones share their connections.
///
/// The client is built at the first call: it reads the system's certificates, which a process that
/// makes no calls does not need in memory.
#[derive(Debug, Clone)]
pub struct Outbound {
    client: Arc<OnceCell<Client>>,
    rules: PublicOnly,
}

impl Outbound {
    /// Creates a client with these options.
    pub fn new(options: OutboundOptions) -> Self {
        Self {
            client: Arc::default(),
            rules: PublicOnly::new(options.allowed_networks),
        }
    }

    /// Returns the client and builds it at the first call. If the system has no certificates, a
    /// warning is logged, and calls to `https` addresses fail.
    ///
    /// # Errors
    /// [`OutboundError::Unusable`] if the client cannot be built.
    pub(crate) async fn client(&self) -> Result<&Client, OutboundError> {
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

    /// Checks whether the address may be called, without looking up its name.
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
        let reason = chain(&error);
        log::warn!("https is not available: {reason}");
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
        // Another crate in the build may have enabled more features of the client.
        .no_gzip()
        .no_brotli()
        .no_zstd()
        .no_deflate()
        .connect_timeout(CONNECT_TIMEOUT)
}

/// Installs a default provider for rustls, which is built without one, unless the host has
/// installed one.
fn install_crypto_provider() {
    if CryptoProvider::get_default().is_none() {
        // This fails only if another thread was first, and then there is a provider, too.
        let _ = ring::default_provider().install_default();
    }
}
