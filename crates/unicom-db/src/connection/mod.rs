//! Connections to both engines, and transactions on them.

mod borrowed;
mod connection_manager;
mod db;
pub(crate) mod pool;
#[cfg(feature = "postgres")]
mod postgres;
pub(crate) mod savepoint;
mod secure_delete;
#[cfg(feature = "sqlite")]
mod sqlite;
mod synchronous;
pub(crate) mod transaction;

pub use connection_manager::ConnectionManager;
pub use db::{Db, Engine};
pub use synchronous::Synchronous;
pub use transaction::{Committed, Tx, transaction};
