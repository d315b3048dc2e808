//! `Bots`: the bots that are registered in a process.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::bots::Bot;

/// The bots of a process, by the name under which a channel chooses one.
#[derive(Clone, Default)]
pub struct Bots(BTreeMap<String, Arc<dyn Bot>>);

impl Bots {
    /// The same with `bot` under `name`, in the place of one of that name.
    #[must_use]
    pub fn with(mut self, name: impl Into<String>, bot: impl Bot) -> Self {
        self.0.insert(name.into(), Arc::new(bot));
        self
    }

    /// The names there are.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// The bot of that name.
    ///
    /// # Errors
    /// A sentence that lists the names there are.
    pub fn get(&self, name: &str) -> Result<&Arc<dyn Bot>, String> {
        self.0.get(name).ok_or_else(|| {
            let choices = self
                .0
                .keys()
                .map(String::as_str)
                .collect::<Vec<_>>()
                .join(", ");
            format!("bot `{name}` is not registered: expected one of {choices}")
        })
    }
}

impl std::fmt::Debug for Bots {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}
