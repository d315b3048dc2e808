//! Corrects what utoipa cannot derive from the types: required response fields, parameters that are
//! never null, and optional bodies.

use std::collections::BTreeSet;

use serde_json::{Value, json};

const SCHEMAS: &str = "#/components/schemas/";

/// Marks every field of schemas that are used only in responses as required: fields without a value
/// are `null`, except optional ones that may not be `null`. Removes unused schemas.
pub(super) fn schemas(document: &mut Value) {
    let (mut sent, mut used) = (BTreeSet::new(), BTreeSet::new());
    let operations = document["paths"].as_object().into_iter().flatten();
    for (_, operation) in operations.flat_map(|(_, item)| item.as_object().into_iter().flatten()) {
        reach(document, &operation["requestBody"], &mut sent);
    }
    reach(document, &document["paths"], &mut used);
    reach(document, &document["components"]["responses"], &mut used);
    if let Some(schemas) = document["components"]["schemas"].as_object_mut() {
        schemas.retain(|name, _| used.contains(name));
        let answered = schemas.iter_mut().filter(|(name, _)| !sent.contains(*name));
        answered.for_each(|(_, schema)| require_all(schema));
    }
}

/// Removes `null` from the types of parameters: a parameter is left out or has a value.
pub(super) fn parameters(parameters: &mut Value) {
    for parameter in parameters.as_array_mut().into_iter().flatten() {
        let Some(schema) = parameter.get_mut("schema") else {
            continue;
        };
        if let Some(Value::Array(types)) = schema.get_mut("type") {
            types.retain(|name| name != "null");
            if let [only] = types.as_slice() {
                schema["type"] = only.clone();
            }
        }
        if let Some(Value::Array(choices)) = schema.get_mut("oneOf") {
            choices.retain(|choice| choice["type"] != "null");
            if let [only] = choices.as_slice() {
                *schema = only.clone();
            }
        }
    }
}

/// Marks request bodies without required fields as optional: an empty body counts as an empty
/// object.
pub(super) fn bodies(document: &mut Value) {
    let needs = |schema: &Value| {
        let name = schema["$ref"].as_str().unwrap_or_default();
        let named = document.pointer(name.trim_start_matches('#'));
        let schema = named.unwrap_or(schema);
        let parts = schema["allOf"].as_array().into_iter().flatten();
        let mut schemas = parts.chain([schema]);
        // A choice between several schemas requires a body.
        schema["oneOf"].is_array() || schemas.any(|schema| schema["required"].is_array())
    };
    let mut optional = Vec::new();
    for (path, item) in document["paths"].as_object().into_iter().flatten() {
        for (method, operation) in item.as_object().into_iter().flatten() {
            let content = operation["requestBody"]["content"].as_object();
            if content.is_some_and(|content| !content.values().any(|kind| needs(&kind["schema"]))) {
                optional.push((path.clone(), method.clone()));
            }
        }
    }
    for (path, method) in optional {
        document["paths"][path][method]["requestBody"]["required"] = false.into();
    }
}

/// Collects the names of the schemas that `value` uses, directly or through other schemas.
fn reach(document: &Value, value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) => {
            for (key, value) in fields {
                let name = value.as_str().and_then(|name| name.strip_prefix(SCHEMAS));
                match name.filter(|_| key == "$ref") {
                    Some(name) if found.insert(name.to_owned()) => {
                        reach(document, &document["components"]["schemas"][name], found);
                    }
                    Some(_) => {}
                    None => reach(document, value, found),
                }
            }
        }
        Value::Array(values) => values
            .iter()
            .for_each(|value| reach(document, value, found)),
        _ => {}
    }
}

fn require_all(schema: &mut Value) {
    match schema {
        Value::Object(fields) => {
            if let Some(Value::Object(properties)) = fields.get("properties") {
                let required = fields.get("required").cloned().unwrap_or_default();
                let is_required = |name: &str| {
                    let mut names = required.as_array().into_iter().flatten();
                    names.any(|required| required == name)
                };
                let is_sent = |(name, schema): &(&String, &Value)| {
                    is_required(name) || schema.to_string().contains("\"null\"")
                };
                let names: Vec<String> = properties
                    .iter()
                    .filter(is_sent)
                    .map(|(name, _)| name.clone())
                    .collect();
                fields.insert("required".to_owned(), json!(names));
            }
            fields.values_mut().for_each(require_all);
        }
        Value::Array(values) => values.iter_mut().for_each(require_all),
        _ => {}
    }
}
