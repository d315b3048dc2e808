//! Lists of networks that are so wide that they include anyone.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::{IpNet, Ipv6Net};

use super::weakness::Weakness;
use crate::Settings;

/// The minimum prefix length of an IPv4 network: `10.0.0.0/8` is the widest private one.
const IPV4_BITS: u8 = 8;

/// The minimum prefix length of an IPv6 network: no provider has more than a /16.
const IPV6_BITS: u8 = 16;

/// Wider IPv6 networks that belong to no one else: private addresses (RFC 4193) and link-local
/// addresses (RFC 4291).
const OWN: [Ipv6Net; 2] = [
    Ipv6Net::new_assert(Ipv6Addr::new(0xfc00, 0, 0, 0, 0, 0, 0, 0), 7),
    Ipv6Net::new_assert(Ipv6Addr::new(0xfe80, 0, 0, 0, 0, 0, 0, 0), 10),
];

/// The addresses at which clouds give a machine its credentials.
const CLOUD_METADATA: [IpAddr; 2] = [
    IpAddr::V4(Ipv4Addr::new(169, 254, 169, 254)),
    IpAddr::V6(Ipv6Addr::new(0xfd00, 0x0ec2, 0, 0, 0, 0, 0, 0x254)),
];

/// Returns the weaknesses of the lists of networks in these settings.
pub(super) fn of(settings: &Settings) -> Vec<Weakness> {
    let lists = [
        (
            "trusted_proxies_wide",
            "trusted_proxies",
            &settings.admission.trusted_proxies,
            "every client in it chooses the address that its rates are counted by; name the addresses of your proxies",
        ),
        (
            "metrics_networks_wide",
            "metrics_networks",
            &settings.metrics_networks,
            "every client in it reads `/metrics`; name the network of your Prometheus",
        ),
        (
            "private_networks_wide",
            "private_networks",
            &settings.private_networks,
            "bots call everything in it, this machine and its neighbours among it; name the hosts that they need",
        ),
    ];
    let mut found: Vec<_> = lists
        .into_iter()
        .filter_map(|(id, what, networks, leads_to)| {
            let wide = widest(networks)?;
            Some(Weakness {
                id,
                what,
                detail: format!("opens `{wide}`: {leads_to}"),
            })
        })
        .collect();
    let opened = |address: &&IpAddr| {
        let mut networks = settings.private_networks.iter();
        networks.any(|network| network.contains(*address))
    };
    if let Some(address) = CLOUD_METADATA.iter().find(opened) {
        found.push(Weakness {
            id: "private_networks_metadata",
            what: "private_networks",
            detail: format!(
                "opens `{address}`: in a cloud, a bot gets the credentials of this machine there"
            ),
        });
    }
    found
}

/// Returns the widest of the networks, after adjacent ones are merged, if it is too wide. Returns
/// `None` otherwise.
fn widest(networks: &Vec<IpNet>) -> Option<IpNet> {
    let is_wide = |network: &IpNet| match network {
        IpNet::V4(network) => network.prefix_len() < IPV4_BITS,
        IpNet::V6(network) => {
            let is_own = OWN.iter().any(|own| own.contains(network));
            network.prefix_len() < IPV6_BITS && !is_own
        }
    };
    let together = IpNet::aggregate(networks).into_iter();
    together.filter(is_wide).min_by_key(IpNet::prefix_len)
}
