//! Tests of the branches of a chat.

use serde_json::{Value, json};
use unicom_testing::TestDatabase;

use crate::app::TestApp;
use crate::both;
use crate::client::{Client, texts};

/// Sends a text that replies to `parent` and waits for the bot's answer. Returns both.
async fn ask(app: &TestApp, client: &Client, text: &str, parent: &Value) -> (Value, Value) {
    let body = json!({ "text": text, "reply_to_message_id": parent["id"] });
    let said = client.send(body).await.ok()["message"].clone();
    app.settled().await;
    let answer = client.messages("limit=1").await["messages"][0].clone();
    assert_eq!(answer["reply_to_message_id"], said["id"]);
    (said, answer)
}

/// Returns the texts of a page in their order. Those of the bot are quoted, without its `Echo: `;
/// those that are not in the page's branch are in parentheses.
fn shown(page: &Value) -> String {
    let messages = page["messages"].as_array().unwrap().iter();
    let texts = messages.map(|message| {
        let text = message["text"].as_str().unwrap();
        let text = match text.strip_prefix("Echo: ") {
            Some(repeated) => format!("`{repeated}`"),
            None => text.to_owned(),
        };
        match message["in_branch"].as_bool().unwrap() {
            true => text,
            false => format!("({text})"),
        }
    });
    texts.collect::<Vec<_>>().join(" ")
}

/// Returns a query for the branch with a message.
fn with(message: &Value, more: &str) -> String {
    format!("branch={}{more}", message["id"].as_str().unwrap())
}

both! {
    async fn conversation_without_alternatives_is_one_branch(db: &TestDatabase) {
        let app = TestApp::with_echo(db).await;
        let guest = app.guest().await;
        for text in ["a", "b", "c"] {
            guest.say(text).await;
            app.settled().await;
        }
        let page = guest.messages("branch=latest").await;
        assert_eq!(shown(&page), "a `a` b `b` c `c`");
        assert_eq!((&page["branch_mode"], &page["has_more"]), (&json!("latest"), &json!(false)));
        let newest_first = guest.messages("branch=latest&order=desc").await;
        assert_eq!(shown(&newest_first), "`c` c `b` b `a` a");
        let first = guest.messages("order=asc").await["messages"][0].clone();
        let specific = guest.messages(&with(&first, "")).await;
        assert_eq!(shown(&specific), "a `a` b `b` c `c`");
        assert_eq!(specific["branch_mode"], "specific");
        let all = guest.messages("branch=all").await;
        assert_eq!((texts(&all), &all["branch_mode"]), (texts(&page), &json!("all")));

        // Without a branch, nothing is different.
        let plain = guest.messages("").await;
        assert_eq!(plain.get("branch_mode"), None);
        for page in [&plain, &all] {
            assert!(page["messages"].as_array().unwrap().iter().all(|message| message.get("in_branch").is_none()));
        }
    }

    async fn pages_are_walked_backward(db: &TestDatabase) {
        let app = TestApp::with_echo(db).await;
        let guest = app.guest().await;
        let mut last = json!({});
        for number in 0..5 {
            (_, last) = ask(&app, &guest, &number.to_string(), &last).await;
        }
        for branch in ["latest", "all"] {
            let (mut seen, mut before) = (Vec::new(), String::new());
            loop {
                let page = guest.messages(&format!("branch={branch}&limit=3{before}")).await;
                let messages = page["messages"].as_array().unwrap();
                assert!(messages[0]["reply_to_message_id"].is_null(), "it is not on the page");
                for pair in messages.windows(2) {
                    assert_eq!(pair[1]["reply_to_message_id"], pair[0]["id"]);
                }
                seen.splice(0..0, texts(&page));
                let Some(next) = page["next_cursor"].as_str() else { break };
                assert_eq!(page["has_more"], true);
                before = format!("&before={next}");
            }
            assert_eq!(seen, guest.texts().await, "{branch}");
        }
        // A page after a message refers to what the client already has.
        let first = guest.messages("order=asc&limit=1").await["messages"][0].clone();
        let after = format!("branch=latest&limit=2&after={}", first["id"].as_str().unwrap());
        let page = guest.messages(&after).await;
        assert_eq!(texts(&page), ["Echo: 0", "1"]);
        assert_eq!(page["messages"][0]["reply_to_message_id"], first["id"]);
        assert_eq!(page["messages"][0].get("in_branch"), None);
        assert_eq!(page["branch_mode"], "latest");
        let newest = guest.messages("limit=1").await["messages"][0]["id"].clone();
        let after = format!("branch=latest&after={}", newest.as_str().unwrap());
        assert_eq!(guest.messages(&after).await["messages"], json!([]));
    }

    async fn alternatives_are_chosen(db: &TestDatabase) {
        let app = TestApp::with_echo(db).await;
        let guest = app.guest().await;
        let (_, start) = ask(&app, &guest, "a", &json!({})).await;
        let (first, first_answer) = ask(&app, &guest, "b1", &start).await;
        ask(&app, &guest, "c", &first_answer).await;
        let (second, _) = ask(&app, &guest, "b2", &start).await;

        let latest = guest.messages("branch=latest").await;
        assert_eq!(shown(&latest), "a `a` (b1) (`b1`) (c) (`c`) b2 `b2`");
        // The alternatives are found by what they reply to.
        let of = |id: &Value| {
            let messages = latest["messages"].as_array().unwrap();
            messages.iter().find(|message| message["id"] == *id).unwrap()["reply_to_message_id"].clone()
        };
        assert_eq!((of(&first["id"]), of(&second["id"])), (start["id"].clone(), start["id"].clone()));

        let page = guest.messages(&with(&first, "")).await;
        assert_eq!(shown(&page), "a `a` b1 `b1` c `c` (b2) (`b2`)");
        let page = guest.messages(&with(&second, "")).await;
        assert_eq!(shown(&page), shown(&latest));
        // Messages before the alternatives are in both branches. The newest one is chosen.
        let page = guest.messages(&with(&start, "")).await;
        assert_eq!(shown(&page), shown(&latest));

        // The conversation goes on in the first branch.
        let (_, last) = ask(&app, &guest, "d", &first_answer).await;
        let page = guest.messages("branch=latest").await;
        assert_eq!(shown(&page), "a `a` b1 `b1` (c) (`c`) (b2) (`b2`) d `d`");
        // What replies to nothing is in every branch.
        guest.say("e").await;
        app.settled().await;
        let page = guest.messages(&with(&last, "")).await;
        assert_eq!(shown(&page), "a `a` b1 `b1` (c) (`c`) (b2) (`b2`) d `d` e `e`");
        let page = guest.messages(&with(&second, "")).await;
        assert_eq!(shown(&page), "a `a` (b1) (`b1`) (c) (`c`) b2 `b2` (d) (`d`) e `e`");
    }

    async fn pages_count_the_messages_of_the_branch(db: &TestDatabase) {
        let app = TestApp::with_echo(db).await;
        let guest = app.guest().await;
        let (_, start) = ask(&app, &guest, "a", &json!({})).await;
        let (first, mut last) = ask(&app, &guest, "b1", &start).await;
        for number in 0..4 {
            (_, last) = ask(&app, &guest, &number.to_string(), &last).await;
        }
        ask(&app, &guest, "b2", &start).await;
        // The forks are complete from their beginning, and not longer than a page.
        let page = guest.messages("branch=latest&limit=3").await;
        assert_eq!(shown(&page), "`a` (b1) (`b1`) (0) b2 `b2`");
        assert_eq!((&page["has_more"], &page["next_cursor"]), (&json!(true), &start["id"]));
        let next = format!("branch=latest&limit=3&before={}", start["id"].as_str().unwrap());
        let page = guest.messages(&next).await;
        assert_eq!((shown(&page), &page["has_more"]), ("a".to_owned(), &json!(false)));
        // Without the message that they fork from, they are left out.
        let page = guest.messages("branch=latest&limit=2").await;
        assert_eq!(shown(&page), "b2 `b2`");
        assert!(page["messages"][0]["reply_to_message_id"].is_null());
        let page = guest.messages(&with(&first, "&limit=4")).await;
        assert_eq!(shown(&page), "2 `2` 3 `3`");
        let next = page["next_cursor"].as_str().unwrap();
        let page = guest.messages(&with(&first, &format!("&limit=6&before={next}"))).await;
        assert_eq!(shown(&page), "b1 `b1` 0 `0` 1 `1`");
    }

    async fn branches_are_validated(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let guest = app.guest_who_wrote("hi").await;
        let other = app.guest().await;
        let foreign = other.say("mine").await;
        let path = |query: &str| format!("/unicom/webchat/messages/?{query}");
        for branch in ["x", "newest", "LATEST", "all,latest", "7"] {
            let answer = guest.get(&path(&format!("branch={branch}"))).await;
            answer.is(400, "invalid_parameter").names("`branch`");
        }
        let missing = guest.get(&path("branch=01890000-0000-7000-8000-000000000000")).await;
        let answer = guest.get(&path(&with(&foreign, ""))).await;
        assert_eq!(answer.is(404, "not_found").body, missing.is(404, "not_found").body);
        guest.get(&path(&with(&foreign, "&limit=1&order=asc"))).await.is(404, "not_found");
        let before = format!("branch=latest&before={}", foreign["id"].as_str().unwrap());
        guest.get(&path(&before)).await.is(400, "invalid_cursor");
        let new_guest = app.guest().await;
        let page = new_guest.messages("branch=latest").await;
        assert_eq!((&page["messages"], &page["chat_id"]), (&json!([]), &json!(null)));
    }

    async fn deleted_message_leaves_its_replies_in_every_branch(db: &TestDatabase) {
        let app = TestApp::with_echo(db).await;
        let guest = app.guest().await;
        let (_, start) = ask(&app, &guest, "a", &json!({})).await;
        let (first, _) = ask(&app, &guest, "b1", &start).await;
        ask(&app, &guest, "b2", &start).await;
        guest.delete(&format!("/unicom/webchat/message/{}/", first["id"].as_str().unwrap())).await.ok();
        assert_eq!(shown(&guest.messages("branch=latest").await), "a `a` `b1` b2 `b2`");
    }
}
