//! Database queries, one module per noun. None opens a transaction: reads take `&mut Db`, writes
//! take `&mut Tx`.
//!
//! They are public for the crates of unicom only, and may change in any version. Host applications
//! use [`lookups`](crate::lookups) and the functions of `unicom-core` and `unicom-webchat`.

/// Returns the first row of a query, locked until the transaction ends, so that no other one can
/// change it. SQLite has one writer at a time and needs no lock.
macro_rules! lock_first {
    ($tx:expr, $query:expr) => {{
        let db: &mut $crate::Db = $tx;
        $crate::by_engine!(
            db,
            Postgres(conn) => $query.for_no_key_update().first(conn).optional(),
            Sqlite(conn) => $query.first(conn).optional(),
        )
    }};
}

pub mod account_tombstones;
pub mod accounts;
pub mod addresses;
pub mod append_outgoing;
pub mod append_texts;
pub mod audit;
pub mod bots;
pub mod branches;
pub mod categories;
pub mod change_numbers;
pub mod changes;
pub mod channel_holds;
pub mod channel_state;
pub mod channels;
pub mod chat_access;
pub mod chat_counters;
pub mod chat_filters;
pub mod chat_list;
pub mod chats;
pub mod clock_jumps;
pub mod data_export;
pub(crate) mod decimal;
pub mod deliveries;
pub mod erasure;
pub mod files;
pub mod first_contact;
pub mod groups;
pub mod guest_files;
pub mod guest_migration;
pub mod history;
pub mod holders;
pub mod leases;
pub mod members;
pub mod message_details;
pub mod message_edits;
pub mod message_status;
pub mod messages;
mod metadata_condition;
pub mod provider_messages;
pub mod queue;
pub mod ratings;
pub mod read_positions;
pub mod receipts;
pub mod requests;
pub mod retention;
pub(crate) mod search;
pub mod streams;
pub mod visitor_access;
pub mod work;
