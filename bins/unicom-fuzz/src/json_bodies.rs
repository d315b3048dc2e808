//! JSON bodies, to every route that takes one.

use actix_web::http::header::CONTENT_TYPE;
use actix_web::http::header::HeaderValue;

use crate::actors::Who;
use crate::fixture;
use crate::input::{first_line, first_word};
use crate::requests::Asked;
use crate::routes::{Route, routes};

/// The input's first line says who asks and what: `staff POST /unicom/admin/channels`; the rest is the body.
///
/// Whatever the words of that line, it comes to somebody and some route.
pub fn json_bodies(data: &[u8]) {
    let (line, body) = first_line(data);
    let line = String::from_utf8_lossy(line);
    let (who, route) = first_word(&line);
    let who = Who::named(who);
    let route = Route::of(&routes(|route| route.takes_json), route);
    fixture::with(|world| {
        let mut asked = Asked::new(
            route.method.clone(),
            route.target(&world.names),
            world.people.headers(who),
        );
        asked
            .headers
            .push((CONTENT_TYPE, HeaderValue::from_static("application/json")));
        // Ids may stand in the body as well.
        let body = world.names.fill_bytes(body);
        world.ask(who, &asked.with_body(body));
    });
}
