//! Tests of real files in every container, brand and codec: what browsers play is taken, everything
//! else is refused with what it seems to be. `ui/tests/browser/corpus.test.ts` shows that Chromium
//! plays what is taken here, and does not play what is refused.

use std::path::{Path, PathBuf};

use reqwest::Method;
use unicom_testing::TestDatabase;

use crate::app::TestApp;
use crate::both;
use crate::multipart_form::Form;
use crate::no_side_effects::NoSideEffects;

/// The files that are taken, by the beginnings of their names, with their type, extension, media
/// type and duration in milliseconds.
const TAKEN: &[(&str, &str, &str, &str, Option<i64>)] = &[
    ("image-animated.png", "image/png", "png", "image", None),
    ("image-animated.webp", "image/webp", "webp", "image", None),
    ("image-no-end.jpg", "image/jpeg", "jpg", "image", None),
    ("image-no-end.png", "image/png", "png", "image", None),
    ("image-no-padding.webp", "image/webp", "webp", "image", None),
    ("image-no-trailer.gif", "image/gif", "gif", "image", None),
    ("image.gif", "image/gif", "gif", "image", None),
    ("image.jpg", "image/jpeg", "jpg", "image", None),
    ("image.png", "image/png", "png", "image", None),
    ("image.webp", "image/webp", "webp", "image", None),
    ("sound-3gp4.m4a", "audio/mp4", "m4a", "audio", Some(500)),
    ("sound-adts.aac", "audio/aac", "aac", "audio", Some(576)),
    ("sound-dash.m4a", "audio/mp4", "m4a", "audio", Some(564)),
    ("sound-flac.mp4", "audio/mp4", "m4a", "audio", Some(500)),
    ("sound-flac.ogg", "audio/ogg", "ogg", "audio", Some(500)),
    (
        "sound-fragmented.mp4",
        "audio/mp4",
        "m4a",
        "audio",
        Some(564),
    ),
    ("sound-id3.aac", "audio/aac", "aac", "audio", Some(576)),
    ("sound-id3.flac", "audio/flac", "flac", "audio", Some(500)),
    ("sound-isom.m4a", "audio/mp4", "m4a", "audio", Some(500)),
    ("sound-live.webm", "audio/webm", "webm", "audio", None),
    ("sound-m4a.m4a", "audio/mp4", "m4a", "audio", Some(500)),
    (
        "sound-moov-first.m4a",
        "audio/mp4",
        "m4a",
        "audio",
        Some(500),
    ),
    ("sound-mp42.m4a", "audio/mp4", "m4a", "audio", Some(500)),
    ("sound-opus.mp4", "audio/mp4", "m4a", "audio", Some(500)),
    ("sound-opus.ogg", "audio/ogg", "ogg", "audio", Some(500)),
    ("sound-opus.webm", "audio/webm", "webm", "audio", Some(508)),
    ("sound-pcm_alaw.wav", "audio/wav", "wav", "audio", Some(200)),
    (
        "sound-pcm_f32le.wav",
        "audio/wav",
        "wav",
        "audio",
        Some(200),
    ),
    (
        "sound-pcm_mulaw.wav",
        "audio/wav",
        "wav",
        "audio",
        Some(200),
    ),
    (
        "sound-pcm_s16le.wav",
        "audio/wav",
        "wav",
        "audio",
        Some(200),
    ),
    ("sound-pcm_u8.wav", "audio/wav", "wav", "audio", Some(200)),
    ("sound-plain.mp3", "audio/mpeg", "mp3", "audio", Some(576)),
    ("sound-qt.mov", "audio/mp4", "m4a", "audio", Some(500)),
    ("sound-vorbis.ogg", "audio/ogg", "ogg", "audio", Some(500)),
    (
        "sound-vorbis.webm",
        "audio/webm",
        "webm",
        "audio",
        Some(532),
    ),
    ("sound-xing.mp3", "audio/mpeg", "mp3", "audio", Some(576)),
    ("sound.flac", "audio/flac", "flac", "audio", Some(500)),
    (
        "video-fragmented.mp4",
        "video/mp4",
        "mp4",
        "video",
        Some(400),
    ),
    ("video.mp4", "video/mp4", "mp4", "video", Some(400)),
    ("video.webm", "video/webm", "webm", "video", Some(400)),
];

/// What the response says about each file that is refused: what it seems to be, and what to send.
const REFUSED: &[(&str, &str, &str)] = &[
    ("refused-adpcm.wav", "0x0011", "MP3"),
    ("refused-alac.m4a", "ALAC", "MP3"),
    ("refused-amr.3gp", "AMR", "MP3"),
    ("refused-speex.ogg", "Speex", "MP3"),
    ("refused-video.ogv", "Ogg video", "MP4"),
    ("refused.ac3", "one of", "mp3"),
    ("refused.aiff", "AIFF", "MP3"),
    ("refused.amr", "AMR", "MP3"),
    ("refused.avi", "AVI", "MP4"),
    ("refused.avif", "AVIF", "JPEG"),
    ("refused.bmp", "BMP", "JPEG"),
    ("refused.caf", "CAF", "MP3"),
    ("refused.heic", "HEIC", "JPEG"),
    ("refused.mka", "Matroska", "WebM"),
    ("refused.mov", "QuickTime", "MP4"),
    ("refused.tiff", "TIF", "JPEG"),
    ("refused.wma", "Windows Media", "MP3"),
];

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/media")
}

/// Returns the content of a file of the corpus.
pub(super) fn file(name: &str) -> Vec<u8> {
    std::fs::read(folder().join(name)).unwrap()
}

#[test]
fn every_file_of_the_corpus_is_tested() {
    let listed = std::fs::read_dir(folder()).unwrap();
    let mut listed: Vec<String> = listed
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    listed.sort();
    let taken = TAKEN.iter().map(|(name, ..)| *name);
    let mut tested: Vec<&str> = REFUSED
        .iter()
        .map(|(name, ..)| *name)
        .chain(taken)
        .collect();
    tested.sort_unstable();
    assert_eq!(listed, tested);
}

both! {
    async fn files_that_browsers_play_are_taken_with_their_duration(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let guest = app.guest().await;
        for (name, content_type, extension, media_type, duration) in TAKEN {
            let content = file(name);
            let sent = guest.send_file("it.bin", &content).await;
            assert_eq!(sent.status, 200, "{name}: {}", sent.text());
            let message = sent.ok()["message"].clone();
            assert_eq!(message["media_type"], *media_type, "{name}");
            let media = &message["media"];
            assert_eq!(media["content_type"], *content_type, "{name}");
            assert_eq!(media["name"], format!("it.{extension}"), "{name}");
            assert_eq!(media["duration_ms"].as_i64(), *duration, "{name}");
            assert_eq!(media["width"].is_null(), *media_type == "audio", "{name}");
            let served = guest.get(message["media_url"].as_str().unwrap()).await;
            assert_eq!(served.body, content, "{name}");
            assert_eq!(served.header("content-type"), *content_type, "{name}");
            assert!(served.header("content-disposition").starts_with("inline"), "{name}");
            assert_eq!(served.header("x-content-type-options"), "nosniff", "{name}");
            assert_eq!(served.header("content-security-policy"), "sandbox", "{name}");
        }
        assert_eq!(app.files().len(), TAKEN.len());
    }

    async fn files_that_browsers_do_not_play_are_refused_by_name(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let guest = app.guest().await;
        let watch = NoSideEffects::of(&app).await;
        for (name, seems, instead) in REFUSED {
            let (kind, body) = Form::default().file("media", "a.png", &file(name)).finish();
            let request = guest.request(Method::POST, "/unicom/webchat/send/").body(&kind, body);
            let answer = watch.refused(name, request, (415, "unsupported_media_type")).await;
            answer.names("`media`").names(seems).names(instead);
        }
    }

    async fn sound_is_told_by_its_tracks_whatever_the_brand(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let guest = app.guest().await;
        let (sound, video) = (file("sound-isom.m4a"), file("video.mp4"));
        for brand in [b"M4A ", b"M4B ", b"mp42", b"mp41", b"isom", b"iso5", b"3gp4", b"3gp6", b"dash", b"avc1", b"XXXX"] {
            for (content, media_type) in [(&sound, "audio"), (&video, "video")] {
                let mut content = content.clone();
                content[8..12].copy_from_slice(brand);
                let sent = guest.send_file("a.mp4", &content).await.ok();
                assert_eq!(sent["message"]["media_type"], media_type, "{}", brand.escape_ascii());
            }
        }
        // Without a brand, behind other boxes, and with a length of 64 bits.
        let rest = sound[usize::from(sound[3])..].to_vec();
        let wide = [b"\0\0\0\x01free\0\0\0\0\0\0\0\x10".as_slice(), &sound].concat();
        let behind = [b"\0\0\0\x08free\0\0\0\x08skip".as_slice(), &sound].concat();
        for content in [rest, wide, behind] {
            let sent = guest.send_file("a.mp4", &content).await.ok();
            assert_eq!(sent["message"]["media_type"], "audio");
        }
    }

    async fn content_behind_an_id3_tag_decides(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let guest = app.guest().await;
        let tag = b"ID3\x04\0\0\0\0\x01\x00".as_slice();
        let tag = [tag, &[0; 128]].concat();
        for (name, content_type) in [
            ("sound-plain.mp3", "audio/mpeg"),
            ("sound-xing.mp3", "audio/mpeg"),
            ("sound.flac", "audio/flac"),
            ("sound-adts.aac", "audio/aac"),
            ("sound-pcm_u8.wav", "audio/wav"),
            ("sound-opus.ogg", "audio/ogg"),
        ] {
            for tags in [tag.clone(), [tag.clone(), tag.clone()].concat()] {
                let sent = guest.send_file("a.mp3", &[tags, file(name)].concat()).await.ok();
                assert_eq!(sent["message"]["media"]["content_type"], content_type, "{name}");
            }
        }
        let watch = NoSideEffects::of(&app).await;
        for (what, rest) in [("nothing", b"".to_vec()), ("HTML", b"<html>".to_vec()), ("a PNG", file("image.png")), ("AMR", file("refused.amr"))] {
            let (kind, body) = Form::default().file("media", "a.mp3", &[tag.clone(), rest].concat()).finish();
            let request = guest.request(Method::POST, "/unicom/webchat/send/").body(&kind, body);
            watch.refused(what, request, (415, "unsupported_media_type")).await;
        }
    }
}
