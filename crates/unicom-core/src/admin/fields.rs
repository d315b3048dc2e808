//! The fields of changes: [`Change`], and lists of ids.

use serde::de::{Deserialize, Deserializer, Error};

/// Maximum number of ids in a list.
pub(super) const MOST_IDS: usize = 1000;

/// The change to a value that may be absent. In JSON, a missing field keeps the value and `null`
/// clears it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Change<T> {
    /// The value stays as it is.
    #[default]
    Keep,
    /// There is no value any more.
    Clear,
    /// This is the new value.
    Set(T),
}

impl<T> Change<T> {
    /// Returns the new state of the value, or `None` if it stays as it is.
    pub(super) fn new_state(self) -> Option<Option<T>> {
        match self {
            Self::Keep => None,
            Self::Clear => Some(None),
            Self::Set(value) => Some(Some(value)),
        }
    }

    pub(super) fn as_ref(&self) -> Change<&T> {
        match self {
            Self::Keep => Change::Keep,
            Self::Clear => Change::Clear,
            Self::Set(value) => Change::Set(value),
        }
    }
}

impl<T> From<Option<T>> for Change<T> {
    /// Sets the value, or clears it if it is `None`.
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Clear, Self::Set)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Change<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Option::deserialize(deserializer).map(Self::from)
    }
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
