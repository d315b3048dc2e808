//! Cutting a text where a reader sees no half of a character.

use unicode_segmentation::UnicodeSegmentation;

/// Returns the beginning of a text, of at most `longest` code points, that ends between two
/// characters as a reader sees them (grapheme clusters, UAX 29). Of a first character that is
/// longer than that, it is a part.
///
/// ```
/// use unicom_core::text::cut;
///
/// assert_eq!(cut("cafe\u{301}s", 4), "caf");
/// assert_eq!(cut("cafe\u{301}s", 5), "cafe\u{301}");
/// ```
pub fn cut(text: &str, longest: usize) -> &str {
    let Some((end, _)) = text.char_indices().nth(longest) else {
        return text;
    };
    let boundaries = text.grapheme_indices(true).map(|(start, _)| start);
    match boundaries.take_while(|start| *start <= end).last() {
        None | Some(0) => &text[..end],
        Some(boundary) => &text[..boundary],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_ends_between_characters() {
        let family = "👨\u{200d}👩\u{200d}👧";
        for (text, longest, expected) in [
            ("", 3, ""),
            ("abc", 3, "abc"),
            ("abcd", 3, "abc"),
            (&format!("ab{family}"), 3, "ab"),
            (&format!("ab{family}"), 6, "ab"),
            (&format!("ab{family}c"), 7, &format!("ab{family}")),
            ("a🇩🇪🇫🇷", 4, "a🇩🇪"),
            ("👍🏽👍🏽", 3, "👍🏽"),
            ("क्षि", 3, "क्ष"),
            ("각각", 4, "각"),
            // A pile of accents has no place to cut.
            ("e\u{301}\u{301}\u{301}", 2, "e\u{301}"),
        ] {
            assert_eq!(cut(text, longest), expected, "{text} {longest}");
        }
    }
}
