//! [`Extensions`]: the platforms, bots and matchers of a process.

use std::sync::Arc;

use crate::matchers::{MatcherCompiler, NoMatchers};
use crate::{Bots, Platforms};

/// What channels, bots and categories can use in this process. By default nothing.
#[derive(Debug, Clone)]
pub struct Extensions {
    /// The platforms of this process.
    pub platforms: Platforms,
    /// The kinds of bots of this process.
    pub bots: Bots,
    /// The category matchers of this process.
    pub matchers: Arc<dyn MatcherCompiler>,
}

impl Default for Extensions {
    fn default() -> Self {
        Self {
            platforms: Platforms::default(),
            bots: Bots::default(),
            matchers: Arc::new(NoMatchers),
        }
    }
}

impl Extensions {
    /// Sets the platforms.
    #[must_use]
    pub fn with_platforms(self, platforms: Platforms) -> Self {
        Self { platforms, ..self }
    }

    /// Sets the kinds of bots.
    #[must_use]
    pub fn with_bots(self, bots: Bots) -> Self {
        Self { bots, ..self }
    }

    /// Sets the category matchers.
    #[must_use]
    pub fn with_matchers(self, matchers: impl MatcherCompiler) -> Self {
        let matchers = Arc::new(matchers);
        Self { matchers, ..self }
    }
}
