//! What staff makes, and a request that waits for a bot.

use std::sync::Arc;
use std::time::Duration;

use actix_web::http::Method;
use actix_web::http::header::CONTENT_TYPE;
use actix_web::rt;
use serde_json::{Value, json};
use tokio::sync::oneshot;
use unicom_core::media::ObjectMediaStore;
use unicom_core::{Pipeline, PipelineOptions};
use unicom_server::platforms;

use super::live::Live;
use super::things::{BOT_TOKEN, Things, text};
use crate::app::Routes;
use crate::asked::Asked;
use crate::people::{Browser, Who, bearer};

/// What only staff makes.
pub(super) async fn managed(made: &mut Things, routes: &Routes, program: &str) {
    let things = [
        ("member_id", "members", json!({ "name": "Ann" })),
        ("group_id", "groups", json!({ "name": "Friends" })),
        (
            "category_id",
            "categories",
            json!({ "name": "Sales", "public": true }),
        ),
        ("bot", "bots", json!({ "name": "helper", "kind": "echo" })),
    ];
    for (name, path, body) in things {
        let answer = by_program(routes, program, path, Some(body)).await;
        let fields = answer.as_object().into_iter().flatten();
        let made_thing = fields
            .map(|(_, value)| value)
            .find(|value| value.is_object());
        let thing = made_thing.unwrap_or_else(|| panic!("{path}: {answer}"));
        let id = if name == "bot" {
            &thing["name"]
        } else {
            &thing["id"]
        };
        made.names.add(name, text(id));
    }
    made.names.add("channel_id", "1");
}

/// A request that a bot has promised to answer.
pub(super) async fn promise(
    made: &mut Things,
    live: &Live,
    media: &Arc<ObjectMediaStore>,
    program: &str,
) {
    let routes = &live.routes;
    let channel = json!({ "platform": "WebChat", "name": "Later", "config": { "bot": "later" } });
    let channel = by_program(routes, program, "channels", Some(channel)).await;
    let mut guest = Browser::open(routes).await;
    let said = json!({ "text": "Well?", "channel_id": channel["channel"]["id"] });
    guest
        .ask(routes, Method::POST, "/unicom/webchat/send", Some(said))
        .await;

    let (stop, stopped) = oneshot::channel::<()>();
    let pipeline = Pipeline::new(
        live.parts.database.clone(),
        media.clone(),
        platforms(),
        live.parts.bots.clone(),
        PipelineOptions::default(),
    );
    let working = rt::spawn(pipeline.run(async { drop(stopped.await) }));
    let id = loop {
        let found = by_program(routes, program, "requests?status=PROCESSING", None).await;
        let request = &found["requests"][0];
        if request["error"]
            .as_str()
            .is_some_and(|told| told.contains("promised"))
        {
            break text(&request["id"]);
        }
        rt::time::sleep(Duration::from_millis(10)).await;
    };
    drop(stop);
    working.await.expect("the pipeline ends");
    made.names.add("request_id", id);
    made.people.add(Who::Bot, bearer(BOT_TOKEN));
    made.secrets.add(BOT_TOKEN);
}

/// Has the program with this token read from `admin/`, or post something there.
pub(super) async fn by_program(
    routes: &Routes,
    token: &str,
    path: &str,
    body: Option<Value>,
) -> Value {
    let method = if body.is_some() {
        Method::POST
    } else {
        Method::GET
    };
    let target = format!("/unicom/admin/{path}").parse().expect("a target");
    let mut asked = Asked::new(method, target, bearer(token));
    if let Some(body) = body {
        let json = "application/json".parse().expect("a type");
        asked.headers.push((CONTENT_TYPE, json));
        asked = asked.with_body(body.to_string());
    }
    Browser::default().send(routes, &asked).await
}
