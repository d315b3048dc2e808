//! Tests of what live connections refuse: other sites, strangers, wrong messages, floods.

use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Message;
use unicom_server::{Options, RateLimit};
use unicom_testing::TestDatabase;

use super::socket::Socket;
use crate::app::TestApp;
use crate::both;

both! {
    async fn sockets_need_a_session_and_a_page_of_this_site(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let ann = app.user("ann").await;
        ann.say("Hello").await;
        for origin in ["https://evil.example", "null", "http://127.0.0.1:1", ""] {
            let refused = Socket::try_open(&ann, &[("origin", origin)]).await.err().unwrap();
            assert_eq!((refused.0, &refused.1["code"]), (403, &json!("csrf_failed")), "{origin}");
        }
        let own = ann.base().to_owned();
        Socket::try_open(&ann, &[("origin", &own)]).await.unwrap();
        let stranger = app.guest().await;
        let refused = Socket::try_open(&stranger, &[]).await.err().unwrap();
        assert_eq!((refused.0, &refused.1["code"]), (401, &json!("login_required")));
        stranger.request(reqwest::Method::GET, "/unicom/webchat/events/").header("accept", "text/event-stream")
            .send().await.is(401, "login_required");
        // Any other request to the path.
        ann.get("/unicom/webchat/ws/").await.is(400, "invalid_parameter");
    }

    async fn other_versions_of_the_protocol_are_told_the_right_one(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let ann = app.user("ann").await;
        ann.say("Hello").await;
        for path in ["/unicom/webchat/ws/", "/ws/unicom/webchat/webchat_user_1/"] {
            let request = ann.request(reqwest::Method::GET, path);
            let request = request
                .header("connection", "upgrade")
                .header("upgrade", "websocket")
                .header("sec-websocket-version", "8")
                .header("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ==");
            let refused = request.send().await;
            refused.is(426, "upgrade_required");
            assert_eq!(refused.header("sec-websocket-version"), "13");
        }
    }

    async fn chats_of_others_are_not_told(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let ann = app.user("ann").await;
        let of_ann = ann.say("Hello").await["chat_id"].as_str().unwrap().to_owned();
        let bob = app.user("bob").await;
        bob.say("Hi").await;
        let (mut socket, hello) = Socket::open(&bob).await;
        assert_eq!(hello["chats"].as_array().unwrap().len(), 1);
        assert_eq!(socket.subscribe("a\0b", None).await["type"], "chat_gone");
        for chat_id in [of_ann.as_str(), "nowhere"] {
            let refused = socket.subscribe(chat_id, None).await;
            assert_eq!(refused, json!({ "type": "chat_gone", "chat_id": chat_id }));
            let path = format!("/unicom/webchat/events/?chat_id={chat_id}&wait=25");
            bob.get(&path).await.is(404, "chat_not_found");
            bob.request(reqwest::Method::GET, &path).header("accept", "text/event-stream")
                .send().await.is(404, "chat_not_found");
        }
        ann.say("secret").await;
        socket.is_quiet().await;
    }

    async fn wrong_messages_are_refused_by_name(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let ann = app.user("ann").await;
        let chat_id = ann.say("Hello").await["chat_id"].as_str().unwrap().to_owned();
        let (mut socket, _) = Socket::open(&ann).await;
        for (said, code) in [
            ("{", "invalid_body"),
            ("[]", "invalid_body"),
            ("{}", "invalid_body"),
            (r#"{"type":"shout"}"#, "invalid_body"),
            (r#"{"type":"ping"} {"type":"ping"}"#, "invalid_body"),
            (r#"{"type":"subscribe"}"#, "invalid_body"),
            (r#"{"type":"subscribe","chats":["x"]}"#, "invalid_body"),
        ] {
            socket.send(Message::text(said)).await;
            let refused = socket.next().await;
            assert_eq!((&refused["type"], &refused["code"]), (&json!("error"), &json!(code)), "{said}");
        }
        assert_eq!(socket.subscribe(&chat_id, Some("")).await["code"], "invalid_cursor");
        for cursor in ["1", "1.2", "1.2.3.4", "x.y.z", "ffffffffffffffffff.1.1"] {
            assert_eq!(socket.subscribe(&chat_id, Some(cursor)).await["code"], "invalid_cursor", "{cursor}");
            let path = format!("/unicom/webchat/events/?chat_id={chat_id}&cursor={cursor}");
            ann.get(&path).await.is(400, "invalid_cursor");
        }
        // A cursor of the future, or of another chat, is a reset and no silence.
        assert_eq!(socket.subscribe(&chat_id, Some("0.ffff.1")).await["type"], "reset");
        assert_eq!(socket.subscribe(&chat_id, Some("9.0.1")).await["type"], "reset");
        ann.get("/unicom/webchat/events/").await.is(400, "invalid_parameter");
        ann.get(&format!("/unicom/webchat/events/?chat_id={chat_id}&wait=x")).await.is(400, "invalid_parameter");

        let many: Value = (0..=100).map(|number| (number.to_string(), Value::Null)).collect();
        socket.say(json!({ "type": "subscribe", "chats": many })).await;
        assert_eq!(socket.next().await["code"], "invalid_parameter");

        socket.send(Message::binary(vec![0])).await;
        assert_eq!(socket.close_code().await, 1003);
        let (mut socket, _) = Socket::open(&ann).await;
        socket.send(Message::text("x".repeat((64 << 10) + 1))).await;
        assert_eq!(socket.close_code().await, 1009);
        // A frame that is announced, and comes without end.
        let (mut socket, _) = Socket::open(&ann).await;
        assert_eq!(socket.send_without_end(1 << 40).await, 1009);
        let (mut socket, _) = Socket::open(&ann).await;
        for _ in 0..60 {
            socket.say(json!({ "type": "ping" })).await;
        }
        assert_eq!(socket.close_code().await, 4429);
    }

    async fn connections_are_limited_and_take_no_place_of_ordinary_requests(db: &TestDatabase) {
        let options = Options {
            rate_limit: Some(RateLimit::On),
            address_at_once: Some(2),
            address_live_at_once: Some(3),
            ..Options::default()
        };
        let app = TestApp::with_options(db, options).await;
        let ann = app.user("ann").await;
        let chat_id = ann.say("Hello").await["chat_id"].as_str().unwrap().to_owned();
        let mut open = Vec::new();
        for _ in 0..3 {
            open.push(Socket::open(&ann).await);
        }
        let refused = Socket::try_open(&ann, &[]).await.err().unwrap();
        assert_eq!((refused.0, &refused.1["code"]), (429, &json!("rate_limited")));
        let path = format!("/unicom/webchat/events/?chat_id={chat_id}");
        ann.get(&format!("{path}&wait=1")).await.is(429, "rate_limited");
        ann.request(reqwest::Method::GET, &path).header("accept", "text/event-stream").send().await.is(429, "rate_limited");
        // What need not wait takes no place.
        ann.get(&path).await.ok();
        assert_eq!(ann.texts().await, ["Hello"]);
        open.pop();
        TestApp::wait_for("a free place", async || Socket::try_open(&ann, &[]).await.ok()).await;
    }
}
