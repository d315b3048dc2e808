#![doc = include_str!("../README.md")]

mod access;
mod alone;
mod brief;
mod connection;
mod database;
mod error;
mod event;
mod lane;
mod memory;
mod migrations;
pub mod named;
mod neighbours;
mod pool;
pub mod queries;
mod reply;
mod savepoint;
mod statement;
mod transaction;
mod writer;

pub use access::{ChatAccess, StaffAccess};
pub use alone::Alone;
pub use connection::{Db, Engine};
pub use database::{Database, DatabaseOptions, Synchronous};
pub use error::DbError;
pub use event::Event;
pub use migrations::{MIGRATIONS, Migrations};
pub use reply::Reply;
pub use transaction::{Committed, Tx, transaction};
