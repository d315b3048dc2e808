//! Which channel a visitor means.

use unicom_db::{Db, queries::channels};
use unicom_models::{Channel, ChannelId};

use crate::{WebChat, WebChatError};

/// The active web chat channel with this number.
///
/// # Errors
/// [`WebChatError::NoChannel`] where it is missing, of another platform, or not active.
pub fn webchat_channel(db: &mut Db, id: ChannelId) -> Result<Channel, WebChatError> {
    channels::get(db, id)?
        .and_then(as_active_webchat)
        .ok_or(WebChatError::NoChannel)
}

/// The channel, if it is an active one of the web chat.
pub(crate) fn as_active_webchat(channel: Channel) -> Option<Channel> {
    (channel.active && channel.platform.as_str() == WebChat::KIND).then_some(channel)
}

/// The named channel, or else the active web chat channel with the lowest number (seed 5.1, option B).
///
/// # Errors
/// [`WebChatError::NoChannel`] where there is none.
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
        None => channels::first_active(db, &WebChat::KIND.into())?.ok_or(WebChatError::NoChannel),
    }
}
