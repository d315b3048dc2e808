//! [`Failure`]: an answer that is an error, and what could be changed about the request.

use serde_json::Value;
use unicom_core::bots::BotError;
use unicom_outbound::{Answer, quote};

use super::error_words::words;
use super::parameters::{NAMES, Parameter};
use crate::failure;

/// Why a call brought no answer.
pub(super) enum Failure {
    /// The model's server refused the request as it is. Another request may be accepted.
    Refused(Refusal),
    Other(BotError),
}

/// A request that was refused because of what it contains.
pub(super) struct Refusal {
    pub error: BotError,
    /// The parameter that the server does not accept.
    pub parameter: Option<Parameter>,
    /// Whether it may be about anything in the request, and not only about images.
    pub is_general: bool,
}

impl From<BotError> for Failure {
    fn from(error: BotError) -> Self {
        Self::Other(error)
    }
}

impl From<Failure> for BotError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Refused(Refusal { error, .. }) | Failure::Other(error) => error,
        }
    }
}

/// Returns the failure that an answer stands for.
pub(super) fn failed(answer: &Answer, body: &Value, key: Option<&str>) -> Failure {
    let said = words(body, &answer.body);
    let shown = quote(&without_key(&said, key), &[]);
    let status = status_of(answer.status, body);
    let reason = match shown.as_str() {
        "" => format!("the model's server answered with status {status}"),
        shown => format!("the model's server answered with status {status}: {shown}"),
    };
    let error = match status {
        // An exhausted quota does not recover by itself: the owner of the account has to act.
        _ if is_out_of_quota(&body["error"]) => return BotError::Permanent(reason).into(),
        409 | 200..=299 => BotError::Temporary(reason),
        _ if failure::is_temporary(status) => failure::busy(answer, reason),
        _ => BotError::Permanent(reason),
    };
    let is_general = is_refusal(status) || status == 403 && is_flagged(body);
    if is_general || is_about_images(status, &said) {
        return Failure::Refused(Refusal {
            parameter: is_general.then(|| parameter(body, &said)).flatten(),
            error,
            is_general,
        });
    }
    Failure::Other(error)
}

/// Returns the status of an answer, or the one in its body: some servers pass on an error of
/// another server with status 200.
fn status_of(status: u16, body: &Value) -> u16 {
    let inner = [&body["error"]["code"], &body["error"]["status"]];
    let inner = inner
        .into_iter()
        .filter_map(Value::as_u64)
        .find_map(|code| u16::try_from(code).ok());
    match inner {
        Some(inner @ 400..=599) if matches!(status, 200..=299) => inner,
        _ => status,
    }
}

/// Returns `true` for the statuses of requests that are refused for what they contain, as opposed
/// to their key, their address, the account or the time.
fn is_refusal(status: u16) -> bool {
    let others = [401, 402, 403, 404, 405, 407, 408, 409, 425, 429];
    matches!(status, 400..=499) && !others.contains(&status)
}

/// Returns `true` if a moderation has refused the texts of the request.
fn is_flagged(body: &Value) -> bool {
    let metadata = &body["error"]["metadata"];
    metadata["reasons"].is_array() || metadata["flagged_input"].is_string()
}

/// Returns `true` if a server says, with a status that does not, that the model takes no images.
fn is_about_images(status: u16, said: &str) -> bool {
    let said = said.to_ascii_lowercase();
    let has = |word: &str| said.contains(word);
    matches!(status, 404 | 500 | 501)
        && (has("image") || has("vision") || has("multimodal"))
        && has("support")
}

/// Returns the parameter that an error is about.
fn parameter(body: &Value, said: &str) -> Option<Parameter> {
    let named = body["error"]["param"]
        .as_str()
        .filter(|name| !name.is_empty());
    let is_named = |name: &str| match named {
        // The name of a parameter in it, such as `stream_options.include_usage`.
        Some(named) => has_word(named, name),
        // A request that is too long may name it, too.
        None => !said.contains("context") && has_word(said, name),
    };
    let found = NAMES.into_iter().find(|(name, _)| is_named(name));
    found.map(|(_, parameter)| parameter)
}

fn has_word(text: &str, word: &str) -> bool {
    let is_letter = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    text.split(|letter| !is_letter(letter))
        .any(|part| part.eq_ignore_ascii_case(word))
}

fn is_out_of_quota(error: &Value) -> bool {
    [&error["code"], &error["type"]]
        .into_iter()
        .any(|kind| kind == "insufficient_quota")
}

/// Number of characters of the key by which a word is known to repeat it. Some providers repeat a
/// key with its middle left out.
const KEY_BEGIN: usize = 6;

/// Leaves out the key, and words that begin as it does.
fn without_key(said: &str, key: Option<&str>) -> String {
    let Some(key) = key else {
        return said.to_owned();
    };
    let said = said.replace(key, "…");
    let begin = match key.char_indices().nth(KEY_BEGIN) {
        Some((end, _)) => &key[..end],
        None => return said,
    };
    let is_end = |letter: char| letter.is_whitespace() || "\"',;()[]{}".contains(letter);
    let mut shown = String::with_capacity(said.len());
    let mut rest = said.as_str();
    while let Some(at) = rest.find(begin) {
        shown.push_str(&rest[..at]);
        shown.push('…');
        let word = &rest[at..];
        rest = &word[word.find(is_end).unwrap_or(word.len())..];
    }
    shown + rest
}
