//! The migrations of every crate that has tables.

use unicom_db::Migrations;

pub(crate) const SETS: [&Migrations; 2] = [&unicom_db::MIGRATIONS, &unicom_auth::MIGRATIONS];
