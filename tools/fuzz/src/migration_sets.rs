//! The migrations of all crates that have tables.

use unicom_db::Migrations;

pub(crate) const SETS: [&Migrations; 2] = [&unicom_db::MIGRATIONS, &unicom_auth::MIGRATIONS];
