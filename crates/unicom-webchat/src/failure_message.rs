//! The setting `failure_message`: what visitors are told if no answer comes.

use serde::Deserialize;
use serde_json::{Value, json};

/// The name of the setting.
pub(crate) const FAILURE_MESSAGE: &str = "failure_message";

/// The sentence by default.
const DEFAULT: &str =
    "Sorry, your message could not be answered automatically. We have received it.";

/// Maximum length of the sentence in characters.
const LONGEST: usize = 1_000;

/// The value of the setting.
#[derive(Deserialize)]
#[serde(try_from = "Value")]
pub(crate) struct FailureMessage(Option<String>);

impl FailureMessage {
    /// Returns the sentence of a channel with this configuration, or `None` if visitors are told
    /// nothing.
    pub fn of(config: &Value) -> Option<String> {
        match config.get(FAILURE_MESSAGE).cloned().map(Self::try_from) {
            Some(Ok(Self(message))) => message,
            // An invalid setting is refused before it is stored.
            None | Some(Err(_)) => Some(DEFAULT.to_owned()),
        }
    }

    /// Returns the JSON Schema of the setting.
    pub fn schema() -> Value {
        json!({
            "description": "What visitors are told if a request has failed for good and no answer \
                            comes. With `false`, they are told nothing.",
            "anyOf": [
                {"type": "string", "minLength": 1, "maxLength": LONGEST, "pattern": "\\S"},
                {"const": false},
                {"type": "null"},
            ],
            "default": DEFAULT,
        })
    }
}

impl TryFrom<Value> for FailureMessage {
    type Error = String;

    fn try_from(value: Value) -> Result<Self, String> {
        match value {
            Value::Null => Ok(Self(Some(DEFAULT.to_owned()))),
            Value::Bool(false) => Ok(Self(None)),
            Value::String(text) if is_sentence(&text) => Ok(Self(Some(text))),
            _ => Err(format!(
                "must be a string of 1 to {LONGEST} characters, or `false` for no message"
            )),
        }
    }
}

fn is_sentence(text: &str) -> bool {
    !text.trim().is_empty() && !text.contains('\0') && text.chars().count() <= LONGEST
}
