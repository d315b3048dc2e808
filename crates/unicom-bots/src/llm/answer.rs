//! Interprets the response of a language model.

use serde_json::Value;
use unicom_core::bots::{BotError, Outcome, Usage};
use unicom_outbound::{Answer, quote};

use crate::{failure, json};

/// Returns the outcome of a response, or the error that it stands for.
pub(super) async fn outcome(answer: Answer, key: Option<&str>) -> Result<Outcome, BotError> {
    let body = json::read(answer.body.clone()).await;
    if !matches!(answer.status, 200..=299) {
        return Err(failed(&answer, &body.unwrap_or_default(), key));
    }
    let body = body.map_err(|problem| {
        BotError::Temporary(format!("the model's response is not JSON: {problem}"))
    })?;
    // Some model servers send errors with status 200.
    if body["error"].is_object() {
        return Err(failed(&answer, &body, key));
    }
    let text = text(&body["choices"][0]["message"]);
    if text.is_empty() {
        return Err(no_text());
    }
    Ok(Outcome {
        usage: Usage {
            calls: 1,
            tokens: tokens(&body["usage"]),
        },
        ..Outcome::text(text)
    })
}

/// Returns the text of the model's message: a string, the joined parts of a list, or the reason of
/// a refusal.
fn text(message: &Value) -> String {
    // PostgreSQL cannot store a NUL.
    content(message).replace('\0', "").trim().to_owned()
}

/// Returns the text of a message or a piece of one as it is.
pub(super) fn content(message: &Value) -> String {
    match &message["content"] {
        Value::String(text) => text.clone(),
        Value::Array(parts) => parts
            .iter()
            .filter_map(|part| part["text"].as_str())
            .collect(),
        _ => message["refusal"].as_str().unwrap_or_default().to_owned(),
    }
}

/// Returns the error for an answer without text.
pub(super) fn no_text() -> BotError {
    BotError::Temporary("the model returned no text".to_owned())
}

/// Returns the number of tokens that an answer has used.
pub(super) fn tokens(usage: &Value) -> i64 {
    let count = |name: &str| usage[name].as_i64().unwrap_or(0).max(0);
    match count("total_tokens") {
        0 => count("prompt_tokens").saturating_add(count("completion_tokens")),
        total => total,
    }
}

/// Returns the error that an answer stands for.
pub(super) fn failed(answer: &Answer, body: &Value, key: Option<&str>) -> BotError {
    let status = answer.status;
    let secrets: Vec<&str> = key.into_iter().collect();
    let said = match said(body) {
        "" => String::new(),
        said => format!(": {}", quote(said, &secrets)),
    };
    let reason = format!("the model's server answered with status {status}{said}");
    match status {
        // An exhausted quota does not recover by itself: the owner of the account has to act.
        _ if is_out_of_quota(&body["error"]) => BotError::Permanent(reason),
        409 | 200..=299 => BotError::Temporary(reason),
        _ if failure::is_temporary(status) => failure::busy(answer, reason),
        _ => BotError::Permanent(reason),
    }
}

/// Returns the provider's error message, in the format of OpenAI or a format that other providers
/// use. Returns an empty string if there is none.
fn said(body: &Value) -> &str {
    [
        &body["error"]["message"],
        &body["error"],
        &body["message"],
        &body["detail"],
    ]
    .into_iter()
    .find_map(Value::as_str)
    .unwrap_or_default()
}

fn is_out_of_quota(error: &Value) -> bool {
    [&error["code"], &error["type"]]
        .into_iter()
        .any(|kind| kind == "insufficient_quota")
}
