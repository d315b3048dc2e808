//! Tests of the sentences about every kind of error.

use std::collections::HashMap;
use std::fmt::Debug;

use serde::de::{DeserializeOwned, Error as _};
use serde::{Deserialize, Deserializer};
use serde_json::{Value, json};

use unicom_models::{Direction, RequestId, UtcTime};

use super::sentence;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "the fields are only parsed")]
struct Form {
    name: String,
    #[serde(default)]
    enabled: bool,
    count: Option<u8>,
    total: Option<i64>,
    size: Option<u64>,
    share: Option<f64>,
    tags: Option<Vec<String>>,
    labels: Option<HashMap<String, String>>,
    mode: Option<Mode>,
    colour: Option<Colour>,
    inner: Option<Inner>,
    #[serde(default, deserialize_with = "even")]
    even: u8,
    nothing: Option<Nothing>,
    variant: Option<Variant>,
    id: Option<RequestId>,
    time: Option<UtcTime>,
    direction: Option<Direction>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "the fields are only parsed")]
struct Inner {
    label: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Nothing {}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Mode {
    Chat,
    Thread,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Colour {
    Red,
    Green,
    Blue,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
#[expect(dead_code, reason = "the fields are only parsed")]
enum Variant {
    Text { text: String },
}

fn even<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u8, D::Error> {
    match u8::deserialize(deserializer)? {
        odd if odd % 2 == 1 => Err(D::Error::custom("must be even")),
        even => Ok(even),
    }
}

/// Returns the sentences for a value, and for the same value as text.
fn sentences<T: DeserializeOwned + Debug>(json: &Value) -> [String; 2] {
    let text = json.to_string();
    let mut text = serde_json::Deserializer::from_str(&text);
    [
        sentence(serde_path_to_error::deserialize::<_, T>(json).unwrap_err()),
        sentence(serde_path_to_error::deserialize::<_, T>(&mut text).unwrap_err()),
    ]
}

#[track_caller]
fn assert_sentence(json: &Value, expected: &str) {
    assert_eq!(sentences::<Form>(json), [expected, expected], "{json}");
}

#[test]
fn wrong_types_are_described() {
    for (field, value, expected) in [
        ("name", json!(5), "must be a string"),
        ("name", json!(null), "must be a string"),
        (
            "enabled",
            json!("yes, expected no"),
            "must be true or false",
        ),
        ("count", json!("5"), "must be an integer from 0 to 255"),
        ("count", json!(256), "must be an integer from 0 to 255"),
        ("count", json!(-1), "must be an integer from 0 to 255"),
        ("count", json!(1.5), "must be an integer from 0 to 255"),
        ("total", json!(1.5), "must be an integer"),
        ("size", json!(-1), "must be an integer that is not negative"),
        ("share", json!("half"), "must be a number"),
        ("tags", json!("a"), "must be a list"),
        ("labels", json!([]), "must be an object"),
        ("mode", json!("none"), "must be `chat` or `thread`"),
        (
            "colour",
            json!("pink, expected `red`"),
            "must be one of `red`, `green`, `blue`",
        ),
        ("inner", json!("a"), "must be an object"),
        ("even", json!(3), "must be even"),
        ("id", json!(3), "must be a string"),
        ("id", json!("a"), "must be a UUID"),
        ("time", json!(3), "must be a string"),
        (
            "time",
            json!("now"),
            "must be a time such as `2026-01-31T12:00:00Z` (RFC 3339)",
        ),
        (
            "direction",
            json!("up"),
            "must be one of `incoming`, `outgoing`, `internal`",
        ),
    ] {
        let mut form = json!({"name": "a"});
        form[field] = value;
        assert_sentence(&form, &format!("`{field}` {expected}"));
    }
}

#[test]
fn choice_that_is_no_string_is_described() {
    // As text, this is the same error as a missing value.
    let form = json!({"name": "a", "mode": 1});
    assert_eq!(sentences::<Form>(&form)[0], "`mode` must be a string");
}

#[test]
fn texts_in_urls_are_described() {
    use serde::de::value::{Error, MapDeserializer};

    #[derive(Debug, Deserialize)]
    #[expect(dead_code, reason = "the fields are only parsed")]
    struct Parameters {
        #[serde(deserialize_with = "parsed")]
        value: u8,
    }

    fn parsed<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u8, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(D::Error::custom)
    }

    for (value, expected) in [
        ("", "`value` must be an integer"),
        ("a", "`value` must be an integer"),
        ("256", "`value` is too large"),
    ] {
        let pairs = MapDeserializer::<_, Error>::new([("value", value)].into_iter());
        let error = serde_path_to_error::deserialize::<_, Parameters>(pairs).unwrap_err();
        assert_eq!(sentence(error), expected);
    }
}

#[test]
fn nested_fields_are_named() {
    for (json, expected) in [
        (
            json!({"name": "a", "tags": ["a", 1]}),
            "`tags[1]` must be a string",
        ),
        (
            json!({"name": "a", "inner": {"label": 1}}),
            "`inner.label` must be a string",
        ),
        (
            json!({"name": "a", "inner": {}}),
            "`inner.label` is missing",
        ),
        (
            json!({"name": "a", "inner": {"label": "a", "labl": 1}}),
            "unknown field `inner.labl`: expected `label`",
        ),
        (
            json!({"name": "a", "labels": {"b": 1}}),
            "`labels.b` must be a string",
        ),
        (
            json!({"name": "a", "variant": {"text": {"text": 1}}}),
            "`variant.text` must be a string",
        ),
    ] {
        assert_sentence(&json, expected);
    }
}

#[test]
fn missing_unknown_and_repeated_fields_are_named() {
    assert_sentence(&json!({}), "`name` is missing");
    assert_eq!(
        sentences::<Inner>(&json!({"lab`, expected `x": 1}))[0],
        "unknown field `lab`, expected `x`: expected `label`"
    );
    assert_eq!(
        sentences::<Nothing>(&json!({"label": 1}))[0],
        "unknown field `label`: expected no other fields"
    );
    let mut text = serde_json::Deserializer::from_str(r#"{"label": "a", "label": "b"}"#);
    let error = serde_path_to_error::deserialize::<_, Inner>(&mut text).unwrap_err();
    assert_eq!(sentence(error), "field `label` occurs more than once");
}

#[test]
fn whole_document_has_no_name() {
    assert_eq!(sentences::<Form>(&json!("a"))[0], "expected an object");
    assert_eq!(sentences::<Vec<u8>>(&json!("a"))[0], "expected a list");
    assert_eq!(
        sentences::<Colour>(&json!("pink"))[0],
        "expected one of `red`, `green`, `blue`"
    );
}

#[test]
fn long_names_are_shortened() {
    let long = "é".repeat(51);
    let short = "é".repeat(50);
    assert_eq!(
        sentences::<Inner>(&json!({ long.as_str(): 1 }))[0],
        format!("unknown field `{short}…`: expected `label`")
    );
    assert_eq!(
        sentences::<HashMap<String, u8>>(&json!({"a\nb": "c"}))[0],
        "`ab` must be an integer from 0 to 255"
    );
}
