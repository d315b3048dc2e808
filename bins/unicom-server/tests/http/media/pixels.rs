//! Tests of images: they must be complete and have no more pixels than viewers can handle.

use reqwest::Method;
use unicom_server::Options;
use unicom_testing::TestDatabase;

use super::{GIF, JPEG, PNG, WEBP};
use crate::app::TestApp;
use crate::both;
use crate::client::Client;
use crate::multipart_form::Form;
use crate::no_side_effects::NoSideEffects;
use crate::sample_images::png_of_size;

const SEND: &str = "/unicom/webchat/send/";

/// Returns the image with other bytes at one position.
fn with(image: &[u8], at: usize, bytes: &[u8]) -> Vec<u8> {
    let mut image = image.to_vec();
    image[at..at + bytes.len()].copy_from_slice(bytes);
    image
}

/// Returns small files that become very large when they are decoded.
fn floods() -> Vec<(&'static str, Vec<u8>)> {
    let frame = JPEG.windows(2).position(|two| two == [0xFF, 0xC0]).unwrap();
    // The screen's size is at byte 6. The frame's size comes after the comma.
    let gif_frame = GIF.iter().position(|byte| *byte == b',').unwrap();
    vec![
        ("png", png_of_size(60_000, 60_000)),
        ("png, long", png_of_size(2_000_000_000, 1)),
        ("jpeg", with(JPEG, frame + 5, &[0xFF; 4])),
        ("gif", with(GIF, 6, &[0xFF; 4])),
        ("gif, by its frame", with(GIF, gif_frame + 5, &[0xFF; 4])),
        ("webp", with(WEBP, 21, &[0xFF, 0xFF, 0xFF, 0x0F])),
    ]
}

async fn refuse(
    client: &Client,
    watch: &NoSideEffects<'_>,
    what: &str,
    image: &[u8],
    refusal: (u16, &str),
) -> String {
    let (kind, body) = Form::default()
        .text("text", "look")
        .file("media", "a.png", image)
        .finish();
    let request = client.request(Method::POST, SEND).body(&kind, body);
    let answer = watch.refused(what, request, refusal).await;
    answer.names("`media`");
    answer.json["error"].as_str().unwrap().to_owned()
}

both! {
    async fn images_with_too_many_pixels_are_rejected(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let guest = app.guest().await;
        let watch = NoSideEffects::of(&app).await;
        for (what, image) in floods() {
            let said = refuse(&guest, &watch, what, &image, (413, "too_large")).await;
            assert!(said.contains("at most 64000000 pixels and 16384 on a side"), "{what}: {said}");
        }
    }

    async fn truncated_images_are_rejected(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let guest = app.guest().await;
        let watch = NoSideEffects::of(&app).await;
        for (image, missing) in [(PNG, 25), (JPEG, 5), (GIF, 3), (WEBP, 3)] {
            let cut = &image[..image.len() - missing];
            let said = refuse(&guest, &watch, "cut off", cut, (415, "unsupported_media_type")).await;
            assert!(said.contains("starts like image/"), "{said}");
        }
        let start = &PNG[..16];
        for lie in [start, &[start, b"<html><script>alert(1)</script>"].concat(), &png_of_size(0, 1)] {
            refuse(&guest, &watch, "a lie", lie, (415, "unsupported_media_type")).await;
        }
    }

    async fn pixel_limit_is_configurable(db: &TestDatabase) {
        let options = Options { max_pixels: Some(100), ..Options::default() };
        let app = TestApp::with_options(db, options).await;
        let guest = app.guest().await;
        guest.send_file("a.png", &png_of_size(10, 10)).await.ok();
        guest.send_file("a.png", &png_of_size(100, 1)).await.ok();
        let watch = NoSideEffects::of(&app).await;
        let said = refuse(&guest, &watch, "wide", &png_of_size(101, 1), (413, "too_large")).await;
        assert!(said.contains("at most 100 pixels"), "{said}");
        assert!(said.contains("101 x 1"), "{said}");
    }

    async fn pixel_limit_applies_to_admins(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let admin = app.program().await;
        let guest = app.guest_who_wrote("hi").await;
        let chat = guest.account_id().await;
        let watch = NoSideEffects::of(&app).await;
        for (what, image) in floods() {
            let (kind, body) = Form::default().file("media", "a.png", &image).finish();
            let path = format!("/unicom/admin/chats/{chat}/messages/");
            let request = admin.request(Method::POST, &path).body(&kind, body);
            watch.refused(what, request, (413, "too_large")).await.names("pixels");
        }
    }
}
