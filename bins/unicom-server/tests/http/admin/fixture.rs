//! One resource of every kind that admins manage, and every admin route.

use reqwest::Method;
use serde_json::{Value, json};
use unicom_db::queries::requests;
use unicom_models::{RequestStatus, UtcTime};

use super::{PNG, group, id, member, path};
use crate::app::TestApp;
use crate::client::Client;

/// The ids of one resource of every kind.
pub struct Resources {
    channel: String,
    empty_channel: String,
    pub account: String,
    member: String,
    group: String,
    category: String,
    bot: String,
    request: String,
    chat: String,
    message: String,
    file: String,
    conversation: String,
}

/// A route with a valid body.
pub struct Route {
    pub method: Method,
    pub path: String,
    pub body: Value,
}

impl Resources {
    /// Has `admin` create the resources and a guest write messages.
    pub async fn made_by(admin: &Client, app: &TestApp, name: &str) -> Self {
        let channel = app.channel_id().to_string();
        let made = json!({ "platform": "WebChat", "name": "Spare" });
        let made = admin.post(&path("channels/"), made).await.ok();
        let guest = app.guest_who_wrote("hi").await;
        let sent = guest.send_file("a.png", PNG).await.ok();
        app.settled().await;
        let message = id(&sent["message"]);
        let request = failed(app, &message).await;
        let member = member(admin, name).await;
        let group = group(admin, name).await;
        let category = json!({ "name": name });
        let category = admin.post(&path("categories/"), category).await.ok();
        let bot = json!({ "name": name, "kind": "echo" });
        admin.post(&path("bots/"), bot).await.ok();
        let console = json!({ "platform": "Internal", "name": "Console" });
        admin.post(&path("channels/"), console).await.ok();
        let conversation = json!({ "title": name });
        let conversation = admin
            .post(&path("internal/chats/"), conversation)
            .await
            .ok();
        let file = sent["message"]["media_url"].as_str().unwrap();
        Self {
            channel,
            empty_channel: id(&made["channel"]),
            account: guest.account_id().await,
            member,
            group,
            category: id(&category["category"]),
            bot: name.to_owned(),
            request,
            chat: sent["chat_id"].as_str().unwrap().to_owned(),
            message,
            file: file.replace("/unicom/media/", "media/"),
            conversation: id(&conversation["chat"]),
        }
    }

    /// Returns every route, deletions last.
    pub fn routes(&self) -> Vec<Route> {
        let Self {
            channel,
            empty_channel,
            account,
            member,
            group,
            category,
            bot,
            request,
            chat,
            message: _,
            file,
            conversation,
        } = self;
        let get = |rest: &str| (Method::GET, rest.to_owned(), Value::Null);
        let post = |rest: &str, body| (Method::POST, rest.to_owned(), body);
        let patch = |rest: &str, body| (Method::PATCH, rest.to_owned(), body);
        let delete = |rest: &str| (Method::DELETE, rest.to_owned(), Value::Null);
        let in_group = format!("groups/{group}/members/{member}/");
        let routes = vec![
            get("channels/"),
            post(
                "channels/",
                json!({ "platform": "WebChat", "name": "New", "config": { "bot": "echo" } }),
            ),
            get(&format!("channels/{channel}/")),
            patch(&format!("channels/{channel}/"), json!({ "name": "Named" })),
            post(&format!("channels/{channel}/validate/"), Value::Null),
            get("accounts/"),
            get(&format!("accounts/{account}/")),
            post(&format!("accounts/{account}/block/"), Value::Null),
            post(&format!("accounts/{account}/unblock/"), json!({})),
            get("members/"),
            post("members/", json!({ "name": "New" })),
            get(&format!("members/{member}/")),
            patch(&format!("members/{member}/"), json!({ "name": "Named" })),
            get("groups/"),
            post("groups/", json!({ "name": format!("new {group}") })),
            get(&format!("groups/{group}/")),
            patch(&format!("groups/{group}/"), json!({ "description": "x" })),
            (Method::PUT, in_group.clone(), Value::Null),
            get("categories/"),
            post("categories/", json!({ "name": "New" })),
            get(&format!("categories/{category}/")),
            patch(
                &format!("categories/{category}/"),
                json!({ "public": true }),
            ),
            get("bots/"),
            post(
                "bots/",
                json!({ "name": format!("new-{bot}"), "kind": "echo", "config": {} }),
            ),
            get(&format!("bots/{bot}/")),
            patch(&format!("bots/{bot}/"), json!({ "config": {} })),
            get("requests/"),
            get(&format!("requests/{request}/")),
            post(&format!("requests/{request}/retry/"), Value::Null),
            get("chats/"),
            get(&format!("chats/{chat}/")),
            get(&format!("chats/{chat}/messages/")),
            post(&format!("chats/{chat}/messages/"), json!({ "text": "hi" })),
            get(file),
            post(&format!("chats/{chat}/take/"), Value::Null),
            post(&format!("chats/{chat}/release/"), Value::Null),
            post(&format!("chats/{chat}/end/"), Value::Null),
            post(&format!("chats/{chat}/reopen/"), Value::Null),
            get("internal/chats/"),
            post("internal/chats/", json!({ "title": "New" })),
            get(&format!("internal/chats/{conversation}/messages/")),
            post(
                &format!("internal/chats/{conversation}/messages/"),
                json!({ "text": "hi" }),
            ),
            post(&format!("internal/chats/{conversation}/read/"), Value::Null),
            get("deliveries/"),
            get("audit/"),
            delete(&in_group),
            delete(&format!("groups/{group}/")),
            delete(&format!("members/{member}/")),
            delete(&format!("categories/{category}/")),
            delete(&format!("bots/{bot}/")),
            delete(&format!("channels/{empty_channel}/")),
            post(
                &format!("accounts/{account}/erase/?dry_run=true"),
                Value::Null,
            ),
            post(&format!("accounts/{account}/erase/"), Value::Null),
        ];
        let routes = routes.into_iter();
        let route = |(method, rest, body): (Method, String, Value)| Route {
            method,
            path: path(&rest),
            body,
        };
        routes.map(route).collect()
    }

    /// Returns the routes that need a resource that is missing or already deleted: a dead delivery,
    /// the member.
    pub fn further_routes(&self) -> Vec<Route> {
        let posts = [
            format!("deliveries/{}/retry/", self.message),
            format!("members/{}/erase/", self.member),
        ];
        let route = |rest: String| Route {
            method: Method::POST,
            path: path(&rest),
            body: Value::Null,
        };
        posts.map(route).into()
    }
}

impl Route {
    pub fn ask<'a>(&self, client: &'a Client) -> crate::client::Request<'a> {
        let request = client.request(self.method.clone(), &self.path);
        if self.body.is_null() {
            request
        } else {
            request.json(&self.body)
        }
    }

    pub fn writes(&self) -> bool {
        self.method != Method::GET
    }
}

/// Marks the request of a message as failed. Returns the request's id.
pub async fn failed(app: &TestApp, message: &str) -> String {
    let message = message.parse().unwrap();
    let failed = app.database().write(move |tx| {
        let mut request = requests::of_message(tx, message)?.unwrap();
        request.reach(RequestStatus::Failed, UtcTime::now());
        set_status(tx, &request)?;
        Ok::<_, unicom_db::DbError>(request.id.to_string())
    });
    failed.await.unwrap()
}

fn set_status(
    db: &mut unicom_db::Db,
    request: &unicom_models::Request,
) -> Result<(), unicom_db::DbError> {
    use diesel::prelude::*;
    use unicom_models::schema::unicom_requests as table;
    unicom_db::on_engine!(db, conn => diesel::update(table::table.find(request.id))
        .set((table::status.eq(request.status), table::failed_at.eq(request.failed_at)))
        .execute(conn))?;
    Ok(())
}
