//! Validation of names and texts entered by admins, and of ids and names that hosts and platforms
//! give.

use serde_json::{Map, Value};
use unicom_models::object_contains_nul;

use crate::CoreError;
use crate::text::{has_visible, without_invisible};

/// Maximum number of characters of a name.
pub(crate) const LONGEST_NAME: usize = 255;

/// Maximum size in bytes of an id that a host or a platform gives. Both engines can index two of
/// them together.
pub const LONGEST_ID: usize = 1000;

/// Maximum size of a chat's metadata as compact JSON in bytes. Lists return all of it, and filters
/// read all of it.
const METADATA_BYTES: usize = 16 << 10;

/// Checks the metadata of a chat: at most 16,384 bytes as compact JSON, and no NUL character.
///
/// # Errors
/// [`CoreError::TooLarge`], [`CoreError::Nul`].
pub fn check_metadata(metadata: &Map<String, Value>) -> Result<(), CoreError> {
    let field = "metadata";
    let is_small = serde_json::to_vec(metadata).is_ok_and(|json| json.len() <= METADATA_BYTES);
    if !is_small {
        let limit = format!("at most {METADATA_BYTES} bytes of JSON");
        return Err(CoreError::TooLarge { field, limit });
    }
    match object_contains_nul(metadata) {
        true => Err(CoreError::Nul { field }),
        false => Ok(()),
    }
}

/// Checks an id that a host or a platform gives: 1 to 1,000 bytes, no NUL character. Both engines
/// can store and index it.
///
/// # Errors
/// [`CoreError::Nul`], or [`CoreError::Invalid`] for an id that is empty or too long.
///
/// ```
/// use unicom_core::validation::check_id;
///
/// assert!(check_id("user_id", "7").is_ok());
/// assert_eq!(
///     check_id("user_id", "").unwrap_err().to_string(),
///     "`user_id` must have 1 to 1000 bytes",
/// );
/// ```
pub fn check_id(field: &'static str, id: &str) -> Result<(), CoreError> {
    check_nul(field, Some(id))?;
    if id.is_empty() || id.len() > LONGEST_ID {
        return Err(CoreError::invalid(
            field,
            format!("must have 1 to {LONGEST_ID} bytes"),
        ));
    }
    Ok(())
}

/// Checks an id like [`check_id`], unless there is none.
pub(crate) fn check_optional_id(field: &'static str, id: Option<&String>) -> Result<(), CoreError> {
    id.map_or(Ok(()), |id| check_id(field, id))
}

/// Checks a name that a host or a platform gives: at most 255 characters, no NUL character. It may
/// be empty.
///
/// # Errors
/// [`CoreError::Nul`], or [`CoreError::Invalid`] for a name that is too long.
pub fn check_display_name(field: &'static str, name: &str) -> Result<(), CoreError> {
    checked_text(field, name, LONGEST_NAME)
}

/// Checks that a text has no NUL character, which PostgreSQL cannot store.
pub(crate) fn check_nul<T: AsRef<str>>(
    field: &'static str,
    text: Option<T>,
) -> Result<(), CoreError> {
    match text {
        Some(text) if text.as_ref().contains('\0') => Err(CoreError::Nul { field }),
        _ => Ok(()),
    }
}

/// Trims and validates a name that is displayed: 1 to 255 characters, no control characters.
/// Characters that are invisible or change the writing direction are removed
/// ([`without_invisible`]).
///
/// # Errors
/// [`CoreError::Invalid`].
pub fn checked_name(field: &'static str, name: &str) -> Result<String, CoreError> {
    if !has_visible(name) {
        return checked_key(field, "");
    }
    checked_key(field, &without_invisible(name))
}

/// Trims and validates a name that is compared rather than displayed: 1 to 255 characters, no
/// control characters.
///
/// # Errors
/// [`CoreError::Invalid`].
pub fn checked_key(field: &'static str, name: &str) -> Result<String, CoreError> {
    let name = name.trim();
    if name.is_empty() || name.chars().count() > LONGEST_NAME || name.chars().any(char::is_control)
    {
        return Err(CoreError::invalid(
            field,
            format!("must have 1 to {LONGEST_NAME} characters, none of them a control character"),
        ));
    }
    Ok(name.to_owned())
}

/// Validates a text: at most `longest` characters, no NUL character.
pub(crate) fn checked_text(
    field: &'static str,
    text: &str,
    longest: usize,
) -> Result<(), CoreError> {
    check_nul(field, Some(text))?;
    if text.chars().count() > longest {
        return Err(CoreError::invalid(
            field,
            format!("must have at most {longest} characters"),
        ));
    }
    Ok(())
}
