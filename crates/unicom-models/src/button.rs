//! Buttons under messages, as they are stored and shown.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::UtcTime;

/// A button as it is stored and shown, with all fields.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InteractiveButton {
    /// The label of the button.
    pub text: String,
    /// The value the bot receives when the button is clicked.
    pub value: Option<String>,
    /// The web address that clicking the button opens.
    pub url: Option<String>,
    /// When the button stops accepting clicks.
    pub expires_at: Option<UtcTime>,
    /// Identifier the client sends back when the button is clicked. Set only if `value` is. It
    /// becomes the `client_message_id` of the click's message.
    pub callback_execution_id: Option<String>,
}

/// The buttons under a message, in rows, as they are stored and shown.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct InteractiveButtons(pub Vec<Vec<InteractiveButton>>);

impl InteractiveButtons {
    /// Reads the buttons of a message. Returns `None` if they are in another form.
    pub fn from_json(buttons: &Value) -> Option<Self> {
        Self::deserialize(buttons).ok()
    }
}
