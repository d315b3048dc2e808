//! `Database`: the threads and queues between callers and connections.
//!
//! Reads and writes wait in bounded queues ([`job_queue`]) for threads with a connection each. On
//! SQLite, one writer thread commits many writes together ([`writer`]), short reads run on the
//! caller's thread ([`inline_reads`]), and results may be cached until the next commit
//! ([`read_cache`]). On PostgreSQL, incoming texts share a statement ([`text_batches`]), and
//! processes notify each other of new work ([`notify`]).

mod bus;
mod database;
mod inline_reads;
mod job_queue;
mod notify;
mod postgres_bus;
mod publisher;
mod read_cache;
mod read_job;
mod reply;
mod sqlite_peers;
mod text_batches;
mod write_job;
mod write_metrics;
mod write_queues;
mod writer;

pub use bus::{Bus, BusError, BusEvent};
pub use database::{Database, DatabaseOptions};
pub use reply::Reply;
