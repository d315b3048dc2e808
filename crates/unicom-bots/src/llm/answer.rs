//! Interprets the response of a language model.

use serde_json::Value;
use unicom_core::bots::{BotError, Outcome, Usage};
use unicom_outbound::Answer;

use super::refusal::{Failure, failed};
use super::thoughts::without_thoughts;
use crate::json;

/// Returns the outcome of a response, or the failure that it stands for.
pub(super) async fn outcome(answer: Answer, key: Option<&str>) -> Result<Outcome, Failure> {
    let body = json::read(answer.body.clone()).await;
    if !matches!(answer.status, 200..=299) {
        return Err(failed(&answer, &body.unwrap_or_default(), key));
    }
    let body = body.map_err(|problem| {
        BotError::Temporary(format!("the model's response is not JSON: {problem}"))
    })?;
    // Some model servers send errors with status 200.
    if has_error(&body) {
        return Err(failed(&answer, &body, key));
    }
    let choice = &body["choices"][0];
    let text = text(&choice["message"]);
    if text.is_empty() {
        return Err(no_text(choice["finish_reason"].as_str()).into());
    }
    Ok(Outcome {
        usage: Usage {
            calls: 1,
            tokens: tokens(&body["usage"]),
        },
        ..Outcome::text(text)
    })
}

/// Returns `true` if a body, or an event of an answer in pieces, is an error.
pub(super) fn has_error(body: &Value) -> bool {
    let error = &body["error"];
    error.is_object() || error.as_str().is_some_and(|error| !error.is_empty())
}

/// Returns the text of the model's message without its thoughts: a string, the joined parts of a
/// list, or the reason of a refusal.
fn text(message: &Value) -> String {
    // PostgreSQL cannot store a NUL.
    let said = content(message).replace('\0', "");
    without_thoughts(&said).trim().to_owned()
}

/// Returns the text of a message or a piece of one as it is. Fields and parts with thoughts are not
/// read.
pub(super) fn content(message: &Value) -> String {
    match &message["content"] {
        Value::String(text) => text.clone(),
        Value::Array(parts) => parts
            .iter()
            .filter(|part| !is_thought(part))
            .filter_map(|part| part["text"].as_str())
            .collect(),
        _ => message["refusal"].as_str().unwrap_or_default().to_owned(),
    }
}

fn is_thought(part: &Value) -> bool {
    let kind = part["type"].as_str().unwrap_or_default();
    part["thought"] == true
        || ["thinking", "reasoning", "thought"]
            .iter()
            .any(|thought| kind.contains(thought))
}

/// Returns the error for an answer without text. The model would end in the same way again, if it
/// has said why it ended.
pub(super) fn no_text(finish_reason: Option<&str>) -> BotError {
    BotError::Permanent(match finish_reason {
        None => return BotError::Temporary("the model returned no text".to_owned()),
        Some("length") => {
            "the model reached its limit of tokens before it said anything (`length`): raise or remove \
             `max_tokens`"
                .to_owned()
        }
        Some(reason @ ("tool_calls" | "function_call")) => {
            format!("the model called a tool instead of answering (`{reason}`), and unicom offers none")
        }
        Some("content_filter") => {
            "the filter of the model's server withheld the answer (`content_filter`)".to_owned()
        }
        Some(reason) => {
            let reason = unicom_outbound::quote(reason, &[]);
            format!("the model returned no text (`finish_reason` is `{reason}`)")
        }
    })
}

/// Returns the number of tokens that an answer has used.
pub(super) fn tokens(usage: &Value) -> i64 {
    let count = |name: &str| usage[name].as_i64().unwrap_or(0).max(0);
    match count("total_tokens") {
        0 => count("prompt_tokens").saturating_add(count("completion_tokens")),
        total => total,
    }
}
