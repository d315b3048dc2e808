//! Validation of names and texts entered by admins.

use crate::CoreError;

/// Maximum number of characters of a name.
pub(crate) const LONGEST_NAME: usize = 255;

/// Trims and validates a name: 1 to 255 characters, no control characters.
pub(crate) fn checked_name(field: &'static str, name: &str) -> Result<String, CoreError> {
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
    if text.contains('\0') {
        return Err(CoreError::Nul { field });
    }
    if text.chars().count() > longest {
        return Err(CoreError::invalid(
            field,
            format!("must have at most {longest} characters"),
        ));
    }
    Ok(())
}
