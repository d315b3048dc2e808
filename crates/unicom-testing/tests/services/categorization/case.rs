//! `Case`: categories, a message and the expected outcome of its request.

use serde_json::{Value, json};

/// A category of a case. Categories are created in the order of the table.
#[derive(Clone, Default)]
pub struct Cat {
    pub name: &'static str,
    pub under: Option<&'static str>,
    pub sequence: Option<i32>,
    pub private: bool,
    pub inactive: bool,
    pub for_member: bool,
    pub for_group: bool,
    pub on: Option<On>,
    pub matcher: Option<Value>,
}

/// The channels to which a category is restricted.
#[derive(Clone, Copy, PartialEq)]
pub enum On {
    This,
    Another,
    Both,
}

pub fn cat(name: &'static str) -> Cat {
    Cat {
        name,
        ..Cat::default()
    }
}

/// Returns a category that matches messages with this word.
pub fn word(name: &'static str, word: &str) -> Cat {
    cat(name).matcher(json!({"kind": "keywords", "any": [word]}))
}

pub fn always(name: &'static str) -> Cat {
    cat(name).matcher(json!({"kind": "always"}))
}

impl Cat {
    pub fn matcher(self, matcher: Value) -> Self {
        Self {
            matcher: Some(matcher),
            ..self
        }
    }

    pub fn script(self, source: &str) -> Self {
        self.matcher(json!({"kind": "script", "source": source}))
    }

    pub fn under(self, parent: &'static str) -> Self {
        Self {
            under: Some(parent),
            ..self
        }
    }

    pub fn at(self, sequence: i32) -> Self {
        Self {
            sequence: Some(sequence),
            ..self
        }
    }

    pub fn private(self) -> Self {
        Self {
            private: true,
            ..self
        }
    }

    pub fn inactive(self) -> Self {
        Self {
            inactive: true,
            ..self
        }
    }

    pub fn for_member(self) -> Self {
        Self {
            for_member: true,
            ..self.private()
        }
    }

    pub fn for_group(self) -> Self {
        Self {
            for_group: true,
            ..self.private()
        }
    }

    pub fn on(self, on: On) -> Self {
        Self {
            on: Some(on),
            ..self
        }
    }
}

/// The outcome of a request.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum End {
    Takes(&'static str),
    Asks,
    Nothing,
}

/// One row of the table: the setup, the message and the outcome.
pub struct Case {
    pub about: &'static str,
    pub categories: Vec<Cat>,
    /// The account's default category before.
    pub default: Option<&'static str>,
    pub text: &'static str,
    pub end: End,
    /// The account's default category afterwards.
    pub default_after: Option<&'static str>,
    pub note: Option<&'static str>,
}

pub fn case(about: &'static str, categories: Vec<Cat>, text: &'static str, end: End) -> Case {
    Case {
        about,
        categories,
        default: None,
        text,
        end,
        default_after: None,
        note: None,
    }
}

impl Case {
    pub fn default(self, before: &'static str, after: Option<&'static str>) -> Self {
        Self {
            default: Some(before),
            default_after: after,
            ..self
        }
    }

    pub fn sets_default(self, after: &'static str) -> Self {
        Self {
            default_after: Some(after),
            ..self
        }
    }

    pub fn notes(self, note: &'static str) -> Self {
        Self {
            note: Some(note),
            ..self
        }
    }
}
