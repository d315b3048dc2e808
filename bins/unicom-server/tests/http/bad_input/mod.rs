//! Tests that bad input of every kind gets a 4xx status and an error that names the field, and
//! leaves no row and no file behind.

mod chats;
mod duplicates;
mod encodings;
mod filters;
mod form_parts;
mod forms;
mod ids;
mod ignored;
mod limits;
mod metadata;
mod paths;
mod queries;
mod send;

use reqwest::Method;

use crate::client::{Client, Request};

const SEND: &str = "/unicom/webchat/send/";

/// A valid id that does not exist.
const NOTHING: &str = "01890000-0000-7000-8000-000000000000";

fn post<'a>(client: &'a Client, path: &str, body: &str) -> Request<'a> {
    client
        .request(Method::POST, path)
        .body("application/json", body.to_owned())
}
