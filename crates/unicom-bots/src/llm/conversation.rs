//! Converts a chat to the messages of a model request, like the seed's `as_llm_chat`.

use std::collections::{HashMap, HashSet};

use serde::Serialize;
use serde_json::{Value, json};
use unicom_models::{Direction, FileState, MediaType, Message, MessageFile, MessageId};

use super::images::Picture;
use super::tools;

/// A message of a request to the model.
#[derive(Serialize)]
#[serde(untagged)]
pub(super) enum Line {
    /// A message without an image.
    Said(Value),
    /// A message with an image. It is not a `Value`, which would hold another copy of the image.
    Shown {
        role: &'static str,
        content: Vec<Part>,
    },
}

/// The images of a conversation.
pub(super) struct Pictures {
    /// The images that are sent.
    pub shown: HashMap<MessageId, Picture>,
    /// The messages whose images the model does not take. It is told their names.
    pub left_out: HashSet<MessageId>,
}

impl Pictures {
    /// Sends no image.
    pub fn leave_out(&mut self) {
        self.left_out.extend(self.shown.drain().map(|(id, _)| id));
    }
}

/// A part of a message with an image.
#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(super) enum Part {
    ImageUrl { image_url: ImageUrl },
    Text { text: String },
}

#[derive(Serialize)]
pub(super) struct ImageUrl {
    url: Picture,
}

/// Returns the messages of a request to the model: the system prompt, unless it is empty, and the
/// chat.
///
/// Unlike the seed's function, it leaves out what a provider would refuse, since one refused
/// message would break every later answer in its chat: tool calls without a response, responses
/// without a call, and empty messages. Images that were not sent by a visitor are replaced by their
/// text or name.
pub(super) fn conversation(
    system_prompt: &str,
    messages: &[Message],
    mut pictures: Pictures,
) -> Vec<Line> {
    let mut told = Vec::with_capacity(messages.len() + 1);
    if !system_prompt.is_empty() {
        told.push(line("system", system_prompt));
    }
    let mut responses = tools::Responses::of(messages);
    for message in messages
        .iter()
        .filter(|message| !message.is_failure_notice())
    {
        match message.media_type {
            MediaType::ToolCall => {
                told.extend(
                    responses
                        .call_and_answer(message)
                        .into_iter()
                        .map(Line::Said),
                );
            }
            MediaType::ToolResponse => {}
            _ => match pictures.shown.remove(&message.id) {
                Some(picture) => told.push(with_picture(message, picture)),
                None => {
                    let mut text = text(message);
                    if pictures.left_out.contains(&message.id) && !message.text.trim().is_empty() {
                        text = format!("{}\n{text}", name(message));
                    }
                    if !text.is_empty() {
                        told.push(line(role(message), &text));
                    }
                }
            },
        }
    }
    told
}

/// Returns what to tell the model about the files of the newest message that are not shown to it.
/// Returns `None` if there are none.
pub(super) fn other_files(files: &[MessageFile]) -> Option<Line> {
    let told = files.iter().map(|file| {
        let name = file.name.as_deref().unwrap_or("without a name");
        match file.state {
            FileState::Ready => format!("[file {name}]"),
            _ => format!("[file {name}, which could not be received]"),
        }
    });
    let told: Vec<String> = told.collect();
    (!told.is_empty()).then(|| line("user", &told.join("\n")))
}

fn line(role: &str, content: &str) -> Line {
    Line::Said(json!({"role": role, "content": content}))
}

fn role(message: &Message) -> &'static str {
    match message.direction {
        Direction::Incoming => "user",
        Direction::Outgoing => "assistant",
        _ => "system",
    }
}

fn with_picture(message: &Message, picture: Picture) -> Line {
    let image_url = ImageUrl { url: picture };
    let mut content = vec![Part::ImageUrl { image_url }];
    if !message.text.is_empty() {
        let text = message.text.clone();
        content.push(Part::Text { text });
    }
    Line::Shown {
        role: role(message),
        content,
    }
}

/// Returns the text of a message, with the name of a file that the model is not shown. For audio,
/// nothing else is sent: the seed converts it to MP3 with an external program, which unicom does
/// not include.
fn text(message: &Message) -> String {
    match (message.media_type, &message.html) {
        (MediaType::Html, Some(html)) => html.clone(),
        (MediaType::Image | MediaType::Audio | MediaType::Video | MediaType::File, _)
            if message.text.trim().is_empty() =>
        {
            name(message)
        }
        (kind @ (MediaType::Audio | MediaType::Video | MediaType::File), _) => {
            let name = message.media_name.as_deref().unwrap_or("without a name");
            format!("{}\n[{} {name}]", message.text, kind.as_str())
        }
        _ => message.text.clone(),
    }
}

/// Returns the name of a message's file as the model is told it.
fn name(message: &Message) -> String {
    let name = message.media_name.as_deref().unwrap_or("without a name");
    format!("[{} {name}]", message.media_type.as_str())
}
