//! The echo bot: says what it was told. For trying a channel out.

use futures_util::FutureExt;
use futures_util::future::BoxFuture;

use serde_json::{Map, Value};

use crate::{
    Bot,
    bots::{BotContext, BotError, Outcome},
};

/// Answers with the text of the message; to media without a text, with the name of its file.
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
