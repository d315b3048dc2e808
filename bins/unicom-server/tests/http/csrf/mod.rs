//! Writing requests that do not prove to come from this site's pages are refused, and nothing is written.

mod origins;
mod tokens;

use reqwest::Method;
use serde_json::json;

use crate::app::PASSWORD;
use crate::client::{Client, Request};

const REFUSED: (u16, &str) = (403, "csrf_failed");

fn send(client: &Client) -> Request<'_> {
    client
        .request(Method::POST, "/unicom/webchat/send/")
        .json(&json!({ "text": "hi" }))
}

/// Every request that writes.
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
        post(&format!("{chat}read/")),
        post("/unicom/auth/register/").json(&json!({ "username": "eve", "password": PASSWORD })),
        post("/unicom/auth/login/").json(&login),
        post("/unicom/auth/logout/"),
    ]
}
