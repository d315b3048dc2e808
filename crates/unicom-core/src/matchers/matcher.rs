//! `Matcher`: compiled from the JSON of a category.

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

/// A compiled matcher, created by [`Matchers::compile`]. Cheap to clone.
#[derive(Clone)]
pub struct Matcher(Arc<Kind>);

impl Matcher {
    /// Returns `true` if the message belongs to the category.
    ///
    /// Call this where blocking is allowed: a script may take 50 ms of CPU time, a custom matcher
    /// any amount of time, and an expression with thousands of repetitions a second for a long
    /// text. Everything else takes about a millisecond at most.
    ///
    /// # Errors
    /// [`MatcherError::Failed`] with the reason, if the matcher cannot decide. This includes a
    /// custom matcher that panics.
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

/// Compiles the JSON of a matcher.
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
    /// Compiles a matcher from its JSON, an object with a `kind`:
    ///
    /// - `{"kind": "always"}`: matches every message.
    /// - `{"kind": "keywords", "any": ["refund", "money back"], "all": ["order"]}`: matches if the
    ///   text contains at least one keyword of `any` and every keyword of `all`. One of the two
    ///   lists may be missing. A keyword matches whole words only: it must not be next to a letter,
    ///   digit or `_`. Case and the amount of white space make no difference, nor do ß and ss.
    ///   Scripts without spaces between words (Chinese, Japanese, Thai) need a `regex` instead. A
    ///   list has 1 to 200 keywords of up to 100 characters.
    /// - `{"kind": "regex", "pattern": "^order \\d+", "case_sensitive": false}`: matches if an
    ///   expression of the [`regex`](https://docs.rs/regex/1/regex/#syntax) crate is found in the
    ///   text. It has up to 1,000 characters. `case_sensitive` defaults to false.
    /// - `{"kind": "script", "source": "member != () && message.text.contains(\"refund\")"}`:
    ///   matches if a [Rhai](https://rhai.rs/book/language/) script of up to 10,000 bytes returns
    ///   true. The script can read four constants, in which unknown values are `()`:
    ///   - `message`: `id`, `chat_id`, `text`, `html`, `subject`, `media_type`, `media_name`,
    ///     `sender_name`, `button`;
    ///   - `account`: `id`, `platform`, `name`, `is_bot`;
    ///   - `member`, or `()`: `id`, `name`, and `email` and `phone` if they are verified;
    ///   - `channel`: `id`, `platform`, `name`.
    ///
    ///   Apart from operators, a script may use `contains` (and `in`), `starts_with`, `ends_with`,
    ///   `to_lower`, `to_upper`, `split`, `len` and `is_empty` of strings; `contains`, `len` and
    ///   `is_empty` of arrays; `for` over arrays and ranges; and functions, but no closures. It may
    ///   take 50 ms, 100,000 operations, 16 nested calls, strings of 64 KiB and arrays of 5,000
    ///   items. A script that exceeds a limit fails.
    /// - `{"kind": "custom", "name": "vip"}`: uses the matcher that was registered with
    ///   [`Matchers::with`] under that name.
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
    /// [`MatcherError::Invalid`] describes what is wrong and what is expected instead.
    pub fn compile(&self, matcher: &Value) -> Result<Matcher, MatcherError> {
        compile(self, matcher)
    }
}
