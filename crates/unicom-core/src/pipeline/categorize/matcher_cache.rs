//! A cache of compiled matchers.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::Value;
use unicom_models::{CategoryId, RequestCategory, UtcTime};

use crate::matchers::{CategoryMatcher, InvalidMatcher, MatcherCompiler};

/// Maximum number of cached matchers. When it is reached, the cache is cleared.
const MOST: usize = 1000;

/// A cache of the compiled matchers of categories. An entry is used until its category changes.
pub(in crate::pipeline) struct CompiledMatchers {
    compiler: Arc<dyn MatcherCompiler>,
    kept: Mutex<HashMap<CategoryId, Compiled>>,
}

/// A compiled matcher, and when its category last changed.
type Compiled = (UtcTime, Arc<dyn CategoryMatcher>);

impl CompiledMatchers {
    /// Creates an empty cache.
    pub fn new(compiler: Arc<dyn MatcherCompiler>) -> Self {
        Self {
            compiler,
            kept: Mutex::default(),
        }
    }

    /// Returns the matcher of `category`, compiled from `json`.
    pub fn of(
        &self,
        category: &RequestCategory,
        json: &Value,
    ) -> Result<Arc<dyn CategoryMatcher>, InvalidMatcher> {
        // The map is consistent even after a panic elsewhere.
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((of, matcher)) = kept.get(&category.id)
            && *of == category.updated_at
        {
            return Ok(Arc::clone(matcher));
        }
        let matcher = self.compiler.compile(json)?;
        if kept.len() >= MOST {
            kept.clear();
        }
        kept.insert(category.id, (category.updated_at, Arc::clone(&matcher)));
        Ok(matcher)
    }
}

impl fmt::Debug for CompiledMatchers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.compiler.fmt(f)
    }
}
