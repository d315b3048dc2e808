//! Tests of accepted files: by content, not by name or claimed type, and up to a limit.

use reqwest::Method;
use unicom_server::Options;
use unicom_testing::TestDatabase;

use super::{GIF, JPEG, PNG, WEBP};
use crate::app::TestApp;
use crate::both;
use crate::multipart_form::Form;
use crate::no_side_effects::NoSideEffects;

const SEND: &str = "/unicom/webchat/send/";

/// A file, its extension, its media type, and the content type it is served with. `corpus.rs` has
/// those that are longer.
const TAKEN: &[(&[u8], &str, &str, &str)] = &[
    (PNG, "png", "image", "image/png"),
    (JPEG, "jpg", "image", "image/jpeg"),
    (GIF, "gif", "image", "image/gif"),
    (WEBP, "webp", "image", "image/webp"),
    (OGG, "ogg", "audio", "audio/ogg"),
];

const OGG: &[u8] = b"OggS\0\x02\0\0\0\0\0\0\0\0\x01\0\0\0\0\0\0\0\0\0\0\0\x01\x13\
    OpusHead\x01\x01\0\0\x80\xbb\0\0\0\0\0";

const REFUSED: &[(&str, &[u8])] = &[
    (
        "a.html",
        b"<!DOCTYPE html><html><script>alert(1)</script></html>",
    ),
    (
        "a.svg",
        b"<svg xmlns=\"http://www.w3.org/2000/svg\"><script>alert(1)</script></svg>",
    ),
    ("a.xml", b"<?xml version=\"1.0\"?><svg></svg>"),
    ("a.exe", b"MZ\x90\0\x03\0\0\0\x04\0\0\0\xFF\xFF\0\0"),
    ("a.zip", b"PK\x03\x04\x14\0\0\0\x08\0"),
    ("a.png", b"\n\x89PNG\r\n\x1a\n"),
    ("a.mp4", b"\0\0\0\x20ftypisom\0\0\x02\0isomiso2avc1mp41"),
    ("a.png", b""),
];

both! {
    async fn allowed_types_are_accepted_whatever_the_client_claims(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let guest = app.guest().await;
        for (bytes, extension, media_type, content_type) in TAKEN {
            // The name and type claimed by the client are ignored.
            let form = Form::default().part(
                "form-data; name=\"media\"; filename=\"song.html\"",
                "text/html",
                bytes,
            );
            let sent = guest.post_form(SEND, form).await.ok();
            let message = &sent["message"];
            assert_eq!(message["media_type"], *media_type, "{extension}");
            assert_eq!(message["text"], "");
            let url = message["media_url"].as_str().unwrap();
            assert_eq!(
                url,
                format!(
                    "/unicom/media/{}/song.{extension}",
                    message["id"].as_str().unwrap()
                )
            );
            let served = guest.get(url).await;
            assert_eq!(
                (
                    served.status,
                    served.header("content-type"),
                    &served.body[..]
                ),
                (200, *content_type, *bytes)
            );
        }
        assert_eq!(app.files().len(), TAKEN.len());
        assert_eq!(app.count("unicom_requests").await, TAKEN.len());
    }

    async fn other_types_are_rejected_and_leave_no_file(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let guest = app.guest().await;
        let watch = NoSideEffects::of(&app).await;
        for (name, bytes) in REFUSED {
            let disposition = format!("form-data; name=\"media\"; filename=\"{name}\"");
            let (kind, body) = Form::default()
                .text("text", "hi")
                .part(&disposition, "image/png", bytes)
                .finish();
            let request = guest.request(Method::POST, SEND).body(&kind, body);
            let answer = watch
                .refused(name, request, (415, "unsupported_media_type"))
                .await;
            answer.names("`media`");
        }
    }

    async fn image_with_trailing_html_is_served_as_an_image(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let guest = app.guest().await;
        let polyglot = [PNG, b"<html><script>alert(1)</script></html>"].concat();
        let sent = guest.send_file("page.html", &polyglot).await.ok();
        let url = sent["message"]["media_url"].as_str().unwrap();
        let served = guest.get(url).await;
        assert_eq!(
            (
                served.header("content-type"),
                served.header("x-content-type-options")
            ),
            ("image/png", "nosniff")
        );
        assert!(url.ends_with("page.png"));
    }

    async fn file_size_limit_is_exact(db: &TestDatabase) {
        let options = Options {
            max_file: Some(100_000),
            ..Options::default()
        };
        let app = TestApp::with_options(db, options)
        .await;
        let guest = app.guest().await;
        let watch = NoSideEffects::of(&app).await;
        for size in [100_001, 350_000, 500_000] {
            let mut bytes = PNG.to_vec();
            bytes.resize(size, 0);
            let (kind, body) = Form::default().file("media", "a.png", &bytes).finish();
            let request = guest.request(Method::POST, SEND).body(&kind, body.clone());
            watch
                .refused("announced", request, (413, "too_large"))
                .await
                .names("100000");
            let chunks: Vec<_> = body
                .chunks(8 << 10)
                .map(|chunk| Ok::<_, std::io::Error>(chunk.to_vec()))
                .collect();
            let stream = reqwest::Body::wrap_stream(futures_util::stream::iter(chunks));
            let request = guest.request(Method::POST, SEND).body(&kind, stream);
            watch
                .refused("in chunks", request, (413, "too_large"))
                .await
                .names("100000");
        }
        let mut bytes = PNG.to_vec();
        bytes.resize(100_000, 0);
        let sent = guest.send_file("a.png", &bytes).await.ok();
        assert_eq!(
            guest
                .get(sent["message"]["media_url"].as_str().unwrap())
                .await
                .body,
            bytes
        );
    }

    async fn rejected_message_leaves_no_file(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let guest = app.guest_who_wrote("hi").await;
        let watch = NoSideEffects::of(&app).await;
        for (field, value, refusal) in [
            ("chat_id", "nothing", (404, "chat_not_found")),
            ("channel_id", "4711", (404, "no_channel")),
            (
                "reply_to_message_id",
                "01890000-0000-7000-8000-000000000000",
                (404, "not_found"),
            ),
            ("metadata", "[", (400, "invalid_body")),
        ] {
            let (kind, body) = Form::default()
                .file("media", "a.png", PNG)
                .text(field, value)
                .finish();
            let request = guest.request(Method::POST, SEND).body(&kind, body);
            watch.refused(field, request, refusal).await;
        }
    }
}
