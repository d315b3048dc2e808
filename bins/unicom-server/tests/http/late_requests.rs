//! Tests of requests that arrive after their session has ended: they are refused, and the browser's
//! new session is kept.

use reqwest::Method;
use serde_json::json;
use unicom_testing::TestDatabase;

use crate::app::TestApp;
use crate::both;
use crate::client::Client;
use crate::no_side_effects::NoSideEffects;

/// Sends with the cookies of an ended session. The response must not change those of the next
/// session.
async fn is_refused(app: &TestApp, late: &Client, when: &str) {
    let cookie = late.cookie("sessionid");
    let watch = NoSideEffects::of(app).await;
    watch
        .refused(
            when,
            late.request(Method::POST, "/unicom/webchat/send/")
                .json(&json!({ "text": "late" })),
            (403, "csrf_failed"),
        )
        .await;
    assert_eq!(late.cookie("sessionid"), cookie, "{when}");
}

both! {
    async fn late_request_after_a_login_is_rejected(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let guest = app.guest_who_wrote("before").await;
        let late = guest.copy();
        guest.register("alice").await;
        is_refused(&app, &late, "after the login").await;
        assert_eq!(guest.texts().await, ["before"]);
    }

    async fn late_request_after_a_logout_is_rejected(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let alice = app.user("alice").await;
        alice.say("before").await;
        let late = alice.copy();
        alice.log_out().await;
        is_refused(&app, &late, "after the logout").await;
    }

    async fn late_request_after_a_new_login_is_rejected(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let alice = app.user("alice").await;
        let late = alice.copy();
        alice.log_in("alice").await;
        is_refused(&app, &late, "after the next login").await;
    }
}
