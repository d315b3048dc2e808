//! `Outbound`: the HTTP client.

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use ipnet::IpNet;
use reqwest::redirect::Policy;
use reqwest::{Client, ClientBuilder, Proxy};
use tokio::sync::OnceCell;
use url::{Host, Url};

use crate::error::{OutboundError, chain};
use crate::proxies::{Proxied, Proxies};
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
    /// The proxies that calls go through. Defaults to none.
    pub proxies: Proxies,
}

impl Default for OutboundOptions {
    fn default() -> Self {
        Self {
            allowed_networks: Vec::new(),
            client_builder: Client::builder,
            proxies: Proxies::default(),
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

    /// Sets the proxies that calls go through. See the [rules](crate#rules-for-calls) for what is
    /// checked then.
    #[must_use]
    pub fn with_proxies(self, proxies: Proxies) -> Self {
        Self { proxies, ..self }
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
    clients: Arc<Clients>,
    proxies: Proxies,
    client_builder: fn() -> ClientBuilder,
    rules: PublicOnly,
}

impl Outbound {
    /// Creates a client with these options.
    pub fn new(options: OutboundOptions) -> Self {
        Self {
            clients: Arc::default(),
            proxies: options.proxies,
            client_builder: options.client_builder,
            rules: PublicOnly::new(options.allowed_networks),
        }
    }

    /// Returns the client for an address, which [`check`](Self::check) has accepted, and builds it
    /// at the first call. Checks the addresses of the host if a proxy will look up its name.
    ///
    /// # Errors
    /// [`OutboundError::Unusable`] if the client cannot be built, [`OutboundError::Refused`] and
    /// [`OutboundError::Failed`] if the name leads to an address that is not public, or to none.
    pub(crate) async fn client(&self, url: &Url) -> Result<&Client, OutboundError> {
        let (rules, builder) = (self.rules.clone(), self.client_builder);
        let Some((proxied, proxy)) = self.proxies.of(url)? else {
            let direct = move || Ok(builder().dns_resolver(rules).no_proxy());
            return build(&self.clients.direct, direct).await;
        };
        if let Some(Host::Domain(name)) = url.host() {
            rules.check_name(name).await?;
        }
        let client = match proxied {
            Proxied::Http => &self.clients.http,
            Proxied::Https => &self.clients.https,
        };
        if proxied == Proxied::Https && !client.initialized() {
            check_tls(builder).await?;
        }
        let proxy = proxy.clone();
        // It connects to the proxy only, which may be in a private network.
        build(client, move || Ok(builder().proxy(Proxy::all(proxy)?))).await
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

/// The clients, each of which is built at its first call.
#[derive(Debug, Default)]
struct Clients {
    direct: OnceCell<Client>,
    /// Through the proxy of `http` addresses.
    http: OnceCell<Client>,
    /// Through the proxy of `https` addresses.
    https: OnceCell<Client>,
}

/// Returns a client, and builds it at the first call.
async fn build(
    client: &OnceCell<Client>,
    builder: impl FnOnce() -> Result<ClientBuilder, reqwest::Error> + Send + 'static,
) -> Result<&Client, OutboundError> {
    let build = || async {
        let unusable = |error: &dyn Error| OutboundError::Unusable {
            reason: chain(error),
        };
        let built = tokio::task::spawn_blocking(move || with_rules(builder()?).build()).await;
        built
            .map_err(|error| unusable(&error))?
            .map_err(|error| unusable(&error.without_url()))
    };
    client.get_or_try_init(build).await
}

/// An address that no server listens at.
const NOWHERE: &str = "https://127.0.0.1:0/";

/// Checks that the program has TLS. Without it, the client would send a request for an `https`
/// address to the proxy in the clear.
async fn check_tls(builder: fn() -> ClientBuilder) -> Result<(), OutboundError> {
    let client = OnceCell::new();
    let client = build(&client, move || Ok(builder().no_proxy())).await?;
    let failed = client.get(NOWHERE).send().await;
    // Without TLS, this is refused before anything connects.
    match failed.map_err(|error| chain(&error.without_url())) {
        Err(reason) if reason.contains("scheme is not http") => {
            let reason = "the program has no TLS, which a call through a proxy needs".to_owned();
            Err(OutboundError::Unusable { reason })
        }
        _ => Ok(()),
    }
}

fn with_rules(builder: ClientBuilder) -> ClientBuilder {
    builder
        .user_agent(concat!("unicom/", env!("CARGO_PKG_VERSION")))
        .redirect(Policy::none())
        .referer(false)
        // Another crate in the build may have enabled more features of the client.
        .no_gzip()
        .no_brotli()
        .no_zstd()
        .no_deflate()
        .connect_timeout(CONNECT_TIMEOUT)
}
