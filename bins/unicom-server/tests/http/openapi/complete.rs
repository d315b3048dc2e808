//! Tests that no route is missing from the OpenAPI document, and that the server answers every path
//! in it.

use std::fs;
use std::path::{Path, PathBuf};

use reqwest::Method;
use unicom_testing::TestDatabase;

use super::{DOCUMENT, NO_ROUTE, operations};
use crate::app::TestApp;
use crate::both;

/// Replaces every `{…}` in a path. It is refused as an unknown id of any kind, not as an unknown
/// path.
const ANYTHING: &str = "0";

both! {
    async fn document_and_routes_agree(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let program = app.program().await;
        for (path, item) in DOCUMENT["paths"].as_object().unwrap() {
            for method in ["get", "post", "put", "patch", "delete"] {
                let asked = Method::from_bytes(method.to_uppercase().as_bytes()).unwrap();
                let path = filled(path);
                for path in [path.clone(), format!("{path}/")] {
                    let answer = program.request(asked.clone(), &path).send().await;
                    let is_answered = answer.status != 405 && !answer.text().contains(NO_ROUTE);
                    let is_described = !item[method].is_null();
                    assert_eq!(is_answered, is_described, "{method} {path}: {}", answer.text());
                }
            }
        }
    }
}

fn filled(template: &str) -> String {
    let parts = template.split('/');
    let parts: Vec<&str> = parts
        .map(|part| {
            if part.starts_with('{') {
                ANYTHING
            } else {
                part
            }
        })
        .collect();
    parts.join("/")
}

/// A route that is created without `routes!`, or a list of routes that the server does not
/// describe, would be answered without being in the document.
#[test]
fn all_route_lists_are_documented() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut lists = Vec::new();
    for file in sources(&root) {
        let code = fs::read_to_string(&file).unwrap();
        let file = file.strip_prefix(&root).unwrap().display().to_string();
        for line in code.lines().map(str::trim) {
            if line.starts_with("//") {
                continue;
            }
            if let Some(name) = line.strip_suffix(": Routes = routes! {") {
                lists.push(format!("{} of {file}", name.rsplit(' ').next().unwrap()));
            }
            let makes_route = [
                ".route(",
                "web::resource(",
                " at(\"",
                "(at(\"",
                " at(&",
                "(at(&",
                "#[get(",
                "#[post(",
                "#[put(",
                "#[patch(",
                "#[delete(",
                "#[route(",
            ];
            // Files for browsers are no part of the API.
            let homes = [
                "openapi/group.rs",
                "unicom-http/src/assets/mod.rs",
                "src/demo/mod.rs",
            ];
            let is_home = homes.iter().any(|home| file.ends_with(home));
            assert!(
                is_home || !makes_route.iter().any(|way| line.contains(way)),
                "{file} makes a route without `routes!`, so that openapi.json does not have it: {line}"
            );
        }
    }
    let described = fs::read_to_string(root.join("bins/unicom-server/src/openapi.rs")).unwrap();
    let described = described.matches("        .with(").count();
    assert_eq!(
        lists.len(),
        described,
        "bins/unicom-server/src/openapi.rs does not describe each of {lists:?} once"
    );
}

/// Returns the source files of the server's crates, except unit tests.
fn sources(root: &Path) -> Vec<PathBuf> {
    let crates = fs::read_dir(root.join("crates")).unwrap();
    let crates = crates.map(|entry| entry.unwrap().path());
    let crates = crates.chain([root.join("bins/unicom-server")]);
    let mut folders: Vec<PathBuf> = crates.map(|path| path.join("src")).collect();
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).into_iter().flatten() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs")
                && !path.ends_with("tests.rs")
            {
                files.push(path);
            }
        }
    }
    files
}

/// Every line of the contract's tables is in the document: `` | `GET`, `PATCH categories/{id}/` | …
/// ``.
#[test]
fn admin_api_documentation_matches_the_document() {
    let contract = include_str!("../../../../../docs/API-ADMIN.md");
    let mut named = 0;
    for line in contract.lines().filter(|line| line.starts_with("| `")) {
        let cell = line.trim_start_matches("| ").split(" | ").next().unwrap();
        let mut methods = Vec::new();
        let mut before = String::new();
        for quoted in cell.split('`').skip(1).step_by(2) {
            let (words, path) = quoted.split_once(' ').unwrap_or((quoted, ""));
            if !["GET", "POST", "PUT", "PATCH", "DELETE"].contains(&words) {
                // `…/unblock/`: the same path with another ending.
                if let Some(end) = quoted.strip_prefix("…/") {
                    let (start, _) = before.rsplit_once('/').unwrap();
                    has("POST", &format!("{start}/{}", end.trim_end_matches('/')));
                }
                continue;
            }
            methods.push(words);
            if path.is_empty() {
                continue;
            }
            before = path.trim_end_matches('/').to_owned();
            for method in methods.drain(..) {
                has(method, &before);
                named += 1;
            }
        }
    }
    assert!(named > 40, "only {named} routes were found in the contract");
}

/// Fails if the document has no such route under `admin/`. Names of parameters are ignored.
#[track_caller]
fn has(method: &str, path: &str) {
    let bare = |path: &str| {
        let parts = path.split('/');
        let parts: Vec<&str> = parts
            .map(|part| if part.starts_with('{') { "{}" } else { part })
            .collect();
        parts.join("/")
    };
    let wanted = bare(&format!("/unicom/admin/{path}"));
    let found = operations().any(|operation| {
        bare(operation.path) == wanted && operation.method == method.to_lowercase()
    });
    assert!(found, "{method} {path} is not in the document");
}
