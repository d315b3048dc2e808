//! Finding the bot of a request.

use std::collections::HashMap;

use serde_json::Value;
use unicom_db::{DbError, Tx, queries::categories};
use unicom_models::{CategoryId, Channel};

use crate::bots::ChosenBot;

/// Maximum number of categories to search for a bot up the tree. Greater than the maximum depth of
/// the tree.
const DEEPEST: usize = 32;

/// The bots that were found in a write, by their names.
#[derive(Debug, Default)]
pub(super) struct KnownBots(HashMap<String, Option<ChosenBot>>);

impl KnownBots {
    /// Returns the bot of a request: that of its category, of the nearest ancestor that has one, or
    /// of its channel.
    pub fn bot_for(
        &mut self,
        tx: &mut Tx<'_>,
        category: Option<CategoryId>,
        channel: &Channel,
    ) -> Result<Option<ChosenBot>, DbError> {
        let mut at = category;
        for _ in 0..DEEPEST {
            let Some(id) = at else { break };
            let Some(category) = categories::get(tx, id)? else {
                break;
            };
            if let Some(bot) = self.of(tx, category.bot.as_ref())? {
                return Ok(Some(bot));
            }
            at = category.parent_id;
        }
        self.of(tx, channel.config.get("bot"))
    }

    fn of(
        &mut self,
        tx: &mut Tx<'_>,
        setting: Option<&Value>,
    ) -> Result<Option<ChosenBot>, DbError> {
        let Some(Value::String(name)) = setting else {
            return ChosenBot::of(tx, setting);
        };
        if let Some(known) = self.0.get(name) {
            return Ok(known.clone());
        }
        let found = ChosenBot::of(tx, setting)?;
        self.0.insert(name.clone(), found.clone());
        Ok(found)
    }
}
