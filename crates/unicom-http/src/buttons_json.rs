//! Buttons as clients see them.

use serde::Serialize;
use serde_json::Value;
use unicom_models::{InteractiveButtons, UtcTime};
use utoipa::ToSchema;

/// The effect of clicking a button.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
enum ButtonType {
    /// Sends `callback_execution_id` to `webchat/button-click/`.
    Callback,
    /// Opens `url`.
    Url,
}

/// A button as it is shown, with all fields.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = InteractiveButton)]
struct ButtonJson {
    r#type: ButtonType,
    /// The label of the button.
    text: String,
    /// The value the bot receives when the button is clicked.
    value: Option<String>,
    /// The web address that clicking the button opens.
    url: Option<String>,
    /// When the button stops accepting clicks.
    expires_at: Option<UtcTime>,
    /// Identifier the client sends back when the button is clicked. Set only if `type` is
    /// `callback`. It becomes the `client_message_id` of the click's message.
    callback_execution_id: Option<String>,
}

/// The buttons under a message, in rows, as they are shown.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = InteractiveButtons)]
pub(crate) struct ButtonsJson(Vec<Vec<ButtonJson>>);

impl ButtonsJson {
    /// Creates the JSON form of stored buttons. Returns `None` if they are in another form.
    pub fn new(stored: &Value) -> Option<Self> {
        let InteractiveButtons(rows) = InteractiveButtons::from_json(stored)?;
        let rows = rows.into_iter().map(|row| {
            let row = row.into_iter().map(|button| ButtonJson {
                r#type: match button.callback_execution_id {
                    Some(_) => ButtonType::Callback,
                    None => ButtonType::Url,
                },
                text: button.text,
                value: button.value,
                url: button.url,
                expires_at: button.expires_at,
                callback_execution_id: button.callback_execution_id,
            });
            row.collect()
        });
        Some(Self(rows.collect()))
    }
}
