//! Keywords: whole words of a text, whatever their case.

#[cfg(test)]
mod tests;

use regex::Regex;

use super::MatcherError;

/// Keywords to look for: one of `any` and each of `all`.
pub(super) struct Keywords {
    any: Option<Regex>,
    all: Vec<Regex>,
}

impl Keywords {
    pub(super) fn new(any: Option<&[&str]>, all: Option<&[&str]>) -> Result<Self, MatcherError> {
        if any.is_none() && all.is_none() {
            return Err(MatcherError::Invalid(
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

/// The most keywords of one list.
const MAX_KEYWORDS: usize = 200;

/// The longest keyword in characters.
const MAX_KEYWORD_CHARS: usize = 100;

/// The keywords of the list `name`, checked, in the form in which they are compared.
fn folded(name: &str, list: &[&str]) -> Result<Vec<String>, MatcherError> {
    if list.is_empty() || list.len() > MAX_KEYWORDS {
        return Err(MatcherError::Invalid(format!(
            "`{name}` has {} keywords: expected 1 to {MAX_KEYWORDS}",
            list.len()
        )));
    }
    for (index, keyword) in list.iter().enumerate() {
        let chars = keyword.trim().chars().count();
        if chars == 0 || chars > MAX_KEYWORD_CHARS {
            return Err(MatcherError::Invalid(format!(
                "`{name}[{index}]` has {chars} characters: expected 1 to {MAX_KEYWORD_CHARS}"
            )));
        }
    }
    Ok(list.iter().map(|keyword| fold(keyword)).collect())
}

/// Finds one of `keywords` where no letter, digit, mark or `_` stands beside it, in a folded text.
///
/// The two assertions look at the neighbours alone, unlike `\b`: so `c++` is a word too.
fn one_of(keywords: &[String]) -> Result<Regex, MatcherError> {
    let keywords: Vec<_> = keywords.iter().map(|word| regex::escape(word)).collect();
    let pattern = format!(r"\b{{start-half}}(?:{})\b{{end-half}}", keywords.join("|"));
    Regex::new(&pattern)
        .map_err(|_| MatcherError::Invalid("the keywords are too large together".to_owned()))
}

/// The same text for texts that differ in case or white space only.
///
/// Upper case in between makes `ss` of ß and σ of ς. The Turkish İ would keep its dot as a mark of its own; without
/// it all four of Turkish's I are the same.
fn fold(text: &str) -> String {
    let words: Vec<String> = text.split_whitespace().map(fold_word).collect();
    words.join(" ")
}

fn fold_word(word: &str) -> String {
    word.chars()
        .map(|c| if c == 'İ' { 'i' } else { c })
        .flat_map(char::to_lowercase)
        .flat_map(char::to_uppercase)
        .flat_map(char::to_lowercase)
        .collect()
}
