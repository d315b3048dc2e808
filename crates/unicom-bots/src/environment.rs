//! Secrets by the name of an environment variable, so that none stands in the database.

use std::fmt::{self, Debug, Formatter};
use std::sync::Arc;

/// Every name that may be asked for begins with this, or ends with what a bot allows besides.
///
/// Whoever configures a bot chooses the name, and must not have other variables of the process read and sent.
const PREFIX: &str = "UNICOM_BOT_";

type LookUp = dyn Fn(&str) -> Option<String> + Send + Sync;

/// Where variables are looked up.
#[derive(Clone)]
pub(crate) struct Environment(Arc<LookUp>);

impl Environment {
    pub(crate) fn new(look_up: impl Fn(&str) -> Option<String> + Send + Sync + 'static) -> Self {
        Self(Arc::new(look_up))
    }

    /// The variable's value.
    ///
    /// # Errors
    /// A sentence that names the variable, where it is not set.
    pub(crate) fn get(&self, name: &str) -> Result<String, String> {
        (self.0)(name).ok_or_else(|| format!("environment variable `{name}` is not set"))
    }
}

impl Default for Environment {
    fn default() -> Self {
        Self::new(|name| std::env::var(name).ok())
    }
}

impl Debug for Environment {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str("Environment")
    }
}

/// Whether the name matches `UNICOM_BOT_[A-Z0-9_]+`.
pub(crate) fn is_for_bots(name: &str) -> bool {
    name.strip_prefix(PREFIX).is_some_and(is_name)
}

/// Whether the name matches `[A-Z0-9_]+_API_KEY`, as language models' own tools call theirs.
pub(crate) fn is_api_key(name: &str) -> bool {
    name.strip_suffix("_API_KEY").is_some_and(is_name)
}

fn is_name(name: &str) -> bool {
    let is_of_names = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_';
    !name.is_empty() && name.bytes().all(is_of_names)
}

#[cfg(test)]
mod tests {
    use super::{is_api_key, is_for_bots};

    #[test]
    fn only_names_that_are_for_bots() {
        for (name, for_bots, api_key) in [
            ("UNICOM_BOT_SHOP", true, false),
            ("UNICOM_BOT_OPENAI_API_KEY", true, true),
            ("OPENAI_API_KEY", false, true),
            ("UNICOM_BOT_", false, false),
            ("_API_KEY", false, false),
            ("UNICOM_SECRET_KEY", false, false),
            ("DATABASE_URL", false, false),
            ("UNICOM_BOT_shop", false, false),
            ("UNICOM_BOT_A=B", false, false),
            (" UNICOM_BOT_A", false, false),
            ("OPENAI_API_KEY\n", false, false),
        ] {
            assert_eq!(
                (is_for_bots(name), is_api_key(name)),
                (for_bots, api_key),
                "{name}"
            );
        }
    }
}
