//! Texts for platforms that show neither markup nor buttons, and limit the length of a message.

mod split;

use unicom_core::buttons::numbered_list;
use unicom_models::Message;

pub use split::split_text;

use crate::html;

/// Returns the text of an outgoing message in parts of at most `limit` UTF-16 code units, for a
/// platform that shows neither markup nor buttons. The [`numbered_list`] of its buttons is at the
/// end of the last part, or is a separate part. Send the reference to the message that it replies
/// to with the last part, too.
///
/// The result is empty if the message has only a file.
pub fn plain_parts(message: &Message, limit: usize) -> Vec<String> {
    let text = match &message.html {
        // The text is that of the HTML, unless the sender gave another one.
        Some(html) if is_text_of(&message.text, html) => html::plain(html),
        _ => message.text.clone(),
    };
    let list = message.buttons().as_ref().map(numbered_list);
    match list.filter(|list| !list.is_empty()) {
        Some(list) => split_before(&text, &list, limit),
        None => split_text(&text, limit),
    }
}

/// Returns `true` if the text was taken from the HTML. White space does not count: earlier versions
/// left out what separates blocks.
fn is_text_of(text: &str, html: &str) -> bool {
    let of_html = html::lines(html);
    let words = of_html.split_whitespace().flat_map(str::chars);
    text.split_whitespace().flat_map(str::chars).eq(words)
}

/// Splits a text, and adds `list` to the last part if there is room.
fn split_before(text: &str, list: &str, limit: usize) -> Vec<String> {
    let mut parts = split_text(text, limit);
    match parts.pop() {
        Some(last) => {
            let whole = format!("{last}\n\n{list}");
            if split::units(&whole) <= limit {
                parts.push(whole);
            } else {
                parts.push(last);
                parts.extend(split_text(list, limit));
            }
            parts
        }
        None => split_text(list, limit),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use unicom_models::{ChannelId, Direction, UtcTime};

    use super::*;

    fn message(text: &str, html: Option<&str>) -> Message {
        let now = UtcTime::BEGINNING;
        let mut message = Message::new("chat".into(), ChannelId(1), Direction::Outgoing, now);
        message.text = text.to_owned();
        message.html = html.map(str::to_owned);
        message
    }

    #[test]
    fn own_text_of_the_sender_comes_before_that_of_the_html() {
        let html = "<p>One</p><p>Two</p>";
        let said = |text| plain_parts(&message(text, Some(html)), 100);
        assert_eq!(said("OneTwo"), ["One\n\nTwo"]);
        assert_eq!(said("One\nTwo"), ["One\n\nTwo"]);
        assert_eq!(said("One and two"), ["One and two"]);
        assert!(plain_parts(&message("", None), 100).is_empty());
    }

    #[test]
    fn list_of_buttons_is_in_the_last_part() {
        let mut message = message("Which one?", None);
        message.interactive_buttons = Some(json!([[
            { "text": "A cat", "value": "cat", "callback_execution_id": "1" },
            { "text": "A dog", "value": "dog", "callback_execution_id": "2" },
            { "text": "Help", "url": "https://example.org/" },
        ]]));
        let list = "1. A cat\n2. A dog\nHelp: https://example.org/";
        assert_eq!(
            plain_parts(&message, 100),
            [format!("Which one?\n\n{list}")]
        );
        assert_eq!(plain_parts(&message, 50), ["Which one?", list]);
        message.text.clear();
        assert_eq!(plain_parts(&message, 50), [list]);
    }
}
