//! `Outbound`: the HTTP client.

use std::sync::Arc;
use std::time::Duration;

use ipnet::IpNet;
use reqwest::redirect::Policy;
use reqwest::{Client, ClientBuilder};
use tokio::sync::OnceCell;
use url::{Host, Url};

use crate::error::{OutboundError, chain};
use crate::resolver::PublicOnly;

/// Maximum time to establish a connection, including TLS.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// Options of an [`Outbound`].
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct OutboundOptions {
    /// Networks that may be called although they are not public, such as that of a self-hosted
    /// model. Defaults to none.
    pub allowed_networks: Vec<IpNet>,
    /// Returns the builder of the HTTP client, with the TLS that the program has chosen. By default
    /// [`Client::builder`], which uses the TLS of the features of `reqwest` that the program
    /// enables.
    pub client_builder: fn() -> ClientBuilder,
}

impl Default for OutboundOptions {
    fn default() -> Self {
        Self {
            allowed_networks: Vec::new(),
            client_builder: Client::builder,
        }
    }
}

impl OutboundOptions {
    /// Sets the networks that may be called although they are not public.
    #[must_use]
    pub fn with_allowed_networks(self, allowed_networks: Vec<IpNet>) -> Self {
        Self {
            allowed_networks,
            ..self
        }
    }

    /// Sets the function that returns the builder of the HTTP client.
    #[must_use]
    pub fn with_client_builder(self, client_builder: fn() -> ClientBuilder) -> Self {
        Self {
            client_builder,
            ..self
        }
    }
}

/// An HTTP client for configured addresses, which follows the [rules](crate#rules-for-calls). It is
/// cheap to clone. Clones share their connections.
///
/// The client is built at the first call: it reads the system's certificates, which a process that
/// makes no calls does not need in memory.
#[derive(Debug, Clone)]
pub struct Outbound {
    client: Arc<OnceCell<Client>>,
    client_builder: fn() -> ClientBuilder,
    rules: PublicOnly,
}

impl Outbound {
    /// Creates a client with these options.
    pub fn new(options: OutboundOptions) -> Self {
        Self {
            client: Arc::default(),
            client_builder: options.client_builder,
            rules: PublicOnly::new(options.allowed_networks),
        }
    }

    /// Returns the client and builds it at the first call.
    ///
    /// # Errors
    /// [`OutboundError::Unusable`] if the client cannot be built.
    pub(crate) async fn client(&self) -> Result<&Client, OutboundError> {
        let (rules, builder) = (self.rules.clone(), self.client_builder);
        let build = || async {
            let built = tokio::task::spawn_blocking(move || build(builder(), rules)).await;
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

fn build(builder: ClientBuilder, rules: PublicOnly) -> Result<Client, OutboundError> {
    let builder = builder
        .user_agent(concat!("unicom/", env!("CARGO_PKG_VERSION")))
        .dns_resolver(rules)
        .redirect(Policy::none())
        .referer(false)
        .no_proxy()
        // Another crate in the build may have enabled more features of the client.
        .no_gzip()
        .no_brotli()
        .no_zstd()
        .no_deflate()
        .connect_timeout(CONNECT_TIMEOUT);
    builder.build().map_err(|error| OutboundError::Unusable {
        reason: chain(&error),
    })
}
