//! What measuring shares with other tools that ask a real server: starting it, HTTP over loopback, a database of its own
//! and what fills it, what a process uses, stopping early.

pub mod fill;
pub mod http;
pub mod interrupt;
pub mod launch;
pub mod process;
pub mod scratch_db;
pub mod summary;
