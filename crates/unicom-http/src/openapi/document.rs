//! `Document`: assembles the OpenAPI document from the descriptions of routes.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use utoipa::PartialSchema;

use super::error_responses::{CODES, kinds};
use super::group::{RouteOperation, Routes};
use super::{postprocess, responses};
use crate::error::{Failure, Kind};

const INTRODUCTION: &str = "\
    Every path works with and without its trailing slash, and HEAD like GET without a body. \
    A success has `\"success\": true`; an error has a sentence for people and a stable code. \
    Times are RFC 3339 in UTC with microseconds. In bodies, `null` counts as missing unless the field says otherwise, \
    and unknown fields are ignored unless the body says otherwise.";

/// A description of routes, served as `openapi.json`.
#[derive(Debug, Default)]
pub struct Document {
    paths: Map<String, Value>,
    schemas: BTreeMap<String, Value>,
    failures: BTreeMap<String, Value>,
    schemes: Map<String, Value>,
}

/// The middleware around a list of routes: how it authenticates requests and with which errors it
/// refuses them.
#[derive(Debug, Clone, Copy, Default)]
pub struct RequestContext {
    /// Failures of all methods, as returned by [`error_kinds`](super::error_kinds).
    pub fails: u64,
    /// Additional failures of methods that write.
    pub fails_writing: u64,
    /// The alternative ways to authenticate when reading. Each is a set of [`Scheme`]s that are
    /// required together. Empty if no authentication is required.
    pub reading: &'static [&'static [Scheme]],
    /// The alternative ways to authenticate when writing, in the form of `reading`.
    pub writing: &'static [&'static [Scheme]],
}

/// An authentication scheme.
#[derive(Debug, Clone, Copy)]
pub struct Scheme {
    /// The name of the scheme in the document.
    pub name: &'static str,
    /// The location (`header` or `cookie`) and name of the key, or `None` for `Authorization:
    /// Bearer …`.
    pub key: Option<(&'static str, &'static str)>,
    /// A description for people.
    pub description: &'static str,
    /// Returns the scope that a method and path of the list require. `None` if there are no scopes.
    pub scope: Option<fn(method: &str, path: &str) -> &'static str>,
}

impl Document {
    /// Adds routes that are mounted under `base`.
    #[must_use]
    pub fn with(mut self, base: &str, routes: Routes, context: RequestContext) -> Self {
        for described in (routes.describe)() {
            self.add(base, described, context);
        }
        let schemes = context.reading.iter().chain(context.writing).copied();
        for scheme in schemes.flatten() {
            self.schemes
                .insert(scheme.name.to_owned(), scheme.to_json());
        }
        self
    }

    fn add(&mut self, base: &str, described: RouteOperation, context: RequestContext) {
        for (name, schema) in described.schemas {
            self.schemas.insert(name, json!(schema));
        }
        let (own, path) = (described.path.clone(), format!("{base}{}", described.path));
        let item = self.paths.entry(path).or_insert_with(|| json!({}));
        let mut operation = json!(described.operation);
        if let Some(parameters) = operation.get_mut("parameters") {
            postprocess::parameters(parameters);
        }
        let id = operation["operationId"].clone();
        for (index, method) in described.methods.iter().enumerate() {
            let method = json!(method);
            let method = method.as_str().unwrap_or_default();
            let reads = method == "get";
            operation["operationId"] = match (index, id.as_str()) {
                (1.., Some(id)) => json!(format!("{id}_by_{method}")),
                _ => id.clone(),
            };
            let mut operation = operation.clone();
            context.wrap(&mut operation, (method, &own), reads, &mut self.failures);
            item[method] = operation;
        }
    }

    /// Converts the document to JSON.
    pub fn into_json(self) -> Value {
        let Self {
            paths,
            mut schemas,
            failures,
            schemes,
        } = self;
        schemas.insert("Failure".to_owned(), json!(Failure::schema()));
        schemas.insert("FailureCode".to_owned(), json!(Kind::schema()));
        let mut document = json!({
            "openapi": "3.1.0",
            "info": {
                "title": "unicom",
                "description": INTRODUCTION,
                "version": env!("CARGO_PKG_VERSION"),
                "license": { "name": "MIT OR Apache-2.0", "identifier": env!("CARGO_PKG_LICENSE") },
            },
            "paths": paths,
            "components": {
                "schemas": schemas, "responses": failures, "securitySchemes": schemes,
            },
        });
        postprocess::schemas(&mut document);
        postprocess::bodies(&mut document);
        document
    }
}

impl RequestContext {
    /// Adds the authentication and the failures of the middleware to an operation.
    fn wrap(
        self,
        operation: &mut Value,
        (method, path): (&str, &str),
        reads: bool,
        shared: &mut BTreeMap<String, Value>,
    ) {
        let (ways, mut failures) = if reads {
            (self.reading, self.fails)
        } else {
            (self.writing, self.fails | self.fails_writing)
        };
        if !ways.is_empty() {
            let together = |way: &&[Scheme]| {
                let schemes = way.iter().map(|scheme| {
                    let scopes: Vec<&str> = scheme.scope.iter().map(|f| f(method, path)).collect();
                    (scheme.name.to_owned(), json!(scopes))
                });
                schemes.collect::<Map<String, Value>>()
            };
            operation["security"] = ways.iter().map(together).collect();
        }
        failures |= super::error_kinds(&[Kind::Internal]);
        let mut codes: Vec<&str> = kinds(failures).map(Kind::code).collect();
        let own = operation["responses"].as_object_mut().into_iter().flatten();
        let own: Vec<String> = own
            .filter_map(|(_, response)| response.as_object_mut()?.remove(CODES))
            .filter_map(|codes| serde_json::from_value::<Vec<String>>(codes).ok())
            .flatten()
            .collect();
        codes.extend(own.iter().map(String::as_str));
        responses::add_failures(&mut operation["responses"], shared, &codes);
    }
}

impl Scheme {
    fn to_json(self) -> Value {
        match self.key {
            Some((place, name)) => json!({
                "type": "apiKey", "in": place, "name": name, "description": self.description,
            }),
            None => json!({ "type": "http", "scheme": "bearer", "description": self.description }),
        }
    }
}
