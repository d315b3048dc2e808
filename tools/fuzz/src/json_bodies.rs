//! Fuzzes JSON bodies for every route that accepts one.

use actix_web::http::header::CONTENT_TYPE;
use actix_web::http::header::HeaderValue;

use crate::actors::Who;
use crate::fixture;
use crate::input::{first_line, first_word};
use crate::requests::Asked;
use crate::routes::{Route, routes};

/// Parses the first line of the input as an actor and a route: `admin POST /unicom/admin/channels`.
/// The rest is the body.
///
/// Every first line selects some actor and some route.
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
        // The body may contain names as well.
        let body = world.names.fill_bytes(body);
        world.ask(who, &asked.with_body(body));
    });
}
