//! Connections to PostgreSQL that others on the network can read.

use std::net::IpAddr;

use unicom_db::Engine;
use url::form_urlencoded;

use super::weakness::Weakness;
use crate::Settings;

/// Whether this program can encrypt its connections to PostgreSQL.
const HAS_TLS: bool = cfg!(feature = "postgres-tls");

/// Returns the weakness of the connection to the database.
pub(super) fn of(settings: &Settings) -> Option<Weakness> {
    let (id, detail) = unencrypted(&settings.database_url, HAS_TLS)?;
    Some(Weakness {
        id,
        what: "database_url",
        detail,
    })
}

fn unencrypted(url: &str, has_tls: bool) -> Option<(&'static str, String)> {
    let Ok(Engine::Postgres) = Engine::of_url(url) else {
        return None;
    };
    let (_, rest) = url.split_once("://")?;
    let (place, query) = rest.split_once('?').unwrap_or((rest, ""));
    let parameter = |wanted: &str| {
        let mut all = form_urlencoded::parse(query.as_bytes());
        Some(all.find(|(name, _)| name == wanted)?.1.into_owned())
    };
    let mode = parameter("sslmode").or_else(|| std::env::var("PGSSLMODE").ok());
    let mode = mode.filter(|mode| ["require", "verify-ca", "verify-full"].contains(&&**mode));
    let authority = place.split('/').next().unwrap_or_default();
    let in_authority = authority
        .rsplit_once('@')
        .map_or(authority, |(_, hosts)| hosts);
    let hosts = parameter("hostaddr").or_else(|| parameter("host"));
    let hosts = hosts.as_deref().unwrap_or(in_authority);
    let is_elsewhere = !hosts.split(',').all(is_here);
    // The host is not named: it may be a part of a password with special characters.
    match (has_tls, mode) {
        (false, Some(mode)) => Some((
            "database_tls_missing",
            format!(
                "asks for TLS with `sslmode={mode}`, which this program is built without: build it with the feature \
                 `postgres-tls`"
            ),
        )),
        (false, None) if is_elsewhere => Some((
            "database_without_tls",
            "names another machine, and this program is built without TLS to PostgreSQL: passwords and messages go over \
             the network in clear; build it with the feature `postgres-tls`, or encrypt the network"
                .to_owned(),
        )),
        (true, None) if is_elsewhere => Some((
            "database_tls_optional",
            "names another machine and does not require TLS: passwords and messages go over the network in clear if the \
             server does not offer it; say `sslmode=verify-full`"
                .to_owned(),
        )),
        _ => None,
    }
}

/// Returns `true` if a host, with or without a port, is this machine: a socket in a folder, or a
/// loopback address.
fn is_here(host: &str) -> bool {
    let name = match host.strip_prefix('[') {
        Some(address) => address.split(']').next().unwrap_or_default(),
        // An IPv6 address in a parameter has no brackets.
        None if host.matches(':').count() > 1 => host,
        None => host.split(':').next().unwrap_or_default(),
    };
    let is_socket = name.is_empty() || name.starts_with(['/', '@', '%']);
    let is_loopback = |address: IpAddr| address.to_canonical().is_loopback();
    is_socket || name == "localhost" || name.parse().is_ok_and(is_loopback)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(url: &str, has_tls: bool) -> Option<&'static str> {
        unencrypted(url, has_tls).map(|(id, _)| id)
    }

    #[test]
    fn connections_within_the_machine_need_no_tls() {
        for url in [
            "sqlite://unicom.db",
            "postgres:///unicom",
            "postgres://ada:p%40ss@localhost:5433/unicom",
            "postgresql://ada@127.0.0.1/unicom?connect_timeout=1",
            "postgres://ada@[::1]:5432/unicom",
            "postgres://%2Fvar%2Frun%2Fpostgresql/unicom",
            "postgres://db.example/unicom?host=/run/postgresql",
            "postgres://db.example/unicom?hostaddr=::1",
            "postgres://localhost:5432,127.0.0.1:5433/unicom",
        ] {
            assert_eq!((id(url, false), id(url, true)), (None, None), "{url}");
        }
    }

    #[test]
    fn connections_to_others_need_tls() {
        for url in [
            "postgres://ada:p@ss@db.example/unicom",
            "postgres://db.example:5432/unicom?sslmode=prefer",
            "postgres://10.0.0.1/unicom?sslmode=disable",
            "postgres://localhost,db.example/unicom",
            "postgres://localhost/unicom?host=db.example",
            "postgres://[2001:db8::1]:5432/unicom",
        ] {
            let ids = (id(url, false), id(url, true));
            let expected = (Some("database_without_tls"), Some("database_tls_optional"));
            assert_eq!(ids, expected, "{url}");
        }
        for url in [
            "postgres://db.example/unicom?sslmode=verify-full",
            "postgres://localhost/unicom?connect_timeout=1&sslmode=require",
        ] {
            let ids = (id(url, false), id(url, true));
            assert_eq!(ids, (Some("database_tls_missing"), None), "{url}");
        }
    }
}
