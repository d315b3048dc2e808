//! A cache of compiled matchers.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use serde_json::Value;
use unicom_models::{CategoryId, RequestCategory, UtcTime};

use crate::matchers::{Matcher, MatcherError, Matchers};

/// Maximum number of cached matchers. When it is reached, the cache is cleared.
const MOST: usize = 1000;

/// A cache of the compiled matchers of categories. An entry is used until its category changes.
#[derive(Debug, Default)]
pub(in crate::pipeline) struct CompiledMatchers {
    matchers: Matchers,
    kept: Mutex<HashMap<CategoryId, (UtcTime, Matcher)>>,
}

impl CompiledMatchers {
    /// Creates an empty cache with the host's custom matchers.
    pub fn new(matchers: Matchers) -> Self {
        Self {
            matchers,
            kept: Mutex::default(),
        }
    }

    /// Returns the matcher of `category`, compiled from `json`.
    pub fn of(&self, category: &RequestCategory, json: &Value) -> Result<Matcher, MatcherError> {
        // The map is consistent even after a panic elsewhere.
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((of, matcher)) = kept.get(&category.id)
            && *of == category.updated_at
        {
            return Ok(matcher.clone());
        }
        let matcher = self.matchers.compile(json)?;
        if kept.len() >= MOST {
            kept.clear();
        }
        kept.insert(category.id, (category.updated_at, matcher.clone()));
        Ok(matcher)
    }
}
