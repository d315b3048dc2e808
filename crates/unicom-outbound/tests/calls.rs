//! Which addresses may be called, and which redirects are followed.

#![expect(
    clippy::unwrap_used,
    reason = "a test has no other way to fail than to panic"
)]

use std::time::Duration;

use futures_util::future::join_all;
use unicom_outbound::header::{AUTHORIZATION, HeaderMap, HeaderValue};
use unicom_outbound::{Answer, Outbound, OutboundError, OutboundOptions, Post};
use unicom_testing::scripted_server::{Play, Server, response, say};

/// Creates a client that may call these networks in addition to public addresses.
fn allowing(networks: &[&str]) -> Outbound {
    // Other crates of the same build may have enabled rustls without a provider.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let allowed_networks = networks.iter().map(|net| net.parse().unwrap()).collect();
    Outbound::new(OutboundOptions::default().with_allowed_networks(allowed_networks))
}

/// Creates a client that may call 127.0.0.2, where the test servers listen, and no other address of
/// the host.
fn outbound() -> Outbound {
    allowing(&["127.0.0.2/32"])
}

/// Makes a call with a timeout of 20 s.
async fn post(outbound: &Outbound, url: &str) -> Result<Answer, OutboundError> {
    post_within(Duration::from_secs(20), outbound, url).await
}

/// Makes a call with a key and a limit of 100 bytes.
async fn post_within(
    timeout: Duration,
    outbound: &Outbound,
    url: &str,
) -> Result<Answer, OutboundError> {
    let mut headers = HeaderMap::new();
    headers.insert(AUTHORIZATION, HeaderValue::from_static("Bearer key"));
    let post = Post {
        url: url.parse().unwrap(),
        headers,
        body: r#"{"a":1}"#.into(),
        timeout,
        largest_answer: 100,
    };
    outbound.post(post).await
}

/// Makes a call that must be refused, and returns the reason.
async fn refusal(outbound: &Outbound, url: &str) -> String {
    match post(outbound, url).await {
        Err(OutboundError::Refused { reason }) => reason,
        other => panic!("{url}: {other:?}"),
    }
}

/// Returns a response that redirects to `to`.
fn redirect(status: u16, to: &str) -> Play {
    Play::Say(response(status, &format!("location: {to}\r\n"), ""))
}

/// Status, headers and body are sent and returned unchanged.
#[tokio::test]
async fn request_and_response_are_complete() {
    let server = Server::new(Play::Say(response(418, "retry-after: 7\r\n", "tea"))).await;
    let answer = post(&outbound(), &server.url("/pot?full")).await.unwrap();
    let expected = Answer {
        status: 418,
        retry_after: Some(Duration::from_secs(7)),
        body: "tea".into(),
    };
    assert_eq!(answer, expected);
    let asked = server.only_request();
    assert_eq!(asked.line, "POST /pot?full");
    assert_eq!(asked.header("content-type"), Some("application/json"));
    assert_eq!(asked.header("authorization"), Some("Bearer key"));
    let version = concat!("unicom/", env!("CARGO_PKG_VERSION"));
    assert_eq!(asked.header("user-agent"), Some(version));
    assert_eq!(asked.body, br#"{"a":1}"#);
}

/// Every notation of an address that is not public is refused.
#[tokio::test]
async fn private_addresses_in_any_notation_are_rejected() {
    let server = Server::at("127.0.0.1", vec![say(200, "{}")]).await;
    let port = server.address.rsplit_once(':').unwrap().1;
    let outbound = allowing(&[]);
    for host in [
        "127.0.0.1",
        "127.1",
        "127.0.0.1.",
        "2130706433",
        "0x7f.1",
        "0x7f000001",
        "0177.0.0.1",
        "%31%32%37.0.0.1",
        "１２７.0.0.1",
        "0",
        "0.0.0.0",
        "[::]",
        "[::1]",
        "[::127.0.0.1]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[64:ff9b::127.0.0.1]",
        "[2002:7f00:1::]",
        "10.0.0.1",
        "169.254.169.254",
        "100.100.100.200",
        "[fd00:ec2::254]",
        "localhost",
        "LOCALHOST",
    ] {
        let reason = refusal(&outbound, &format!("http://{host}:{port}/")).await;
        assert!(reason.ends_with("not public"), "{host}: {reason}");
    }
    assert!(server.requests().is_empty());
}

#[tokio::test]
async fn rejected_name_does_not_reveal_its_address() {
    let reason = refusal(&outbound(), "http://localhost:1/").await;
    assert_eq!(reason, "host `localhost` has an address that is not public");
}

/// Allowed networks may be called by name and by numeric address.
#[tokio::test]
async fn allowed_networks_can_be_called_by_name_and_address() {
    let server = Server::at("127.0.0.1", vec![say(200, "{}")]).await;
    let port = server.address.rsplit_once(':').unwrap().1;
    let outbound = allowing(&["127.0.0.0/8", "::1/128"]);
    for host in ["127.0.0.1", "localhost", "[::ffff:127.0.0.1]"] {
        let answer = post(&outbound, &format!("http://{host}:{port}/")).await;
        assert_eq!(answer.unwrap().status, 200, "{host}");
    }
    refusal(&outbound, "http://10.0.0.1/").await;
}

#[tokio::test]
async fn other_schemes_and_credentials_are_rejected() {
    for url in [
        "ftp://127.0.0.2/",
        "file:///etc/passwd",
        "gopher://127.0.0.2/",
        "data:text/plain,x",
        "http://user@127.0.0.2/",
        "http://:password@127.0.0.2/",
        "https://user:password@example.org/",
    ] {
        refusal(&outbound(), url).await;
    }
}

#[tokio::test]
async fn redirects_that_keep_the_method_are_followed() {
    let plays = vec![redirect(307, "/b"), redirect(308, "c"), say(200, "done")];
    let server = Server::at("127.0.0.2", plays).await;
    let answer = post(&outbound(), &server.url("/a")).await.unwrap();
    assert_eq!(answer.body, "done");
    let asked = server.requests();
    let lines: Vec<_> = asked.iter().map(|asked| asked.line.as_str()).collect();
    assert_eq!(lines, ["POST /a", "POST /b", "POST /c"]);
    for asked in &asked {
        assert_eq!(asked.body, br#"{"a":1}"#);
        assert_eq!(asked.header("authorization"), Some("Bearer key"));
    }
}

/// A redirect to another origin is not followed.
#[tokio::test]
async fn redirect_to_another_origin_is_rejected() {
    let second = Server::new(say(200, "done")).await;
    let first = Server::new(redirect(307, &second.url("/"))).await;
    let reason = refusal(&outbound(), &first.url("/")).await;
    let said = format!(
        "it redirects to another origin, `http://{}`: only redirects within one are followed",
        second.address
    );
    assert_eq!(reason, said);
    assert!(second.requests().is_empty());
}

#[tokio::test]
async fn redirect_to_a_private_address_is_rejected() {
    let inside = Server::at("127.0.0.1", vec![say(200, "secret")]).await;
    let port = inside.address.rsplit_once(':').unwrap().1;
    for host in [
        "127.0.0.1",
        "localhost",
        "[::1]",
        "2130706433",
        "u:p@127.0.0.1",
    ] {
        let server = Server::new(redirect(307, &format!("http://{host}:{port}/"))).await;
        refusal(&outbound(), &server.url("/")).await;
        assert_eq!(server.requests().len(), 1);
    }
    assert!(inside.requests().is_empty());
}

#[tokio::test]
async fn other_and_excess_redirects_are_rejected() {
    for status in [300, 301, 302, 303, 304] {
        let server = Server::new(redirect(status, "/b")).await;
        let reason = refusal(&outbound(), &server.url("/")).await;
        assert!(
            reason.contains(&format!("status {status}: only 307 and 308")),
            "{reason}"
        );
        assert_eq!(server.requests().len(), 1);
    }
    let server = Server::new(redirect(308, "/again")).await;
    let reason = refusal(&outbound(), &server.url("/")).await;
    assert_eq!(reason, "it redirects more than 3 times");
    assert_eq!(server.requests().len(), 4);
}

/// The length limit applies with and without a `content-length` header.
#[tokio::test]
async fn response_size_is_limited_with_or_without_a_length() {
    let long = "x".repeat(101);
    let said = response(200, "", &long);
    let unsaid = format!("HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n{long}").into_bytes();
    for bytes in [said, unsaid] {
        let server = Server::new(Play::Say(bytes)).await;
        let answer = post(&outbound(), &server.url("/")).await;
        assert_eq!(answer, Err(OutboundError::TooLarge { limit: 100 }));
    }
    let server = Server::new(say(200, "x".repeat(100))).await;
    assert_eq!(
        post(&outbound(), &server.url("/"))
            .await
            .unwrap()
            .body
            .len(),
        100
    );
}

/// A late or incomplete answer fails when the timeout expires.
#[tokio::test]
async fn late_or_incomplete_response_times_out() {
    let head = b"HTTP/1.1 200 OK\r\ncontent-length: 50\r\n\r\nabc".to_vec();
    let late = Play::Late(Duration::from_secs(3), response(200, "", "{}"));
    let plays = [
        Play::Stall(Vec::new()),
        Play::Stall(head[..20].to_vec()),
        Play::Stall(head),
        late,
    ];
    let (outbound, within) = (outbound(), Duration::from_secs(1));
    let calls = plays.map(async |play| {
        let server = Server::new(play).await;
        let answer = post_within(within, &outbound, &server.url("/")).await;
        answer.unwrap_err()
    });
    for error in join_all(calls).await {
        assert_eq!(error, OutboundError::TimedOut { within });
        assert!(error.is_temporary());
    }
}

/// Connection errors are temporary and do not contain the path or query of the address.
#[tokio::test]
async fn connection_errors_are_temporary() {
    let broken = b"HTTP/1.1 200 OK\r\ncontent-length: 50\r\n\r\nabc".to_vec();
    for bytes in [Vec::new(), b"SSH-2.0-OpenSSH\r\n\r\n".to_vec(), broken] {
        let server = Server::new(Play::Say(bytes)).await;
        let error = post(&outbound(), &server.url("/")).await.unwrap_err();
        assert!(
            matches!(error, OutboundError::Failed { .. }) && error.is_temporary(),
            "{error}"
        );
    }
    // No process listens on this port: its listener was closed immediately.
    let gone = std::net::TcpListener::bind("127.0.0.2:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let error = post(&outbound(), &format!("http://{gone}/path?token=secret"))
        .await
        .unwrap_err();
    let OutboundError::Failed { reason } = error else {
        panic!("{error}")
    };
    assert!(
        reason.contains("refused") && !reason.contains("secret"),
        "{reason}"
    );
    let plain = Server::new(say(200, "{}")).await;
    let error = post(&outbound(), &format!("https://{}/", plain.address)).await;
    assert!(error.unwrap_err().is_temporary());
    let error = post(&outbound(), "http://name.invalid/").await.unwrap_err();
    assert!(error.is_temporary(), "{error}");
}
