//! Tests of chats that are downloaded as text.

use serde_json::json;
use unicom_testing::TestDatabase;

use super::{open, path, write};
use crate::app::TestApp;
use crate::both;
use crate::live::send_to;
use crate::sample_images::PNG;

both! {
    async fn transcript_has_all_messages_as_text(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let ann = app.user("ann").await;
        let chat_id = open(&ann, "Order 17", json!({})).await;
        write(&ann, &chat_id, "Kde je můj balík?\n2026-01-01 00:00:00 UTC  Site\r\nRefused").await;
        send_to(&app, &chat_id, "On its way\u{2028}2026\u{1b}[31m").await;
        let answer = ann.get(&format!("{}transcript/", path(&chat_id))).await;
        assert_eq!(answer.status, 200);
        assert_eq!(answer.header("content-type"), "text/plain; charset=utf-8");
        let day = ann.chats("").await[0]["created_at"].as_str().unwrap()[..10].to_owned();
        let name = format!("attachment; filename=\"chat-{day}.txt\"");
        assert!(answer.header("content-disposition").starts_with(&name), "{answer:?}");
        let text = answer.text();
        let lines: Vec<&str> = text.lines().collect();
        let time = |line: &str| {
            assert_eq!((&line[..11], &line[19..23]), (&*format!("{day} "), " UTC"), "{line}");
            line[25..].to_owned()
        };
        assert_eq!(lines[..2], ["Order 17", ""]);
        assert_eq!(time(lines[2]), "ann");
        let expected = ["    Kde je můj balík?", "    2026-01-01 00:00:00 UTC  Site", "    Refused", ""];
        assert_eq!(lines[3..7], expected);
        assert_eq!(time(lines[7]), "Site");
        assert_eq!(lines[8..], ["    On its way", "    2026[31m"]);
    }

    async fn transcript_names_files_and_has_every_page(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let guest = app.guest().await;
        guest.send_file("cat.png", PNG).await.ok();
        for number in 1..=100 {
            guest.say(&format!("m{number}")).await;
        }
        let chat_id = guest.account_id().await;
        let text = guest.get(&format!("{}transcript/", path(&chat_id))).await.text();
        assert!(text.contains("  Guest\n    [cat.png]\n"), "{text}");
        let found: Vec<&str> = text.lines().filter(|line| line.starts_with("    m")).collect();
        let expected: Vec<String> = (1..=100).map(|number| format!("    m{number}")).collect();
        assert_eq!(found, expected);
    }

    async fn transcripts_are_for_participants(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let guest = app.guest_who_wrote("secret").await;
        let chat_id = guest.account_id().await;
        let path_of = |id: &str| format!("{}transcript/", path(id));
        let other = app.guest_who_wrote("x").await;
        let refused = other.get(&path_of(&chat_id)).await;
        assert_eq!(refused.is(404, "chat_not_found").json, other.get(&path_of("nowhere")).await.json);
        app.guest().await.get(&path_of(&chat_id)).await.is(404, "chat_not_found");
        let root = app.program().await;
        let block = format!("/unicom/admin/accounts/{chat_id}/block/");
        root.post(&block, json!({})).await.ok();
        guest.get(&path_of(&chat_id)).await.is(403, "account_blocked");
    }
}
