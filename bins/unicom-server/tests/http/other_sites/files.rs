//! Tests of the signed addresses of files.

use std::time::Duration;

use reqwest::Method;
use serde_json::json;
use unicom_testing::{TestClock, TestDatabase};

use super::Shop;
use crate::both;
use crate::client::Client;
use crate::sample_images::PNG;
use crate::two_processes;

const HOUR: Duration = Duration::from_secs(60 * 60);

both! {
    async fn files_are_read_by_their_signed_address(db: &TestDatabase) {
        let clock = TestClock::new();
        let options = two_processes::options();
        let shop = Shop::with(db, json!({}), Some(clock.clone()), options).await;
        for is_guest in [true, false] {
            let visitor = if is_guest { shop.guest().await } else { shop.user("ann").await };
            let sent = visitor.send_file("cat.png", PNG).await.ok();
            shop.app.settled().await;
            let url = sent["message"]["media_url"].as_str().unwrap().to_owned();
            let page = visitor.messages("order=asc").await;
            assert_eq!(page["messages"][0]["media_url"], json!(url));
            // A browser that loads an image sends neither a token nor cookies.
            let browser = Client::new(shop.app.base());
            let file = browser.get(&url).await;
            assert_eq!((file.status, file.body.as_slice()), (200, PNG));
            assert_eq!(file.header("cross-origin-resource-policy"), "cross-origin");
            assert_eq!(file.header("content-security-policy"), "sandbox");
            assert_eq!(file.header("set-cookie"), "");
            let part = browser.request(Method::GET, &url).header("range", "bytes=1-3").send().await;
            assert_eq!((part.status, part.body.as_slice()), (206, &PNG[1..4]));
            // With a token, the address needs no signature.
            let path = url.split('?').next().unwrap();
            assert_eq!(visitor.get(path).await.status, 200);
            browser.get(path).await.is(404, "not_found");

            let other = shop.guest().await;
            let others = other.send_file("cat.png", PNG).await.ok();
            let others = others["message"]["media_url"].as_str().unwrap();
            let query = url.split_once('?').unwrap().1;
            let others_query = others.split_once('?').unwrap().1;
            let others_path = others.split('?').next().unwrap();
            let (reader, rest) = query.split_once('&').unwrap();
            let (expires, signature) = rest.split_once('&').unwrap();
            for wrong in [
                // Of another message, for another reader, until another time, and cut.
                format!("{others_path}?{query}"),
                format!("{path}?{others_query}"),
                format!("{path}?{}&{rest}", others_query.split_once('&').unwrap().0),
                format!("{path}?{reader}&{expires}0&{signature}"),
                format!("{path}?{}", &query[..query.len() - 1]),
                format!("{path}?{reader}&{expires}"),
            ] {
                browser.get(&wrong).await.is(404, "not_found");
            }
            // A block counts at once, and the address ends after one to two hours.
            let chat = sent["chat_id"].as_str().unwrap();
            shop.app.block(chat).await;
            browser.get(&url).await.is(403, "account_blocked");
            shop.app.unblock(chat).await;
            clock.advance(HOUR);
            assert_eq!(browser.get(&url).await.status, 200);
            clock.advance(HOUR);
            browser.get(&url).await.is(404, "not_found");
        }
    }

    async fn addresses_of_own_pages_are_not_signed(db: &TestDatabase) {
        let shop = Shop::start(db, json!({})).await;
        let ann = shop.app.user("ann").await;
        let sent = ann.send_file("cat.png", PNG).await.ok();
        let url = sent["message"]["media_url"].as_str().unwrap();
        assert!(!url.contains('?'), "{url}");
    }
}
