//! Fuzzes paths, queries and request headers of reads: filters, cursors, pages, ids and file names.

use actix_web::http::Method;
use actix_web::http::header::{AUTHORIZATION, COOKIE, HOST};

use crate::actors::Who;
use crate::fixture;
use crate::headers::headers;
use crate::input::{first_line, first_word};
use crate::requests::Asked;
use crate::routes::method_and_target;

/// Parses the first line of the input as an actor and a request: `user GET
/// /unicom/webchat/chats?name__icontains=a&cursor={chat_cursor}`. The following lines are
/// additional headers.
pub fn filters_and_cursors(data: &[u8]) {
    let (line, rest) = first_line(data);
    let line = String::from_utf8_lossy(line);
    let (who, line) = first_word(&line);
    let who = Who::named(who);
    fixture::with(|world| {
        let methods = [Method::GET, Method::HEAD];
        let Some((method, target)) = method_and_target(&methods, line, &world.names) else {
            return;
        };
        let mut asked = Asked::new(method, target, world.people.headers(who));
        let (more, _) = headers(rest, &world.names);
        let who_asks = [COOKIE, AUTHORIZATION, HOST];
        let free = more
            .into_iter()
            .filter(|(name, _)| !who_asks.contains(name));
        asked.headers.extend(free);
        if !asked.waits() {
            world.ask(who, &asked);
        }
    });
}
