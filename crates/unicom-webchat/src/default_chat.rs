//! Which chat is meant when none is named.

use unicom_models::{Account, ChannelId, ChatId};

/// The id of an account's default chat on a channel: the account's own id on the channel where it first wrote.
pub(crate) fn default_chat_id(account: &Account, channel_id: ChannelId) -> ChatId {
    if account.channel_id == channel_id {
        account.id.as_str().into()
    } else {
        format!("{}_c{channel_id}", account.id).into()
    }
}
