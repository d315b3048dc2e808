//! `CategoryMatcher`: a matcher that a host writes in Rust, and the registry of those in a process.

use std::collections::BTreeMap;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use serde_json::Value;

use super::{MatchInput, Matcher, MatcherError};

/// A matcher that a host registers.
///
/// A closure is one too:
///
/// ```
/// use unicom_core::matchers::{MatchInput, Matchers};
///
/// let matchers = Matchers::default()
///     .with("known", |input: &MatchInput| Ok(input.member.is_some()));
/// # drop(matchers);
/// ```
pub trait CategoryMatcher: Send + Sync + 'static {
    /// Whether the message belongs to the category.
    ///
    /// May be called again for the same message, and by several threads at once. It may block, but whoever waits for
    /// the message's category waits meanwhile.
    ///
    /// # Errors
    /// A sentence that says why it could not tell.
    fn matches(&self, input: &MatchInput) -> Result<bool, String>;
}

impl<F> CategoryMatcher for F
where
    F: Fn(&MatchInput) -> Result<bool, String> + Send + Sync + 'static,
{
    fn matches(&self, input: &MatchInput) -> Result<bool, String> {
        self(input)
    }
}

/// The custom matchers of a process, by the name under which a category chooses one.
#[derive(Clone, Default)]
pub struct Matchers(BTreeMap<String, Arc<dyn CategoryMatcher>>);

impl Matchers {
    /// The same with `matcher` under `name`, in the place of one of that name.
    #[must_use]
    pub fn with(mut self, name: impl Into<String>, matcher: impl CategoryMatcher) -> Self {
        self.0.insert(name.into(), Arc::new(matcher));
        self
    }

    /// Makes a matcher of its JSON, an object with a `kind`:
    ///
    /// - `{"kind": "always"}`: every message belongs to the category.
    /// - `{"kind": "keywords", "any": ["refund", "money back"], "all": ["order"]}`: at least one of `any` and each of
    ///   `all` is in the text; one of the two lists may be missing. A keyword is found as whole words: no letter,
    ///   digit or `_` may stand beside it. Case and the amount of white space make no difference, nor do ß and ss.
    ///   Scripts that put no space between words (Chinese, Japanese, Thai) need a `regex` instead. A list has 1 to
    ///   200 keywords of up to 100 characters.
    /// - `{"kind": "regex", "pattern": "^order \\d+", "case_sensitive": false}`: an expression of the
    ///   [`regex`](https://docs.rs/regex/1/regex/#syntax) crate is found in the text. It has up to 1,000 characters;
    ///   `case_sensitive` defaults to false.
    /// - `{"kind": "script", "source": "member != () && message.text.contains(\"refund\")"}`: a script in
    ///   [Rhai](https://rhai.rs/book/language/) of up to 10,000 bytes gives true. It sees four constants, where
    ///   what is unknown is `()`:
    ///   - `message`: `id`, `chat_id`, `text`, `html`, `subject`, `media_type`, `media_name`, `sender_name`;
    ///   - `account`: `id`, `platform`, `name`, `is_bot`;
    ///   - `member`, or `()`: `id`, `name`, and `email` and `phone` where they are verified;
    ///   - `channel`: `id`, `platform`, `name`.
    ///
    ///   Beside operators there are `contains` (and `in`), `starts_with`, `ends_with`, `to_lower`, `to_upper`,
    ///   `split`, `len` and `is_empty` of texts; `contains`, `len` and `is_empty` of arrays; `for` over arrays and
    ///   ranges; functions, without closures. A script may take 50 ms, 100,000 operations, 16 calls within each
    ///   other, texts of 64 KiB and arrays of 5,000 items; whatever goes beyond fails.
    /// - `{"kind": "custom", "name": "vip"}`: the matcher that was given to [`Matchers::with`] under that name.
    ///
    /// ```
    /// use serde_json::json;
    /// use unicom_core::matchers::{MatchInput, Matchers};
    ///
    /// let matchers = Matchers::default().with("vip", |_: &MatchInput| Ok(true));
    ///
    /// assert!(matchers.compile(&json!({"kind": "keywords", "any": ["refund"]})).is_ok());
    /// assert_eq!(
    ///     matchers.compile(&json!({"kind": "custom", "name": "vap"})).unwrap_err().to_string(),
    ///     "invalid matcher: custom matcher `vap` is not registered: expected one of vip",
    /// );
    /// ```
    ///
    /// # Errors
    /// [`MatcherError::Invalid`] names what is wrong and what may be there instead.
    pub fn compile(&self, matcher: &Value) -> Result<Matcher, MatcherError> {
        super::compile(self, matcher)
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

/// A custom matcher and the name it was chosen by.
pub(super) struct Custom {
    name: String,
    matcher: Arc<dyn CategoryMatcher>,
}

impl Custom {
    pub(super) fn matches(&self, input: &MatchInput) -> Result<bool, MatcherError> {
        let name = &self.name;
        match catch_unwind(AssertUnwindSafe(|| self.matcher.matches(input))) {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(reason)) => Err(MatcherError::Failed(format!(
                "custom matcher `{name}`: {reason}"
            ))),
            Err(_panic) => Err(MatcherError::Failed(format!(
                "custom matcher `{name}` panicked"
            ))),
        }
    }
}
