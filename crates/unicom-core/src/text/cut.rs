//! Cutting a text where a reader sees no half of a character.

use std::sync::LazyLock;

use regex::Regex;

/// A character as a reader sees it: an extended grapheme cluster (UAX 29, table 1c). The crate
/// `regex` has its properties, so that no further crate is needed.
static CHARACTER: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?xs)
        \r\n
        | \p{gcb=Prepend}*
          (?:
              \p{gcb=Regional_Indicator}{2}
            | \p{Extended_Pictographic}
              (?: \p{gcb=Extend}* \p{gcb=ZWJ} \p{Extended_Pictographic} )*
            | \p{gcb=L}* (?: \p{gcb=V}+ | \p{gcb=LV} \p{gcb=V}* | \p{gcb=LVT} ) \p{gcb=T}*
            | \p{gcb=L}+
            | \p{gcb=T}+
            | [^\p{gcb=Control}\r\n]
          )
          [\p{gcb=Extend}\p{gcb=ZWJ}\p{gcb=SpacingMark}]*
        | .",
    )
    .ok()
});

/// Returns the beginning of a text, of at most `longest` code points, that ends between two
/// characters as a reader sees them. Of a first character that is
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
    let characters = CHARACTER.iter().flat_map(|one| one.find_iter(text));
    let starts = characters.map(|character| character.start());
    match starts.take_while(|start| *start <= end).last() {
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
            ("किकि", 3, "कि"),
            (
                "\u{1100}\u{1161}\u{11a8}\u{1100}\u{1161}",
                4,
                "\u{1100}\u{1161}\u{11a8}",
            ),
            // A pile of accents has no place to cut.
            ("e\u{301}\u{301}\u{301}", 2, "e\u{301}"),
        ] {
            assert_eq!(cut(text, longest), expected, "{text} {longest}");
        }
    }
}
