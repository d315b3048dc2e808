//! Tests that live connections end when their session does, and when the server stops.

use serde_json::json;
use unicom_testing::TestDatabase;

use super::mirror::Mirror;
use super::socket::Socket;
use super::stream::EventStream;
use crate::app::{PASSWORD, TestApp};
use crate::both;

both! {
    async fn connections_end_with_the_session(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let ann = app.user("ann").await;
        let chat_id = ann.say("Hello").await["chat_id"].as_str().unwrap().to_owned();
        let elsewhere = app.guest().await;
        elsewhere.log_in("ann").await;
        let (mut socket, _) = Socket::open(&ann).await;
        let (mut other, _) = Socket::open(&elsewhere).await;
        let mut stream = EventStream::open(&ann, &format!("chat_id={chat_id}"), None).await;
        stream.next().await.unwrap();
        let mirror = Mirror::of(&ann, &chat_id).await;
        let waiting = ann.copy();
        let cursor = mirror.cursor.clone();
        let path = format!("/unicom/webchat/events/?chat_id={chat_id}&cursor={cursor}&wait=25");
        let (waited, ()) = tokio::join!(waiting.get(&path), async {
            tokio::time::sleep(std::time::Duration::from_millis(300)).await;
            ann.log_out().await;
        });
        waited.is(401, "login_required");
        assert_eq!(socket.close_code().await, 4401);
        let ended = stream.next().await.unwrap();
        assert_eq!((&ended["type"], &ended["code"]), (&json!("error"), &json!("login_required")));
        assert_eq!(stream.next().await, None);
        // Other sessions of the user go on.
        other.is_quiet().await;
    }

    async fn connections_end_with_the_password_and_with_a_block(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let ann = app.user("ann").await;
        ann.say("Hello").await;
        let elsewhere = app.guest().await;
        elsewhere.log_in("ann").await;
        let (mut socket, _) = Socket::open(&elsewhere).await;
        let new = json!({ "current_password": PASSWORD, "new_password": "another staple, 42" });
        ann.post("/unicom/auth/password/", new).await.ok();
        assert_eq!(socket.close_code().await, 4401);

        let account = ann.account_id().await;
        let (mut socket, _) = Socket::open(&ann).await;
        let mut stream = EventStream::open(&ann, "", None).await;
        stream.next().await.unwrap();
        app.block(&account).await;
        assert_eq!(socket.close_code().await, 4403);
        assert_eq!(stream.next().await.unwrap()["code"], "account_blocked");
        assert_eq!(stream.next().await, None);
        let refused = Socket::try_open(&ann, &[]).await.err().unwrap();
        assert_eq!((refused.0, &refused.1["code"]), (403, &json!("account_blocked")));
    }

    async fn guests_connection_ends_with_the_login(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        app.user("ann").await;
        let guest = app.guest_who_wrote("Hello").await;
        let (mut socket, hello) = Socket::open(&guest).await;
        assert_eq!(hello["chats"][0]["name"], "Hello");
        guest.log_in("ann").await;
        assert_eq!(socket.close_code().await, 4401);
        // The history came along.
        let (_, hello) = Socket::open(&guest).await;
        assert_eq!(hello["chats"][0]["name"], "Hello");
    }
}
