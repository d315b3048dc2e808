//! Pictures of a chat, as a language model takes them: each in its address.

use std::collections::HashMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use futures_util::TryStreamExt;
use unicom_core::BotError;
use unicom_core::media::{MediaError, MediaStore};
use unicom_models::{Direction, MediaType, Message, MessageId, StoredMedia};

use crate::failure;

/// Pictures that the model is shown, the latest ones.
const MOST: usize = 8;

/// Bytes of such a picture at the most: 5 MiB.
const LARGEST: i64 = 5 << 20;

/// The visitors' latest pictures as `data:` addresses. One that is gone from the store is left out.
pub(super) async fn load(
    media: &dyn MediaStore,
    messages: &[Message],
) -> Result<HashMap<MessageId, String>, BotError> {
    let mut loaded = HashMap::new();
    let shown = messages
        .iter()
        .rev()
        .filter_map(|message| Some((message.id, picture(message)?)));
    for (id, file) in shown.take(MOST) {
        match data_url(media, file).await {
            Ok(address) => drop(loaded.insert(id, address)),
            Err(MediaError::NotFound { .. }) => {}
            Err(error) => return Err(failure::of_media(&error)),
        }
    }
    Ok(loaded)
}

fn picture(message: &Message) -> Option<StoredMedia> {
    let is_shown =
        message.media_type == MediaType::Image && message.direction == Direction::Incoming;
    message
        .media()
        .filter(|file| is_shown && file.size <= LARGEST)
}

async fn data_url(media: &dyn MediaStore, file: StoredMedia) -> Result<String, MediaError> {
    let mut bytes = Vec::new();
    let mut stream = media.open(file.key, None).await?;
    while let Some(chunk) = stream.try_next().await? {
        bytes.extend_from_slice(&chunk);
    }
    let mut address = format!("data:{};base64,", file.content_type);
    STANDARD.encode_string(bytes, &mut address);
    Ok(address)
}
