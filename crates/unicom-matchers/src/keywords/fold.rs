//! The form of a text in which keywords are compared.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;
use unicode_script::{Script, UnicodeScript};

use unicom_core::text::is_invisible;

/// Scripts that are written without spaces between words.
const WITHOUT_SPACES: [Script; 7] = [
    Script::Han,
    Script::Hiragana,
    Script::Katakana,
    Script::Thai,
    Script::Lao,
    Script::Khmer,
    Script::Myanmar,
];

/// Separates the letters of scripts without spaces, so that a word may begin and end beside each.
/// It is not part of a word, and no text has it.
const BOUNDARY: char = '\u{1f}';

/// Returns a form of the text that is equal for texts that differ only in case, white space, the
/// composition or width of characters, the kind of quotes and dashes, or in invisible characters.
pub(super) fn fold(text: &str) -> String {
    let plain = |c: char| if c == BOUNDARY { ' ' } else { c };
    let visible = text.chars().filter(|c| !is_invisible(*c));
    let text: String = visible.map(plain).map(plain_punctuation).nfkc().collect();
    let words: Vec<String> = text.split_whitespace().map(fold_word).collect();
    words.join(" ")
}

/// Folds the case of a word and separates what needs no spaces.
///
/// The intermediate conversion to upper case turns ß into `ss` and ς into σ. The Turkish İ would
/// keep its dot as a separate mark. Without the dot, all four forms of the Turkish letter I are
/// equal.
fn fold_word(word: &str) -> String {
    let folded: String = word
        .chars()
        .map(plain_punctuation)
        .map(|c| if c == 'İ' { 'i' } else { c })
        .flat_map(char::to_lowercase)
        .flat_map(char::to_uppercase)
        .flat_map(char::to_lowercase)
        .nfkc()
        .collect();
    separated(&folded)
}

/// Returns the word with a boundary on both sides of each letter of a script without spaces. Marks
/// stay with their letter.
fn separated(word: &str) -> String {
    let mut separated = String::with_capacity(word.len());
    let mut before = None;
    for c in word.chars() {
        let is_beside = |c: char| before.is_some_and(is_without_spaces) || is_without_spaces(c);
        if before.is_some() && is_beside(c) && !is_combining_mark(c) {
            separated.push(BOUNDARY);
        }
        separated.push(c);
        if !is_combining_mark(c) || before.is_none() {
            before = Some(c);
        }
    }
    separated
}

fn is_without_spaces(c: char) -> bool {
    let scripts = c.script_extension();
    c.is_alphanumeric()
        && !scripts.is_common()
        && WITHOUT_SPACES
            .iter()
            .any(|script| scripts.contains_script(*script))
}

/// Returns `'`, `"` or `-` for the quotes and dashes that keyboards and programs put in its place.
fn plain_punctuation(c: char) -> char {
    match c {
        '\u{2018}'..='\u{201b}'
        | '\u{2032}'
        | '\u{2039}'
        | '\u{203a}'
        | '\u{2bc}'
        | '\u{60}'
        | '\u{b4}'
        | '\u{ff40}' => '\'',
        '\u{201c}'..='\u{201f}' | '\u{2033}' | '\u{ab}' | '\u{bb}' => '"',
        '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{2043}' | '\u{58a}' | '\u{fe58}' => '-',
        c => c,
    }
}
