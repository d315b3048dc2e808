//! Tests of live connections with a visitor token.

use std::time::Duration;

use serde_json::json;
use tokio::time::sleep;
use unicom_testing::{TestClock, TestDatabase};

use super::shop::{VISITOR, channel};
use super::{KEY, ORIGIN, Shop};
use crate::both;
use crate::client::Client;
use crate::live::Socket;
use crate::live::stream::EventStream;
use crate::two_processes;

/// Opens a WebSocket as a page does, which can set no header.
async fn open(client: &Client, origin: &str) -> Result<Socket, (u16, serde_json::Value)> {
    let token = client.bearer().unwrap().replace("Bearer ", "");
    let protocols = format!("unicom.v1, unicom.token.{token}");
    let page = Client::new(client.base());
    let headers = [
        ("origin", origin),
        ("sec-websocket-protocol", protocols.as_str()),
    ];
    Socket::try_open(&page, &headers).await
}

both! {
    async fn socket_takes_the_token_as_a_subprotocol(db: &TestDatabase) {
        let shop = Shop::start(db, json!({})).await;
        let guest = shop.guest().await;
        let chat = guest.say("Hello").await["chat_id"].as_str().unwrap().to_owned();
        shop.app.settled().await;
        let mut socket = open(&guest, ORIGIN).await.ok().unwrap();
        assert_eq!(socket.next().await["chats"][0]["id"], json!(chat));
        socket.subscribe(&chat, None).await;
        guest.say("Again").await;
        loop {
            let told = socket.next_of(&["changes"]).await;
            if told.to_string().contains("Echo: Again") {
                break;
            }
        }
        for foreign in ["https://evilshop.example", "null"] {
            let refused = open(&guest, foreign).await.err().unwrap();
            assert_eq!((refused.0, &refused.1["code"]), (403, &json!("origin_not_allowed")));
        }
        // A token in the address counts for nothing.
        let token = guest.bearer().unwrap().replace("Bearer ", "");
        let path = format!("/unicom/webchat/ws/?token={token}");
        let refused = Socket::try_open_at(&Client::new(guest.base()), &path, &[]).await.err().unwrap();
        assert_eq!(refused.0, 401);
    }

    async fn connections_end_with_the_token(db: &TestDatabase) {
        let [first, second] = two_processes::two_with(db, channel(KEY, json!({})), [
            crate::app::echo(), crate::app::echo(),
        ]).await;
        let shop = Shop { app: first };
        for ending in ["leaves", "is identified", "is blocked"] {
            let guest = shop.guest().await;
            let chat = guest.say("Hello").await["chat_id"].as_str().unwrap().to_owned();
            shop.app.settled().await;
            let token = guest.bearer().unwrap().replace("Bearer ", "");
            let at_second = Client::new(second.base()).with_bearer(&token);
            let mut sockets = vec![open(&guest, ORIGIN).await.ok().unwrap()];
            if db.engine() == unicom_db::Engine::Postgres {
                sockets.push(open(&at_second, ORIGIN).await.ok().unwrap());
            }
            let mut stream = EventStream::open(&guest, "", None).await;
            stream.next().await.unwrap();
            let page = guest.messages("").await;
            let cursor = page["cursor"].as_str().unwrap();
            let wait = format!("/unicom/webchat/events/?chat_id={chat}&cursor={cursor}&wait=25");
            let waiting = guest.copy();
            let (waited, ()) = tokio::join!(waiting.get(&wait), async {
                sleep(Duration::from_millis(300)).await;
                match ending {
                    "leaves" => drop(guest.delete(VISITOR).await.ok()),
                    "is identified" => drop(shop.identify(&guest, json!({ "sub": "ann" })).await.ok()),
                    // A guest's default chat has the account's id.
                    _ => shop.app.block(&chat).await,
                }
            });
            let (status, code, closing) = match ending {
                "is blocked" => (403, "account_blocked", 4403),
                _ => (401, "token_invalid", 4401),
            };
            waited.is(status, code);
            for mut socket in sockets {
                assert_eq!(socket.close_code().await, closing, "{ending}");
            }
            // The chats of a guest who is identified are the user's before the token ends.
            let mut last = stream.next().await.unwrap();
            while last["type"] != "error" {
                last = stream.next().await.unwrap();
            }
            assert_eq!(last["code"], code, "{ending}");
            assert_eq!(stream.next().await, None);
        }
    }

    async fn socket_is_renewed_before_its_token_expires(db: &TestDatabase) {
        let clock = TestClock::new();
        let options = two_processes::options();
        let shop = Shop::with(db, json!({}), Some(clock.clone()), options).await;
        let (ann, bea) = (shop.user("ann").await, shop.user("bea").await);
        ann.say("Hello").await;
        shop.app.settled().await;
        let mut renewed = open(&ann, ORIGIN).await.ok().unwrap();
        let mut left = open(&ann, ORIGIN).await.ok().unwrap();
        clock.advance(Duration::from_secs(300));
        let again = shop.user("ann").await;
        let token = again.bearer().unwrap().replace("Bearer ", "");
        renewed.say(json!({ "type": "renew", "token": token })).await;
        let answer = renewed.next_of(&["renewed"]).await;
        let expected = (shop.app.database().now().as_micros() / 1_000_000 + 600) * 1_000_000;
        let expires = unicom_models::UtcTime::from_micros(expected).unwrap();
        assert_eq!(answer["expires_at"], json!(expires));
        clock.advance(Duration::from_secs(301));
        // A change of the account lets both be checked, as their heartbeat does.
        again.say("Again").await;
        assert_eq!(left.close_code().await, 4401);
        renewed.next_of(&["chat"]).await;
        // The token of another visitor keeps nothing open.
        let token = bea.bearer().unwrap().replace("Bearer ", "");
        renewed.say(json!({ "type": "renew", "token": token })).await;
        assert_eq!(renewed.close_code().await, 4401);
    }
}
