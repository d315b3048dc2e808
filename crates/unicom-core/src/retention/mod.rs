//! Retention: how long a channel keeps messages, and the deletion of older ones.

mod apply;
mod expire;

use std::time::Duration;

use serde_json::Value;
use unicom_db::{Db, DbError, queries::channels};
use unicom_models::{ChannelId, UtcTime};

use crate::platform::ChannelError;

pub use apply::{Expired, ExpiredOfChannel, apply_retention, preview_retention};

/// The name of the setting in a channel's configuration.
const SETTING: &str = "retention_days";

/// Maximum retention in days: a hundred years. To keep messages longer, leave the setting out.
pub(crate) const LONGEST_DAYS: u64 = 36_500;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// Returns the number of days after which a channel with this configuration deletes messages.
/// Returns `None` if it keeps them.
///
/// # Errors
/// [`ChannelError`] if the setting is invalid.
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
        Some(days) => days
            .as_u64()
            .filter(|days| (1..=LONGEST_DAYS).contains(days)),
    };
    match days.map(u32::try_from) {
        Some(Ok(days)) => Ok(Some(days)),
        _ => Err(ChannelError(format!(
            "`{SETTING}` must be an integer number of days from 1 to {LONGEST_DAYS}; without it, messages are kept"
        ))),
    }
}

/// The retention rule of a channel: everything older than `before` is deleted.
#[derive(Debug, Clone, Copy)]
struct Rule {
    channel_id: ChannelId,
    days: u32,
    before: UtcTime,
}

/// Returns the rules of all channels that have a retention, active or not. A channel with an
/// invalid setting is logged, and nothing is deleted from it.
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
