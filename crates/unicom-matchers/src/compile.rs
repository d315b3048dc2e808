//! `Matchers`: compiles matchers, and registers those that the host implements.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use serde::Deserialize;
use serde_json::{Value, json};
use unicom_core::json_error::sentence;
use unicom_core::matchers::{CategoryMatcher, InvalidMatcher, MatchInput, MatcherCompiler};

use crate::custom::Custom;
use crate::keywords::Keywords;
use crate::pattern;
use crate::script::Script;

/// Compiles matchers from JSON, an object with a `kind`:
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
/// Matching takes about a millisecond at most, except that a script may take 50 ms of CPU time, an
/// expression with thousands of repetitions a second for a long text, and a custom matcher any
/// amount of time.
///
/// ```
/// use serde_json::json;
/// use unicom_core::matchers::{MatchInput, MatcherCompiler};
/// use unicom_matchers::Matchers;
///
/// let matchers = Matchers::default().with("vip", |_: &MatchInput| Ok(true));
///
/// assert!(matchers.compile(&json!({"kind": "keywords", "any": ["refund"]})).is_ok());
/// assert_eq!(
///     matchers.compile(&json!({"kind": "custom", "name": "vap"})).err().unwrap().to_string(),
///     "invalid matcher: custom matcher `vap` is not registered: expected one of vip",
/// );
/// ```
#[derive(Clone, Default)]
pub struct Matchers(BTreeMap<String, Arc<dyn CategoryMatcher>>);

impl Matchers {
    /// Registers `matcher` under `name`. Replaces a matcher that is already registered under it.
    #[must_use]
    pub fn with(mut self, name: impl Into<String>, matcher: impl CategoryMatcher) -> Self {
        self.0.insert(name.into(), Arc::new(matcher));
        self
    }

    fn custom(&self, name: &str) -> Result<Custom, InvalidMatcher> {
        let Some(matcher) = self.0.get(name) else {
            let names: Vec<_> = self.0.keys().map(String::as_str).collect();
            let choices = match names.join(", ") {
                none if none.is_empty() => "there are none".to_owned(),
                names => format!("expected one of {names}"),
            };
            return Err(InvalidMatcher(format!(
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

impl MatcherCompiler for Matchers {
    fn compile(&self, matcher: &Value) -> Result<Arc<dyn CategoryMatcher>, InvalidMatcher> {
        Ok(match definition(matcher)? {
            Definition::Always {} => Arc::new(|_: &MatchInput| Ok(true)),
            Definition::Keywords { any, all } => {
                let keywords = Keywords::new(any.as_deref(), all.as_deref())?;
                Arc::new(move |input: &MatchInput| Ok(keywords.matches(&input.message.text)))
            }
            Definition::Regex {
                pattern,
                case_sensitive,
            } => {
                let regex = pattern::compile(&pattern, case_sensitive)?;
                Arc::new(move |input: &MatchInput| Ok(regex.is_match(&input.message.text)))
            }
            Definition::Script { source } => Arc::new(Script::new(&source)?),
            Definition::Custom { name } => Arc::new(self.custom(&name)?),
        })
    }
}

/// The fields of each kind of matcher.
#[derive(Deserialize)]
#[serde(rename_all = "lowercase", deny_unknown_fields)]
enum Definition {
    Always {},
    Keywords {
        any: Option<Vec<String>>,
        all: Option<Vec<String>>,
    },
    Regex {
        pattern: String,
        #[serde(default)]
        case_sensitive: bool,
    },
    Script {
        source: String,
    },
    Custom {
        name: String,
    },
}

/// Parses `{"kind": "always", …}` as `{"always": {…}}`: serde would not report the path of a field
/// in an enum with `#[serde(tag = "kind")]`.
fn definition(matcher: &Value) -> Result<Definition, InvalidMatcher> {
    let Value::Object(mut fields) = matcher.clone() else {
        let sentence = r#"expected an object such as `{"kind": "always"}`"#;
        return Err(InvalidMatcher(sentence.to_owned()));
    };
    let kind = fields.remove("kind");
    let kind = kind.as_ref().and_then(Value::as_str).unwrap_or_default();
    serde_path_to_error::deserialize(json!({ kind: fields })).map_err(|error| {
        let is_kind = error.path().iter().next().is_none();
        let sentence = sentence(error);
        InvalidMatcher(if is_kind {
            sentence.replacen("expected", "`kind` must be", 1)
        } else {
            sentence
        })
    })
}
