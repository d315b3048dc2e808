//! Clicks on the buttons under messages: a message that says what the button says, and tells the bot its value.

use unicom_db::queries::access::{self, References, WriteAccess};
use unicom_db::{Tx, queries::chats};
use unicom_models::{Account, AccountId, MessageId};

use crate::{
    CoreError, IncomingMessage,
    buttons::{InteractiveButton, InteractiveButtons},
    inbound::{Appended, append_incoming},
};

/// A button under a message of a chat in which an account takes part. Neither changes by others until the transaction
/// ends.
#[derive(Debug)]
pub struct FoundButton {
    part: WriteAccess,
    message_id: MessageId,
    button: InteractiveButton,
}

impl FoundButton {
    /// Who may click it.
    pub fn account(&self) -> &Account {
        self.part.access.account()
    }

    /// The button.
    pub fn button(&self) -> &InteractiveButton {
        &self.button
    }

    /// The same, with the account as it stands after a change in the same transaction.
    #[must_use]
    pub fn with_account(self, account: Account) -> Self {
        Self {
            part: self.part.with_account(account),
            ..self
        }
    }
}

/// The button that was shown with this `callback_execution_id`.
///
/// None where there is none, or the account is blocked or takes no part in its chat: nobody learns which of these it is.
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
    let Some((access, buttons)) = chats::lock_access_to_buttons(tx, account_id, message_id)? else {
        return Ok(None);
    };
    // By the id as it was shown: what else may be read as the same id is none, or one click could be told in two ways.
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
    let part = access::of_locked(tx, access, references)?;
    Ok(part.map(|part| FoundButton {
        part,
        message_id,
        button,
    }))
}

/// Stores a click and the request that it becomes, once for each account: clicking again stores nothing.
///
/// `incoming` says what is known beside the button, such as what the provider sent; its text, the message that it answers,
/// its `client_message_id` and `clicked` are the button's. `chat_name` becomes the chat's name where it has none.
///
/// # Errors
/// [`CoreError::ButtonExpired`], [`CoreError::ChannelInactive`], [`CoreError::IdempotencyConflict`] where the account gave
/// another message the button's id, and those of [`append_incoming`].
///
/// ```
/// # use serde_json::json;
/// # use unicom_core::*;
/// # use unicom_testing::{FakePlatform, TestDatabase};
/// # let test = TestDatabase::sqlite(&[&unicom_db::MIGRATIONS]);
/// # let (database, chat) = (test.database().clone(), FakePlatform::default());
/// # let kind = chat.kind();
/// # let platforms = Platforms::default().with(chat);
/// # let at = platforms.clone();
/// # let channel = test.write(move |tx| create_channel(tx, &at, &Bots::default(), &kind, "Shop", &json!({})));
/// # let hello = IngestedMessage {
/// #     account: IngestedAccount { id: "fake_7".into(), name: "Ada".to_owned(), is_bot: false, raw: json!({}) },
/// #     chat: IngestedChat { id: "fake_7".into(), name: None, is_private: true },
/// #     message: IncomingMessage { text: "Hello!".to_owned(), ..IncomingMessage::default() },
/// # };
/// let clicked = database
///     .write(move |tx| {
///         ingest(tx, &channel, hello)?;
///         let cats = Buttons(vec![vec![Button::value("A cat, please", "cat")]]);
///         let question = OutgoingMessage::text("Which one?").with_buttons(cats);
///         let question = send_message(tx, &platforms, &channel, &"fake_7".into(), question)?;
///
///         // The platform shows the button with this id, and is told it when somebody clicks.
///         let id = InteractiveButtons::of(&question).unwrap().0[0][0].callback_execution_id.clone().unwrap();
///         let button = find_button(tx, &"fake_7".into(), &id)?.unwrap();
///         let seen = IncomingMessage { raw: json!({"update_id": 12}), ..IncomingMessage::default() };
///         click(tx, button, seen, None)
///     })
///     .wait()?
///     .into_message();
/// assert_eq!(clicked.text, "A cat, please");
/// assert_eq!(clicked.clicked(), Some("cat"));
/// # Ok::<(), unicom_core::CoreError>(())
/// ```
pub fn click(
    tx: &mut Tx<'_>,
    found: FoundButton,
    incoming: IncomingMessage,
    chat_name: Option<&str>,
) -> Result<Appended, CoreError> {
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
    // Before anything is refused: whose answer was lost asks again, whatever has happened since.
    if part.repeated.is_some()
        && let Some(before) = incoming.find_duplicate(tx, account, Some(&chat.id))?
    {
        return Ok(Appended::Repeated(before));
    }
    if !part.channel.is_active {
        return Err(CoreError::ChannelInactive(part.channel.id));
    }
    if button.expires_at.is_some_and(|at| at <= tx.now()) {
        return Err(CoreError::ButtonExpired);
    }
    append_incoming(tx, &part, incoming, chat_name).map(Appended::New)
}
