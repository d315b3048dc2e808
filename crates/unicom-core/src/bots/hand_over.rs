//! [`HandOver`]: a bot lets a person go on.

use crate::CoreError;

/// What a bot says when it hands a chat over to a person. Only admins see it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct HandOver {
    /// Why a person is needed, in a few words. At most 500 characters.
    pub reason: String,
    /// What the person should know about the conversation. At most 8,000 characters.
    pub summary: String,
}

impl HandOver {
    /// Maximum number of characters of the reason.
    pub const REASON_CHARACTERS: usize = 500;

    /// Maximum number of characters of the summary.
    pub const SUMMARY_CHARACTERS: usize = 8_000;

    /// Checks the lengths and characters.
    ///
    /// # Errors
    /// [`CoreError::TooLarge`], [`CoreError::Nul`].
    pub fn check(&self) -> Result<(), CoreError> {
        let texts = [
            ("reason", &self.reason, Self::REASON_CHARACTERS),
            ("summary", &self.summary, Self::SUMMARY_CHARACTERS),
        ];
        for (field, text, most) in texts {
            if text.contains('\0') {
                return Err(CoreError::Nul { field });
            }
            if text.chars().count() > most {
                let limit = format!("at most {most} characters");
                return Err(CoreError::TooLarge { field, limit });
            }
        }
        Ok(())
    }
}
