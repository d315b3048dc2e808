//! Tests of replies that are seen while a bot writes them.

use reqwest::Method;
use serde_json::{Value, json};
use unicom_testing::TestDatabase;

use super::mirror::Mirror;
use super::scripted_bot::ScriptedBot;
use super::socket::Socket;
use super::stream::EventStream;
use crate::admin::path;
use crate::app::{Setup, TestApp};
use crate::both;
use crate::client::Client;

/// An id that does not exist.
const NOTHING: &str = "01890000-0000-7000-8000-000000000000";

/// A server with a scripted bot, and a user who has asked it something.
pub struct Site {
    pub app: TestApp,
    pub bot: ScriptedBot,
    pub ann: Client,
    pub chat_id: String,
}

impl Site {
    pub async fn start(db: &TestDatabase) -> Self {
        let mut bot = ScriptedBot::new();
        let setup = Setup {
            channel: json!({ "bot": "echo" }),
            bots: bot.bots("only"),
            ..Setup::default()
        };
        let app = TestApp::with(db, setup).await;
        let ann = app.user("ann").await;
        let chat_id = ann.say("Hello").await["chat_id"]
            .as_str()
            .unwrap()
            .to_owned();
        bot.asked().await;
        Self {
            app,
            bot,
            ann,
            chat_id,
        }
    }

    /// Opens a socket of the user that follows the chat from now on.
    pub async fn socket(&self) -> Socket {
        let (mut socket, _) = Socket::open(&self.ann).await;
        socket.subscribe(&self.chat_id, None).await;
        socket
    }

    pub async fn events(&self, last_id: Option<&str>) -> EventStream {
        EventStream::open(&self.ann, &format!("chat_id={}", self.chat_id), last_id).await
    }

    pub fn stream(&self, stream_id: &Value, offset: u64, text: &str, state: &str) -> Value {
        json!({
            "type": "stream", "chat_id": self.chat_id, "stream_id": stream_id, "offset": offset, "text": text,
            "state": state,
        })
    }

    /// Waits until there is no open stream in the database.
    pub async fn streams_end(&self) {
        TestApp::wait_for("the end of all streams", async || {
            (self.app.count("unicom_streams").await == 0).then_some(())
        })
        .await;
    }
}

/// Returns the next frame of a stream or with changes in the chat.
async fn told(socket: &mut Socket) -> Value {
    socket.next_of(&["stream", "changes", "chat_gone"]).await
}

/// Returns the next event of a stream or with changes in the chat.
async fn received(events: &mut EventStream) -> Value {
    loop {
        let event = events.next().await.unwrap();
        if event["type"] == "stream" || event["type"] == "changes" {
            return event;
        }
    }
}

/// Stops a stream.
pub async fn stop(client: &Client, stream_id: &Value) -> crate::response::Response {
    let stream_id = stream_id.as_str().unwrap();
    client
        .post(
            &format!("/unicom/webchat/stream/{stream_id}/stop/"),
            json!({}),
        )
        .await
}

/// Returns the message of a frame with changes.
fn message(changes: &Value) -> &Value {
    assert_eq!(changes["type"], "changes", "{changes}");
    let items = changes["items"].as_array().unwrap();
    let messages = items.iter().filter(|item| item["kind"] == "message");
    let [item] = &messages.collect::<Vec<_>>()[..] else {
        panic!("{changes}")
    };
    &item["message"]
}

both! {
    async fn reply_is_seen_while_it_is_written(db: &TestDatabase) {
        let site = Site::start(db).await;
        let (mut socket, mut events) = (site.socket().await, site.events(None).await);
        received(&mut events).await;
        site.bot.push(" kůň 🐎");
        let first = told(&mut socket).await;
        let id = &first["stream_id"];
        assert_eq!(first, site.stream(id, 0, " kůň 🐎", "open"));
        assert_eq!(received(&mut events).await, first);
        // Offsets count UTF-16 code units.
        site.bot.push("!\n");
        let second = site.stream(id, 7, "!\n", "open");
        assert_eq!(told(&mut socket).await, second);
        assert_eq!(received(&mut events).await, second);
        // The bot's reply is not in the history yet.
        assert_eq!(site.ann.texts().await, ["Hello"]);
        site.bot.finish();
        // The message, which has the id of the stream, comes before the end.
        for (changes, end) in [
            (told(&mut socket).await, told(&mut socket).await),
            (received(&mut events).await, received(&mut events).await),
        ] {
            let message = message(&changes);
            assert_eq!((&message["id"], &message["text"]), (id, &json!("kůň 🐎!")));
            assert_eq!(end, site.stream(id, 9, "", "done"));
        }
        assert_eq!(site.ann.texts().await, ["Hello", "kůň 🐎!"]);
        assert_eq!(site.app.count("unicom_streams").await, 0);
        stop(&site.ann, id).await.is(404, "not_found");
    }

    async fn reader_who_comes_later_gets_the_text_so_far(db: &TestDatabase) {
        let site = Site::start(db).await;
        // No client has connected yet.
        site.bot.push("one ");
        TestApp::wait_for("the stream", async || (site.app.count("unicom_streams").await == 1).then_some(())).await;
        let mut socket = site.socket().await;
        let first = told(&mut socket).await;
        let id = &first["stream_id"];
        assert_eq!(first, site.stream(id, 0, "one ", "open"));
        site.bot.push("two ");
        assert_eq!(told(&mut socket).await, site.stream(id, 4, "two ", "open"));
        let mut events = site.events(None).await;
        received(&mut events).await;
        assert_eq!(received(&mut events).await, site.stream(id, 0, "one two ", "open"));
        // A client that connects again.
        let mut again = site.events(events.last_id.as_deref()).await;
        received(&mut again).await;
        assert_eq!(received(&mut again).await, site.stream(id, 0, "one two ", "open"));
        // A client that subscribes again.
        socket.subscribe(&site.chat_id, None).await;
        assert_eq!(told(&mut socket).await, site.stream(id, 0, "one two ", "open"));
        site.bot.push("three");
        let third = site.stream(id, 8, "three", "open");
        assert_eq!(told(&mut socket).await, third);
        assert_eq!(received(&mut events).await, third);
        assert_eq!(received(&mut again).await, third);
        site.bot.finish();
        assert_eq!(message(&told(&mut socket).await)["text"], "one two three");
        assert_eq!(told(&mut socket).await["state"], "done");
        // A client that connects now sees the message only.
        let mut late = site.socket().await;
        late.is_quiet().await;
    }

    async fn request_that_waits_gets_the_text_from_its_offset(db: &TestDatabase) {
        let site = Site::start(db).await;
        let poll = format!("/unicom/webchat/events/?chat_id={}", site.chat_id);
        let mut mirror = Mirror::of(&site.ann, &site.chat_id).await;
        assert_eq!(site.ann.get(&poll).await.ok()["stream"], Value::Null);
        site.bot.push("🐎 one");
        let news = site.ann.get(&format!("{poll}&cursor={}&wait=25", mirror.cursor)).await.ok();
        let id = &news["stream"]["stream_id"];
        let stream = |offset: u64, text: &str| json!({ "stream_id": id, "offset": offset, "text": text, "state": "open" });
        assert_eq!((&news["items"], &news["stream"]), (&json!([]), &stream(0, "🐎 one")));
        let seen = |offset: u64| format!("{poll}&cursor={}&stream_id={}&stream_offset={offset}", mirror.cursor, id.as_str().unwrap());
        // Nothing new.
        assert_eq!(site.ann.get(&seen(6)).await.ok()["stream"], stream(6, ""));
        assert_eq!(site.ann.get(&seen(3)).await.ok()["stream"], stream(3, "one"));
        // No position in the text.
        for offset in [1, 7, 1 << 40] {
            assert_eq!(site.ann.get(&seen(offset)).await.ok()["stream"], stream(0, "🐎 one"));
        }
        let path = format!("{}&wait=25", seen(6));
        let (news, ()) = tokio::join!(site.ann.get(&path), async { site.bot.push(" two") });
        assert_eq!(news.ok()["stream"], stream(6, " two"));
        let path = format!("{}&wait=25", seen(10));
        let (news, ()) = tokio::join!(site.ann.get(&path), async { site.bot.finish() });
        let news = news.ok();
        assert_eq!(news["stream"], Value::Null);
        assert_eq!(news["items"][0]["message"]["id"], *id);
        mirror.apply(&site.ann, &news).await;
        assert_eq!(mirror.texts(), ["Hello", "🐎 one two"]);
        // A client that has missed the end is told at once.
        let path = format!("{poll}&cursor={}&stream_id={}&wait=25", mirror.cursor, id.as_str().unwrap());
        let news = site.ann.get(&path).await.ok();
        assert_eq!((&news["items"], &news["stream"]), (&json!([]), &Value::Null));
        site.ann.get(&format!("{poll}&stream_id=x")).await.is(400, "invalid_parameter");
        site.ann.get(&format!("{poll}&stream_offset=-1")).await.is(400, "invalid_parameter");
    }

    async fn visitor_stops_a_reply(db: &TestDatabase) {
        let mut site = Site::start(db).await;
        let mut socket = site.socket().await;
        site.bot.push("one two");
        let id = told(&mut socket).await["stream_id"].clone();
        // Strangers see nothing, and a page of another site stops nothing.
        let bob = site.app.user("bob").await;
        bob.send(json!({ "text": "Hi" })).await.ok();
        site.bot.asked().await;
        let missing = stop(&bob, &json!(NOTHING)).await;
        missing.is(404, "not_found");
        assert_eq!(stop(&bob, &id).await.text(), missing.text());
        assert_eq!(stop(&bob, &json!("x")).await.text(), missing.text());
        let path = format!("/unicom/webchat/stream/{}/stop/", id.as_str().unwrap());
        site.ann.request(Method::POST, &path).csrf(None).send().await.is(403, "csrf_failed");
        site.app.guest().await.post(&path, json!({})).await.is(404, "not_found");
        socket.is_quiet().await;

        assert_eq!(stop(&site.ann, &id).await.ok(), json!({ "success": true }));
        site.bot.is_stopped().await;
        let changes = told(&mut socket).await;
        let reply = message(&changes);
        assert_eq!((&reply["id"], &reply["text"]), (&id, &json!("one two")));
        assert_eq!(told(&mut socket).await, site.stream(&id, 7, "", "stopped"));
        assert_eq!(site.ann.texts().await, ["Hello", "one two"]);
        stop(&site.ann, &id).await.is(404, "not_found");
        let admin = site.app.program().await;
        let requests = admin.get(&path_of_requests(&site.chat_id)).await.ok();
        assert_eq!(requests["requests"][0]["status"], "COMPLETED");
        // The next request of the chat is answered, after Bob's.
        site.bot.finish();
        site.ann.say("Again").await;
        site.bot.asked().await;
        site.bot.push("three");
        site.bot.finish();
        TestApp::wait_for("the reply", async || (site.ann.texts().await.last()? == "three").then_some(())).await;
    }

    async fn reply_that_is_stopped_before_its_first_word_is_no_message(db: &TestDatabase) {
        let mut site = Site::start(db).await;
        let mut socket = site.socket().await;
        site.bot.push(" \n");
        let id = told(&mut socket).await["stream_id"].clone();
        stop(&site.ann, &id).await.ok();
        site.bot.is_stopped().await;
        assert_eq!(told(&mut socket).await, site.stream(&id, 2, "", "stopped"));
        site.streams_end().await;
        assert_eq!(site.ann.texts().await, ["Hello"]);
    }

    async fn failed_attempt_leaves_nothing_and_the_next_one_begins_anew(db: &TestDatabase) {
        let mut site = Site::start(db).await;
        let mut socket = site.socket().await;
        site.bot.push("half of");
        let first = told(&mut socket).await["stream_id"].clone();
        site.bot.fail();
        assert_eq!(told(&mut socket).await, site.stream(&first, 7, "", "done"));
        assert_eq!(site.ann.texts().await, ["Hello"]);
        site.bot.asked().await;
        site.bot.push("whole");
        let opened = told(&mut socket).await;
        let second = &opened["stream_id"];
        assert_ne!(*second, first);
        assert_eq!(opened, site.stream(second, 0, "whole", "open"));
        site.bot.finish();
        assert_eq!(message(&told(&mut socket).await)["id"], *second);
        assert_eq!(told(&mut socket).await, site.stream(second, 5, "", "done"));
        assert_eq!(site.ann.texts().await, ["Hello", "whole"]);
    }

    async fn streams_are_told_to_participants_only(db: &TestDatabase) {
        let mut site = Site::start(db).await;
        let bob = site.app.user("bob").await;
        let of_bob = bob.say("Hi").await["chat_id"].as_str().unwrap().to_owned();
        site.bot.asked().await;
        let mut socket = site.socket().await;
        let (mut of_other, _) = Socket::open(&bob).await;
        of_other.subscribe(&of_bob, None).await;
        // The bot in Ann's chat takes the first step.
        site.bot.push("for Ann");
        assert_eq!(told(&mut socket).await["text"], "for Ann");
        of_other.is_quiet().await;
        let poll = format!("/unicom/webchat/events/?chat_id={}", site.chat_id);
        bob.get(&poll).await.is(404, "chat_not_found");
        assert_eq!(bob.get(&format!("/unicom/webchat/events/?chat_id={of_bob}")).await.ok()["stream"], Value::Null);
        // An account that is blocked sees no more.
        let account = site.ann.account_id().await;
        site.app.block(&account).await;
        assert_eq!(socket.close_code().await, 4403);
        stop(&site.ann, &json!(NOTHING)).await.is(403, "account_blocked");
    }

    async fn deleted_chat_takes_its_stream_along(db: &TestDatabase) {
        let mut site = Site::start(db).await;
        let mut socket = site.socket().await;
        site.bot.push("half of");
        told(&mut socket).await;
        site.ann.delete(&format!("/unicom/webchat/chat/{}/?hard_delete=true", site.chat_id)).await.ok();
        assert_eq!(told(&mut socket).await["type"], "chat_gone");
        assert_eq!(site.app.count("unicom_streams").await, 0);
        site.bot.push(" it");
        site.bot.finish();
        socket.is_quiet().await;
        // The chat begins anew.
        let chat_id = site.ann.say("Hello again").await["chat_id"].clone();
        site.bot.asked().await;
        socket.subscribe(chat_id.as_str().unwrap(), None).await;
        site.bot.push("whole");
        // That the message has been seen may be told before.
        assert_eq!(socket.next_of(&["stream"]).await["text"], "whole");
        site.bot.finish();
        assert_eq!(message(&told(&mut socket).await)["text"], "whole");
        site.streams_end().await;
    }

    async fn erasure_takes_the_stream_along(db: &TestDatabase) {
        let site = Site::start(db).await;
        let mut socket = site.socket().await;
        site.bot.push("something private");
        told(&mut socket).await;
        let account = site.ann.account_id().await;
        let admin = site.app.program().await;
        admin.post(&path(&format!("accounts/{account}/erase/")), json!({})).await.ok();
        site.bot.push(" and more");
        site.bot.finish();
        // The bot may end after the erasure.
        site.app.settled().await;
        let rows = site.app.rows().await;
        assert!(rows["unicom_streams"].is_empty());
        let all: Vec<&String> = rows.values().flatten().collect();
        assert!(!all.iter().any(|row| row.contains("private")), "{all:?}");
    }

    async fn message_that_is_deleted_takes_the_reply_along(db: &TestDatabase) {
        let site = Site::start(db).await;
        let mut socket = site.socket().await;
        site.bot.push("half of");
        let id = told(&mut socket).await["stream_id"].clone();
        let page = site.ann.messages("limit=1").await;
        let asked = page["messages"][0]["id"].as_str().unwrap();
        site.ann.delete(&format!("/unicom/webchat/message/{asked}/")).await.ok();
        let changes = told(&mut socket).await;
        assert_eq!(changes["items"][0]["kind"], "message_deleted");
        site.bot.finish();
        assert_eq!(told(&mut socket).await, site.stream(&id, 7, "", "done"));
        assert!(site.ann.texts().await.is_empty());
        site.streams_end().await;
    }

    async fn bot_is_seen_typing_until_it_is_seen_writing(db: &TestDatabase) {
        let site = Site::start(db).await;
        let mut socket = site.socket().await;
        let typing = socket.next_of(&["typing", "stream"]).await;
        assert_eq!((&typing["type"], &typing["is_typing"]), (&json!("typing"), &json!(true)));
        site.bot.push("one");
        let frames = [socket.next().await, socket.next().await];
        let of = |kind: &str| frames.iter().find(|frame| frame["type"] == kind).unwrap();
        assert_eq!(of("typing")["is_typing"], false);
        assert_eq!(of("stream")["text"], "one");
        site.bot.finish();
        assert_eq!(message(&socket.next_of(&["typing", "changes"]).await)["text"], "one");
    }

    async fn taking_the_chat_ends_the_reply(db: &TestDatabase) {
        let site = Site::start(db).await;
        let mut socket = site.socket().await;
        let root = site.app.program().await;
        let (mut staff, _) = Socket::open_at(&root, &path("ws/")).await;
        staff.subscribe(&site.chat_id, None).await;
        site.bot.push("Half an ans");
        let first = told(&mut socket).await;
        let id = &first["stream_id"];
        assert_eq!(first, site.stream(id, 0, "Half an ans", "open"));
        assert_eq!(staff.next_of(&["stream"]).await, first, "admins see it, too");

        root.post(&path(&format!("chats/{}/take/", site.chat_id)), json!(null)).await.ok();
        // In the same write, and not when the bot notices.
        assert_eq!(site.app.count("unicom_streams").await, 0);
        let mut over = told(&mut socket).await;
        if over["type"] == "changes" {
            assert_eq!(over["items"][0]["kind"], "holder", "{over}");
            over = told(&mut socket).await;
        }
        assert_eq!(over, site.stream(id, 11, "", "done"));
        assert_eq!(staff.next_of(&["stream"]).await, over);
        site.bot.push("wer");
        site.streams_end().await;
        site.app.settled().await;
        assert_eq!(site.ann.texts().await, ["Hello"]);
    }
}

fn path_of_requests(chat_id: &str) -> String {
    path(&format!("requests/?chat_id={chat_id}"))
}
