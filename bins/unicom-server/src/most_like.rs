//! What a misspelt name probably means.

use strsim::osa_distance;

/// Returns the text that differs least from `text`, by at most a third of its characters and at
/// most 3.
pub(crate) fn most_like(text: &str, known: Vec<String>) -> Option<String> {
    let length = |text: &str| text.chars().count();
    let max = (length(text) / 3).clamp(1, 3);
    let differences = known.into_iter().map(|known| {
        let difference = osa_distance(text, &known);
        (difference, known)
    });
    differences
        .filter(|(difference, known)| {
            // They have something in common.
            *difference <= max && *difference < length(text).max(length(known))
        })
        .min()
        .map(|(_, known)| known)
}

#[cfg(test)]
mod tests {
    use super::most_like;

    #[test]
    fn most_like_returns_only_what_may_be_meant() {
        let most_like = |text: &str, known: &[&str]| {
            most_like(text, known.iter().map(|known| known.to_string()).collect())
        };
        assert_eq!(
            most_like("ehco", &["parrot", "echo"]).as_deref(),
            Some("echo")
        );
        assert_eq!(
            most_like("echoo", &["echoes", "echo"]).as_deref(),
            Some("echo")
        );
        assert_eq!(most_like("12", &["1", "3"]).as_deref(), Some("1"));
        assert_eq!(most_like("7", &["1", "3"]), None);
        assert_eq!(most_like("eve", &["ada", "bob"]), None);
        assert_eq!(most_like("eve", &[]), None);
    }
}
