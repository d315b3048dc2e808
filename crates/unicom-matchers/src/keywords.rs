//! Keywords: whole words in a text, regardless of case and spelling. In scripts that are written
//! without spaces, any part of the text is a word.

mod fold;
#[cfg(test)]
mod tests;

use regex::Regex;

use unicom_core::matchers::InvalidMatcher;

use self::fold::fold;

/// Keywords to search for: at least one of `any` and each of `all`.
pub(super) struct Keywords {
    any: Option<Regex>,
    all: Vec<Regex>,
}

impl Keywords {
    pub(super) fn new(
        any: Option<&[String]>,
        all: Option<&[String]>,
    ) -> Result<Self, InvalidMatcher> {
        if any.is_none() && all.is_none() {
            return Err(InvalidMatcher(
                "keywords need at least one of the lists `any` and `all`".to_owned(),
            ));
        }
        let any = any.map(|list| folded("any", list)).transpose()?;
        let all = all.map(|list| folded("all", list)).transpose()?;
        Ok(Self {
            any: any.as_deref().map(one_of).transpose()?,
            all: all
                .unwrap_or_default()
                .chunks(1)
                .map(one_of)
                .collect::<Result<_, _>>()?,
        })
    }

    pub(super) fn matches(&self, text: &str) -> bool {
        let text = fold(text);
        self.any.as_ref().is_none_or(|any| any.is_match(&text))
            && self.all.iter().all(|keyword| keyword.is_match(&text))
    }
}

/// Maximum number of keywords in a list.
const MAX_KEYWORDS: usize = 200;

/// Maximum length of a keyword in characters.
const MAX_KEYWORD_CHARS: usize = 100;

/// Validates the keywords of the list `name`, and returns them in the form that is compared.
fn folded(name: &str, list: &[String]) -> Result<Vec<String>, InvalidMatcher> {
    if list.is_empty() || list.len() > MAX_KEYWORDS {
        return Err(InvalidMatcher(format!(
            "`{name}` has {} keywords: expected 1 to {MAX_KEYWORDS}",
            list.len()
        )));
    }
    for (index, keyword) in list.iter().enumerate() {
        let chars = keyword.trim().chars().count();
        if chars == 0 || chars > MAX_KEYWORD_CHARS {
            return Err(InvalidMatcher(format!(
                "`{name}[{index}]` has {chars} characters: expected 1 to {MAX_KEYWORD_CHARS}"
            )));
        }
        if fold(keyword).is_empty() {
            return Err(InvalidMatcher(format!(
                "`{name}[{index}]` must have visible characters"
            )));
        }
    }
    Ok(list.iter().map(|keyword| fold(keyword)).collect())
}

/// Compiles an expression that finds one of `keywords` in a folded text, if no letter, digit, mark
/// or `_` is next to it.
///
/// Unlike `\b`, the two assertions check only the adjacent characters, so that `c++` is a word too.
fn one_of(keywords: &[String]) -> Result<Regex, InvalidMatcher> {
    let keywords: Vec<_> = keywords.iter().map(|word| regex::escape(word)).collect();
    let pattern = format!(r"\b{{start-half}}(?:{})\b{{end-half}}", keywords.join("|"));
    Regex::new(&pattern)
        .map_err(|_| InvalidMatcher("the keywords are too large together".to_owned()))
}
