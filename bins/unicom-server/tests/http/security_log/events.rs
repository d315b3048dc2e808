//! What requests leave in the security log.

use std::collections::BTreeMap;

use log::Level;
use serde_json::json;
use unicom_server::{Options, RateLimit, RateOptions};

use crate::app::PASSWORD;
use crate::client::Client;
use crate::log::{Line, lines_of};
use crate::response::Response;

/// Stands for a pseudonym, of which only the format is checked.
pub const PSEUDONYM: &str = "*";

/// Returns the lines that the request with this response left in the security log.
pub fn events(answer: &Response) -> Vec<Line> {
    let lines = lines_of(answer.header("x-request-id"));
    let is_one = |line: &Line| line.target == "unicom::security";
    lines.into_iter().filter(is_one).collect()
}

/// Fails unless the request with this response left one event, with exactly these fields besides
/// its source and request. Returns the line.
#[track_caller]
pub fn left(answer: &Response, level: Level, event: &str, fields: &[(&str, &str)]) -> Line {
    let mut events = events(answer);
    assert_eq!(events.len(), 1, "{events:?}");
    let line = events.remove(0);
    assert_eq!(
        (line.level, line.fields["event"].as_str()),
        (level, event),
        "{line:?}"
    );
    is_pseudonym(&line.fields["source"]);
    let mut found: BTreeMap<&str, &str> = line
        .fields
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    for own in ["event", "source", "request_id"] {
        found.remove(own);
    }
    if let Some(hash) = found.get_mut("name_hash") {
        is_pseudonym(hash);
        *hash = PSEUDONYM;
    }
    assert_eq!(found, fields.iter().copied().collect(), "{line:?}");
    line
}

#[track_caller]
pub fn is_pseudonym(text: &str) {
    let is_hex = text.chars().all(|c| c.is_ascii_hexdigit());
    assert!(text.len() == 16 && is_hex, "`{text}` is no pseudonym");
}

#[track_caller]
pub fn left_none(answer: &Response) {
    assert!(events(answer).is_empty(), "{:?}", events(answer));
}

/// Returns the actor in the access line of the request with this response.
#[track_caller]
pub fn actor(answer: &Response) -> Option<String> {
    let lines = lines_of(answer.header("x-request-id"));
    let access = lines
        .iter()
        .find(|line| line.is_access())
        .expect("no access line");
    access.fields.get("actor").cloned()
}

pub async fn log_in(client: &Client, name: &str, password: &str) -> Response {
    let body = json!({ "username": name, "password": password });
    client.post("/unicom/auth/login/", body).await
}

pub async fn register(client: &Client, name: &str) -> Response {
    let body = json!({ "username": name, "password": PASSWORD });
    client.post("/unicom/auth/register/", body).await
}

pub fn few(rate: RateOptions) -> Options {
    Options {
        rate_limit: Some(RateLimit::On),
        rate,
        ..Options::default()
    }
}

/// Returns how many of these responses left an event with this name, and how many an access line.
pub fn counted(answers: &[Response], event: &str) -> (usize, usize) {
    let is_it = |answer: &&Response| {
        events(answer)
            .iter()
            .any(|line| line.fields["event"] == event)
    };
    let has_access_line = |answer: &&Response| {
        lines_of(answer.header("x-request-id"))
            .iter()
            .any(Line::is_access)
    };
    (
        answers.iter().filter(is_it).count(),
        answers.iter().filter(has_access_line).count(),
    )
}
