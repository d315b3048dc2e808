//! Retention: how long a channel keeps its messages, and what happens to those that are older.

mod apply;
mod expire;

use std::time::Duration;

use serde_json::Value;
use unicom_db::{Db, DbError, queries::channels};
use unicom_models::{ChannelId, UtcTime};

use crate::platform::ChannelError;

pub use apply::{Expired, ExpiredOfChannel, apply_retention, preview_retention};

/// The setting of a channel.
const SETTING: &str = "retention_days";

/// Days at the most: a hundred years. Who wants more wants them kept.
const LONGEST: u64 = 36_500;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// After how many days a channel of this configuration deletes its messages; none: it keeps them.
///
/// # Errors
/// [`ChannelError`] where the setting is not what it may be.
///
/// ```
/// use serde_json::json;
/// use unicom_core::retention::retention_days;
///
/// assert_eq!(retention_days(&json!({ "retention_days": 90 }))?, Some(90));
/// assert_eq!(retention_days(&json!({}))?, None);
/// assert!(retention_days(&json!({ "retention_days": 0 })).is_err());
/// # Ok::<(), unicom_core::platform::ChannelError>(())
/// ```
pub fn retention_days(config: &Value) -> Result<Option<u32>, ChannelError> {
    let days = match config.get(SETTING) {
        None | Some(Value::Null) => return Ok(None),
        Some(days) => days.as_u64().filter(|days| (1..=LONGEST).contains(days)),
    };
    match days.map(u32::try_from) {
        Some(Ok(days)) => Ok(Some(days)),
        _ => Err(ChannelError(format!(
            "`{SETTING}` must be a whole number of days, 1 to {LONGEST}; without it, messages are kept"
        ))),
    }
}

/// What a channel deletes: everything from before a time.
#[derive(Debug, Clone, Copy)]
struct Rule {
    channel_id: ChannelId,
    days: u32,
    before: UtcTime,
}

/// The rules of all channels, active or not.
fn rules(db: &mut Db, now: UtcTime) -> Result<Vec<Rule>, DbError> {
    let rule = |channel: unicom_models::Channel| match retention_days(&channel.config) {
        Ok(days) => days.map(|days| Rule {
            channel_id: channel.id,
            days,
            before: now.minus(DAY * days),
        }),
        Err(error) => {
            log::warn!("channel {}: nothing is deleted by age: {error}", channel.id);
            None
        }
    };
    Ok(channels::list(db)?.into_iter().filter_map(rule).collect())
}
