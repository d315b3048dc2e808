//! Tests of the access log: one line per request, with its route, its status, and the number of the
//! user or token that sent it.

use log::Level;
use reqwest::Method;
use serde_json::json;
use unicom_server::{AccessLog, Options};
use unicom_testing::TestDatabase;

use crate::app::TestApp;
use crate::both;
use crate::log::{Line, lines_of};
use crate::response::Response;

/// Returns the access line of the request with this response. There must be exactly one.
#[track_caller]
fn access_line(answer: &Response) -> Line {
    let lines = lines_of(answer.header("x-request-id"));
    let mut lines: Vec<Line> = lines.into_iter().filter(Line::is_access).collect();
    assert_eq!(lines.len(), 1, "{lines:?}");
    lines.remove(0)
}

/// Fails unless the access line of the request with this response has this method, route and actor.
#[track_caller]
fn says(answer: &Response, method: &str, route: &str, actor: Option<&str>) {
    let line = access_line(answer);
    assert_eq!(line.level, Level::Info);
    let field = |name: &str| line.fields[name].as_str();
    assert_eq!([field("method"), field("route")], [method, route]);
    assert_eq!(field("status"), answer.status.to_string());
    assert_eq!(field("bytes"), answer.body.len().to_string());
    assert_eq!(field("request_id"), answer.header("x-request-id"));
    field("duration_us").parse::<u64>().unwrap();
    assert_eq!(line.fields.get("actor").map(String::as_str), actor);
    assert_eq!(
        line.fields.len(),
        6 + usize::from(actor.is_some()),
        "{line:?}"
    );
}

both! {
    async fn each_request_is_logged_once_with_its_route(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let user = app.user("ada").await;
        says(&user.send(json!({ "text": "hi" })).await, "POST", "/unicom/webchat/send", Some("user:1"));
        let chat = user.account_id().await;
        let page = user.get(&format!("/unicom/webchat/messages/?chat_id={chat}&limit=5")).await;
        says(&page, "GET", "/unicom/webchat/messages", Some("user:1"));
        let known = user.request(Method::GET, &format!("/unicom/webchat/messages/?chat_id={chat}&limit=5"));
        let known = known.header("If-None-Match", page.header("etag")).send().await;
        assert_eq!(known.status, 304);
        says(&known, "GET", "/unicom/webchat/messages", Some("user:1"));
        says(&user.head("/unicom/webchat/chats/").await, "HEAD", "/unicom/webchat/chats", Some("user:1"));
        let named = user.patch(&format!("/unicom/webchat/chat/{chat}/"), json!({ "name": "x" })).await;
        says(&named, "PATCH", "/unicom/webchat/chat/{chat_id}", Some("user:1"));
        let sent = user.send_file("secret-plan.png", crate::sample_images::PNG).await.ok();
        let url = sent["message"]["media_url"].as_str().unwrap();
        says(&user.get(url).await, "GET", "/unicom/media/{message_id}/{filename}", Some("user:1"));
        says(&user.get("/healthz").await, "GET", "/healthz", None);
    }

    async fn rejected_requests_are_logged(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let guest = app.guest().await;
        let send = || guest.request(Method::POST, "/unicom/webchat/send/");
        says(send().body("application/json", "{").send().await.is(400, "invalid_json"), "POST", "/unicom/webchat/send", None);
        // Requests refused by middleware, before a handler runs.
        let forged = send().csrf(Some("forged")).json(&json!({ "text": "hi" })).send().await;
        says(forged.is(403, "csrf_failed"), "POST", "/unicom/webchat/send", None);
        let stranger = app.guest().await.with_bearer("uct_wrong");
        let wrong = stranger.get("/unicom/webchat/messages/").await;
        says(wrong.is(401, "invalid_credentials"), "GET", "/unicom/webchat/messages", None);
        let missing = guest.get("/unicom/webchat/chat/x/y/z").await;
        says(missing.is(404, "not_found"), "GET", "other", None);
        let method = guest.request(Method::DELETE, "/unicom/webchat/send/").send().await;
        says(method.is(405, "method_not_allowed"), "DELETE", "/unicom/webchat/send", None);
        let method = Method::from_bytes(b"BREW").unwrap();
        says(&guest.request(method, "/pot").send().await, "other", "other", None);
    }

    async fn paths_names_addresses_and_secrets_are_not_logged(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let user = app.user("ada").await;
        let sent = user.send(json!({ "text": "the plan" })).await;
        let sent = [sent, user.send_file("plan.png", crate::sample_images::PNG).await];
        let chat = user.account_id().await;
        let asked = user.get(&format!("/unicom/webchat/messages/?chat_id={chat}&plan=1")).await;
        let lost = user.get(&format!("/unicom/plan/{chat}?plan=1")).await;
        let secrets = [user.cookie("sessionid").unwrap(), user.cookie("csrftoken").unwrap()];
        for answer in sent.iter().chain([&asked, &lost]) {
            let line = format!("{:?}", access_line(answer));
            for part in ["plan", chat.as_str(), "ada", "127.0.0.1"].into_iter().chain(secrets.iter().map(String::as_str)) {
                assert!(!line.contains(part), "`{part}` in {line}");
            }
        }
    }

    async fn access_log_can_be_disabled(db: &TestDatabase) {
        let options = Options { access_log: Some(AccessLog::Off), ..Options::default() };
        let app = TestApp::with_options(db, options).await;
        let guest = app.guest().await;
        let answer = guest.get("/unicom/webchat/messages/").await;
        assert_eq!(answer.status, 200);
        let lines = lines_of(answer.header("x-request-id"));
        assert!(!lines.iter().any(Line::is_access), "{lines:?}");
    }
}
