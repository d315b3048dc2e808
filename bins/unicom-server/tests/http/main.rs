//! The server over HTTP: everything that a client can see of it, on both engines.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "tests fail by panicking"
)]

mod answer;
mod app;
mod client;
mod criteria;
mod form;
mod rows;

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
