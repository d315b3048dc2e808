#![doc = include_str!("../README.md")]

mod auth;
mod bearer;
mod csrf;
mod identity;
mod login;
mod origin;
mod owed;
pub mod password;
pub mod person;
mod routes;
mod schema;
mod secret_key;
mod security;
mod session;
mod session_life;
mod session_limits;
mod session_store;
mod staff;
pub mod tokens;
pub mod users;

use diesel_migrations::{EmbeddedMigrations, embed_migrations};
use unicom_db::Migrations;

pub use auth::Auth;
pub use bearer::api_tokens;
pub use csrf::csrf_protection;
pub use identity::SessionIdentity;
pub use origin::{InvalidOrigin, Origin};
pub use owed::move_owed_histories;
pub use routes::ROUTES;
pub use secret_key::{SecretKey, SecretKeyError, Weakness};
pub use session_life::SessionLife;
pub use session_limits::session_limits;
pub use session_store::{DatabaseSessions, delete_ended_sessions, has_sessions};

/// The tables of users, sessions and tokens.
pub const MIGRATIONS: Migrations = Migrations {
    sqlite: || SQLITE,
    postgres: || POSTGRES,
    tables: schema::tables,
};

const SQLITE: EmbeddedMigrations = embed_migrations!("migrations/sqlite");
const POSTGRES: EmbeddedMigrations = embed_migrations!("migrations/postgres");
