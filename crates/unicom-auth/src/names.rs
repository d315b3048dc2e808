//! Validation and comparison of usernames and display names.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;
use unicode_security::{MixedScript, confusable_detection};
use unicom_core::text::{has_visible, is_invisible, without_invisible};

/// Maximum length of a name, in characters.
const LONGEST: usize = 150;

/// The zero-width non-joiner and joiner, which choose the shapes of the letters beside them.
const JOINERS: [char; 2] = ['\u{200c}', '\u{200d}'];

/// Characters allowed in a username besides letters, their marks and digits.
const PUNCTUATION: &str = "@.+-_";

/// Returns the username as it is stored: trimmed and in the normal form NFKC, which unifies the
/// widths and styles of a character.
///
/// # Errors
/// Returns what the username must have, worded to follow the field's name.
pub(crate) fn checked_username(username: &str) -> Result<String, &'static str> {
    let username = username.trim();
    // Joiners between letters that they shape, as in Persian and Sinhala, stay.
    let is_hidden = |c: char| is_invisible(c) && !JOINERS.contains(&c);
    if username.chars().any(is_hidden) || without_invisible(username) != username {
        return Err("must have no invisible characters");
    }
    let name: String = username.nfkc().collect();
    let may_be = |c: char| {
        JOINERS.contains(&c)
            || c.is_alphanumeric()
            || is_combining_mark(c)
            || PUNCTUATION.contains(c)
    };
    let begins_well = name.chars().next().is_some_and(|c| !is_combining_mark(c));
    if !begins_well || name.chars().count() > LONGEST || !name.chars().all(may_be) {
        return Err("must have 1 to 150 letters with their marks, digits and `@.+-_`");
    }
    // Digits and punctuation go with every script; Japanese, Korean and Bopomofo with Han
    // characters.
    if !name.as_str().is_single_script() {
        return Err("must have letters of one script");
    }
    Ok(name)
}

/// Returns the display name as it is stored: trimmed, and without characters that are invisible or
/// change the writing direction. Returns `None` if the name is empty.
///
/// # Errors
/// Returns what the display name must have, worded to follow the field's name.
pub(crate) fn checked_display_name(name: &str) -> Result<Option<String>, &'static str> {
    if name.chars().any(char::is_control) {
        return Err("must not have control characters");
    }
    let shown = without_invisible(name).trim().to_owned();
    if !has_visible(&shown) && !name.trim().is_empty() {
        return Err("must have visible characters");
    }
    if shown.chars().count() > LONGEST {
        return Err("must have at most 150 characters");
    }
    Ok((!shown.is_empty()).then_some(shown))
}

/// Returns the key by which usernames are unique: the trimmed name in NFKC and lower case, without
/// joiners.
pub(crate) fn key(username: &str) -> String {
    // Lower-casing can produce characters that are not in the normal form.
    let letters = username.trim().chars().filter(|c| !JOINERS.contains(c));
    let lower = letters.nfkc().collect::<String>().to_lowercase();
    lower.nfkc().collect()
}

/// Returns the key under which versions without the normal form stored a username.
pub(crate) fn old_key(username: &str) -> String {
    username.trim().to_lowercase()
}

/// Returns a key that is equal for names that look alike (Unicode TR 39, skeleton), in any script,
/// case, width or style, with or without invisible characters. It is for comparison, not for
/// display.
///
/// ```text
/// аlice (Cyrillic а), AIice (capital i), ａｌｉｃｅ → alice
/// ```
pub(crate) fn skeleton(name: &str) -> String {
    let visible = name.chars().filter(|c| !is_invisible(*c));
    // First as written, since a capital `I` looks like an `l`; then in lower case, since case alone
    // does not distinguish names.
    let mapped: String =
        confusable_detection::skeleton(&visible.nfkc().collect::<String>()).collect();
    let mapped: String = confusable_detection::skeleton(&mapped.to_lowercase()).collect();
    mapped.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn usernames_of_every_script_are_accepted() {
        for name in [
            "alice",
            "Алиса",
            "अनीता",
            "สมชาย",
            "יָעֵל",
            "محمّد",
            "さくらサクラ桜",
            "김철수",
            "王小明",
            "Zoë",
            "josé.garcía+shop@example.com",
            "Θεός-7",
            "မောင်",
            "पुष्पा",
            "தமிழ்",
            "พิมพ์",
            "می\u{200c}خواهم",
            "ශ\u{dca}\u{200d}රී",
            "Nguyễn",
        ] {
            assert!(checked_username(name).is_ok(), "{name}");
        }
        assert_eq!(checked_username(" ａｌｉｃｅ ").unwrap(), "alice");
        assert_eq!(checked_username("jose\u{301}").unwrap(), "jos\u{e9}");
    }

    #[test]
    fn misleading_usernames_are_rejected() {
        for name in [
            "",
            "alice\u{3164}",
            "\u{3164}",
            "a\u{115f}b",
            "ali\u{200d}ce",
            "ali\u{ad}ce",
            "alice\u{fe0f}",
            "\u{202e}ecila",
            "\u{430}lice",
            "alicе",
            "αlice",
            "alice\u{660}",
            "\u{301}alice",
            "al ice",
            "al\u{2028}ice",
            "a/b",
            "℀",
        ] {
            assert!(checked_username(name).is_err(), "{name:?}");
        }
    }

    #[test]
    fn lookalikes_have_equal_skeletons() {
        for (one, other) in [
            ("alice", "\u{430}lice"),
            ("Alice", "AIice"),
            ("paypal", "раураl"),
            ("bob", "b0b"),
            ("alice", "ａｌｉｃｅ"),
            ("Support", "Sup\u{200b}port\u{202e}"),
            ("Ann Lee", " ann  lee "),
        ] {
            assert_eq!(skeleton(one), skeleton(other), "{one} {other}");
        }
        for (one, other) in [("alice", "alicia"), ("hall", "hail"), ("anna", "änna")] {
            assert_ne!(skeleton(one), skeleton(other), "{one} {other}");
        }
    }

    #[test]
    fn spellings_of_one_name_have_one_key() {
        for (one, other) in [
            ("zoë", "zoe\u{308}"),
            ("ｚｏｅ", "ZOE"),
            ("الف\u{200c}ب", "الفب"),
            ("각", "\u{1100}\u{1161}\u{11a8}"),
            ("ｶﾞ", "ガ"),
        ] {
            assert_eq!(key(one), key(other), "{one} {other}");
        }
    }

    #[test]
    fn key_is_idempotent() {
        for name in ["İstanbul", "ẞ", "Ǆ", "ﬁsh", "ſ", "K"] {
            let key = key(name);
            assert_eq!(super::key(&key), key, "{name}");
        }
    }
}
