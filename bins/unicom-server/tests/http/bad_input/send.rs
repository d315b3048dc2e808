//! Tests of invalid JSON bodies and fields of `webchat/send/`.

use unicom_testing::TestDatabase;

use super::{SEND, post};
use crate::app::TestApp;
use crate::both;
use crate::no_side_effects::NoSideEffects;

/// The body, its status, its code, and a word in the error message.
const BODIES: &[(&str, u16, &str, &str)] = &[
    (r#"[1,2]"#, 400, "invalid_body", "object"),
    (r#"[{"text":"hi"}]"#, 400, "invalid_body", "object"),
    (r#""hi""#, 400, "invalid_body", "object"),
    ("7", 400, "invalid_body", "object"),
    ("null", 400, "invalid_body", "object"),
    ("", 400, "invalid_json", "JSON"),
    ("{", 400, "invalid_json", "JSON"),
    (r#"{"text":"hi"} trailing"#, 400, "invalid_json", "JSON"),
    (r#"{"text":"\ud8"}"#, 400, "invalid_json", "JSON"),
    (
        r#"{"text":"hi","metadata":{"a":1e999}}"#,
        400,
        "invalid_json",
        "JSON",
    ),
    ("{}", 400, "empty_message", "`text`"),
    (r#"{"text":null}"#, 400, "empty_message", "`text`"),
    (r#"{"text":""}"#, 400, "empty_message", "`text`"),
    (
        r#"{"text":" \t\n\u00a0\u2003 "}"#,
        400,
        "empty_message",
        "`text`",
    ),
    (r#"{"text":7}"#, 400, "invalid_body", "`text`"),
    (r#"{"text":["hi"]}"#, 400, "invalid_body", "`text`"),
    (r#"{"text":{"a":"hi"}}"#, 400, "invalid_body", "`text`"),
    (r#"{"text":true}"#, 400, "invalid_body", "`text`"),
    (r#"{"text":"a\u0000b"}"#, 400, "invalid_text", "`text`"),
    (
        r#"{"text":"hi","metadata":7}"#,
        400,
        "invalid_body",
        "`metadata`",
    ),
    (
        r#"{"text":"hi","metadata":"{}"}"#,
        400,
        "invalid_body",
        "`metadata`",
    ),
    (
        r#"{"text":"hi","metadata":[1]}"#,
        400,
        "invalid_body",
        "`metadata`",
    ),
    (
        r#"{"text":"hi","metadata":{"a":"\u0000"}}"#,
        400,
        "invalid_text",
        "`metadata`",
    ),
    (
        r#"{"text":"hi","metadata":{"a\u0000":1}}"#,
        400,
        "invalid_text",
        "`metadata`",
    ),
    (
        r#"{"text":"hi","metadata":{"a":[{"b":{"c\u0000":1}}]}}"#,
        400,
        "invalid_text",
        "`metadata`",
    ),
    (
        r#"{"text":"hi","chat_id":7}"#,
        400,
        "invalid_body",
        "`chat_id`",
    ),
    (
        r#"{"text":"hi","chat_id":"nothing"}"#,
        404,
        "chat_not_found",
        "chat",
    ),
    (
        r#"{"text":"hi","chat_id":"a\u0000b"}"#,
        404,
        "chat_not_found",
        "chat",
    ),
    (
        r#"{"text":"hi","chat_id":"webchat_user_999"}"#,
        404,
        "chat_not_found",
        "chat",
    ),
    (
        r#"{"text":"hi","chat_id":"' OR '1'='1"}"#,
        404,
        "chat_not_found",
        "chat",
    ),
    (
        r#"{"text":"hi","channel_id":"x"}"#,
        400,
        "invalid_body",
        "`channel_id`",
    ),
    (
        r#"{"text":"hi","channel_id":1.5}"#,
        400,
        "invalid_body",
        "`channel_id`",
    ),
    (
        r#"{"text":"hi","channel_id":[1]}"#,
        400,
        "invalid_body",
        "`channel_id`",
    ),
    (
        r#"{"text":"hi","channel_id":99999999999999999999}"#,
        400,
        "invalid_body",
        "`channel_id`",
    ),
    (
        r#"{"text":"hi","channel_id":4711}"#,
        404,
        "no_channel",
        "channel",
    ),
    (
        r#"{"text":"hi","channel_id":-1}"#,
        404,
        "no_channel",
        "channel",
    ),
    (
        r#"{"text":"hi","client_message_id":7}"#,
        400,
        "invalid_body",
        "`client_message_id`",
    ),
    (
        r#"{"text":"hi","client_message_id":"a\u0000"}"#,
        400,
        "invalid_text",
        "`client_message_id`",
    ),
    (
        r#"{"text":"hi","reply_to_message_id":7}"#,
        400,
        "invalid_body",
        "`reply_to_message_id`",
    ),
    (
        r#"{"text":"hi","reply_to_message_id":"x"}"#,
        404,
        "not_found",
        "message",
    ),
    (
        r#"{"text":"hi","reply_to_message_id":"a\u0000"}"#,
        404,
        "not_found",
        "message",
    ),
];

both! {
    async fn invalid_bodies_and_fields_are_rejected(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let alice = app.user("alice").await;
        alice.say("hi").await;
        let watch = NoSideEffects::of(&app).await;
        // A client without a session gets none, and a client with a chat gets no message.
        for client in [app.guest().await, alice] {
            for (body, status, code, word) in BODIES {
                watch
                    .refused(body, post(&client, SEND, body), (*status, code))
                    .await
                    .names(word);
            }
        }
    }
}
