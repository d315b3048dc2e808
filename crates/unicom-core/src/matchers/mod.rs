//! Category matchers, which decide whether a message belongs to a category of requests.

mod custom;
mod error;
mod fields;
#[cfg(test)]
mod fixture;
mod input;
mod keywords;
mod matcher;
mod pattern;
mod registry;
mod script;
#[cfg(test)]
mod tests;

pub use custom::CategoryMatcher;
pub use error::MatcherError;
pub use input::MatchInput;
pub use matcher::Matcher;
pub use registry::Matchers;
