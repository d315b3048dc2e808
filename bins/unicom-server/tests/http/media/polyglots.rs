//! Tests of files with two valid formats: they are served as the format that was detected, and
//! never as the other.

use reqwest::Method;
use unicom_testing::TestDatabase;

use super::corpus::file;
use super::{GIF, JPEG, PNG, WEBP};
use crate::app::TestApp;
use crate::both;
use crate::multipart_form::Form;
use crate::no_side_effects::NoSideEffects;

const HTML: &[u8] =
    b"<html><body onload=alert(document.cookie)><script>alert(1)</script></body></html>";
const PDF: &[u8] =
    b"%PDF-1.7\n1 0 obj<</OpenAction<</S/JavaScript/JS(app.alert(1))>>>>endobj\n%%EOF";

/// Returns a PNG with another chunk before its end, of a type for texts.
fn png_with_text(text: &[u8]) -> Vec<u8> {
    let (image, end) = PNG.split_at(PNG.len() - 12);
    let length = u32::try_from(text.len()).unwrap().to_be_bytes();
    [image, &length, b"tEXt", text, b"\0\0\0\0", end].concat()
}

/// Returns a GIF with a comment.
fn gif_with_comment(text: &[u8]) -> Vec<u8> {
    let (image, end) = GIF.split_at(GIF.len() - 1);
    [
        image,
        b"!\xFE",
        &[u8::try_from(text.len()).unwrap()],
        text,
        b"\0",
        end,
    ]
    .concat()
}

/// Returns a JPEG with a comment.
fn jpeg_with_comment(text: &[u8]) -> Vec<u8> {
    let length = u16::try_from(text.len() + 2).unwrap().to_be_bytes();
    [&JPEG[..2], b"\xFF\xFE", &length, text, &JPEG[2..]].concat()
}

fn polyglots() -> Vec<(&'static str, Vec<u8>, &'static str)> {
    let behind = |image: &[u8], other: &[u8]| [image, other].concat();
    let svg = b"<svg xmlns=\"http://www.w3.org/2000/svg\" onload=\"alert(1)\"/>";
    // `GIF89a/*…*/=1;` is JavaScript: the screen's width is `/*`.
    let script = [
        b"GIF89a/*\x01\0\0\0\0".as_slice(),
        &GIF[13..],
        b"*/=1;alert(1)",
    ]
    .concat();
    vec![
        ("PNG, then HTML", behind(PNG, HTML), "image/png"),
        ("PNG with HTML in it", png_with_text(HTML), "image/png"),
        ("PNG, then SVG", behind(PNG, svg), "image/png"),
        (
            "PNG, then a ZIP",
            behind(PNG, b"PK\x03\x04\x14\0\0\0\x08\0"),
            "image/png",
        ),
        ("GIF and JavaScript", script, "image/gif"),
        ("GIF with HTML in it", gif_with_comment(HTML), "image/gif"),
        ("JPEG and PDF", jpeg_with_comment(PDF), "image/jpeg"),
        (
            "JPEG with HTML in it",
            jpeg_with_comment(HTML),
            "image/jpeg",
        ),
        (
            "JPEG, then PHP",
            behind(JPEG, b"<?php system($_GET['c']); ?>"),
            "image/jpeg",
        ),
        ("WebP, then HTML", behind(WEBP, HTML), "image/webp"),
        (
            "MP3 and HTML",
            [
                b"ID3\x04\0\0\0\0\0\x52".as_slice(),
                HTML,
                &file("sound-plain.mp3"),
            ]
            .concat(),
            "audio/mpeg",
        ),
        (
            "WAV and HTML",
            behind(&file("sound-pcm_u8.wav"), HTML),
            "audio/wav",
        ),
    ]
}

both! {
    async fn polyglot_is_served_with_its_detected_type(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let guest = app.guest().await;
        for (what, bytes, content_type) in polyglots() {
            let form = Form::default().part(
                "form-data; name=\"media\"; filename=\"page.html\"",
                "text/html",
                &bytes,
            );
            let sent = guest.post_form("/unicom/webchat/send/", form).await;
            assert_eq!(sent.status, 200, "{what}: {}", sent.text());
            let url = sent.ok()["message"]["media_url"].as_str().unwrap().to_owned();
            let extension = url.rsplit('.').next().unwrap();
            assert!(["png", "gif", "jpg", "webp", "mp3", "wav"].contains(&extension), "{what}: {url}");
            let served = guest.get(&url).await;
            assert_eq!(served.body, bytes, "{what}");
            for (name, value) in [
                ("content-type", content_type),
                // Browsers do not look for another format in the file,
                ("x-content-type-options", "nosniff"),
                // nor run what they find if the file is opened by itself.
                ("content-security-policy", "sandbox"),
            ] {
                assert_eq!(served.header(name), value, "{what}: {name}");
            }
            let disposition = served.header("content-disposition");
            assert!(disposition.contains(&format!("page.{extension}")), "{what}: {disposition}");
        }
    }

    async fn leading_bytes_decide_the_type(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let guest = app.guest().await;
        let watch = NoSideEffects::of(&app).await;
        for (what, bytes) in [
            ("HTML, then PNG", [HTML, PNG].concat()),
            ("SVG, then GIF", [b"<svg/>".as_slice(), GIF].concat()),
            ("JavaScript, then WebP", [b"alert(1)//".as_slice(), WEBP].concat()),
            ("HTML with the first bytes of a PNG", [&PNG[..8], HTML].concat()),
            ("HTML with the first bytes of a GIF", [&GIF[..6], HTML].concat()),
            ("HTML with the first bytes of a JPEG", [&JPEG[..4], HTML].concat()),
            ("HTML with the first bytes of a WebP", [&WEBP[..16], HTML].concat()),
        ] {
            let (kind, body) = Form::default().file("media", "a.png", &bytes).finish();
            let request = guest.request(Method::POST, "/unicom/webchat/send/").body(&kind, body);
            watch.refused(what, request, (415, "unsupported_media_type")).await;
        }
    }
}
