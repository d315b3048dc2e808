//! What unicom's services promise, through their public API, on both engines.

#![expect(
    clippy::unwrap_used,
    reason = "a test has no other way to fail than to panic"
)]

mod accounts;
mod acknowledgement;
mod at_once;
mod categorization;
mod channels;
mod chat_list;
mod clicks;
mod concurrency;
#[cfg(unix)]
mod crashes;
mod deliveries;
mod erasing;
mod explain;
mod figures;
mod history;
mod identification;
mod later_answers;
mod long_queues;
mod managing;
mod migrate_tables;
mod migration;
mod neighbours;
mod orphans;
mod outgoing;
mod own_connection;
mod paging;
mod pipeline;
mod queue;
mod queue_races;
mod reading_again;
mod retention;
mod saving;
mod schema;
mod site;
mod slow_matchers;
mod twins;
mod unread;
mod writing_order;
