//! Conditions on a field of a chat's metadata, in each engine's JSON syntax.

use super::chat_filters::{Comparison, MetadataFilter};
use super::contains_pattern;

/// The SQL of one engine for a field of `unicom_chats.metadata`. `{}` stands for the name of the
/// field.
pub(super) struct Dialect {
    /// The function that converts a string to lower case, in all scripts that the engine supports.
    pub lower: &'static str,
    type_of: &'static str,
    numbers: &'static str,
    as_number: &'static str,
    as_text: &'static str,
    /// Makes a comparison of strings bytewise.
    by_bytes: &'static str,
    texts: &'static str,
    scalars: &'static str,
}

pub(super) const POSTGRES: Dialect = Dialect {
    lower: "lower",
    type_of: "json_typeof(unicom_chats.metadata -> '{}')",
    numbers: "('number')",
    as_number: "(unicom_chats.metadata ->> '{}')::double precision",
    as_text: "(unicom_chats.metadata ->> '{}')",
    by_bytes: " COLLATE \"C\"",
    texts: "('string', 'boolean')",
    scalars: "('string', 'boolean', 'number')",
};

pub(super) const SQLITE: Dialect = Dialect {
    lower: "unicom_lower",
    type_of: "json_type(unicom_chats.metadata, '$.\"{}\"')",
    numbers: "('integer', 'real')",
    as_number: "json_extract(unicom_chats.metadata, '$.\"{}\"')",
    // SQLite extracts `true` as 1. The name of its type equals the text in PostgreSQL.
    as_text: "iif(json_type(unicom_chats.metadata, '$.\"{}\"') IN ('true', 'false'), \
              json_type(unicom_chats.metadata, '$.\"{}\"'), \
              CAST(json_extract(unicom_chats.metadata, '$.\"{}\"') AS TEXT))",
    by_bytes: "",
    texts: "('text', 'true', 'false')",
    scalars: "('text', 'true', 'false', 'integer', 'real')",
};

/// SQL up to the bound value. `ELSE FALSE END` follows a number, `end` follows a string.
pub(super) struct Condition {
    /// The condition on fields that are numbers, and the number. `None` if the value is not a
    /// number.
    pub number: Option<(String, f64)>,
    /// The condition on fields that are strings.
    pub text: String,
    /// The value as a string.
    pub value: String,
    /// The SQL after the string.
    pub end: &'static str,
}

/// Returns the condition for `filter`. The name of the field is safe in SQL, since `MetadataKey`
/// validates it.
pub(super) fn of(filter: &MetadataFilter, dialect: &Dialect) -> Condition {
    let field = |template: &str| template.replace("{}", filter.key.as_str());
    let case = |types: &str, compared: &str| {
        format!(
            "CASE WHEN {} IN {types} THEN {compared}",
            field(dialect.type_of)
        )
    };
    let as_text = field(dialect.as_text);
    if filter.comparison == Comparison::Contains {
        let text = case(
            dialect.scalars,
            &format!("{0}({as_text}) LIKE {0}(", dialect.lower),
        );
        return Condition {
            number: None,
            text,
            value: contains_pattern(&filter.value),
            end: ") ESCAPE '\\' ELSE FALSE END",
        };
    }
    let operator = match filter.comparison {
        Comparison::Equal | Comparison::Contains => "=",
        Comparison::AtLeast => ">=",
        Comparison::AtMost => "<=",
        Comparison::Above => ">",
        Comparison::Below => "<",
    };
    let number = filter
        .value
        .parse::<f64>()
        .ok()
        .filter(|number| number.is_finite())
        .map(|number| {
            (
                case(
                    dialect.numbers,
                    &format!("{} {operator} ", field(dialect.as_number)),
                ),
                number,
            )
        });
    Condition {
        number,
        text: case(
            dialect.texts,
            &format!("{as_text}{} {operator} ", dialect.by_bytes),
        ),
        value: filter.value.clone(),
        end: " ELSE FALSE END",
    }
}
