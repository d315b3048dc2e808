//! [`WebChannels`]: the channels that pages of other sites may use.

use std::sync::Arc;

use unicom_db::queries::channels;
use unicom_db::{Database, DbError};
use unicom_http::ApiError;
use unicom_models::{Channel, ChannelId};
use unicom_webchat::{WebChat, WebSettings};

/// The key under which the channels are cached.
const CACHED: &str = "channels for pages of other sites";

/// The active channels that pages of other sites may use, as they are when a request arrives.
#[derive(Debug, Clone)]
pub(crate) struct WebChannels(Arc<[WebChannel]>);

/// A channel that pages of other sites may use.
#[derive(Debug, Clone)]
pub(crate) struct WebChannel {
    pub channel: Channel,
    pub web: WebSettings,
}

impl WebChannels {
    /// Reads the channels.
    pub async fn read(database: &Database) -> Result<Self, DbError> {
        let read = database.read_cached(CACHED.to_owned(), |db| {
            let channels = channels::list(db)?.into_iter();
            let usable =
                channels.filter(|channel| channel.active && channel.platform == WebChat::kind());
            let with_settings = usable.filter_map(|channel| {
                let web = WebSettings::of(&channel)?;
                Some(WebChannel { channel, web })
            });
            Ok::<_, DbError>(Self(with_settings.collect()))
        });
        read.await
    }

    /// Returns `true` if pages of this origin may use any of the channels.
    pub fn allow(&self, origin: &str) -> bool {
        self.0.iter().any(|channel| channel.web.allows(origin))
    }

    /// Returns the channel with this key.
    ///
    /// # Errors
    /// [`ApiError::no_channel`] if there is none.
    pub fn with_key(&self, key: &str) -> Result<&WebChannel, ApiError> {
        let mut channels = self.0.iter();
        channels
            .find(|channel| channel.web.key.as_str() == key)
            .ok_or_else(|| ApiError::no_channel("no active channel has this key"))
    }

    /// Returns the channel with this id.
    ///
    /// # Errors
    /// [`ApiError::no_channel`] if there is none.
    pub fn with_id(&self, id: ChannelId) -> Result<&WebChannel, ApiError> {
        let mut channels = self.0.iter();
        channels
            .find(|channel| channel.channel.id == id)
            .ok_or_else(|| ApiError::no_channel("the channel of this token is not available"))
    }
}
