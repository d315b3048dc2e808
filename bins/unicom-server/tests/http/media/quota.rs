//! Tests of the quota for the files of one account.

use std::sync::Arc;

use futures_util::future::join_all;
use serde_json::json;
use unicom_server::Options;
use unicom_testing::TestDatabase;

use super::PNG;
use crate::app::TestApp;
use crate::both;
use crate::client::Client;
use crate::multipart_form::Form;
use crate::no_side_effects::NoSideEffects;
use crate::response::Response;
use crate::sample_images::png_and;
use crate::statements::{cost, recording_with};

/// Returns options with room for this many [`PNG`] files.
fn room_for(users: u64, guests: u64) -> Options {
    let size = PNG.len() as u64;
    Options {
        account_quota: Some(size * users),
        guest_quota: Some(size * guests),
        ..Options::default()
    }
}

async fn send(client: &Client) -> Response {
    client.send_file("a.png", PNG).await
}

async fn send_to(client: &Client, chat: &str, id: &str) -> Response {
    let form = Form::default()
        .text("chat_id", chat)
        .text("client_message_id", id)
        .file("media", "a.png", PNG);
    client.post_form("/unicom/webchat/send/", form).await
}

both! {
    async fn files_over_the_quota_are_rejected(db: &TestDatabase) {
        let app = TestApp::with_options(db, room_for(3, 2)).await;
        let (guest, user) = (app.guest().await, app.user("ada").await);
        for (client, times) in [(&guest, 2), (&user, 3)] {
            for _ in 0..times {
                send(client).await.ok();
            }
            let watch = NoSideEffects::of(&app).await;
            let refused = send(client).await;
            refused.is(413, "quota_exceeded").names(&(PNG.len() * times).to_string());
            watch.unchanged("a file too many").await;
            client.say("a text goes as ever").await;
        }
        // Accounts do not share the quota.
        send(&app.guest().await).await.ok();
    }

    async fn quota_is_exact(db: &TestDatabase) {
        let app = TestApp::with_options(db, room_for(1, 1)).await;
        let guest = app.guest().await;
        guest.send_file("a.png", &png_and(b"x")).await.is(413, "quota_exceeded");
        send(&guest).await.ok();
        assert_eq!(app.files().len(), 1);
    }

    async fn permanent_deletion_frees_quota(db: &TestDatabase) {
        let app = TestApp::with_options(db, room_for(1, 1)).await;
        let user = app.user("ada").await;
        let made = user.post("/unicom/webchat/chats/", json!({})).await.ok();
        let chat = made["chat"]["id"].as_str().unwrap().to_owned();
        send_to(&user, &chat, "a").await.ok();
        let path = format!("/unicom/webchat/chat/{chat}/");
        user.delete(&path).await.ok();
        send(&user).await.is(413, "quota_exceeded");
        user.delete(&format!("{path}?hard_delete=true")).await.ok();
        send(&user).await.ok();
    }

    async fn resent_file_counts_once(db: &TestDatabase) {
        let app = TestApp::with_options(db, room_for(1, 1)).await;
        let guest = app.guest_who_wrote("hi").await;
        let chat = guest.account_id().await;
        let first = send_to(&guest, &chat, "a").await.ok();
        let again = send_to(&guest, &chat, "a").await;
        assert_eq!(again.header("idempotent-replayed"), "true");
        assert_eq!(again.ok()["message"], first["message"]);
        send_to(&guest, &chat, "b").await.is(413, "quota_exceeded");
        assert_eq!(app.files().len(), 1);
    }

    async fn concurrent_uploads_do_not_exceed_the_quota(db: &TestDatabase) {
        let app = TestApp::with_options(db, room_for(3, 3)).await;
        let user = Arc::new(app.user("ada").await);
        user.say("hi").await;
        let answers = join_all((0..12).map(|_| send(&user))).await;
        let taken = answers.iter().filter(|answer| answer.status == 200).count();
        assert_eq!(taken, 3);
        for refused in answers.iter().filter(|answer| answer.status != 200) {
            refused.is(413, "quota_exceeded");
        }
        assert_eq!(app.files().len(), 3, "a file that is refused at the last moment goes again");
    }

    async fn migrated_files_count_for_the_user(db: &TestDatabase) {
        let app = TestApp::with_options(db, room_for(2, 2)).await;
        let guest = app.guest().await;
        send(&guest).await.ok();
        guest.register("ada").await;
        send(&guest).await.ok();
        send(&guest).await.is(413, "quota_exceeded");
    }

    async fn zero_means_unlimited(db: &TestDatabase) {
        let app = TestApp::with_options(db, room_for(0, 0)).await;
        for client in [app.guest().await, app.user("ada").await] {
            for _ in 0..3 {
                send(&client).await.ok();
            }
        }
    }

    async fn admins_have_no_quota(db: &TestDatabase) {
        let app = TestApp::with_options(db, room_for(1, 1)).await;
        let admin = app.program().await;
        let chat = app.guest_who_wrote("hi").await.account_id().await;
        for _ in 0..3 {
            let form = Form::default().file("media", "a.png", PNG);
            admin.post_form(&format!("/unicom/admin/chats/{chat}/messages/"), form).await.ok();
        }
    }

    async fn only_files_are_counted(db: &TestDatabase) {
        let (app, recorded) = recording_with(db, Options::default()).await;
        let guest = app.guest_who_wrote("hi").await;
        let (_, text) = cost(&recorded, guest.say("hi")).await;
        assert!(!text.iter().any(|statement| statement.contains("sum(media_size)")), "{text:?}");
        send(&guest).await.ok();
        let (_, file) = cost(&recorded, send(&guest)).await;
        let sums = file.iter().filter(|statement| statement.contains("sum(media_size)")).count();
        assert_eq!(sums, 2, "once before the file is stored, once with the message: {file:?}");
    }
}
