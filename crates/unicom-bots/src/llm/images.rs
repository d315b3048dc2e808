//! Images of a chat, in the form of data URLs that language models accept.

use std::collections::HashMap;

use base64::display::Base64Display;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use futures_util::TryStreamExt;
use serde::{Serialize, Serializer};
use unicom_core::bots::BotError;
use unicom_core::media::{MediaError, MediaStore};
use unicom_models::{Direction, MediaType, Message, MessageId, StoredMedia};

use crate::failure;

/// Maximum number of images in a request. The latest ones are sent.
const MOST: usize = 8;

/// Maximum size of an image in bytes: 5 MiB.
const LARGEST: i64 = 5 << 20;

/// Maximum total size of the images in bytes: 6 MiB. As base64 in the body, which is held in memory
/// as a whole, this is 8 MiB.
const LARGEST_TOGETHER: i64 = 6 << 20;

/// An image that is converted to its `data:` URL only when it is serialised. Clones share its
/// bytes.
#[derive(Clone)]
pub(super) struct Picture {
    content_type: String,
    bytes: Bytes,
}

impl Serialize for Picture {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let base64 = Base64Display::new(&self.bytes, &STANDARD);
        serializer.collect_str(&format_args!("data:{};base64,{base64}", self.content_type))
    }
}

/// Returns the messages from visitors with an image that could be sent.
pub(super) fn candidates(messages: &[Message]) -> Vec<MessageId> {
    let with_picture = messages.iter().filter(|message| picture(message).is_some());
    with_picture.map(|message| message.id).collect()
}

/// Selects the latest images from visitors that fit the limits. An image that does not fit is
/// skipped, and earlier ones may take its place, as for those of messages that are not `accepted`.
pub(super) fn shown(
    messages: &[Message],
    accepted: impl Fn(MessageId) -> bool,
) -> Vec<(MessageId, StoredMedia)> {
    let mut left = LARGEST_TOGETHER;
    let pictures = messages
        .iter()
        .rev()
        .filter(|message| accepted(message.id))
        .filter_map(|message| Some((message.id, picture(message)?)));
    let fitting = pictures.filter(|(_, file)| {
        let fits = file.size <= left;
        if fits {
            left -= file.size;
        }
        fits
    });
    fitting.take(MOST).collect()
}

fn picture(message: &Message) -> Option<StoredMedia> {
    let is_shown =
        message.media_type == MediaType::Image && message.direction == Direction::Incoming;
    message
        .media()
        .filter(|file| is_shown && file.size <= LARGEST)
}

/// Loads images from the media store. An image that no longer exists is left out.
pub(super) async fn load(
    media: &dyn MediaStore,
    shown: Vec<(MessageId, StoredMedia)>,
) -> Result<HashMap<MessageId, Picture>, BotError> {
    let mut loaded = HashMap::with_capacity(shown.len());
    for (id, file) in shown {
        match read(media, file).await {
            Ok(picture) => drop(loaded.insert(id, picture)),
            Err(MediaError::NotFound { .. }) => {}
            Err(error) => return Err(failure::of_media(&error)),
        }
    }
    Ok(loaded)
}

async fn read(media: &dyn MediaStore, file: StoredMedia) -> Result<Picture, MediaError> {
    let mut bytes = Vec::with_capacity(usize::try_from(file.size).unwrap_or_default());
    let mut stream = media.open(file.key, None).await?;
    while let Some(chunk) = stream.try_next().await? {
        bytes.extend_from_slice(&chunk);
    }
    Ok(Picture {
        content_type: file.content_type,
        bytes: bytes.into(),
    })
}
