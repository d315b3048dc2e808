//! Tests of unicom's services through their public API, on both engines.

// What only the other engine needs is unused in a build with one engine.
#![cfg_attr(not(all(feature = "sqlite", feature = "postgres")), allow(unused))]
#![expect(
    clippy::unwrap_used,
    reason = "a test has no other way to fail than to panic"
)]

mod accounts;
mod acknowledgement;
mod bot_history;
mod branches;
#[cfg(feature = "postgres")]
mod cached_plans;
mod categorization;
mod changes;
mod channels;
mod chat_list;
mod clicks;
mod clock_jumps;
mod concurrency;
mod concurrent_admins;
#[cfg(unix)]
mod crashes;
mod database_metrics;
mod deliveries;
mod erasing;
mod explain;
mod fast_path;
mod fast_path_equivalence;
mod files;
mod fixture;
mod guest_migration;
mod hand_over;
mod housekeeping;
mod identification;
mod ids_of_hosts;
mod later_answers;
#[cfg(feature = "postgres")]
mod lease_clock;
mod lease_stress;
mod long_queues;
mod management;
mod message_broker;
mod migrate_tables;
mod orphans;
mod outgoing;
mod own_connection;
mod pace;
mod paging;
mod pipeline;
mod plain_texts;
mod polling;
#[cfg(feature = "postgres-tls")]
mod postgres_tls;
mod probes;
mod queue;
mod queue_races;
mod read_cache;
mod receiving;
mod recorded;
mod retention;
mod save_message;
mod schema;
mod several_processes;
mod signals;
mod slow_matchers;
#[cfg(feature = "sqlite")]
mod sqlite_peers;
mod streams;
mod unread;
mod writing_order;
