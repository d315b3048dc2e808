//! What the configuration of every channel may say, whatever its platform.

use serde_json::Value;

/// Returns `true` if a channel with this configuration has a bot.
pub fn has_bot(config: &Value) -> bool {
    config.get("bot").is_some_and(|bot| !bot.is_null())
}

/// Returns the name that bots and the system have in messages on a channel with this name and
/// configuration: its `bot_name`, or the channel's name.
pub fn bot_name<'a>(name: &'a str, config: &'a Value) -> &'a str {
    let configured = config.get("bot_name").and_then(Value::as_str);
    configured.unwrap_or(name)
}
