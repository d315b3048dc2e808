//! Tests of the setting `files` of a channel: which files its visitors may send.

use reqwest::Method;
use serde_json::{Value, json};
use unicom_testing::TestDatabase;

use super::PNG;
use super::corpus::file;
use super::documents::zip;
use crate::app::TestApp;
use crate::both;
use crate::client::Client;
use crate::multipart_form::Form;
use crate::no_side_effects::NoSideEffects;

const SEND: &str = "/unicom/webchat/send/";

async fn set_files(app: &TestApp, admin: &Client, files: Value) {
    let path = format!("/unicom/admin/channels/{}/", app.channel_id());
    let mut config = admin.get(&path).await.ok()["channel"]["config"].clone();
    config["files"] = files;
    admin.patch(&path, json!({ "config": config })).await.ok();
}

async fn accepted(guest: &Client) -> Vec<String> {
    let config = guest.get("/unicom/webchat/config/").await.ok();
    let types = config["limits"]["file_types"].as_array().unwrap().iter();
    types
        .map(|kind| kind.as_str().unwrap().to_owned())
        .collect()
}

both! {
    async fn clients_learn_what_a_channel_accepts(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let (admin, guest) = (app.program().await, app.guest().await);
        let all = accepted(&guest).await;
        for expected in [
            "image/png", "image/jpeg", "image/gif", "image/webp", "audio/ogg", "audio/mpeg", "audio/wav", "audio/mp4",
            "audio/aac", "audio/flac", "audio/webm", "video/mp4", "video/webm", "application/pdf", "text/plain", "text/csv",
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            "application/vnd.openxmlformats-officedocument.presentationml.presentation",
            "application/vnd.oasis.opendocument.text", "application/vnd.oasis.opendocument.spreadsheet",
            "application/vnd.oasis.opendocument.presentation", "application/zip",
        ] {
            assert!(all.iter().any(|kind| kind == expected), "{expected}");
        }
        assert_eq!(all.len(), 23);
        for (files, expected) in [
            (json!(["pdf", "png"]), json!(["image/png", "application/pdf"])),
            (json!(["video"]), json!(["video/mp4", "video/webm"])),
            (json!(["archive"]), json!(["application/zip"])),
            (json!([]), json!([])),
            (json!(null), json!(all)),
        ] {
            set_files(&app, &admin, files).await;
            assert_eq!(json!(accepted(&guest).await), expected);
        }
    }

    async fn channel_decides_which_files_visitors_send(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let (admin, guest) = (app.program().await, app.guest_who_wrote("hi").await);
        let files = [
            ("a.png", PNG.to_vec(), "image/png"),
            ("a.mp3", file("sound-plain.mp3"), "audio/mpeg"),
            ("a.webm", file("sound-opus.webm"), "audio/webm"),
            ("a.webm", file("video.webm"), "video/webm"),
            ("a.pdf", b"%PDF-1.7".to_vec(), "application/pdf"),
            ("a.zip", zip(&[("a", b"b")]), "application/zip"),
        ];
        for (setting, taken) in [
            (json!(["image"]), &["image/png"][..]),
            (json!(["audio", "zip"]), &["audio/mpeg", "audio/webm", "application/zip"]),
            (json!(["webm"]), &["audio/webm", "video/webm"]),
            (json!(["document"]), &["application/pdf"]),
            (json!([]), &[]),
        ] {
            set_files(&app, &admin, setting.clone()).await;
            for (name, content, content_type) in &files {
                if taken.contains(content_type) {
                    let sent = guest.send_file(name, content).await;
                    assert_eq!(sent.status, 200, "{setting}, {content_type}: {}", sent.text());
                    continue;
                }
                let watch = NoSideEffects::of(&app).await;
                let (kind, body) = Form::default().text("text", "hi").file("media", name, content).finish();
                let request = guest.request(Method::POST, SEND).body(&kind, body);
                let refused = watch.refused(content_type, request, (415, "unsupported_media_type")).await;
                refused.names("`media`").names(content_type);
            }
        }
        // A guest's first message, too, and nothing comes into being.
        let watch = NoSideEffects::of(&app).await;
        let stranger = app.guest().await;
        let (kind, body) = Form::default().file("media", "a.png", PNG).finish();
        let request = stranger.request(Method::POST, SEND).body(&kind, body);
        watch.refused("a first message", request, (415, "unsupported_media_type")).await;
        // Admins send what they like.
        let path = format!("/unicom/admin/chats/{}/messages/", guest.account_id().await);
        let (kind, body) = Form::default().file("media", "a.pdf", b"%PDF-1.7").finish();
        let sent = admin.request(Method::POST, &path).body(&kind, body).send().await;
        assert_eq!(sent.status, 201, "{}", sent.text());
    }

    async fn unknown_types_are_no_setting(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let admin = app.program().await;
        let watch = NoSideEffects::of(&app).await;
        let path = format!("/unicom/admin/channels/{}/", app.channel_id());
        for files in [json!(["exe"]), json!(["image", "PDF"]), json!([""]), json!("image"), json!([1]), json!({})] {
            let change = json!({ "config": { "files": files } });
            let request = admin.request(Method::PATCH, &path).json(&change);
            watch.refused("a setting", request, (400, "invalid_body")).await.names("files");
        }
    }
}
