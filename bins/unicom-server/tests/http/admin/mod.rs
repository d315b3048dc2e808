//! Tests of the admin routes: who may use them, what they do, and what they refuse.

mod accounts;
mod audit;
mod authorization;
mod blocked;
mod bots;
mod categories;
mod channels;
mod chats;
mod deliveries;
mod erasing;
mod erasing_meanwhile;
pub mod fixture;
mod groups;
mod holders;
mod internal;
mod members;
mod messages;
mod platforms;
mod probes;
mod replies;
mod requests;
mod scopes;
mod token_times;
mod tokens;

use std::time::Duration;

use serde_json::{Value, json};
use unicom_auth::users::{self, NewUser, User};
use unicom_auth::{Scope, password, tokens as api_tokens};
use unicom_db::queries::audit as trail;
use unicom_models::AuditEntry;

use crate::app::{PASSWORD, TestApp};
use crate::client::{Client, Request};
use crate::no_side_effects::NoSideEffects;

/// A UUID that does not exist.
const NOTHING: &str = "01890000-0000-7000-8000-000000000000";

use crate::sample_images::PNG;

pub fn path(rest: &str) -> String {
    format!("/unicom/admin/{rest}")
}

/// Returns the id of an object in a response.
#[track_caller]
fn id(thing: &Value) -> String {
    match &thing["id"] {
        Value::String(id) => id.clone(),
        Value::Number(id) => id.to_string(),
        other => panic!("no id but {other} in {thing}"),
    }
}

impl TestApp {
    /// Creates a user who is an admin or not.
    pub async fn new_user(&self, name: &str, is_staff: bool) -> User {
        let new = NewUser::check(name, PASSWORD, None, Some(&format!("{name} the user"))).unwrap();
        let hash = password::hash(PASSWORD).unwrap();
        let made = self
            .database()
            .write(move |tx| users::create(tx, &new.with_staff(is_staff), &hash));
        made.await.unwrap()
    }

    /// Returns the user with this name.
    async fn user_called(&self, name: &'static str) -> User {
        let found = self.database().read(move |db| users::by_name(db, name));
        found.await.unwrap().unwrap()
    }

    /// Creates an API token of the user. Returns its number and its secret.
    pub async fn numbered_token(&self, user: &User) -> (i64, String) {
        let id = user.id;
        let made = self
            .database()
            .write(move |tx| api_tokens::create(tx, id, "a test", Scope::Admin, None));
        let (token, secret) = made.await.unwrap();
        (token.id, secret)
    }

    pub async fn token(&self, user: &User) -> String {
        self.numbered_token(user).await.1
    }

    /// Creates an API token of the user that has expired. Returns its secret.
    pub async fn expired_token(&self, user: &User) -> String {
        let id = user.id;
        let made = self.database().write(move |tx| {
            let soon = tx.now().next();
            api_tokens::create(tx, id, "a test", Scope::Admin, Some(soon))
        });
        let (_, secret) = made.await.unwrap();
        tokio::time::sleep(Duration::from_millis(2)).await;
        secret
    }

    /// Returns a client with an admin's token and without cookies. The token's use is already
    /// recorded.
    pub async fn program(&self) -> Client {
        self.program_of("root").await
    }

    /// Creates an admin with this name. Returns a client with the admin's token.
    async fn program_of(&self, name: &str) -> Client {
        let root = self.new_user(name, true).await;
        let program = Client::new(self.base()).with_bearer(&self.token(&root).await);
        program.get(&path("channels/")).await.ok();
        program
    }

    pub async fn revoke(&self, token: i64) {
        let revoked = self
            .database()
            .write(move |tx| api_tokens::revoke(tx, token));
        assert!(revoked.await.unwrap());
    }

    /// Returns the audit trail, newest line first.
    pub async fn trail(&self) -> Vec<AuditEntry> {
        let found = self.database().read(|db| trail::list(db, None, 1000));
        found.await.unwrap()
    }

    /// Fails unless the newest line of the audit trail has this action and subject. Returns the
    /// line.
    pub async fn audited(&self, action: &str, subject: &str) -> AuditEntry {
        let line = self
            .trail()
            .await
            .into_iter()
            .next()
            .expect("an empty trail");
        assert_eq!(
            (line.action.as_str(), line.subject.as_str()),
            (action, subject)
        );
        line
    }
}

/// A body that is refused, the error code, and a word in the error message.
type Refused<'a> = (Value, &'a str, &'a str);

/// Sends each of these bodies, which must be refused with 400 and leave nothing behind.
async fn refused_bodies<'a>(
    watch: &NoSideEffects<'_>,
    request: impl Fn() -> Request<'a>,
    cases: &[Refused<'_>],
) {
    for (body, code, word) in cases {
        watch
            .refused(&body.to_string(), request().json(body), (400, code))
            .await
            .names(word);
    }
}

/// Follows `next_cursor` to the last page. Returns the entries of all pages.
async fn walk(client: &Client, list: &str, plural: &str, limit: usize) -> Vec<Value> {
    let (mut all, mut cursor) = (Vec::new(), String::new());
    let joint = if list.contains('?') { '&' } else { '?' };
    loop {
        let page = client
            .get(&path(&format!("{list}{joint}limit={limit}{cursor}")))
            .await
            .ok();
        let found = page[plural].as_array().unwrap();
        assert!(found.len() <= limit);
        all.extend(found.iter().cloned());
        if page["has_more"] == false {
            assert!(page["next_cursor"].is_null());
            return all;
        }
        cursor = format!("&cursor={}", page["next_cursor"].as_str().unwrap());
    }
}

/// Returns the ids of entries. All must be distinct.
fn distinct_ids(entries: &[Value]) -> Vec<String> {
    let ids: Vec<String> = entries.iter().map(id).collect();
    let mut sorted = ids.clone();
    sorted.sort();
    sorted.dedup();
    assert_eq!(sorted.len(), ids.len(), "{ids:?}");
    ids
}

/// Creates a member with this name. Returns its id.
async fn member(client: &Client, name: &str) -> String {
    let made = client
        .post(&path("members/"), json!({ "name": name }))
        .await;
    assert_eq!(made.status, 201, "{}", made.text());
    id(&made.ok()["member"])
}

async fn group(client: &Client, name: &str) -> String {
    let made = client.post(&path("groups/"), json!({ "name": name })).await;
    assert_eq!(made.status, 201, "{}", made.text());
    id(&made.ok()["group"])
}
