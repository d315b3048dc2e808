//! Tests that the document is well-formed OpenAPI 3.1, as far as can be checked without its schema.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{DOCUMENT, operations, resolved};

#[test]
fn references_resolve() {
    fn follow(value: &'static Value, count: &mut usize) {
        match value {
            Value::Object(fields) => {
                *count += usize::from(fields.contains_key("$ref"));
                resolved(value);
                fields.values().for_each(|value| follow(value, count));
            }
            Value::Array(values) => values.iter().for_each(|value| follow(value, count)),
            _ => {}
        }
    }
    let mut count = 0;
    follow(&DOCUMENT, &mut count);
    assert!(count > 300, "only {count} references");
}

#[test]
fn schemas_are_valid_json_schema() {
    assert_eq!(DOCUMENT["openapi"], "3.1.0");
    for (name, schema) in DOCUMENT["components"]["schemas"].as_object().unwrap() {
        let with_parts = json!({ "allOf": [schema], "components": DOCUMENT["components"] });
        let made = jsonschema::draft202012::new(&with_parts);
        assert!(made.is_ok(), "{name}: {:?}", made.err());
    }
}

#[test]
fn operations_are_complete() {
    let mut ids = BTreeSet::new();
    for operation in operations() {
        let asked = format!("{} {}", operation.method, operation.path);
        let described = operation.described;
        let id = described["operationId"].as_str().unwrap();
        assert!(ids.insert(id), "{asked}: `{id}` is another's");
        assert!(described["summary"].is_string(), "{asked}: no summary");
        let responses = described["responses"].as_object().unwrap();
        assert!(
            // A socket is opened with 101.
            responses
                .keys()
                .any(|status| status.starts_with('2') || status == "101"),
            "{asked}"
        );
        assert!(responses.values().all(|response| {
            let description = &resolved(response)["description"];
            description.as_str().is_some_and(|text| !text.is_empty())
        }));

        let parameters = described["parameters"].as_array().into_iter().flatten();
        let declared: BTreeSet<&str> = parameters
            .filter(|parameter| parameter["in"] == "path" && parameter["required"] == true)
            .map(|parameter| parameter["name"].as_str().unwrap())
            .collect();
        let in_path = operation.path.split('/').filter_map(|part| {
            let name = part.strip_prefix('{')?;
            name.strip_suffix('}')
        });
        assert_eq!(declared, in_path.collect(), "{asked}");

        for way in described["security"].as_array().into_iter().flatten() {
            for name in way.as_object().unwrap().keys() {
                let scheme = &DOCUMENT["components"]["securitySchemes"][name];
                assert!(scheme["type"].is_string(), "{asked}: `{name}`");
            }
        }
    }
}

/// `limit` has no maximum: values below 1 are refused, and values above the largest page count as
/// the largest page.
#[test]
fn page_limits_are_documented_correctly() {
    let parameters =
        operations().flat_map(|one| one.described["parameters"].as_array().into_iter().flatten());
    let limits: Vec<_> = parameters.filter(|one| one["name"] == "limit").collect();
    assert!(limits.len() > 5, "only {}", limits.len());
    for limit in limits {
        assert_eq!(
            limit["schema"],
            json!({ "type": "integer", "minimum": 1 }),
            "{limit}"
        );
    }
}

/// Every writing request proves who sends it, or that it comes from this site's page.
#[test]
fn writing_operations_require_authentication() {
    // The proof of a provider is different for each platform. Visitors of other sites get theirs.
    let proves_later = |path: &str| {
        let paths = [
            "/unicom/hooks/",
            "/unicom/webchat/visitor",
            "/unicom/webchat/identify",
        ];
        paths.iter().any(|start| path.starts_with(start))
    };
    let writes =
        operations().filter(|operation| operation.method != "get" && !proves_later(operation.path));
    for operation in writes {
        let ways = operation.described["security"].as_array().unwrap();
        assert!(
            ways.iter().all(|way| way["csrf_header"].is_array()
                || way["api_token"].is_array()
                || way["visitor_token"].is_array()
                || way["request_token"].is_array()),
            "{} {}",
            operation.method,
            operation.path
        );
    }
}
