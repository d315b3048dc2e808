//! Tests of sites that identify their users.

use std::time::Duration;

use futures_util::future::join_all;
use serde_json::{Value, json};
use unicom_server::RateLimit;
use unicom_testing::{TestClock, TestDatabase};

use super::shop::channel;
use super::{KEY, Shop};
use crate::admin::path;
use crate::both;
use crate::client::Client;
use crate::no_side_effects::NoSideEffects;
use crate::two_processes;

/// The setting `identity` with these differences.
fn identity(changes: Value) -> Value {
    let config = channel(KEY, json!({}));
    let mut identity = config["web"]["identity"].clone();
    for (name, value) in changes.as_object().unwrap() {
        identity[name] = value.clone();
    }
    json!({ "identity": identity })
}

both! {
    async fn guests_history_becomes_the_users(db: &TestDatabase) {
        let shop = Shop::start(db, json!({})).await;
        let guest = shop.guest().await;
        guest.say("Where is my order?").await;
        shop.app.settled().await;
        let claims = json!({ "sub": "4711", "name": "Ann", "email": "ann@shop.example" });
        let identified = shop.identify(&guest, claims.clone()).await;
        assert_eq!(identified.header("set-cookie"), "");
        let identified = identified.ok();
        assert_eq!((&identified["kind"], &identified["merged"]), (&json!("identified"), &json!(true)));
        let visitor = json!({ "name": "Ann", "email": "ann@shop.example", "verified": true });
        assert_eq!(identified["visitor"], visitor);
        let account = identified["account_id"].as_str().unwrap();
        assert!(account.starts_with("webchat_user_x_") && !account.contains("4711"), "{account}");
        let ann = shop.with_token(&identified);
        assert_eq!(ann.texts().await, ["Where is my order?", "Echo: Where is my order?"]);
        guest.get("/unicom/webchat/messages/").await.is(401, "token_invalid");
        // The answer was lost, and the site asks again.
        let again = shop.identify(&guest, claims.clone()).await.ok();
        assert_eq!((&again["merged"], &again["account_id"]), (&json!(true), &json!(account)));
        // On another device, the person is the same.
        let there = shop.identify(&Client::new(shop.app.base()), claims).await.ok();
        assert_eq!((&there["merged"], &there["account_id"]), (&json!(false), &json!(account)));
        assert_eq!(shop.with_token(&there).texts().await.len(), 2);
        // The guest cannot become someone else.
        let other = shop.identify(&guest, json!({ "sub": "4712" })).await;
        other.is(409, "guest_taken");
        assert_eq!(shop.app.count("unicom_accounts").await, 1);
    }

    async fn concurrent_identifications_migrate_once(db: &TestDatabase) {
        let shop = Shop::start(db, json!({})).await;
        let guest = shop.guest().await;
        for text in ["one", "two", "three"] {
            guest.say(text).await;
        }
        let all = (0..50).map(|_| shop.identify(&guest, json!({ "sub": "4711" })));
        let all: Vec<Value> = join_all(all).await.into_iter().map(|one| one.ok()).collect();
        assert!(all.iter().all(|one| one["merged"] == true));
        shop.app.settled().await;
        let texts = shop.with_token(&all[0]).texts().await;
        assert_eq!(texts.len(), 6, "{texts:?}");
        assert_eq!(shop.app.count("unicom_accounts").await, 1);
    }

    async fn first_write_and_identification_at_once_lose_nothing(db: &TestDatabase) {
        let shop = Shop::start(db, json!({})).await;
        for number in 0..20 {
            let guest = shop.guest().await;
            let claims = json!({ "sub": format!("user {number}") });
            let send = guest.send(json!({ "text": "Hello" }));
            let (sent, identified) = tokio::join!(send, shop.identify(&guest, claims));
            let ann = shop.with_token(&identified.ok());
            if sent.status == 200 {
                let page = ann.messages("order=asc").await;
                assert_eq!(page["messages"][0]["text"], "Hello");
            } else {
                // The token had ended before: the client sends the message again as the user.
                sent.is(401, "token_invalid");
                assert!(ann.texts().await.is_empty());
            }
        }
    }

    async fn guest_stays_apart_if_the_channel_says_so(db: &TestDatabase) {
        let shop = Shop::start(db, identity(json!({ "merge_guest": false }))).await;
        let guest = shop.guest().await;
        guest.say("Hello").await;
        shop.app.settled().await;
        let identified = shop.identify(&guest, json!({ "sub": "4711" })).await.ok();
        assert_eq!(identified["merged"], false);
        assert!(shop.with_token(&identified).texts().await.is_empty());
        assert_eq!(guest.texts().await.len(), 2);
    }

    async fn only_trusted_verified_addresses_link_members(db: &TestDatabase) {
        let shop = Shop::start(db, json!({})).await;
        let admin = shop.app.program().await;
        let ann = json!({ "name": "Ann", "email": "ann@shop.example", "email_verified": true });
        admin.post(&path("members/"), ann).await.ok();
        for (trusts, verified, links) in [
            (false, false, false),
            (false, true, false),
            (true, false, false),
            (true, true, true),
        ] {
            let web = identity(json!({ "trust_email": trusts }));
            shop.app.configure(channel(KEY, web)).await;
            let before = shop.app.count("unicom_members").await;
            let claims = json!({
                "sub": format!("{trusts} {verified}"),
                "email": "ann@shop.example",
                "email_verified": verified,
            });
            shop.identify(&Client::new(shop.app.base()), claims).await.ok();
            let new = shop.app.count("unicom_members").await - before;
            assert_eq!(new == 0, links, "{trusts} {verified}");
        }
    }

    async fn admins_see_what_the_site_says(db: &TestDatabase) {
        let shop = Shop::start(db, json!({})).await;
        let admin = shop.app.program().await;
        let claims = json!({
            "sub": "4711", "name": "Ann", "email": "Ann@shop.example", "phone": "+49 30 1234567",
            "phone_verified": true, "locale": "de", "custom": { "plan": "gold" },
        });
        for plan in ["gold", "silver"] {
            let mut claims = claims.clone();
            claims["custom"]["plan"] = json!(plan);
            let identified = shop.identify(&Client::new(shop.app.base()), claims).await.ok();
            let account = identified["account_id"].as_str().unwrap();
            let seen = admin.get(&path(&format!("accounts/{account}/"))).await.ok();
            assert_eq!(seen["account"]["name"], "Ann");
            assert_eq!(seen["account"]["raw"], json!({
                "issuer": "shop", "sub": "4711", "email": "ann@shop.example", "email_verified": false,
                "phone": "+49 30 1234567", "phone_verified": true, "locale": "de", "custom": { "plan": plan },
            }));
        }
    }

    async fn invalid_identities_are_refused_alike(db: &TestDatabase) {
        let shop = Shop::start(db, json!({})).await;
        let guest = shop.guest().await;
        guest.say("Hello").await;
        let nothing = NoSideEffects::of(&shop.app).await;
        let now = shop.app.database().now().as_micros() / 1_000_000;
        let mut bodies = Vec::new();
        for claims in [
            json!({}),
            json!({ "sub": "" }),
            json!({ "sub": "a", "aud": "wk_abcdefABCDEF0123456789" }),
            json!({ "sub": "a", "exp": now + 1_000_000 }),
            json!({ "sub": "a", "iat": now + 500, "exp": now + 600 }),
        ] {
            let refused = shop.identify(&guest, claims).await;
            assert_eq!(refused.status, 401);
            bodies.push(refused.text());
        }
        assert!(bodies.iter().all(|body| *body == bodies[0] && body.contains("identity_invalid")));
        let old = json!({ "sub": "a", "iat": now - 900, "exp": now - 300 });
        shop.identify(&guest, old).await.is(401, "identity_expired");
        nothing.unchanged("an identification").await;
    }

    async fn identified_visitors_are_identified_again_within_an_hour(db: &TestDatabase) {
        let clock = TestClock::new();
        let options = two_processes::options();
        let shop = Shop::with(db, json!({}), Some(clock.clone()), options).await;
        let ann = shop.user("ann").await;
        ann.say("Hello").await;
        shop.app.settled().await;
        clock.advance(Duration::from_secs(599));
        assert_eq!(ann.texts().await.len(), 2);
        clock.advance(Duration::from_secs(1));
        ann.get("/unicom/webchat/messages/").await.is(401, "token_expired");
        assert_eq!(shop.user("ann").await.texts().await.len(), 2);
    }

    async fn failed_identifications_are_limited(db: &TestDatabase) {
        let options = unicom_server::Options {
            rate_limit: Some(RateLimit::On),
            ..two_processes::options()
        };
        let shop = Shop::with(db, json!({}), None, options).await;
        let client = Client::new(shop.app.base());
        for _ in 0..200 {
            shop.identify(&client, json!({ "sub": "ann" })).await.ok();
        }
        let mut refused = 0;
        while shop.identify(&client, json!({})).await.status == 401 {
            refused += 1;
        }
        assert!((50..=120).contains(&refused), "{refused}");
        shop.identify(&client, json!({ "sub": "ann" })).await.is(429, "rate_limited");
    }
}
