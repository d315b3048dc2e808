//! Tests of documents and archives: told by their content, and served to be saved.

use reqwest::Method;
use serde_json::json;
use unicom_testing::TestDatabase;

use super::PNG;
use crate::app::TestApp;
use crate::both;
use crate::multipart_form::Form;
use crate::no_side_effects::NoSideEffects;

const SEND: &str = "/unicom/webchat/send/";

/// Returns a ZIP archive with these entries, which are not compressed.
pub(super) fn zip(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let (mut archive, mut directory) = (Vec::new(), Vec::new());
    for (name, content) in entries {
        let offset = u32::try_from(archive.len()).unwrap().to_le_bytes();
        let size = u32::try_from(content.len()).unwrap().to_le_bytes();
        let length = u16::try_from(name.len()).unwrap().to_le_bytes();
        // Version, flags, method, time, date, checksum, sizes, length of the name and of more.
        let common = [
            &[10, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
            &size[..],
            &size,
            &length,
            &[0, 0],
        ]
        .concat();
        archive.extend([b"PK\x03\x04", &common[..], name.as_bytes(), content].concat());
        directory.extend(
            [
                b"PK\x01\x02\x0a\0",
                &common[..],
                &[0; 10],
                &offset,
                name.as_bytes(),
            ]
            .concat(),
        );
    }
    let count = u16::try_from(entries.len()).unwrap().to_le_bytes();
    let size = u32::try_from(directory.len()).unwrap().to_le_bytes();
    let offset = u32::try_from(archive.len()).unwrap().to_le_bytes();
    let end = [
        b"PK\x05\x06\0\0\0\0",
        &count[..],
        &count,
        &size,
        &offset,
        b"\0\0",
    ]
    .concat();
    [archive, directory, end].concat()
}

fn office(folder: &str, more: &[(&str, &[u8])]) -> Vec<u8> {
    let document = format!("{folder}/document.xml");
    let entries: [(&str, &[u8]); 3] = [
        ("_rels/.rels", b"<Relationships/>"),
        (&document, b"<document/>"),
        ("[Content_Types].xml", b"<Types/>"),
    ];
    zip(&[&entries[..], more].concat())
}

fn open_document(kind: &str) -> Vec<u8> {
    let mimetype = format!("application/vnd.oasis.opendocument.{kind}");
    zip(&[
        ("mimetype", mimetype.as_bytes()),
        ("content.xml", b"<content/>"),
    ])
}

const OFFICE: &str = "application/vnd.openxmlformats-officedocument";

/// Returns files with the name that is claimed, the name that is kept, and their type.
fn documents() -> Vec<(Vec<u8>, &'static str, &'static str, String)> {
    let plain = "text/plain".to_owned();
    vec![
        (
            b"%PDF-1.7\n%\xE2\xE3\xCF\xD3".to_vec(),
            "plan (1).pdf",
            "plan-1.pdf",
            "application/pdf".to_owned(),
        ),
        (
            b"%PDF-1.4".to_vec(),
            "song.mp3",
            "song.pdf",
            "application/pdf".to_owned(),
        ),
        (
            b"hello\r\n\tworld\n".to_vec(),
            "a.txt",
            "a.txt",
            plain.clone(),
        ),
        (
            "Привет, мир! 你好 😀".as_bytes().to_vec(),
            "письмо",
            "письмо.txt",
            plain.clone(),
        ),
        (
            b"\xEF\xBB\xBFa;b\r\n1;2\r\n".to_vec(),
            "table.CSV",
            "table.csv",
            "text/csv".to_owned(),
        ),
        (b"a,b\n".to_vec(), "table.exe", "table.txt", plain.clone()),
        (
            "ä".repeat(100_000).into_bytes(),
            "long.txt",
            "long.txt",
            plain.clone(),
        ),
        (b"{\"a\": 1}".to_vec(), "a.json", "a.txt", plain.clone()),
        (
            b"GIF is a format <script>alert(1)</script>".to_vec(),
            "a.gif",
            "a.txt",
            plain,
        ),
        (
            office("word", &[]),
            "letter.docx",
            "letter.docx",
            format!("{OFFICE}.wordprocessingml.document"),
        ),
        (
            office("xl", &[]),
            "letter.docx",
            "letter.xlsx",
            format!("{OFFICE}.spreadsheetml.sheet"),
        ),
        (
            office("ppt", &[]),
            "talk",
            "talk.pptx",
            format!("{OFFICE}.presentationml.presentation"),
        ),
        (
            open_document("text"),
            "a.odt",
            "a.odt",
            "application/vnd.oasis.opendocument.text".to_owned(),
        ),
        (
            open_document("spreadsheet"),
            "a.zip",
            "a.ods",
            "application/vnd.oasis.opendocument.spreadsheet".to_owned(),
        ),
        (
            open_document("presentation"),
            "a.odp",
            "a.odp",
            "application/vnd.oasis.opendocument.presentation".to_owned(),
        ),
        (
            open_document("text-template"),
            "a.ott",
            "a.zip",
            "application/zip".to_owned(),
        ),
        (
            zip(&[("a.html", b"<script>alert(1)</script>")]),
            "a.html",
            "a.zip",
            "application/zip".to_owned(),
        ),
        (
            zip(&[]),
            "empty.zip",
            "empty.zip",
            "application/zip".to_owned(),
        ),
        (
            zip(&[("word/document.xml", b"<d/>")]),
            "no-types.docx",
            "no-types.zip",
            "application/zip".to_owned(),
        ),
    ]
}

fn refused() -> Vec<(&'static str, Vec<u8>, &'static str)> {
    let archive = zip(&[("a", b"b")]);
    vec![
        ("a.txt", b"<!DOCTYPE html><html></html>".to_vec(), "HTML"),
        ("a.txt", b" \n<SCRIPT>alert(1)</SCRIPT>".to_vec(), ""),
        ("a.txt", b"\xEF\xBB\xBF<svg onload=alert(1)>".to_vec(), ""),
        ("a.csv", b"<?xml version=\"1.0\"?><a/>".to_vec(), "XML"),
        ("a.txt", b"caf\xE9".to_vec(), "one of"),
        ("a.txt", b"a\0b".to_vec(), "one of"),
        ("a.txt", b"a\x1b[31mb".to_vec(), "one of"),
        ("a.txt", "a\u{85}b".as_bytes().to_vec(), "one of"),
        ("a.txt", [vec![b'a'; 70_000], vec![0]].concat(), "one of"),
        ("a.txt", [vec![b'a'; 70_000], vec![0xC3]].concat(), "one of"),
        ("a.txt", b"\xFF\xFEh\0i\0".to_vec(), "one of"),
        ("a.txt", b" \r\n".to_vec(), "one of"),
        ("a.txt", b"\xEF\xBB\xBF".to_vec(), "one of"),
        (
            "a.docm",
            office("word", &[("word/vbaProject.bin", b"x")]),
            "macros",
        ),
        (
            "a.doc",
            b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1\0\0".to_vec(),
            "",
        ),
        ("a.rtf", b"{\\rtf1\\ansi\0}".to_vec(), "RTF"),
        (
            "a.exe",
            b"MZ\x90\0\x03\0\0\0\x04\0\0\0\xFF\xFF\0\0".to_vec(),
            "EXE",
        ),
        (
            "a.zip",
            archive[..archive.len() - 30].to_vec(),
            "incomplete",
        ),
        ("a.7z", b"7z\xBC\xAF\x27\x1C\0\x04".to_vec(), "ZIP"),
        ("a.gz", b"\x1F\x8B\x08\0\0\0\0\0".to_vec(), "ZIP"),
    ]
}

both! {
    async fn documents_are_told_by_content_and_served_to_be_saved(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let guest = app.guest().await;
        for (content, claimed, name, content_type) in documents() {
            let sent = guest.send_file(claimed, &content).await;
            assert_eq!(sent.status, 200, "{claimed}: {}", sent.text());
            let message = sent.ok()["message"].clone();
            assert_eq!(message["media_type"], "file", "{claimed}");
            let media = json!({ "name": name, "content_type": content_type, "size": content.len(),
                "width": null, "height": null, "duration_ms": null });
            assert_eq!(message["media"], media, "{claimed}");
            let served = guest.get(message["media_url"].as_str().unwrap()).await;
            assert_eq!((served.status, &served.body), (200, &content), "{claimed}");
            assert!(served.header("content-disposition").starts_with("attachment; "), "{claimed}");
            for (header, value) in [
                ("content-type", content_type.as_str()),
                ("x-content-type-options", "nosniff"),
                ("content-security-policy", "sandbox"),
                ("cache-control", "private, no-store"),
            ] {
                assert_eq!(served.header(header), value, "{claimed}: {header}");
            }
            let listed = guest.chats("").await[0]["last_message"].clone();
            let shown = (&listed["text"], &listed["media_type"], &listed["media_name"]);
            assert_eq!(shown, (&json!(""), &json!("file"), &json!(name)));
        }
        // They are deleted with their chat, as pictures are.
        assert_eq!(app.files().len(), documents().len());
        let chat = guest.chats("").await[0]["id"].as_str().unwrap().to_owned();
        guest.delete(&format!("/unicom/webchat/chat/{chat}/?hard_delete=true")).await.ok();
        assert_eq!(app.files().len(), 0);
    }

    async fn other_files_are_refused_by_name(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let guest = app.guest().await;
        let watch = NoSideEffects::of(&app).await;
        for (name, content, seems) in refused() {
            let (kind, body) = Form::default().file("media", name, &content).finish();
            let request = guest.request(Method::POST, SEND).body(&kind, body);
            let what = format!("{name}: {}", content[..content.len().min(20)].escape_ascii());
            let answer = watch.refused(&what, request, (415, "unsupported_media_type")).await;
            answer.names("`media`").names(seems);
        }
    }

    async fn documents_count_towards_the_quota(db: &TestDatabase) {
        let options = unicom_server::Options { guest_quota: Some(1_000), ..Default::default() };
        let app = TestApp::with_options(db, options).await;
        let guest = app.guest().await;
        guest.send_file("a.txt", &[b'a'; 600]).await.ok();
        let watch = NoSideEffects::of(&app).await;
        let (kind, body) = Form::default().file("media", "b.txt", &[b'b'; 600]).finish();
        let request = guest.request(Method::POST, SEND).body(&kind, body);
        watch.refused("over the quota", request, (413, "quota_exceeded")).await;
        guest.send_file("a.png", PNG).await.ok();
    }

    async fn admins_send_documents_and_video(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let admin = app.program().await;
        let guest = app.guest_who_wrote("hi").await;
        let chat = guest.account_id().await;
        let path = format!("/unicom/admin/chats/{chat}/messages/");
        let files = [
            ("price.pdf", b"%PDF-1.7".to_vec(), "file"),
            ("clip.mp4", super::corpus::file("video.mp4"), "video"),
        ];
        for (name, content, media_type) in files {
            let form = Form::default().text("text", "here").file("media", name, &content);
            let (kind, body) = form.finish();
            let sent = admin.request(Method::POST, &path).body(&kind, body).send().await;
            assert_eq!(sent.status, 201, "{}", sent.text());
            assert_eq!(sent.json["message"]["media_type"], media_type);
            let message = guest.messages("limit=1").await["messages"][0].clone();
            assert_eq!((&message["media_type"], &message["media"]["name"]), (&json!(media_type), &json!(name)));
            let url = message["media_url"].as_str().unwrap();
            assert_eq!(guest.get(url).await.body, content);
        }
    }
}
