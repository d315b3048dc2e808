//! Bots: the trait, the registry, stored configurations, and the choice of the bot for a request.

mod bot;
mod config;
mod echo;
mod registry;
mod resolve;

pub use bot::{Bot, BotContext, BotError, Outcome, Usage};
pub use config::{create_bot, delete_bot, update_bot};
pub use echo::Echo;
pub use registry::Bots;
pub use resolve::{ChosenBot, check_bot_setting};
