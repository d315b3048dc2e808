//! Tests of conversations of admins, bots and programs, and of unicom's notices to admins.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};
use unicom_core::admin::Actor;
use unicom_core::inbound::{PlatformEvent, Sender, receive};
use unicom_core::internal::{Topic, notify};
use unicom_core::person::PersonRef;
use unicom_core::platform::DeliveryError;
use unicom_core::{CoreError, IncomingMessage};
use unicom_db::queries::{channels, chats, messages};
use unicom_models::{ChannelId, MessageId};
use unicom_testing::{FakePlatform, TestClock, TestDatabase};

use super::{NOTHING, PNG, id, path};
use crate::app::{Setup, TestApp};
use crate::both;
use crate::client::Client;
use crate::multipart_form::Form;
use crate::no_side_effects::NoSideEffects;
use crate::statements::{cost, recording_with};

const CHATS: &str = "internal/chats/";

/// Creates an Internal channel with this configuration. Returns a program of an admin.
async fn console(app: &TestApp, config: Value) -> Client {
    let program = app.program().await;
    let body = json!({ "platform": "Internal", "name": "Console", "config": config });
    program.post(&path("channels/"), body).await.ok();
    program
}

/// Creates an admin. Returns the admin's session and the id of the admin's account.
async fn person(app: &TestApp, name: &str) -> (Client, String) {
    let user = app.new_user(name, true).await;
    let session = app.guest().await;
    session.log_in(name).await;
    (session, format!("internal_user_{}", user.id))
}

async fn new_chat(client: &Client, body: Value) -> String {
    let made = client.post(&path(CHATS), body).await;
    assert_eq!(made.status, 201, "{}", made.text());
    id(&made.ok()["chat"])
}

fn messages_of(chat: &str) -> String {
    path(&format!("{CHATS}{chat}/messages/"))
}

/// Writes to the chat. Returns the message.
async fn write(client: &Client, chat: &str, body: Value) -> Value {
    let sent = client.post(&messages_of(chat), body).await;
    assert_eq!(sent.status, 201, "{}", sent.text());
    sent.ok()["message"].clone()
}

/// Returns the messages of the chat, oldest first.
async fn read(client: &Client, chat: &str) -> Vec<Value> {
    let page = client
        .get(&format!("{}?order=asc", messages_of(chat)))
        .await
        .ok();
    page["messages"].as_array().unwrap().clone()
}

/// Returns the chats in the list: their names and unread counts.
async fn listed(client: &Client) -> Vec<(String, Value)> {
    let page = client.get(&path(CHATS)).await.ok();
    let chats = page["chats"].as_array().unwrap().iter();
    chats
        .map(|chat| {
            (
                chat["name"].as_str().unwrap().to_owned(),
                chat["unread_count"].clone(),
            )
        })
        .collect()
}

/// Returns the texts of the notices on a topic, oldest first.
async fn notices(client: &Client, topic: Topic) -> Vec<String> {
    let page = client.get(&path(CHATS)).await.ok();
    let mut chats = page["chats"].as_array().unwrap().iter();
    let Some(chat) = chats.find(|chat| chat["name"] == topic.title) else {
        return Vec::new();
    };
    let read = read(client, chat["id"].as_str().unwrap()).await;
    let text = |message: &Value| {
        assert_eq!(message["sender_id"], "internal_system");
        assert_eq!(message["direction"], "outgoing");
        message["text"].as_str().unwrap().to_owned()
    };
    read.iter().map(text).collect()
}

async fn wait_for_notices(client: &Client, topic: Topic, count: usize) -> Vec<String> {
    TestApp::wait_for(topic.title, async || {
        let found = notices(client, topic).await;
        (found.len() == count).then_some(found)
    })
    .await
}

/// Starts a server with a channel of the fake platform, to which someone has written.
async fn with_fake(db: &TestDatabase, fake: &FakePlatform) -> (TestApp, Client, ChannelId) {
    let platforms = unicom_server::platforms().with(fake.clone());
    let app = TestApp::with(
        db,
        Setup {
            platforms,
            ..Setup::default()
        },
    )
    .await;
    let program = app.program().await;
    let config = json!({ "token": "t", "bot": "echo" });
    let body = json!({ "platform": FakePlatform::KIND, "name": "Hotline", "config": config });
    let channel = program.post(&path("channels/"), body).await.ok();
    let channel = ChannelId(channel["channel"]["id"].as_i64().unwrap());
    say(&app, channel, "49170").await;
    TestApp::wait_for("the echo", async || {
        (fake.delivered().len() == 1).then_some(())
    })
    .await;
    (app, program, channel)
}

/// Writes to the fake platform from this number.
async fn say(app: &TestApp, channel: ChannelId, number: &str) {
    let number = number.to_owned();
    let wrote = app.database().write(move |tx| {
        let channel = channels::get(tx, channel)?.unwrap();
        let message = IncomingMessage {
            text: "Hello!".to_owned(),
            ..IncomingMessage::default()
        };
        let (sender, chat) = (Sender::new(&number, "Ada"), FakePlatform::chat(&number));
        receive(tx, &channel, PlatformEvent::message(sender, chat, message))
    });
    wrote.await.unwrap();
}

fn rejected() -> DeliveryError {
    DeliveryError::rejected("unknown_number", "49170 is no number")
}

both! {
    async fn bot_answers_people_of_the_house(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let program = console(&app, json!({ "bot": "echo", "bot_name": "Robo" })).await;
        let (ann, account) = person(&app, "ann").await;
        let made = json!({ "title": " Questions ", "participants": ["bot:helper"], "metadata": { "a": 1 } });
        let made = ann.post(&path(CHATS), made).await;
        assert_eq!(made.status, 201, "{}", made.text());
        let made = made.ok()["chat"].clone();
        assert_eq!((&made["name"], &made["metadata"]), (&json!("Questions"), &json!({ "a": 1 })));
        assert_eq!((&made["platform"], &made["is_private"]), (&json!("Internal"), &json!(true)));
        let chat = id(&made);
        app.audited("chat.create", &format!("chat:{chat}")).await;
        let shown = ann.get(&path(&format!("chats/{chat}/"))).await.ok();
        let names: Vec<&str> = shown["participants"].as_array().unwrap().iter()
            .map(|one| one["id"].as_str().unwrap()).collect();
        assert_eq!(names, ["internal_bot_helper", account.as_str()]);

        let asked = write(&ann, &chat, json!({ "text": "Who am I?" })).await;
        assert_eq!((&asked["direction"], &asked["sender_id"]), (&json!("incoming"), &json!(account)));
        assert_eq!(asked["sender_name"], "ann the user");
        let line = app.audited("message.send", &format!("chat:{chat}")).await;
        assert_eq!(line.details["as"], "me");
        let answer = TestApp::wait_for("the answer", async || read(&ann, &chat).await.get(1).cloned()).await;
        assert_eq!((&answer["text"], &answer["sender_name"]), (&json!("Echo: Who am I?"), &json!("Robo")));
        assert_eq!(answer["reply_to_message_id"], asked["id"]);
        // The platform is local: what is stored is sent, and nothing is delivered.
        assert!(answer["sent_at"].is_string());
        assert_eq!(app.count("unicom_deliveries").await, 0);
        assert_eq!(app.count("unicom_requests").await, 1);

        let watch = NoSideEffects::of(&app).await;
        let post = |rest: &str| program.request(Method::POST, &path(rest));
        for (body, code, word) in [
            (json!({}), "invalid_body", "title"),
            (json!({ "title": " " }), "invalid_body", "title"),
            (json!({ "title": "x", "participants": ["eve"] }), "invalid_body", "bot:<name>"),
            (json!({ "title": "x", "participants": ["user:999"] }), "invalid_body", "user"),
            (json!({ "title": "x", "participants": ["bot:"] }), "invalid_body", "bot:<name>"),
            (json!({ "title": "x", "metadata": { "a": "\u{0}" } }), "invalid_text", "metadata"),
        ] {
            watch.refused(&body.to_string(), post(CHATS).json(&body), (400, code)).await.names(word);
        }
        for channel in [app.channel_id().0, 999] {
            let body = json!({ "title": "x", "channel_id": channel });
            watch.refused("another channel", post(CHATS).json(&body), (404, "no_channel")).await.names("Internal");
        }
        let text = json!({ "text": "x" });
        let webchat = app.guest_who_wrote("hi").await.account_id().await;
        app.settled().await;
        TestApp::wait_for("the notice", async || (listed(&ann).await.len() == 2).then_some(())).await;
        let watch = NoSideEffects::of(&app).await;
        for gone in [webchat.as_str(), "nothing"] {
            for rest in ["messages/", "read/"] {
                let rest = format!("{CHATS}{gone}/{rest}");
                watch.refused(&rest, post(&rest).json(&text), (404, "chat_not_found")).await;
            }
            program.get(&messages_of(gone)).await.is(404, "chat_not_found");
        }
        let messages = format!("{CHATS}{chat}/messages/");
        for name in ["system", "bot:helper"] {
            let body = json!({ "text": "x", "as": name });
            let refused = ann.post(&path(&messages), body).await;
            refused.is(400, "invalid_body").names("only programs");
        }
        for (body, refusal) in [
            (json!({ "text": "x", "as": "eve" }), (400, "invalid_body")),
            (json!({ "text": "x", "as": "bot:" }), (400, "invalid_body")),
            (json!({ "text": " " }), (400, "empty_message")),
            (json!({ "text": "x", "reply_to_message_id": NOTHING }), (404, "not_found")),
        ] {
            watch.refused(&body.to_string(), post(&messages).json(&body), refusal).await;
        }
    }

    async fn bots_and_the_system_make_no_requests(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let program = console(&app, json!({ "bot": "echo" })).await;
        let chat = new_chat(&program, json!({ "title": "Tools" })).await;
        for (name, sender, shown) in [
            ("bot:helper", "internal_bot_helper", "helper"),
            ("system", "internal_system", "unicom"),
        ] {
            let sent = write(&program, &chat, json!({ "text": "done", "as": name })).await;
            assert_eq!((&sent["direction"], &sent["sender_id"]), (&json!("outgoing"), &json!(sender)));
            assert_eq!(sent["sender_name"], shown);
            assert!(sent["sent_at"].is_string());
            let line = app.audited("message.send", &format!("chat:{chat}")).await;
            assert_eq!(line.details, json!({ "message_id": sent["id"], "as": name }));
            assert!(line.actor.starts_with("token:"));
        }
        assert_eq!(app.count("unicom_requests").await, 0);
        assert_eq!(app.count("unicom_deliveries").await, 0);
    }

    async fn visitors_see_nothing(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let program = console(&app, json!({})).await;
        let (ann, _) = person(&app, "ann").await;
        let chat = new_chat(&ann, json!({ "title": "Secret" })).await;
        let form = Form::default().text("text", "secret").file("media", "a.png", PNG);
        let sent = ann.post_form(&messages_of(&chat), form).await;
        assert_eq!(sent.status, 201, "{}", sent.text());
        let message = id(&sent.ok()["message"]);
        let buttons = json!([[{ "text": "Yes", "value": "yes" }]]);
        let buttons = json!({ "text": "Really?", "buttons": buttons });
        let asked = program.post(&path(&format!("chats/{chat}/messages/")), buttons).await.ok();
        let button = &asked["message"]["interactive_buttons"][0][0]["callback_execution_id"];
        let button = button.as_str().unwrap().to_owned();
        let asked = id(&asked["message"]);
        assert!(button.contains(&asked), "{button}");
        let channel = program.get(&path("channels/")).await.ok();
        let channel = channel["channels"].as_array().unwrap().iter()
            .find(|one| one["platform"] == "Internal").unwrap()["id"].clone();
        let (guest, user) = (app.guest_who_wrote("hi").await, app.user("ada").await);
        user.say("hi").await;
        ann.say("I also write as a visitor").await;
        app.settled().await;
        for client in [&guest, &user, &ann] {
            for [named, missing] in [
                [format!("webchat/messages/?chat_id={chat}"), "webchat/messages/?chat_id=nothing".to_owned()],
                [format!("webchat/chats/?channel_id={channel}"), "webchat/chats/?channel_id=999".to_owned()],
                [format!("media/{message}/a.png"), format!("media/{NOTHING}/a.png")],
            ] {
                let named = client.get(&format!("/unicom/{named}")).await;
                let missing = client.get(&format!("/unicom/{missing}")).await;
                assert_eq!((named.status, named.text()), (missing.status, missing.text()));
                assert_eq!(named.status, 404);
            }
            for [named, missing] in [
                [json!({ "text": "x", "chat_id": chat }), json!({ "text": "x", "chat_id": "nothing" })],
                [json!({ "text": "x", "channel_id": channel }), json!({ "text": "x", "channel_id": 999 })],
                [
                    json!({ "text": "x", "reply_to_message_id": message }),
                    json!({ "text": "x", "reply_to_message_id": NOTHING }),
                ],
            ] {
                let (named, missing) = (client.send(named).await, client.send(missing).await);
                assert_eq!((named.status, named.text()), (missing.status, missing.text()));
                assert_eq!(named.status, 404);
            }
            for (method, rest) in [
                (Method::PATCH, ""),
                (Method::DELETE, ""),
                (Method::DELETE, "?hard_delete=true"),
                (Method::POST, "delete/"),
                (Method::POST, "read/"),
            ] {
                let at = |chat: &str| format!("/unicom/webchat/chat/{chat}/{rest}");
                let body = json!({ "title": "x", "is_archived": true });
                let named = client.request(method.clone(), &at(&chat)).json(&body).send().await;
                let missing = client.request(method, &at("nothing")).json(&body).send().await;
                assert_eq!((named.status, named.text()), (missing.status, missing.text()));
                assert_eq!(named.status, 404, "{rest}");
            }
            for position in ["before", "after"] {
                let at = |message: &str| format!("/unicom/webchat/messages/?{position}={message}");
                let (named, missing) = (client.get(&at(&message)).await, client.get(&at(NOTHING)).await);
                assert_eq!((named.status, named.text()), (missing.status, missing.text()));
                assert_ne!(named.status, 200);
            }
            let click = |button: &str| json!({ "callback_execution_id": button });
            let named = client.post("/unicom/webchat/button-click/", click(&button)).await;
            let missing = client.post("/unicom/webchat/button-click/", click(&button.replace(&asked, NOTHING))).await;
            assert_eq!((named.status, named.text()), (missing.status, missing.text()));
            assert_ne!(named.status, 200);
            assert!(client.chats("").await.iter().all(|one| one["id"] != chat));
        }
        assert_eq!(read(&ann, &chat).await.len(), 2);
    }

    async fn each_person_has_an_unread_count(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let program = console(&app, json!({})).await;
        let ((ann, _), (ben, account), (eve, _)) =
            (person(&app, "ann").await, person(&app, "ben").await, person(&app, "eve").await);
        let user = format!("user:{}", account.trim_start_matches("internal_user_"));
        let chat = new_chat(&ann, json!({ "title": "Plans", "participants": [user] })).await;
        let counts = async || {
            let mut counts = Vec::new();
            for client in [&ann, &ben, &eve] {
                counts.push(listed(client).await[0].1.clone());
            }
            counts
        };
        assert_eq!(counts().await, [json!(0), json!(0), Value::Null]);
        write(&ann, &chat, json!({ "text": "one" })).await;
        write(&program, &chat, json!({ "text": "two", "as": "system" })).await;
        assert_eq!(counts().await, [json!(1), json!(2), Value::Null]);
        for client in [&ben, &eve] {
            client.post(&path(&format!("{CHATS}{chat}/read/")), json!({})).await.ok();
        }
        assert_eq!(counts().await, [json!(1), json!(0), json!(0)]);
        write(&ben, &chat, json!({ "text": "three" })).await;
        assert_eq!(counts().await, [json!(2), json!(0), json!(1)]);
    }

    async fn bots_write_25_messages_in_a_row_until_a_person_writes(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let program = console(&app, json!({})).await;
        let (ann, _) = person(&app, "ann").await;
        let chat = new_chat(&ann, json!({ "title": "Robots" })).await;
        let writers = ["bot:a", "bot:b", "me"];
        for number in 0..25 {
            write(&program, &chat, json!({ "text": "beep", "as": writers[number % 3] })).await;
        }
        app.settled().await;
        let all = read(&ann, &chat).await;
        let told = all.last().unwrap();
        assert_eq!((all.len(), &told["sender_id"]), (26, &json!("internal_system")));
        assert!(told["text"].as_str().unwrap().contains("a person must write next"), "{told}");
        let watch = NoSideEffects::of(&app).await;
        for writer in writers {
            let body = json!({ "text": "beep", "as": writer });
            let request = program.request(Method::POST, &messages_of(&chat)).json(&body);
            watch.refused(writer, request, (409, "conflict")).await.names("a person must write next");
        }
        // What unicom says is no turn.
        write(&program, &chat, json!({ "text": "tick", "as": "system" })).await;
        write(&ann, &chat, json!({ "text": "Go on" })).await;
        for writer in writers {
            write(&program, &chat, json!({ "text": "beep", "as": writer })).await;
        }
    }

    async fn reply_of_an_admin_ends_the_row_of_bots_and_that_of_a_program_does_not(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let program = console(&app, json!({})).await;
        let (ann, _) = person(&app, "ann").await;
        let chat = new_chat(&ann, json!({ "title": "Robots" })).await;
        let beep = json!({ "text": "beep", "as": "bot:a" });
        for _ in 0..25 {
            write(&program, &chat, beep.clone()).await;
        }
        let reply = async |client: &Client| {
            let sent = client.post(&path(&format!("chats/{chat}/messages/")), json!({ "text": "Go on" })).await;
            assert_eq!(sent.status, 201, "{}", sent.text());
            sent.ok()["message"]["user_id"].clone()
        };
        assert_eq!(reply(&program).await, Value::Null);
        assert_eq!(program.post(&messages_of(&chat), beep.clone()).await.status, 409);
        assert!(reply(&ann).await.is_string());
        write(&program, &chat, beep).await;
    }

    async fn broken_channel_is_told_once(db: &TestDatabase) {
        let fake = FakePlatform::default();
        let (app, program, channel) = with_fake(db, &fake).await;
        let body = json!({ "platform": "Internal", "name": "Console" });
        program.post(&path("channels/"), body).await.ok();
        fake.fail_next(DeliveryError::Broken("the token was revoked".to_owned()));
        say(&app, channel, "49170").await;
        let told = wait_for_notices(&program, Topic::CHANNELS, 1).await;
        assert_eq!(told, ["The channel `Hotline` does not work, and its messages wait: the token was revoked"]);
    }

    async fn lost_messages_are_told_once(db: &TestDatabase) {
        let fake = FakePlatform::default();
        let (app, program, channel) = with_fake(db, &fake).await;
        let body = json!({ "platform": "Internal", "name": "Console" });
        program.post(&path("channels/"), body).await.ok();
        for number in ["49170", "49171"] {
            fake.fail_next(rejected());
            say(&app, channel, number).await;
        }
        TestApp::wait_for("two dead deliveries", async || {
            let dead = program.get(&path("deliveries/?status=dead")).await.ok();
            (dead["deliveries"].as_array().unwrap().len() == 2).then_some(())
        })
        .await;
        // Written after the commit of what it describes.
        let told = wait_for_notices(&program, Topic::DELIVERIES, 1).await;
        assert!(told[0].contains("`Hotline`") && !told[0].contains("49170"), "{told:?}");

        // The web chat's channel has no bot.
        for text in ["one", "two"] {
            app.guest_who_wrote(text).await;
        }
        app.settled().await;
        let told = wait_for_notices(&program, Topic::REQUESTS, 1).await;
        assert!(told[0].contains("`Site`") && told[0].contains("unicom request show "), "{told:?}");
        assert_eq!(notices(&program, Topic::DELIVERIES).await.len(), 1);
    }

    async fn notice_is_repeated_after_an_hour(db: &TestDatabase) {
        let clock = TestClock::new();
        let app = TestApp::with(db, Setup { clock: Some(clock.clone()), ..Setup::default() }).await;
        let program = console(&app, json!({})).await;
        let tell = async |subject: &'static str| {
            let told = app.database().write(move |tx| notify(tx, Topic::CHANNELS, subject, "It does not work"));
            told.await.unwrap()
        };
        assert!(tell("channel:1").await);
        assert!(!tell("channel:1").await);
        assert!(tell("channel:2").await);
        clock.advance(Duration::from_secs(59 * 60));
        assert!(!tell("channel:1").await);
        clock.advance(Duration::from_secs(61));
        assert!(tell("channel:1").await);
        assert_eq!(notices(&program, Topic::CHANNELS).await.len(), 3);
        let long = "ü".repeat(5000);
        let told = app.database().write(move |tx| notify(tx, Topic::CHANNELS, "long", &long));
        assert!(told.await.unwrap());
        assert_eq!(notices(&program, Topic::CHANNELS).await[3].chars().count(), 1000);
    }

    async fn files_go_in_both_directions(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let program = console(&app, json!({})).await;
        let (ann, _) = person(&app, "ann").await;
        let chat = new_chat(&ann, json!({ "title": "Pictures" })).await;
        for (client, name) in [(&ann, "me"), (&program, "bot:painter"), (&program, "system")] {
            let form = Form::default().text("as", name).file("media", "a.png", PNG);
            let sent = client.post_form(&messages_of(&chat), form).await;
            assert_eq!(sent.status, 201, "{}", sent.text());
            let url = sent.ok()["message"]["media_url"].as_str().unwrap().to_owned();
            for reader in [&ann, &program] {
                assert_eq!(reader.get(&url).await.body, PNG, "{url}");
            }
        }
        assert_eq!(app.files().len(), 3);
        let form = Form::default().text("as", "eve").file("media", "a.png", PNG);
        ann.post_form(&messages_of(&chat), form).await.is(400, "invalid_body");
        let form = Form::default().file("media", "a.png", PNG);
        ann.post_form(&messages_of("nothing"), form).await.is(404, "chat_not_found");
        assert_eq!(app.files().len(), 3, "files of refused messages are deleted");
    }

    async fn only_admins_take_part(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let program = console(&app, json!({})).await;
        let chat = new_chat(&program, json!({ "title": "Secret" })).await;
        let eve = app.new_user("eve", false).await;
        let eve = Client::new(app.base()).with_bearer(&app.token(&eve).await);
        eve.session().await;
        let watch = NoSideEffects::of(&app).await;
        for (method, rest) in [
            (Method::GET, CHATS.to_owned()),
            (Method::POST, CHATS.to_owned()),
            (Method::GET, format!("{CHATS}{chat}/messages/")),
            (Method::POST, format!("{CHATS}{chat}/messages/")),
            (Method::POST, format!("{CHATS}{chat}/read/")),
        ] {
            let body = json!({ "title": "x", "text": "x" });
            let request = eve.request(method, &path(&rest)).json(&body);
            watch.refused(&rest, request, (403, "staff_only")).await;
        }
    }

    async fn notices_outlive_the_people_who_read_them(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let program = console(&app, json!({})).await;
        let told = app.database().write(|tx| notify(tx, Topic::CHANNELS, "channel:1", "It does not work"));
        assert!(told.await.unwrap());
        let (carol, account) = person(&app, "carol").await;
        let chats = program.get(&path(CHATS)).await.ok();
        let chat = chats["chats"][0]["id"].as_str().unwrap().to_owned();
        carol.post(&path(&format!("{CHATS}{chat}/read/")), json!({})).await.ok();
        write(&carol, &chat, json!({ "text": "I see to it" })).await;
        let own = new_chat(&carol, json!({ "title": "My notes" })).await;
        write(&carol, &own, json!({ "text": "Dear diary" })).await;
        app.settled().await;
        program.post(&path(&format!("accounts/{account}/erase/")), json!({})).await.is(409, "staff_user");
        // As on the command line, by either account of the user.
        let whom = PersonRef::Account(account.replace("internal", "webchat").into());
        let erased = app.database().write(move |tx| {
            unicom_webchat::erase(tx, &Actor::COMMAND_LINE, &whom, false, |tx, known| {
                Ok::<_, CoreError>(unicom_auth::person::erase(tx, known)?)
            })
        });
        let erased = erased.await.unwrap();
        assert_eq!((erased.users, erased.accounts, erased.chats, erased.shared_chats), (1, 1, 1, 1));
        assert_eq!(notices(&program, Topic::CHANNELS).await, ["It does not work"]);
        let all = format!("{:?}", app.rows().await);
        assert!(!all.contains("carol") && !all.contains("diary") && !all.contains("I see to it"), "{all}");
    }

    async fn list_takes_as_many_statements_with_10000_notices(db: &TestDatabase) {
        let (app, recorded) = recording_with(db, unicom_server::Options::default()).await;
        let program = console(&app, json!({})).await;
        let tell = app.database().write(|tx| notify(tx, Topic::CHANNELS, "channel:1", "It does not work"));
        assert!(tell.await.unwrap());
        let list = async || {
            let (page, sent) = cost(&recorded, program.get(&path(CHATS))).await;
            assert_eq!(page.ok()["chats"].as_array().unwrap().len(), 1);
            sent.len()
        };
        let before = list().await;
        let chats = program.get(&path(CHATS)).await.ok();
        let chat = chats["chats"][0]["id"].as_str().unwrap().to_owned();
        let first = id(&read(&program, &chat).await[0]);
        let filled = app.database().write(move |tx| {
            let mut notice = messages::get_unchecked(tx, first.parse().unwrap())?.unwrap();
            let chat = chats::lock(tx, &notice.chat_id)?.unwrap();
            for number in 2..=10_000 {
                notice.id = MessageId::new();
                notice.timestamp = notice.timestamp.next();
                notice.subject = Some(format!("channel:{number}"));
                messages::insert(tx, &chat, &notice)?;
            }
            Ok::<_, unicom_db::DbError>(())
        });
        filled.await.unwrap();
        assert_eq!(list().await, before);
        assert!(before <= 3, "{before} statements");
        let (page, _) = cost(&recorded, program.get(&messages_of(&chat))).await;
        assert_eq!(page.ok()["messages"].as_array().unwrap().len(), 50);
    }

    async fn nothing_fails_without_an_internal_channel(db: &TestDatabase) {
        let fake = FakePlatform::default();
        let (app, program, channel) = with_fake(db, &fake).await;
        fake.fail_next(rejected());
        say(&app, channel, "49170").await;
        TestApp::wait_for("a dead delivery", async || {
            let dead = program.get(&path("deliveries/?status=dead")).await.ok();
            (dead["deliveries"].as_array().unwrap().len() == 1).then_some(())
        })
        .await;
        fake.fail_next(DeliveryError::Broken("the token was revoked".to_owned()));
        say(&app, channel, "49171").await;
        TestApp::wait_for("the broken channel", async || {
            let shown = program.get(&path(&format!("channels/{channel}/"))).await.ok();
            shown["channel"]["error"].is_string().then_some(())
        })
        .await;
        app.guest_who_wrote("Is anyone there?").await;
        app.settled().await;
        assert_eq!(listed(&program).await, []);
        let refused = program.post(&path(CHATS), json!({ "title": "x" })).await;
        refused.is(409, "conflict").names("no active channel");
    }

    async fn html_is_cleaned(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let program = console(&app, json!({})).await;
        let chat = new_chat(&program, json!({ "title": "Rich" })).await;
        for name in ["me", "bot:helper", "system"] {
            let html = "<b onclick=\"x()\">Hello</b><script>x()</script>";
            let sent = write(&program, &chat, json!({ "html": html, "as": name })).await;
            assert_eq!((&sent["html"], &sent["text"]), (&json!("<b>Hello</b>"), &json!("Hello")), "{name}");
        }
    }
}
