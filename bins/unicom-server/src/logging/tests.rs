//! Tests of the contents of a log line, whatever is logged.

use log::kv::Value;
use log::{Level, Record};
use serde_json::json;

use super::{json, text};

/// Returns the line of both formats for a message with fields.
fn lines(message: &str, fields: &[(&str, Value<'_>)]) -> (String, serde_json::Value) {
    let arguments = format_args!("{message}");
    let record = Record::builder()
        .level(Level::Warn)
        .target("unicom::test")
        .args(arguments)
        .key_values(&fields)
        .build();
    let object = json::line(&record).unwrap();
    assert!(
        !object.contains(&b'\n'),
        "{}",
        String::from_utf8_lossy(&object)
    );
    (
        text::line(&record).unwrap(),
        serde_json::from_slice(&object).unwrap(),
    )
}

#[test]
fn line_contains_message_and_fields() {
    let fields = [
        ("status", Value::from(200_u16)),
        ("took", Value::from(0.5)),
        ("below", Value::from(-1)),
        ("cold", Value::from(true)),
        ("route", Value::from("/unicom/chat/{id}")),
        ("said", Value::from("two words")),
        ("empty", Value::from("")),
    ];
    let (line, object) = lines("well", &fields);
    assert_eq!(
        line,
        "unicom::test] well status=200 took=0.5 below=-1 cold=true route=/unicom/chat/{id} said=\"two words\" empty=\"\""
    );
    assert!(object["time"].as_str().unwrap().ends_with('Z'));
    let expected = json!({
        "time": object["time"], "level": "WARN", "target": "unicom::test", "message": "well",
        "status": 200, "took": 0.5, "below": -1, "cold": true, "route": "/unicom/chat/{id}", "said": "two words",
        "empty": "",
    });
    assert_eq!(object, expected);
}

#[test]
fn values_cannot_forge_lines_or_fields() {
    let hostile = "a\r\n[2025-10-23T12:00:00.000000Z ERROR unicom] forged\u{1b}[2J\u{2028}\u{202e}\u{85}\0 level=\"x\" \\";
    let (line, object) = lines(hostile, &[("name", Value::from(hostile))]);
    assert_eq!(object["message"], hostile);
    assert_eq!(object["name"], hostile);
    let is_harmful = |c: char| c.is_control() || ['\u{2028}', '\u{202e}'].contains(&c);
    assert!(!line.contains(is_harmful), "{line:?}");
    // The value is quoted, and the quotes in it are escaped.
    let (_, value) = line.split_once(" name=\"").unwrap();
    let value = value.strip_suffix('"').unwrap();
    assert!(
        value.contains(r#"\r\n[2025"#) && value.contains(r#"level=\"x\" \\"#),
        "{value}"
    );
    assert!(
        !value.replace("\\\\", "").replace("\\\"", "").contains('"'),
        "{value}"
    );
}

#[test]
fn fields_do_not_override_reserved_keys() {
    let (_, object) = lines(
        "well",
        &[("level", Value::from("fine")), ("time", Value::from(1))],
    );
    assert_eq!(
        (&object["level"], &object["level_"]),
        (&json!("WARN"), &json!("fine"))
    );
    assert_eq!(object["time_"], 1);
}
