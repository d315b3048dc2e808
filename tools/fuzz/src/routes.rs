//! The server's routes, from its OpenAPI document: new routes are fuzzed without being listed here.

use std::sync::LazyLock;

use actix_web::http::{Method, Uri};
use serde_json::Value;

use crate::app::BASE;
use crate::input::{Names, choose, first_word};

/// A route and one of its methods.
pub(crate) struct Route {
    pub method: Method,
    /// The path, with parameter names in braces.
    pub path: String,
    pub takes_json: bool,
}

static ROUTES: LazyLock<Vec<Route>> = LazyLock::new(|| {
    let document = unicom_server::openapi(BASE).into_json();
    let paths = document["paths"].as_object().into_iter().flatten();
    let operations = paths.flat_map(|(path, item)| {
        let operations = item.as_object().into_iter().flatten();
        operations.filter_map(move |(method, described)| route(method, path, described))
    });
    operations.collect()
});

fn route(method: &str, path: &str, described: &Value) -> Option<Route> {
    Some(Route {
        method: method.to_uppercase().parse().ok()?,
        path: path.to_owned(),
        takes_json: described["requestBody"]["content"]["application/json"].is_object(),
    })
}

/// Returns the routes for which `is_wanted` is true.
///
/// # Panics
///
/// Panics if there are none.
pub(crate) fn routes(is_wanted: impl Fn(&Route) -> bool) -> Vec<&'static Route> {
    let found: Vec<_> = ROUTES.iter().filter(|route| is_wanted(route)).collect();
    assert!(!found.is_empty(), "there are no such routes");
    found
}

impl Route {
    /// Returns the one of `routes` that `line` names as `METHOD PATH`, or else one that depends
    /// only on `line`.
    pub fn of(routes: &[&'static Self], line: &str) -> &'static Self {
        let (method, path) = first_word(line);
        let is_named =
            |route: &&'static Self| route.method.as_str() == method && route.path == path;
        let chosen: &&'static Self = choose(routes, line, is_named);
        chosen
    }

    /// Returns the path with the ids of existing data.
    pub fn target(&self, names: &Names) -> Uri {
        let path = with_kinds(&self.path);
        let target = names.fill(&path).parse();
        target.unwrap_or_else(|error| panic!("{path}: {error}"))
    }
}

/// Replaces `{id}` by a name of its kind, for example by `{channel_id}` if it follows `channels/`.
pub(crate) fn with_kinds(path: &str) -> String {
    let mut parts: Vec<String> = Vec::new();
    for part in path.split('/') {
        let kind = parts.last().map_or("", String::as_str);
        parts.push(match part {
            "{id}" if kind == "categories" => "{category_id}".to_owned(),
            "{id}" => format!("{{{}_id}}", kind.strip_suffix('s').unwrap_or(kind)),
            "{name}" => "{bot}".to_owned(),
            part => part.to_owned(),
        });
    }
    parts.join("/")
}

/// Parses `METHOD TARGET`. The method is one of `methods` and the target is the path and query of a
/// URL.
pub(crate) fn method_and_target(
    methods: &[Method],
    line: &str,
    names: &Names,
) -> Option<(Method, Uri)> {
    let (method, target) = first_word(line);
    let method = choose(methods, method, |known| known.as_str() == method);
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let target = format!("{}?{query}", with_kinds(path));
    let target: Uri = escaped(&names.fill(&target)).parse().ok()?;
    target
        .path()
        .starts_with('/')
        .then(|| (method.clone(), target))
}

/// Percent-encodes the characters that a URL must not contain.
fn escaped(text: &str) -> String {
    let stands = |byte: u8| byte.is_ascii_graphic() && !br#""<>\^`{|}"#.contains(&byte);
    let bytes = text.bytes().map(|byte| match byte {
        byte if stands(byte) => char::from(byte).to_string(),
        byte => format!("%{byte:02X}"),
    });
    bytes.collect()
}
