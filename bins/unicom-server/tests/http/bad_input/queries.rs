//! Tests of invalid query parameters.

use reqwest::Method;
use unicom_testing::TestDatabase;

use super::NOTHING;
use crate::app::TestApp;
use crate::both;
use crate::no_side_effects::NoSideEffects;

/// Queries of `messages/`: the query, its status, its code, and a word in the error message.
const MESSAGES: &[(&str, u16, &str, &str)] = &[
    ("limit=", 400, "invalid_parameter", "`limit`"),
    ("limit=0", 400, "invalid_parameter", "`limit`"),
    ("limit=000", 400, "invalid_parameter", "`limit`"),
    ("limit=-1", 400, "invalid_parameter", "`limit`"),
    ("limit=%2B1", 400, "invalid_parameter", "`limit`"),
    ("limit=abc", 400, "invalid_parameter", "`limit`"),
    ("limit=1.5", 400, "invalid_parameter", "`limit`"),
    ("limit=1e2", 400, "invalid_parameter", "`limit`"),
    ("limit=1&limit=2", 400, "invalid_parameter", "`limit`"),
    ("limit=1%00", 400, "invalid_parameter", "NUL"),
    ("order=up", 400, "invalid_parameter", "`order`"),
    ("order=DESC", 400, "invalid_parameter", "`order`"),
    ("channel_id=x", 400, "invalid_parameter", "`channel_id`"),
    (
        "channel_id=99999999999999999999",
        400,
        "invalid_parameter",
        "`channel_id`",
    ),
    ("channel_id=4711", 404, "no_channel", "channel"),
    ("chat_id=nothing", 404, "chat_not_found", "chat"),
    ("chat_id=a%00b", 400, "invalid_parameter", "NUL"),
    ("chat_id='%20OR%20'1'='1", 404, "chat_not_found", "chat"),
    ("before=x", 400, "invalid_cursor", "`before`"),
    ("after=1%27%20OR%201=1", 400, "invalid_cursor", "`after`"),
    (
        "before=01890000-0000-7000-8000-000000000000",
        400,
        "invalid_cursor",
        "`before`",
    ),
    (
        "after=01890000-0000-7000-8000-000000000000",
        400,
        "invalid_cursor",
        "`after`",
    ),
    (
        "before=01890000-0000-7000-8000-000000000000&after=01890000-0000-7000-8000-000000000000",
        400,
        "invalid_parameter",
        "`after`",
    ),
];

/// Queries of `chats/`: the query, its status, its code, and a word in the error message.
const CHATS: &[(&str, u16, &str, &str)] = &[
    ("limit=0", 400, "invalid_parameter", "`limit`"),
    ("limit=-1", 400, "invalid_parameter", "`limit`"),
    ("limit=abc", 400, "invalid_parameter", "`limit`"),
    ("cursor=x", 400, "invalid_cursor", "`cursor`"),
    ("cursor=1.", 400, "invalid_cursor", "`cursor`"),
    (
        "cursor=99999999999999999999.a",
        400,
        "invalid_cursor",
        "`cursor`",
    ),
    ("channel_id=x", 400, "invalid_parameter", "`channel_id`"),
    ("channel_id=4711", 404, "no_channel", "channel"),
    (
        "is_archived=perhaps",
        400,
        "invalid_parameter",
        "`is_archived`",
    ),
    ("is_private=", 400, "invalid_parameter", "`is_private`"),
    ("status=gone", 400, "invalid_parameter", "`status`"),
    (
        "status=active&archived=true",
        400,
        "invalid_parameter",
        "`archived`",
    ),
    (
        "is_archived=true&is_archived=false",
        400,
        "invalid_parameter",
        "`is_archived`",
    ),
    ("name=a%00", 400, "invalid_parameter", "NUL"),
    ("metadata__a=%00", 400, "invalid_parameter", "NUL"),
    // An error message stays on one line, whatever it quotes.
    (
        "a%0A%1Bb=1&a%0A%1Bb=2",
        400,
        "invalid_parameter",
        r"`a\n\u{1b}b`",
    ),
];

both! {
    async fn invalid_parameters_are_rejected(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let guest = app.guest_who_wrote("hi").await;
        let watch = NoSideEffects::of(&app).await;
        for (path, cases) in [("messages", MESSAGES), ("chats", CHATS)] {
            for (query, status, code, word) in cases {
                let request =
                    guest.request(Method::GET, &format!("/unicom/webchat/{path}/?{query}"));
                watch
                    .refused(query, request, (*status, code))
                    .await
                    .names(word);
            }
        }
        let long = format!("/unicom/webchat/chats/?name={}", "x".repeat(2000));
        watch
            .refused(
                "long",
                guest.request(Method::GET, &long),
                (400, "invalid_parameter"),
            )
            .await;
    }

    async fn parameter_names_and_values_are_limited_to_1024_bytes(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let guest = app.guest_who_wrote("hi").await;
        let ask = async |query: &str| guest.get(&format!("/unicom/webchat/chats/?{query}")).await;
        let [longest, longer] = [1024, 1025].map(|length| "x".repeat(length));
        ask(&format!("name={longest}")).await.ok();
        ask(&format!("{longest}=1")).await.is(400, "unknown_filter");
        for query in [format!("name={longer}"), format!("{longer}=1")] {
            ask(&query).await.is(400, "invalid_parameter").names("1024 bytes");
        }
        // NUL is refused in keys too.
        ask("a%00b=1").await.is(400, "invalid_parameter").names("NUL");
    }

    async fn cursor_times_are_limited_to_the_range_of_both_engines(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let guest = app.guest_who_wrote("hi").await;
        let ask = async |cursor: &str| guest.get(&format!("/unicom/webchat/chats/?cursor={cursor}")).await;
        // The latest cursor is the end of the year 9999, the earliest is the start of 1970.
        let all = ask("253402300799999999.a").await.ok();
        assert_eq!(all["chats"].as_array().unwrap().len(), 1);
        assert_eq!(ask("0.a").await.ok()["chats"], serde_json::json!([]));
        for cursor in ["253402300800000000.a", "9223372036854775807.a", "-1.a"] {
            ask(cursor).await.is(400, "invalid_cursor");
        }
    }

    async fn limits_above_100_are_capped(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let guest = app.guest_who_wrote("hi").await;
        for limit in ["1", "100", "101", "4294967296", "99999999999999999999"] {
            assert_eq!(
                guest.messages(&format!("limit={limit}")).await["messages"]
                    .as_array()
                    .unwrap()
                    .len(),
                1
            );
            assert_eq!(guest.chats(&format!("limit={limit}")).await.len(), 1);
        }
    }

    async fn cursors_of_foreign_and_missing_messages_are_indistinguishable(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let (alice, bob) = (app.user("alice").await, app.user("bob").await);
        let foreign = bob.say("hi").await["id"].clone();
        alice.say("hi").await;
        for side in ["before", "after"] {
            let path = |id: &str| format!("/unicom/webchat/messages/?{side}={id}");
            let refused = alice.get(&path(foreign.as_str().unwrap())).await;
            refused.is(400, "invalid_cursor");
            assert_eq!(refused.body, alice.get(&path(NOTHING)).await.body);
        }
    }

    async fn inactive_channel_is_not_found(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let guest = app.guest_who_wrote("hi").await;
        let off = app.channel(serde_json::json!({})).await;
        app.switch_off(off).await;
        let watch = NoSideEffects::of(&app).await;
        for path in ["messages", "chats"] {
            let path = format!("/unicom/webchat/{path}/?channel_id={off}");
            watch
                .refused(
                    &path,
                    guest.request(Method::GET, &path),
                    (404, "no_channel"),
                )
                .await;
        }
        let body = format!(r#"{{"text":"hi","channel_id":{off}}}"#);
        watch
            .refused(
                &body,
                super::post(&guest, super::SEND, &body),
                (404, "no_channel"),
            )
            .await;
    }
}
