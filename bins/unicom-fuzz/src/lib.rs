//! What unicom's fuzz targets do with their input, and what must then hold.
//!
//! Each target is a function of bytes that panics where something is wrong. `fuzz/` hands them to libFuzzer, which needs a
//! nightly compiler; `tests/short` runs them over the seeds and some thousand changes of these, as a part of all
//! tests; the binary runs them over files. `docs/FUZZING.md` has the figures.
//!
//! Those that end in an HTTP request send it to the routes as the server mounts them, on SQLite, with people and things
//! that are there already (`world`). Whatever the request, `answer` says what its answer must be, and who was
//! refused or only read has written nothing.

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
mod images;
mod import_lines;
mod json_bodies;
mod matchers;
mod multipart;

pub use bot_replies::bot_replies;
pub use cookies_and_csrf::cookies_and_csrf;
pub use filters_and_cursors::filters_and_cursors;
pub use fixture::answers;
pub use images::images;
pub use import_lines::import_lines;
pub use json_bodies::json_bodies;
pub use matchers::matchers;
pub use multipart::multipart;

/// What does something with an input, and panics where that goes wrong.
pub type Target = fn(&[u8]);

/// Every target, by its name.
pub const TARGETS: [(&str, Target); 8] = [
    ("json_bodies", json_bodies),
    ("multipart", multipart),
    ("filters_and_cursors", filters_and_cursors),
    ("cookies_and_csrf", cookies_and_csrf),
    ("matchers", matchers),
    ("images", images),
    ("bot_replies", bot_replies),
    ("import_lines", import_lines),
];
