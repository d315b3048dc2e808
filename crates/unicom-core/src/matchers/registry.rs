//! `Matchers`: the custom matchers that are registered in a process.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use super::custom::{CategoryMatcher, Custom};
use super::error::MatcherError;

/// The custom matchers of a process, by the name that a category uses to select one.
#[derive(Clone, Default)]
pub struct Matchers(BTreeMap<String, Arc<dyn CategoryMatcher>>);

impl Matchers {
    /// Registers `matcher` under `name`. Replaces a matcher that is already registered under it.
    #[must_use]
    pub fn with(mut self, name: impl Into<String>, matcher: impl CategoryMatcher) -> Self {
        self.0.insert(name.into(), Arc::new(matcher));
        self
    }

    pub(super) fn get(&self, name: &str) -> Result<Custom, MatcherError> {
        let Some(matcher) = self.0.get(name) else {
            let names: Vec<_> = self.0.keys().map(String::as_str).collect();
            let choices = match names.join(", ") {
                none if none.is_empty() => "there are none".to_owned(),
                names => format!("expected one of {names}"),
            };
            return Err(MatcherError::Invalid(format!(
                "custom matcher `{name}` is not registered: {choices}"
            )));
        };
        Ok(Custom {
            name: name.to_owned(),
            matcher: Arc::clone(matcher),
        })
    }
}

impl fmt::Debug for Matchers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}
