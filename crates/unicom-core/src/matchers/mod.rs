//! Matchers: how a message is told to belong to a category of requests.

mod custom;
mod error;
mod fields;
#[cfg(test)]
mod fixture;
mod keywords;
mod pattern;
mod script;
#[cfg(test)]
mod tests;

use std::fmt;
use std::sync::Arc;

use regex::Regex;
use serde_json::Value;
use unicom_models::{Account, Channel, Member, Message};

pub use custom::{CategoryMatcher, Matchers};
pub use error::MatcherError;

use custom::Custom;
use keywords::Keywords;
use script::Script;

/// What a matcher sees.
#[derive(Debug, Clone)]
pub struct MatchInput {
    /// The message that may belong to the category.
    pub message: Message,
    /// Who wrote it.
    pub account: Account,
    /// The person who wrote it, where known.
    pub member: Option<Member>,
    /// The channel it came through.
    pub channel: Channel,
}

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

/// The kinds of matchers there are, as their JSON names them.
const KINDS: [&str; 5] = ["always", "keywords", "regex", "script", "custom"];

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
