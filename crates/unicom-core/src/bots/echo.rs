//! The echo bot, which repeats what it receives. Useful for testing a channel.

use futures_util::FutureExt;
use futures_util::future::BoxFuture;

use serde_json::{Map, Value};

use crate::{
    Bot,
    bots::{BotContext, BotError, Outcome},
};

/// A bot that answers with the text of the message or, for media without text, with the name of the
/// file.
#[derive(Debug, Clone, Copy, Default)]
pub struct Echo;

impl Bot for Echo {
    fn handle(&self, context: BotContext) -> BoxFuture<'_, Result<Outcome, BotError>> {
        let message = context.message;
        let said = if message.text.is_empty() {
            message.media_name.unwrap_or_default()
        } else {
            message.text
        };
        std::future::ready(Ok(Outcome::text(format!("Echo: {said}")))).boxed()
    }

    fn validate(&self, config: &Map<String, Value>) -> Result<(), String> {
        match config.keys().next() {
            None => Ok(()),
            Some(_) => Err("the echo bot has no settings: leave `config` empty".to_owned()),
        }
    }
}
