//! Tests of parts of forms as libraries write them: typed, with any boundary, or with a file in the
//! wrong field.

use reqwest::Method;
use serde_json::json;
use unicom_testing::TestDatabase;

use super::SEND;
use crate::app::TestApp;
use crate::both;
use crate::multipart_form::Form;
use crate::no_side_effects::NoSideEffects;
use crate::sample_images::PNG;

both! {
    async fn typed_parts_are_read(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        for (disposition, kind, metadata) in [
            ("form-data; name=\"metadata\"", "application/json", r#"{"a":"é"}"#.as_bytes()),
            ("form-data; name=\"metadata\"", "application/json; charset=utf-8", r#"{"a":"é"}"#.as_bytes()),
            // As pages send a `Blob`.
            ("form-data; name=\"metadata\"; filename=\"blob\"", "application/json", r#"{"a":"é"}"#.as_bytes()),
            ("form-data; name=\"metadata\"", "text/plain; charset=\"ISO-8859-1\"", b"{\"a\":\"\xe9\"}"),
            ("form-data; name=\"metadata\"", "application/octet-stream", r#"{"a":"é"}"#.as_bytes()),
            ("form-data; name=\"metadata\"", "nonsense", r#"{"a":"é"}"#.as_bytes()),
            ("Form-Data; Name=\"metadata\"", "", "\u{FEFF}{\"a\":\"é\"}".as_bytes()),
        ] {
            let guest = app.guest().await;
            let form = Form::default()
                .part("form-data; name=\"text\"", "text/plain; charset=UTF-8", "\u{FEFF}hé".as_bytes())
                .part(disposition, kind, metadata)
                .file("media", "a.png", PNG);
            let sent = guest.post_form(SEND, form).await;
            assert_eq!(sent.status, 200, "{kind}: {}", sent.text());
            assert_eq!(sent.json["message"]["text"], "hé");
            assert_eq!(guest.chats("").await[0]["metadata"], json!({ "a": "é" }), "{kind}");
        }
        let guest = app.guest_who_wrote("hi").await;
        let watch = NoSideEffects::of(&app).await;
        for (kind, text) in [
            ("text/plain; charset=x-unknown", b"hi".as_slice()),
            ("text/plain; charset=utf-8", b"caf\xe9"),
            ("", b"caf\xe9"),
        ] {
            let (header, body) = Form::default().part("form-data; name=\"text\"", kind, text).finish();
            let request = guest.request(Method::POST, SEND).body(&header, body);
            watch.refused(kind, request, (400, "invalid_body")).await.names("`text`");
        }
        let encoded = b"Content-Disposition: form-data; name=\"text\"\r\nContent-Transfer-Encoding: base64";
        let (header, body) = Form::default().raw_part(encoded, b"aGk=").finish();
        let request = guest.request(Method::POST, SEND).body(&header, body);
        watch.refused("base64", request, (400, "invalid_body")).await.names("`text`");
        let plain = b"Content-Disposition: form-data; name=\"text\"\r\nContent-Transfer-Encoding: 8bit";
        guest.post_form(SEND, Form::default().raw_part(plain, b"hi")).await.ok();
    }

    async fn boundaries_need_no_quotes(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let guest = app.guest().await;
        for (boundary, parameters) in [
            ("==XX==", "boundary===XX=="),
            ("----WebKitFormBoundaryA", "boundary=----WebKitFormBoundaryA; charset=utf-8"),
            ("=_a b", "boundary=\"=_a b\""),
            ("a/b:c?d", "charset=UTF-8; BOUNDARY=a/b:c?d"),
            ("(x)", "boundary=(x) ; a=b"),
            ("a,b", "boundary=\"a,b\""),
        ] {
            let body = format!("--{boundary}\r\nContent-Disposition: form-data; name=\"text\"\r\n\r\nhi\r\n--{boundary}--\r\n");
            let kind = format!("multipart/form-data; {parameters}");
            let sent = guest.request(Method::POST, SEND).body(&kind, body).send().await;
            assert_eq!(sent.status, 200, "{parameters}: {}", sent.text());
        }
        let watch = NoSideEffects::of(&app).await;
        for parameters in ["", ";", "; boundary", "; boundary=", "; boundary=\"\"", "; boundary=\"x", "; boundary=a\"b", "; x=\"boundary=x\""] {
            let body = "--x\r\nContent-Disposition: form-data; name=\"text\"\r\n\r\nhi\r\n--x--\r\n";
            let kind = format!("multipart/form-data{parameters}");
            let request = guest.request(Method::POST, SEND).body(&kind, body);
            watch.refused(parameters, request, (400, "invalid_body")).await.names("boundary");
        }
    }

    async fn files_in_other_fields_are_refused(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let guest = app.guest_who_wrote("hi").await;
        let watch = NoSideEffects::of(&app).await;
        for name in ["file", "media[]", "attachments[]", "Media", "media0", ""] {
            let (kind, body) = Form::default().text("text", "hi").file(name, "a.png", PNG).finish();
            let request = guest.request(Method::POST, SEND).body(&kind, body);
            let refused = watch.refused(name, request, (400, "invalid_body")).await;
            refused.names("`media`").names(&format!("`{name}`"));
        }
        let admin = app.program().await;
        let path = format!("/unicom/admin/chats/{}/messages/", guest.account_id().await);
        admin.get("/unicom/admin/chats/").await.ok();
        let watch = NoSideEffects::of(&app).await;
        let (kind, body) = Form::default().text("text", "hi").file("file", "a.png", PNG).finish();
        let request = admin.request(Method::POST, &path).body(&kind, body);
        watch.refused("an admin's", request, (400, "invalid_body")).await.names("`media`");
        let (kind, body) = Form::default().text("text", "a").text("text", "b").finish();
        let request = guest.request(Method::POST, SEND).body(&kind, body);
        watch.refused("twice", request, (400, "invalid_body")).await.names("`text`");
        // A browser sends an empty file for each input that was left empty.
        let form = Form::default().text("text", "hi").file("media", "", b"").file("photo", "", b"").text("photo_title", "x");
        guest.post_form(SEND, form).await.ok();
    }
}
