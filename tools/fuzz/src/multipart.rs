//! Fuzzes multipart forms, with and without files.

use actix_web::http::Method;
use actix_web::http::header::{CONTENT_TYPE, HeaderValue};

use crate::actors::Who;
use crate::fixture;
use crate::input::{choose, first_line, first_word};
use crate::requests::Asked;

/// The routes that accept forms.
const TARGETS: [&str; 2] = [
    "/unicom/webchat/send",
    "/unicom/admin/chats/{chat_id}/messages",
];

/// Parses the first line of the input as an actor, a path, the number of bytes that arrive at a
/// time (0: all), and the content type: `user /unicom/webchat/send 0 multipart/form-data;
/// boundary=X`. The rest is the form.
pub fn multipart(data: &[u8]) {
    let (line, form) = first_line(data);
    let text = String::from_utf8_lossy(line);
    let (who, rest) = first_word(&text);
    let (target, rest) = first_word(rest);
    let (piece, kind) = first_word(rest);
    let Ok(kind) = HeaderValue::from_str(kind) else {
        return;
    };
    let who = Who::named(who);
    let target = choose(&TARGETS, target, |known| *known == target);
    fixture::with(|world| {
        let target = world.names.fill(target).parse().expect("a target");
        let headers = world.people.headers(who);
        let form = world.names.fill_bytes(form);
        let mut asked = Asked::new(Method::POST, target, headers).with_body(form);
        asked.headers.push((CONTENT_TYPE, kind));
        asked.piece = match piece.parse() {
            Ok(0) | Err(_) => usize::MAX,
            Ok(bytes) => bytes,
        };
        world.ask(who, &asked);
    });
}
