//! [`PreChatField`]: what a channel asks visitors before they write.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use unicom_models::Channel;

/// The name of the setting.
pub(crate) const PRE_CHAT: &str = "pre_chat";

/// Maximum number of fields.
pub(crate) const MOST_FIELDS: usize = 20;

/// Maximum length of a field's name in characters.
pub(crate) const LONGEST_NAME: usize = 64;

/// Maximum length of a label or an option in characters.
const LONGEST_LABEL: usize = 200;

/// Maximum number of options of a field.
const MOST_OPTIONS: usize = 100;

/// What a channel asks visitors before they write: an entry of the setting `pre_chat`.
///
/// The answers are [claims](crate::Claims): those of the fields `name`, `email` and `phone` are the
/// claims with these names, all others go to its `fields`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct PreChatField {
    /// Lowercase letters, digits and `_`, beginning with a letter.
    pub name: String,
    /// What visitors read.
    pub label: String,
    /// How the field is filled in. Defaults to one line of text.
    #[serde(default, rename = "type")]
    pub kind: PreChatKind,
    /// Whether clients must not send messages without it. The server stores messages without it.
    /// Defaults to `false`.
    #[serde(default)]
    pub required: bool,
    /// What visitors choose from, for `select`.
    #[serde(default)]
    pub options: Vec<String>,
}

/// How a field is filled in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum PreChatKind {
    /// One line of text.
    #[default]
    Text,
    /// An e-mail address.
    Email,
    /// A telephone number.
    Tel,
    /// Several lines of text.
    Textarea,
    /// One of several options.
    Select,
}

impl PreChatField {
    /// Returns what a channel asks. By default it asks nothing.
    pub fn of(channel: &Channel) -> Vec<Self> {
        let fields = channel.config.get(PRE_CHAT);
        let fields = fields.filter(|value| !value.is_null());
        match fields.map(Vec::<Self>::deserialize) {
            None => Vec::new(),
            Some(Ok(fields)) => fields,
            Some(Err(error)) => {
                log::error!(
                    "the setting `{PRE_CHAT}` of channel {} is invalid: {error}",
                    channel.id
                );
                Vec::new()
            }
        }
    }

    /// Checks what the types do not.
    ///
    /// # Errors
    /// What is wrong, naming the setting.
    pub(crate) fn check_all(fields: &[Self]) -> Result<(), String> {
        if fields.len() > MOST_FIELDS {
            return Err(format!(
                "`{PRE_CHAT}` must have at most {MOST_FIELDS} entries"
            ));
        }
        for (index, field) in fields.iter().enumerate() {
            let at = format!("{PRE_CHAT}[{index}]");
            field.check(&at)?;
            if fields[..index].iter().any(|other| other.name == field.name) {
                return Err(format!("`{PRE_CHAT}` has two fields `{}`", field.name));
            }
        }
        Ok(())
    }

    fn check(&self, at: &str) -> Result<(), String> {
        if !is_name(&self.name) {
            return Err(format!(
                "`{at}.name` must have 1 to {LONGEST_NAME} lowercase letters, digits and `_`, and \
                 begin with a letter"
            ));
        }
        if !is_label(&self.label) {
            return Err(format!(
                "`{at}.label` must have 1 to {LONGEST_LABEL} characters, none of them a control \
                 character"
            ));
        }
        let most = match self.kind {
            PreChatKind::Select => 1..=MOST_OPTIONS,
            _ => 0..=0,
        };
        if !most.contains(&self.options.len()) {
            return Err(format!(
                "`{at}.options` must have 1 to {MOST_OPTIONS} entries for the type `select`, and \
                 none for others"
            ));
        }
        if !self.options.iter().all(|option| is_label(option)) {
            return Err(format!(
                "`{at}.options` must have 1 to {LONGEST_LABEL} characters each, none of them a \
                 control character"
            ));
        }
        Ok(())
    }

    /// Returns the JSON Schema of the setting.
    pub(crate) fn schema() -> Value {
        let label = json!({
            "type": "string",
            "minLength": 1,
            "maxLength": LONGEST_LABEL,
            "pattern": r"^[^\x00-\x1f\x7f-\x9f]*$",
        });
        json!({
            "description": "What visitors are asked before they write. The answers are shown to \
                            admins and are never verified.",
            "type": ["array", "null"],
            "maxItems": MOST_FIELDS,
            "default": [],
            "items": {
                "type": "object",
                "properties": {
                    "name": {
                        "description": "`name`, `email` and `phone` are about the person; any \
                                        other name is possible.",
                        "type": "string",
                        "pattern": format!("^[a-z][a-z0-9_]{{0,{}}}$", LONGEST_NAME - 1),
                    },
                    "label": label,
                    "type": {
                        "enum": ["text", "email", "tel", "textarea", "select"],
                        "default": "text",
                    },
                    "required": {"type": "boolean", "default": false},
                    "options": {
                        "description": "What visitors choose from, for `select`.",
                        "type": "array",
                        "maxItems": MOST_OPTIONS,
                        "items": label,
                        "default": [],
                    },
                },
                "required": ["name", "label"],
                "additionalProperties": false,
            },
        })
    }
}

/// Returns `true` for a name that a field may have.
pub(crate) fn is_name(name: &str) -> bool {
    let is_allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    name.len() <= LONGEST_NAME
        && name.starts_with(|first: char| first.is_ascii_lowercase())
        && name.bytes().all(is_allowed)
}

fn is_label(text: &str) -> bool {
    (1..=LONGEST_LABEL).contains(&text.chars().count()) && !text.chars().any(char::is_control)
}
