//! `PublicOnly`: resolves names and refuses those with an address that is not public.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use ipnet::IpNet;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use crate::OutboundError;
use crate::address::is_public;

/// The addresses that may be connected to: public ones and those in the allowed networks.
#[derive(Debug, Clone)]
pub(crate) struct PublicOnly {
    allowed: Arc<[IpNet]>,
}

impl PublicOnly {
    pub(crate) fn new(allowed: Vec<IpNet>) -> Self {
        Self {
            allowed: allowed.into(),
        }
    }

    /// Checks a numeric address, which the client does not resolve.
    pub(crate) fn check_ip(&self, ip: IpAddr) -> Result<(), OutboundError> {
        if self.permits(ip) {
            return Ok(());
        }
        let reason = format!("address `{ip}` is not public");
        Err(OutboundError::Refused { reason })
    }

    fn permits(&self, ip: IpAddr) -> bool {
        let plain = ip.to_canonical();
        is_public(ip) || (self.allowed.iter()).any(|net| net.contains(&ip) || net.contains(&plain))
    }

    /// Looks up a name that a proxy will look up, and checks its addresses.
    pub(crate) async fn check_name(&self, name: &str) -> Result<(), OutboundError> {
        let found = tokio::net::lookup_host((name, 0)).await;
        let found = found.map_err(|error| OutboundError::Failed {
            reason: format!(
                "host `{name}` cannot be looked up here, which is needed for a call through a proxy, too: \
                 {error}"
            ),
        })?;
        self.check_all(name, &found.collect::<Vec<_>>())
    }

    /// Checks that all addresses of `host` may be connected to.
    ///
    /// The error contains no address, since it would reveal the private network to the user who
    /// configured the host.
    fn check_all(&self, host: &str, found: &[SocketAddr]) -> Result<(), OutboundError> {
        if found.iter().all(|address| self.permits(address.ip())) {
            return Ok(());
        }
        let reason = format!("host `{host}` has an address that is not public");
        Err(OutboundError::Refused { reason })
    }
}

impl Resolve for PublicOnly {
    fn resolve(&self, name: Name) -> Resolving {
        let rules = self.clone();
        Box::pin(async move {
            // The client fills in the port.
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let found: Vec<SocketAddr> = found.collect();
            rules.check_all(name.as_str(), &found)?;
            let found: Addrs = Box::new(found.into_iter());
            Ok(found)
        })
    }
}

#[cfg(test)]
mod tests {
    use std::net::SocketAddr;

    use super::PublicOnly;

    fn permits(rules: &PublicOnly, host: &[&str]) -> bool {
        let at = |ip: &&str| SocketAddr::new(ip.parse().unwrap(), 0);
        let found: Vec<SocketAddr> = host.iter().map(at).collect();
        rules.check_all("example.org", &found).is_ok()
    }

    #[test]
    fn name_with_one_private_address_is_rejected() {
        let rules = PublicOnly::new(Vec::new());
        assert!(permits(&rules, &["8.8.8.8", "2606:4700:4700::1111"]));
        assert!(!permits(&rules, &["8.8.8.8", "10.0.0.1"]));
        assert!(!permits(&rules, &["::1", "8.8.8.8"]));
    }

    #[test]
    fn only_allowed_private_networks_are_accepted() {
        let rules = PublicOnly::new(vec![
            "10.1.0.0/16".parse().unwrap(),
            "fd00::/8".parse().unwrap(),
        ]);
        assert!(permits(
            &rules,
            &["10.1.2.3", "fd00::1", "8.8.8.8", "::ffff:10.1.2.3"]
        ));
        assert!(!permits(&rules, &["10.2.0.1"]));
        assert!(!permits(&rules, &["127.0.0.1"]));
        assert!(!permits(&rules, &["fc00::1"]));
    }
}
