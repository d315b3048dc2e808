//! The set-up of examples in documentation.

use serde_json::json;
use unicom_core::admin::create_channel;
use unicom_core::{Bots, Platform, Platforms};
use unicom_models::Channel;

use crate::TestDatabase;

/// Creates a database with a channel of `platform`. Sets up the examples in the
/// documentation of the crates.
///
/// # Panics
/// Panics if the database or the channel cannot be created.
pub fn doc_site(platform: impl Platform) -> (TestDatabase, Channel) {
    let test = TestDatabase::on_any_engine(&[&unicom_db::MIGRATIONS]);
    let kind = platform.kind();
    let platforms = Platforms::default().with(platform);
    let channel = test.write(move |tx| {
        create_channel(tx, &platforms, &Bots::default(), &kind, "Site", &json!({}))
    });
    (test, channel)
}
