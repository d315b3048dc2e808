//! The command `unicom send`, which sends a message to a chat of any platform.

use clap::Args;
use unicom_content::html::sanitize;
use unicom_core::{OutgoingMessage, admin::send_to_chat};
use unicom_models::{ChannelId, ChatId};

use super::Context;
use crate::Failure;

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The channel's id
    #[arg(long)]
    channel: i64,
    /// The chat's id
    #[arg(long)]
    chat: String,
    /// The message as plain text
    #[arg(long, required_unless_present = "html")]
    text: Option<String>,
    /// The message as HTML; what could act in a reader's page is removed
    #[arg(long)]
    html: Option<String>,
}

pub(crate) fn run(context: &Context<'_>, arguments: Arguments) -> Result<(), Failure> {
    let (extensions, chat_id) = (context.extensions(), ChatId::from(arguments.chat));
    let outgoing = OutgoingMessage {
        text: arguments.text.unwrap_or_default(),
        html: arguments.html.as_deref().map(sanitize).transpose()?,
        ..OutgoingMessage::default()
    };
    let channel = Some(ChannelId(arguments.channel));
    let message = context.write(move |tx, actor| {
        send_to_chat(tx, actor, &extensions, channel, &chat_id, outgoing)
    })?;
    let sentence = format!("message {} is stored", message.id);
    context.format.done(&sentence, &message)
}
