//! Tests of `openapi.json`: it is served, complete and correct.

mod codes;
mod complete;
pub mod documented;
mod fields;
mod form;
mod served;

use std::sync::LazyLock;

use serde_json::Value;

/// The document of a server under `/unicom`.
static DOCUMENT: LazyLock<Value> = LazyLock::new(|| unicom_server::openapi("/unicom").into_json());

/// The error message for a path that no route matches.
const NO_ROUTE: &str = "no route matches this path";

/// An operation of the document.
pub struct Operation {
    pub path: &'static str,
    pub method: &'static str,
    pub described: &'static Value,
}

/// Returns every operation of the document.
pub fn operations() -> impl Iterator<Item = Operation> {
    let paths = DOCUMENT["paths"].as_object().unwrap().iter();
    paths.flat_map(|(path, item)| {
        let operations = item.as_object().unwrap().iter();
        operations.map(move |(method, described)| Operation {
            path,
            method,
            described,
        })
    })
}

/// Returns what `value` refers to if it is a reference, or else `value` itself.
fn resolved(value: &'static Value) -> &'static Value {
    match value["$ref"].as_str() {
        Some(reference) => {
            let found = DOCUMENT.pointer(reference.strip_prefix('#').unwrap());
            found.unwrap_or_else(|| panic!("nothing is at {reference}"))
        }
        None => value,
    }
}

/// Returns the properties of a schema, including those of its parts.
fn properties(schema: &'static Value) -> Vec<(&'static str, &'static Value)> {
    let schema = resolved(schema);
    let own = schema["properties"].as_object().into_iter().flatten();
    let own = own.map(|(name, property)| (name.as_str(), property));
    let parts = ["allOf", "oneOf", "anyOf"]
        .into_iter()
        .flat_map(|part| schema[part].as_array().into_iter().flatten());
    own.chain(parts.flat_map(properties)).collect()
}
