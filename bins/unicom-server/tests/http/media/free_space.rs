//! Tests of a server with little or no free disk space.

use std::fs;

use serde_json::json;
use unicom_content::media::ObjectMediaStore;
use unicom_core::media::{MediaError, MediaSource, MediaStore};
use unicom_http::storage::{GuardedMedia, Storage};
use unicom_server::Options;
use unicom_testing::TestDatabase;

use super::PNG;
use crate::app::TestApp;
use crate::both;
use crate::multipart_form::Form;
use crate::no_side_effects::NoSideEffects;
use crate::prometheus_text::Exposition;
use crate::raw_connection::RawConnection;
use crate::response::Response;
use crate::sample_images::png_and;
use crate::small_disk::SmallDisk;

const SEND: &str = "/unicom/webchat/send/";

/// Returns options that require more free space than any disk has.
fn below_the_floor() -> Options {
    Options {
        min_free_space: Some(u64::MAX),
        ..Options::default()
    }
}

#[track_caller]
fn has_no_room(answer: &Response) {
    answer.is(503, "storage_full").names("no room for files");
    assert_eq!(answer.header("retry-after"), "60");
}

async fn refused(app: &TestApp, reason: &str) -> f64 {
    let name = format!(r#"unicom_uploads_refused_total{{reason="{reason}"}}"#);
    Exposition::of(app).await.known(&name)
}

both! {
    async fn low_free_space_rejects_files_but_not_texts(db: &TestDatabase) {
        let app = TestApp::with_options(db, below_the_floor()).await;
        let (guest, user) = (app.guest_who_wrote("hi").await, app.user("ada").await);
        let admin = app.program().await;
        let to_chat = format!("/unicom/admin/chats/{}/messages/", guest.account_id().await);
        let watch = NoSideEffects::of(&app).await;
        for client in [&guest, &user] {
            has_no_room(&client.send_file("a.png", PNG).await);
        }
        has_no_room(&admin.post_form(&to_chat, Form::default().file("media", "a.png", PNG)).await);
        watch.unchanged("a file for which there is no room").await;
        // Refused before the body is read: it has not been sent yet.
        let (kind, body) = Form::default().file("media", "a.png", &png_and(&[7; 100_000])).finish();
        let mut raw = RawConnection::to(&app);
        let headers = format!("content-type: {kind}\r\ncontent-length: {}\r\n", body.len());
        raw.write_head(&format!("POST {SEND}"), &guest, &headers);
        raw.answer().is(503, "storage_full");
        guest.say("a text goes as ever").await;
        admin.post(&to_chat, json!({ "text": "and an answer" })).await.ok();
        assert_eq!(guest.texts().await, ["hi", "a text goes as ever", "and an answer"]);

        assert_eq!(refused(&app, "free_space").await, 4.0);
        let shown = Exposition::of(&app).await;
        for place in ["uploads", "media"] {
            assert!(shown.known(&format!(r#"unicom_free_bytes{{place="{place}"}}"#)) > 0.0);
        }
        // The server is ready, because everything else works.
        let ready = guest.get("/readyz").await.ok();
        assert_eq!(ready, json!({ "success": true, "takes_files": false }));
    }

    async fn sufficient_free_space_accepts_files(db: &TestDatabase) {
        for floor in [0, 1] {
            let app = TestApp::with_options(db, Options { min_free_space: Some(floor), ..Options::default() }).await;
            let guest = app.guest().await;
            guest.send_file("a.png", PNG).await.ok();
            assert_eq!(guest.get("/readyz").await.ok()["takes_files"], true);
            assert_eq!(refused(&app, "free_space").await, 0.0);
        }
    }

    async fn unreceived_uploads_reserve_little_space(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let free = Exposition::of(&app).await.known(r#"unicom_free_bytes{place="uploads"}"#) as u64;
        drop(app);
        // Room for three GiB: less than 100 uploads may need.
        let floor = free.saturating_sub(3 << 30);
        let app = TestApp::with_options(db, Options { min_free_space: Some(floor), ..Options::default() }).await;
        let (silent, guest) = (app.guest().await, app.guest().await);
        let (kind, body) = Form::default().file("media", "a.png", PNG).finish();
        let mut forms = Vec::new();
        for length in ["transfer-encoding: chunked", "content-length: 20000000"] {
            for _ in 0..50 {
                let mut raw = RawConnection::to(&app);
                let headers = format!("content-type: {kind}\r\n{length}\r\n");
                raw.write_head(&format!("POST {SEND}"), &silent, &headers);
                forms.push(raw);
            }
        }
        // The server is reading all of them.
        let in_flight = async || Exposition::of(&app).await.known("unicom_http_requests_in_flight") > 100.0;
        TestApp::wait_for("the silent uploads", async || in_flight().await.then_some(())).await;
        guest.send_file("a.png", &png_and(&[7; 1_000_000])).await.ok();
        assert!(forms.iter().all(|form| !form.has_answer()));
        // Those that send their body have room, too.
        for form in &mut forms[..2] {
            form.write([format!("{:x}\r\n", body.len()).as_bytes(), &body, b"\r\n0\r\n\r\n"].concat());
        }
        assert_eq!(forms[0].answer().status, 200);
        assert_eq!(refused(&app, "free_space").await, 0.0);
    }

    async fn full_disk_during_an_upload_stores_nothing(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let guest = app.guest_who_wrote("hi").await;
        let own = fs::read_dir(app.folder().join("uploads")).unwrap();
        let own = own.map(|entry| entry.unwrap().path()).find(|path| path.is_dir()).unwrap();
        let Some(_disk) = SmallDisk::on(&own, 256) else { return };
        let watch = NoSideEffects::of(&app).await;
        for _ in 0..2 {
            has_no_room(&guest.send_file("a.png", &png_and(&[7; 600_000])).await);
            watch.unchanged("a file that did not fit").await;
            assert_eq!(fs::read_dir(&own).unwrap().count(), 0);
        }
        assert_eq!(refused(&app, "disk_full").await, 2.0);
        guest.send_file("a.png", &png_and(&[7; 100_000])).await.ok();
    }

    async fn full_disk_while_storing_a_file_stores_nothing(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let guest = app.guest_who_wrote("hi").await;
        let Some(disk) = SmallDisk::on(&app.folder().join("media"), 512) else { return };
        let watch = NoSideEffects::of(&app).await;
        // Stored in one piece, and in parts.
        for size in [600_000, 11 << 20] {
            has_no_room(&guest.send_file("a.png", &png_and(&vec![7; size])).await);
            watch.unchanged("a file that did not fit").await;
        }
        let small = png_and(&[7; 100_000]);
        guest.send_file("a.png", &small).await.ok();
        disk.make_read_only();
        has_no_room(&guest.send_file("a.png", &small).await);
        assert_eq!(refused(&app, "disk_full").await, 3.0);
        assert_eq!(app.files().len(), 1);
        guest.say("a text goes as ever").await;
    }

    async fn full_database_disk_makes_the_server_not_ready(db: &TestDatabase) {
        let folder = tempfile::tempdir().unwrap();
        let Some(disk) = SmallDisk::on(folder.path(), 4096) else { return };
        let file = folder.path().join("unicom.db");
        fs::write(&file, "").unwrap();
        let options = Options { database_url: Some(format!("sqlite://{}", file.display())), ..Options::default() };
        let app = TestApp::with_options(db, options).await;
        let until = async |status: u16| {
            TestApp::wait_for("the answer that is no older than a second", async || {
                let answer = RawConnection::to(&app).get("/readyz");
                (answer.status == status).then(|| answer.json()["code"].clone())
            })
            .await
        };
        until(200).await;
        fs::write(folder.path().join("filler"), vec![7; 3500 << 10]).unwrap();
        assert_eq!(until(503).await, "storage_full");
        fs::remove_file(folder.path().join("filler")).unwrap();
        until(200).await;
        disk.make_read_only();
        assert_eq!(until(503).await, "storage_full");
    }
}

/// Files in bots' replies are stored in the same way.
#[tokio::test]
async fn guarded_store_accepts_files_only_with_free_space() {
    let file = || MediaSource::Bytes(PNG.into());
    for (floor, has_room) in [(0, true), (1, true), (u64::MAX, false)] {
        let folder = tempfile::tempdir().unwrap();
        let inner = std::sync::Arc::new(ObjectMediaStore::local(folder.path()).unwrap());
        let storage = Storage::new(floor, [("media", folder.path().to_owned())]);
        let guarded = GuardedMedia::new(inner, storage);
        let put = guarded.put("a/b.png".to_owned(), file()).await;
        assert_eq!(put.is_ok(), has_room, "{floor}");
        assert!(
            has_room || matches!(put, Err(MediaError::Full { .. })),
            "{put:?}"
        );
        assert_eq!(
            guarded.open("a/b.png".to_owned(), None).await.is_ok(),
            has_room
        );
        guarded.delete("a/b.png".to_owned()).await.unwrap();
    }
}
