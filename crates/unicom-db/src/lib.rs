#![doc = include_str!("../README.md")]

mod access;
mod alone;
mod brief;
mod connection;
mod database;
mod error;
mod event;
pub mod figures;
pub mod files;
mod lane;
mod memory;
mod migrations;
pub mod named;
mod neighbours;
mod overwriting;
mod pool;
pub mod queries;
mod queues;
mod reply;
mod savepoint;
mod statement;
mod tables;
mod tally;
mod transaction;
pub mod transfer;
mod writer;

pub use access::{ChatAccess, StaffAccess};
pub use alone::Alone;
pub use connection::{Db, Engine};
pub use database::{Database, DatabaseOptions, Synchronous};
pub use error::DbError;
pub use event::Event;
pub use migrations::{MIGRATIONS, Migrations};
pub use reply::Reply;
pub use tables::Table;
pub use transaction::{Committed, Tx, transaction};
