//! Tests that writing requests without proof that they come from this site's pages are refused, and
//! that they write nothing.

mod elsewhere;
mod origins;
mod tokens;

use reqwest::Method;
use serde_json::json;

use crate::app::PASSWORD;
use crate::client::{Client, Request};
use crate::openapi::documented::fits;
use crate::openapi::operations;

const REFUSED: (u16, &str) = (403, "csrf_failed");

fn send(client: &Client) -> Request<'_> {
    client
        .request(Method::POST, "/unicom/webchat/send/")
        .json(&json!({ "text": "hi" }))
}

/// Returns every writing request of a visitor.
fn writes<'a>(client: &'a Client, chat: &str) -> Vec<Request<'a>> {
    let chat = format!("/unicom/webchat/chat/{chat}/");
    let login = json!({ "username": "alice", "password": PASSWORD });
    let post = |path: &str| client.request(Method::POST, path);
    vec![
        send(client),
        post("/unicom/webchat/button-click/").json(&json!({ "callback_execution_id": "x" })),
        post("/unicom/webchat/chats/").json(&json!({ "name": "x" })),
        client
            .request(Method::PATCH, &chat)
            .json(&json!({ "name": "x" })),
        client
            .request(Method::PUT, &chat)
            .json(&json!({ "name": "x" })),
        client.request(Method::DELETE, &chat),
        client.request(Method::DELETE, &format!("{chat}?hard_delete=true")),
        post(&format!("{chat}delete/")),
        client.request(Method::DELETE, &format!("{chat}delete/")),
        post(&format!("{chat}read/")),
        post(&format!("{chat}end/")),
        post(&format!("{chat}rating/")).json(&json!({ "score": 5 })),
        post("/unicom/webchat/stream/x/stop/"),
        client
            .request(Method::PUT, "/unicom/webchat/visitor/claims/")
            .json(&json!({ "name": "x" })),
        client
            .request(Method::PATCH, "/unicom/webchat/message/x/")
            .json(&json!({ "text": "x" })),
        client.request(Method::DELETE, "/unicom/webchat/message/x/"),
        post("/unicom/auth/register/").json(&json!({ "username": "eve", "password": PASSWORD })),
        post("/unicom/auth/login/").json(&login),
        post("/unicom/auth/logout/"),
        post("/unicom/auth/logout-everywhere/"),
        post("/unicom/auth/password/").json(&json!({
            "current_password": PASSWORD, "new_password": "another pass phrase",
        })),
        client.request(Method::DELETE, "/unicom/auth/sessions/x/"),
    ]
}

/// Every operation in the OpenAPI document with a method other than `GET` is in [`writes`].
#[test]
fn all_writes_of_visitors_are_tested() {
    let client = Client::new("http://127.0.0.1");
    let writes = writes(&client, "x");
    // Visitors of other sites have tokens, which no browser sends by itself.
    let by_token = ["/unicom/webchat/visitor", "/unicom/webchat/identify"];
    let is_visitors = |path: &str| {
        if by_token.iter().any(|start| path.starts_with(start)) && !path.ends_with("/claims") {
            return false;
        }
        let mut starts = ["/unicom/webchat/", "/unicom/auth/"].iter();
        starts.any(|start| path.starts_with(start))
    };
    let mut known = 0;
    for operation in operations() {
        if operation.method == "get" || !is_visitors(operation.path) {
            continue;
        }
        let is_tried = writes.iter().any(|write| {
            let path = write.path.split('?').next().unwrap_or_default();
            write.method.as_str().to_lowercase() == operation.method && fits(operation.path, path)
        });
        let (method, path) = (operation.method, operation.path);
        assert!(is_tried, "{method} {path} is not in `writes`");
        known += 1;
    }
    assert!(known > 10, "only {known} operations were found");
}
