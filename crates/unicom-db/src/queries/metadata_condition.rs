//! Conditions on a field of a chat's metadata, in each engine's JSON syntax.

use super::chat_filters::{Comparison, MetadataFilter};
use super::decimal;
use super::search::{self, Search};

/// The SQL of one engine for a field of `unicom_chats.metadata`. `{}` stands for the name of the
/// field.
pub(super) struct Dialect {
    /// How a part of a text is found.
    pub search: &'static Search,
    type_of: &'static str,
    numbers: &'static str,
    /// The comparison of a number with the bound value: what comes before and after the value, with
    /// `{op}` in place of the operator. Both sides are exact decimals, since doubles would round
    /// integers over 2^53.
    compare_numbers: (&'static str, &'static str),
    as_text: &'static str,
    /// Makes a comparison of strings bytewise.
    by_bytes: &'static str,
    strings: &'static str,
    texts: &'static str,
    scalars: &'static str,
}

pub(super) const POSTGRES: Dialect = Dialect {
    search: &search::POSTGRES,
    type_of: "json_typeof(unicom_chats.metadata -> '{}')",
    numbers: "('number')",
    compare_numbers: (
        "(unicom_chats.metadata ->> '{}')::numeric {op} ",
        "::numeric ELSE FALSE END",
    ),
    as_text: "(unicom_chats.metadata ->> '{}')",
    by_bytes: " COLLATE \"C\"",
    strings: "('string')",
    texts: "('string', 'boolean')",
    scalars: "('string', 'boolean', 'number')",
};

pub(super) const SQLITE: Dialect = Dialect {
    search: &search::SQLITE,
    type_of: "json_type(unicom_chats.metadata, '$.\"{}\"')",
    numbers: "('integer', 'real')",
    compare_numbers: (
        "unicom_compare_numbers(unicom_chats.metadata -> '$.\"{}\"', ",
        ") {op} 0 ELSE FALSE END",
    ),
    // Extracted, `true` would be 1, and an integer over 2^63 a rounded one.
    as_text: "iif(json_type(unicom_chats.metadata, '$.\"{}\"') = 'text', \
              json_extract(unicom_chats.metadata, '$.\"{}\"'), \
              unicom_chats.metadata -> '$.\"{}\"')",
    by_bytes: "",
    strings: "('text')",
    texts: "('text', 'true', 'false')",
    scalars: "('text', 'true', 'false', 'integer', 'real')",
};

/// A condition: SQL up to the bound value, the value, and the SQL after it.
pub(super) type Part = (String, String, String);

/// The conditions on a field. At least one is set; if both are, one of them must hold.
pub(super) struct Condition {
    /// The condition on fields that are numbers.
    pub number: Option<Part>,
    /// The condition on fields that are strings or booleans.
    pub text: Option<Part>,
}

/// Returns the condition for `filter`. The name of the field is safe in SQL, since `MetadataKey`
/// validates it.
pub(super) fn of(filter: &MetadataFilter, dialect: &Dialect) -> Condition {
    let key = filter.key.as_str();
    let field = |template: &str| template.replace("{}", key);
    let case = |types: &str, compared: &str| {
        let type_of = field(dialect.type_of);
        format!("CASE WHEN {type_of} IN {types} THEN {compared}")
    };
    let as_text = field(dialect.as_text);
    if filter.comparison == Comparison::Contains {
        let found = case(dialect.scalars, &dialect.search.within(&as_text));
        let value = (dialect.search.value)(&filter.value);
        let end = format!("{} ELSE FALSE END", dialect.search.end);
        return Condition {
            number: None,
            text: Some((found, value, end)),
        };
    }
    let operator = match filter.comparison {
        Comparison::Equal | Comparison::Contains => "=",
        Comparison::AtLeast => ">=",
        Comparison::AtMost => "<=",
        Comparison::Above => ">",
        Comparison::Below => "<",
    };
    let is_range = filter.comparison != Comparison::Equal;
    let number = decimal::parse(&filter.value).map(|value| {
        let (before, after) = dialect.compare_numbers;
        let compared = field(before).replace("{op}", operator);
        (
            case(dialect.numbers, &compared),
            value,
            after.replace("{op}", operator),
        )
    });
    // A range of numbers has no strings in it, and no range has booleans.
    let types = if is_range {
        dialect.strings
    } else {
        dialect.texts
    };
    let text = (number.is_none() || !is_range).then(|| {
        let compared = format!("{as_text}{} {operator} ", dialect.by_bytes);
        (
            case(types, &compared),
            filter.value.clone(),
            " ELSE FALSE END".to_owned(),
        )
    });
    Condition { number, text }
}
