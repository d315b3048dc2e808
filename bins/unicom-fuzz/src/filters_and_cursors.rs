//! Paths and queries: filters, cursors, pages, ids, names of files; and what a reader's headers ask for.

use actix_web::http::Method;
use actix_web::http::header::{AUTHORIZATION, COOKIE, HOST};

use crate::actors::Who;
use crate::fixture;
use crate::headers::headers;
use crate::input::{first_line, first_word};
use crate::requests::Asked;
use crate::routes::method_and_target;

/// The input's first line says who reads what: `user GET /unicom/webchat/chats?name__icontains=a&cursor={chat_cursor}`.
/// The lines after it are further headers.
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
        world.ask(who, &asked);
    });
}
