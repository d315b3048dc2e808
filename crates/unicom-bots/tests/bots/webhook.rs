//! What is sent to a webhook, and what it may answer.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;
use unicom_core::{
    Bot, CoreError, IncomingMessage,
    bots::{BotError, Outcome},
    replies::{open_request, token_hash},
};
use unicom_db::DbError;
use unicom_db::queries::queue;
use unicom_models::{Member, UtcTime};
use unicom_testing::scripted_server::{Play, Request, Server, response, say};

use crate::chat::{Chat, SECRET, more_files};

/// Returns the settings of a bot that calls this server.
pub fn config(server: &Server) -> Value {
    json!({"url": server.url("/hook"), "secret_env": "UNICOM_BOT_SHOP", "timeout_s": 20})
}

/// Stores a message from Ada, `Hello`, and lets the webhook answer it.
pub async fn ask(chat: &Chat, config: Value) -> Result<Outcome, BotError> {
    chat.says_text("Hello").await;
    chat.webhook().handle(chat.incoming(config).await).await
}

/// Verifies the signature and timestamp like a receiver, according to the specification.
fn verify(asked: &Request) {
    let key = STANDARD
        .decode(SECRET.strip_prefix("whsec_").unwrap())
        .unwrap();
    let id = asked.header("webhook-id").unwrap();
    let timestamp = asked.header("webhook-timestamp").unwrap();
    let age = UtcTime::now().as_micros() / 1_000_000 - timestamp.parse::<i64>().unwrap();
    assert!((0..60).contains(&age), "{age} s old");
    let mut mac = Hmac::<Sha256>::new_from_slice(&key).unwrap();
    mac.update(&[id.as_bytes(), b".", timestamp.as_bytes(), b".", &asked.body].concat());
    let signature = asked.header("webhook-signature").unwrap();
    let signature = STANDARD
        .decode(signature.strip_prefix("v1,").unwrap())
        .unwrap();
    mac.verify_slice(&signature).unwrap();
}

/// The call contains the whole event and is signed, and the response is the reply.
#[tokio::test]
async fn call_contains_the_whole_event_and_is_signed() {
    let server = Server::new(say(200, json!({"text": "Hello, Ada"}))).await;
    let chat = Chat::new().await;
    let before = chat.says_text("Before").await;
    let media = Some(chat.store("cat.gif", 100).await);
    let message = IncomingMessage {
        text: "Look!".to_owned(),
        media,
        reply_to_message_id: Some(before.id),
        ..IncomingMessage::default()
    };
    let message = chat.says(message).await;
    let mut incoming = chat.incoming(config(&server)).await;
    let mut member = Member::new("Ada Lovelace".to_owned(), UtcTime::now());
    member.user_id = Some("7".to_owned());
    member.email = Some("ada@example.org".to_owned());
    member.email_verified = true;
    incoming.member = Some(member.clone());
    let request = incoming.request.clone();
    let outcome = chat.webhook().handle(incoming).await.unwrap();
    assert_eq!(outcome.replies.len(), 1);
    assert_eq!(outcome.replies[0].text, "Hello, Ada");
    assert_eq!(outcome.later, None);

    let asked = server.only_request();
    verify(&asked);
    assert_eq!(asked.line, "POST /hook");
    assert_eq!(
        asked.header("webhook-id"),
        Some(request.id.to_string().as_str())
    );
    assert_eq!(asked.header("content-type"), Some("application/json"));
    assert_eq!(
        asked.json(),
        json!({
            "type": "request.created",
            "timestamp": request.created_at,
            "data": {
                "request": {"id": request.id, "attempt": 1, "category_id": null, "created_at": request.created_at},
                "message": {
                    "id": message.id,
                    "chat_id": "fake_ada",
                    "text": "Look!",
                    "html": null,
                    "media_type": "image",
                    "media": {"name": "cat.gif", "content_type": "image/gif", "size": 100},
                    "timestamp": message.timestamp,
                    "reply_to_message_id": before.id,
                    "sender_name": "Ada",
                    "button": null,
                },
                "account": {"id": "fake_ada", "name": "Ada", "platform": "Fake", "is_bot": false},
                "member": {"id": member.id, "name": "Ada Lovelace"},
                "channel": {"id": chat.channel.id, "name": "Shop", "platform": "Fake"},
            },
        })
    );
}

/// The call names further files, and those that are missing.
#[tokio::test]
async fn call_names_further_and_missing_files() {
    let server = Server::new(say(200, json!({"text": "Hello, Ada"}))).await;
    let chat = Chat::new().await;
    chat.says_text("Look!").await;
    let mut incoming = chat.incoming(config(&server)).await;
    incoming.files = more_files(&incoming.message);
    chat.webhook().handle(incoming).await.unwrap();
    let files = json!([
        {"state": "ready", "name": "plan.pdf", "content_type": "application/octet-stream", "size": 8},
        {"state": "gone", "name": "lost.pdf", "content_type": null, "size": null},
    ]);
    assert_eq!(
        server.only_request().json()["data"]["message"]["files"],
        files
    );
}

/// All attempts have the same `webhook-id`.
#[tokio::test]
async fn retries_have_the_same_webhook_id() {
    let server = Server::new(say(500, "")).await;
    let chat = Chat::new().await;
    chat.says_text("Hello").await;
    let mut incoming = chat.incoming(config(&server)).await;
    for attempt in [1, 2] {
        incoming.request.attempts = attempt;
        chat.webhook().handle(incoming.clone()).await.unwrap_err();
    }
    let asked = server.requests();
    assert_eq!(asked[0].header("webhook-id"), asked[1].header("webhook-id"));
    assert_eq!(asked[1].json()["data"]["request"]["attempt"], 2);
}

/// The event of a click contains the button.
#[tokio::test]
async fn event_of_a_click_contains_the_button() {
    let server = Server::new(say(200, json!({"replies": []}))).await;
    let chat = Chat::new().await;
    let before = chat.says_text("Before").await;
    let message = IncomingMessage {
        text: "The cat".to_owned(),
        clicked: Some("cat".to_owned()),
        reply_to_message_id: Some(before.id),
        ..IncomingMessage::default()
    };
    chat.says(message).await;
    let incoming = chat.incoming(config(&server)).await;
    chat.webhook().handle(incoming).await.unwrap();
    let message = &server.only_request().json()["data"]["message"];
    assert_eq!(message["text"], "The cat");
    assert_eq!(
        message["button"],
        json!({"value": "cat", "message_id": before.id})
    );
}

/// A response may contain several replies with buttons and files.
#[tokio::test]
async fn several_replies_with_files_and_buttons_are_accepted() {
    let answer = json!({"replies": [
        {"text": "Which?", "buttons": [[{"text": "Cat", "value": "cat", "expires_at": "2199-12-31T23:59:59.5Z"}]]},
        {"html": "<b>This</b>", "image": {"base64": "R0lGODlhAQABAAAAACwAAAAAAQABAAACAkQBADs=", "name": "cat.gif"}},
    ]});
    let server = Server::new(say(201, answer)).await;
    let chat = Chat::new().await;
    let outcome = ask(&chat, config(&server)).await.unwrap();
    let button = &outcome.replies[0].buttons.as_ref().unwrap().0[0][0];
    assert_eq!(button.text, "Cat");
    let until = button.expires_at.unwrap().to_string();
    assert_eq!(until, "2199-12-31T23:59:59.500000Z");
    let (_, file) = outcome.replies[1].media.clone().unwrap();
    assert_eq!(file.name, "cat.gif");
    assert!(chat.media.open(file.key, None).await.is_ok());
}

/// A response without a body or without replies completes the request without a reply.
#[tokio::test]
async fn empty_response_completes_without_a_reply() {
    let no_content = Play::Say(b"HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n".to_vec());
    for play in [
        no_content,
        say(200, ""),
        say(200, " \r\n"),
        say(200, json!({"replies": []})),
    ] {
        let server = Server::new(play).await;
        let outcome = ask(&Chat::new().await, config(&server)).await.unwrap();
        assert!(outcome.replies.is_empty() && outcome.later.is_none());
    }
}

/// Status 202 announces a later answer, which is authorised by the token in the event.
#[tokio::test]
async fn status_202_announces_a_later_reply() {
    let server = Server::new(say(202, "whatever")).await;
    let chat = Chat::new().await;
    chat.says_text("Hello").await;
    let mut config = config(&server);
    config["answer_within_s"] = 600.into();
    let incoming = chat.incoming(config).await;
    let id = incoming.request.id;
    let outcome = chat.webhook().handle(incoming.clone()).await.unwrap();
    assert_eq!(outcome.later, Some(Duration::from_secs(600)));
    assert!(outcome.replies.is_empty());

    let told = server.only_request().json()["data"]["reply"].clone();
    assert_eq!(told["path"], format!("requests/{id}/reply/"));
    let until: UtcTime = serde_json::from_value(told["until"].clone()).unwrap();
    let left = until.since(UtcTime::now());
    assert!((590..=600).contains(&left.as_secs()), "{left:?}");
    let token = told["token"].as_str().unwrap().to_owned();
    assert_eq!((token.len(), &token[..4]), (68, "urq_"));
    let hash = token_hash(&token);
    let found = chat
        .database
        .read(move |db| queue::by_reply_token(db, id, &hash))
        .await;
    assert_eq!(
        found.map_err(|error: DbError| error).unwrap().unwrap().id,
        id
    );

    // The next attempt has a new token, which replaces the old one.
    chat.webhook().handle(incoming).await.unwrap();
    assert_ne!(server.requests()[1].json()["data"]["reply"]["token"], token);
    let old = chat
        .database
        .read(move |db| open_request(db, id, &token))
        .await;
    assert!(matches!(old, Err(CoreError::RequestNotFound(_))));
}

/// A webhook that may answer later may also answer immediately.
#[tokio::test]
async fn immediate_reply_is_accepted_if_later_ones_are_configured() {
    let server = Server::new(say(200, json!({"text": "Here"}))).await;
    let mut config = config(&server);
    config["answer_within_s"] = 600.into();
    let outcome = ask(&Chat::new().await, config).await.unwrap();
    assert_eq!((outcome.replies.len(), outcome.later), (1, None));
}

/// Status 202 is a permanent error if `answer_within_s` is not set.
#[tokio::test]
async fn unconfigured_status_202_is_permanent() {
    let server = Server::new(say(202, "")).await;
    let error = ask(&Chat::new().await, config(&server)).await.unwrap_err();
    let said =
        "the webhook answered with status 202, to answer later: set `answer_within_s` for that";
    assert_eq!(error, BotError::Permanent(said.to_owned()));
    assert_eq!(server.only_request().json()["data"].get("reply"), None);
}

/// A worker that has lost the claim does not call the webhook.
#[tokio::test]
async fn worker_without_the_claim_does_not_call() {
    let server = Server::new(say(200, json!({"text": "Here"}))).await;
    let chat = Chat::new().await;
    chat.says_text("Hello").await;
    let mut config = config(&server);
    config["answer_within_s"] = 600.into();
    let mut incoming = chat.incoming(config).await;
    incoming.request.attempts += 1;
    let error = chat.webhook().handle(incoming).await.unwrap_err();
    assert!(matches!(error, BotError::Temporary(_)), "{error}");
    assert!(server.requests().is_empty());
}

/// A response may contain a file of 5 MiB.
#[tokio::test]
async fn large_file_is_accepted() {
    let mut gif = b"GIF89a\x01\0\x01\0\0\0\0,\0\0\0\0\x01\0\x01\0\0\x02\x02D\x01\0;".to_vec();
    gif.resize(5 << 20, 7);
    let body = json!({"file": {"base64": STANDARD.encode(gif)}}).to_string();
    let server = Server::new(Play::Say(response(200, "", &body))).await;
    let mut config = config(&server);
    config["timeout_s"] = 30.into();
    let outcome = ask(&Chat::new().await, config).await.unwrap();
    assert_eq!(outcome.replies[0].media.as_ref().unwrap().1.size, 5 << 20);
}

/// Files in base64 are read as other programs write them.
#[tokio::test]
async fn all_forms_of_base64_are_read() {
    let gif = b"GIF89a\x01\0\x01\0\0\0\0,\0\0\0\0\x01\0\x01\0\0\x02\x02D\x01\0;".to_vec();
    // With the characters in which the alphabets differ.
    let gif = [gif, vec![0, 0xFB, 0xEF, 0xBE, 0xFF, 0xFF, 0xFF, 1]].concat();
    let plain = STANDARD.encode(&gif);
    assert!(
        plain.contains('+') && plain.contains('/') && plain.ends_with('='),
        "{plain}"
    );
    let lines: Vec<&str> = plain
        .as_bytes()
        .chunks(20)
        .map(|line| std::str::from_utf8(line).unwrap())
        .collect();
    let url_safe = plain.replace('+', "-").replace('/', "_");
    for base64 in [
        plain.clone(),
        lines.join("\r\n") + "\r\n",
        lines.join("\n "),
        plain.trim_end_matches('=').to_owned(),
        url_safe.clone(),
        url_safe.trim_end_matches('=').to_owned(),
        format!("data:image/gif;base64,{plain}"),
        format!(" DATA:;name=a.gif;Base64,\n{}", lines.join("\n")),
    ] {
        let server = Server::new(say(200, json!({"image": {"base64": &base64}}))).await;
        let outcome = ask(&Chat::new().await, config(&server)).await.unwrap();
        let (_, file) = outcome.replies[0].media.clone().unwrap();
        assert_eq!(usize::try_from(file.size).unwrap(), gif.len(), "{base64}");
    }
    for base64 in [
        "data:image/gif,GIF89a",
        "R0lGOD!h",
        "data:image/gif;base64,",
        "http://a,R0lG",
    ] {
        let server = Server::new(say(200, json!({"image": {"base64": base64}}))).await;
        let error = ask(&Chat::new().await, config(&server)).await.unwrap_err();
        assert!(matches!(error, BotError::Permanent(_)), "{base64}: {error}");
    }
}

/// Half of an emoji, which some programs cut, does not lose the reply.
#[tokio::test]
async fn half_of_an_emoji_is_replaced() {
    for (body, expected) in [
        (r#"{"text": "cut \ud83d"}"#, "cut \u{FFFD}"),
        (r#"{"text": "\ude00 \ud83d\ude00"}"#, "\u{FFFD} 😀"),
        ("\u{FEFF}{\"text\": \"Hello\"}", "Hello"),
    ] {
        let server = Server::new(say(200, body)).await;
        let outcome = ask(&Chat::new().await, config(&server)).await.unwrap();
        assert_eq!(outcome.replies[0].text, expected);
    }
}
