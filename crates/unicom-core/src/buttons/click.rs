//! Clicks on buttons: a click becomes a message with the button's label that passes the button's
//! value to the bot.

use unicom_db::queries::visitor_access::{self, References, WriteAccess};
use unicom_db::{
    Tx,
    queries::{chat_access, messages},
};
use unicom_models::{Account, AccountId, ChannelId, ChatId, MessageId};

use super::numbered::{button_id, number};
use crate::{
    CoreError, IncomingMessage,
    buttons::{InteractiveButton, InteractiveButtons},
    inbound::{Saved, append_incoming},
};

/// A button under a message of a chat that an account is a member of.
///
/// Other transactions cannot change the chat or the account's membership until the transaction
/// ends.
#[derive(Debug)]
pub struct FoundButton {
    part: WriteAccess,
    message_id: MessageId,
    button: InteractiveButton,
}

impl FoundButton {
    /// Returns the account that may click the button.
    pub fn account(&self) -> &Account {
        self.part.access.account()
    }

    /// Returns the channel of the button's chat.
    pub(crate) fn channel_id(&self) -> ChannelId {
        self.part.channel.id
    }

    /// Returns the button.
    pub fn button(&self) -> &InteractiveButton {
        &self.button
    }

    /// Replaces the account with its state after a change in the same transaction.
    #[must_use]
    pub fn with_account(self, account: Account) -> Self {
        Self {
            part: self.part.with_account(account),
            ..self
        }
    }
}

/// Finds the button that was shown with this `callback_execution_id`.
///
/// Returns `None` if the button does not exist, or if the account is blocked or not a member of the
/// chat. The caller cannot tell these cases apart.
///
/// # Errors
/// [`CoreError::Db`].
pub fn find_button(
    tx: &mut Tx<'_>,
    account_id: &AccountId,
    callback_execution_id: &str,
) -> Result<Option<FoundButton>, CoreError> {
    let id = callback_execution_id;
    let Some(Ok(message_id)) = id.split_once('.').map(|(message, _)| message.parse()) else {
        return Ok(None);
    };
    let Some((access, buttons)) = chat_access::lock_access_to_buttons(tx, account_id, message_id)?
    else {
        return Ok(None);
    };
    // Compare with the id as it was shown. Another string may parse to the same message id: if it
    // were accepted, one click could be stored twice under different ids.
    let button = buttons
        .as_ref()
        .and_then(InteractiveButtons::from_json)
        .and_then(|buttons| {
            let mut buttons = buttons.0.into_iter().flatten();
            buttons.find(|button| button.callback_execution_id.as_deref() == Some(id))
        });
    let Some(button) = button else {
        return Ok(None);
    };
    let references = References {
        client_message_id: Some(id),
        reply_to: Some(message_id),
    };
    let part = visitor_access::of_locked(tx, access, references)?;
    Ok(part.map(|part| FoundButton {
        part,
        message_id,
        button,
    }))
}

/// Stores a text as a click if it is just the number of a button under the last outgoing message of
/// the chat, which must be locked. `are_numbered` says which buttons have numbers.
///
/// Returns `None` if the text is no click, or if the button has expired.
///
/// # Errors
/// The other errors of [`click`].
pub(crate) fn click_by_number(
    tx: &mut Tx<'_>,
    account: &Account,
    chat_id: &ChatId,
    incoming: &IncomingMessage,
    are_numbered: fn(&InteractiveButtons) -> bool,
) -> Result<Option<Saved>, CoreError> {
    let Some(number) = number(&incoming.text).filter(|_| incoming.is_text()) else {
        return Ok(None);
    };
    let last = messages::last_outgoing(tx, chat_id)?;
    let Some(buttons) = last.and_then(|last| last.buttons()).filter(are_numbered) else {
        return Ok(None);
    };
    let Some(id) = button_id(&buttons, number) else {
        return Ok(None);
    };
    let Some(button) = find_button(tx, &account.id, id)? else {
        return Ok(None);
    };
    match click(
        tx,
        button.with_account(account.clone()),
        incoming.clone(),
        None,
    ) {
        Ok(clicked) => Ok(Some(clicked)),
        Err(CoreError::ButtonExpired) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Stores a click and the request it becomes, once for each account. Clicking again stores nothing.
///
/// `incoming` holds further data, such as what the provider sent. Its text, replied-to message,
/// `client_message_id` and `clicked` are replaced by those of the button. `chat_name` becomes the
/// name of the chat if it has none.
///
/// # Errors
/// [`CoreError::ButtonExpired`], [`CoreError::ChannelInactive`], [`CoreError::IdempotencyConflict`]
/// if the account gave another message the button's id, and those of [`append_incoming`].
///
/// ```
/// # use serde_json::json;
/// # use unicom_core::{*, admin::*, buttons::*, inbound::*, outbound::*};
/// # use unicom_testing::{FakePlatform, TestDatabase};
/// # let test = TestDatabase::sqlite(&[&unicom_db::MIGRATIONS]);
/// # let (database, fake) = (test.database().clone(), FakePlatform::default());
/// # let kind = fake.kind();
/// # let platforms = Platforms::default().with(fake);
/// # let extensions = Extensions::default().with_platforms(platforms.clone());
/// # let channel = test.write(move |tx| {
/// #     create_channel(tx, &Actor::COMMAND_LINE, &extensions, NewChannel::new(kind, "Shop"))
/// # });
/// # let hello = IncomingMessage { text: "Hello!".to_owned(), ..IncomingMessage::default() };
/// # let (ada, chat) = (Sender::new("49170", "Ada"), ChatInfo::new(channel.id, "49170"));
/// # let hello = PlatformEvent::message(ada, chat, hello);
/// let clicked = database
///     .write(move |tx| {
///         let hello = receive(tx, &channel, hello)?.into_saved().unwrap().message;
///         let (account_id, chat_id) = (hello.sender_id.unwrap(), hello.chat_id);
///         let cats = Buttons(vec![vec![Button::value("A cat, please", "cat")]]);
///         let question = OutgoingMessage::text("Which one?").with_buttons(cats);
///         let question = send_message(tx, &platforms, &channel, &chat_id, question)?;
///
///         // The platform shows the button with this id and gets the id back on a click.
///         let shown = question.buttons().unwrap();
///         let id = shown.0[0][0].callback_execution_id.clone().unwrap();
///         let button = find_button(tx, &account_id, &id)?.unwrap();
///         let raw = json!({"update_id": 12});
///         let seen = IncomingMessage { raw, ..IncomingMessage::default() };
///         click(tx, button, seen, None)
///     })
///     .wait()?
///     .message;
/// assert_eq!(clicked.text, "A cat, please");
/// assert_eq!(clicked.clicked(), Some("cat"));
/// # Ok::<(), unicom_core::CoreError>(())
/// ```
pub fn click(
    tx: &mut Tx<'_>,
    found: FoundButton,
    incoming: IncomingMessage,
    chat_name: Option<&str>,
) -> Result<Saved, CoreError> {
    let FoundButton {
        part,
        message_id,
        button,
    } = found;
    let incoming = IncomingMessage {
        text: button.text.trim().to_owned(),
        reply_to_message_id: Some(message_id),
        client_message_id: button.callback_execution_id,
        clicked: button.value,
        ..incoming
    };
    let (account, chat) = (part.access.account(), part.access.chat());
    // Before any rejection: a client whose response was lost repeats the click, whatever has
    // changed since.
    if part.repeated.is_some()
        && let Some(before) = incoming.find_duplicate(tx, account, Some(&chat.id))?
    {
        return Ok(Saved::before(before));
    }
    if !part.channel.is_active {
        return Err(CoreError::ChannelInactive(part.channel.id));
    }
    if button.expires_at.is_some_and(|at| at <= tx.now()) {
        return Err(CoreError::ButtonExpired);
    }
    append_incoming(tx, &part, incoming, chat_name).map(Saved::new)
}
