//! The people and things that are there from the beginning: one of each kind, and what belongs to somebody else.

use std::sync::Arc;
use std::time::Duration;

use actix_web::http::Method;
use actix_web::http::header::CONTENT_TYPE;
use actix_web::rt;
use serde_json::{Value, json};
use tokio::sync::oneshot;
use unicom_auth::{Scope, password, tokens, users};
use unicom_core::create_channel;
use unicom_core::media::ObjectMediaStore;
use unicom_db::{Database, Tx};
use unicom_server::platforms;

use super::live::Live;
use super::managed::{by_program, managed, promise};
use crate::app::Routes;
use crate::asked::Asked;
use crate::import_lines::SETS;
use crate::people::{Browser, People, Who, bearer};
use crate::place::Names;
use crate::secrets::{FOREIGN, Secrets};

/// The token of the request that a bot has promised to answer.
pub(super) const BOT_TOKEN: &str =
    "urq_0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

const PASSWORD: &str = "correct horse battery";

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\x1f\x15\xc4\x89\0\0\0\rIDATx\xdacd\xf8\xcfP\x0f\0\x03\x86\x01\x80Z4}k\0\0\0\0IEND\xaeB`\x82";

/// What is known of them.
#[derive(Default)]
pub(super) struct Things {
    pub names: Names,
    pub people: People,
    pub secrets: Secrets,
}

/// Makes them. The database is whole and closed afterwards.
pub(super) async fn make(live: Live, media: &Arc<ObjectMediaStore>) -> Things {
    let database = live.parts.database.clone();
    database.migrate(&SETS).expect("the tables");
    let bots = live.parts.bots.clone();
    write(&database, move |tx| {
        let config = json!({});
        let channel = create_channel(tx, &platforms(), &bots, &"WebChat".into(), "Site", &config);
        channel.expect("a channel");
    })
    .await;

    let mut made = Things::default();
    let routes = &live.routes;
    let program = staff(&mut made, &database, routes).await;
    foreign(&mut made, routes).await;
    visitors(&mut made, routes).await;
    managed(&mut made, routes, &program).await;
    promise(&mut made, &live, media, &program).await;
    close(live, database).await;
    made
}

async fn write(database: &Database, f: impl FnOnce(&mut Tx<'_>) + Send + 'static) {
    let written: Result<(), unicom_db::DbError> = database
        .write(move |tx| {
            f(tx);
            Ok(())
        })
        .await;
    written.expect("what was written");
}

/// Somebody of staff, and a program of theirs, whose token this returns.
async fn staff(made: &mut Things, database: &Database, routes: &Routes) -> String {
    let new = users::NewUser::check("root", PASSWORD, None, None).expect("a user");
    let hash = password::hash(PASSWORD).expect("a hash");
    let (tell, told) = oneshot::channel();
    write(database, move |tx| {
        let root = users::create(tx, &new.with_staff(true), &hash).expect("a user");
        let (_, secret) = tokens::create(tx, root.id, "fuzz", Scope::Admin, None).expect("a token");
        tell.send(secret).expect("somebody waits");
    })
    .await;
    let token = told.await.expect("a token");
    let mut root = Browser::open(routes).await;
    let login = json!({ "username": "root", "password": PASSWORD });
    root.ask(routes, Method::POST, "/unicom/auth/login", Some(login))
        .await;
    // The first use of a token is noted.
    by_program(routes, &token, "channels", None).await;
    made.secrets.add(&token);
    made.people.add(Who::Program, bearer(&token));
    known(made, Who::Staff, &root);
    token
}

/// Somebody whose things nobody else may see.
async fn foreign(made: &mut Things, routes: &Routes) {
    let mut eve = registered(routes, "eve").await;
    let chat = json!({ "name": format!("{FOREIGN} chat"), "metadata": { "colour": FOREIGN } });
    let chat = eve
        .ask(routes, Method::POST, "/unicom/webchat/chats", Some(chat))
        .await;
    let chat = text(&chat["chat"]["id"]);
    let message = json!({ "text": format!("{FOREIGN} text"), "chat_id": chat });
    let message = eve
        .ask(routes, Method::POST, "/unicom/webchat/send", Some(message))
        .await;
    made.names.add("foreign_chat_id", chat);
    made.names
        .add("foreign_message_id", text(&message["message"]["id"]));
    made.names.add("foreign_session", eve.cookie("sessionid"));
    made.secrets.add(eve.cookie("sessionid"));
    // Somebody who has just written, and whose answer was lost: whoever has this cookie is that guest for a minute.
    let mut eva = Browser::open(routes).await;
    made.names.add("foreign_visitor", eva.cookie("visitor"));
    made.secrets.add(eva.cookie("visitor"));
    let said = json!({ "text": format!("{FOREIGN} guest") });
    let said = eva
        .ask(routes, Method::POST, "/unicom/webchat/send", Some(said))
        .await;
    made.names
        .add("foreign_guest_chat_id", text(&said["chat_id"]));
    made.names.add("foreign_token", eva.cookie("csrftoken"));
}

async fn registered(routes: &Routes, name: &str) -> Browser {
    let mut browser = Browser::open(routes).await;
    let user = json!({ "username": name, "password": PASSWORD });
    browser
        .ask(routes, Method::POST, "/unicom/auth/register", Some(user))
        .await;
    browser
}

/// Nobody, a guest, and a user with a chat, messages and a file.
async fn visitors(made: &mut Things, routes: &Routes) {
    let nobody = Browser::open(routes).await;
    made.people.add(Who::Nobody, nobody.headers());
    made.names.add("nobody_token", nobody.cookie("csrftoken"));
    made.names.add("nobody_visitor", nobody.cookie("visitor"));
    made.secrets.add(nobody.cookie("visitor"));

    let mut guest = Browser::open(routes).await;
    let said = json!({ "text": "I am a guest" });
    guest
        .ask(routes, Method::POST, "/unicom/webchat/send", Some(said))
        .await;
    known(made, Who::Guest, &guest);

    let mut user = registered(routes, "alice").await;
    for text in ["one", "two"] {
        let said = json!({ "text": text, "client_message_id": text });
        user.ask(routes, Method::POST, "/unicom/webchat/send", Some(said))
            .await;
    }
    for (name, size) in [("first", 1), ("second", 2)] {
        let chat = json!({ "name": name, "metadata": { "size": size, "colour": "red" } });
        user.ask(routes, Method::POST, "/unicom/webchat/chats", Some(chat))
            .await;
    }
    let target = "/unicom/webchat/send".parse().expect("a target");
    let mut file = Asked::new(Method::POST, target, user.headers());
    let form = "multipart/form-data; boundary=X".parse().expect("a type");
    file.headers.push((CONTENT_TYPE, form));
    let head = b"--X\r\nContent-Disposition: form-data; name=\"media\"; filename=\"a.png\"\r\n\r\n";
    let sent = user
        .send(
            routes,
            &file.with_body([head, PNG, b"\r\n--X--\r\n"].concat()),
        )
        .await;
    made.names.add("chat_id", text(&sent["chat_id"]));
    made.names.add("message_id", text(&sent["message"]["id"]));
    made.names.add("filename", "a.png");
    let page = user
        .ask(
            routes,
            Method::GET,
            "/unicom/webchat/messages?limit=1",
            None,
        )
        .await;
    made.names.add("message_cursor", text(&page["next_cursor"]));
    let page = user
        .ask(routes, Method::GET, "/unicom/webchat/chats?limit=1", None)
        .await;
    made.names.add("chat_cursor", text(&page["next_cursor"]));
    let session = user
        .ask(routes, Method::GET, "/unicom/auth/session", None)
        .await;
    made.names.add("account_id", text(&session["account_id"]));
    let sessions = user
        .ask(routes, Method::GET, "/unicom/auth/sessions", None)
        .await;
    made.names
        .add("session_id", text(&sessions["sessions"][0]["id"]));
    known(made, Who::User, &user);
}

fn known(made: &mut Things, who: Who, browser: &Browser) {
    let name = |what| match (who, what) {
        (Who::User, "session") => "user_session",
        (Who::User, "visitor") => "user_visitor",
        (Who::User, _) => "user_token",
        (Who::Staff, "session") => "staff_session",
        (Who::Staff, "visitor") => "staff_visitor",
        (Who::Staff, _) => "staff_token",
        (_, "session") => "guest_session",
        (_, "visitor") => "guest_visitor",
        (..) => "guest_token",
    };
    made.people.add(who, browser.headers());
    made.names.add(name("session"), browser.cookie("sessionid"));
    made.names.add(name("token"), browser.cookie("csrftoken"));
    made.secrets.add(browser.cookie("sessionid"));
    made.names.add(name("visitor"), browser.cookie("visitor"));
}

pub(super) fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        other => panic!("no id: {other}"),
    }
}

/// Waits until the database's threads have closed it, so that the file is all of it.
async fn close(live: Live, database: Database) {
    let wal = format!("{}-wal", live.path.display());
    drop((live, database));
    while std::path::Path::new(&wal).exists() {
        rt::time::sleep(Duration::from_millis(1)).await;
    }
}
