//! Management of channels, categories, members and groups, and the audit trail of these changes.

mod audit;
mod categories;
mod channels;
mod members;

pub use audit::{config_for_audit, fields_set, record_audit};
pub use categories::{CategoryChange, create_category, update_category};
pub use channels::{check_channel, create_channel, update_channel, validate_channel};
pub use members::{
    GroupChange, MemberChange, create_group, create_member, join_group, update_group, update_member,
};
