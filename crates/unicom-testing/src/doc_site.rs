//! The set-up of examples in documentation.

use unicom_core::admin::{Actor, Extensions, NewChannel, create_channel};
use unicom_core::{Platform, Platforms};
use unicom_models::Channel;

use crate::TestDatabase;

/// Creates a database with a channel of `platform`. Sets up the examples in the
/// documentation of the crates.
///
/// # Panics
/// Panics if the database or the channel cannot be created.
pub fn doc_site(platform: impl Platform) -> (TestDatabase, Channel) {
    let test = TestDatabase::on_any_engine(&[&unicom_db::MIGRATIONS]);
    let new = NewChannel::new(platform.kind(), "Site");
    let extensions = Extensions::default().with_platforms(Platforms::default().with(platform));
    let channel = test.write(move |tx| create_channel(tx, &Actor::COMMAND_LINE, &extensions, new));
    (test, channel)
}
