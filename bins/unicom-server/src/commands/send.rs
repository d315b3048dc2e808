//! The command `unicom send`, which sends a message to a chat of any platform.

use clap::Args;
use unicom_content::html::sanitize;
use unicom_core::{CoreError, OutgoingMessage, outbound::send_message};
use unicom_db::queries::channels;
use unicom_models::{ChannelId, ChatId, Message};

use crate::output::Format;
use crate::wiring::{open_database, platforms};
use crate::{Failure, Settings};

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

pub(crate) fn run(
    settings: &Settings,
    format: Format,
    arguments: Arguments,
) -> Result<(), Failure> {
    let database = open_database(settings)?;
    let chat_id = ChatId::from(arguments.chat);
    let outgoing = OutgoingMessage {
        text: arguments.text.unwrap_or_default(),
        html: arguments.html.as_deref().map(sanitize).transpose()?,
        ..OutgoingMessage::default()
    };
    let sent: Result<Message, CoreError> = database
        .write(move |tx| {
            let id = ChannelId(arguments.channel);
            let channel = channels::get(tx, id)?.ok_or(CoreError::ChannelNotFound(id))?;
            send_message(tx, &platforms(), &channel, &chat_id, outgoing)
        })
        .wait();
    let message = sent?;
    format.done(&format!("message {} is stored", message.id), &message)
}
