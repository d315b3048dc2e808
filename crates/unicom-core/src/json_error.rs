//! Sentences about JSON that does not have the expected form.

#[cfg(test)]
mod tests;

use std::fmt::Display;

use serde_path_to_error::{Error, Path, Segment};

/// Maximum length in characters of a name from the input that is repeated in a sentence.
const LONGEST_NAME: usize = 50;

/// Returns a sentence that names the field and says what is expected there, such as "`limit` must
/// be an integer". Unlike the messages of serde, it does not repeat the value.
///
/// Parse text to a [`Value`](serde_json::Value) first, and the value to a type with this function:
/// errors of syntax have no field, and a few errors about types would be reported as such.
///
/// A custom message should continue a sentence that starts with the name of the field: "must be an
/// e-mail address". The names of enum variants are not part of the name of a field. Fields within
/// an enum with `#[serde(tag = "…")]` and fields that are flattened are not named, because serde
/// does not report their path.
///
/// ```
/// use unicom_core::json_error::sentence;
///
/// #[derive(Debug, serde::Deserialize)]
/// struct Settings {
///     url: String,
/// }
///
/// let json = serde_json::json!({"url": 5});
/// let error = serde_path_to_error::deserialize::<_, Settings>(json).unwrap_err();
/// assert_eq!(sentence(error), "`url` must be a string");
/// ```
pub fn sentence(error: Error<impl Display>) -> String {
    let field = field(error.path());
    let message = error.inner().to_string();
    let message = without_position(&message);

    if let Some(name) = quoted(message, "missing field `") {
        let separator = if field.is_empty() { "" } else { "." };
        return format!("`{field}{separator}{name}` is missing");
    }
    if quoted(message, "unknown field `").is_some() {
        let choices = match message.rsplit_once(", expected ") {
            Some((_, choices)) => format!("expected {}", list(choices)),
            None => "expected no other fields".to_owned(),
        };
        return format!("unknown field `{field}`: {choices}");
    }
    if let Some(name) = quoted(message, "duplicate field `") {
        return format!("field `{name}` occurs more than once");
    }
    let wrong = [
        "invalid type: ",
        "invalid value: ",
        "invalid length ",
        "unknown variant `",
    ];
    let expected = message
        .rsplit_once(", expected ")
        .filter(|_| wrong.iter().any(|start| message.starts_with(start)))
        .map(|(_, expected)| translated(expected));
    match expected {
        Some(expected) if field.is_empty() => format!("expected {expected}"),
        Some(expected) => format!("`{field}` must be {expected}"),
        None if field.is_empty() => message.to_owned(),
        None => format!("`{field}` {}", unparsed(message)),
    }
}

/// Returns the name of a field, such as `buttons[0].label`. It is empty for the whole document.
fn field(path: &Path) -> String {
    let mut field = String::new();
    for segment in path {
        match segment {
            Segment::Seq { index } => field.push_str(&format!("[{index}]")),
            Segment::Map { key } => {
                if !field.is_empty() {
                    field.push('.');
                }
                field.push_str(&shortened(key));
            }
            Segment::Enum { .. } | Segment::Unknown => {}
        }
    }
    field
}

/// Returns a name from the input without control characters, and without what exceeds the maximum
/// length.
fn shortened(name: &str) -> String {
    let mut chars = name.chars().filter(|c| !c.is_control());
    let mut short: String = chars.by_ref().take(LONGEST_NAME).collect();
    if chars.next().is_some() {
        short.push('…');
    }
    short
}

/// Removes the position in the text, which `serde_json` adds.
fn without_position(message: &str) -> &str {
    let number = |text: &str| text.parse::<usize>().is_ok();
    match message.rsplit_once(" at line ") {
        Some((rest, position))
            if position
                .split_once(" column ")
                .is_some_and(|(line, column)| number(line) && number(column)) =>
        {
            rest
        }
        _ => message,
    }
}

/// Returns the text between `start` and the next backtick.
fn quoted<'a>(message: &'a str, start: &str) -> Option<&'a str> {
    message.strip_prefix(start)?.split('`').next()
}

/// Converts serde's "one of `a`, `b`, `c`" and "`a` or `b`" to a list.
fn list(choices: &str) -> String {
    let choices = choices.strip_prefix("one of ").unwrap_or(choices);
    choices.replace("` or `", "`, `")
}

/// Converts serde's description of an expected value to plain English.
fn translated(expected: &str) -> String {
    let integer =
        |least: &dyn Display, most: &dyn Display| format!("an integer from {least} to {most}");
    match expected {
        "i8" => integer(&i8::MIN, &i8::MAX),
        "i16" => integer(&i16::MIN, &i16::MAX),
        "i32" => integer(&i32::MIN, &i32::MAX),
        "u8" => integer(&u8::MIN, &u8::MAX),
        "u16" => integer(&u16::MIN, &u16::MAX),
        "u32" => integer(&u32::MIN, &u32::MAX),
        "i64" | "isize" => "an integer".to_owned(),
        "u64" | "usize" => "an integer that is not negative".to_owned(),
        "f32" | "f64" => "a number".to_owned(),
        "a boolean" => "true or false".to_owned(),
        "a borrowed string" | "string or map" => "a string".to_owned(),
        "a formatted UUID string" => "a UUID".to_owned(),
        "a sequence" => "a list".to_owned(),
        "a map" | "map" => "an object".to_owned(),
        "unit" => "null".to_owned(),
        other if other.starts_with("struct ") => "an object".to_owned(),
        other => other.to_owned(),
    }
}

/// Converts errors about text that is parsed: an id, or a number or boolean in a URL.
fn unparsed(message: &str) -> &str {
    match message {
        "invalid digit found in string" | "cannot parse integer from empty string" => {
            "must be an integer"
        }
        "number too large to fit in target type" => "is too large",
        "number too small to fit in target type" => "is too small",
        "invalid float literal" | "cannot parse float from empty string" => "must be a number",
        uuid if uuid.starts_with("UUID parsing failed") => "must be a UUID",
        "provided string was not `true` or `false`" => "must be true or false",
        other => other,
    }
}
