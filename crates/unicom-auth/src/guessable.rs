//! Detection of passwords that can be guessed in a few tries (ASVS 5.0, 6.2.4, 6.2.11, 6.2.12).

use std::collections::BTreeSet;

use unicode_normalization::UnicodeNormalization;
use unicom_core::text::is_invisible;
use zxcvbn::{Score, zxcvbn};

/// Number of characters that are checked, from the beginning. Checking more may take a second.
const JUDGED: usize = 24;

/// Maximum number of words about the password's owner that are compared.
const MOST_WORDS: usize = 24;

/// Minimum length of a word about the owner, in characters.
const SHORTEST_WORD: usize = 3;

/// Words that are guessed for every user: the name of this software, and passwords that earlier
/// versions published.
const COMMON_WORDS: [&str; 3] = ["unicom", "alice-password", "bob-password"];

/// Returns `true` if a million guesses suffice for an attacker who knows `about`: if the password
/// is one of the 30,000 most common ones, a word, a name, a date, a keyboard pattern, one of the
/// texts in `about`, or a variant of these, such as `P4ssw0rd1`.
///
/// Ignores case and width. A long password is judged by its beginning. Takes up to a tenth of a
/// second.
pub(crate) fn is_guessable(password: &str, about: &[&str]) -> bool {
    let words: BTreeSet<String> = about.iter().flat_map(|text| words(text)).collect();
    let words: Vec<&str> = COMMON_WORDS
        .into_iter()
        .chain(words.iter().map(String::as_str).take(MOST_WORDS))
        .collect();
    // `One` ends at 10⁶ guesses.
    zxcvbn(&beginning(password), &words).score() <= Score::One
}

/// Returns the text, its words, and the words joined together.
fn words(text: &str) -> Vec<String> {
    let parts: Vec<&str> = text
        .split(|c: char| !c.is_alphanumeric())
        .filter(|part| !part.is_empty())
        .collect();
    let joined = parts.concat();
    let all = [text, &joined].into_iter().chain(parts);
    all.map(beginning)
        .filter(|word| word.chars().count() >= SHORTEST_WORD)
        .collect()
}

/// Returns the part of a text that is compared: the first [`JUDGED`] characters, in NFKC and
/// without invisible ones.
fn beginning(text: &str) -> String {
    let visible = text.chars().filter(|c| !is_invisible(*c));
    visible.nfkc().take(JUDGED).collect()
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::*;

    const ABOUT: [&str; 3] = [
        "ada.lovelace",
        "ada@analytical-engine.example",
        "Countess Ada",
    ];

    #[test]
    fn common_passwords_and_variants_are_guessable() {
        for password in [
            "password",
            "12345678",
            "PASSWORD",
            "P4ssw0rd!",
            "letmein123",
            "qwertyuiop",
            "drowssap",
            "ｐａｓｓｗｏｒｄ",
            "pass\u{200b}word",
            "aaaaaaaaaaaa",
            "abcdefgh",
            "19991231",
            "sunshine7",
            "unicom2024",
            "alice-password",
            "Bob-Password",
        ] {
            assert!(is_guessable(password, &[]), "{password}");
        }
    }

    #[test]
    fn passwords_from_user_data_are_guessable() {
        for password in [
            "ada.lovelace",
            "ADA.LOVELACE",
            "adalovelace",
            "lovelace1",
            "ecalevol",
            "l0vel4ce",
            "ａｄａ．ｌｏｖｅｌａｃｅ",
            "ada@analytical-engine.example",
            "ada@analytical-engine.example1",
            "Countess Ada",
            "countessada",
            "ada.lovelace2024",
        ] {
            assert!(is_guessable(password, &ABOUT), "{password}");
        }
    }

    #[test]
    fn other_passwords_are_accepted() {
        for password in [
            "correct horse battery",
            "open-sesame",
            "x7$kQ2!p",
            "83015274",
            "gtrpwkzv",
            "три зелёных мяча",
            "🦊🐝🌵🎈🪁🧊🛶🪗",
        ] {
            assert!(!is_guessable(password, &ABOUT), "{password}");
        }
    }

    /// The worst known case: every character may stand for several letters.
    #[test]
    fn worst_case_is_fast() {
        is_guessable("warm", &[]);
        let long = "4@8({[<369&1!|705$+%2".repeat(12);
        let words: Vec<String> = (0..1000).map(|n| format!("{long}{n}")).collect();
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let since = Instant::now();
        is_guessable(&long, &words);
        assert!(
            since.elapsed() < Duration::from_secs(5),
            "{:?}",
            since.elapsed()
        );
    }
}
