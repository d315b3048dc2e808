//! The server over HTTP: everything that a client can see of it, on both engines.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "tests fail by panicking"
)]

mod access;
mod access_log;
mod admin;
mod answer;
mod app;
mod backlog;
mod bad_input;
mod chats;
mod clicks;
mod client;
mod criteria;
mod csrf;
mod edge;

mod exposition;
mod form;
mod host;
mod idempotency;
mod late_requests;
mod limits;
mod log;
mod markup;
mod media;
mod metrics;
mod multi_channel;
mod openapi;
mod paging;
mod picture;
mod polling;
mod races;
mod raw;
mod request_ids;
mod restart;
mod rows;
mod security_log;
mod sessions;
mod slashes;
mod small_disk;
mod smuggling;
mod statements;
mod two_processes;
mod watch;

/// `both_engines!` with the tables of the server.
macro_rules! both {
    ($($tests:tt)*) => {
        unicom_testing::both_engines! {
            migrations: [unicom_db::MIGRATIONS, unicom_auth::MIGRATIONS];
            $($tests)*
        }
    };
}
pub(crate) use both;
