//! Selects the web chat channel of a request.

use unicom_db::{Db, queries::channels};
use unicom_models::{Channel, ChannelId};

use crate::{WebChat, WebChatError};

/// Returns the active web chat channel with this id.
///
/// # Errors
/// [`WebChatError::NoChannel`] if the channel does not exist, belongs to another platform or is not
/// active.
pub fn webchat_channel(db: &mut Db, id: ChannelId) -> Result<Channel, WebChatError> {
    channels::get(db, id)?
        .and_then(as_active_webchat)
        .ok_or(WebChatError::NoChannel)
}

/// Returns the channel if it is an active web chat channel.
pub(crate) fn as_active_webchat(channel: Channel) -> Option<Channel> {
    (channel.active && channel.platform == WebChat::kind()).then_some(channel)
}

/// Returns the channel with this id or, by default, the active web chat channel with the lowest id
/// (seed 5.1, option B).
///
/// # Errors
/// [`WebChatError::NoChannel`] if there is no active web chat channel, or if `id` is not one.
///
/// ```
/// # use unicom_webchat::*;
/// # let (test, channel) = unicom_testing::doc_site(WebChat);
/// # let database = test.database().clone();
/// let first = database.read(|db| webchat_channel_or_first(db, None)).wait()?;
/// assert_eq!(first, channel);
/// # Ok::<(), WebChatError>(())
/// ```
pub fn webchat_channel_or_first(
    db: &mut Db,
    id: Option<ChannelId>,
) -> Result<Channel, WebChatError> {
    match id {
        Some(id) => webchat_channel(db, id),
        None => channels::first_active(db, &WebChat::kind())?.ok_or(WebChatError::NoChannel),
    }
}
