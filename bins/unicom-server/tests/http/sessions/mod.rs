//! Tests of sessions: how they begin, change and end, and what they never reveal.

mod cookies;
mod credentials;
mod expiry;
mod foreign_cookies;
mod held_bodies;
mod login;
mod names;
mod passwords;
mod pending_migrations;
mod reading;
mod registration;
mod second_session;
mod session_list;
mod visitors;

use serde_json::{Value, json};
use unicom_auth::users::{self, User};
use unicom_auth::{Scope, password, tokens};
use unicom_models::AuditEntry;

use crate::app::{PASSWORD, TestApp};
use crate::client::Client;
use crate::response::Response;

/// Changes the password of the logged-in user, which must be that of every user in tests.
async fn change_password(client: &Client, new: &str) -> Response {
    let body = json!({ "current_password": PASSWORD, "new_password": new });
    client.post("/unicom/auth/password/", body).await
}

async fn log_in(client: &Client, name: &str, password: &str) -> Response {
    let body = json!({ "username": name, "password": password });
    client.post("/unicom/auth/login/", body).await
}

async fn try_register(client: &Client, fields: Value) -> Response {
    let mut body = json!({ "username": "carol", "password": PASSWORD });
    for (name, value) in fields.as_object().unwrap() {
        body[name] = value.clone();
    }
    client.post("/unicom/auth/register/", body).await
}

impl TestApp {
    /// Creates a user as an operator can, with any password.
    async fn created(&self, new: users::NewUser, secret: &str) -> User {
        let hash = password::hash(secret).unwrap();
        let made = self
            .database()
            .write(move |tx| users::create(tx, &new, &hash));
        made.await.unwrap()
    }

    /// Creates an API token of the user. Returns a client with it.
    async fn program_for(&self, username: &str, scope: Scope) -> Client {
        let name = username.to_owned();
        let made = self.database().write(move |tx| {
            let user = users::by_name(tx, &name)?.unwrap();
            tokens::create(tx, user.id, "a test", scope, None)
        });
        let program = Client::new(self.base()).with_bearer(&made.await.unwrap().1);
        program.session().await;
        program
    }

    /// Returns the newest line of the audit trail.
    async fn newest_line(&self) -> AuditEntry {
        let found = self
            .database()
            .read(|db| unicom_db::queries::audit::list(db, None, 1));
        found.await.unwrap().remove(0)
    }
}
