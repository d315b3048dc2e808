//! Tests of valid replies and of the error messages for invalid ones.

use serde_json::{Value, json};
use unicom_core::bots::HandOver;
use unicom_core::html::CleanHtml;
use unicom_models::MediaType;

use super::{InvalidReplies, outcome_from_json};
use crate::media::ObjectMediaStore;

const GIF: &str = "R0lGODlhAQABAAAAACwAAAAAAQABAAACAkQBADs=";

/// Returns the message of the error for `body`, which must be rejected.
async fn refusal(body: Value) -> String {
    let media = ObjectMediaStore::in_memory();
    match outcome_from_json(&media, &body).await {
        Err(
            InvalidReplies::Form(problem)
            | InvalidReplies::TooLarge(problem)
            | InvalidReplies::Content(problem),
        ) => problem,
        other => panic!("{body}: {other:?}"),
    }
}

#[tokio::test]
async fn every_form_is_accepted() {
    let media = ObjectMediaStore::in_memory();
    let body = json!({"replies": [
        {"text": "Hello", "html": "<b>Hello</b>", "buttons": [[{"text": "Yes", "value": "y"}]], "image": null},
        {"image": {"base64": GIF, "name": "cat.gif"}},
        {"text": "The same again", "file": {"base64": GIF}},
    ]});
    let replies = outcome_from_json(&media, &body).await.unwrap().replies;
    assert_eq!(replies.len(), 3);
    assert_eq!(
        (
            replies[0].text.as_str(),
            replies[0].html.as_ref().map(CleanHtml::as_str)
        ),
        ("Hello", Some("<b>Hello</b>"))
    );
    assert_eq!(replies[0].buttons.as_ref().unwrap().0[0][0].text, "Yes");
    for (reply, name) in [(&replies[1], "cat.gif"), (&replies[2], "image.gif")] {
        let (kind, file) = reply.media.as_ref().unwrap();
        assert_eq!((*kind, file.name.as_str()), (MediaType::Image, name));
    }
    assert!(
        outcome_from_json(&media, &json!({"replies": []}))
            .await
            .unwrap()
            .replies
            .is_empty()
    );
    let only = outcome_from_json(&media, &json!({"html": "<p>Hi</p>"}))
        .await
        .unwrap()
        .replies;
    assert_eq!(only[0].html.as_ref().unwrap().as_str(), "<p>Hi</p>");
    // Long enough to be sanitised on another thread.
    let long = json!({"html": format!("<b>{}</b><script>x()</script>", "x".repeat(20_000))});
    let long = outcome_from_json(&media, &long).await.unwrap().replies;
    assert_eq!(long[0].html.as_ref().unwrap().plain_text().len(), 20_000);
}

#[tokio::test]
async fn bot_hands_the_chat_over() {
    let media = ObjectMediaStore::in_memory();
    let both = json!({"reason": "asks for a person", "summary": "Order 17 is late"});
    let body = json!({"replies": [{"text": "One moment"}], "hand_over": both});
    let outcome = outcome_from_json(&media, &body).await.unwrap();
    assert_eq!(outcome.replies.len(), 1);
    let hand_over = outcome.hand_over.unwrap();
    assert_eq!(
        (hand_over.reason.as_str(), hand_over.summary.as_str()),
        ("asks for a person", "Order 17 is late")
    );
    let only = outcome_from_json(&media, &json!({"hand_over": {}})).await;
    assert_eq!(only.unwrap().hand_over, Some(HandOver::default()));
    for (hand_over, problem) in [
        (
            json!({"reason": "x".repeat(501)}),
            "`hand_over.reason` is too large: expected at most 500 characters",
        ),
        (
            json!({"summary": "x".repeat(8_001)}),
            "`hand_over.summary` is too large: expected at most 8000 characters",
        ),
        (
            json!({"summary": "\0"}),
            "`hand_over.summary` has a NUL character",
        ),
        (
            json!({"to": "ann"}),
            "unknown field `hand_over.to`: expected `reason`, `summary`",
        ),
    ] {
        let told = refusal(json!({"hand_over": hand_over})).await;
        assert!(told.contains(problem), "{told}");
    }
}

#[tokio::test]
async fn error_names_the_field_and_the_reason() {
    let many: Vec<Value> = vec![json!({"text": "Hi"}); 21];
    for (body, sentence) in [
        (json!([]), "expected an object"),
        (
            json!({}),
            "`text` is empty: a reply needs a text, HTML or a file",
        ),
        (
            json!({"text": " "}),
            "`text` is empty: a reply needs a text, HTML or a file",
        ),
        (
            json!({"ok": true}),
            "unknown field `ok`: expected `text`, `html`, `buttons`, `image`, `audio`, `file`",
        ),
        (json!({"replies": {}}), "`replies` must be a list"),
        (
            json!({"replies": many}),
            "`replies` must be a list of at most 20",
        ),
        (
            json!({"replies": [], "text": "Hi"}),
            "unknown field `text`: expected `replies`, `hand_over`",
        ),
        (json!({"replies": ["Hi"]}), "`replies[0]` must be an object"),
        (
            json!({"replies": [{"text": "Hi"}, {"text": 5}]}),
            "`replies[1].text` must be a string",
        ),
        (
            json!({"replies": [{"text": "a\0b"}]}),
            "`replies[0].text` has a NUL character",
        ),
        (
            json!({"text": "Hi", "buttons": "secret"}),
            "`buttons` must be a list",
        ),
        (
            json!({"replies": [{"text": "Hi", "buttons": [[{"text": 5}]]}]}),
            "`replies[0].buttons[0][0].text` must be a string",
        ),
        (
            json!({"text": "Hi", "buttons": [[]]}),
            "`buttons`: expected 1 to 10 rows of 1 to 10 buttons",
        ),
        (
            json!({"text": "Hi", "buttons": []}),
            "`buttons`: expected 1 to 10 rows of 1 to 10 buttons",
        ),
        (
            json!({"replies": [{"text": "Hi"}, {"html": "x".repeat(65_537)}]}),
            "`replies[1].html` is too large: expected at most 65536 bytes",
        ),
        (
            json!({"html": "<script>x()</script>"}),
            "`text` is empty: a reply needs a text, HTML or a file",
        ),
        (
            json!({"html": ""}),
            "`text` is empty: a reply needs a text, HTML or a file",
        ),
        (
            json!({"text": "x".repeat(262_145)}),
            "`text` is too large: expected at most 262144 bytes",
        ),
        (json!({"image": GIF}), "`image` must be an object"),
        (json!({"image": {}}), "`image.base64` is missing"),
        (
            json!({"image": {"url": "x"}}),
            "unknown field `image.url`: expected `base64`, `name`",
        ),
        (
            json!({"image": {"base64": GIF}, "file": {"base64": GIF}}),
            "`file` is a second file: a reply has one",
        ),
        (
            json!({"audio": {"base64": GIF}}),
            "`audio`: its content is of the kind `image`",
        ),
    ] {
        assert_eq!(refusal(body).await, sentence);
    }
    assert!(
        refusal(json!({"image": {"base64": "%"}}))
            .await
            .starts_with("`image`: the file was refused: it is not base64")
    );
    let long = format!("\0{}", "x".repeat(1000));
    assert!(refusal(json!({long: 1})).await.len() < 200);
}

#[tokio::test]
async fn invalid_reply_leaves_no_file() {
    let folder = tempfile::tempdir().unwrap();
    let media = ObjectMediaStore::local(folder.path()).unwrap();
    let body = json!({"replies": [{"image": {"base64": GIF}}, {"image": {"base64": "c3Zn"}}]});
    outcome_from_json(&media, &body).await.unwrap_err();
    let body = json!({"audio": {"base64": GIF}});
    outcome_from_json(&media, &body).await.unwrap_err();
    let left = walk(folder.path());
    assert!(left.is_empty(), "{left:?}");
}

fn walk(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(walk(&path));
        } else {
            files.push(path);
        }
    }
    files
}
