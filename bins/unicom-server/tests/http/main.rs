//! Tests of the server over HTTP: everything that a client can see of it, on both engines.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "tests fail by panicking"
)]

mod access;
mod access_log;
mod admin;
mod app;
mod assets;
mod backlog;
mod bad_input;
#[path = "../fixtures/before_leases.rs"]
mod before_leases;
mod branches;
mod chats;
mod claims;
mod clicks;
mod client;
mod csrf;
mod edge;
mod edits;
mod failed_requests;
mod response;
mod success_criteria;

mod conditional_requests;
mod custom_identity;
mod html_escaping;
mod idempotency;
mod late_requests;
mod limits;
mod live;
mod log;
mod media;
mod metrics;
mod multi_channel;
mod multipart_form;
mod no_side_effects;
mod old_database;
mod openapi;
mod other_sites;
mod paging;
mod prometheus_text;
mod races;
mod raw_connection;
mod request_ids;
mod restart;
mod rows;
mod sample_images;
mod security_log;
mod sessions;
mod shown_messages;
mod small_disk;
mod smuggling;
mod statements;
mod texts;
mod trailing_slashes;
mod two_processes;
mod webhooks;

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
