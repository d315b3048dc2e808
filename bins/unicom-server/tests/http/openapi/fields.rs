//! Tests that the described fields and parameters are those that the server reads.

use std::collections::BTreeSet;

use reqwest::Method;
use serde_json::{Value, json};
use unicom_testing::TestDatabase;

use super::{DOCUMENT, operations, properties, resolved};
use crate::app::TestApp;
use crate::both;
use crate::client::Client;

/// Returns a value that no field accepts. `bot` accepts any object, and the bot's own settings
/// refuse it.
fn wrong(name: &str) -> Value {
    match name {
        // Their kind decides what they accept, so this is neither an object nor a name.
        "bot" | "matcher" => json!(7),
        _ => json!({ "wrong": [[0.5]] }),
    }
}

/// Fields that accept any object: only a value that is not an object is wrong.
const OBJECTS: [&str; 3] = ["metadata", "config", "claims"];

both! {
    async fn documented_fields_are_read(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let program = app.program().await;
        let guest = app.guest_who_wrote("hi").await;
        let user = app.user("alice").await;
        let mut count = 0;
        for operation in operations() {
            let content = &operation.described["requestBody"]["content"]["application/json"];
            if content.is_null() || operation.path.ends_with("/reply") {
                continue;
            }
            let path = existing(&program, &guest, operation.path).await;
            // Only clients without a token register and log in, and only users have a password.
            let client = match operation.path {
                path if path.ends_with("/auth/password") => &user,
                path if path.contains("/auth/") => &guest,
                _ => &program,
            };
            let fields = properties(&content["schema"]);
            for (name, _) in &fields {
                let mut body = json!({ "text": "x", "name": "x", "title": "x", "platform": "WebChat", "kind": "echo",
                    "username": "x", "password": "x", "current_password": "x", "new_password": "x", "config": {} });
                body[*name] = if OBJECTS.contains(name) { json!(7) } else { wrong(name) };
                let method = Method::from_bytes(operation.method.to_uppercase().as_bytes()).unwrap();
                let answer = client.request(method, &path).json(&body).send().await;
                let asked = format!("{} {path}: {name}", operation.method);
                assert_eq!(answer.status, 400, "{asked}: {}", answer.text());
                assert!(answer.text().contains(name), "{asked}: {}", answer.text());
                count += 1;
            }
        }
        assert!(count > 50, "only {count} fields");
    }

    /// A list that refuses other parameters names those it accepts.
    async fn documented_parameters_are_read(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let program = app.program().await;
        let guest = app.guest_who_wrote("hi").await;
        let mut count = 0;
        for operation in operations() {
            if operation.method != "get" || !fails_with(operation.described, "unknown_filter") {
                continue;
            }
            let path = existing(&program, &guest, operation.path).await;
            let answer = program.get(&format!("{path}?nonsense=1")).await;
            let sentence = answer.is(400, "unknown_filter").json["error"].as_str().unwrap();
            let named: BTreeSet<&str> = sentence.split('`').skip(1).step_by(2).collect();
            let parameters = operation.described["parameters"].as_array().into_iter().flatten();
            for parameter in parameters.filter(|parameter| parameter["in"] == "query") {
                let name = parameter["name"].as_str().unwrap();
                let name = if name == "metadata" { "metadata__KEY" } else { name };
                assert!(named.contains(name), "{path}: `{name}` is not in: {sentence}");
                count += 1;
            }
            if operation.path.contains("/admin/") {
                let described = query_names(operation.described);
                assert_eq!(described, named, "{path}");
            }
        }
        assert!(count > 30, "only {count} parameters");
    }
}

fn query_names(operation: &'static Value) -> BTreeSet<&'static str> {
    let parameters = operation["parameters"].as_array().into_iter().flatten();
    let parameters = parameters.filter(|parameter| parameter["in"] == "query");
    parameters
        .map(|parameter| parameter["name"].as_str().unwrap())
        .collect()
}

fn fails_with(operation: &'static Value, code: &str) -> bool {
    let responses = operation["responses"].as_object().unwrap();
    responses.values().any(|response| {
        resolved(response)
            .to_string()
            .contains(&format!("\"{code}\""))
    })
}

/// Returns the path with the id of an existing object.
async fn existing(program: &Client, guest: &Client, path: &str) -> String {
    if !path.contains('{') {
        return path.to_owned();
    }
    let admin = "/unicom/admin";
    let make = async |kind: &str, body: Value| {
        let made = program.post(&format!("{admin}/{kind}/"), body).await;
        // The name of a second bot or group is taken.
        made.json.clone()
    };
    let unique = guest.session().await["csrf_token"].as_str().unwrap()[..8].to_lowercase();
    let id = match path.trim_start_matches("/unicom/").split('/').nth(1) {
        Some("channels") => {
            program.get(&format!("{admin}/channels/")).await.json["channels"][0]["id"].to_string()
        }
        Some("bots") => {
            make("bots", json!({ "name": unique, "kind": "echo" })).await;
            unique
        }
        Some("categories") => {
            text(&make("categories", json!({ "name": "c" })).await["category"]["id"])
        }
        Some("members") => text(&make("members", json!({ "name": "m" })).await["member"]["id"]),
        Some("groups") => {
            let name = format!("g{}", path.len());
            text(&make("groups", json!({ "name": name })).await["group"]["id"])
        }
        Some("chats" | "internal") => guest.account_id().await,
        Some("chat") => {
            let chat = program.post("/unicom/webchat/chats/", json!({})).await.ok();
            text(&chat["chat"]["id"])
        }
        Some("message") => text(&program.say("hi").await["id"]),
        other => panic!("nothing is known of {other:?} in {path}"),
    };
    let (start, end) = path.split_once('{').unwrap();
    format!("{start}{id}{}", end.split_once('}').unwrap().1)
}

fn text(id: &Value) -> String {
    id.as_str().unwrap().to_owned()
}

/// The fields in the contract's rows of bodies are described: `` `POST members/` | `{"name", …}`
/// ``.
#[test]
fn fields_of_the_api_documentation_are_in_the_document() {
    let contract = include_str!("../../../../../docs/API-ADMIN.md");
    let mut count = 0;
    for line in contract.lines().filter(|line| line.starts_with("| `POST ")) {
        let cells: Vec<&str> = line.split(" | ").collect();
        let path = cells[0]
            .trim_start_matches("| `POST ")
            .split('`')
            .next()
            .unwrap();
        let path = format!("/unicom/admin/{}", path.trim_end_matches('/'));
        let schema = &DOCUMENT["paths"][&path]["post"]["requestBody"]["content"]["application/json"]
            ["schema"];
        // `201 …` is the response, not the request.
        if schema.is_null() || cells[1].starts_with("201") {
            continue;
        }
        let known = properties(schema);
        let body = cells[1].split_once('{').map_or("", |(_, body)| body);
        let body = body.split('}').next().unwrap();
        for name in body
            .split('"')
            .skip(1)
            .step_by(2)
            .filter(|name| !path.ends_with(name))
        {
            assert!(
                known.iter().any(|(known, _)| known == &name),
                "{path}: `{name}`"
            );
            count += 1;
        }
    }
    assert!(count > 10, "only {count} fields");
}
