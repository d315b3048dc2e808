//! The TLS of calls to other servers. Libraries leave the choice to the program: this one uses
//! rustls with the crypto provider `ring`.

use reqwest::{Client, ClientBuilder};
use rustls::crypto::{CryptoProvider, ring};

/// Installs the crypto provider, unless one is installed.
pub(crate) fn install_provider() {
    if CryptoProvider::get_default().is_none() {
        // This fails only if another thread was first, and then there is a provider, too.
        let _ = ring::default_provider().install_default();
    }
}

/// Returns the builder of the HTTP client. If the system has no certificates, a warning is logged,
/// and calls to `https` addresses fail.
pub(crate) fn client_builder() -> ClientBuilder {
    install_provider();
    match Client::builder().build() {
        Ok(_) => Client::builder(),
        Err(error) => {
            log::warn!("https is not available: {error}");
            Client::builder().tls_certs_only([])
        }
    }
}
