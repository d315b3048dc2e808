//! Category commands in messages: `2-request`, `set default 2`, `list-categories`.

use std::sync::LazyLock;

use regex::Regex;

use crate::text::is_invisible;

/// A category command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Command {
    /// Show the list of categories.
    List,
    /// Use the category at this position of the list, counted from 1, for this request.
    Take(usize),
    /// Use the category at this position of the list, counted from 1, for this request and all
    /// later ones.
    TakeFromNowOn(usize),
}

/// The forms of a command.
///
/// The surrounding characters must not continue the word: neither `12-request` nor `v1.2-request`
/// is `2-request`. A full stop may follow, unless a digit comes after it.
static FORMS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?ix)
        (?: ^ | [^\w.-] )
        (?:
            (?<list> list-categories | category-menu )
          | (?<take> [0-9]+ )-request
          | category \s+ (?<take_named> [0-9]+ ) \s+ request
          | default-to- (?<default> [0-9]+ )
          | set \s+ default \s+ (?<default_named> [0-9]+ )
        )
        (?: $ | \. (?: $ | \D ) | [^\w.-] )",
    )
    .ok()
});

/// Returns the position that a text names which is nothing but a number within `choices`: the
/// answer to a list. Digits may be wide, as on keyboards for Chinese and Japanese.
pub(super) fn number_alone(text: &str, choices: usize) -> Option<usize> {
    let narrow = |c: char| match c {
        '０'..='９' => char::from_digit(c as u32 - '０' as u32, 10).unwrap_or(c),
        c => c,
    };
    // The marks of a keycap emoji are a selector, which is invisible, and the frame.
    let text = text
        .chars()
        .filter(|c| !is_invisible(*c) && *c != '\u{20e3}');
    let text: String = text.map(narrow).collect();
    let text = text.trim().trim_start_matches(['#', '(']);
    let digits = text.trim_end_matches(['.', ')', '!']).trim();
    // Not `+2`, which is parsed as well.
    let is_number = digits.bytes().all(|byte| byte.is_ascii_digit());
    let number = digits.parse().ok().filter(|_| is_number)?;
    (1..=choices).contains(&number).then_some(number)
}

/// Returns the command in a text.
///
/// A list command takes precedence over a choice. Of several choices, the first within `choices` is
/// used.
pub(super) fn command_in(text: &str, choices: usize) -> Option<Command> {
    let forms = FORMS.as_ref()?;
    let mut chosen = None;
    let mut from = 0;
    while let Some(found) = forms.captures_at(text, from) {
        if found.name("list").is_some() {
            return Some(Command::List);
        }
        let place = |name| {
            let number: usize = found.name(name)?.as_str().parse().ok()?;
            (1..=choices).contains(&number).then_some(number)
        };
        chosen = chosen
            .or_else(|| {
                place("take")
                    .or_else(|| place("take_named"))
                    .map(Command::Take)
            })
            .or_else(|| {
                place("default")
                    .or_else(|| place("default_named"))
                    .map(Command::TakeFromNowOn)
            });
        // The character after a command may also be the one before the next command.
        let whole = found.get_match();
        let last = text[..whole.end()].char_indices().next_back();
        from = last.map_or(whole.end(), |(last, _)| last.max(whole.start() + 1));
        while !text.is_char_boundary(from) {
            from += 1;
        }
    }
    chosen
}

#[cfg(test)]
mod tests {
    use super::Command::{List, Take, TakeFromNowOn};
    use super::*;

    #[test]
    fn number_alone_is_a_choice() {
        for (text, expected) in [
            ("2", Some(2)),
            (" 2. ", Some(2)),
            ("2)", Some(2)),
            ("(3)", Some(3)),
            ("#1", Some(1)),
            ("２", Some(2)),
            ("2\u{fe0f}\u{20e3}", Some(2)),
            ("02", Some(2)),
            ("0", None),
            ("4", None),
            ("-2", None),
            ("+2", None),
            ("2 3", None),
            ("2.5", None),
            ("2 pizzas", None),
            ("99999999999999999999999", None),
            ("", None),
        ] {
            assert_eq!(number_alone(text, 3), expected, "{text:?}");
        }
    }

    #[test]
    fn finds_commands_in_whole_words() {
        let cases = [
            ("2-request", Some(Take(2))),
            ("Please: 2-REQUEST, thanks", Some(Take(2))),
            ("category 2 request", Some(Take(2))),
            ("This is a Category  2\nrequest.", Some(Take(2))),
            ("(3-request)", Some(Take(3))),
            ("12-request", None),
            ("x2-request", None),
            ("1.2-request", None),
            ("-2-request", None),
            ("2-requests", None),
            ("2-request-form", None),
            ("2 -request", None),
            ("category 12 request", None),
            ("subcategory 2 request", None),
            ("category 2 requests", None),
            ("0-request", None),
            ("4-request", None),
            ("99999999999999999999999-request", None),
            ("4-request or 2-request", Some(Take(2))),
            ("3-request 1-request", Some(Take(3))),
            ("default-to-2", Some(TakeFromNowOn(2))),
            ("set default 2", Some(TakeFromNowOn(2))),
            ("Set  Default 2!", Some(TakeFromNowOn(2))),
            ("set default 2.", Some(TakeFromNowOn(2))),
            ("set default 2. Thanks", Some(TakeFromNowOn(2))),
            ("Set default 2... 5 times", Some(TakeFromNowOn(2))),
            ("set default 2.5", None),
            ("default-to-2.9", None),
            ("default-to-2.9 default-to-3.", Some(TakeFromNowOn(3))),
            ("4-request. 2-request.", Some(Take(2))),
            ("2-request.5", None),
            ("default-to-22", None),
            ("default-to-2-now", None),
            ("reset default 2", None),
            ("2-request, set default 3", Some(Take(2))),
            ("list-categories", Some(List)),
            ("show me the category-menu.", Some(List)),
            ("2-request list-categories", Some(List)),
            ("list-categories-now", None),
            ("my-list-categories", None),
            ("hello", None),
            ("", None),
            ("ü2-request", None),
            ("…2-request…", Some(Take(2))),
        ];
        for (text, expected) in cases {
            assert_eq!(command_in(text, 3), expected, "{text:?}");
        }
    }
}
