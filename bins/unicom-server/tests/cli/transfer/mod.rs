//! Tests of `unicom export` and `unicom import`.

mod bad_exports;
mod moving;

use serde_json::{Map, Value};

use crate::workspace::{Run, Workspace, has};

pub fn footer_of(export: &str) -> String {
    export.lines().last().unwrap().to_owned()
}

pub fn export(home: &Workspace) -> String {
    let Run { code, out, err } = home.run(&["export"]);
    assert_eq!(code, Some(0), "{err}");
    has(&err, &["exported "]);
    out
}

/// Asserts that two exports are equal, apart from the time of the export.
#[track_caller]
pub fn assert_same(one: &str, other: &str) {
    let head = |text: &str| {
        let mut head: Value = serde_json::from_str(text.lines().next().unwrap()).unwrap();
        head["exported_at"].take();
        head
    };
    assert_eq!(head(one), head(other));
    for (one, other) in one.lines().zip(other.lines()).skip(1) {
        assert_eq!(one, other);
    }
    assert_eq!(one.lines().count(), other.lines().count());
}

pub fn rows(home: &Workspace) -> u64 {
    let export = export(home);
    let footer: Value = serde_json::from_str(&footer_of(&export)).unwrap();
    let rows = footer["footer"]["rows"].as_object().unwrap();
    rows.values().map(|count| count.as_u64().unwrap()).sum()
}

pub fn exported_rows(export: &str) -> impl Iterator<Item = (String, Map<String, Value>)> {
    export.lines().filter_map(|line| {
        let line: Value = serde_json::from_str(line).unwrap();
        let table = line["table"].as_str()?.to_owned();
        Some((table, line["row"].as_object().unwrap().clone()))
    })
}
