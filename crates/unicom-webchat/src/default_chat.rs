//! The id of the chat that is used if the client names none.

use unicom_models::{Account, ChannelId, ChatId};

/// Returns the id of an account's default chat on a channel: the account's id on the channel where
/// the account first wrote, and `{account id}_c{channel id}` on any other channel.
pub(crate) fn default_chat_id(account: &Account, channel_id: ChannelId) -> ChatId {
    if account.channel_id == channel_id {
        account.id.as_str().into()
    } else {
        format!("{}_c{channel_id}", account.id).into()
    }
}
