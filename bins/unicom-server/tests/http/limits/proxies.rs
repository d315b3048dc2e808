//! Tests that the headers of trusted proxies count, and those of other clients do not.

use reqwest::Method;
use unicom_server::{Options, RateOptions};
use unicom_testing::TestDatabase;

use super::{at_once, is_limited, rates};
use crate::app::TestApp;
use crate::both;
use crate::client::Client;
use crate::response::Response;

const FORWARDED_FOR: &str = "x-forwarded-for";

fn few_reads(trusted: Option<&str>) -> Options {
    Options {
        trusted_proxies: trusted.map(|network| vec![network.to_owned()]),
        ..rates(RateOptions {
            address_reads: at_once(3),
            ..RateOptions::default()
        })
    }
}

async fn ask(client: &Client, forwarded: &str) -> Response {
    let request = client.request(Method::GET, "/unicom/auth/session/");
    request.header(FORWARDED_FOR, forwarded).send().await
}

both! {
    async fn forged_forwarding_headers_do_not_evade_limits(db: &TestDatabase) {
        for trusted in [None, Some("192.0.2.0/24")] {
            let app = TestApp::with_options(db, few_reads(trusted)).await;
            let client = Client::new(app.base());
            for number in 0..3 {
                ask(&client, &format!("198.51.100.{number}")).await.ok();
            }
            for spoofed in ["198.51.100.7", "192.0.2.1", "198.51.100.7, 192.0.2.1", "127.0.0.1", "::1", ""] {
                is_limited(&ask(&client, spoofed).await, "address");
            }
            let forwarded = client.request(Method::GET, "/unicom/auth/session/");
            let forwarded = forwarded.header("forwarded", "for=198.51.100.7").header("x-real-ip", "198.51.100.8");
            is_limited(&forwarded.send().await, "address");
        }
    }

    async fn visitors_behind_a_trusted_proxy_count_separately(db: &TestDatabase) {
        let app = TestApp::with_options(db, few_reads(Some("127.0.0.0/8"))).await;
        let client = Client::new(app.base());
        for visitor in ["198.51.100.1", "198.51.100.2", "2001:db8::1"] {
            for _ in 0..3 {
                ask(&client, visitor).await.ok();
            }
            is_limited(&ask(&client, visitor).await, "address");
        }
        // The visitor's own value precedes the address that the proxy added.
        is_limited(&ask(&client, "203.0.113.9, 198.51.100.1").await, "address");
        // Another address of the same network.
        is_limited(&ask(&client, "2001:db8::2:1").await, "address");
        ask(&client, "2001:db8:0:1::1").await.ok();
        // Requests that the proxy itself sends.
        client.get("/unicom/auth/session/").await.ok();
    }

    async fn forwarded_scheme_is_accepted_from_trusted_proxies_only(db: &TestDatabase) {
        for (trusted, expected) in [(None, 200), (Some("127.0.0.1"), 200), (Some("192.0.2.0/24"), 403)] {
            let options = Options {
                trusted_proxies: trusted.map(|network| vec![network.to_owned()]),
                ..Options::default()
            };
            let app = TestApp::with_options(db, options).await;
            let guest = app.guest().await;
            let send = |origin: &str| {
                guest
                    .request(Method::POST, "/unicom/webchat/send/")
                    .json(&serde_json::json!({ "text": "hi" }))
                    .header("origin", origin)
            };
            let over_tls = app.base().replace("http:", "https:");
            let answer = send(&over_tls).header("x-forwarded-proto", "https").send().await;
            assert_eq!(answer.status, expected, "{trusted:?}: {}", answer.text());
            let answer = send(&over_tls).header("forwarded", "proto=https").send().await;
            assert_eq!(answer.status, expected, "{trusted:?}: {}", answer.text());
            send(app.base()).send().await.ok();
        }
    }
}
