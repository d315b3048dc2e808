//! Buttons under a message.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::CoreError;

/// Rows of buttons under a message at the most, and buttons in a row.
const MOST: usize = 10;

/// Characters of a button's text at the most.
const LONGEST_TEXT: usize = 100;

/// Bytes of a button's value or address at the most.
const LONGEST_VALUE: usize = 1024;

/// A button.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Button {
    /// What it says.
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 100))]
    pub text: String,
    /// What clicking it tells the bot.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 1024))]
    pub value: Option<String>,
    /// The web address that clicking it opens.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(
        feature = "openapi",
        schema(max_length = 1024, pattern = "^[Hh][Tt][Tt][Pp][Ss]?://")
    )]
    pub url: Option<String>,
}

impl Button {
    /// A button that tells the bot `value`.
    pub fn value(text: impl Into<String>, value: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            value: Some(value.into()),
            url: None,
        }
    }

    /// A button that opens the web address `url`.
    pub fn url(text: impl Into<String>, url: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            value: None,
            url: Some(url.into()),
        }
    }
}

/// Rows of buttons under a message, 1 to 10 of 1 to 10.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(transparent)]
pub struct Buttons(pub Vec<Vec<Button>>);

impl Buttons {
    /// As they are stored and sent.
    ///
    /// # Errors
    /// [`CoreError::Buttons`] for none, too many or too long ones, and for an address that is not on the web.
    pub(crate) fn into_json(self) -> Result<Value, CoreError> {
        let refuse = |problem: &str| Err(CoreError::Buttons(problem.to_owned()));
        let fits = |length| (1..=MOST).contains(&length);
        if !fits(self.0.len()) || !self.0.iter().all(|row| fits(row.len())) {
            return refuse("there may be 1 to 10 rows of 1 to 10 buttons");
        }
        for button in self.0.iter().flatten() {
            let length = button.text.chars().count();
            if button.text.trim().is_empty() || length > LONGEST_TEXT {
                return refuse("a button's `text` must have 1 to 100 characters");
            }
            let target = match (&button.value, &button.url) {
                (Some(value), None) => value,
                (None, Some(url)) if is_on_the_web(url) => url,
                (None, Some(_)) => {
                    return refuse("a button's `url` must begin with `https://` or `http://`");
                }
                _ => return refuse("a button must have either a `value` or a `url`"),
            };
            if target.is_empty() || target.len() > LONGEST_VALUE {
                return refuse("a button's `value` or `url` must have 1 to 1,024 bytes");
            }
            if button.text.contains('\0') || target.contains('\0') {
                return Err(CoreError::Nul { field: "buttons" });
            }
        }
        serde_json::to_value(self).or_else(|_| refuse("they cannot be written as JSON"))
    }
}

fn is_on_the_web(url: &str) -> bool {
    let url = url.to_ascii_lowercase();
    url.starts_with("https://") || url.starts_with("http://")
}
