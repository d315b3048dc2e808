#![doc = include_str!("../README.md")]

mod both_engines;
mod clock;
pub mod conformance;
mod database;
mod doc_site;
mod fake_platform;
mod fake_s3;
pub mod postgres;
mod rows;
pub mod scripted_server;
#[cfg(feature = "postgres")]
mod template;

#[doc(hidden)]
pub use both_engines::block_on;
pub use clock::TestClock;
pub use database::TestDatabase;
pub use doc_site::doc_site;
pub use fake_platform::{FakePlatform, FakePoll, FakeProbe};
pub use fake_s3::FakeS3;
pub use rows::all_rows;
#[doc(hidden)]
pub use unicom_db::MIGRATIONS;
