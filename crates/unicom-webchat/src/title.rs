//! A chat's first name, made of its first message.

/// Characters of a title at the most.
const LONGEST: usize = 50;

/// Greetings that say nothing about what a chat is about. Only whole words: "history" is not "hi".
const GREETINGS: [&str; 12] = [
    "hi",
    "hello",
    "hey",
    "hallo",
    "hola",
    "salut",
    "bonjour",
    "ciao",
    "good",
    "morning",
    "afternoon",
    "evening",
];

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
    if title.chars().count() <= LONGEST {
        return Some(title.to_owned());
    }
    let cut: String = title.chars().take(LONGEST - 1).collect();
    Some(format!("{}…", cut.trim_end()))
}

fn without_greeting(line: &str) -> &str {
    let mut rest = line;
    while let Some((word, after)) = first_word(rest) {
        let is_greeting = GREETINGS.contains(&word.to_lowercase().as_str());
        // "good" greets only before a time of day.
        let is_good = word.eq_ignore_ascii_case("good");
        let greets = is_greeting
            && (!is_good || first_word(after).is_some_and(|(next, _)| is_time_of_day(next)));
        if !greets {
            break;
        }
        rest = after;
    }
    if rest.is_empty() { line } else { rest }
}

fn is_time_of_day(word: &str) -> bool {
    ["morning", "afternoon", "evening"].contains(&word.to_lowercase().as_str())
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
        assert!(title.ends_with('…'));
        assert_eq!(title_of(&"ü".repeat(50)).unwrap().chars().count(), 50);
    }
}
