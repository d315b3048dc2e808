//! Fuzzes live connections: the frames of clients of WebSockets, and the cursors and parameters of
//! streams of events and of requests that wait.

mod client_frames;
mod expected;
mod server_frames;

use actix_web::http::Method;
use actix_web::http::header::{ACCEPT, HeaderName, HeaderValue};
use serde_json::Value;

use crate::actors::Who;
use crate::answer::json;
use crate::fixture::{self, Fixture};
use crate::headers::headers;
use crate::input::{choose, first_line, first_word};
use crate::requests::Asked;
use crate::routes::method_and_target;
use client_frames::client_frames;
use expected::expected;
use server_frames::ServerFrames;

/// The transports, each with what the rest of the input is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Transport {
    /// Frames, one in a line.
    Socket,
    /// Headers.
    Stream,
    /// Headers.
    LongPoll,
}

const TRANSPORTS: [(&str, Transport); 3] = [
    ("socket", Transport::Socket),
    ("stream", Transport::Stream),
    ("poll", Transport::LongPoll),
];

/// Parses the first line of the input as an actor, a transport and its parameters: `user socket 7`,
/// where 7 is the number of bytes that arrive at a time, or `user poll
/// chat_id={chat_id}&cursor={live_cursor}`. The following lines are frames (`client_frames.rs`) or
/// headers.
///
/// For sockets, checks that the server answers as RFC 6455 requires, by an independent reading of
/// the client's bytes (`expected.rs`); for the others, that a returned cursor goes on where the
/// response ended. For all of them, that data of others is not told.
pub fn live_connections(data: &[u8]) {
    let (line, rest) = first_line(data);
    let line = String::from_utf8_lossy(line);
    let (who, line) = first_word(&line);
    let (transport, parameters) = first_word(line);
    let who = Who::named(who);
    let (_, transport) = choose(&TRANSPORTS, transport, |(name, _)| *name == transport);
    fixture::with(|world| match transport {
        Transport::Socket => socket(world, who, parameters, rest),
        Transport::Stream => stream(world, who, parameters, rest),
        Transport::LongPoll => long_poll(world, who, parameters, rest),
    });
}

fn socket(world: &mut Fixture, who: Who, parameters: &str, lines: &[u8]) {
    let frames = client_frames(lines, &world.names);
    let mut asked = Asked::new(
        Method::GET,
        "/unicom/webchat/ws".parse().expect("a target"),
        world.people.headers(who),
    );
    for (name, value) in [
        ("connection", "Upgrade"),
        ("upgrade", "websocket"),
        ("sec-websocket-version", "13"),
        ("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="),
        ("sec-websocket-protocol", "unicom.v1"),
    ] {
        let name = HeaderName::from_static(name);
        asked.headers.push((name, HeaderValue::from_static(value)));
    }
    asked.piece = parameters.trim().parse().unwrap_or(usize::MAX);
    let plain = asked.clone().with_body(frames.plain);
    let answer = world.ask_plain(who, &asked.with_body(frames.bytes.clone()), &plain);
    if answer.status != 101 {
        return;
    }
    let told = ServerFrames::parse(&answer.body);
    let foreign = world.names.fill("{foreign_chat_id}");
    for frame in &told.texts {
        let is_foreign = frame["chat_id"] == foreign.as_str();
        assert!(!is_foreign || frame["type"] == "chat_gone", "tells {frame}");
    }
    expected(&frames.bytes).must_be(&told);
}

fn stream(world: &mut Fixture, who: Who, parameters: &str, lines: &[u8]) {
    let Some(asked) = events(world, who, parameters, lines, "text/event-stream") else {
        return;
    };
    let answer = world.ask(who, &asked);
    if answer.status != 200 || !answer.has_type("text/event-stream") {
        return;
    }
    // The first event is the state of what the stream follows.
    let text = std::str::from_utf8(&answer.body).expect("events are UTF-8");
    let lines: Vec<&str> = text
        .strip_suffix("\n\n")
        .expect("an event ends with an empty line")
        .split('\n')
        .collect();
    let field = |name: &str| {
        let mut found = lines.iter().filter_map(|line| line.strip_prefix(name));
        let value = found.next();
        assert!(found.next().is_none(), "a field is repeated: {text}");
        value
    };
    let data: Value = serde_json::from_str(field("data: ").expect("data")).expect("JSON");
    assert_eq!(field("event: "), data["type"].as_str());
    assert_eq!(field("id: "), data["cursor"].as_str());
    let kind = data["type"].as_str().unwrap_or_default();
    assert!(["hello", "changes", "reset"].contains(&kind), "{text}");
    if let (Some(chat_id), Some(cursor)) = (data["chat_id"].as_str(), data["cursor"].as_str()) {
        goes_on(world, who, chat_id, cursor);
    }
}

fn long_poll(world: &mut Fixture, who: Who, parameters: &str, lines: &[u8]) {
    let Some(asked) = events(world, who, parameters, lines, "application/json") else {
        return;
    };
    let answer = world.ask(who, &asked);
    if answer.status != 200 || !answer.has_type("application/json") {
        return;
    }
    let told = json(&answer);
    assert!(
        told["reset"] == false || told["items"] == serde_json::json!([]),
        "{told}"
    );
    let query = asked.target.query().unwrap_or_default();
    let mut pairs = url::form_urlencoded::parse(query.as_bytes());
    let chat_id = pairs.find(|(name, _)| name == "chat_id").expect("a chat").1;
    goes_on(
        world,
        who,
        &chat_id,
        told["cursor"].as_str().expect("a cursor"),
    );
}

/// Checks that nothing has changed since a cursor that was just returned.
fn goes_on(world: &mut Fixture, who: Who, chat_id: &str, cursor: &str) {
    let pairs = [("chat_id", chat_id), ("cursor", cursor)];
    let query = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(pairs)
        .finish();
    let target = format!("/unicom/webchat/events?{query}").parse();
    let asked = Asked::new(
        Method::GET,
        target.expect("a target"),
        world.people.headers(who),
    );
    let answer = world.ask(who, &asked);
    assert_eq!(answer.status, 200, "{cursor} is refused");
    let told = json(&answer);
    assert_eq!(told["items"], serde_json::json!([]), "since {cursor}");
    assert_eq!(
        (&told["reset"], &told["cursor"]),
        (&false.into(), &cursor.into())
    );
}

/// Builds a request for events. Returns `None` if the input is no request, or one that waits.
fn events(
    world: &Fixture,
    who: Who,
    parameters: &str,
    lines: &[u8],
    accept: &'static str,
) -> Option<Asked> {
    let line = format!("GET /unicom/webchat/events?{parameters}");
    let (method, target) = method_and_target(&[Method::GET], &line, &world.names)?;
    let mut asked = Asked::new(method, target, world.people.headers(who));
    let (more, _) = headers(lines, &world.names);
    let free = [HeaderName::from_static("last-event-id")];
    asked
        .headers
        .extend(more.into_iter().filter(|(name, _)| free.contains(name)));
    asked
        .headers
        .push((ACCEPT, HeaderValue::from_static(accept)));
    (!asked.waits()).then_some(asked)
}
