//! Tests of what admins learn about all chats, and of who learns it.

use std::time::Instant;

use serde_json::{Value, json};
use unicom_auth::{Scope, tokens, users};
use unicom_testing::TestDatabase;

use super::lists::send_to;
use super::socket::Socket;
use super::stream::EventStream;
use crate::app::{PATIENCE, TestApp};
use crate::both;
use crate::client::Client;
use crate::two_processes::{at, two};

const WS: &str = "/unicom/admin/ws/";

impl TestApp {
    /// Creates an admin with this name and returns the client, logged in.
    async fn staff(&self, name: &str) -> Client {
        self.new_user(name, true).await;
        let client = self.guest().await;
        client.log_in(name).await;
        client
    }

    /// Returns a client with a token of this scope of a new admin, and the number of the token.
    async fn program_with(&self, name: &str, scope: Scope) -> (Client, i64) {
        let id = self.new_user(name, true).await.id;
        let made = self
            .database()
            .write(move |tx| tokens::create(tx, id, "a test", scope, None));
        let (token, secret) = made.await.unwrap();
        (Client::new(self.base()).with_bearer(&secret), token.id)
    }
}

async fn open(client: &Client) -> (Socket, Value) {
    Socket::open_at(client, WS).await
}

/// Returns the next frame about a chat that `is_it`.
async fn next_chat(socket: &mut Socket, is_it: impl Fn(&Value) -> bool) -> Value {
    loop {
        let told = socket.next_of(&["chat"]).await;
        if is_it(&told["chat"]) {
            return told["chat"].clone();
        }
    }
}

/// Waits for the frame that tells that these admins view a chat.
async fn until_viewed(socket: &mut Socket, chat_id: &str, names: &[&str]) {
    loop {
        let told = socket.next_of(&["presence"]).await;
        assert_eq!(told["chat_id"], chat_id);
        let viewers = told["viewers"].as_array().unwrap().iter();
        let found: Vec<&str> = viewers
            .map(|viewer| viewer["name"].as_str().unwrap())
            .collect();
        if found == names {
            return;
        }
    }
}

fn chat_of(sent: &Value) -> String {
    sent["chat_id"].as_str().unwrap().to_owned()
}

both! {
    async fn admins_are_told_what_changes_in_all_chats(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let root = app.staff("root").await;
        let ann = app.user("ann").await;
        let chat_id = chat_of(&ann.say("Hello").await);
        let (mut socket, hello) = open(&root).await;
        let listed = root.get("/unicom/admin/chats/").await.ok();
        assert_eq!((&hello["chats"], &hello["has_more"]), (&listed["chats"], &json!(false)));
        assert_eq!(hello["presence"], json!([]));
        let mut stream = EventStream::open_at(&root, "/unicom/admin/events/", None).await;
        assert_eq!(stream.next().await.unwrap()["chats"], hello["chats"]);

        // A row that changes, and one that is new. Chats that are not open tell nothing else.
        ann.say("More").await;
        let row = next_chat(&mut socket, |chat| chat["change"].as_i64() >= Some(2)).await;
        assert_eq!(row["id"], chat_id.as_str());
        assert_eq!(stream.next().await.unwrap()["chat"]["id"], chat_id.as_str());
        let other = app.guest_who_wrote("Hi").await.account_id().await;
        next_chat(&mut socket, |chat| chat["id"] == other.as_str()).await;
        socket.is_quiet().await;

        // An open chat tells everything, from the cursor of a page on.
        let page = root.get(&format!("/unicom/admin/chats/{chat_id}/messages/?limit=2")).await.ok();
        let cursor = page["cursor"].as_str().unwrap().to_owned();
        ann.say("missed").await;
        let told = socket.subscribe(&chat_id, Some(&cursor)).await;
        assert_eq!(told["items"][0]["message"]["text"], "missed");
        let shown = root.get(&format!("/unicom/admin/chats/{chat_id}/messages/?limit=1")).await.ok();
        assert_eq!(told["items"][0]["message"], shown["messages"][0]);
        let edited = told["items"][0]["message"]["id"].as_str().unwrap().to_owned();
        ann.patch(&format!("/unicom/webchat/message/{edited}/"), json!({ "text": "edited" })).await.ok();
        let told = socket.next_of(&["changes"]).await;
        assert_eq!(told["items"][0]["message"]["edits"][0]["text"], "missed");
        root.post(&format!("/unicom/admin/chats/{chat_id}/take/"), Value::Null).await.ok();
        // The row may come first: it has its own pace.
        let (mut is_row_told, mut is_change_told) = (false, false);
        while !(is_row_told && is_change_told) {
            let told = socket.next_of(&["changes", "chat"]).await;
            is_row_told |= told["chat"]["holder"]["kind"] == "staff";
            is_change_told |= told["items"][0]["holder"]["name"] == "root the user";
        }
        let mut of_chat = EventStream::open_at(
            &root, &format!("/unicom/admin/events/?chat_id={chat_id}"), Some(&cursor),
        ).await;
        let items = of_chat.next().await.unwrap()["items"].clone();
        assert_eq!(items[0]["message"]["text"], "edited");
        ann.delete(&format!("/unicom/webchat/chat/{chat_id}/?hard_delete=true")).await.ok();
        assert_eq!(socket.next_of(&["chat_gone"]).await["chat_id"], chat_id.as_str());
        let gone = socket.subscribe("nowhere", None).await;
        assert_eq!(gone, json!({ "type": "chat_gone", "chat_id": "nowhere" }));
    }

    async fn only_admins_are_told(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let ann = app.user("ann").await;
        ann.say("Hello").await;
        let guest = app.guest_who_wrote("Hi").await;
        for (client, status, code) in [
            (&ann, 403, "staff_only"),
            (&guest, 401, "login_required"),
            (&app.guest().await, 401, "login_required"),
        ] {
            let refused = Socket::try_open_at(client, WS, &[]).await.err().unwrap();
            assert_eq!((refused.0, &refused.1["code"]), (status, &json!(code)));
            let streamed = client.request(reqwest::Method::GET, "/unicom/admin/events/");
            streamed.header("accept", "text/event-stream").send().await.is(status, code);
        }
        let root = app.staff("root").await;
        let foreign = [("origin", "https://evil.example")];
        let refused = Socket::try_open_at(&root, WS, &foreign).await.err().unwrap();
        assert_eq!((refused.0, &refused.1["code"]), (403, &json!("csrf_failed")));
        // A program that may only read is not shown to visitors as writing.
        let (reader, _) = app.program_with("reader", Scope::Read).await;
        let refused = Socket::try_open_at(&reader, WS, &[]).await.err().unwrap();
        assert_eq!((refused.0, &refused.1["code"]), (403, &json!("insufficient_scope")));
        let mut stream = EventStream::open_at(&reader, "/unicom/admin/events/", None).await;
        assert_eq!(stream.next().await.unwrap()["chats"].as_array().unwrap().len(), 2);
        root.get("/unicom/admin/events/").await.is(400, "invalid_parameter");
    }

    async fn connections_of_admins_end_with_their_rights(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let (logged_out, blocked) = (app.staff("one").await, app.staff("two").await);
        let deactivated = app.staff("three").await;
        let (revoked, token) = app.program_with("four", Scope::Admin).await;
        let (mut of_logged_out, _) = open(&logged_out).await;
        let (mut of_blocked, _) = open(&blocked).await;
        let (mut of_deactivated, _) = open(&deactivated).await;
        let (mut of_revoked, _) = open(&revoked).await;
        let mut stream = EventStream::open_at(&revoked, "/unicom/admin/events/", None).await;
        stream.next().await.unwrap();
        logged_out.log_out().await;
        assert_eq!(of_logged_out.close_code().await, 4401);
        blocked.say("so that there is an account").await;
        app.block(&blocked.account_id().await).await;
        assert_eq!(of_blocked.close_code().await, 4403);
        let id = users_id(&app, "three").await;
        let done = app.database().write(move |tx| users::set_active(tx, id, false));
        done.await.unwrap();
        assert_eq!(of_deactivated.close_code().await, 4401);
        app.revoke(token).await;
        assert_eq!(of_revoked.close_code().await, 4401);
        while let Some(told) = stream.next().await {
            assert!(["chat", "error"].contains(&told["type"].as_str().unwrap()), "{told}");
        }
    }

    async fn admin_who_is_no_longer_one_is_told_nothing_more(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let root = app.staff("root").await;
        let (mut socket, _) = open(&root).await;
        let id = users_id(&app, "root").await;
        let demoted = app.database().write(move |tx| {
            use diesel::RunQueryDsl;
            let account_id = unicom_models::AccountId::from(format!("webchat_user_{id}"));
            unicom_db::queries::change_numbers::announce_account(tx, &account_id);
            let demote = format!("UPDATE unicom_users SET is_staff = FALSE WHERE id = {id}");
            unicom_db::on_engine!(&mut **tx, conn => diesel::sql_query(demote).execute(conn))?;
            Ok::<_, unicom_db::DbError>(())
        });
        demoted.await.unwrap();
        assert_eq!(socket.close_code().await, 4403);
    }

    async fn row_that_changes_often_is_told_at_its_pace(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let root = app.staff("root").await;
        let ann = app.user("ann").await;
        let chat_id = chat_of(&ann.say("Hello").await);
        let (mut socket, _) = open(&root).await;
        let begun = Instant::now();
        for number in 0..40 {
            send_to(&app, &chat_id, &number.to_string()).await;
        }
        let last = root.get(&format!("/unicom/admin/chats/{chat_id}/")).await.ok()["chat"].clone();
        let mut rows = 0;
        loop {
            rows += 1;
            let told = socket.next_of(&["chat"]).await["chat"].clone();
            if told == last {
                break;
            }
            assert!(told["change"].as_i64() < last["change"].as_i64(), "{told}");
        }
        let tenths = begun.elapsed().as_millis() / 100;
        assert!(rows <= tenths + 1, "{rows} rows in {tenths} tenths of a second");
        assert!(begun.elapsed() < PATIENCE);
        socket.is_quiet().await;
    }

    async fn admins_see_who_views_and_writes_where(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let (root, other) = (app.staff("root").await, app.staff("other").await);
        let ann = app.user("ann").await;
        let chat_id = chat_of(&ann.say("Hello").await);
        let (mut of_root, _) = open(&root).await;
        let (mut of_other, _) = open(&other).await;
        let viewing = json!({ "type": "viewing", "chat_id": chat_id });
        of_other.say(viewing.clone()).await;
        assert_eq!(of_other.next_of(&["error"]).await["code"], "chat_not_found");
        for socket in [&mut of_root, &mut of_other] {
            socket.subscribe(&chat_id, None).await;
        }
        of_other.say(viewing.clone()).await;
        until_viewed(&mut of_root, &chat_id, &["other the user"]).await;
        of_root.say(viewing).await;
        until_viewed(&mut of_other, &chat_id, &["other the user", "root the user"]).await;
        let (_, hello) = open(&root).await;
        assert_eq!(hello["presence"][0]["viewers"].as_array().unwrap().len(), 2);
        // The end of the connection is the end of the view.
        drop(of_root);
        until_viewed(&mut of_other, &chat_id, &["other the user"]).await;

        // The visitor sees that a person writes, and the admins that the visitor does.
        let (mut of_ann, _) = Socket::open(&ann).await;
        of_ann.subscribe(&chat_id, None).await;
        of_other.say(json!({ "type": "typing", "chat_id": chat_id, "is_typing": true })).await;
        let author = json!({ "kind": "staff", "name": "other the user" });
        assert_eq!(of_ann.next_of(&["typing"]).await["author"], author);
        of_ann.say(json!({ "type": "typing", "chat_id": chat_id, "is_typing": true })).await;
        let author = json!({ "kind": "visitor", "name": "ann" });
        assert_eq!(of_other.next_of(&["typing"]).await["author"], author);
        of_other.say(json!({ "type": "unsubscribe", "chats": [chat_id] })).await;
        until_viewed(&mut of_other, &chat_id, &[]).await;
    }

    async fn admins_are_told_by_another_process(db: &TestDatabase) {
        if db.engine() == unicom_db::Engine::Sqlite {
            // A database file has one server.
            return;
        }
        let [first, second] = two(db).await;
        let (root, other) = (first.staff("root").await, first.staff("other").await);
        let ann = first.user("ann").await;
        let chat_id = chat_of(&ann.say("Hello").await);
        let (mut here, _) = open(&root).await;
        let (mut there, _) = open(&at(&second, &other)).await;
        for socket in [&mut here, &mut there] {
            socket.subscribe(&chat_id, None).await;
        }
        ann.say("More").await;
        assert_eq!(there.next_of(&["changes"]).await["items"][0]["message"]["text"], "More");
        next_chat(&mut there, |chat| chat["id"] == chat_id.as_str()).await;
        here.say(json!({ "type": "viewing", "chat_id": chat_id })).await;
        until_viewed(&mut there, &chat_id, &["root the user"]).await;
        drop(here);
        until_viewed(&mut there, &chat_id, &[]).await;
        other.log_out().await;
        assert_eq!(there.close_code().await, 4401);
    }
}

/// Returns the number of the user with this name.
async fn users_id(app: &TestApp, name: &'static str) -> i64 {
    let found = app.database().read(move |db| users::by_name(db, name));
    found.await.unwrap().unwrap().id
}
