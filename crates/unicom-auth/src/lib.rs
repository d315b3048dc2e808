#![doc = include_str!("../README.md")]
// What only the other engine needs is unused in a build with one engine.
#![cfg_attr(not(all(feature = "sqlite", feature = "postgres")), allow(unused))]

pub mod admin;
mod admins;
mod auth;
mod bearer;
mod browser;
mod carry_over;
mod change_password;
mod cookies;
mod cross_origin;
mod csrf;
mod current_session;
mod guessable;
mod guest_sessions;
mod identity;
pub mod identity_token;
mod login;
mod login_outcome;
mod names;
mod origin;
mod own_sessions;
pub mod password;
mod pending_migrations;
pub mod person;
mod protected;
mod request_cookies;
mod reserved;
mod routes;
mod schema;
mod scope;
mod secret_key;
mod security_events;
mod session;
mod session_life;
mod session_limits;
mod session_proof;
mod session_response;
mod session_store;
mod sessions;

pub mod tokens;
mod user;
pub mod users;
mod visitor;
mod visitor_tokens;
mod without_cookies;

use diesel_migrations::{EmbeddedMigrations, embed_migrations};
use unicom_db::Migrations;

pub use auth::Auth;
pub use carry_over::{
    CarriedOver, CarryOverError, carry_over, end_sessions_of_guests, end_user_sessions,
};
pub use cookies::{CookieNames, CustomCookieNames, InvalidCookieName};
pub use identity::SessionIdentity;
pub use origin::{InvalidOrigin, Origin};
pub use pending_migrations::migrate_pending_guests;
pub use protected::protected;
pub use routes::ROUTES;
pub use scope::{Scope, UnknownScope};
pub use secret_key::{SecretKey, SecretKeyError, Weakness};
pub use session::{Session, SessionOwner};
pub use session_life::SessionLife;
pub use session_store::{SessionStore, delete_ended_sessions, has_sessions};
pub use visitor_tokens::{SITE_ROUTES, delete_old_revocations};

/// The migrations of the tables for users, sessions and tokens.
pub const MIGRATIONS: Migrations = Migrations::new(|| SQLITE, || POSTGRES, schema::tables);

const SQLITE: EmbeddedMigrations = embed_migrations!("migrations/sqlite");
const POSTGRES: EmbeddedMigrations = embed_migrations!("migrations/postgres");
