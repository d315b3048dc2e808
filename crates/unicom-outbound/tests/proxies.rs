//! Calls through HTTP proxies: which calls go through one, and what is refused nevertheless.

#![expect(
    clippy::unwrap_used,
    reason = "a test has no other way to fail than to panic"
)]

use std::time::Duration;

use unicom_outbound::header::HeaderMap;
use unicom_outbound::{Answer, Outbound, OutboundError, OutboundOptions, Post, Proxies};
use unicom_testing::scripted_server::{Play, Server, response, say};

/// Creates a client with these proxies that may call public addresses and 10.0.0.0/8.
fn outbound(variables: &[(&str, String)]) -> Outbound {
    // Other crates of the same build may have enabled rustls without a provider.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let proxies = Proxies::new(|name| {
        let found = variables.iter().find(|(known, _)| *known == name);
        found.map(|(_, value)| value.clone())
    });
    let options = OutboundOptions::default()
        .with_allowed_networks(vec!["10.0.0.0/8".parse().unwrap()])
        .with_proxies(proxies);
    Outbound::new(options)
}

async fn post(outbound: &Outbound, url: &str) -> Result<Answer, OutboundError> {
    let post = Post {
        url: url.parse().unwrap(),
        headers: HeaderMap::new(),
        body: "{}".into(),
        timeout: Duration::from_secs(20),
        largest_answer: 100,
    };
    outbound.post(post).await
}

/// Starts a proxy in a private network, which answers itself.
async fn proxy(play: Play) -> Server {
    Server::at("127.0.0.1", vec![play]).await
}

#[tokio::test]
async fn http_calls_go_through_the_proxy() {
    let server = proxy(say(200, "done")).await;
    let address = format!("http://user:pass%40word@{}", server.address);
    let outbound = outbound(&[("http_proxy", address)]);
    for url in [
        "http://8.8.8.8/v1",
        "http://10.1.2.3:8000/v1",
        "http://[2606:4700:4700::1111]/v1",
    ] {
        assert_eq!(post(&outbound, url).await.unwrap().body, "done", "{url}");
        let asked = server.requests().pop().unwrap();
        assert_eq!(asked.line, format!("POST {url}"));
        // user:pass@word
        assert_eq!(
            asked.header("proxy-authorization"),
            Some("Basic dXNlcjpwYXNzQHdvcmQ=")
        );
    }
}

/// Nothing is sent to the proxy in the clear, whether or not this program is built with TLS.
#[tokio::test]
async fn https_calls_are_never_sent_in_the_clear() {
    let server = proxy(say(200, "no")).await;
    let outbound = outbound(&[("HTTPS_PROXY", server.url("/"))]);
    post(&outbound, "https://8.8.8.8/v1").await.unwrap_err();
    for asked in server.requests() {
        assert!(asked.line.starts_with("CONNECT "), "{}", asked.line);
    }
}

/// A proxy opens no way around the rules.
#[tokio::test]
async fn private_addresses_are_rejected_before_the_proxy_is_asked() {
    let server = proxy(say(200, "secret")).await;
    let outbound = outbound(&[("ALL_PROXY", server.url("/"))]);
    for host in [
        "127.0.0.1",
        "127.0.0.2",
        "127.1",
        "2130706433",
        "0x7f.1",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "192.168.0.1",
        "169.254.169.254",
        "localhost",
        "LOCALHOST",
        // The proxy, as an address to call.
        server.address.as_str(),
    ] {
        for scheme in ["http", "https"] {
            let error = post(&outbound, &format!("{scheme}://{host}/")).await;
            let error = error.unwrap_err();
            assert!(
                matches!(error, OutboundError::Refused { .. }),
                "{host}: {error}"
            );
        }
    }
    // A name that only the proxy may know is not passed on.
    let error = post(&outbound, "https://name.invalid/").await.unwrap_err();
    assert!(
        error.to_string().contains("cannot be looked up here"),
        "{error}"
    );
    assert!(server.requests().is_empty());
}

#[tokio::test]
async fn redirects_through_the_proxy_follow_the_rules() {
    for location in ["http://127.0.0.1/", "http://localhost/", "http://8.8.4.4/"] {
        let head = format!("location: {location}\r\n");
        let server = proxy(Play::Say(response(307, &head, ""))).await;
        let outbound = outbound(&[("HTTP_PROXY", server.url("/"))]);
        let error = post(&outbound, "http://8.8.8.8/").await.unwrap_err();
        assert!(
            matches!(error, OutboundError::Refused { .. }),
            "{location}: {error}"
        );
        assert_eq!(server.requests().len(), 1);
    }
}

/// What `NO_PROXY` names is called directly, by the same rules.
#[tokio::test]
async fn no_proxy_is_called_directly() {
    let server = proxy(say(200, "done")).await;
    let target = Server::at("127.0.0.1", vec![say(200, "direct")]).await;
    let proxies = Proxies::new(|name| match name {
        "HTTP_PROXY" => Some(server.url("/")),
        "NO_PROXY" => Some("example.org,127.0.0.0/8,localhost".to_owned()),
        _ => None,
    });
    let here = || vec!["127.0.0.0/8".parse().unwrap(), "::1/128".parse().unwrap()];
    let _ = rustls::crypto::ring::default_provider().install_default();
    let options = OutboundOptions::default().with_proxies(proxies.clone());
    let allowed = Outbound::new(options.with_allowed_networks(here()));
    let port = target.address.rsplit_once(':').unwrap().1;
    for host in ["127.0.0.1", "localhost"] {
        let answer = post(&allowed, &format!("http://{host}:{port}/")).await;
        assert_eq!(answer.unwrap().body, "direct", "{host}");
    }
    let strict = Outbound::new(OutboundOptions::default().with_proxies(proxies));
    for host in ["127.0.0.1", "localhost"] {
        let error = post(&strict, &format!("http://{host}:{port}/"))
            .await
            .unwrap_err();
        assert!(
            matches!(error, OutboundError::Refused { .. }),
            "{host}: {error}"
        );
    }
    assert_eq!(target.requests().len(), 2);
    assert!(server.requests().is_empty());
    // An address of the allowed networks goes through the proxy unless it is named.
    let url = "http://8.8.8.8/";
    assert_eq!(post(&allowed, url).await.unwrap().body, "done");
}

/// A proxy that cannot be used fails calls, which must not leave it out.
#[tokio::test]
async fn unusable_proxies_fail_calls() {
    let outbound = outbound(&[("HTTP_PROXY", "socks5://user:secret@127.0.0.1".to_owned())]);
    let error = post(&outbound, "http://8.8.8.8/").await.unwrap_err();
    assert!(matches!(error, OutboundError::Unusable { .. }), "{error}");
    assert!(error.to_string().contains("HTTP_PROXY") && !error.to_string().contains("secret"));
    // No process listens on this port: its listener was closed immediately.
    let gone = std::net::TcpListener::bind("127.0.0.2:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let outbound = self::outbound(&[("HTTP_PROXY", format!("http://user:secret@{gone}"))]);
    let error = post(&outbound, "http://8.8.8.8/").await.unwrap_err();
    assert!(
        error.is_temporary() && !error.to_string().contains("secret"),
        "{error}"
    );
}
