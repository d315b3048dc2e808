//! `openapi.json`: that it is served, that nothing is missing from it, and that it is right.

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

/// What says that no route has the path.
const NO_ROUTE: &str = "there is nothing at this address";

/// An operation of the document.
pub struct Operation {
    pub path: &'static str,
    pub method: &'static str,
    pub described: &'static Value,
}

/// Every operation of the document.
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

/// What `value` refers to, where it does, else itself.
fn resolved(value: &'static Value) -> &'static Value {
    match value["$ref"].as_str() {
        Some(reference) => {
            let found = DOCUMENT.pointer(reference.strip_prefix('#').unwrap());
            found.unwrap_or_else(|| panic!("nothing is at {reference}"))
        }
        None => value,
    }
}

/// The properties of a schema, those of its parts included.
fn properties(schema: &'static Value) -> Vec<(&'static str, &'static Value)> {
    let schema = resolved(schema);
    let own = schema["properties"].as_object().into_iter().flatten();
    let own = own.map(|(name, property)| (name.as_str(), property));
    let parts = ["allOf", "oneOf", "anyOf"]
        .into_iter()
        .flat_map(|part| schema[part].as_array().into_iter().flatten());
    own.chain(parts.flat_map(properties)).collect()
}
