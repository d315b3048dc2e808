//! Names a chat after its first message.

use unicom_core::text::{cut, has_visible, without_invisible};

/// Maximum length of a title in code points.
const LONGEST: usize = 50;

/// Greetings, which do not describe the topic of a chat. They match whole words: "history" is not
/// "hi".
const GREETINGS: [&str; 8] = [
    "hi", "hello", "hey", "hallo", "hola", "salut", "bonjour", "ciao",
];

/// Words that form a greeting after "good".
const TIMES_OF_DAY: [&str; 5] = ["morning", "afternoon", "evening", "day", "night"];

/// Returns the name of a chat that begins with `text`: the text without the greetings at its
/// beginning and without invisible characters, cut to 50 code points between two characters as a
/// reader sees them.
///
/// Returns `None` if the text is empty. A text that consists of greetings is kept unchanged.
///
/// ```
/// use unicom_webchat::title_of;
/// assert_eq!(title_of("Hi, where is my order?").as_deref(), Some("where is my order?"));
/// assert_eq!(title_of("history of Rome").as_deref(), Some("history of Rome"));
/// assert_eq!(title_of("Hello!").as_deref(), Some("Hello!"));
/// ```
pub fn title_of(text: &str) -> Option<String> {
    let text = without_invisible(text);
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if !has_visible(&line) {
        return None;
    }
    let title = without_greeting(&line);
    Some(cut(title, LONGEST).trim_end().to_owned())
}

fn without_greeting(line: &str) -> &str {
    let mut rest = line;
    while let Some(after) = after_greeting(rest) {
        rest = after;
    }
    if rest.is_empty() { line } else { rest }
}

/// Returns the rest of the line after a greeting, or `None` if the line does not begin with one.
fn after_greeting(line: &str) -> Option<&str> {
    let (word, after) = first_word(line)?;
    let is_one_of = |word: &str, words: &[&str]| words.contains(&word.to_lowercase().as_str());
    if is_one_of(word, &GREETINGS) {
        return Some(after);
    }
    let (next, after) = first_word(after)?;
    (is_one_of(word, &["good"]) && is_one_of(next, &TIMES_OF_DAY)).then_some(after)
}

/// Returns the first word of a line and the rest of the line, without the punctuation between them.
/// Returns `None` if the line does not begin with a word.
fn first_word(line: &str) -> Option<(&str, &str)> {
    let end = line
        .find(|c: char| !c.is_alphanumeric() && c != '\'' && c != '-')
        .unwrap_or(line.len());
    let (word, rest) = line.split_at(end);
    if word.is_empty() {
        return None;
    }
    Some((
        word,
        rest.trim_start_matches(|c: char| {
            c.is_whitespace() || matches!(c, ',' | '!' | '.' | ';' | ':' | '-')
        }),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn drops_greeting_words_and_nothing_else() {
        for (text, title) in [
            ("hello, can you help?", "can you help?"),
            ("Good morning! My bill", "My bill"),
            ("good prices?", "good prices?"),
            ("Evening classes?", "Evening classes?"),
            ("hi there", "there"),
            ("Hi-fi systems", "Hi-fi systems"),
            ("highway", "highway"),
            ("morning-after pill", "morning-after pill"),
            ("hey hey hey", "hey hey hey"),
            ("  many\n\n lines ", "many lines"),
        ] {
            assert_eq!(title_of(text).as_deref(), Some(title), "{text}");
        }
        assert_eq!(title_of(" \n"), None);
    }

    #[test]
    fn characters_are_whole_and_visible() {
        let family = "👨\u{200d}👩\u{200d}👧";
        let title = title_of(&format!("{}{family} tail", "x".repeat(48))).unwrap();
        assert_eq!(title, "x".repeat(48));
        assert_eq!(
            title_of("\u{202e}evil\u{2066} name").as_deref(),
            Some("evil name")
        );
        assert_eq!(title_of("\u{200b} \u{2800}"), None);
        assert_eq!(title_of(family).as_deref(), Some(family));
    }

    #[test]
    fn cuts_at_fifty_characters() {
        let title = title_of(&"ü".repeat(80)).unwrap();
        assert_eq!(title.chars().count(), 50);
        assert_eq!(title_of(&"ü".repeat(50)).unwrap().chars().count(), 50);
    }
}
