//! [`Bots`], the registry of the bots of a process.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::bots::Bot;

/// The kinds of bots registered in a process, by name.
#[derive(Clone, Default)]
pub struct Bots(BTreeMap<String, Arc<dyn Bot>>);

impl Bots {
    /// Registers `bot` under `name`. Replaces a bot of the same name.
    #[must_use]
    pub fn with(mut self, name: impl Into<String>, bot: impl Bot) -> Self {
        self.0.insert(name.into(), Arc::new(bot));
        self
    }

    /// Returns the registered names.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// Returns the bot of this name.
    ///
    /// # Errors
    /// A sentence that lists the registered names.
    pub fn get(&self, name: &str) -> Result<&Arc<dyn Bot>, String> {
        self.0.get(name).ok_or_else(|| {
            let choices = self.names().collect::<Vec<_>>().join(", ");
            format!("bot `{name}` is not registered: expected one of {choices}")
        })
    }
}

impl std::fmt::Debug for Bots {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}
