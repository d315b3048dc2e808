//! Tests of the number of fields in a form, and of the size of unknown fields.

use reqwest::Method;
use unicom_server::Options;
use unicom_testing::TestDatabase;

use crate::app::TestApp;
use crate::both;
use crate::multipart_form::Form;
use crate::no_side_effects::NoSideEffects;

const SEND: &str = "/unicom/webchat/send/";
const MOST_FIELDS: usize = 32;

/// Returns a form with this many fields, all but one of which are unknown.
fn form(fields: usize) -> Form {
    (1..fields).fold(Form::default().text("text", "hi"), |form, number| {
        form.text(&format!("field {number}"), "x")
    })
}

both! {
    async fn form_field_count_is_limited(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let guest = app.guest_who_wrote("first").await;
        guest.post_form(SEND, form(MOST_FIELDS)).await.ok();
        let watch = NoSideEffects::of(&app).await;
        for fields in [MOST_FIELDS + 1, 10_000] {
            let (kind, body) = form(fields).finish();
            let request = guest.request(Method::POST, SEND).body(&kind, body);
            watch
                .refused("many fields", request, (400, "invalid_body"))
                .await
                .names("32 fields");
        }
    }

    async fn unknown_form_fields_count_towards_the_size_limit(db: &TestDatabase) {
        let options = Options {
            max_file: Some(1 << 20),
            ..Options::default()
        };
        let app = TestApp::with_options(db, options).await;
        let guest = app.guest_who_wrote("first").await;
        let unknown = |length: usize| {
            Form::default()
                .text("unknown", &"x".repeat(length))
                .text("text", "hi")
        };
        guest.post_form(SEND, unknown(1 << 20)).await.ok();
        let watch = NoSideEffects::of(&app).await;
        let (kind, body) = unknown(2 << 20).finish();
        let request = guest.request(Method::POST, SEND).body(&kind, body);
        watch.refused("a large unknown field", request, (413, "too_large")).await;
        // Nor may a large preamble precede the first field. It is skipped (RFC 2046, 5.1.1).
        let after_preamble = |length: usize| {
            let (kind, form) = Form::default().text("text", "hi").finish();
            let preamble = format!("{}\r\n", "x".repeat(62)).repeat(length / 64);
            let body = [preamble.as_bytes(), &form].concat();
            guest.request(Method::POST, SEND).body(&kind, body)
        };
        watch
            .refused("a long preamble", after_preamble(2 << 20), (413, "too_large"))
            .await;
        after_preamble(64 << 10).send().await.ok();
    }
}
