//! HTTP between visitors and the server.

use std::net::SocketAddr;
use std::sync::LazyLock;
use std::time::Duration;

use reqwest::RequestBuilder;
use reqwest::header::{HeaderMap, SET_COOKIE};
use rustls::{ClientConfig, RootCertStore};
use serde_json::Value;

/// How long to wait for a response: far longer than the server lets a request wait.
const PATIENCE: Duration = Duration::from_secs(60);

/// A TLS configuration without certificates, since the server speaks plain HTTP.
///
/// The crates of unicom enable TLS in `reqwest`. Without this configuration, each client would load
/// the certificates of the system.
static TLS: LazyLock<ClientConfig> = LazyLock::new(|| {
    ClientConfig::builder()
        .with_root_certificates(RootCertStore::empty())
        .with_no_client_auth()
});

/// An HTTP client with a persistent connection to the server, which is reopened when it breaks.
///
/// It has one connection as long as it sends one request at a time.
#[derive(Debug)]
pub struct HttpClient {
    client: reqwest::Client,
    base: String,
}

impl HttpClient {
    pub fn new(server: SocketAddr) -> reqwest::Result<Self> {
        let client = reqwest::Client::builder()
            .tls_backend_preconfigured(TLS.clone())
            .no_proxy()
            .pool_idle_timeout(None)
            .timeout(PATIENCE)
            .build()?;
        Ok(Self {
            client,
            base: format!("http://{server}"),
        })
    }

    pub fn get(&self, path: &str) -> RequestBuilder {
        self.client.get(format!("{}{path}", self.base))
    }

    pub fn post(&self, path: &str) -> RequestBuilder {
        self.client.post(format!("{}{path}", self.base))
    }

    pub fn patch(&self, path: &str) -> RequestBuilder {
        self.client.patch(format!("{}{path}", self.base))
    }

    pub fn delete(&self, path: &str) -> RequestBuilder {
        self.client.delete(format!("{}{path}", self.base))
    }
}

/// A response that was read to the end.
#[derive(Debug)]
pub struct Response {
    pub status: u16,
    pub body: Vec<u8>,
    headers: HeaderMap,
}

impl Response {
    /// Sends the request and reads the response to the end, whatever its status.
    pub async fn of(request: RequestBuilder) -> reqwest::Result<Self> {
        let mut response = request.send().await?;
        let headers = std::mem::take(response.headers_mut());
        let status = response.status().as_u16();
        let body = response.bytes().await?.into();
        // Lets the connection become idle, so that the next request does not open another one.
        tokio::task::yield_now().await;
        Ok(Self {
            status,
            body,
            headers,
        })
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    /// Returns the error code, or an empty string if the response is not an error.
    pub fn code(&self) -> String {
        self.json()["code"].as_str().unwrap_or_default().to_owned()
    }

    pub fn has_header(&self, name: &str) -> bool {
        self.headers.contains_key(name)
    }

    /// Returns the names and values of the cookies that the response sets.
    pub fn cookies(&self) -> impl Iterator<Item = (&str, &str)> {
        let lines = self.headers.get_all(SET_COOKIE).iter();
        lines.filter_map(|line| line.to_str().ok()?.split(';').next()?.split_once('='))
    }
}
