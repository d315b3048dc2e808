//! Parsers of values on the command line.

use serde_json::Value;
use unicom_core::admin::Change;
use unicom_core::json_text::repaired;

use crate::Failure;

/// Parses a JSON object.
pub(crate) fn object(text: &str) -> Result<Value, String> {
    match serde_json::from_slice(&repaired(text.as_bytes())) {
        Ok(object @ Value::Object(_)) => Ok(object),
        Ok(_) => Err("expected a JSON object".to_owned()),
        Err(error) => Err(format!("expected a JSON object: {error}")),
    }
}

/// Parses a bot: its name, or a JSON object with its kind and its settings.
pub(crate) fn bot(text: &str) -> Result<Value, String> {
    if text
        .trim_start_matches('\u{feff}')
        .trim_start()
        .starts_with('{')
    {
        object(text)
    } else {
        Ok(Value::String(text.to_owned()))
    }
}

/// Returns the change of an optional value: to a new value, to none, or no change.
pub(crate) fn choice<T>(value: Option<T>, none: bool) -> Change<T> {
    let unset = if none { Change::Clear } else { Change::Keep };
    value.map_or(unset, Change::Set)
}

/// Returns the change of a list: new values, an empty list to clear it, or `None` to leave it
/// unchanged.
pub(crate) fn choices<T>(values: Vec<T>, none: bool) -> Option<Vec<T>> {
    (!values.is_empty() || none).then_some(values)
}

/// Returns the change. Fails if it changes nothing.
pub(crate) fn changed<T: Default + PartialEq>(change: T) -> Result<T, Failure> {
    if change == T::default() {
        return Err(Failure::Usage(
            "there is nothing to change: `--help` lists what can be".to_owned(),
        ));
    }
    Ok(change)
}
