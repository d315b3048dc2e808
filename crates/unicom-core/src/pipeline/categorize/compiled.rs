//! Matchers made ready once, and kept until their category changes.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use serde_json::Value;
use unicom_models::{CategoryId, RequestCategory, UtcTime};

use crate::matchers::{Matcher, MatcherError, Matchers};

/// Matchers kept at the most; beyond that all are made anew.
const MOST: usize = 1000;

/// The matchers of categories, made ready once.
#[derive(Debug, Default)]
pub(in crate::pipeline) struct CompiledMatchers {
    matchers: Matchers,
    kept: Mutex<HashMap<CategoryId, (UtcTime, Matcher)>>,
}

impl CompiledMatchers {
    /// Of a process with these custom matchers.
    pub fn new(matchers: Matchers) -> Self {
        Self {
            matchers,
            kept: Mutex::default(),
        }
    }

    /// The matcher of `category`, made of `json`.
    pub fn of(&self, category: &RequestCategory, json: &Value) -> Result<Matcher, MatcherError> {
        // A panic elsewhere leaves a map that is whole all the same.
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
