#![doc = include_str!("../README.md")]

mod access_proofs;
mod connection;
mod engine;
mod error;
mod event;
pub mod files;
mod migrations;
pub mod prepared;
pub mod queries;
mod tables;
pub mod transfer;

pub use access_proofs::{AdminAccess, ChatAccess};
pub use connection::{Committed, Db, Engine, SingleStatement, Synchronous, Tx, transaction};
pub use engine::{Database, DatabaseOptions, Reply};
pub use error::DbError;
pub use event::Event;
pub use migrations::{MIGRATIONS, Migrations};
pub use tables::Table;
