//! Tests of every route with data of another account: the response contains none of that data, and
//! is the same as for data that does not exist.

use reqwest::Method;
use serde_json::{Value, json};
use unicom_core::buttons::{Button, Buttons};

use crate::app::TestApp;
use crate::client::Client;
use crate::response::Response;

mod blocked;
mod others;
mod owner;

/// Marks all data of the owner: text, name, metadata, file name, user name.
const MARK: &str = "zanzibar";

const NOTHING: &str = "01890000-0000-7000-8000-000000000000";

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\x1f\x15\xc4\x89\0\0\0\rIDATx\xdacd\xf8\xcfP\x0f\0\x03\x86\x01\x80Z4}k\0\0\0\0IEND\xaeB`\x82zanzibar";

/// Data of the owner, or ids of the same form that do not exist.
#[derive(Clone)]
struct Resources {
    chat: String,
    message: String,
    file: String,
    button: String,
}

/// Creates the owner with all data that others must not see.
async fn owner(app: &TestApp, name: &str) -> (Client, Resources) {
    let alice = app.user(&format!("{name}-{MARK}")).await;
    let resources = resources_of(app, &alice).await;
    (alice, resources)
}

/// Has a client write, name the chat and send a file, and offers it a button. Returns the ids.
async fn resources_of(app: &TestApp, alice: &Client) -> Resources {
    let said = alice.say(&format!("text {MARK}")).await;
    let chat = said["chat_id"].as_str().unwrap().to_owned();
    let change = json!({ "name": format!("name {MARK}"), "metadata": { "key": MARK } });
    alice
        .patch(&format!("/unicom/webchat/chat/{chat}/"), change)
        .await
        .ok();
    let sent = alice.send_file(&format!("{MARK}.png"), PNG).await.ok();
    let file = sent["message"]["media_url"].as_str().unwrap().to_owned();
    let message = said["id"].as_str().unwrap().to_owned();
    let buttons = Buttons(vec![vec![Button::value(MARK, MARK)]]);
    let button = format!("{}.0.0", app.offer(&chat, buttons).await);
    Resources {
        chat,
        message,
        file,
        button,
    }
}

fn missing() -> Resources {
    Resources {
        chat: "webchat_user_999".to_owned(),
        message: NOTHING.to_owned(),
        file: format!("/unicom/media/{NOTHING}/{MARK}.png"),
        button: format!("{NOTHING}.0.0"),
    }
}

/// A route whose path or body refers to data: the request, and how it is refused.
struct Route {
    what: &'static str,
    method: Method,
    path: String,
    body: Option<Value>,
    refusal: (u16, &'static str),
}

/// Returns every route that refers to a chat, a message, a file or a button.
fn routes(resources: &Resources) -> Vec<Route> {
    let Resources {
        chat,
        message,
        file,
        button,
    } = resources;
    let one = format!("/unicom/webchat/chat/{chat}/");
    let messages = format!("/unicom/webchat/messages/?chat_id={chat}");
    let said = format!("/unicom/webchat/message/{message}/");
    let send = || "/unicom/webchat/send/".to_owned();
    let (no_chat, not_found) = ((404, "chat_not_found"), (404, "not_found"));
    let rename = || Some(json!({ "name": "mine", "is_archived": true, "metadata": { "a": 1 } }));
    let route = |what, method, path, body, refusal| Route {
        what,
        method,
        path,
        body,
        refusal,
    };
    vec![
        route(
            "send",
            Method::POST,
            send(),
            Some(json!({ "text": "hi", "chat_id": chat })),
            no_chat,
        ),
        route(
            "reply in the chat",
            Method::POST,
            send(),
            Some(json!({ "text": "hi", "chat_id": chat, "reply_to_message_id": message })),
            no_chat,
        ),
        route(
            "reply",
            Method::POST,
            send(),
            Some(json!({ "text": "hi", "reply_to_message_id": message })),
            not_found,
        ),
        route(
            "button click",
            Method::POST,
            "/unicom/webchat/button-click/".to_owned(),
            Some(json!({ "callback_execution_id": button })),
            (403, "not_your_button"),
        ),
        route("messages", Method::GET, messages.clone(), None, no_chat),
        route(
            "messages before",
            Method::GET,
            format!("{messages}&before={message}"),
            None,
            no_chat,
        ),
        route(
            "messages after",
            Method::GET,
            format!("{messages}&after={message}&order=asc"),
            None,
            no_chat,
        ),
        route("patch", Method::PATCH, one.clone(), rename(), no_chat),
        route("put", Method::PUT, one.clone(), rename(), no_chat),
        route("delete", Method::DELETE, one.clone(), None, no_chat),
        route(
            "hard delete",
            Method::DELETE,
            format!("{one}?hard_delete=true"),
            None,
            no_chat,
        ),
        route(
            "delete/",
            Method::DELETE,
            format!("{one}delete/"),
            None,
            no_chat,
        ),
        route(
            "hard delete/",
            Method::DELETE,
            format!("{one}delete/?hard_delete=true"),
            None,
            no_chat,
        ),
        route(
            "post delete/",
            Method::POST,
            format!("{one}delete/"),
            None,
            no_chat,
        ),
        route("read", Method::POST, format!("{one}read/"), None, no_chat),
        route("media", Method::GET, file.clone(), None, not_found),
        route(
            "edit",
            Method::PATCH,
            said.clone(),
            Some(json!({ "text": "mine" })),
            not_found,
        ),
        route("delete message", Method::DELETE, said, None, not_found),
    ]
}

/// Lists, which refer to no data.
const LISTS: [&str; 6] = [
    "/unicom/webchat/messages/",
    "/unicom/webchat/chats/",
    "/unicom/webchat/chats/?id=webchat_user_1",
    "/unicom/webchat/chats/?name__icontains=zanz",
    "/unicom/webchat/chats/?metadata__key=zanzibar",
    "/unicom/auth/session/",
];

async fn ask(client: &Client, route: &Route) -> Response {
    let request = client.request(route.method.clone(), &route.path);
    match &route.body {
        Some(body) => request.json(body).send().await,
        None => request.send().await,
    }
}
