//! Searches for a part of a text, with the same result on both engines whatever the database's
//! locale is.
//!
//! Case is that of Unicode's simple mappings, with Turkish `İ` and `ı` as `i`. SQLite folds texts
//! with a function of Rust. PostgreSQL compares them with a regular expression that has every case
//! of each character, because its functions for case depend on the locale, and on ICU, with which
//! it may not be built.

use std::collections::HashMap;
use std::sync::LazyLock;

/// How one engine finds a part of a text. `{}` stands for the expression that is searched.
pub(super) struct Search {
    /// The SQL up to the bound value.
    pub sql: &'static str,
    /// The SQL after the bound value.
    pub end: &'static str,
    /// Converts the text to find to the bound value.
    pub value: fn(&str) -> String,
}

pub(super) const SQLITE: Search = Search {
    sql: "instr(unicom_fold({}), ",
    end: ") > 0",
    value: fold,
};

pub(super) const POSTGRES: Search = Search {
    sql: "{} COLLATE \"C\" ~ ",
    end: "",
    value: pattern,
};

impl Search {
    /// Returns the SQL up to the bound value, for a search in `expression`.
    pub fn within(&self, expression: &str) -> String {
        self.sql.replace("{}", expression)
    }
}

/// Returns a form of the text that is equal for texts that differ only in case.
pub(crate) fn fold(text: &str) -> String {
    text.chars().map(folded).collect()
}

/// Returns the character that stands for all cases of a character.
fn folded(c: char) -> char {
    if matches!(c, 'İ' | 'ı') {
        return 'i';
    }
    // By way of the upper case, because several lower-case letters may have the same one: σ and ς.
    let upper = single(c, c.to_uppercase());
    single(upper, upper.to_lowercase())
}

/// Returns the mapping of `c`, or `c` if it is mapped to several characters.
fn single(c: char, mut mapping: impl ExactSizeIterator<Item = char>) -> char {
    match mapping.len() {
        1 => mapping.next().unwrap_or(c),
        _ => c,
    }
}

/// The characters in other cases, by the one that stands for them.
static CASES: LazyLock<HashMap<char, String>> = LazyLock::new(|| {
    let mut cases: HashMap<char, String> = HashMap::new();
    for c in '\0'..=char::MAX {
        let folded = folded(c);
        if folded != c {
            let same = cases.entry(folded).or_insert_with(|| folded.to_string());
            same.push(c);
        }
    }
    cases
});

/// Returns a regular expression of PostgreSQL that finds the text in any case.
fn pattern(text: &str) -> String {
    let mut pattern = String::new();
    for c in text.chars() {
        match CASES.get(&folded(c)) {
            Some(same) => pattern.extend(["[", same, "]"]),
            None if c.is_ascii() && !c.is_ascii_alphanumeric() && !c.is_ascii_control() => {
                pattern.extend(['\\', c]);
            }
            None => pattern.push(c),
        }
    }
    pattern
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_does_not_matter() {
        for (one, other) in [
            ("Пётр", "ПЁТР"),
            ("ΟΔΌΣ", "οδός"),
            ("όδος", "ΌΔΟΣ"),
            ("İSTANBUL", "istanbul"),
            ("ısı", "ISI"),
            ("ｗｉｄｅ", "ＷＩＤＥ"),
            ("ẞ", "ß"),
            ("ſ", "S"),
            ("ǆ", "Ǆ"),
            ("𐐨", "𐐀"),
            ("Ა", "ა"),
        ] {
            assert_eq!(fold(one), fold(other), "{one} {other}");
        }
        assert_ne!(fold("é"), fold("e"));
    }

    /// The letters in brackets must not have a meaning there.
    #[test]
    fn pattern_has_all_cases_and_no_operators() {
        assert_eq!(pattern("a.b*"), r"[aA]\.[bB]\*");
        assert_eq!(pattern("(?i)"), r"\(\?[iIİı]\)");
        assert_eq!(pattern("Σ"), "[σΣς]");
        assert_eq!(pattern("退1 _"), r"退1\ \_");
        for (folded, same) in CASES.iter() {
            assert!(
                same.chars().all(char::is_alphanumeric) || !folded.is_ascii(),
                "{same}"
            );
        }
    }

    #[test]
    fn folded_characters_stay_as_they_are() {
        for c in '\0'..=char::MAX {
            assert_eq!(folded(folded(c)), folded(c), "{c:?}");
        }
    }
}
