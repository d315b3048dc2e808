//! `Matcher`: made from the JSON of a category, ready to be asked.

use std::fmt;
use std::sync::Arc;

use regex::Regex;
use serde_json::Value;

use super::custom::Custom;
use super::error::MatcherError;
use super::fields::{self, KINDS};
use super::input::MatchInput;
use super::keywords::Keywords;
use super::pattern;
use super::registry::Matchers;
use super::script::Script;

/// A matcher ready to be asked: [`Matchers::compile`] makes it. Cheap to clone.
#[derive(Clone)]
pub struct Matcher(Arc<Kind>);

impl Matcher {
    /// Whether the message belongs to the category.
    ///
    /// Call it where blocking is allowed: a script may take 50 ms, a custom matcher what it likes, and an expression
    /// with thousands of repetitions a second for a long text. All else is done within a millisecond or so.
    ///
    /// # Errors
    /// [`MatcherError::Failed`] says why it could not tell. A custom matcher that panics is such a failure too.
    pub fn matches(&self, input: &MatchInput) -> Result<bool, MatcherError> {
        match &*self.0 {
            Kind::Always => Ok(true),
            Kind::Keywords(keywords) => Ok(keywords.matches(&input.message.text)),
            Kind::Regex(regex) => Ok(regex.is_match(&input.message.text)),
            Kind::Script(script) => script.matches(input),
            Kind::Custom(custom) => custom.matches(input),
        }
    }
}

impl fmt::Debug for Matcher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Matcher").field(&self.0.name()).finish()
    }
}

enum Kind {
    Always,
    Keywords(Keywords),
    Regex(Regex),
    Script(Script),
    Custom(Custom),
}

impl Kind {
    fn name(&self) -> &'static str {
        match self {
            Self::Always => "always",
            Self::Keywords(_) => "keywords",
            Self::Regex(_) => "regex",
            Self::Script(_) => "script",
            Self::Custom(_) => "custom",
        }
    }
}

/// Reads the JSON of a matcher.
fn compile(matchers: &Matchers, matcher: &Value) -> Result<Matcher, MatcherError> {
    let (kind, fields) = fields::of(matcher)?;
    let kind = match kind {
        "always" => {
            fields::only(fields, &[])?;
            Kind::Always
        }
        "keywords" => {
            fields::only(fields, &["any", "all"])?;
            let any = fields::texts(fields, "any")?;
            let all = fields::texts(fields, "all")?;
            Kind::Keywords(Keywords::new(any.as_deref(), all.as_deref())?)
        }
        "regex" => {
            fields::only(fields, &["pattern", "case_sensitive"])?;
            let case_sensitive = fields::flag(fields, "case_sensitive")?;
            Kind::Regex(pattern::compile(
                fields::text(fields, "pattern")?,
                case_sensitive,
            )?)
        }
        "script" => {
            fields::only(fields, &["source"])?;
            Kind::Script(Script::new(fields::text(fields, "source")?)?)
        }
        "custom" => {
            fields::only(fields, &["name"])?;
            Kind::Custom(matchers.get(fields::text(fields, "name")?)?)
        }
        _ => {
            return Err(MatcherError::Invalid(format!(
                "unknown kind `{kind}`: expected one of {}",
                KINDS.join(", ")
            )));
        }
    };
    Ok(Matcher(Arc::new(kind)))
}

impl Matchers {
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
        compile(self, matcher)
    }
}
