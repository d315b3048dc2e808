//! A chat as a language model is told it, as the seed's `as_llm_chat` does.

use serde_json::{Value, json};
use unicom_core::BotError;
use unicom_core::media::MediaStore;
use unicom_models::{Direction, MediaType, Message};

use super::{images, tools};

/// The messages of a request to the model: the system prompt, unless it is empty, and the chat.
///
/// Unlike the seed's, it leaves out what a provider would refuse, since one such message would end every later answer in
/// its chat: tool calls without their answer, and answers without their call; messages that say nothing; and pictures
/// that are not the visitor's, of which the text or the name is told.
pub(super) async fn conversation(
    media: &dyn MediaStore,
    system_prompt: &str,
    messages: Vec<Message>,
) -> Result<Vec<Value>, BotError> {
    let mut pictures = images::load(media, &messages).await?;
    let mut told = Vec::with_capacity(messages.len() + 1);
    if !system_prompt.is_empty() {
        told.push(json!({"role": "system", "content": system_prompt}));
    }
    let mut responses = tools::Responses::of(&messages);
    for message in &messages {
        match message.media_type {
            MediaType::ToolCall => told.extend(responses.call_and_answer(message)),
            MediaType::ToolResponse => {}
            _ => {
                let content = match pictures.remove(&message.id) {
                    Some(address) => with_picture(message, address),
                    None => text(message).into(),
                };
                if content != "" {
                    let mut line = json!({"role": role(message)});
                    line["content"] = content;
                    told.push(line);
                }
            }
        }
    }
    Ok(told)
}

fn role(message: &Message) -> &'static str {
    match message.direction {
        Direction::Incoming => "user",
        Direction::Outgoing => "assistant",
        Direction::Internal => "system",
    }
}

fn with_picture(message: &Message, address: String) -> Value {
    let mut picture = json!({"type": "image_url", "image_url": {}});
    // Moved and not copied: the picture is in it.
    picture["image_url"]["url"] = address.into();
    let mut parts = vec![picture];
    if !message.text.is_empty() {
        parts.push(json!({"type": "text", "text": message.text}));
    }
    parts.into()
}

/// What a message says in letters. Of a sound, this is all: the seed turns it into MP3 with a program of its own, which
/// unicom does not come with.
fn text(message: &Message) -> String {
    match (message.media_type, &message.html) {
        (MediaType::Html, Some(html)) => html.clone(),
        (kind @ (MediaType::Image | MediaType::Audio), _) if message.text.trim().is_empty() => {
            let name = message.media_name.as_deref().unwrap_or("without a name");
            format!("[{} {name}]", kind.as_str())
        }
        _ => message.text.clone(),
    }
}
