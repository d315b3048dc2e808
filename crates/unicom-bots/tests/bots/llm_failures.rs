//! Failures of language models: whether the request is retried, and the error message.

use std::time::Duration;

use futures_util::future::join_all;
use serde_json::{Value, json};
use unicom_core::{Bot, bots::BotError};
use unicom_testing::scripted_server::{Play, Server, response, say};

use crate::chat::{Chat, KEY};
use crate::llm::{completion, config};

/// Returns the error of a bot whose server behaves like `play`.
async fn failure(play: Play) -> BotError {
    failure_within(20, play).await
}

/// Returns the error of a bot with this timeout, and checks that it does not contain the key.
async fn failure_within(timeout_s: u32, play: Play) -> BotError {
    let server = Server::new(play).await;
    let chat = Chat::new().await;
    chat.says_text("Hello").await;
    let mut config = config(&server);
    config["timeout_s"] = timeout_s.into();
    let incoming = chat.incoming(config).await;
    let error = chat.llm().handle(incoming).await.unwrap_err();
    assert!(!error.to_string().contains(KEY), "{error}");
    error
}

fn is_temporary(error: &BotError) -> bool {
    matches!(error, BotError::Temporary(_))
}

fn is_permanent(error: &BotError) -> bool {
    matches!(error, BotError::Permanent(_))
}

/// Returns an error in the format of OpenAI's API.
fn problem(message: &str) -> Value {
    json!({"error": {"message": message, "type": "invalid_request_error", "code": null}})
}

/// The status decides whether an error is temporary.
#[tokio::test]
async fn status_decides_whether_an_error_is_temporary() {
    for status in [408, 409, 425, 429, 500, 502, 503, 504] {
        let error = failure(say(status, "<html>")).await;
        let reason = format!("the model's server answered with status {status}");
        assert_eq!(error, BotError::Temporary(reason));
    }
    for status in [400, 401, 402, 403, 404, 413, 422] {
        let error = failure(say(status, problem("no such thing"))).await;
        let reason = format!("the model's server answered with status {status}: no such thing");
        assert_eq!(error, BotError::Permanent(reason));
    }
}

/// A `retry-after` header sets the waiting time.
#[tokio::test]
async fn retry_after_sets_the_delay() {
    let body = problem("slow down").to_string();
    let error = failure(Play::Say(response(429, "retry-after: 20\r\n", &body))).await;
    let expected = BotError::Busy {
        reason: "the model's server answered with status 429: slow down".to_owned(),
        after: Duration::from_secs(20),
    };
    assert_eq!(error, expected);
}

/// An exhausted quota is permanent, even with status 429.
#[tokio::test]
async fn exhausted_quota_is_permanent() {
    for field in ["code", "type"] {
        let mut body = problem("You exceeded your current quota");
        body["error"][field] = "insufficient_quota".into();
        let play = Play::Say(response(429, "retry-after: 20\r\n", &body.to_string()));
        let error = failure(play).await;
        assert!(is_permanent(&error), "{error}");
    }
}

/// The provider's message is shortened, and the key is removed from it.
#[tokio::test]
async fn provider_message_is_shortened_and_redacted() {
    let long = format!("Incorrect API key\0 provided:\n{KEY}. {}", "x".repeat(1000));
    let error = failure(say(401, problem(&long))).await.to_string();
    let begin = "permanent: the model's server answered with status 401: Incorrect API key provided: …. xxx";
    assert!(
        error.starts_with(begin) && error.chars().count() < 400,
        "{error}"
    );
    for body in [
        json!({"error": "Hm"}),
        json!({"message": "Hm"}),
        json!({"detail": "Hm"}),
    ] {
        let error = failure(say(404, body)).await.to_string();
        assert!(error.ends_with("status 404: Hm"), "{error}");
    }
}

/// An answer that is not one, or not JSON, is a temporary error.
#[tokio::test]
async fn invalid_answer_is_temporary() {
    let mut no_choices = completion("x".into());
    no_choices["choices"] = json!([]);
    let mut no_end = completion("".into());
    no_end["choices"][0]["finish_reason"] = Value::Null;
    for answer in [
        no_choices,
        no_end,
        json!({}),
        json!([]),
        json!("Hello"),
        problem("overloaded"),
    ] {
        let error = failure(say(200, &answer)).await;
        assert!(is_temporary(&error), "{answer}: {error}");
    }
    for garbage in ["", "<html>", "{\"choices\": ["] {
        let error = failure(say(200, garbage)).await;
        assert!(
            is_temporary(&error) && error.to_string().contains("is not JSON"),
            "{error}"
        );
    }
}

/// A complete answer without text is a permanent error that says why: the model would end in the
/// same way again.
#[tokio::test]
async fn complete_answer_without_text_is_permanent() {
    let thoughts = "<think>What could it be?</think>";
    for (content, finish_reason, expected) in [
        (json!(""), "stop", "`finish_reason` is `stop`"),
        (json!(" \n"), "stop", "no text"),
        (Value::Null, "stop", "no text"),
        (json!([]), "stop", "no text"),
        (
            json!(""),
            "length",
            "(`length`): raise or remove `max_tokens`",
        ),
        (Value::Null, "length", "`length`"),
        (json!(thoughts), "length", "`length`"),
        (json!("<think>What could"), "length", "`length`"),
        (Value::Null, "tool_calls", "called a tool"),
        (json!(""), "function_call", "called a tool"),
        (Value::Null, "content_filter", "`content_filter`"),
    ] {
        let mut answer = completion(content);
        answer["choices"][0]["finish_reason"] = finish_reason.into();
        answer["choices"][0]["message"]["reasoning_content"] = "thinking".into();
        let error = failure(say(200, &answer)).await;
        assert!(is_permanent(&error), "{answer}: {error}");
        assert!(error.to_string().contains(expected), "{error}");
        assert!(!error.to_string().contains("thinking"), "{error}");
    }
}

/// Providers that pass on an error of another one send it with status 200.
#[tokio::test]
async fn status_in_the_body_counts() {
    let mut body = problem("no credits");
    body["error"]["code"] = 402.into();
    let error = failure(say(200, &body)).await;
    assert!(is_permanent(&error), "{error}");
    assert!(error.to_string().ends_with("status 402: no credits"));
    body["error"]["code"] = 503.into();
    assert!(is_temporary(&failure(say(200, &body)).await));
}

/// A key is left out of the provider's words, also if its middle is.
#[tokio::test]
async fn parts_of_the_key_are_redacted() {
    let said = format!("Incorrect API key provided: {}******-key.", &KEY[..8]);
    let error = failure(say(401, json!([{"error": {"message": said}}]))).await;
    let expected =
        "permanent: the model's server answered with status 401: Incorrect API key provided: …";
    assert_eq!(error.to_string(), expected);
    let error = failure(say(401, "plain words")).await;
    assert!(error.to_string().ends_with("status 401: plain words"));
}

/// A late, incomplete or too long answer is a temporary error.
#[tokio::test]
async fn late_truncated_or_endless_answer_is_temporary() {
    let head = b"HTTP/1.1 200 OK\r\ncontent-length: 5000000\r\n\r\n";
    let begun = b"HTTP/1.1 200 OK\r\ncontent-length: 50\r\n\r\n{\"choices\":";
    let endless = [
        b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n".to_vec(),
        vec![b' '; 5_000_000],
    ]
    .concat();
    let plays = [
        Play::Stall(Vec::new()),
        Play::Stall(b"HTTP/1.1 200 OK\r\ncontent-".to_vec()),
        Play::Stall(begun.to_vec()),
        Play::Late(Duration::from_secs(3), response(200, "", "{}")),
        Play::Say(Vec::new()),
        Play::Say(begun.to_vec()),
        Play::Say(head.to_vec()),
        Play::Say(endless),
    ];
    for error in join_all(plays.map(|play| failure_within(1, play))).await {
        assert!(is_temporary(&error), "{error}");
    }
}

/// A redirect to a private address is permanent and is not followed.
#[tokio::test]
async fn redirect_to_a_private_address_is_permanent_and_not_followed() {
    let inside = Server::at("127.0.0.1", vec![say(200, completion("secret".into()))]).await;
    let location = format!("location: {}\r\n", inside.url("/"));
    let error = failure(Play::Say(response(307, &location, ""))).await;
    assert!(is_permanent(&error), "{error}");
    assert!(inside.requests().is_empty());
}

/// If the message no longer exists, the model is not called.
#[tokio::test]
async fn deleted_message_is_not_sent() {
    let server = Server::new(say(200, completion("Hello".into()))).await;
    let chat = Chat::new().await;
    chat.says_text("Hello").await;
    let mut incoming = chat.incoming(config(&server)).await;
    incoming.message.id = unicom_models::MessageId::new();
    let error = chat.llm().handle(incoming).await.unwrap_err();
    assert!(is_temporary(&error), "{error}");
    assert!(server.requests().is_empty());
}
