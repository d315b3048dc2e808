//! Matchers that the host implements in Rust.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use unicom_core::matchers::{CategoryMatcher, MatchInput};

/// A matcher of the host and the name it was selected by.
pub(super) struct Custom {
    pub(super) name: String,
    pub(super) matcher: Arc<dyn CategoryMatcher>,
}

impl CategoryMatcher for Custom {
    fn matches(&self, input: &MatchInput) -> Result<bool, String> {
        let name = &self.name;
        match catch_unwind(AssertUnwindSafe(|| self.matcher.matches(input))) {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(reason)) => Err(format!("custom matcher `{name}`: {reason}")),
            Err(_panic) => Err(format!("custom matcher `{name}` panicked")),
        }
    }
}
