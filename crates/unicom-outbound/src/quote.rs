//! `quote`: text from another party in an error message.

/// Maximum length of a quote in characters.
const LONGEST: usize = 300;

/// Prepares text from another party, such as a server's error message, for an error: removes
/// `secrets`, puts the text on one line and limits it to 300 characters.
///
/// PostgreSQL cannot store a NUL, and other parties must not be able to forge log lines.
///
/// ```
/// use unicom_outbound::quote;
///
/// assert_eq!(quote("wrong key\n sk-123", &["sk-123"]), "wrong key …");
/// ```
pub fn quote(said: &str, secrets: &[&str]) -> String {
    let mut said = said.to_owned();
    for secret in secrets {
        // Replace secrets before the text is cut: a part of a secret would not be found.
        said = said.replace(secret, "…");
    }
    let is_break = |character: char| character.is_control() || character.is_whitespace();
    let words = said.split(is_break).filter(|word| !word.is_empty());
    let line = words.collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}

#[cfg(test)]
mod tests {
    use super::quote;

    #[test]
    fn quotes_are_short_and_without_secrets() {
        assert_eq!(
            quote("no key\0 sk-1\n\tgiven: sk-1", &["sk-1"]),
            "no key … given: …"
        );
        let long = format!("{}sk-123456", "x".repeat(298));
        assert_eq!(
            quote(&long, &["sk-123456"]),
            format!("{}…", "x".repeat(298))
        );
        let long = quote(&"ä".repeat(1000), &[]);
        assert_eq!(long.chars().count(), 301);
    }
}
