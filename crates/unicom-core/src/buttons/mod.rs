//! Buttons under messages.

mod click;
mod numbered;

use iri_string::types::IriStr;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use unicom_models::{MessageId, UtcTime};

use crate::CoreError;
use crate::text::{has_visible, is_invisible};

pub(crate) use click::click_by_number;
pub use click::{FoundButton, click, find_button};
pub use numbered::numbered_list;
pub use unicom_models::{InteractiveButton, InteractiveButtons};

/// Maximum number of rows of buttons under a message, and of buttons in a row.
const MOST: usize = 10;

/// Maximum number of characters of a button's text.
const LONGEST_TEXT: usize = 100;

/// Maximum size of a button's value or URL in bytes.
const LONGEST_VALUE: usize = 1024;

/// The first microsecond of the year 10,000. RFC 3339 cannot express that year.
const YEAR_10_000: i64 = 253_402_300_800_000_000;

/// A button.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Button {
    /// The label of the button.
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 100))]
    pub text: String,
    /// The value the bot receives when the button is clicked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 1024))]
    pub value: Option<String>,
    /// The web address that clicking the button opens: `https` or `http`, a host, no user, and no
    /// spaces, backslashes or invisible characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(
        feature = "openapi",
        schema(
            max_length = 1024,
            pattern = r"^[Hh][Tt][Tt][Pp][Ss]?://[^\s\\@/?#]+([/?#][^\s\\]*)?$"
        )
    )]
    pub url: Option<String>,
    /// When the button stops accepting clicks. Only with a `value`, and at most the year 9999. By
    /// default it accepts clicks as long as its message exists.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<UtcTime>,
}

impl Button {
    /// Creates a button that sends `value` to the bot.
    pub fn value(text: impl Into<String>, value: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            value: Some(value.into()),
            url: None,
            expires_at: None,
        }
    }

    /// Creates a button that opens the web address `url`.
    pub fn url(text: impl Into<String>, url: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            value: None,
            url: Some(url.into()),
            expires_at: None,
        }
    }

    /// Sets the time from which the button cannot be clicked.
    #[must_use]
    pub fn expiring(self, at: UtcTime) -> Self {
        Self {
            expires_at: Some(at),
            ..self
        }
    }
}

/// Rows of buttons under a message: 1 to 10 rows of 1 to 10 buttons.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(transparent)]
pub struct Buttons(pub Vec<Vec<Button>>);

impl Buttons {
    /// Validates the buttons and returns them as they are stored and shown under the message with
    /// this id.
    ///
    /// # Errors
    /// Those of [`Self::check`].
    pub(crate) fn into_json(self, message: MessageId) -> Result<Value, CoreError> {
        self.check()?;
        let rows = self.0.into_iter().enumerate().map(|(row, buttons)| {
            let buttons = buttons.into_iter().enumerate();
            buttons
                .map(|(column, button)| shown(button, format!("{message}.{row}.{column}")))
                .collect()
        });
        serde_json::to_value(InteractiveButtons(rows.collect()))
            .map_err(|_| CoreError::Buttons("they cannot be written as JSON".to_owned()))
    }

    /// Validates the buttons.
    ///
    /// # Errors
    /// [`CoreError::Buttons`] if there are no or too many buttons, a field has an invalid length, a
    /// web address is invalid, or an expiry time is out of range or not on a button with a `value`;
    /// [`CoreError::Nul`].
    pub fn check(&self) -> Result<(), CoreError> {
        let refuse = |problem: &str| Err(CoreError::Buttons(problem.to_owned()));
        let fits = |length| (1..=MOST).contains(&length);
        if !fits(self.0.len()) || !self.0.iter().all(|row| fits(row.len())) {
            return refuse("expected 1 to 10 rows of 1 to 10 buttons");
        }
        let has_nul = |text: &Option<String>| text.as_ref().is_some_and(|text| text.contains('\0'));
        for button in self.0.iter().flatten() {
            if button.text.contains('\0') || has_nul(&button.value) || has_nul(&button.url) {
                return Err(CoreError::Nul { field: "buttons" });
            }
            let length = button.text.chars().count();
            if !has_visible(&button.text) || length > LONGEST_TEXT {
                return refuse("a button's `text` must have 1 to 100 characters");
            }
            let target = match (&button.value, &button.url) {
                (Some(value), None) => value,
                (None, Some(url)) => url,
                _ => return refuse("a button must have either a `value` or a `url`"),
            };
            if target.is_empty() || target.len() > LONGEST_VALUE {
                return refuse("a button's `value` or `url` must have 1 to 1,024 bytes");
            }
            if let Some(problem) = button.url.as_deref().and_then(wrong_address) {
                return refuse(problem);
            }
            match button.expires_at {
                Some(_) if button.url.is_some() => {
                    return refuse("only a button with a `value` may have `expires_at`");
                }
                Some(at) if !(0..YEAR_10_000).contains(&at.as_micros()) => {
                    return refuse("a button's `expires_at` must be in the years 1970 to 9999");
                }
                _ => {}
            }
        }
        Ok(())
    }
}

/// Returns a button as it is shown. Its id contains its position, so that ids under one message
/// differ.
fn shown(button: Button, id: String) -> InteractiveButton {
    InteractiveButton {
        callback_execution_id: button.value.is_some().then_some(id),
        text: button.text,
        value: button.value,
        url: button.url,
        expires_at: button.expires_at,
    }
}

/// Returns what is wrong with the URL of a button: every client must read the same host from it as
/// a person does.
fn wrong_address(url: &str) -> Option<&'static str> {
    let rest = match url.split_once("://") {
        Some((scheme, rest))
            if ["https", "http"]
                .iter()
                .any(|s| scheme.eq_ignore_ascii_case(s)) =>
        {
            rest
        }
        _ => return Some("a button's `url` must begin with `https://` or `http://`"),
    };
    let hides = |c: char| c == '\\' || c.is_whitespace() || c.is_control() || is_invisible(c);
    if url.contains(hides) {
        return Some(
            "a button's `url` must not have spaces, backslashes, control or invisible characters",
        );
    }
    if rest
        .split(['/', '?', '#'])
        .next()
        .is_some_and(|authority| authority.contains('@'))
    {
        return Some("a button's `url` must not have a user or a password");
    }
    if !has_host(url) {
        return Some("a button's `url` must have a host, as in `https://example.org/path`");
    }
    None
}

/// Returns `true` if the URL names a host that is the same before and after decoding, and a port
/// that exists if it has one.
fn has_host(url: &str) -> bool {
    let authority = IriStr::new(url).ok().and_then(IriStr::authority_components);
    authority.is_some_and(|authority| {
        let (host, port) = (authority.host(), authority.port().unwrap_or_default());
        // In `https:///host` the host is empty, which browsers skip.
        let is_plain = !host.is_empty() && !host.contains('%');
        is_plain && (port.is_empty() || port.parse::<u16>().is_ok())
    })
}

#[cfg(test)]
mod tests {
    use super::{Button, Buttons};

    #[test]
    fn unambiguous_urls_are_accepted() {
        for url in [
            "https://example.org",
            "HTTPS://Example.org:8443/a?b=c#d",
            "http://localhost:8080/@ada",
            "https://bücher.example/ä",
            "https://[2001:db8::1]/",
            "https://example.org/?mail=ada@example.org",
            "https://example.org/#:~:text=javascript:x",
        ] {
            let buttons = Buttons(vec![vec![Button::url("More", url)]]);
            assert!(buttons.check().is_ok(), "{url}");
        }
    }

    #[test]
    fn misleading_urls_are_rejected() {
        for url in [
            "https://",
            "https:///example.org",
            "https://?a",
            "https:example.org",
            "https:/example.org",
            "//example.org",
            "javascript:x",
            "javascript://example.org/%0aalert(1)",
            "data:text/html,x",
            "mailto:ada@example.org",
            "https:// javascript:alert(1)",
            "https://bank.example@evil.example/",
            "https://bank.example:x@evil.example/",
            "https://@evil.example/",
            "https://evil.example\\@bank.example/",
            "https://evil.example/\u{202e}gro.knab",
            "https://ba\u{200b}nk.example/",
            "https://bank.example/\u{2066}",
            "https://bank.example/\t",
            "https://bank.example/ evil",
            "https://bank.example/\n",
            " https://bank.example/",
            "https://bank.example/\u{a0}",
            "https://bank.example/\u{9b}31m",
            "https://bank.example:99999/",
            "https://%e2%80%ae.example/",
            "https://a b/",
            "https://a<b/",
        ] {
            let buttons = Buttons(vec![vec![Button::url("More", url)]]);
            assert!(buttons.check().is_err(), "{url:?}");
        }
    }
}
