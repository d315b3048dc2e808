//! Tests of file names: whatever a client claims, the returned name is safe to show, to save and to
//! put into a header.

use reqwest::Method;
use unicom_testing::TestDatabase;

use super::PNG;
use crate::app::TestApp;
use crate::both;
use crate::multipart_form::Form;
use crate::no_side_effects::NoSideEffects;

const SEND: &str = "/unicom/webchat/send/";

both! {
    async fn file_names_are_sanitised(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let guest = app.guest().await;
        for claimed in [
            "../../etc/passwd",
            "..\\..\\boot.ini",
            "/etc/passwd",
            "....//x.png",
            "a/../../b.png",
            "%2e%2e%2fx.png",
            ".htaccess",
            "..",
            "",
            " ",
            "page.html",
            "x.png.exe",
            "a\\\"b.png",
            "a%22%0d%0aX-Evil:%201.png",
            "a;b=c.png",
            "evil\u{202e}gnp.exe",
            "a\u{200b}b.png",
            "ру́сский.png",
            "写真.png",
            "😀.png",
            "-rf.png",
            "CON.png",
            "<script>.png",
            "a\tb.png",
            &"x".repeat(300),
            &format!("{}.png", "ü".repeat(120)),
        ] {
            let before = app.files().len();
            let sent = guest.send_file(claimed, PNG).await.ok();
            let url = sent["message"]["media_url"].as_str().unwrap().to_owned();
            let name = url.rsplit('/').next().unwrap();
            assert_eq!(url.split('/').count(), 5, "{claimed}: {url}");
            assert!(
                name.ends_with(".png") && !name.starts_with('.') && !name.starts_with('-'),
                "{claimed}: {url}"
            );
            assert!(
                url.bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || b"/-._~%".contains(&byte)),
                "{claimed}: {url}"
            );
            for bad in [
                "..",
                "%0D",
                "%0A",
                "%00",
                "%22",
                "%2F",
                "%5C",
                "%3C",
                "%E2%80%AE",
                "%E2%80%8B",
            ] {
                assert!(!url.contains(bad), "{claimed}: {url}");
            }
            let served = guest.get(&url).await;
            assert_eq!(
                (served.status, &served.body[..]),
                (200, PNG),
                "{claimed}: {url}"
            );
            let disposition = served.header("content-disposition");
            assert!(
                disposition.starts_with("inline; filename=\""),
                "{claimed}: {disposition}"
            );
            assert_eq!(
                disposition.matches('"').count(),
                2,
                "{claimed}: {disposition}"
            );
            assert!(served.headers.get("x-evil").is_none());
            assert_eq!(app.files().len(), before + 1);
        }
        // Each file has a key chosen by the store, and none is outside its folder.
        for file in app.files() {
            assert_eq!(file.extension().unwrap(), "png");
            assert!(
                file.components().any(|part| part.as_os_str() == "messages"),
                "{}",
                file.display()
            );
        }
    }

    async fn line_breaks_in_file_names_are_rejected(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let guest = app.guest().await;
        let watch = NoSideEffects::of(&app).await;
        for end in ["\r\n", "\r\n\r\n", "\r\n ", "\n", "\r"] {
            let name = format!("a{end}X-Evil: 1.png");
            let (kind, body) = Form::default().file("media", &name, PNG).finish();
            let request = guest.request(Method::POST, SEND).body(&kind, body);
            let refusal = (400, "invalid_body");
            watch.refused(&format!("{end:?}"), request, refusal).await;
        }
        // Those that are encoded are no line breaks of the header, and are dropped.
        for (name, kept) in [
            ("a%0D%0AX-Evil:%201.png", "aX-Evil-1.png"),
            ("%0D%0A%0D%0A.png", "image.png"),
            ("a%0Db%0A.png", "ab.png"),
        ] {
            let disposition = format!("form-data; name=\"media\"; filename*=UTF-8''{name}");
            let form = Form::default().part(&disposition, "image/png", PNG);
            let sent = guest.post_form(SEND, form).await.ok();
            let url = sent["message"]["media_url"].as_str().unwrap();
            assert!(url.ends_with(&format!("/{kept}")), "{name}: {url}");
            let served = guest.get(url).await;
            assert_eq!((served.status, &served.body[..]), (200, PNG), "{name}");
            let disposition = served.header("content-disposition");
            let expected = format!("inline; filename=\"{kept}\"; filename*=UTF-8''{kept}");
            assert_eq!(disposition, expected, "{name}");
            assert!(served.headers.get("x-evil").is_none(), "{name}");
        }
    }

    async fn file_name_is_optional(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let guest = app.guest().await;
        let form = Form::default().part("form-data; name=\"media\"", "image/png", PNG);
        let sent = guest.post_form(SEND, form).await.ok();
        assert!(
            sent["message"]["media_url"]
                .as_str()
                .unwrap()
                .ends_with("/image.png")
        );
    }
}
