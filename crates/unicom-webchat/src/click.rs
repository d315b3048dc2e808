//! `click_button`: a visitor clicks a button under a message.

use unicom_core::{
    IncomingMessage,
    buttons::{FoundButton, click, find_button},
    inbound::Saved,
};
use unicom_db::Tx;

use crate::account::{successor, sync_profile};
use crate::write_access::account_of;
use crate::{Visitor, WebChatError, title_of};

/// Stores a visitor's click on the button with this `callback_execution_id`, and the request for
/// it.
///
/// The click is stored as a message in the button's chat, with the text of the button. Clicking
/// again stores nothing.
///
/// # Errors
/// - [`WebChatError::AccountBlocked`].
/// - [`WebChatError::GuestLoggedIn`] if the guest logged in before the request arrived.
/// - [`WebChatError::NotYourButton`] if the id is not that of a button in one of the visitor's
///   chats. The error does not reveal whether the button exists in another chat.
/// - [`WebChatError::Core`] with [`ChannelInactive`](unicom_core::CoreError::ChannelInactive) or
///   [`ButtonExpired`](unicom_core::CoreError::ButtonExpired), or if the visitor has used this id
///   as the `client_message_id` of another message.
///
/// ```
/// # use unicom_webchat::*;
/// # let (test, channel) = unicom_testing::doc_site(WebChat);
/// # let database = test.database().clone();
/// use unicom_core::{OutgoingMessage, buttons::{Button, Buttons}};
///
/// let clicked = database
///     .write(move |tx| {
///         let visitor = Visitor::guest("4f3c");
///         let saved = save_webchat_message(tx, &channel, &visitor, NewMessage::text("Hello!"))?;
///         let chat_id = saved.message.chat_id.clone();
///         let buttons = Buttons(vec![vec![Button::value("The cat", "cat")]]);
///         let question = OutgoingMessage::text("Which one?").with_buttons(buttons);
///         send_webchat_message(tx, &channel, &chat_id, question)?;
///         let page = list_messages(tx, &visitor, &MessagePageRequest::default())?;
///         let shown = page.messages[0].buttons().unwrap();
///         click_button(tx, &visitor, shown.0[0][0].callback_execution_id.as_deref().unwrap())
///     })
///     .wait()?;
/// assert_eq!(clicked.message.text, "The cat");
/// assert_eq!(clicked.message.clicked(), Some("cat"));
/// # Ok::<(), WebChatError>(())
/// ```
pub fn click_button(
    tx: &mut Tx<'_>,
    visitor: &Visitor,
    callback_execution_id: &str,
) -> Result<Saved, WebChatError> {
    let Some(found) = find(tx, visitor, callback_execution_id)? else {
        account_of(tx, visitor)?;
        return Err(WebChatError::NotYourButton);
    };
    let account = sync_profile(tx, found.account(), visitor)?;
    let title = title_of(&found.button().text);
    let incoming = IncomingMessage {
        user_id: visitor.user_id().map(str::to_owned),
        verified_email: visitor.verified_email().map(str::to_owned),
        ..IncomingMessage::default()
    };
    let found = found.with_account(account);
    Ok(click(tx, found, incoming, title.as_deref())?)
}

/// Finds the button. If the visitor is a guest who logged in while the click was in flight, the
/// button is looked up in the user's chats.
fn find(
    tx: &mut Tx<'_>,
    visitor: &Visitor,
    callback_execution_id: &str,
) -> Result<Option<FoundButton>, WebChatError> {
    let account_id = visitor.checked_account_id()?;
    if let Some(found) = find_button(tx, &account_id, callback_execution_id)? {
        return Ok(Some(found));
    }
    match successor(tx, visitor)? {
        Some(user) => Ok(find_button(tx, &user.id, callback_execution_id)?),
        None => Ok(None),
    }
}
