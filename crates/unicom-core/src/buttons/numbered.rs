//! Buttons as a numbered list, for platforms that show none.

use std::fmt::Write;

use unicom_models::{InteractiveButton, InteractiveButtons};

/// Returns the buttons as lines of text, for a message on a platform that shows none: those with a
/// value with their number, and those with a web address with the address.
///
/// A platform that sends the list reports incoming messages with
/// [`with_numbered_buttons`](crate::inbound::PlatformEvent::with_numbered_buttons), so that a
/// number counts as a click.
///
/// ```
/// use unicom_core::buttons::{InteractiveButtons, numbered_list};
///
/// let buttons = serde_json::json!([[
///     { "text": "A cat", "value": "cat", "callback_execution_id": "…" },
///     { "text": "Shop", "url": "https://example.org/" },
/// ]]);
/// let buttons = InteractiveButtons::from_json(&buttons).unwrap();
/// assert_eq!(numbered_list(&buttons), "1. A cat\nShop: https://example.org/");
/// ```
pub fn numbered_list(buttons: &InteractiveButtons) -> String {
    let mut list = String::new();
    let mut number = 0;
    for button in buttons.0.iter().flatten() {
        let text = button.text.trim();
        // Writing to a string cannot fail.
        let _ = match &button.url {
            Some(url) => writeln!(list, "{text}: {url}"),
            None => {
                number += 1;
                writeln!(list, "{number}. {text}")
            }
        };
    }
    list.trim_end().to_owned()
}

/// Returns the id of the button with this number in the [`numbered_list`], counted from 1.
pub(super) fn button_id(buttons: &InteractiveButtons, number: usize) -> Option<&str> {
    let buttons = buttons.0.iter().flatten();
    let mut numbered = buttons.filter(|button: &&InteractiveButton| button.url.is_none());
    numbered
        .nth(number.checked_sub(1)?)?
        .callback_execution_id
        .as_deref()
}

/// Returns the number that is the whole text, as in `2` and `2.`.
pub(super) fn number(text: &str) -> Option<usize> {
    let text = text.trim();
    let digits = text.strip_suffix(['.', ')']).unwrap_or(text);
    let is_number = (1..=3).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
    digits
        .parse()
        .ok()
        .filter(|number| is_number && *number > 0)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_the_number_of_a_button_names_it() {
        let buttons = InteractiveButtons::from_json(&json!([
            [{ "text": "Web", "url": "https://example.org/" }, { "text": "A", "value": "a", "callback_execution_id": "m.0.1" }],
            [{ "text": "B", "value": "b", "callback_execution_id": "m.1.0" }],
        ]));
        let buttons = buttons.unwrap();
        assert_eq!(
            numbered_list(&buttons),
            "Web: https://example.org/\n1. A\n2. B"
        );
        for (text, id) in [
            ("1", Some("m.0.1")),
            (" 2.\n", Some("m.1.0")),
            ("2)", Some("m.1.0")),
            ("3", None),
            ("0", None),
            ("-1", None),
            ("+1", None),
            ("1 2", None),
            ("1..", None),
            ("one", None),
            ("", None),
            ("99999999999999999999", None),
        ] {
            let found = number(text).and_then(|number| button_id(&buttons, number));
            assert_eq!(found, id, "{text:?}");
        }
    }
}
