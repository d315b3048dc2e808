//! The security log: logins, refusals and reads by admins (ASVS 5.0, 16.3).

mod event;
mod fields;
pub(crate) mod line_limit;
mod sources;

pub use event::SecurityEvent;
pub(crate) use event::note_reading;
pub use fields::SECURITY_LOG;
pub use sources::Sources;
