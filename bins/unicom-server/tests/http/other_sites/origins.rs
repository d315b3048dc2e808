//! Tests of which pages of other sites may read what the server answers.

use reqwest::Method;
use serde_json::json;
use unicom_testing::TestDatabase;

use super::shop::{IDENTIFY, VISITOR, from};
use super::{KEY, ORIGIN, Shop};
use crate::both;
use crate::client::Client;
use crate::no_side_effects::NoSideEffects;
use crate::response::Response;

/// Origins that are none of the channel's.
const FOREIGN: [&str; 8] = [
    "https://evilshop.example",
    "https://shop.example.evil",
    "https://a.b.shop.example",
    "https://shop.example:8443",
    "http://shop.example",
    "https://shop.example@evil.example",
    "null",
    "https://",
];

/// Asks, as browsers do, whether a page may send a request.
async fn preflight(client: &Client, origin: &str, path: &str) -> Response {
    let asked = from(origin, client.request(Method::OPTIONS, path));
    asked
        .header("access-control-request-method", "POST")
        .header(
            "access-control-request-headers",
            "authorization,content-type",
        )
        .send()
        .await
}

fn allowed(response: &Response) -> &str {
    response.header("access-control-allow-origin")
}

both! {
    async fn pages_of_listed_origins_may_read(db: &TestDatabase) {
        let shop = Shop::start(db, json!({})).await;
        let client = Client::new(shop.app.base());
        for origin in [ORIGIN, "https://www.shop.example"] {
            for path in ["/unicom/webchat/send/", "/unicom/webchat/chats", "/unicom/media/0/a.png", VISITOR] {
                let answer = preflight(&client, origin, path).await;
                assert_eq!((answer.status, allowed(&answer)), (204, origin), "{path}");
                assert_eq!(answer.header("access-control-max-age"), "7200");
                assert!(answer.header("access-control-allow-headers").contains("authorization"));
                assert!(answer.header("access-control-allow-methods").contains("PATCH"));
                assert_eq!(answer.header("vary"), "Origin");
                is_without_cookies(&answer);
            }
            let config = format!("/unicom/webchat/config/?channel={KEY}");
            let answer = from(origin, client.request(Method::GET, &config)).send().await;
            assert_eq!(allowed(&answer), origin);
            is_without_cookies(&answer);
            assert!(answer.header("access-control-expose-headers").contains("retry-after"));
            let guest = shop.guest().await;
            let sent = from(origin, guest.request(Method::POST, "/unicom/webchat/send/"));
            let sent = sent.json(&json!({ "text": "Hello" })).send().await;
            assert_eq!(allowed(&sent), origin);
            is_without_cookies(&sent);
            sent.ok();
        }
    }

    async fn pages_of_other_origins_may_not(db: &TestDatabase) {
        let shop = Shop::start(db, json!({})).await;
        let guest = shop.guest().await;
        let client = Client::new(shop.app.base());
        let nothing = NoSideEffects::of(&shop.app).await;
        for origin in FOREIGN {
            let answer = preflight(&client, origin, "/unicom/webchat/send/").await;
            assert_eq!(allowed(&answer), "", "{origin}");
            let send = from(origin, guest.request(Method::POST, "/unicom/webchat/send/"));
            let send = send.json(&json!({ "text": "Hello" }));
            let refused = nothing.refused(origin, send, (403, "origin_not_allowed")).await;
            assert_eq!(allowed(&refused), "", "{origin}");
            // The owner of a site that is not listed can read why.
            let body = json!({ "channel": KEY, "identity": "a.b.c" });
            for path in [VISITOR, IDENTIFY] {
                let asked = from(origin, client.request(Method::POST, path)).json(&body);
                let refused = nothing.refused(origin, asked, (403, "origin_not_allowed")).await;
                let is_readable = origin.starts_with("http");
                assert_eq!(allowed(&refused), if is_readable { origin } else { "" }, "{origin}");
            }
            let config = format!("/unicom/webchat/config/?channel={KEY}");
            let asked = from(origin, client.request(Method::GET, &config));
            nothing.refused(origin, asked, (403, "origin_not_allowed")).await;
        }
    }

    async fn other_routes_are_closed_to_other_sites(db: &TestDatabase) {
        let shop = Shop::start(db, json!({})).await;
        let client = Client::new(shop.app.base());
        for path in ["auth/session/", "auth/login/", "admin/chats/", "admin/ws/", "openapi.json", ""] {
            let path = format!("/unicom/{path}");
            let answer = preflight(&client, ORIGIN, &path).await;
            assert_ne!(answer.status, 204, "{path}");
            assert_eq!(allowed(&answer), "", "{path}");
            let answer = from(ORIGIN, client.request(Method::GET, &path)).send().await;
            assert_eq!(allowed(&answer), "", "{path}");
        }
    }

    async fn programs_without_an_origin_and_own_pages_may_use_tokens(db: &TestDatabase) {
        let shop = Shop::start(db, json!({ "origins": [] })).await;
        let client = Client::new(shop.app.base());
        let asked = client.request(Method::POST, VISITOR).json(&json!({ "channel": KEY }));
        let guest = shop.with_token(&asked.send().await.ok());
        guest.say("from an app").await;
        let own = shop.app.base();
        let sent = from(own, guest.request(Method::POST, "/unicom/webchat/send/"));
        sent.json(&json!({ "text": "from a frame" })).send().await.ok();
        // No longer listed.
        shop.ask_for_guest().await.is(403, "origin_not_allowed");
    }

    async fn config_tells_what_the_channel_offers(db: &TestDatabase) {
        let shop = Shop::start(db, json!({ "guests": false })).await;
        let client = Client::new(shop.app.base());
        let path = format!("/unicom/webchat/config/?channel={KEY}");
        let answer = client.get(&path).await;
        assert_eq!(answer.header("cache-control"), "public, max-age=60");
        assert_eq!(answer.header("vary"), "Origin");
        is_without_cookies(&answer);
        let tag = answer.header("etag").to_owned();
        let config = answer.ok();
        assert_eq!((&config["guests"], &config["identity"]), (&json!(false), &json!("optional")));
        let text = config.to_string();
        assert!(!text.contains("shop.example") && !text.contains("keys"), "{text}");
        let known = client.request(Method::GET, &path).header("if-none-match", &tag).send().await;
        assert_eq!((known.status, known.text()), (304, String::new()));
        for wrong in ["?channel=", "?channel=wk_abcdefABCDEF0123456789", "?channel=1"] {
            client.get(&format!("/unicom/webchat/config/{wrong}")).await.is(404, "no_channel");
        }
    }
}

/// Checks that the response sets no cookie and lets the page send none.
fn is_without_cookies(response: &Response) {
    assert_eq!(response.header("set-cookie"), "");
    assert_eq!(response.header("access-control-allow-credentials"), "");
}
