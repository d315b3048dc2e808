//! The fuzz targets of unicom and the properties that they check.
//!
//! Each target is a function of bytes that panics if a property does not hold. `fuzz-targets/`
//! passes the targets to libFuzzer, which needs a nightly compiler. `tests/short` runs them over
//! the seeds and some thousand mutations, as part of all tests. The binary runs them over files.
//! `docs/FUZZING.md` has the figures.
//!
//! Targets that send an HTTP request use the routes as the server mounts them, on SQLite, with
//! existing data (`fixture`). Every response must pass the checks in `answer`, and a request that
//! was refused or only reads must not write anything.

#![expect(
    clippy::expect_used,
    reason = "whatever is not as it must be is to end the run"
)]

mod actors;
mod answer;
mod app;
mod fixture;
mod headers;
mod input;
mod migration_sets;
mod requests;
mod routes;
mod secrets;

mod bot_replies;
mod cookies_and_csrf;
mod filters_and_cursors;
mod identity_tokens;
mod images;
mod import_lines;
mod json_bodies;
mod live_connections;
mod matchers;
mod multipart;

pub use bot_replies::bot_replies;
pub use cookies_and_csrf::cookies_and_csrf;
pub use filters_and_cursors::filters_and_cursors;
pub use fixture::answers;
pub use identity_tokens::identity_tokens;
pub use images::images;
pub use import_lines::import_lines;
pub use json_bodies::json_bodies;
pub use live_connections::live_connections;
pub use matchers::matchers;
pub use multipart::multipart;

/// A function that processes an input and panics if it finds an error.
pub type Target = fn(&[u8]);

/// All targets by name.
pub const TARGETS: [(&str, Target); 10] = [
    ("json_bodies", json_bodies),
    ("multipart", multipart),
    ("filters_and_cursors", filters_and_cursors),
    ("cookies_and_csrf", cookies_and_csrf),
    ("live_connections", live_connections),
    ("matchers", matchers),
    ("images", images),
    ("bot_replies", bot_replies),
    ("import_lines", import_lines),
    ("identity_tokens", identity_tokens),
];
