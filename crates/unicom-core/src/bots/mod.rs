//! Bots: the trait, the registry, stored configurations, and the choice of the bot for a request.

mod bot;
mod echo;
mod hand_over;
mod outcome;
mod registry;
mod reply_sink;
mod resolve;

pub use bot::{Bot, BotContext};
pub use echo::Echo;
pub use hand_over::HandOver;
pub use outcome::{BotError, Outcome, Usage};
pub use registry::Bots;
pub use reply_sink::{ReplySink, ReplySinkError};
pub(crate) use resolve::check_bot;
pub use resolve::{ChosenBot, check_bot_setting};
