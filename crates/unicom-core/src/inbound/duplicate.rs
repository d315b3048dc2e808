//! A repeated send: a client message id that the account has used before.

use unicom_db::{
    Tx,
    queries::{account_tombstones, messages},
};
use unicom_models::{Account, AccountId, ChatId, Message, UtcTime};

use super::IncomingMessage;
use crate::CoreError;

impl IncomingMessage {
    /// Returns the message that this account stored before with the same client id.
    ///
    /// Returns `None` if there is none. `chat_id` is the requested chat, if one was named.
    ///
    /// # Errors
    /// [`CoreError::IdempotencyConflict`] if that message had other content or was for another
    /// chat.
    pub fn find_duplicate(
        &self,
        tx: &mut Tx<'_>,
        account: &Account,
        chat_id: Option<&ChatId>,
    ) -> Result<Option<Message>, CoreError> {
        let Some(client_id) = &self.client_message_id else {
            return Ok(None);
        };
        let Some(before) = messages::by_client_id(tx, &account.id, client_id)? else {
            return Ok(None);
        };
        let same_chat = match chat_id {
            Some(chat_id) => *chat_id == before.chat_id || was_merged(tx, chat_id, account)?,
            None => true,
        };
        let same = same_chat
            && before.text == self.text
            && before.reply_to_message_id == self.reply_to_message_id
            && before.media_sha256.as_ref() == self.media.as_ref().map(|(_, media)| &media.sha256);
        if same {
            Ok(Some(before))
        } else {
            Err(CoreError::IdempotencyConflict {
                client_message_id: client_id.clone(),
            })
        }
    }
}

/// Returns `true` if the chat was the default chat of a guest whose chats were migrated to
/// `account`.
///
/// The chat has had another id since.
fn was_merged(tx: &mut Tx<'_>, chat_id: &ChatId, account: &Account) -> Result<bool, CoreError> {
    let guest = AccountId::from(chat_id.as_str());
    let ever = UtcTime::BEGINNING;
    Ok(
        account_tombstones::merged_into(tx, &guest, ever)?
            .is_some_and(|user| user.id == account.id),
    )
}
