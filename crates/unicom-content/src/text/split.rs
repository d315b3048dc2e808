//! Splitting a long text into several messages.

use unicode_segmentation::UnicodeSegmentation;

/// The line that ends a code block. The one that begins it may go on.
const FENCE: &str = "```";

/// Splits a text into parts of at most `limit` UTF-16 code units, which are not empty. A part ends
/// with a paragraph if possible, otherwise with a line, a sentence or a word, and never within what
/// a reader sees as one character, unless that alone is longer than `limit`. White space between
/// parts is dropped.
///
/// A code block between lines of three backticks that continues in the next part is closed and
/// opened again.
///
/// ```
/// use unicom_content::text::split_text;
///
/// let parts = split_text("The first sentence. The second one.\n\nAnother paragraph.", 25);
/// assert_eq!(parts, ["The first sentence.", "The second one.", "Another paragraph."]);
/// ```
pub fn split_text(text: &str, limit: usize) -> Vec<String> {
    let mut parts = Vec::new();
    let mut rest = without_leading_lines(text).trim_end();
    // The line that opened the code block in which the rest begins.
    let mut block: Option<&str> = None;
    while !rest.is_empty() {
        let opening = block.map(|line| format!("{line}\n")).unwrap_or_default();
        let room = limit.saturating_sub(units(&opening));
        if longest_prefix(rest, room) == rest.len() {
            parts.push(opening + rest);
            break;
        }
        let (mut end, mut open) = cut(rest, room, block);
        let closing = format!("\n{FENCE}");
        if open.is_some() {
            (end, open) = cut(rest, room.saturating_sub(units(&closing)), block);
        }
        let content = rest[..end].trim_end();
        // A block of which too little fits with its fences is split without them.
        if open.is_some_and(|line| units(line) + FENCE.len() + 2 > limit / 2) {
            open = None;
        }
        if !content.is_empty() {
            let closing = if open.is_some() { &closing } else { "" };
            parts.push(format!("{opening}{content}{closing}"));
        }
        rest = after_cut(&rest[end..]);
        if let Some(after) = open.and_then(|_| after_closing_line(rest)) {
            (rest, open) = (without_leading_lines(after), None);
        }
        block = open;
    }
    parts
}

/// Returns the number of UTF-16 code units of a text.
pub(super) fn units(text: &str) -> usize {
    text.chars().map(char::len_utf16).sum()
}

/// Returns where a part of `text` ends that has at most `room` code units, and the line that opened
/// the code block in which it ends. `block` is the one in which the text begins.
fn cut<'a>(text: &'a str, room: usize, block: Option<&'a str>) -> (usize, Option<&'a str>) {
    let end = best_end(text, room);
    let (open, at) = open_block(&text[..end], block);
    match (open, at) {
        // The part would end with the line that opens a block.
        (Some(_), Some(at)) if at > 0 && !text[at..end].trim_end().contains('\n') => (at, block),
        _ => (end, open),
    }
}

/// Returns the best place to end a part of at most `room` code units. A better kind of place is
/// preferred in the second half only, so that parts do not become short.
fn best_end(text: &str, room: usize) -> usize {
    let most = longest_prefix(text, room);
    let window = &text[..most];
    let half = most / 2;
    let last = |ends_here: fn(&str) -> bool| {
        let mut places = (half.max(1)..=most).rev();
        places.find(|at| text.is_char_boundary(*at) && ends_here(&text[*at..]))
    };
    last(|rest| rest.starts_with("\n\n") || rest.starts_with("\r\n\r\n"))
        .or_else(|| last(|rest| rest.starts_with(['\n', '\r'])))
        .or_else(|| {
            let sentences = window.split_sentence_bound_indices();
            sentences
                .map(|(at, _)| at)
                .last()
                .filter(|at| *at > half.max(1))
        })
        .or_else(|| last(|rest| rest.starts_with(char::is_whitespace)))
        .or_else(|| {
            let words = text[..next_boundary(text, most)].split_word_bound_indices();
            words
                .map(|(at, _)| at)
                .take_while(|at| *at <= most)
                .last()
                .filter(|at| *at > half.max(1))
        })
        .or_else(|| {
            let characters = text.grapheme_indices(true);
            characters
                .map(|(at, _)| at)
                .take_while(|at| *at <= most)
                .last()
                .filter(|at| *at > 0)
        })
        .unwrap_or(most)
}

/// Returns the size in bytes of the longest prefix of at most `room` code units, but at least one
/// character.
fn longest_prefix(text: &str, room: usize) -> usize {
    let mut used = 0;
    for (at, c) in text.char_indices() {
        used += c.len_utf16();
        if used > room && at > 0 {
            return at;
        }
    }
    text.len()
}

/// Returns the end of the character that a reader sees at `at`.
fn next_boundary(text: &str, at: usize) -> usize {
    let next = text[at..].graphemes(true).next();
    at + next.map_or(0, str::len)
}

/// Returns the line that opened the code block that is open at the end of `text`, and where this
/// line is in the text. `block` is the one that is open at its beginning.
fn open_block<'a>(text: &'a str, block: Option<&'a str>) -> (Option<&'a str>, Option<usize>) {
    let (mut open, mut place, mut at) = (block, None, 0);
    for line in text.split_inclusive('\n') {
        let bare = line.trim();
        match open {
            Some(_) if bare == FENCE => (open, place) = (None, None),
            // Backticks after the fence belong to code within the line.
            None if bare.starts_with(FENCE) && !bare[FENCE.len()..].contains('`') => {
                (open, place) = (Some(bare), Some(at));
            }
            _ => {}
        }
        at += line.len();
    }
    (open, place)
}

/// Returns the rest after the white space at a cut. The indentation of a line stays.
fn after_cut(rest: &str) -> &str {
    let spaces = rest.trim_start_matches([' ', '\t']);
    if spaces.starts_with(['\n', '\r']) {
        without_leading_lines(spaces)
    } else {
        spaces
    }
}

/// Returns the text without the empty lines at its beginning.
fn without_leading_lines(text: &str) -> &str {
    let content = text.trim_start();
    let skipped = &text[..text.len() - content.len()];
    let line = skipped.rfind('\n').map_or(0, |at| at + 1);
    &text[line..]
}

/// Returns what follows the line that closes a code block, if `text` begins with it.
fn after_closing_line(text: &str) -> Option<&str> {
    let (line, after) = text.split_once('\n').unwrap_or((text, ""));
    (line.trim() == FENCE).then_some(after)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_cut_at_the_best_place() {
        for (text, limit, parts) in [
            ("", 10, &[][..]),
            (" \n ", 10, &[]),
            ("short", 5, &["short"]),
            (
                "One. Two.\n\nThree. Four.",
                16,
                &["One. Two.", "Three. Four."],
            ),
            (
                "One. Two.\nThree. Four.",
                16,
                &["One. Two.", "Three. Four."],
            ),
            ("One two. Three four.", 16, &["One two.", "Three four."]),
            ("One two three four", 11, &["One two", "three four"]),
            ("One two", 3, &["One", "two"]),
            ("abcdefghij", 4, &["abcd", "efgh", "ij"]),
            // Chinese has no spaces: its sentences end with their own full stop.
            ("你好。再见。", 4, &["你好。", "再见。"]),
            // Each has two code units.
            ("🦀🦀🦀", 4, &["🦀🦀", "🦀"]),
            // A family is one character of eight code units, and a flag one of four.
            ("a👨‍👩‍👧b", 8, &["a", "👨‍👩‍👧", "b"]),
            ("🇩🇪🇫🇷", 6, &["🇩🇪", "🇫🇷"]),
            ("e\u{301}e\u{301}", 3, &["e\u{301}", "e\u{301}"]),
            // The family is too long for any part.
            ("👨‍👩‍👧", 3, &["👨\u{200d}", "👩\u{200d}", "👧"]),
        ] {
            assert_eq!(split_text(text, limit), parts, "{text:?} in {limit}");
        }
    }

    #[test]
    fn better_place_in_the_first_half_makes_no_short_part() {
        let text = format!("Hi\n\n{} end", "word ".repeat(10));
        let parts = split_text(&text, 30);
        assert!(units(&parts[0]) > 15, "{parts:?}");
    }

    #[test]
    fn code_block_is_closed_and_opened_again() {
        let code = "    let a = 1;\n".repeat(6);
        let text = format!("Look:\n\n```rust\n{code}```\n\nThat is all.");
        let parts = split_text(&text, 60);
        assert!(parts.len() > 2, "{parts:?}");
        for part in &parts {
            assert!(units(part) <= 60, "{part}");
            assert_eq!(part.matches(FENCE).count() % 2, 0, "{part}");
        }
        assert!(
            parts[1].starts_with("```rust\n    let a = 1;\n"),
            "{parts:?}"
        );
        let lines: usize = parts.iter().map(|part| part.matches("let a").count()).sum();
        assert_eq!(lines, 6);
        assert!(
            parts.iter().all(|part| !part.contains("```rust\n```")),
            "{parts:?}"
        );
        assert!(parts.last().unwrap().ends_with("That is all."));
    }

    #[test]
    fn nothing_but_white_space_is_lost() {
        let text = "Ünï👨‍👩‍👧 text. ```a b``` \r\n\r\n```\nx = `y`\n\n  z\n```\n> 你好。 e\u{301}!\tNow\u{a0}or never";
        let solid = |text: &str| -> String { text.split_whitespace().collect() };
        let bare = |text: &str| solid(text).replace('`', "");
        for limit in 1..80 {
            let parts = split_text(text, limit);
            assert_eq!(bare(&parts.concat()), bare(text), "{limit}: {parts:?}");
            for part in &parts {
                assert!(!part.trim().is_empty(), "{limit}: {parts:?}");
                let is_one = part.chars().count() == 1;
                assert!(units(part) <= limit || is_one, "{limit}: {part:?}");
            }
        }
    }
}
