//! Tests of walking through a chat, page by page.

use serde_json::{Value, json};
use unicom_testing::TestDatabase;

use crate::app::TestApp;
use crate::both;
use crate::client::{Client, texts};

/// Writes `0`, `1`, … to the default chat.
async fn write(client: &Client, count: usize) {
    for number in 0..count {
        client.say(&number.to_string()).await;
    }
}

/// Follows `next_cursor` as `side` to the last page. Returns the texts of all pages.
async fn walk(client: &Client, side: &str, start: &str, order: &str, limit: usize) -> Vec<String> {
    let mut all = Vec::new();
    let mut anchor = start.to_owned();
    loop {
        let page = client
            .messages(&format!("limit={limit}&order={order}&{anchor}"))
            .await;
        let found = texts(&page);
        assert!(found.len() <= limit);
        all.extend(found);
        if page["has_more"] == false {
            assert!(page["next_cursor"].is_null());
            return all;
        }
        anchor = format!("{side}={}", page["next_cursor"].as_str().unwrap());
    }
}

fn numbers(range: impl Iterator<Item = usize>) -> Vec<String> {
    range.map(|number| number.to_string()).collect()
}

fn id(message: &Value) -> &str {
    message["id"].as_str().unwrap()
}

both! {
    async fn paging_backward_shows_each_message_once(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let guest = app.guest().await;
        write(&guest, 12).await;
        for limit in [1, 2, 5, 11, 12, 13, 100] {
            assert_eq!(
                walk(&guest, "before", "", "desc", limit).await,
                numbers((0..12).rev()),
                "{limit}"
            );
        }
    }

    async fn paging_forward_shows_each_message_once(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let guest = app.guest().await;
        write(&guest, 12).await;
        let oldest = guest.messages("order=asc&limit=1").await;
        let start = format!("after={}", id(&oldest["messages"][0]));
        for limit in [1, 2, 5, 11, 12, 100] {
            assert_eq!(
                walk(&guest, "after", "", "asc", limit).await,
                numbers(0..12),
                "{limit}"
            );
            assert_eq!(
                walk(&guest, "after", &start, "asc", limit).await,
                numbers(1..12),
                "{limit}"
            );
        }
    }

    async fn after_and_before_return_adjacent_messages(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let guest = app.guest().await;
        write(&guest, 10).await;
        let all = guest.messages("order=asc").await;
        let fourth = id(&all["messages"][4]);
        for (query, expected, more) in [
            (format!("after={fourth}&limit=2"), vec!["6", "5"], true),
            (
                format!("after={fourth}&limit=2&order=asc"),
                vec!["5", "6"],
                true,
            ),
            (format!("before={fourth}&limit=2"), vec!["3", "2"], true),
            (
                format!("before={fourth}&limit=2&order=asc"),
                vec!["2", "3"],
                true,
            ),
            (
                format!("before={fourth}&limit=4"),
                vec!["3", "2", "1", "0"],
                false,
            ),
            (
                format!("after={fourth}&limit=5&order=asc"),
                vec!["5", "6", "7", "8", "9"],
                false,
            ),
            (format!("after={}", id(&all["messages"][9])), vec![], false),
            (format!("before={}", id(&all["messages"][0])), vec![], false),
        ] {
            let page = guest.messages(&query).await;
            assert_eq!(texts(&page), expected, "{query}");
            assert_eq!(page["has_more"], more, "{query}");
        }
    }

    async fn next_cursor_continues_in_the_same_direction(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let guest = app.guest().await;
        write(&guest, 9).await;
        // Also if a page is reversed for display.
        let backward = walk(&guest, "before", "", "desc", 2).await;
        assert_eq!(backward, numbers((0..9).rev()));
        let newest = guest.messages("limit=1").await;
        let start = format!("before={}", id(&newest["messages"][0]));
        let mut turned = walk(&guest, "before", &start, "asc", 3).await;
        turned.sort();
        assert_eq!(turned, numbers(0..8));
    }

    async fn new_messages_do_not_disturb_paging(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let guest = app.guest().await;
        write(&guest, 6).await;
        let first = guest.messages("limit=3").await;
        guest.say("late").await;
        let cursor = first["next_cursor"].as_str().unwrap();
        let second = guest.messages(&format!("limit=3&before={cursor}")).await;
        assert_eq!(
            [texts(&first), texts(&second)].concat(),
            numbers((0..6).rev())
        );
        let newest = id(&first["messages"][0]);
        assert_eq!(
            texts(&guest.messages(&format!("after={newest}")).await),
            ["late"]
        );
    }

    async fn page_has_50_messages_by_default_and_at_most_100(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let guest = app.guest().await;
        write(&guest, 103).await;
        for (query, count) in [
            ("", 50),
            ("limit=100", 100),
            ("limit=101", 100),
            ("limit=7", 7),
        ] {
            let page = guest.messages(query).await;
            assert_eq!(page["messages"].as_array().unwrap().len(), count, "{query}");
            assert_eq!(page["has_more"], true, "{query}");
        }
    }

    async fn around_shows_a_message_and_those_before_and_after(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let guest = app.guest().await;
        write(&guest, 10).await;
        let all = guest.messages("order=asc").await;
        let ids: Vec<&str> = all["messages"].as_array().unwrap().iter().map(id).collect();
        for (middle, query, expected, older, newer) in [
            (4, "limit=4", "5432", Some(2), true),
            (4, "limit=4&order=asc", "2345", Some(2), true),
            (4, "limit=5&order=asc&branch=latest", "23456", Some(2), true),
            (4, "limit=1", "4", Some(4), true),
            (0, "limit=4&order=asc", "01", None, true),
            (9, "limit=4&order=asc", "789", Some(7), false),
            (1, "limit=3", "210", None, true),
            (8, "limit=100&order=asc", "0123456789", None, false),
        ] {
            let query = format!("{query}&around={}", ids[middle]);
            let page = guest.messages(&query).await;
            assert_eq!(texts(&page).concat(), expected, "{query}");
            assert_eq!(page["has_more"], older.is_some(), "{query}");
            assert_eq!(page["next_cursor"], json!(older.map(|older: usize| ids[older])), "{query}");
            assert_eq!(page["has_newer"], newer, "{query}");
        }
        // Both ends continue without a gap.
        let page = guest.messages(&format!("around={}&limit=2", ids[4])).await;
        let older = guest.messages(&format!("before={}", page["next_cursor"].as_str().unwrap())).await;
        assert_eq!(texts(&older).concat(), "210");
        let newer = guest.messages(&format!("after={}&order=asc", id(&page["messages"][0]))).await;
        assert_eq!(texts(&newer).concat(), "56789");
        assert!(newer["has_newer"].is_null());
        // Admins jump to a message the same way.
        let chat = all["chat_id"].as_str().unwrap();
        let path = format!("/unicom/admin/chats/{chat}/messages/?limit=2&around={}", ids[4]);
        let page = app.program().await.get(&path).await.ok();
        assert_eq!(texts(&page).concat(), "43");
        assert_eq!((&page["has_more"], &page["has_newer"]), (&json!(true), &json!(true)));
    }

    async fn around_needs_one_message_of_the_chat(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let guest = app.guest_who_wrote("mine").await;
        let foreign = app.guest().await.say("theirs").await;
        let [own, foreign] = [&guest.messages("").await["messages"][0], &foreign].map(|message| id(message).to_owned());
        for (query, code) in [
            (format!("around={foreign}"), "invalid_cursor"),
            ("around=x".to_owned(), "invalid_cursor"),
            (format!("around={own}&before={own}"), "invalid_parameter"),
            (format!("around={own}&after={own}"), "invalid_parameter"),
        ] {
            let answer = guest.get(&format!("/unicom/webchat/messages/?{query}")).await;
            answer.is(400, code);
        }
    }

    async fn replies_contain_the_id_of_their_message(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let guest = app.guest().await;
        let question = guest.say("question").await;
        let reply = guest
            .send(json!({ "text": "more", "reply_to_message_id": question["id"] }))
            .await
            .ok();
        assert_eq!(reply["message"]["reply_to_message_id"], question["id"]);
        assert_eq!(guest.messages("").await["messages"][0], reply["message"]);
    }
}
