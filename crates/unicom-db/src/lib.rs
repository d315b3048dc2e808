#![doc = include_str!("../README.md")]
// What only the other engine needs is unused in a build with one engine.
#![cfg_attr(not(all(feature = "sqlite", feature = "postgres")), allow(unused))]

mod access_proofs;
mod clock;
mod connection;
mod engine;
mod error;
mod event;
pub mod files;
pub mod lookups;
mod migrations;
#[doc(hidden)]
pub mod prepared;
#[doc(hidden)]
pub mod queries;
pub mod tables;

pub use access_proofs::{AdminAccess, ChatAccess, LockedChat};
pub use clock::Clock;
pub use connection::{Committed, ConnectionManager, Db, Engine, Synchronous, Tx, transaction};
pub use engine::{Bus, BusError, BusEvent, Database, DatabaseOptions, Reply};
pub use error::DbError;
pub use event::{Event, Typing};
pub use migrations::{MIGRATIONS, Migrations};
pub use queries::chat_filters::{ChatFilters, Comparison, MetadataFilter, MetadataKey};
pub use queries::chat_list::{LastMessage, ListPosition, ListedChat};
