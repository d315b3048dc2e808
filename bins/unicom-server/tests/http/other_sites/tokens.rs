//! Tests of visitor tokens: what they allow, and what ends them.

use std::time::Duration;

use futures_util::future::join_all;
use reqwest::Method;
use serde_json::json;
use unicom_server::{RateLimit, RateOptions};
use unicom_testing::{TestClock, TestDatabase};

use super::shop::{VISITOR, channel, from};
use super::{KEY, ORIGIN, Shop};
use crate::admin::path;
use crate::both;
use crate::client::Client;
use crate::no_side_effects::NoSideEffects;
use crate::statements::{cost, recording_with};
use crate::two_processes;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);
const MESSAGES: &str = "/unicom/webchat/messages/";

both! {
    async fn tokens_of_guests_are_not_stored(db: &TestDatabase) {
        let shop = Shop::start(db, json!({})).await;
        let nothing = NoSideEffects::of(&shop.app).await;
        for _ in 0..100 {
            let asked = shop.ask_for_guest().await;
            assert_eq!((asked.status, asked.header("set-cookie")), (201, ""));
        }
        let guest = shop.guest().await;
        assert!(guest.texts().await.is_empty());
        assert!(guest.chats("").await.is_empty());
        nothing.unchanged("tokens").await;
    }

    async fn concurrent_first_writes_with_a_token_create_one_account(db: &TestDatabase) {
        let shop = Shop::start(db, json!({})).await;
        let guest = shop.guest().await;
        let sends = (0..50).map(|number| guest.send(json!({ "text": number.to_string() })));
        for sent in join_all(sends).await {
            assert_eq!(sent.header("set-cookie"), "");
            sent.ok();
        }
        let counts = shop.app.counts().await;
        assert_eq!((counts["unicom_accounts"], counts["unicom_chats"]), (1, 1));
        assert_eq!(counts["unicom_sessions"], 0);
        assert_eq!(guest.chats("").await.len(), 1);
    }

    async fn guest_alone_reads_the_reply(db: &TestDatabase) {
        let shop = Shop::start(db, json!({})).await;
        let guest = shop.guest().await;
        let sent = guest.say("Hello").await;
        let chat = sent["chat_id"].as_str().unwrap();
        shop.app.settled().await;
        assert_eq!(guest.texts().await, ["Hello", "Echo: Hello"]);
        for other in [shop.guest().await, shop.user("ann").await, shop.app.user("bea").await] {
            let query = format!("{MESSAGES}?chat_id={chat}");
            other.get(&query).await.is(404, "chat_not_found");
        }
    }

    async fn cookie_beside_a_token_has_no_effect(db: &TestDatabase) {
        let shop = Shop::start(db, json!({})).await;
        let bea = shop.app.user("bea").await;
        bea.say("mine").await;
        let guest = shop.guest().await;
        guest.set_cookie("sessionid", &bea.cookie("sessionid").unwrap());
        guest.set_cookie("csrftoken", &bea.cookie("csrftoken").unwrap());
        assert!(guest.texts().await.is_empty());
        guest.say("from the shop").await;
        shop.app.settled().await;
        assert_eq!(bea.texts().await, ["mine", "Echo: mine"]);
    }

    async fn token_is_valid_for_its_channel_only(db: &TestDatabase) {
        let shop = Shop::start(db, json!({})).await;
        let other_key = "wk_abcdefABCDEF0123456789";
        let other = shop.app.channel(channel(other_key, json!({}))).await;
        let guest = shop.guest().await;
        guest.say("Hello").await;
        let nothing = NoSideEffects::of(&shop.app).await;
        let there = json!({ "text": "Hello", "channel_id": other });
        let send = guest.request(Method::POST, "/unicom/webchat/send/").json(&there);
        nothing.refused("a message", send, (404, "no_channel")).await;
        let created = guest.request(Method::POST, "/unicom/webchat/chats/").json(&there);
        nothing.refused("a chat", created, (404, "no_channel")).await;
        for path in ["messages", "chats"] {
            let path = format!("/unicom/webchat/{path}/?channel_id={other}");
            let read = guest.request(Method::GET, &path);
            nothing.refused("a read", read, (404, "no_channel")).await;
        }
        let body = json!({ "channel": other_key, "identity": "a.b.c" });
        let identify = guest.request(Method::POST, super::shop::IDENTIFY).json(&body);
        nothing.refused("an identification", identify, (401, "token_invalid")).await;
    }

    async fn tokens_are_for_visitors_routes_only(db: &TestDatabase) {
        let shop = Shop::start(db, json!({})).await;
        let guest = shop.guest().await;
        for path in ["auth/session/", "admin/chats/", "openapi.txt"] {
            guest.get(&format!("/unicom/{path}")).await.is(401, "token_invalid");
        }
        let body = json!({ "username": "ann", "password": crate::app::PASSWORD });
        guest.post("/unicom/auth/register/", body).await.is(401, "token_invalid");
    }

    async fn changed_tokens_are_refused_alike(db: &TestDatabase) {
        let shop = Shop::start(db, json!({})).await;
        let guest = shop.guest().await;
        guest.say("Hello").await;
        let token = guest.bearer().unwrap().replace("Bearer ", "");
        let (content, signature) = token.split_once('.').unwrap();
        guest.delete(VISITOR).await.ok();
        let mut refused = Vec::new();
        for wrong in [
            // Revoked.
            token.clone(),
            format!("{content}."),
            format!("{content}.{}", signature.to_uppercase()),
            format!("{}.{signature}", &content[..content.len() - 4]),
            token[..token.len() - 1].to_owned(),
            format!("{token}0"),
            "uvt_".to_owned(),
            format!("uvt_{}", "a".repeat(5_000)),
        ] {
            let client = Client::new(shop.app.base());
            let asked = client.request(Method::GET, MESSAGES);
            let answer = asked.header("authorization", &format!("Bearer {wrong}")).send().await;
            assert_eq!(answer.status, 401, "{wrong}");
            refused.push(answer.text());
        }
        assert!(refused.iter().all(|body| *body == refused[0] && body.contains("token_invalid")));
    }

    async fn guests_tokens_expire_and_are_refreshed(db: &TestDatabase) {
        let clock = TestClock::new();
        let options = two_processes::options();
        let shop = Shop::with(db, json!({}), Some(clock.clone()), options).await;
        let first = shop.guest().await;
        first.say("Hello").await;
        shop.app.settled().await;
        clock.advance(DAY * 29);
        let refreshed = first.post("/unicom/webchat/visitor/refresh/", json!({})).await.ok();
        let second = shop.with_token(&refreshed);
        clock.advance(DAY * 2);
        first.get(MESSAGES).await.is(401, "token_expired");
        assert_eq!(second.texts().await, ["Hello", "Echo: Hello"]);
        // Not for ever.
        let mut guest = second;
        for _ in 0..5 {
            clock.advance(DAY * 25);
            let refreshed = guest.post("/unicom/webchat/visitor/refresh/", json!({})).await.ok();
            guest = shop.with_token(&refreshed);
        }
        clock.advance(DAY * 25);
        guest.get(MESSAGES).await.is(401, "token_expired");
        guest.post("/unicom/webchat/visitor/refresh/", json!({})).await.is(401, "token_expired");
    }

    async fn guest_who_leaves_cannot_be_read_again(db: &TestDatabase) {
        let shop = Shop::start(db, json!({})).await;
        let guest = shop.guest().await;
        guest.say("Hello").await;
        let refreshed = guest.post("/unicom/webchat/visitor/refresh/", json!({})).await.ok();
        let again = shop.with_token(&refreshed);
        guest.delete(VISITOR).await.ok();
        for client in [&guest, &again] {
            client.get(MESSAGES).await.is(401, "token_invalid");
            client.send(json!({ "text": "I am back" })).await.is(401, "token_invalid");
        }
    }

    async fn user_who_leaves_keeps_other_tokens(db: &TestDatabase) {
        let shop = Shop::start(db, json!({})).await;
        let (here, there) = (shop.user("ann").await, shop.user("ann").await);
        here.say("Hello").await;
        here.delete(VISITOR).await.ok();
        here.get(MESSAGES).await.is(401, "token_invalid");
        shop.app.settled().await;
        assert_eq!(there.texts().await, ["Hello", "Echo: Hello"]);
        let path = "/unicom/webchat/visitor/refresh/";
        there.post(path, json!({})).await.is(403, "identity_required");
    }

    async fn blocked_and_erased_visitors_are_refused(db: &TestDatabase) {
        let shop = Shop::start(db, json!({})).await;
        let admin = shop.app.program().await;
        for client in [shop.guest().await, shop.user("ann").await] {
            client.say("Hello").await;
            shop.app.settled().await;
            let account = format!("webchat_{}", id_of(&client));
            shop.app.block(&account).await;
            client.get(MESSAGES).await.is(403, "account_blocked");
            client.send(json!({ "text": "?" })).await.is(403, "account_blocked");
            shop.app.unblock(&account).await;
            assert_eq!(client.texts().await.len(), 2);
            let erase = path(&format!("accounts/{account}/erase/"));
            admin.post(&erase, json!({})).await.ok();
            client.get(MESSAGES).await.is(401, "token_invalid");
            client.send(json!({ "text": "?" })).await.is(401, "token_invalid");
        }
    }

    async fn channel_that_closes_refuses_its_tokens(db: &TestDatabase) {
        let shop = Shop::start(db, json!({})).await;
        let guest = shop.guest().await;
        guest.say("Hello").await;
        shop.app.settled().await;
        let set = async |web| shop.app.configure(channel(KEY, web)).await;
        set(json!({ "guests": false })).await;
        guest.get(MESSAGES).await.is(403, "identity_required");
        shop.ask_for_guest().await.is(403, "identity_required");
        set(json!({ "identity": { "mode": "required", "issuer": "shop", "keys": [{ "kid": "first", "alg": "HS256" }] } })).await;
        guest.send(json!({ "text": "?" })).await.is(403, "identity_required");
        shop.user("ann").await.say("I am known").await;
        set(json!({})).await;
        assert_eq!(guest.texts().await, ["Hello", "Echo: Hello"]);
        shop.app.switch_off(shop.app.channel_id()).await;
        guest.get(MESSAGES).await.is(404, "no_channel");
        shop.ask_for_guest().await.is(404, "no_channel");
    }

    async fn end_of_a_token_counts_in_every_process(db: &TestDatabase) {
        let [first, second] = two_processes::two_with(db, channel(KEY, json!({})), [
            crate::app::echo(), crate::app::echo(),
        ]).await;
        let shop = Shop { app: first };
        for leaves in [true, false] {
            let guest = shop.guest().await;
            guest.say("Hello").await;
            let token = guest.bearer().unwrap().replace("Bearer ", "");
            let there = Client::new(second.base()).with_bearer(&token);
            there.get(MESSAGES).await.ok();
            if leaves {
                guest.delete(VISITOR).await.ok();
            } else {
                shop.user("ann").await;
                shop.identify(&guest, json!({ "sub": "ann" })).await.ok();
            }
            there.get(MESSAGES).await.is(401, "token_invalid");
        }
    }

    async fn token_costs_as_many_statements_as_a_session_and_one(db: &TestDatabase) {
        let (app, recorded) = recording_with(db, two_processes::options()).await;
        let by_cookie = app.guest_who_wrote("Hello").await;
        app.configure(channel(KEY, json!({}))).await;
        let shop = Shop { app };
        let by_token = shop.guest().await;
        by_token.say("Hello").await;
        let mut costs = Vec::new();
        for client in [&by_cookie, &by_token] {
            let read = from(ORIGIN, client.request(Method::GET, MESSAGES)).send();
            let (page, statements) = cost(&recorded, read).await;
            page.ok();
            costs.push(statements);
        }
        // The channels are read for a page of another site, whatever it sends.
        let (cookie, token) = (costs[0].len(), costs[1].len());
        assert!(token <= cookie + 1, "{costs:#?}");
    }

    async fn new_guests_are_limited(db: &TestDatabase) {
        let options = unicom_server::Options {
            rate_limit: Some(RateLimit::On),
            rate: RateOptions {
                new_guests: Some("1:2".parse().unwrap()),
                ..RateOptions::default()
            },
            ..two_processes::options()
        };
        let shop = Shop::with(db, json!({}), None, options).await;
        for _ in 0..2 {
            shop.ask_for_guest().await.ok();
        }
        let refused = shop.ask_for_guest().await;
        assert_eq!(refused.header("access-control-allow-origin"), ORIGIN);
        refused.is(429, "rate_limited");
        // Refusals by earlier middleware can be read as well.
        let client = Client::new(shop.app.base());
        let asked = from(ORIGIN, client.request(Method::GET, MESSAGES));
        let refused = asked.header("authorization", "Bearer uvt_x").send().await;
        assert_eq!(refused.header("access-control-allow-origin"), ORIGIN);
        refused.is(401, "token_invalid");
    }
}

/// Returns the part of the account's id after `webchat_`, as the token tells it.
fn id_of(client: &Client) -> String {
    use base64::Engine;
    use base64::prelude::BASE64_URL_SAFE_NO_PAD;

    let token = client.bearer().unwrap().replace("Bearer uvt_", "");
    let content = token.split_once('.').unwrap().0;
    let content = BASE64_URL_SAFE_NO_PAD.decode(content).unwrap();
    let content: serde_json::Value = serde_json::from_slice(&content).unwrap();
    match content["owner"]["guest"].as_str() {
        Some(guest) => format!("guest_{guest}"),
        None => format!("user_{}", content["owner"]["user"]["id"].as_str().unwrap()),
    }
}
