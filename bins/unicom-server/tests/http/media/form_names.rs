//! Tests of file names in forms, as libraries write them.

use serde_json::Value;
use unicom_testing::TestDatabase;

use super::PNG;
use crate::app::TestApp;
use crate::both;
use crate::multipart_form::Form;

/// The parameters of a part, and the name of the file.
const NAMES: &[(&[u8], &str)] = &[
    // .NET: an encoded word, and the name again.
    (
        b"name=media; filename=\"=?utf-8?B?0YTQvtGC0L4ucG5n?=\"; filename*=utf-8''%D1%84%D0%BE%D1%82%D0%BE.png",
        "фото.png",
    ),
    (b"filename*=UTF-8'en'na%C3%AFve.png; filename=\"x.png\"; name=\"media\"", "naïve.png"),
    (b"name=media; filename*=iso-8859-1''caf%E9.png", "café.png"),
    (b"name=media; filename*=utf-16''x; filename=a.png", "a.png"),
    (b"name=media; filename*=nonsense; filename=a.png", "a.png"),
    (b"name=media; filename*=x-unknown''b.png; filename=a.png", "a.png"),
    // Encoded words (RFC 2047).
    (b"name=\"media\"; filename=\"=?UTF-8?Q?caf=C3=A9_1.png?=\"", "café-1.png"),
    (b"name=\"media\"; filename=\"=?utf-8?b?0YTQvg==?= =?utf-8?b?0YLQvi5wbmc=?=\"", "фото.png"),
    (b"name=\"media\"; filename=\"=?ISO-8859-1?Q?caf=E9?=.png\"", "café.png"),
    (b"name=\"media\"; filename=\"=?utf-8?B?not base64?=.png\"", "utf-8-B-not-base64.png"),
    (b"name=\"media\"; filename=\"=?a.png\"", "a.png"),
    // Bytes in the sender's own encoding.
    (b"name=\"media\"; filename=\"caf\xe9.png\"", "caf.png"),
    (b"name=\"media\"; filename=\"\xd4\xee\xf2\xee.png\"", "image.png"),
    ("name=\"media\"; filename=\"фото.png\"".as_bytes(), "фото.png"),
    // Paths, escapes and missing quotes.
    (b"name=\"media\"; filename=\"C:\\fakepath\\cat.png\"", "cat.png"),
    (b"name=\"media\"; filename=\"my \\\"cat\\\".png\"", "my-cat.png"),
    (b"name=media;filename=cat.png", "cat.png"),
    (b"name = \"media\" ; filename = \"cat.png\"", "cat.png"),
    (b"name=\"media\"; filename=\"a;b.png\"; size=3", "a-b.png"),
    (b"name=\"media\"", "image.png"),
];

both! {
    async fn names_of_files_are_read_as_libraries_write_them(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let guest = app.guest().await;
        for (parameters, name) in NAMES {
            let header = [b"Content-Disposition: form-data; ", *parameters].concat();
            let form = Form::default().raw_part(&header, PNG);
            let sent = guest.post_form("/unicom/webchat/send/", form).await;
            let shown = parameters.escape_ascii();
            assert_eq!(sent.status, 200, "{shown}: {}", sent.text());
            let kept: Value = sent.json["message"]["media"]["name"].clone();
            assert_eq!(kept, *name, "{shown}");
        }
    }
}
