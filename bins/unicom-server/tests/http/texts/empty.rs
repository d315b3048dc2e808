//! Tests of texts and names in which there is nothing to see.

use reqwest::Method;
use serde_json::json;
use unicom_testing::TestDatabase;

use super::{CHATS, REGISTER, SEND};
use crate::admin::path;
use crate::app::{PASSWORD, TestApp};
use crate::both;
use crate::no_side_effects::NoSideEffects;

/// Texts of spaces, joiners, fillers, tags, selectors and marks of direction.
const NOTHING: [&str; 9] = [
    "\u{200b}",
    "\u{2800}\u{2800}",
    "\u{feff} \n",
    "\u{115f}\u{3164}\u{ffa0}",
    "\u{e0041}\u{e007f}",
    "\u{fe0f}\u{200d}",
    "\u{202e}\u{2066}\u{61c}",
    "\u{ad}\u{34f}\u{180e}\u{2060}",
    "\u{a0}\u{3000}\u{2028}\u{85}",
];

both! {
    async fn message_with_nothing_to_see_is_empty(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let guest = app.guest_who_wrote("hi").await;
        let message = guest.messages("").await["messages"][0]["id"].clone();
        let edited = format!("/unicom/webchat/message/{}/", message.as_str().unwrap());
        let watch = NoSideEffects::of(&app).await;
        for text in NOTHING {
            let request = guest.request(Method::POST, SEND).json(&json!({ "text": text }));
            watch.refused(SEND, request, (400, "empty_message")).await;
            let request = guest.request(Method::PATCH, &edited).json(&json!({ "text": text }));
            watch.refused(&edited, request, (400, "empty_message")).await;
        }
        for text in ["👍", "\u{200b}x", "‧", "।", "ـ", "\u{301}a", "\u{fffd}", "می\u{200c}خواهم"] {
            assert_eq!(guest.say(text).await["text"], text);
        }
    }

    async fn name_with_nothing_to_see_is_refused(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let (guest, admin) = (app.guest().await, app.program().await);
        for name in NOTHING {
            let chat = guest.post(CHATS, json!({ "name": name })).await;
            chat.is(400, "invalid_body").names("`name`");
            let user = json!({ "username": "somebody", "password": PASSWORD, "display_name": name });
            if !name.trim().is_empty() {
                let user = guest.post(REGISTER, user).await;
                user.is(400, "invalid_body").names("`display_name`");
            }
            for route in ["members/", "groups/", "categories/"] {
                let made = admin.post(&path(route), json!({ "name": name })).await;
                made.is(400, "invalid_body").names("`name`");
            }
        }
        assert!(guest.chats("").await.is_empty());
    }

    async fn names_turn_no_direction(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let (guest, admin) = (app.guest().await, app.program().await);
        for (name, shown) in [
            ("\u{202e}evil\u{202c}", "evil"),
            ("a\u{2066}b\u{2069}c", "abc"),
            ("\u{200f}x\u{61c}", "x"),
            ("Sup\u{200b}port", "Support"),
            ("می\u{200c}خواهم", "می\u{200c}خواهم"),
            ("👩\u{200d}🚀 Ann", "👩\u{200d}🚀 Ann"),
            ("पुष्पा", "पुष्पा"),
        ] {
            let chat = guest.post(CHATS, json!({ "name": name })).await.ok();
            assert_eq!(chat["chat"]["name"], shown, "{name:?}");
            let member = admin.post(&path("members/"), json!({ "name": name })).await.ok();
            assert_eq!(member["member"]["name"], shown, "{name:?}");
        }
        let user = json!({ "username": "eve", "password": PASSWORD, "display_name": "\u{202e}eve" });
        let made = guest.post(REGISTER, user).await.ok();
        assert_eq!(made["user"]["display_name"], "eve");
    }
}
