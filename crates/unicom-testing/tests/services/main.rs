//! What unicom's services promise, through their public API, on both engines.

#![expect(
    clippy::unwrap_used,
    reason = "a test has no other way to fail than to panic"
)]

mod accounts;
mod acknowledgement;
mod channels;
mod chat_list;
mod concurrency;
mod deliveries;
mod explain;
mod migrate_tables;
mod migration;
mod outgoing;
mod paging;
mod pipeline;
mod queue;
mod saving;
mod schema;
mod site;
mod unread;
