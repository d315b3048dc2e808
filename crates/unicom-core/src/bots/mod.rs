//! Bots: the trait, the registry, stored configurations, and the choice of the bot for a request.

mod bot;
mod echo;
mod registry;
mod resolve;

pub use bot::{Bot, BotContext, BotError, HandOver, Outcome, Usage};
pub use echo::Echo;
pub use registry::Bots;
pub(crate) use resolve::check_bot;
pub use resolve::{ChosenBot, check_bot_setting};
