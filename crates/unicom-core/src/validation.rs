//! Checks of texts that people who manage unicom give.

use crate::CoreError;

/// Characters of a name at the most.
pub(crate) const LONGEST_NAME: usize = 255;

/// A name: 1 to 255 characters without control characters, without space around it.
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

/// A text of up to `longest` characters.
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
