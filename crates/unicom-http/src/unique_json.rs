//! Parses JSON and refuses objects that name a field twice.

use std::fmt;

use serde::de::{self, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

/// Maximum characters of a field's name that an error repeats.
const LONGEST_NAME: usize = 50;

/// Why a text was refused.
#[derive(Debug, PartialEq, Eq)]
pub enum NotUnique {
    /// The text is not JSON, or it is nested too deeply.
    NotJson,
    /// An object names this field twice: parsers differ in which value they use (RFC 8259, 4).
    Twice(String),
}

/// Parses JSON in which every object names each field once.
///
/// # Errors
/// [`NotUnique`].
pub fn from_slice(bytes: &[u8]) -> Result<Value, NotUnique> {
    let mut twice = None;
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    let read = Unique(&mut twice).deserialize(&mut deserializer);
    match read.and_then(|value| deserializer.end().map(|()| value)) {
        Ok(value) => Ok(value),
        Err(_) => Err(twice.map_or(NotUnique::NotJson, NotUnique::Twice)),
    }
}

/// Deserializes a value. If it fails because a field is given twice, the field's name is stored
/// here.
struct Unique<'a>(&'a mut Option<String>);

impl<'de> DeserializeSeed<'de> for Unique<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Unique<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Number::from_f64(value).map_or(Value::Null, Value::Number))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(Value::String(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        let mut values = Vec::new();
        while let Some(value) = access.next_element_seed(Unique(self.0))? {
            values.push(value);
        }
        Ok(Value::Array(values))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        let mut fields = Map::new();
        while let Some(name) = access.next_key::<String>()? {
            if fields.contains_key(&name) {
                *self.0 = Some(name.chars().take(LONGEST_NAME).collect());
                return Err(de::Error::custom("a field is repeated"));
            }
            let value = access.next_value_seed(Unique(self.0))?;
            fields.insert(name, value);
        }
        Ok(Value::Object(fields))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unique_fields_are_read_as_by_serde_json() {
        for text in [
            "{}",
            "null",
            r#"{"a":1,"b":{"a":[1,-2,3.5,1e300,18446744073709551615,true,null,"x\n\ud83d\ude00"]},"A":{}}"#,
            r#"[{"a":1},{"a":2}]"#,
            " \"text\" ",
        ] {
            let read = from_slice(text.as_bytes()).unwrap();
            assert_eq!(read, serde_json::from_str::<Value>(text).unwrap(), "{text}");
        }
    }

    #[test]
    fn duplicate_field_is_named() {
        let long = format!(r#"{{"{0}":1,"{0}":1}}"#, "x".repeat(60));
        for (text, name) in [
            (r#"{"a":1,"a":1}"#, "a"),
            (r#"{"a":1,"\u0061":1}"#, "a"),
            (r#"{"x":[{"b":{"c":1,"d":2,"c":3}}]}"#, "c"),
            (r#"{"":1,"":2}"#, ""),
            (long.as_str(), &"x".repeat(50)),
        ] {
            assert_eq!(
                from_slice(text.as_bytes()),
                Err(NotUnique::Twice(name.to_owned()))
            );
        }
        let deep = "[".repeat(200);
        for text in [
            "",
            "{",
            r#"{"a":1}x"#,
            "{\"a\":1,}",
            "\"\u{1}\"",
            deep.as_str(),
        ] {
            assert_eq!(
                from_slice(text.as_bytes()),
                Err(NotUnique::NotJson),
                "{text}"
            );
        }
    }
}
