//! Deserializing the fields of changes.

use serde::de::{Deserialize, Deserializer, Error};

/// Maximum number of ids in a list.
pub(super) const MOST_IDS: usize = 1000;

/// Deserializes a field that can be cleared: `null` becomes `Some(None)`. Needs a default for a
/// missing field, which becomes `None`.
pub(super) fn nullable<'de, D, T>(deserializer: D) -> Result<Option<Option<T>>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    Option::deserialize(deserializer).map(Some)
}

/// Deserializes a list of at most [`MOST_IDS`] ids.
pub(super) fn ids<'de, D, T>(deserializer: D) -> Result<Option<Vec<T>>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    let ids: Option<Vec<T>> = Option::deserialize(deserializer)?;
    if ids.as_ref().is_some_and(|ids| ids.len() > MOST_IDS) {
        return Err(D::Error::custom(format_args!(
            "must be a list of up to {MOST_IDS} ids"
        )));
    }
    Ok(ids)
}
