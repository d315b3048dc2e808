//! A chat's first name, made of its first message.

/// Characters of a title at the most.
const LONGEST: usize = 50;

/// Greetings that say nothing about what a chat is about. Only whole words: "history" is not "hi".
const GREETINGS: [&str; 8] = [
    "hi", "hello", "hey", "hallo", "hola", "salut", "bonjour", "ciao",
];

/// What makes a greeting of a "good" before it.
const TIMES_OF_DAY: [&str; 5] = ["morning", "afternoon", "evening", "day", "night"];

/// The name of a chat that begins with `text`: greeting words at its beginning dropped, cut to 50 characters.
///
/// None where the text is empty. A text of greetings alone is kept as it is.
///
/// ```
/// use unicom_webchat::title_of;
/// assert_eq!(title_of("Hi, where is my order?").as_deref(), Some("where is my order?"));
/// assert_eq!(title_of("history of Rome").as_deref(), Some("history of Rome"));
/// assert_eq!(title_of("Hello!").as_deref(), Some("Hello!"));
/// ```
pub fn title_of(text: &str) -> Option<String> {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.is_empty() {
        return None;
    }
    let title = without_greeting(&line);
    let cut: String = title.chars().take(LONGEST).collect();
    Some(cut.trim_end().to_owned())
}

fn without_greeting(line: &str) -> &str {
    let mut rest = line;
    while let Some(after) = after_greeting(rest) {
        rest = after;
    }
    if rest.is_empty() { line } else { rest }
}

/// What follows the greeting that a line begins with, if it begins with one.
fn after_greeting(line: &str) -> Option<&str> {
    let (word, after) = first_word(line)?;
    let is_one_of = |word: &str, words: &[&str]| words.contains(&word.to_lowercase().as_str());
    if is_one_of(word, &GREETINGS) {
        return Some(after);
    }
    let (next, after) = first_word(after)?;
    (is_one_of(word, &["good"]) && is_one_of(next, &TIMES_OF_DAY)).then_some(after)
}

/// The first word of a line and what follows it, without the punctuation between.
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
    fn cuts_at_fifty_characters() {
        let title = title_of(&"ü".repeat(80)).unwrap();
        assert_eq!(title.chars().count(), 50);
        assert_eq!(title_of(&"ü".repeat(50)).unwrap().chars().count(), 50);
    }
}
