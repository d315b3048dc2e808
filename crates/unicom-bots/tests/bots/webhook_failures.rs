//! Failures of webhooks: whether the request is retried.

use std::time::Duration;

use futures_util::future::join_all;
use serde_json::json;
use unicom_core::{Bot, bots::BotError};
use unicom_testing::scripted_server::{Play, Server, response, say};

use crate::chat::Chat;
use crate::webhook::{ask, config};

/// Returns the error of a bot whose server behaves like `play`.
async fn failure(play: Play) -> BotError {
    failure_within(20, play).await
}

/// Returns the error of a bot with this timeout.
async fn failure_within(timeout_s: u32, play: Play) -> BotError {
    let server = Server::new(play).await;
    let mut config = config(&server);
    config["timeout_s"] = timeout_s.into();
    ask(&Chat::new().await, config).await.unwrap_err()
}

fn is_temporary(error: &BotError) -> bool {
    matches!(error, BotError::Temporary(_))
}

fn is_permanent(error: &BotError) -> bool {
    matches!(error, BotError::Permanent(_))
}

/// The status decides whether an error is temporary.
#[tokio::test]
async fn status_decides_whether_an_error_is_temporary() {
    for status in [408, 425, 429, 500, 502, 503, 504, 599] {
        let error = failure(say(status, json!({"text": "not this"}))).await;
        let reason = format!("the webhook answered with status {status}");
        assert_eq!(error, BotError::Temporary(reason));
    }
    for status in [400, 401, 403, 404, 409, 410, 413, 422] {
        let error = failure(say(status, "token urq_0123")).await;
        let reason = format!("the webhook answered with status {status}");
        assert_eq!(error, BotError::Permanent(reason));
    }
}

/// A `retry-after` header sets the waiting time.
#[tokio::test]
async fn retry_after_sets_the_delay() {
    for status in [429, 503] {
        let error = failure(Play::Say(response(status, "retry-after: 30\r\n", ""))).await;
        let expected = BotError::Busy {
            reason: format!("the webhook answered with status {status}"),
            after: Duration::from_secs(30),
        };
        assert_eq!(error, expected);
    }
}

/// A late or missing answer is a temporary error.
#[tokio::test]
async fn late_or_missing_answer_is_temporary() {
    let late = Play::Late(Duration::from_secs(3), response(200, "", "{}"));
    let plays = [late, Play::Stall(Vec::new()), Play::Say(Vec::new())];
    for error in join_all(plays.map(|play| failure_within(1, play))).await {
        assert!(is_temporary(&error), "{error}");
    }
}

/// A response with status 2xx was received, so that the webhook is not called again if it contains
/// no replies.
#[tokio::test]
async fn non_json_and_invalid_replies_are_permanent() {
    for garbage in [
        "<html>Workflow started</html>",
        "OK",
        "{\"text\": ",
        "{} {}",
    ] {
        for status in [200, 201] {
            let error = failure(say(status, garbage)).await;
            assert!(is_permanent(&error), "{error}");
            let said = format!("the webhook answered with status {status} and is not called again");
            assert!(error.to_string().contains(&said), "{error}");
        }
    }
    for wrong in [
        json!({"ok": true}),
        json!([]),
        json!("Hello"),
        json!({"replies": [{"text": 5}]}),
    ] {
        let error = failure(say(200, wrong)).await;
        assert!(is_permanent(&error), "{error}");
        assert!(
            error
                .to_string()
                .contains("the webhook sent invalid replies: "),
            "{error}"
        );
    }
}

#[tokio::test]
async fn oversized_response_is_permanent() {
    let head = format!(
        "HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n",
        (30 << 20) + 1
    );
    let error = failure(Play::Say(head.into_bytes())).await;
    assert_eq!(
        error.to_string(),
        "permanent: the response is longer than 31457280 bytes"
    );
}

/// A redirect to a private address is permanent and is not followed.
#[tokio::test]
async fn redirect_to_a_private_address_is_permanent_and_not_followed() {
    let inside = Server::at("127.0.0.1", vec![say(200, json!({"text": "secret"}))]).await;
    let location = format!("location: {}\r\n", inside.url("/"));
    let error = failure(Play::Say(response(307, &location, ""))).await;
    let said = format!(
        "permanent: it redirects to another origin, `http://{}`: only redirects within one are followed",
        inside.address
    );
    assert_eq!(error.to_string(), said);
    assert!(inside.requests().is_empty());
    let error = failure(Play::Say(response(302, &location, ""))).await;
    assert!(is_permanent(&error), "{error}");
    assert!(inside.requests().is_empty());
}

/// A redirect to another origin is not followed, so the reply token is not sent there.
#[tokio::test]
async fn reply_token_is_not_sent_to_another_origin() {
    for status in [307, 308] {
        let other = Server::new(say(200, json!({"text": "Hello"}))).await;
        let location = format!("location: {}\r\n", other.url("/"));
        let server = Server::new(Play::Say(response(status, &location, ""))).await;
        let mut config = config(&server);
        config["answer_within_s"] = 600.into();
        let error = ask(&Chat::new().await, config).await.unwrap_err();
        assert!(
            is_permanent(&error) && error.to_string().contains("to another origin"),
            "{error}"
        );
        assert_eq!(server.requests().len(), 1);
        assert!(other.requests().is_empty());
    }
}

/// A name that resolves to a private address is refused when it is called.
#[tokio::test]
async fn name_with_a_private_address_is_permanent() {
    let inside = Server::at("127.0.0.1", vec![say(200, "{}")]).await;
    let port = inside.address.rsplit_once(':').unwrap().1;
    let mut config = config(&inside);
    config["url"] = format!("http://localhost:{port}/").into();
    let chat = Chat::new().await;
    // The settings are valid, since names are resolved only at the call.
    chat.webhook()
        .validate(config.as_object().unwrap())
        .unwrap();
    let error = ask(&chat, config).await.unwrap_err();
    let said = "permanent: host `localhost` has an address that is not public";
    assert_eq!(error.to_string(), said);
    assert!(inside.requests().is_empty());
}
