//! Invisible characters, and text without them.

use std::ops::RangeInclusive;

/// Returns `true` if the character is invisible: a default-ignorable character of Unicode (joiners,
/// direction marks, fillers, variation selectors, tags), a line or paragraph separator, or the
/// blank Braille pattern.
///
/// Some of these count as letters. Control characters are not included: use [`char::is_control`]
/// for those.
pub fn is_invisible(c: char) -> bool {
    INVISIBLE.iter().any(|range| range.contains(&c))
}

/// Returns `true` if a reader sees something: a character that is neither white space, a control
/// character nor [invisible](is_invisible).
///
/// ```
/// use unicom_core::text::has_visible;
///
/// assert!(has_visible(" 👍 "));
/// assert!(!has_visible(" \u{200b}\u{2800}\u{3164}\n"));
/// ```
pub fn has_visible(text: &str) -> bool {
    text.chars()
        .any(|c| !c.is_whitespace() && !c.is_control() && !is_invisible(c))
}

/// Returns the text without [invisible](is_invisible) characters, for names that are displayed.
///
/// Joiners (U+200C, U+200D) and variation selectors are kept only if they affect what is displayed:
/// a joiner between two visible characters outside ASCII, as in Persian, Hindi or a composed emoji,
/// and a selector after a character of that kind. Marks that change the direction of writing are
/// always removed.
///
/// ```
/// use unicom_core::text::without_invisible;
///
/// assert_eq!(without_invisible("Sup\u{200b}port\u{202e}"), "Support");
/// assert_eq!(without_invisible("می\u{200c}خواهم"), "می\u{200c}خواهم");
/// assert_eq!(without_invisible("\u{3164}"), "");
/// ```
pub fn without_invisible(text: &str) -> String {
    let shapes = |c: &char| !c.is_ascii() && !c.is_whitespace() && !is_invisible(*c);
    let mut shown = String::with_capacity(text.len());
    let mut rest = text.chars().peekable();
    let mut before = None;
    while let Some(c) = rest.next() {
        let stays = match c {
            '\u{200C}' | '\u{200D}' => {
                let joins = before
                    .as_ref()
                    .is_some_and(|c| shapes(c) || *c == '\u{FE0F}');
                joins && rest.peek().is_some_and(shapes)
            }
            '\u{FE0E}' | '\u{FE0F}' => before.as_ref().is_some_and(shapes),
            c => !is_invisible(c),
        };
        if stays {
            shown.push(c);
            before = Some(c);
        }
    }
    shown
}

const INVISIBLE: &[RangeInclusive<char>] = &[
    '\u{AD}'..='\u{AD}',
    '\u{34F}'..='\u{34F}',
    '\u{61C}'..='\u{61C}',
    '\u{115F}'..='\u{1160}',
    '\u{17B4}'..='\u{17B5}',
    '\u{180B}'..='\u{180F}',
    '\u{200B}'..='\u{200F}',
    '\u{2028}'..='\u{202E}',
    '\u{2060}'..='\u{206F}',
    '\u{2800}'..='\u{2800}',
    '\u{3164}'..='\u{3164}',
    '\u{FE00}'..='\u{FE0F}',
    '\u{FEFF}'..='\u{FEFF}',
    '\u{FFA0}'..='\u{FFA0}',
    '\u{FFF0}'..='\u{FFFB}',
    '\u{1BCA0}'..='\u{1BCA3}',
    '\u{1D173}'..='\u{1D17A}',
    '\u{E0000}'..='\u{E0FFF}',
];

#[cfg(test)]
mod tests {
    use regex::Regex;

    use super::*;

    #[test]
    fn characters_that_shape_letters_and_emoji_are_kept() {
        for name in [
            "Алиса",
            "क्\u{200d}ष",
            "👩\u{200d}🚀",
            "❤\u{fe0f}\u{200d}🔥",
            "José María",
        ] {
            assert_eq!(without_invisible(name), name);
        }
    }

    /// The list is that of Unicode, with line separators, the blank Braille pattern and
    /// annotations.
    #[test]
    fn list_has_all_default_ignorable_characters() {
        let ignorable = Regex::new(r"^\p{Default_Ignorable_Code_Point}$").unwrap();
        let mut buffer = [0; 4];
        for c in '\0'..=char::MAX {
            let is_ours = matches!(
                c,
                '\u{2028}' | '\u{2029}' | '\u{2800}' | '\u{fff9}'..='\u{fffb}'
            );
            let expected = is_ours || ignorable.is_match(c.encode_utf8(&mut buffer));
            assert_eq!(is_invisible(c), expected, "{c:?}");
        }
    }

    #[test]
    fn other_invisible_characters_are_removed() {
        for (name, shown) in [
            ("a\u{200d}b", "ab"),
            ("\u{200d}ش", "ش"),
            ("ش\u{200c}", "ش"),
            ("ش\u{200c}\u{200c}ش", "ش\u{200c}ش"),
            ("ش\u{200c} ش", "ش ش"),
            ("a\u{fe0f}", "a"),
            ("\u{2066}boss\u{2069}", "boss"),
            ("\u{202e}ssob", "ssob"),
            ("a\u{ad}b\u{34f}\u{61c}c", "abc"),
            ("\u{115f}\u{ffa0}\u{2800}\u{e0041}", ""),
        ] {
            assert_eq!(without_invisible(name), shown, "{name:?}");
        }
    }
}
