//! `click_button`: a visitor clicks a button under a message.

use unicom_core::{
    IncomingMessage,
    buttons::{FoundButton, click, find_button},
    inbound::Appended,
};
use unicom_db::Tx;

use crate::access::account_of;
use crate::account::{successor, sync_profile};
use crate::{Saved, Visitor, WebChatError, title_of};

/// Stores a visitor's click on the button that was shown with this `callback_execution_id`, and the request that it
/// becomes: a message in the button's chat that says what the button says. Clicking again stores nothing.
///
/// # Errors
/// [`WebChatError::AccountBlocked`], [`WebChatError::GuestLoggedIn`], [`WebChatError::NotYourButton`] for any id that is not that of a button in one of the
/// visitor's chats, whether somebody else has it or nobody, [`WebChatError::NoChannel`] where the chat's channel is switched
/// off, and [`WebChatError::Core`] with [`ButtonExpired`](unicom_core::CoreError::ButtonExpired), or where the visitor gave
/// another message that id.
///
/// ```
/// # use serde_json::json;
/// # use unicom_core::{Bots, Platforms, admin::create_channel};
/// # use unicom_testing::TestDatabase;
/// # use unicom_webchat::*;
/// # let test = TestDatabase::sqlite(&[&unicom_db::MIGRATIONS]);
/// # let database = test.database().clone();
/// # let platforms = Platforms::default().with(WebChat);
/// # let channel = test.write(move |tx| create_channel(tx, &platforms, &Bots::default(), &WebChat::KIND.into(), "Site", &json!({})));
/// use unicom_core::{OutgoingMessage, buttons::{Button, Buttons, InteractiveButtons}};
///
/// let clicked = database
///     .write(move |tx| {
///         let visitor = Visitor::guest("4f3c");
///         let chat_id = save_webchat_message(tx, &channel, &visitor, NewMessage::text("Hello!"))?.message().chat_id.clone();
///         let question = OutgoingMessage::text("Which one?").with_buttons(Buttons(vec![vec![Button::value("The cat", "cat")]]));
///         let question = send_webchat_message(tx, &channel, &chat_id, question)?;
///         let shown = InteractiveButtons::of(&question).unwrap();
///         click_button(tx, &visitor, shown.0[0][0].callback_execution_id.as_deref().unwrap())
///     })
///     .wait()?;
/// assert_eq!(clicked.message().text, "The cat");
/// assert_eq!(clicked.message().clicked(), Some("cat"));
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
    let clicked = click(tx, found.with_account(account), incoming, title.as_deref())?;
    Ok(match clicked {
        Appended::New(message) => Saved::New(message),
        Appended::Repeated(message) => Saved::Replayed(message),
    })
}

/// The button, also where the click of a guest was under way while the guest logged in.
fn find(
    tx: &mut Tx<'_>,
    visitor: &Visitor,
    callback_execution_id: &str,
) -> Result<Option<FoundButton>, WebChatError> {
    let account_id = visitor.account_id();
    if let Some(found) = find_button(tx, &account_id, callback_execution_id)? {
        return Ok(Some(found));
    }
    match successor(tx, visitor)? {
        Some(user) => Ok(find_button(tx, &user.id, callback_execution_id)?),
        None => Ok(None),
    }
}
