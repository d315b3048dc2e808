//! Tests of the names of chats after their first messages, and of the last message in a list.

use serde_json::json;
use unicom_testing::TestDatabase;

use crate::app::TestApp;
use crate::both;
use crate::sample_images::PNG;

both! {
    async fn title_ends_between_characters(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let family = "👨\u{200d}👩\u{200d}👧";
        for (text, title) in [
            (format!("{}{family} tail", "x".repeat(48)), "x".repeat(48)),
            (format!("{}{family}", "x".repeat(45)), format!("{}{family}", "x".repeat(45))),
            (format!("{}🇩🇪", "x".repeat(49)), "x".repeat(49)),
            (format!("{}e\u{301}", "x".repeat(49)), "x".repeat(49)),
            (format!("{}👍🏽", "x".repeat(49)), "x".repeat(49)),
            ("\u{202e}olleh order".to_owned(), "olleh order".to_owned()),
        ] {
            let guest = app.guest_who_wrote(&text).await;
            assert_eq!(guest.chats("").await[0]["name"], title, "{text}");
        }
    }

    async fn last_message_says_what_a_file_is(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let guest = app.guest().await;
        guest.send_file("cat.png", PNG).await.ok();
        let last = guest.chats("").await[0]["last_message"].clone();
        assert_eq!((&last["text"], &last["media_type"]), (&json!(""), &json!("image")));
        assert_eq!(last["media_name"], "cat.png");
        guest.say("hi").await;
        let last = guest.chats("").await[0]["last_message"].clone();
        assert_eq!((&last["text"], &last["media_type"]), (&json!("hi"), &json!("text")));
        assert!(last["media_name"].is_null());
    }
}
